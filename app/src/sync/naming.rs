//! What rooms and events are called, for the one who reads.

use super::store::Store;
use crate::{
    account::Person,
    i18n::Lang,
    ids::MediaId,
    message::Message,
    presence::Presence,
    room::{Room, RoomKind, event::Event},
};
use leptos::prelude::*;

impl Store {
    /// The other member of a private room.
    #[must_use]
    pub fn peer(self, room: &Room) -> Option<Person> {
        let peer = room.peer.filter(|_| !self.is_notes(room));
        self.people.with(|people| people.get(&peer?).cloned())
    }

    /// How present the other member of a private room is.
    #[must_use]
    pub fn presence_in(self, room: &Room) -> Option<Presence> {
        room.peer.filter(|_| !self.is_notes(room)).map(|peer| self.presence_of(peer))
    }

    /// Whether a room is the one with oneself.
    #[must_use]
    pub fn is_notes(self, room: &Room) -> bool {
        room.peer == Some(self.me.with(|me| me.id))
    }

    /// The picture that a room shows: its own, or its other member's.
    #[must_use]
    pub fn picture(self, room: &Room) -> Option<MediaId> {
        room.avatar.or_else(|| self.people.with(|people| people.get(&room.peer?)?.avatar))
    }

    /// The sentence that an event tells.
    #[must_use]
    pub fn event(self, message: &Message, lang: Lang) -> String {
        match Event::parse(&message.body) {
            Some(event) => event.tell(lang, &self.name(message.sender), |id| self.name(id)),
            None => message.body.clone(),
        }
    }

    /// The name that a room shows: its own, or its other member's.
    #[must_use]
    pub fn title(self, room: &Room, lang: Lang) -> String {
        match room.kind {
            RoomKind::Group => group_name(&room.name, lang),
            RoomKind::Direct if self.is_notes(room) => lang.notes().to_owned(),
            RoomKind::Direct => room.peer.map(|peer| self.name(peer)).unwrap_or_default(),
        }
    }
}

/// The default group's name, as the first migration stores it.
const LOBBY: &str = "Lobby";

/// The name that a group shows: its own; the default group's in the reader's language until somebody
/// names it.
#[must_use]
pub fn group_name(name: &str, lang: Lang) -> String {
    if name == LOBBY { lang.lobby().to_owned() } else { name.to_owned() }
}
