//! Notices: what makes somebody look up who is not looking.

pub mod settings;
pub mod view;

use crate::{
    ids::{RoomId, UserId},
    message::Kind,
    room::{Notify, Room},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What one device does about news; kept by its browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Whether the system shows it, where the browser lets it.
    pub desktop: bool,
    pub sound: bool,
    /// Quiet hours: from and to, minutes of the day.
    pub quiet: Option<(u32, u32)>,
}

impl Choice {
    /// Whether nothing is to be shown or heard at this minute of the day.
    #[must_use]
    pub fn is_quiet(&self, minute: u32) -> bool {
        self.quiet.is_some_and(|(from, to)| match from <= to {
            true => (from..to).contains(&minute),
            // Over midnight.
            false => minute >= from || minute < to,
        })
    }
}

/// A room as it was seen: its newest message's place, how many are unread, and how many of these mention
/// the reader.
pub type Seen = (RoomId, i64, i64, i64);

/// The room as it is seen now.
#[must_use]
pub fn seen(room: &Room) -> Seen {
    (room.id, room.last_seq, room.unread, room.mentions)
}

/// What is known of each room already.
#[derive(Debug, Clone, Default)]
pub struct Known(HashMap<RoomId, Seen>);

impl Known {
    /// As a page began.
    #[must_use]
    pub fn of(rooms: Vec<Seen>) -> Self {
        Self(rooms.into_iter().map(|seen| (seen.0, seen)).collect())
    }

    /// The rooms that call for somebody now, and did not before.
    pub fn calls<'a>(
        &mut self,
        rooms: impl IntoIterator<Item = &'a Room>,
        me: UserId,
    ) -> Vec<&'a Room> {
        let mut calling = vec![];
        for room in rooms {
            let before = self.0.insert(room.id, seen(room));
            let (_, seq, unread, mentions) = before.unwrap_or((room.id, 0, 0, 0));
            let calls = match room.notify {
                // What was said may be followed by something else already.
                Notify::All => room.unread > unread || room.unread > 0 && is_from_another(room, me),
                Notify::Mentions => room.mentions > mentions,
                Notify::Nothing => false,
            };
            if calls && room.last_seq > seq {
                calling.push(room);
            }
        }
        calling
    }
}

fn is_from_another(room: &Room, me: UserId) -> bool {
    let last = room.last.as_ref();
    last.is_some_and(|last| last.sender != me && last.kind != Kind::Event && !last.deleted)
}

#[cfg(test)]
mod tests;
