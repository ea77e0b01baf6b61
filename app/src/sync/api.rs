//! Server functions of the loop.

use super::{Cursor, Delta, Snapshot, Update};
use crate::{
    error::Error,
    ids::{ClientId, RoomId, UserId},
};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};

/// All that a page needs to start; `open` is the room that is shown, `before` the place in it
/// before which the page of history ends.
#[server(name = GetSnapshot, prefix = "/api", endpoint = "snapshot", input = GetUrl)]
pub async fn snapshot(open: Option<RoomId>, before: Option<i64>) -> Result<Snapshot, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.snapshot(caller, open, before).await
}

/// What is new since `cursor`: `null` when nothing is. Asked again and again by every person's
/// page. With `hold`, in milliseconds, at most [`HOLD_MAX`], nothing new is not said at once: the
/// answer comes with the first news, or after that time. `hidden`: the page is not in sight; its
/// person shows as away. `pace`: the pause between polls that the page knows of, in milliseconds;
/// another one now is news too.
#[server(prefix = "/api", endpoint = "poll", input = GetUrl)]
pub async fn poll(
    cursor: Cursor,
    #[server(default)] hold: u32,
    #[server(default)] hidden: bool,
    #[server(default)] pace: u32,
) -> Result<Option<Update>, Error> {
    let visit = crate::server::session::Visit::current()?;
    let caller = visit.caller().await?;
    let asked = crate::server::sync::Asked { cursor, hold, hidden, pace };
    let was_held = visit.parts.extensions.get::<crate::server::sync::Held>().is_some();
    if !was_held && visit.app.hold(caller.id, &asked).await {
        // Meanwhile the session may have ended.
        visit.caller().await?;
    }
    visit.app.poll(caller.id, &asked).await
}

/// The whole difference to what a page holds, as `(room, rev)` of each room whose messages it has.
/// `newest`: the newest message of each, by its place and its sender's id for it; with that the
/// server notices that the page knows more than it does. `me`: whose page it is; to somebody else who has
/// logged in meanwhile it tells nothing.
///
/// # Errors
/// [`Error::Unauthenticated`], also for somebody else than `me`.
#[server(prefix = "/api", endpoint = "resync", input = Json)]
pub async fn resync(
    held: Vec<(RoomId, i64)>,
    #[server(default)] newest: Vec<(RoomId, i64, ClientId)>,
    #[server(default)] me: Option<UserId>,
) -> Result<Delta, Error> {
    let (app, caller) = crate::server::enter().await?;
    caller.require(me)?;
    app.resync(caller.id, held, newest).await
}

/// A tab says good-bye: its person is offline soon, unless another tab of theirs asks.
#[server(prefix = "/api", endpoint = "leave")]
pub async fn leave() -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    app.presence.leave(caller.id, crate::server::uptime());
    Ok(())
}
