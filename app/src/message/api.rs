//! Server functions of messages.

use super::{Message, Page, Version, emoji::EmojiGroup};
use crate::{
    error::Error,
    ids::{ClientId, MediaId, RoomId, UserId},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Sends a message, perhaps with uploads of one's own, perhaps as the answer to the one at the place `reply_to`; sent again with the
/// same `client_id`, answers with the stored one. `sticker`: `body` is the name of one. `me`: who said it; of
/// somebody else who has logged in meanwhile it is not stored.
#[server(name = SendMessage, prefix = "/api", endpoint = "send")]
pub async fn send(
    room: RoomId,
    client_id: ClientId,
    body: String,
    #[server(default)] media: Vec<MediaId>,
    reply_to: Option<i64>,
    #[server(default)] sticker: bool,
    me: Option<UserId>,
) -> Result<Message, Error> {
    let (app, caller) = crate::server::enter().await?;
    caller.require(me)?;
    app.limits.check_send(caller.id)?;
    let media = crate::server::media::checked(media)?;
    let body = super::body(&body, !media.is_empty())?;
    let kind = match sticker {
        true => super::sticker::kind(&body, &media)?,
        false => crate::server::emoji::kind(&body),
    };
    let new = super::NewMessage { client_id, kind, body, media, reply_to, forwarded: None };
    let message = app.db.send(caller.id, room, &new, crate::server::now()).await?;
    // Also when it was stored before: its first answer, and what follows it, may have been lost.
    app.publish_message(&message);
    Ok(message)
}

/// Sends what the message at the place `seq` of the room `from` says and carries to `room`; sent again
/// with the same `client_id`, answers with the stored one.
#[server(name = ForwardMessage, prefix = "/api", endpoint = "forward")]
pub async fn forward(
    room: RoomId,
    client_id: ClientId,
    from: RoomId,
    seq: i64,
) -> Result<Message, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_send(caller.id)?;
    let now = crate::server::now();
    let message = app.db.forward(caller.id, room, client_id, (from, seq), now).await?;
    app.publish_message(&message);
    Ok(message)
}

/// Tells the others in a room that one writes.
#[server(prefix = "/api", endpoint = "typing")]
pub async fn typing(room: RoomId) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_typing(caller.id)?;
    app.typing(caller.id, room).await
}

/// Replaces the words of one's own message.
#[server(prefix = "/api", endpoint = "edit")]
pub async fn edit(room: RoomId, seq: i64, body: String) -> Result<Message, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_send(caller.id)?;
    let body = super::body(&body, false)?;
    let kind = crate::server::emoji::kind(&body);
    let message = app.db.edit(caller.id, room, seq, kind, &body, crate::server::now()).await?;
    app.publish_message(&message);
    Ok(message)
}

/// Deletes one's own message, with the files that no other message names: a tombstone stays in its
/// place.
#[server(prefix = "/api", endpoint = "delete")]
pub async fn delete(room: RoomId, seq: i64) -> Result<Message, Error> {
    let (app, caller) = crate::server::enter().await?;
    let (message, files) = app.db.delete(caller.id, room, seq, crate::server::now()).await?;
    app.publish_message(&message);
    app.media.remove(&files).await;
    Ok(message)
}

/// Adds an emoji to the reactions of a message (`on`), or takes one's own back.
#[server(prefix = "/api", endpoint = "react")]
pub async fn react(
    room: RoomId,
    seq: i64,
    emoji: String,
    #[server(default)] on: bool,
) -> Result<Message, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_send(caller.id)?;
    let emoji = crate::server::emoji::one(&emoji)?;
    let message = app.db.react(caller.id, room, seq, emoji, on).await?;
    app.publish_message(&message);
    Ok(message)
}

/// What a message said before, oldest first: for its sender, and for who manages the group or
/// administers the server.
#[server(name = EditsOf, prefix = "/api", endpoint = "edits", input = GetUrl)]
pub async fn edits(room: RoomId, seq: i64) -> Result<Vec<Version>, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.db.edits(caller, room, seq).await
}

/// Ten messages of a room, oldest first: the newest before the place `before`, the oldest after the
/// place `after`, or the newest of all.
#[server(prefix = "/api", endpoint = "history", input = GetUrl)]
pub async fn history(
    room: RoomId,
    before: Option<i64>,
    #[server(default)] after: Option<i64>,
) -> Result<Page, Error> {
    let (app, caller) = crate::server::enter().await?;
    let stretch = super::Stretch::asked(before, after)?;
    app.introduced(app.db.history(caller.id, room, stretch, super::PAGE).await?).await
}

/// The messages at these places of a room, at most [`super::QUOTED_MAX`] of them, as `quoted` of a
/// page that holds nothing else.
#[server(prefix = "/api", endpoint = "quoted", input = GetUrl)]
pub async fn quoted(room: RoomId, #[server(default)] places: Vec<i64>) -> Result<Page, Error> {
    let (app, caller) = crate::server::enter().await?;
    let count = places.len().min(super::QUOTED_MAX);
    let quoted = app.db.messages_at(caller.id, room, &places[..count]).await?;
    app.introduced(Page { room, messages: vec![], has_older: false, quoted, people: vec![] }).await
}

/// All emoji, by group, in the order of Unicode's charts.
#[server(prefix = "/api", endpoint = "emojis", input = GetUrl)]
pub async fn emojis() -> Result<Vec<EmojiGroup>, Error> {
    crate::server::enter().await?;
    Ok(crate::server::emoji::groups())
}
