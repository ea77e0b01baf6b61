//! What the server says over HTTP, as docs/API.md has it, as far as these clients read it. Types of
//! their own, not the product's: what is checked must not share its mistakes.

use serde::{Deserialize, Serialize};

/// A message in its state of revision `rev`. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Message {
    pub room: i64,
    /// Its place in the room: 1, 2, 3 … without a gap.
    pub seq: i64,
    /// The room's revision at its last change; the higher one wins.
    pub rev: i64,
    pub sender: i64,
    /// The name that the sender gave it: 32 hexadecimal digits.
    pub client_id: String,
    pub body: String,
    pub created: i64,
    pub edited: Option<i64>,
    pub deleted: bool,
}

/// A room, as far as it says how much there is to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Room {
    pub id: i64,
    pub last_seq: i64,
    pub last_rev: i64,
}

/// All that a client needs to start.
#[derive(Debug, Deserialize)]
pub struct Snapshot {
    pub cursor: String,
    pub rooms: Vec<Room>,
}

/// The answer to a poll that had news.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// The server does not know this cursor.
    Resync,
    Delta(Delta),
}

/// What has changed.
#[derive(Debug, Deserialize)]
pub struct Delta {
    pub cursor: String,
    pub rooms: Vec<Change>,
}

/// A changed room with its new and changed messages.
#[derive(Debug, Deserialize)]
pub struct Change {
    pub room: Room,
    pub messages: Vec<Message>,
    /// There were too many: these are the newest, and history has the rest.
    pub limited: bool,
}

/// A page of history, oldest first.
#[derive(Debug, Deserialize)]
pub struct Page {
    pub messages: Vec<Message>,
    pub has_older: bool,
}
