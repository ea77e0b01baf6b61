//! Reactions: what people feel about a message, each by one emoji or several.

use super::{
    api::react,
    emoji_panel::{Above, Pick, Picker},
};
use crate::{
    error::{Error, Field, Rule},
    i18n::{Lang, use_lang},
    ids::{RoomId, UserId},
    later,
    record::record,
    sync::store::{Store, Wake, use_store},
    ui::{
        browser::is_composing,
        erased::{Line, keyed_list, live, memo, shown_if, when},
        icon::{Icon, IconName},
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many different emoji one message can get.
pub const KINDS_MAX: u32 = 20;
/// So many of those who chose an emoji are named.
const NAMED: usize = 10;
/// What is offered first.
const QUICK: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

record! {
    /// An emoji, and who chose it for a message, the first one first.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Reaction {
        pub emoji: String,
        pub people: Vec<UserId>,
    }
}

/// Adds somebody's emoji to those of a message, or takes it back; doing so again changes nothing.
///
/// # Errors
/// [`Error::Invalid`] for one more than [`KINDS_MAX`].
pub fn choose(
    reactions: &mut Vec<Reaction>,
    user: UserId,
    emoji: &str,
    on: bool,
) -> Result<(), Error> {
    let is_full = reactions.len() >= KINDS_MAX as usize;
    match reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
        Some(reaction) if on && !reaction.people.contains(&user) => reaction.people.push(user),
        Some(reaction) if !on => reaction.people.retain(|person| *person != user),
        None if on && is_full => {
            return Err(Error::invalid(Field::Reactions, Rule::TooLong { max: KINDS_MAX }));
        }
        None if on => reactions.push(Reaction { emoji: emoji.to_owned(), people: vec![user] }),
        Some(_) | None => {}
    }
    reactions.retain(|reaction| !reaction.people.is_empty());
    Ok(())
}

impl Reaction {
    /// Those whom it names.
    pub fn named(&self) -> impl Iterator<Item = UserId> {
        self.people.iter().take(NAMED).copied()
    }

    /// The sentence that tells who chose it.
    fn told(&self, store: Store) -> String {
        let lang = use_lang();
        let names: Vec<_> = self.named().map(|person| store.name(person)).collect();
        let names = names.join(lang.between_names());
        match self.people.len().saturating_sub(NAMED) {
            0 => format!("{} {names}", self.emoji),
            more => format!("{} {}", self.emoji, lang.and_more(names, more)),
        }
    }
}

/// The message whose reactions are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reacted {
    pub room: RoomId,
    pub seq: i64,
    /// Whether the reader sent it.
    pub mine: bool,
}

/// Under a message: its reactions. A click joins one, or takes it back.
#[component]
pub fn Reactions(reacted: Reacted) -> impl IntoView {
    let Reacted { room, seq, mine } = reacted;
    let lang = use_lang();
    let store = use_store();
    let failed = RwSignal::new(None);
    let timeline = store.timeline(room);
    let lines = move || {
        let reactions =
            timeline.with(|held| held.get(seq).map(|message| message.reactions.clone()));
        let line = |reaction: Reaction| {
            let emoji = reaction.emoji;
            let key = (0, 0, number_of(&emoji));
            Line::new(key, move || view! { <Chip room seq emoji failed/> }.into_any())
        };
        reactions.unwrap_or_default().into_iter().map(line).collect()
    };
    view! {
        <ul class="reactions" class:mine=mine aria-label=lang.reactions()>{keyed_list(lines)}</ul>
        {live(move || failed.get().map(|why: String| {
            view! { <p class="state failed" role="alert">{why}</p> }.into_any()
        }))}
    }
    .into_any()
}

/// One emoji, and how many chose it.
#[component]
fn Chip(room: RoomId, seq: i64, emoji: String, failed: RwSignal<Option<String>>) -> impl IntoView {
    let (lang, store) = (use_lang(), use_store());
    let timeline = store.timeline(room);
    let me = store.me.with_untracked(|me| me.id);
    let shown = emoji.clone();
    let reaction = memo(move || {
        timeline.with(|held| {
            held.get(seq)?.reactions.iter().find(|reaction| reaction.emoji == emoji).cloned()
        })
    });
    let mine = move || reaction.with(|held| held.as_ref().is_some_and(|r| r.people.contains(&me)));
    let told = move || reaction.with(|held| held.as_ref().map(|r| r.told(store)));
    let count = move || reaction.with(|held| held.as_ref().map_or(0, |r| r.people.len()));
    let emoji = shown.clone();
    let toggle = when(move |_| send((lang, store), (room, seq), emoji.clone(), !mine(), failed));
    let is_closed = move || store.rooms.with(|rooms| rooms.get(&room).is_none_or(|r| r.archived));
    view! {
        <li>
            <button
                type="button"
                class="reaction"
                title=live(told)
                aria-label=live(told)
                aria-pressed=live(move || mine().to_string())
                prop:disabled=live(is_closed)
                on:click=toggle
            >
                {shown}
                <span>{live(move || count().to_string())}</span>
            </button>
        </li>
    }
    .into_any()
}

/// Emoji for a message: those of every day, and all of them behind a button.
#[component]
pub fn Choose(
    room: RoomId,
    seq: i64,
    close: Callback<()>,
    failed: RwSignal<Option<String>>,
) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let all = RwSignal::new(false);
    let choose = move |emoji: String| {
        close.run(());
        send((lang, store), (room, seq), emoji, true, failed);
    };
    let quick = QUICK.map(|emoji| {
        view! {
            <button type="button" aria-label=emoji on:click=when(move |_| choose(emoji.to_owned()))>{emoji}</button>
        }
        .into_any()
    });
    let picker = Picker { pick: Pick::Do(Callback::new(choose)), close, stickers: None };
    let on_key = when(move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.stop_propagation();
            close.run(());
        }
    });
    view! {
        <div class="choose" role="group" aria-label=lang.react() on:keydown=on_key>
            <div class="quick">
                {quick.into_iter().collect_view()}
                <button
                    type="button"
                    title=lang.all_emoji()
                    aria-label=lang.all_emoji()
                    aria-expanded=live(move || all.get().to_string())
                    on:click=when(move |_| all.update(|all| *all = !*all))
                >
                    <Icon name=IconName::PLUS/>
                </button>
            </div>
            {shown_if(move || all.get(), move || later::above(Above::Panel(picker)))}
        </div>
    }
    .into_any()
}

fn send(
    (lang, store): (Lang, Store),
    (room, seq): (RoomId, i64),
    emoji: String,
    on: bool,
    failed: RwSignal<Option<String>>,
) {
    spawn_local(async move {
        let outcome = react(room, seq, emoji, on).await;
        if outcome.is_ok() {
            store.wake_poll(Wake::Soon);
        }
        // Its place may be gone meanwhile.
        failed.try_set(outcome.err().map(|error| lang.error(&error)));
    });
}

fn number_of(emoji: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    emoji.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(reactions: &[Reaction]) -> Vec<(&str, Vec<i64>)> {
        let people = |r: &Reaction| r.people.iter().map(|person| person.0).collect();
        reactions.iter().map(|r| (r.emoji.as_str(), people(r))).collect()
    }

    #[test]
    fn an_emoji_is_chosen_once_by_each_and_goes_with_the_last() {
        let mut held = vec![];
        for (user, emoji, on) in
            [(1, "👍", true), (2, "👍", true), (1, "👍", true), (2, "🎉", true), (3, "🎉", false)]
        {
            choose(&mut held, UserId(user), emoji, on).unwrap();
        }
        assert_eq!(shape(&held), [("👍", vec![1, 2]), ("🎉", vec![2])]);
        choose(&mut held, UserId(2), "🎉", false).unwrap();
        choose(&mut held, UserId(1), "👍", false).unwrap();
        assert_eq!(shape(&held), [("👍", vec![2])]);
    }

    #[test]
    fn a_message_gets_so_many_kinds_and_no_more() {
        let mut held = vec![];
        for kind in 0..KINDS_MAX {
            choose(&mut held, UserId(1), &kind.to_string(), true).unwrap();
        }
        let full = Error::invalid(Field::Reactions, Rule::TooLong { max: KINDS_MAX });
        assert_eq!(choose(&mut held, UserId(1), "👍", true), Err(full));
        assert_eq!(choose(&mut held, UserId(2), "0", true), Ok(()), "one that is there");
        assert_eq!(choose(&mut held, UserId(2), "👍", false), Ok(()), "nothing to take back");
    }
}
