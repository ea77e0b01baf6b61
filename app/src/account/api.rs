//! Server functions of accounts and profiles.

use super::{Admission, PeoplePage, Person, SessionLine};
use crate::{
    error::Error,
    ids::{MediaId, UserId},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Registers an account and logs it in; a plain form is led to `next`, as by [`login`]. `setup_code` is asked of the very first account on a
/// server that has one; that account administers it. By the token `invitation` one is in its group, and
/// led to it; a server that takes new people by invitation only asks for one.
///
/// # Errors
/// [`Error::Invalid`] with every broken rule, [`Error::NameTaken`],
/// [`Error::RegistrationClosed`], [`Error::NotFound`] if the invitation does not work,
/// [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "register")]
pub async fn register(
    name: String,
    password: String,
    setup_code: Option<String>,
    next: Option<String>,
    invitation: Option<String>,
) -> Result<(), Error> {
    let visit = crate::server::session::Visit::current()?;
    let invitation = invitation.filter(|token| !token.is_empty());
    let (code, token) = (setup_code.as_deref(), invitation.as_deref());
    let group = crate::server::account::register(&visit, &name, &password, code, token).await?;
    leptos_axum::redirect(&match group {
        Some(group) => crate::Pane::Room(Some(group)).path(),
        None => crate::landing(&next.unwrap_or_default()),
    });
    Ok(())
}

/// Logs in; a plain form is led to what the address `next` shows ([`crate::landing`]), by default to the list. By the token
/// `invitation` one joins its group, and is led to it; if it does not work, to the page that says so.
///
/// # Errors
/// [`Error::WrongLogin`] for an unknown name and a wrong password alike; [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "login")]
pub async fn login(
    name: String,
    password: String,
    next: Option<String>,
    invitation: Option<String>,
) -> Result<(), Error> {
    let visit = crate::server::session::Visit::current()?;
    let user = crate::server::account::log_in(&visit, &name, &password).await?;
    leptos_axum::redirect(&match invitation.filter(|token| !token.is_empty()) {
        Some(token) => crate::server::invitation::lead_in(&visit, user, &token).await,
        None => crate::landing(&next.unwrap_or_default()),
    });
    Ok(())
}

/// Ends the session that this request came with, if any.
#[server(prefix = "/api", endpoint = "logout")]
pub async fn logout() -> Result<(), Error> {
    crate::server::session::Visit::current()?.log_out().await?;
    leptos_axum::redirect("/login");
    Ok(())
}

/// Stores one's shown name and introduction. Everybody is told of each change: so many are allowed as
/// messages.
///
/// # Errors
/// [`Error::Invalid`] with every broken rule; [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "update_profile")]
pub async fn update_profile(display_name: String, introduction: String) -> Result<(), Error> {
    let visit = crate::server::session::Visit::current()?;
    let caller = visit.caller().await?;
    let profile = super::Profile::parse(&display_name, &introduction)?;
    visit.app.limits.check_send(caller.id)?;
    visit.app.db.set_profile(caller.id, &profile).await?;
    visit.app.profile_changed(caller.id);
    visit.done("/settings");
    Ok(())
}

/// Sets one's picture to an uploaded avatar, or removes it.
///
/// # Errors
/// [`Error::NotFound`] if it is not an avatar that the caller uploaded; [`Error::TooMany`], as for
/// [`update_profile`].
#[server(prefix = "/api", endpoint = "set_avatar")]
pub async fn set_avatar(media: Option<MediaId>) -> Result<(), Error> {
    let visit = crate::server::session::Visit::current()?;
    let caller = visit.caller().await?;
    visit.app.limits.check_send(caller.id)?;
    visit.app.db.set_avatar(caller.id, media).await?;
    visit.app.profile_changed(caller.id);
    Ok(())
}

/// Sets a new password and ends all of one's other sessions.
///
/// # Errors
/// [`Error::Invalid`] if `current` is wrong, or with every rule that `new` breaks;
/// [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "change_password")]
pub async fn change_password(current: String, new: String) -> Result<(), Error> {
    let visit = crate::server::session::Visit::current()?;
    let caller = visit.caller().await?;
    crate::server::account::change_password(&visit, caller.id, &current, &new).await?;
    visit.done("/settings");
    Ok(())
}

/// Chooses a password by a one-time link, whose last part is `token`; ends all of one's sessions, and
/// logs in.
///
/// # Errors
/// [`Error::NotFound`] if the link is unknown, used or expired; [`Error::Invalid`] with every rule that
/// the password breaks; [`Error::TooMany`].
#[server(prefix = "/api", endpoint = "reset_password")]
pub async fn reset_password(token: String, password: String) -> Result<(), Error> {
    let visit = crate::server::session::Visit::current()?;
    crate::server::admin::reset::use_link(&visit, &token, &password).await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// One's own sessions, the one that asks first, then by when they were last used.
#[server(name = OwnSessions, prefix = "/api", endpoint = "sessions", input = GetUrl)]
pub async fn sessions() -> Result<Vec<SessionLine>, Error> {
    crate::server::session::Visit::current()?.sessions().await
}

/// Ends one of one's own sessions. A plain form is led back to their list.
///
/// # Errors
/// [`Error::NotFound`].
#[server(prefix = "/api", endpoint = "end_session")]
pub async fn end_session(id: String) -> Result<(), Error> {
    let visit = crate::server::session::Visit::current()?;
    let is_this = visit.end_sessions(Some(&id)).await?;
    leptos_axum::redirect(if is_this { "/login" } else { "/settings/sessions?done" });
    Ok(())
}

/// Ends all of one's own sessions but the one that asks.
#[server(prefix = "/api", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), Error> {
    crate::server::session::Visit::current()?.end_sessions(None).await?;
    leptos_axum::redirect("/settings/sessions?done");
    Ok(())
}

/// Closes the announcement at the top of the page for this browser.
#[server(prefix = "/api", endpoint = "close_banner")]
pub async fn close_banner(banner: i64) -> Result<(), Error> {
    crate::server::remember(super::BANNER_COOKIE, &banner.to_string())
}

/// People who can be talked to, by name, those after `after`; [`super::PEOPLE_PAGE`] at once.
#[server(prefix = "/api", endpoint = "people", input = GetUrl)]
pub async fn people(after: Option<String>) -> Result<PeoplePage, Error> {
    let visit = crate::server::session::Visit::current()?;
    visit.caller().await?;
    let (people, after) = visit.app.db.people(after.as_deref(), super::PEOPLE_PAGE).await?;
    Ok(PeoplePage { people, after })
}

/// These people; ids that are unknown or beyond the first [`super::PEOPLE_BY_ID_MAX`] are left out.
#[server(prefix = "/api", endpoint = "people_by_id", input = GetUrl)]
pub async fn people_by_id(#[server(default)] ids: Vec<UserId>) -> Result<Vec<Person>, Error> {
    let visit = crate::server::session::Visit::current()?;
    visit.caller().await?;
    let count = ids.len().min(super::PEOPLE_BY_ID_MAX as usize);
    visit.app.db.people_by_id(&ids[..count]).await
}

/// Whether, and how, one can register here.
#[server(prefix = "/api", endpoint = "gate", input = GetUrl)]
pub async fn gate() -> Result<Admission, Error> {
    crate::server::app()?.admission().await
}
