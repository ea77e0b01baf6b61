//! The pages before the log-in, and what links open.

use super::{Pages, left};
use app::{
    account::gate::Arrival,
    error::Error,
    invitation::{Invited, page::Guest},
    landing, led_on,
    server::{App, Peer, invitation::path_of, session::caller_of, shell::Content},
};
use axum::{
    extract::{Path, Query, Request, State},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

/// How somebody comes to the pages before the log-in; nothing if the invitation that they name does not
/// work.
async fn arrival(app: &App, parts: &Parts) -> Result<Option<Arrival>, Error> {
    #[derive(Default, Deserialize)]
    struct InAddress {
        ended: Option<String>,
        next: Option<String>,
        invitation: Option<String>,
    }
    let Query(found) = Query::<InAddress>::try_from_uri(&parts.uri).unwrap_or_default();
    let invited = match found.invitation {
        None => None,
        Some(token) => match app.invited(&token, Peer::of(parts).address).await? {
            None => return Ok(None),
            invited => invited,
        },
    };
    let next = led_on(&found.next.unwrap_or_default());
    Ok(Some(Arrival { ended: found.ended.is_some(), next, invited }))
}

/// The page to log in; who has logged in is led to the chat, or to what they are invited to.
pub async fn log_in(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let arrival = arrival(&pages.app, &parts).await;
    if let Ok(Some(arrival)) = &arrival
        && caller_of(&pages.app, &parts).await.is_ok()
    {
        let join = arrival.invited.as_ref().map(|invited| format!("/join/{}", invited.token));
        return Redirect::to(&join.unwrap_or_else(|| landing(&arrival.next))).into_response();
    }
    let content = match arrival {
        Ok(Some(arrival)) => Content::LogIn(arrival, left(&parts.uri)),
        Ok(None) => Content::InvitationOver,
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

/// The page to register.
pub async fn register(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let arrival = arrival(&pages.app, &parts).await;
    let content = match (arrival, pages.app.admission().await) {
        (Ok(Some(arrival)), Ok(admission)) => {
            Content::Register(admission, arrival, left(&parts.uri))
        }
        (Ok(None), _) => Content::InvitationOver,
        (Err(error), _) | (_, Err(error)) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

/// What an invitation opens. Who is there already is led there.
pub async fn join(
    State(pages): State<Pages>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let content = match joining(&pages.app, &token, &parts).await {
        Ok(Joining::There(path)) => return Redirect::to(&path).into_response(),
        Ok(Joining::Not(invited, guest)) => Content::Join(invited, guest, left(&parts.uri)),
        Err(Error::NotFound) => Content::InvitationOver,
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

/// Whether who opens a link is where it leads, and the path of that.
enum Joining {
    There(String),
    Not(Invited, Guest),
}

async fn joining(app: &App, token: &str, parts: &Parts) -> Result<Joining, Error> {
    let invited = app.invited(token, Peer::of(parts).address).await?;
    let caller = match caller_of(app, parts).await {
        Ok(caller) => caller,
        Err(Error::Unauthenticated) => {
            let invited = invited.ok_or(Error::NotFound)?;
            return Ok(Joining::Not(invited, Guest::Stranger(app.admission().await?)));
        }
        Err(error) => return Err(error),
    };
    if let Some(room) = app.db.joined_by_link(caller.id, token).await? {
        return Ok(Joining::There(path_of(Some(room))));
    }
    let invited = invited.ok_or(Error::NotFound)?;
    match invited.group {
        None => Ok(Joining::There(path_of(None))),
        Some(_) => Ok(Joining::Not(invited, Guest::User)),
    }
}

/// The page to choose a password by a one-time link.
pub async fn reset(
    State(pages): State<Pages>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let content = match pages.app.named_by_link(&token).await {
        Ok(name) => Content::Reset(token, name, left(request.uri())),
        Err(error) => Content::Failed(error),
    };
    pages.render(content, request).await
}
