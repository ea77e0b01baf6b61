//! A message and a room, for tests to change.

use crate::{
    ids::{ClientId, RoomId, UserId},
    message::{Kind, Message},
    room::{Notify, Role, Room, RoomKind, Visibility},
};

/// A text of `sender`'s at this place, never changed.
pub fn message(room: RoomId, seq: i64, sender: UserId) -> Message {
    Message {
        room,
        seq,
        rev: seq,
        sender,
        client_id: ClientId::from_bytes([0; 16]),
        kind: Kind::Text,
        body: "words".to_owned(),
        attachments: vec![],
        reply_to: None,
        created: 0,
        edited: None,
        deleted: false,
        reactions: vec![],
        forwarded: None,
        mentions: vec![],
    }
}

/// A group of two with this for its newest message, of which nothing is unread.
pub fn room(last: Message) -> Room {
    Room {
        id: last.room,
        kind: RoomKind::Group,
        name: "Lobby".to_owned(),
        introduction: String::new(),
        avatar: None,
        visibility: Visibility::Default,
        archived: false,
        role: Role::Member,
        creator: None,
        created: 0,
        peer: None,
        members: 2,
        last_seq: last.seq,
        last_rev: last.rev,
        pinned: false,
        notify: Notify::All,
        last_read_seq: 0,
        unread: 0,
        mentions: 0,
        last: Some(last),
    }
}
