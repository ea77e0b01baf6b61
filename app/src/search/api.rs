//! The server function of search.

#![expect(clippy::too_many_arguments, reason = "one for each parameter of the address")]

use super::Found;
use crate::{error::Error, ids::RoomId};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// People and groups whose name holds `text`, and messages of one's own rooms that hold all of its
/// words, the newest first. The last word may be the beginning of one. `before` is where the last
/// answer ended; with it, or with a filter, only messages are looked for.
#[server(prefix = "/api", endpoint = "search", input = GetUrl)]
pub async fn search(
    #[server(default)] text: String,
    room: Option<RoomId>,
    sender: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
    #[server(default)] picture: bool,
    #[server(default)] file: bool,
    before: Option<i64>,
) -> Result<Found, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_search(caller.id)?;
    let wanted =
        super::Wanted { text, room, sender, since, until, picture, file, before }.checked()?;
    app.search(caller.id, &wanted).await
}
