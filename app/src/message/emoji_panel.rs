//! The emoji panel; its table is loaded when it is opened.

use super::{EmojiGroup, api::emojis};
use crate::{
    i18n::{Lang, use_lang},
    ui::{
        erased::{effect, live, when},
        page,
        search::SearchField,
    },
};
use leptos::{html::Input, prelude::*, task::spawn_local};

/// What becomes of a pick.
#[derive(Debug, Clone, Copy)]
pub struct Picker {
    /// Gets the emoji that was clicked.
    pub pick: Callback<String>,
    pub close: Callback<()>,
}

/// Emoji to pick from.
#[component]
pub fn EmojiPanel(picker: Picker) -> impl IntoView {
    let Picker { pick, close } = picker;
    let lang = use_lang();
    let wanted = RwSignal::new(String::new());
    // No resource: the page's `Suspense` would wait for it, and the page vanish meanwhile.
    let table = RwSignal::new(None);
    spawn_local(async move {
        // The panel may have been closed meanwhile.
        table.try_set(Some(emojis().await));
    });
    let field = NodeRef::<Input>::new();
    effect(move || {
        if let Some(field) = field.get() {
            // Fails only for an element that takes no focus.
            let _ = field.focus();
        }
    });
    let on_key = when(move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close.run(());
        }
    });
    let groups = live(move || match table.get() {
        None => view! { <p class="skeleton"></p> }.into_any(),
        Some(Err(error)) => view! { <p class="note error">{lang.error(&error)}</p> }.into_any(),
        Some(Ok(groups)) => {
            let wanted = page::lower(wanted.get().trim());
            let groups: Vec<_> = groups
                .into_iter()
                .map(|group| group.matching(&wanted))
                .filter(|g| !g.emoji.is_empty())
                .collect();
            if groups.is_empty() {
                view! { <p class="none">{lang.no_results()}</p> }.into_any()
            } else {
                groups
                    .into_iter()
                    .map(|group| view! { <Group group pick/> })
                    .collect_view()
                    .into_any()
            }
        }
    });
    view! {
        <div class="emoji-panel" role="dialog" aria-label=lang.emoji() on:keydown=on_key>
            <SearchField text=wanted label=lang.find_emoji() field/>
            <div class="emoji-grid">{groups}</div>
        </div>
    }
}

#[component]
fn Group(group: EmojiGroup, pick: Callback<String>) -> impl IntoView {
    let lang = use_lang();
    let name = group.name;
    let button = move |(emoji, label): (String, String)| {
        let picked = emoji.clone();
        view! {
            <button type="button" title=label.clone() aria-label=label on:click=when(move |_| pick.run(picked.clone()))>
                {emoji}
            </button>
        }
    };
    view! {
        <h3>{lang.emoji_group(&name)}</h3>
        {group.emoji.into_iter().map(button).collect_view()}
    }
}

impl EmojiGroup {
    /// Those whose name holds this lower-case text.
    #[must_use]
    fn matching(mut self, text: &str) -> Self {
        self.emoji.retain(|(_, name)| name.contains(text));
        self
    }
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
}
