//! Server functions of the loop.

use super::{Cursor, Delta, Snapshot, Update};
use crate::{error::Error, ids::RoomId};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};

/// All that a page needs to start; `open` is the room that is shown, `before` the place in it
/// before which the page of history ends.
#[server(name = GetSnapshot, prefix = "/api", endpoint = "snapshot", input = GetUrl)]
pub async fn snapshot(open: Option<RoomId>, before: Option<i64>) -> Result<Snapshot, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.snapshot(caller.id, open, before).await
}

/// What is new since `cursor`: `null` when nothing is. Asked once a second by every open page.
#[server(prefix = "/api", endpoint = "poll", input = GetUrl)]
pub async fn poll(cursor: Cursor) -> Result<Option<Update>, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.poll(caller.id, cursor).await
}

/// The whole difference to what a page holds, as `(room, rev)` of each room whose messages it has.
#[server(prefix = "/api", endpoint = "resync", input = Json)]
pub async fn resync(held: Vec<(RoomId, i64)>) -> Result<Delta, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.resync(caller.id, held).await
}

/// A tab says good-bye: its person is offline soon, unless another tab of theirs asks.
#[server(prefix = "/api", endpoint = "leave")]
pub async fn leave() -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    app.presence.leave(caller.id, crate::server::now());
    Ok(())
}
