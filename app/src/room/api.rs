//! Server functions of rooms.

use super::Readers;
use crate::{
    account::PeoplePage,
    error::Error,
    ids::{RoomId, UserId},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The private conversation with this person, made if there is none; a plain form is led to it.
#[server(prefix = "/api", endpoint = "open_direct")]
pub async fn open_direct(user: UserId) -> Result<RoomId, Error> {
    let (app, caller) = crate::server::enter().await?;
    let (room, change) = app.db.open_direct(caller.id, user, crate::server::now()).await?;
    if change.is_some() {
        app.hub.forget(caller.id);
        app.hub.forget(user);
    }
    leptos_axum::redirect(&format!("/room/{room}"));
    Ok(room)
}

/// Moves one's reading position in a room forward to `seq`; never back.
#[server(prefix = "/api", endpoint = "mark_read")]
pub async fn mark_read(room: RoomId, seq: i64) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    if let Some(senders) = app.db.mark_read(caller.id, room, seq).await? {
        app.hub.position_moved(caller.id, room);
        senders.into_iter().for_each(|sender| app.hub.seen(sender, room));
    }
    Ok(())
}

/// Who has seen this message of one's own.
#[server(name = WhoHasRead, prefix = "/api", endpoint = "readers", input = GetUrl)]
pub async fn readers(room: RoomId, seq: i64) -> Result<Readers, Error> {
    let (app, caller) = crate::server::enter().await?;
    let (count, people) = app.db.readers(caller.id, room, seq, 100).await?;
    Ok(Readers { count, people })
}

/// The members of a room by name, a hundred at a time; `after` is where the last answer ended.
#[server(prefix = "/api", endpoint = "members", input = GetUrl)]
pub async fn members(room: RoomId, after: Option<String>) -> Result<PeoplePage, Error> {
    let (app, caller) = crate::server::enter().await?;
    let (people, after) = app.db.members(caller.id, room, after.as_deref(), 100).await?;
    Ok(PeoplePage { people, after })
}
