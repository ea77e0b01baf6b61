//! What a word can be completed to: whom and what there is, how it is shown, what it types.

use super::{emoji::Emoji, mentions::ALL_NAMES};
use crate::{
    account::Person,
    i18n::Lang,
    ids::{RoomId, UserId},
    room::Visibility,
    sync::store::Store,
    ui::{
        avatar::{Avatar, AvatarSize},
        page,
    },
};
use leptos::prelude::*;

/// So many lines are offered.
pub const LINES: usize = 7;
/// What is typed for everybody in a group.
const EVERYONE: &str = ALL_NAMES[0];

/// What a word can be completed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Emoji(&'static Emoji),
    Person(Person),
    Everyone,
}

impl Choice {
    /// What it types; emoji in this tone.
    #[must_use]
    pub fn typed(&self, tone: u8) -> String {
        match self {
            Self::Emoji(emoji) => emoji.toned(tone).to_owned(),
            Self::Person(person) => format!("@{} ", person.name),
            Self::Everyone => format!("@{EVERYONE} "),
        }
    }

    /// Whether this lower-case text, behind its sign, says all of it.
    #[must_use]
    pub fn is_whole(&self, text: &str) -> bool {
        match self {
            Self::Emoji(_) => false,
            Self::Person(person) => page::lower(&person.name) == text,
            Self::Everyone => text == EVERYONE,
        }
    }

    /// What stands in its line: a mark, its name, and what is typed for it.
    pub fn drawn(&self, tone: u8, lang: Lang) -> AnyView {
        let (mark, name, about) = match self {
            Self::Emoji(emoji) => {
                let code = emoji.codes.first().map(|code| format!(":{code}:"));
                (sign(emoji.toned(tone)), emoji.name(lang).to_owned(), code.unwrap_or_default())
            }
            Self::Person(Person { name, display_name, avatar, .. }) => {
                let (shown, picture) = (display_name.clone(), *avatar);
                let mark = view! { <Avatar name=shown picture size=AvatarSize::Small/> };
                (mark.into_any(), display_name.clone(), format!("@{name}"))
            }
            Self::Everyone => (sign("@"), lang.everyone().to_owned(), format!("@{EVERYONE}")),
        };
        view! {
            {mark}
            <span class="name" dir="auto">{name}</span>
            <span class="about" dir="auto">{about}</span>
        }
        .into_any()
    }
}

fn sign(text: &str) -> AnyView {
    view! { <span class="mark" aria-hidden="true">{text.to_owned()}</span> }.into_any()
}

/// Whom this lower-case text names: first those whose name begins with it; at last everybody at once.
/// Until the server has `found` members, those of whom the page knows that they are there.
pub fn everybody(
    store: Store,
    room: RoomId,
    me: UserId,
    text: &str,
    found: Option<Vec<Person>>,
    lang: Lang,
) -> Vec<Choice> {
    // The server folds more than case: what it has found is right.
    let is_found = found.is_some();
    let people = found.unwrap_or_else(|| known(store, room));
    let rank = |person: &Person| {
        let names = [page::lower(&person.name), page::lower(&person.display_name)];
        let begins = names.iter().any(|name| name.starts_with(text));
        (is_found || names.iter().any(|name| name.contains(text))).then_some(!begins)
    };
    let others = people.into_iter().filter(|person| person.id != me && !person.name.is_empty());
    let mut ranked: Vec<_> =
        others.filter_map(|person| Some((rank(&person)?, person.name.clone(), person))).collect();
    ranked.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let is_everyone = EVERYONE.starts_with(text) || page::lower(lang.everyone()).starts_with(text);
    let people = ranked.into_iter().map(|(_, _, person)| Choice::Person(person));
    people.take(LINES - 1).chain(is_everyone.then_some(Choice::Everyone)).collect()
}

/// Who is known to be in this room: everyone in a default one, elsewhere who has spoken there.
fn known(store: Store, room: RoomId) -> Vec<Person> {
    let is_default = store
        .rooms
        .with(|rooms| rooms.get(&room).is_some_and(|room| room.visibility == Visibility::Default));
    let spoke: Vec<_> = store
        .timeline(room)
        .with_untracked(|held| held.messages().map(|message| message.sender).collect());
    store.people.with(|people| {
        let here = people.values().filter(|one| is_default || spoke.contains(&one.id));
        here.filter(|one| !one.is_gone()).cloned().collect()
    })
}
