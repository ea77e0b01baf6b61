//! Messages: what one is, and the rules for its text.

pub mod actions;
pub mod api;
pub mod choice;
pub mod completer;
pub mod completion;
pub mod composer;
pub mod edits;
pub mod emoji;
pub mod emoji_panel;
pub mod forward;
pub mod markdown;
pub mod mentions;
pub mod reactions;
pub mod reply;
pub mod rows;
pub mod seen;
pub mod sticker;
pub mod text;
pub mod view;
pub mod words;

use crate::{
    account::Person,
    error::{Error, Field, Rule},
    ids::{ClientId, MediaId, RoomId, UserId},
    media::Attachment,
    named::named,
    record::record,
    room::event::Event,
};
use reactions::Reaction;

/// The longest text of a message, in characters.
pub const BODY_MAX: u32 = 8_000;
/// A page that shows a message in its place ends before so many places after it.
pub const AROUND: i64 = 6;
/// How many messages can be asked for by their places at once.
pub const QUOTED_MAX: usize = 100;
/// How many messages a page of history holds (the original's ten).
pub const PAGE: u32 = 10;

named! {
    /// What a message is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Kind {
        Text = "text",
        /// One to three emoji and nothing else; shown large.
        Emoji = "emoji",
        /// A drawing of [`sticker::STICKERS`]; `body` is its name.
        Sticker = "sticker",
        /// Pictures alone.
        Image = "image",
        /// Videos alone.
        Video = "video",
        /// Sounds alone.
        Audio = "audio",
        /// Files, or of several kinds.
        File = "file",
        /// What happened to a group: `body` is a [`crate::room::event::Event`].
        Event = "event",
    }
}

record! {
    /// A message of a room, in its state of revision `rev`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Message {
        pub room: RoomId,
        /// Its place in the room: 1, 2, 3 … without a gap.
        pub seq: i64,
        /// The room's revision at its last change; the higher one wins.
        pub rev: i64,
        pub sender: UserId,
        pub client_id: ClientId,
        pub kind: Kind,
        /// May be empty beside attachments, and is when deleted.
        pub body: String,
        /// At most [`crate::media::ATTACHMENTS_MAX`], in their sender's order.
        pub attachments: Vec<Attachment>,
        /// The place of the earlier message of the same room that it answers.
        pub reply_to: Option<i64>,
        /// Milliseconds since 1970, UTC.
        pub created: i64,
        /// When it was last edited, if ever; milliseconds since 1970, UTC.
        pub edited: Option<i64>,
        /// A tombstone: its words and attachments are gone, its place stays.
        pub deleted: bool,
        /// What people feel about it, by emoji.
        pub reactions: Vec<Reaction>,
        /// Whom it mentions, in its order; [`mentions::ALL`] for everybody in the room.
        pub mentions: Vec<UserId>,
        /// Who wrote it first, if it was forwarded from another place.
        pub forwarded: Option<UserId>,
    }
}

impl Message {
    /// Whom it shows: its sender, who wrote it first, whom an event names, who reacted, and whom it
    /// mentions.
    pub fn people(&self) -> impl Iterator<Item = UserId> + use<> {
        let event = (self.kind == Kind::Event).then(|| Event::parse(&self.body)).flatten();
        let named = event.map(|event| event.people()).unwrap_or_default();
        let reacted: Vec<_> = self.reactions.iter().flat_map(Reaction::named).collect();
        let mentioned = self.mentions.clone().into_iter().filter(|user| *user != mentions::ALL);
        let senders = std::iter::once(self.sender).chain(self.forwarded);
        senders.chain(named).chain(reacted).chain(mentioned)
    }

    /// Whether it mentions this user, who did not write it.
    #[must_use]
    pub fn is_for(&self, user: UserId) -> bool {
        self.sender != user && self.mentions.iter().any(|one| *one == user || *one == mentions::ALL)
    }
}

record! {
    /// What a message said before it was edited.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Version {
        pub body: String,
        /// When that was written; milliseconds since 1970, UTC.
        pub written: i64,
    }
}

record! {
    /// A page of a room's history, oldest first.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Page {
        pub room: RoomId,
        pub messages: Vec<Message>,
        /// Whether older messages exist before the first one here.
        pub has_older: bool,
        /// What `messages` answer, where that is not among them.
        pub quoted: Vec<Message>,
        /// Everyone whom `messages` and `quoted` show.
        pub people: Vec<Person>,
    }
}

impl Page {
    /// Whom it shows.
    pub fn shown(&self) -> impl Iterator<Item = UserId> {
        self.messages.iter().chain(&self.quoted).flat_map(Message::people)
    }
}

/// Which part of a room's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The newest.
    Newest,
    /// The last ones before this place.
    Before(i64),
    /// The first ones after this place.
    After(i64),
}

impl Stretch {
    /// What a request asks for.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it asks for both sides at once.
    pub fn asked(before: Option<i64>, after: Option<i64>) -> Result<Self, Error> {
        match (before, after) {
            (None, None) => Ok(Self::Newest),
            (Some(place), None) => Ok(Self::Before(place)),
            (None, Some(place)) => Ok(Self::After(place)),
            (Some(_), Some(_)) => Err(Error::Malformed),
        }
    }
}

/// What a client sends, once it has passed the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    pub client_id: ClientId,
    /// What its words are; what it carries goes before.
    pub kind: Kind,
    pub body: String,
    /// What it carries: uploads of the sender's, or of whoever is forwarded.
    pub media: Vec<MediaId>,
    /// The place of the message that it answers.
    pub reply_to: Option<i64>,
    pub forwarded: Option<Forwarded>,
}

/// What is known of a message that is said again elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forwarded {
    /// Who wrote it first.
    pub author: UserId,
    /// Whose uploads it carries; nobody's, if none.
    pub owner: Option<UserId>,
}

/// Checks a message's text: line ends made `\n`, blank ends cut, 1 to [`BODY_MAX`] characters, no
/// control characters but line feed and tab. Beside attachments there may be no words.
///
/// # Errors
/// [`Error::Invalid`] on the body.
pub fn body(text: &str, may_be_empty: bool) -> Result<String, Error> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_matches('\n').trim_end();
    let invalid = |rule| Err(Error::invalid(Field::Body, rule));
    if crate::account::is_blank(text) {
        return if may_be_empty { Ok(String::new()) } else { invalid(Rule::Required) };
    }
    if text.chars().count() > BODY_MAX as usize {
        return invalid(Rule::TooLong { max: BODY_MAX });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return invalid(Rule::Characters);
    }
    Ok(text.to_owned())
}
