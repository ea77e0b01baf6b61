//! Server functions of invitations.

use super::{Invitation, QrPicture};
use crate::{
    error::Error,
    ids::{InvitationId, RoomId},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The links into a group that one manages, newest first.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
#[server(prefix = "/api", endpoint = "invitations", input = GetUrl)]
pub async fn invitations(room: RoomId) -> Result<Vec<Invitation>, Error> {
    let visit = crate::server::session::Visit::current()?;
    let caller = visit.caller().await?;
    visit.app.invitations(caller.id, room, &visit.app.origin(&visit.parts)).await
}

/// Makes a link into a group that one manages, for so many `hours` and `uses` ([`super::HOURS`],
/// [`super::USES`]), and gives all that there are. A plain form is led to their page.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`], also if there are [`super::LINKS_MAX`];
/// [`Error::Archived`], [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "create_invitation")]
pub async fn create_invitation(
    room: RoomId,
    hours: u32,
    uses: u32,
) -> Result<Vec<Invitation>, Error> {
    let visit = crate::server::session::Visit::current()?;
    let caller = visit.caller().await?;
    let terms = super::Terms::parse(hours, uses)?;
    visit.app.invite(&visit.app.actor(caller)?, room, terms).await?;
    leptos_axum::redirect(&format!("/room/{room}/invitations?done"));
    visit.app.invitations(caller.id, room, &visit.app.origin(&visit.parts)).await
}

/// Revokes a link into a group that one manages. A plain form is led to the page of those that are left.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "revoke_invitation")]
pub async fn revoke_invitation(room: RoomId, id: InvitationId) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    app.db.revoke_invitation(&app.actor(caller)?, room, id).await?;
    leptos_axum::redirect(&format!("/room/{room}/invitations?done"));
    Ok(())
}

/// Joins the group of a link, whose last part is `token`; the group, if it is one's, to which a plain
/// form is led.
///
/// # Errors
/// [`Error::NotFound`] if the link does not work, [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "accept_invitation")]
pub async fn accept_invitation(token: String) -> Result<Option<RoomId>, Error> {
    let visit = crate::server::session::Visit::current()?;
    let caller = visit.caller().await?;
    let address = crate::server::Peer::of(&visit.parts).address;
    let room = visit.app.accept_invitation(caller.id, &token, address).await?;
    leptos_axum::redirect(&crate::server::invitation::path_of(room));
    Ok(room)
}

/// A QR code of an address.
///
/// # Errors
/// [`Error::TooLarge`].
#[server(prefix = "/api", endpoint = "qr_code", input = GetUrl)]
pub async fn qr_code(text: String) -> Result<QrPicture, Error> {
    crate::server::enter().await?;
    crate::server::invitation::qr_code(&text)
}
