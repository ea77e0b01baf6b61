//! What administrators read, as rows of the database. Times are milliseconds since 1970, UTC.

use crate::ids::{RoomId, UserId};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    #[sqlx(try_from = "i64")]
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub is_admin: bool,
    pub disabled: bool,
    pub created: i64,
    /// How many sessions they have.
    pub sessions: i64,
    /// When one of these was last used, to the hour.
    pub last_used: Option<i64>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GroupLine {
    #[sqlx(try_from = "i64")]
    pub id: RoomId,
    pub name: String,
    pub introduction: String,
    /// `default`, `public` or `private`.
    pub visibility: String,
    pub archived: bool,
    pub members: i64,
    pub last_seq: i64,
    pub created: i64,
    /// Days after which its messages go; 0: never; nothing: as the server's.
    pub retention: Option<i64>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MemberLine {
    #[sqlx(try_from = "i64")]
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub disabled: bool,
    /// `owner`, `administrator` or `member`.
    pub role: String,
    pub joined: i64,
}

/// What is looked for among the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub words: String,
    pub sender: Option<UserId>,
    pub room: Option<RoomId>,
    /// A part of a group's name.
    pub group: String,
    /// From this time until before that one.
    pub from: i64,
    pub until: i64,
    /// In private conversations too.
    pub private: bool,
    /// Older than the message here.
    pub before: Option<Place>,
}

/// Where a message stands among those of all rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub created: i64,
    pub room: i64,
    pub seq: i64,
}

impl Place {
    /// Before all messages of this time.
    #[must_use]
    pub fn before(created: i64) -> Self {
        Self { created, room: 0, seq: 0 }
    }
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundMessage {
    #[sqlx(try_from = "i64")]
    pub room_id: RoomId,
    pub seq: i64,
    pub created: i64,
    pub body: String,
    pub kind: String,
    /// JSON, if it carries something.
    pub attachments: Option<String>,
    #[sqlx(try_from = "i64")]
    pub sender_id: UserId,
    pub sender: String,
    /// `group` or `direct`.
    pub room_kind: String,
    pub room: String,
}

impl FoundMessage {
    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { created: self.created, room: self.room_id.0, seq: self.seq }
    }
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Upload {
    pub id: i64,
    pub name: String,
    /// `message`, `avatar` or `room`.
    pub purpose: String,
    pub bytes: i64,
    pub created: i64,
    pub owner_id: i64,
    pub owner: String,
    /// Where it is shown, if in a room.
    pub room_id: Option<i64>,
    pub room_kind: Option<String>,
    pub room: Option<String>,
}

/// What the uploads of somebody, or in a room, take together.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sum {
    pub id: i64,
    pub name: String,
    /// Of a room: `group` or `direct`.
    pub kind: String,
    pub uploads: i64,
    pub bytes: i64,
}

/// How many there are of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Numbers {
    pub people: i64,
    /// Of these, disabled.
    pub disabled: i64,
    #[sqlx(rename = "groups_")]
    pub groups: i64,
    /// Written so far in rooms that are there, what has been deleted since and what happened to groups among
    /// them.
    pub messages: i64,
    pub uploads: i64,
    pub upload_bytes: i64,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    pub at: i64,
    /// Who: their name then; empty for the command line.
    pub actor: String,
    /// [`crate::admin::Action::as_str`].
    pub action: String,
    pub subject: String,
    pub detail: String,
}
