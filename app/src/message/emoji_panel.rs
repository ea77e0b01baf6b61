//! The emoji panel; its table is loaded when it is opened. Beside the emoji stand stickers, where one
//! can be sent.

use super::{
    completer::Completed,
    emoji::{Emoji, EmojiGroup, TONES, found, table},
    sticker::StickerGrid,
};
use crate::{
    i18n::{Lang, use_lang},
    ids::RoomId,
    sync::{storage, store::use_store},
    ui::{
        address::closed_by_back,
        browser::{self, is_composing},
        erased::{effect, live, shown_if, when},
        grid, page,
        search::SearchField,
        typing,
    },
};
use leptos::{
    ev::KeyboardEvent,
    html::{Div, Input, Textarea},
    prelude::*,
    task::spawn_local,
};

/// What stands above the field that one types into.
#[derive(Clone, Copy)]
pub enum Above {
    Panel(Picker),
    Completions(Completed),
}

/// Who gets the emoji that was clicked.
#[derive(Debug, Clone, Copy)]
pub enum Pick {
    Do(Callback<String>),
    /// It comes to where the caret is, in place of what is selected.
    Write(NodeRef<Textarea>),
}

/// What becomes of a pick.
#[derive(Debug, Clone, Copy)]
pub struct Picker {
    pub pick: Pick,
    pub close: Callback<()>,
    /// The room that stickers can be sent to.
    pub stickers: Option<RoomId>,
}

/// Where one types what is looked for, in a panel.
const FIELD: &str = ".emoji-panel [type=search]";
const BUTTONS: &str = ".emoji-grid button";

/// Emoji to pick from, and stickers.
#[component]
pub fn EmojiPanel(picker: Picker) -> impl IntoView {
    let lang = use_lang();
    let stickers = RwSignal::new(false);
    let area = NodeRef::<Div>::new();
    // Where a thumb goes for "back", it is for this, too.
    if !browser::has_mouse() {
        closed_by_back(move || picker.close.run(()));
    }
    let on_key = when(move |event: KeyboardEvent| {
        // An input method's keys are its own.
        if is_composing(&event) {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            event.stop_propagation();
            picker.close.run(());
            return;
        }
        let Some(area) = area.get_untracked() else { return };
        let done = match key.as_str() {
            // From the field into the first row, and back.
            "ArrowDown" if browser::is_focused(FIELD) => {
                browser::focus(".emoji-panel .emoji-grid button");
                true
            }
            _ if browser::is_focused(BUTTONS) => {
                let done = grid::step(&area, BUTTONS, &key);
                if !done && key == "ArrowUp" {
                    browser::focus(FIELD);
                }
                done
            }
            _ => false,
        };
        if done {
            event.prevent_default();
        }
    });
    let tabs = picker.stickers.map(|_| tabs(stickers));
    let shown = live(move || match picker.stickers.filter(|_| stickers.get()) {
        Some(room) => view! { <StickerGrid room close=picker.close/> }.into_any(),
        None => view! { <Choice picker/> }.into_any(),
    });
    view! {
        <div class="emoji-panel" role="dialog" aria-label=lang.emoji() node_ref=area on:keydown=on_key>
            {tabs}
            {shown}
        </div>
    }
    .into_any()
}

/// What leads from emoji to stickers, and back: by a click, or the arrows.
fn tabs(stickers: RwSignal<bool>) -> AnyView {
    let lang = use_lang();
    let tab = |of: bool, name: &'static str| {
        let chosen = move || stickers.get() == of;
        let on_key = when(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight") {
                stickers.set(!of);
                browser::focus(".emoji-tabs [aria-selected=false]");
            }
        });
        view! {
            <button
                type="button"
                role="tab"
                aria-selected=live(move || chosen().to_string())
                tabindex=live(move || if chosen() { "0" } else { "-1" })
                on:click=when(move |_| stickers.set(of))
                on:keydown=on_key
            >
                {name}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="emoji-tabs" role="tablist">
            {tab(false, lang.emoji())}
            {tab(true, lang.stickers())}
        </div>
    }
    .into_any()
}

#[component]
fn Choice(picker: Picker) -> impl IntoView {
    let lang = use_lang();
    let me = use_store().me.with_untracked(|me| me.id);
    let wanted = RwSignal::new(String::new());
    let tone = RwSignal::new(storage::tone(me));
    // No resource: the page's `Suspense` would wait for it, and the page vanish meanwhile.
    let groups = RwSignal::new(None);
    spawn_local(async move {
        // The panel may have been closed meanwhile.
        groups.try_set(Some(table().await));
    });
    let field = NodeRef::<Input>::new();
    effect(move || {
        if let Some(field) = field.get().filter(|_| browser::has_mouse()) {
            // Fails only for an element that takes no focus.
            let _ = field.focus();
        }
    });
    let pick = Callback::new(move |emoji: String| {
        storage::emoji_chosen(me, &emoji);
        match picker.pick {
            Pick::Do(act) => act.run(emoji),
            Pick::Write(field) => {
                if let Some(field) = field.get_untracked() {
                    typing::insert(&field, &emoji);
                }
            }
        }
    });
    let buttons = live(move || match groups.get() {
        None => view! { <p class="skeleton"></p> }.into_any(),
        Some(Err(error)) => view! { <p class="note error">{lang.error(&error)}</p> }.into_any(),
        Some(Ok(groups)) => {
            let wanted = page::lower(wanted.get().trim());
            let tone = tone.get();
            if wanted.is_empty() {
                all(groups, &storage::recent_emoji(me), tone, pick)
            } else {
                named(&found(groups, &wanted), tone, pick)
            }
        }
    });
    view! {
        <SearchField text=wanted label=lang.find_emoji() field/>
        <div class="emoji-grid">{buttons}</div>
        {shown_if(move || groups.with(Option::is_some), move || tones(tone))}
    }
    .into_any()
}

/// What was chosen before, then all groups. One button can be reached by Tab; the arrows lead on.
fn all(
    groups: &'static [EmojiGroup],
    recent: &[String],
    tone: u8,
    pick: Callback<String>,
) -> AnyView {
    let lang = use_lang();
    let name = |emoji: &String| {
        let known = groups.iter().flat_map(|group| &group.emoji).find(|known| known.is(emoji))?;
        Some((emoji.clone(), known.name(lang)))
    };
    let recent: Vec<_> = recent.iter().filter_map(name).collect();
    let has_recent = !recent.is_empty();
    let before = has_recent.then(|| {
        let recent = recent.into_iter().enumerate();
        view! {
            <h3>{lang.recent_emoji()}</h3>
            {recent.map(|(at, (emoji, name))| button(emoji, name, at == 0, pick)).collect_view()}
        }
        .into_any()
    });
    let groups = groups.iter().enumerate().map(move |(number, group)| {
        let emoji = group.emoji.iter().enumerate().map(move |(at, emoji)| {
            let is_first = !has_recent && number == 0 && at == 0;
            button(emoji.toned(tone).to_owned(), emoji.name(lang), is_first, pick)
        });
        view! {
            <h3>{lang.emoji_group(&group.name)}</h3>
            {emoji.collect_view()}
        }
        .into_any()
    });
    view! { {before} {groups.collect_view()} }.into_any()
}

/// What was found.
fn named(found: &[&'static Emoji], tone: u8, pick: Callback<String>) -> AnyView {
    let lang = use_lang();
    if found.is_empty() {
        return view! { <p class="none">{lang.no_results()}</p> }.into_any();
    }
    let emoji = found.iter().enumerate();
    emoji
        .map(|(at, emoji)| button(emoji.toned(tone).to_owned(), emoji.name(lang), at == 0, pick))
        .collect_view()
        .into_any()
}

fn button(emoji: String, name: &'static str, is_first: bool, pick: Callback<String>) -> AnyView {
    let picked = emoji.clone();
    view! {
        <button
            type="button"
            tabindex=if is_first { "0" } else { "-1" }
            title=name
            aria-label=name
            on:click=when(move |_| pick.run(picked.clone()))
        >
            {emoji}
        </button>
    }
    .into_any()
}

/// The skin tones, shown on a hand. The one that is chosen is kept for the next time.
fn tones(tone: RwSignal<u8>) -> AnyView {
    let lang = use_lang();
    let me = use_store().me.with_untracked(|me| me.id);
    let choice = move |of: u8| {
        let hand = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"][usize::from(of)];
        let choose = when(move |_| {
            storage::set_tone(me, of);
            tone.set(of);
        });
        view! {
            <label title=lang.tone(of)>
                <input
                    class="visually-hidden"
                    type="radio"
                    name="tone"
                    aria-label=lang.tone(of)
                    prop:checked=live(move || tone.get() == of)
                    on:change=choose
                />
                {hand}
            </label>
        }
        .into_any()
    };
    view! {
        <div class="emoji-tones" role="radiogroup" aria-label=lang.skin_tone()>
            {(0..TONES).map(choice).collect_view()}
        </div>
    }
    .into_any()
}

impl Lang {
    /// The name of one of Unicode's groups.
    #[must_use]
    fn emoji_group(self, group: &str) -> &'static str {
        match group {
            "SmileysAndEmotion" => self.emoji_smileys(),
            "PeopleAndBody" => self.emoji_people(),
            "AnimalsAndNature" => self.emoji_nature(),
            "FoodAndDrink" => self.emoji_food(),
            "TravelAndPlaces" => self.emoji_travel(),
            "Activities" => self.emoji_activities(),
            "Objects" => self.emoji_objects(),
            "Symbols" => self.emoji_symbols(),
            _ => self.emoji_flags(),
        }
    }

    /// The name of a skin tone.
    #[must_use]
    fn tone(self, tone: u8) -> &'static str {
        match tone {
            1 => self.tone_light(),
            2 => self.tone_medium_light(),
            3 => self.tone_medium(),
            4 => self.tone_medium_dark(),
            5 => self.tone_dark(),
            _ => self.tone_none(),
        }
    }
}
