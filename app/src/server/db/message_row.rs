//! A message as a row of the database.

use crate::{
    ids::{ClientId, MediaId, RoomId, UserId},
    media::Picture,
    message::{Kind, Message},
};

/// The columns of a [`MessageRow`], then the rest of the statement.
macro_rules! select_message {
    ($rest:literal) => {
        concat!(
            "SELECT m.room_id, m.seq, m.rev, m.sender_id, m.client_id, m.kind, m.body, ",
            "m.created, m.edited, m.deleted, m.media_id, m.reply_seq, f.name AS media_name, ",
            "f.width, f.height, f.thumb_width, f.thumb_height ",
            "FROM messages m LEFT JOIN media f ON f.id = m.media_id ",
            $rest
        )
    };
}
pub(super) use select_message;

/// A message as read, with its picture's columns.
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
    created: i64,
    pub edited: Option<i64>,
    pub deleted: Option<i64>,
    pub media_id: Option<i64>,
    reply_seq: Option<i64>,
    media_name: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
    thumb_width: Option<i64>,
    thumb_height: Option<i64>,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let pixels = |size: Option<i64>| size.and_then(|n| n.try_into().ok()).unwrap_or_default();
        Self {
            room: RoomId(row.room_id),
            seq: row.seq,
            rev: row.rev,
            sender: UserId(row.sender_id),
            client_id: row.client_id,
            kind: kind_of(&row.kind),
            body: row.body,
            picture: row.media_id.map(|id| Picture {
                id: MediaId(id),
                name: row.media_name.unwrap_or_default(),
                width: pixels(row.width),
                height: pixels(row.height),
                thumb_width: pixels(row.thumb_width),
                thumb_height: pixels(row.thumb_height),
            }),
            reply_to: row.reply_seq,
            created: row.created,
            edited: row.edited,
            deleted: row.deleted.is_some(),
        }
    }
}

/// A picture as read through its owner.
#[derive(sqlx::FromRow)]
pub struct OwnPicture {
    pub owner_id: i64,
    id: i64,
    name: String,
    width: i64,
    height: i64,
    thumb_width: i64,
    thumb_height: i64,
}

impl From<OwnPicture> for Picture {
    fn from(row: OwnPicture) -> Self {
        let pixels = |size: i64| size.try_into().unwrap_or_default();
        Self {
            id: MediaId(row.id),
            name: row.name,
            width: pixels(row.width),
            height: pixels(row.height),
            thumb_width: pixels(row.thumb_width),
            thumb_height: pixels(row.thumb_height),
        }
    }
}

/// The kind of an event, as it is stored.
pub const EVENT: &str = "event";

/// A kind as it is stored.
pub fn text_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Emoji => "emoji",
        Kind::Image => "image",
        Kind::Event => EVENT,
    }
}

/// A kind that this version does not know yet is shown by its words.
fn kind_of(text: &str) -> Kind {
    match text {
        "emoji" => Kind::Emoji,
        "image" => Kind::Image,
        EVENT => Kind::Event,
        _ => Kind::Text,
    }
}
