//! The loop: what a client asks once a second, and what it gets.

pub mod api;
pub mod backoff;
pub mod driver;
pub mod lease;
pub mod naming;
pub mod outbox;
pub mod storage;
pub mod store;
mod tabs;
pub mod timeline;
pub mod typing;

use crate::{
    account::Person,
    ids::{ClientId, RoomId, UserId},
    message::{Message, Page},
    presence::Presence,
    record::record,
    room::Room,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How far a client has heard: written `epoch.generation.presence`, three decimal numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// Names one life of one server, for one person; any other's cursors mean nothing to it.
    pub epoch: u64,
    /// Grows with every change in one of the reader's rooms.
    pub generation: u64,
    /// Grows with every change of who is here.
    pub presence: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.epoch, self.generation, self.presence)
    }
}

/// The text is not three decimal numbers with dots between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is three numbers with dots between")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let mut parts = text.split('.').map(str::parse);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(epoch)), Some(Ok(generation)), Some(Ok(presence)), None) => {
                Ok(Self { epoch, generation, presence })
            }
            _ => Err(NotACursor),
        }
    }
}

impl TryFrom<String> for Cursor {
    type Error = NotACursor;
    fn try_from(text: String) -> Result<Self, NotACursor> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

/// The pause between polls of a server that is not late, in milliseconds: the product's one second.
pub const PACE: u32 = 1_000;

/// The longest that a poll is held, in milliseconds: shorter than what proxies wait for an answer
/// (60 s with nginx), and than a browser's patience with a hidden tab.
pub const HOLD_MAX: u32 = 25_000;

/// The most messages of one room in one answer; what is beyond is fetched as history.
pub const DELTA_MAX: u32 = 100;

record! {
    /// All that a page needs to start.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Snapshot {
        pub me: Person,
        /// Whether one administers the server.
        pub is_admin: bool,
        /// Taken before everything else here was read.
        pub cursor: Cursor,
        pub rooms: Vec<Room>,
        /// The first of all people by name, and everyone whom `rooms` and `open` mention.
        pub people: Vec<Person>,
        /// Where to go on in the list of people, if there are more.
        pub people_after: Option<String>,
        pub presence: Vec<(UserId, Presence)>,
        /// The newest messages of the room that is open.
        pub open: Option<Page>,
        /// Milliseconds to wait between two polls.
        pub next_poll_ms: u32,
        /// The largest upload, in bytes.
        pub upload_limit: u64,
        /// The server's clock: milliseconds since 1970, UTC.
        pub now: i64,
        /// The id of the message that the page's form sends when there is no JavaScript.
        pub form_id: ClientId,
    }
}

/// The answer to a poll when something is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// The cursor means nothing to this server: call `resync` with what is there.
    Resync,
    Delta(Delta),
}

record! {
    /// What has changed since a cursor.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Delta {
        /// To ask with from now on.
        pub cursor: Cursor,
        pub rooms: Vec<RoomDelta>,
        /// Everyone whom `rooms` mention, and whoever has changed.
        pub people: Vec<Person>,
        pub presence: PresenceDelta,
        /// Rooms where somebody has seen messages of one's own.
        pub seen: Vec<RoomId>,
        /// Who writes at the moment, and where: shown for [`typing::SHOWN`].
        pub typing: Vec<(RoomId, UserId)>,
        /// Rooms of which the client held what is not stored any more, as after a backup was restored:
        /// all that it held of them is void. Their newest page is in `rooms`.
        pub rewound: Vec<RoomId>,
        /// Milliseconds to wait until the next poll.
        pub next_poll_ms: u32,
    }
}

record! {
    /// A room that changed.
    #[derive(Debug, Clone, PartialEq)]
    pub struct RoomDelta {
        pub room: Room,
        /// New and changed messages, by ascending `rev`.
        pub messages: Vec<Message>,
        /// More has changed than fits: `messages` is the newest page instead, or its end, without what is
        /// between.
        pub limited: bool,
    }
}

/// Who came and went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceDelta {
    Unchanged,
    /// Only these have changed.
    Changed(Vec<(UserId, Presence)>),
    /// Everyone who is here.
    All(Vec<(UserId, Presence)>),
}
