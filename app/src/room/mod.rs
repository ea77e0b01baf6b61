//! Rooms: groups and private conversations.

pub mod api;
pub mod conversation;
pub mod details;
pub mod header;
mod reading;
pub mod sidebar;

use crate::{
    account::Person,
    ids::{RoomId, UserId},
    message::Message,
};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Whether a room is a group or a private conversation of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    Group,
    Direct,
}

/// A room as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub kind: RoomKind,
    /// A group's name; empty for a private conversation, which is named after its other member.
    pub name: String,
    pub introduction: String,
    /// Who made it; nobody for the default group.
    pub creator: Option<UserId>,
    /// Milliseconds since 1970, UTC.
    pub created: i64,
    /// The other member of a private conversation.
    pub peer: Option<UserId>,
    /// How many members it has.
    pub members: i64,
    /// The newest message's place; 0 while there is none.
    pub last_seq: i64,
    /// The revision of its newest change; 0 while there is none.
    pub last_rev: i64,
    /// Up to where the viewer has read.
    pub last_read_seq: i64,
    /// Messages of others after `last_read_seq` that are not deleted; at most [`UNREAD_MAX`].
    pub unread: i64,
    /// The newest message.
    pub last: Option<Message>,
}

impl Room {
    /// Its place in the list: by newest activity.
    #[must_use]
    pub fn place(&self) -> Reverse<(i64, RoomId)> {
        Reverse((self.last.as_ref().map_or(self.created, |last| last.created), self.id))
    }
}

/// Who has seen a message: members other than its sender who were there when it was sent, and whose
/// reading position is there or beyond.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readers {
    pub count: i64,
    /// The first hundred by name.
    pub people: Vec<Person>,
}

/// After a jump of the reading position, the senders of so many messages hear at once that they
/// were seen.
pub const SEEN_MAX: i64 = 50;

/// Where counting unread messages stops: shown as "999+".
pub const UNREAD_MAX: i64 = 1_000;
