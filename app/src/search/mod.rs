//! Search: people, groups and messages by what is typed into one field.

pub mod api;
pub mod looking;
pub mod page;
#[cfg(feature = "ssr")]
pub mod phrase;
pub mod results;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod view;
#[cfg(feature = "ssr")]
pub mod words;

use crate::{
    account::Person,
    error::{Error, Field, Rule},
    ids::{RoomId, UserId},
    message::Kind,
    room::Group,
};
use serde::{Deserialize, Serialize};

/// The longest text that is looked for, in characters.
pub const TEXT_MAX: u32 = 200;
/// How many messages an answer holds.
pub const HITS: usize = 20;
/// How many people, and how many groups, it holds.
pub const NAMES: u32 = 8;

/// What somebody looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub text: String,
    /// In this room alone.
    pub room: Option<RoomId>,
    /// By whoever logs in with this name alone.
    pub sender: Option<String>,
    /// Not before; milliseconds since 1970, UTC.
    pub since: Option<i64>,
    /// Before; milliseconds since 1970, UTC.
    pub until: Option<i64>,
    /// With a picture, or with anything else that is attached, alone.
    pub picture: bool,
    pub file: bool,
    /// Where the last answer ended.
    pub before: Option<i64>,
}

impl Wanted {
    /// Checks what a person typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is too long.
    pub fn checked(self) -> Result<Self, Error> {
        let too_long = |text: &str| text.chars().count() > TEXT_MAX as usize;
        if too_long(&self.text) || self.sender.as_deref().is_some_and(too_long) {
            return Err(Error::invalid(Field::Search, Rule::TooLong { max: TEXT_MAX }));
        }
        Ok(self)
    }

    /// Whether only messages of some kind are looked for.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.picture
            || self.file
            || self.room.is_some()
            || self.sender.is_some()
            || self.since.is_some()
            || self.until.is_some()
    }
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    pub room: RoomId,
    pub seq: i64,
    pub sender: UserId,
    /// Milliseconds since 1970, UTC.
    pub created: i64,
    pub kind: Kind,
    /// The part of it that shows what was looked for, in one line.
    pub excerpt: String,
    /// Where in `excerpt` that stands: from and to, in characters.
    pub marks: Vec<(u32, u32)>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub people: Vec<Person>,
    /// Groups of one's own, and those that everyone may find.
    pub groups: Vec<Group>,
    /// The newest first.
    pub hits: Vec<Hit>,
    /// Everyone who sent one of them.
    pub senders: Vec<Person>,
    /// Where to go on, if there may be more messages.
    pub before: Option<i64>,
    /// Older messages are still being made ready to be found.
    pub indexing: bool,
}
