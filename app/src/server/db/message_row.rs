//! A message as a row of the database.

use crate::{
    ids::{ClientId, MediaId, RoomId, UserId},
    media::{Attachment, AttachmentKind},
    message::{Kind, Message},
};
use serde::{Serialize, de::DeserializeOwned};

/// The columns of a [`MessageRow`], then the rest of the statement.
macro_rules! select_message {
    ($rest:literal) => {
        concat!(
            "SELECT m.room_id, m.seq, m.rev, m.sender_id, m.client_id, m.kind, m.body, ",
            "m.created, m.edited, m.deleted, m.attachments, m.reactions, m.mentions, m.reply_seq, m.forwarded FROM messages m ",
            $rest
        )
    };
}
pub(super) use select_message;

/// A message as read.
#[derive(sqlx::FromRow)]
pub struct MessageRow {
    pub room_id: i64,
    pub seq: i64,
    pub rev: i64,
    pub sender_id: i64,
    #[sqlx(try_from = "String")]
    client_id: ClientId,
    pub kind: String,
    pub body: String,
    pub created: i64,
    pub edited: Option<i64>,
    pub deleted: Option<i64>,
    /// As [`text_of_list`] writes them.
    pub attachments: Option<String>,
    /// As [`text_of_list`] writes them.
    pub reactions: Option<String>,
    /// As [`text_of_list`] writes them.
    pub mentions: Option<String>,
    reply_seq: Option<i64>,
    pub forwarded: Option<i64>,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            room: RoomId(row.room_id),
            seq: row.seq,
            rev: row.rev,
            sender: UserId(row.sender_id),
            client_id: row.client_id,
            kind: kind_of(&row.kind),
            body: row.body,
            attachments: list_of(row.attachments.as_deref()),
            reply_to: row.reply_seq,
            created: row.created,
            edited: row.edited,
            deleted: row.deleted.is_some(),
            reactions: list_of(row.reactions.as_deref()),
            mentions: list_of(row.mentions.as_deref()),
            forwarded: row.forwarded.map(UserId),
        }
    }
}

/// A list as it is stored with a message: nothing, or JSON.
pub fn text_of_list<T: Serialize>(list: &[T]) -> Option<String> {
    if list.is_empty() { None } else { serde_json::to_string(list).ok() }
}

/// A list as [`text_of_list`] wrote it.
pub fn list_of<T: DeserializeOwned>(text: Option<&str>) -> Vec<T> {
    text.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// What a message is with these attachments, and words of the kind `words`.
pub fn kind_with(words: Kind, attachments: &[Attachment]) -> Kind {
    let mut kinds = attachments.iter().map(|attachment| match attachment.kind {
        AttachmentKind::Picture => Kind::Image,
        AttachmentKind::Video => Kind::Video,
        AttachmentKind::Audio => Kind::Audio,
        AttachmentKind::File => Kind::File,
    });
    let Some(first) = kinds.next() else { return words };
    if kinds.all(|kind| kind == first) { first } else { Kind::File }
}

/// An upload as read through its owner.
#[derive(sqlx::FromRow)]
pub struct OwnMedia {
    pub owner_id: i64,
    id: i64,
    content_type: String,
    name: String,
    bytes: i64,
    width: i64,
    height: i64,
    thumb_width: i64,
    thumb_height: i64,
}

impl From<OwnMedia> for Attachment {
    fn from(row: OwnMedia) -> Self {
        let pixels = |size: i64| size.try_into().unwrap_or_default();
        Self {
            id: MediaId(row.id),
            kind: AttachmentKind::of(&row.content_type),
            name: row.name,
            bytes: row.bytes.unsigned_abs(),
            width: pixels(row.width),
            height: pixels(row.height),
            thumb_width: pixels(row.thumb_width),
            thumb_height: pixels(row.thumb_height),
        }
    }
}

/// A kind that this version does not know yet is shown by its words.
pub fn kind_of(text: &str) -> Kind {
    Kind::parse(text).unwrap_or(Kind::Text)
}
