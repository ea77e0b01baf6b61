//! Server functions of the administration area: plain forms are led back to its pages. Whoever does not
//! administer the server gets the answer of a function that is not there.

use super::{BANNER_MAX, DAYS_MAX, REASON_MAX, UPLOAD_LIMITS, sentence};
use crate::{
    error::Error,
    ids::{InvitationId, MediaId, RoomId, UserId},
    invitation::{Invitation, Terms},
    room::Role,
    server::{
        Registration,
        account::{check, fold, parse_name, require_own},
        db::{admin::By, groups::Actor, users::NewUser},
        password,
        session::Visit,
        settings::Rules,
        sync::random_client_id,
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A user who was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Created {
    pub id: UserId,
    /// The path of the one-time link by which they choose a password, if they have none.
    pub link: Option<String>,
}

/// Makes a user; without a password, with a one-time link by which they choose one.
///
/// # Errors
/// [`Error::Invalid`] with every broken rule, [`Error::NameTaken`].
#[server(prefix = "/api", endpoint = "admin_create_user")]
pub async fn admin_create_user(name: String, password: Option<String>) -> Result<Created, Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    let password = password.filter(|password| !password.is_empty());
    let (name, name_key, hash) = match &password {
        Some(password) => {
            let (name, key) = check(&name, password).await?;
            (name, key, password::hash(password).await?)
        }
        None => {
            let invalid = |problem| Error::Invalid { problems: vec![problem] };
            let (name, key) = parse_name(&name).map_err(invalid)?;
            require_own(&key)?;
            (name, key, password::NONE.to_owned())
        }
    };
    let name = name.as_str().to_owned();
    let user = NewUser { name, name_key, password: hash, is_admin: false, now: by.now };
    let app = &visit.app;
    let (id, changes) = app.db.create_user_by(&by, &user).await?;
    app.publish(&changes);
    app.profile_changed(id);
    let link = match password {
        Some(_) => None,
        None => Some(app.new_reset_link(&by, id).await?),
    };
    if let Some(link) = &link {
        app.shown_once.keep(&by, id, link.clone());
    }
    done(&format!("/admin/users/{id}"));
    Ok(Created { id, link })
}

/// Disables an account, or enables it again.
///
/// # Errors
/// [`Error::Forbidden`] for the last administrator who can log in.
#[server(prefix = "/api", endpoint = "admin_disable_user")]
pub async fn admin_disable_user(
    user: UserId,
    #[server(default)] disabled: bool,
) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    visit.app.db.set_disabled(&by, user, disabled).await?;
    visit.app.send_away(user);
    done(&format!("/admin/users/{user}"));
    Ok(())
}

/// Makes somebody an administrator of the server, or takes that back.
///
/// # Errors
/// [`Error::Forbidden`] for the last administrator who can log in.
#[server(prefix = "/api", endpoint = "admin_set_admin")]
pub async fn admin_set_admin(user: UserId, #[server(default)] admin: bool) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    let changes = visit.app.db.set_admin(&by, user, admin).await?;
    visit.app.end_believing();
    visit.app.hub.forget(user);
    visit.app.publish(&changes);
    done(&format!("/admin/users/{user}"));
    Ok(())
}

/// Ends all sessions of somebody.
#[server(prefix = "/api", endpoint = "admin_end_sessions")]
pub async fn admin_end_sessions(user: UserId) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    visit.app.db.end_sessions(&by, user).await?;
    visit.app.send_away(user);
    done(&format!("/admin/users/{user}"));
    Ok(())
}

/// The path of a new one-time link by which somebody chooses a password; those before end.
#[server(prefix = "/api", endpoint = "admin_reset_link")]
pub async fn admin_reset_link(user: UserId) -> Result<String, Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    let link = visit.app.new_reset_link(&by, user).await?;
    visit.app.shown_once.keep(&by, user, link.clone());
    done(&format!("/admin/users/{user}"));
    Ok(link)
}

/// Deletes somebody; with `erase`, all that they wrote too.
///
/// # Errors
/// [`Error::Forbidden`] for the last administrator who can log in.
#[server(prefix = "/api", endpoint = "admin_delete_user")]
pub async fn admin_delete_user(user: UserId, #[server(default)] erase: bool) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    visit.app.delete_user(&by, user, erase).await?;
    done("/admin/users");
    Ok(())
}

/// Gives somebody, by name, a role in a group; who is no member yet becomes one.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for an owner of a default group; [`Error::Archived`].
#[server(prefix = "/api", endpoint = "admin_place_member")]
pub async fn admin_place_member(room: RoomId, name: String, role: Role) -> Result<(), Error> {
    let visit = Visit::current()?;
    let actor = actor(visit.administrator().await?)?;
    let app = &visit.app;
    let account = app.db.account(&fold(&name)).await?.ok_or(Error::NotFound)?;
    let placed = app.db.place_member(&actor, room, account.id, role).await;
    let (change, joined) =
        placed.map_or_else(|error| (Err(error), true), |(change, joined)| (Ok(change), joined));
    let joined: &[UserId] = if joined { &[account.id] } else { &[] };
    app.group_changed(change, joined)?;
    done(&format!("/admin/groups/{room}"));
    Ok(())
}

/// Takes somebody out of a group.
#[server(prefix = "/api", endpoint = "admin_remove_member")]
pub async fn admin_remove_member(room: RoomId, user: UserId) -> Result<(), Error> {
    let visit = Visit::current()?;
    let actor = actor(visit.administrator().await?)?;
    let change = visit.app.db.take_out(&actor, room, user).await;
    visit.app.group_changed(change, &[user])?;
    done(&format!("/admin/groups/{room}"));
    Ok(())
}

/// Archives a group, or reopens it.
#[server(prefix = "/api", endpoint = "admin_archive_group")]
pub async fn admin_archive_group(
    room: RoomId,
    #[server(default)] archived: bool,
) -> Result<(), Error> {
    let visit = Visit::current()?;
    let actor = actor(visit.administrator().await?)?;
    let change = visit.app.db.put_away(&actor, room, archived).await;
    visit.app.group_changed(change, &[])?;
    done(&format!("/admin/groups/{room}"));
    Ok(())
}

/// Sets after how many days a group's messages go; 0: never; nothing: as the server's.
#[server(prefix = "/api", endpoint = "admin_set_retention")]
pub async fn admin_set_retention(
    room: RoomId,
    #[server(default)] days: String,
) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    let days = match days.trim() {
        "" => None,
        days => Some(number(days, 0, u64::from(DAYS_MAX))? as u32),
    };
    visit.app.db.set_retention(&by, room, days).await?;
    visit.app.go_on();
    done(&format!("/admin/groups/{room}"));
    Ok(())
}

/// Deletes a group with its messages and files.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a default group.
#[server(prefix = "/api", endpoint = "admin_delete_group")]
pub async fn admin_delete_group(room: RoomId) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    visit.app.delete_group(&by, room).await?;
    done("/admin/groups");
    Ok(())
}

/// Removes a message for a reason, which stands in its place. A plain form is led `back`.
#[server(prefix = "/api", endpoint = "admin_remove_message")]
pub async fn admin_remove_message(
    room: RoomId,
    seq: i64,
    reason: String,
    #[server(default)] back: String,
) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    let reason = sentence(&reason, REASON_MAX, true)?;
    let (change, freed) = visit.app.db.remove_message(&by, room, seq, &reason).await?;
    visit.app.publish(&[change]);
    visit.app.remove_unused(&freed).await?;
    done(if back.starts_with("/admin/") { &back } else { "/admin/messages" });
    Ok(())
}

/// Removes an upload from wherever it is shown.
#[server(prefix = "/api", endpoint = "admin_remove_upload")]
pub async fn admin_remove_upload(
    media: MediaId,
    #[server(default)] back: String,
) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    let (changes, owner, stored) = visit.app.db.remove_upload(&by, media).await?;
    visit.app.publish(&changes);
    visit.app.profile_changed(owner);
    visit.app.media.remove(&[stored]).await;
    done(if back.starts_with("/admin/") { &back } else { "/admin/uploads" });
    Ok(())
}

/// Makes a link to the server, for so many `hours` and `uses`, as [`create_invitation`] does into a group.
///
/// [`create_invitation`]: crate::invitation::api::create_invitation
///
/// # Errors
/// [`Error::Forbidden`] if there are [`LINKS_MAX`](crate::invitation::LINKS_MAX).
#[server(prefix = "/api", endpoint = "admin_create_invitation")]
pub async fn admin_create_invitation(hours: u32, uses: u32) -> Result<Vec<Invitation>, Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    visit.app.invite_to_server(&by, Terms::parse(hours, uses)?).await?;
    done("/admin/invitations");
    visit.app.server_invitations(&visit.app.origin(&visit.parts)).await
}

/// Revokes a link to the server.
#[server(prefix = "/api", endpoint = "admin_revoke_invitation")]
pub async fn admin_revoke_invitation(id: InvitationId) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    visit.app.db.revoke_server_invitation(&by, id).await?;
    done("/admin/invitations");
    Ok(())
}

/// Sets what needs no restart. `upload_limit` in bytes, `retention` in days (0: never).
#[server(prefix = "/api", endpoint = "admin_settings")]
pub async fn admin_settings(
    registration: String,
    upload_limit: String,
    retention: String,
    #[server(default)] banner: String,
) -> Result<(), Error> {
    let visit = Visit::current()?;
    let by = visit.administrator().await?;
    let app = &visit.app;
    let before = app.rules();
    let banner = sentence(&banner, BANNER_MAX, false)?;
    let rules = Rules {
        registration: Registration::parse(&registration).ok_or(Error::Malformed)?,
        upload_limit: number(&upload_limit, UPLOAD_LIMITS.0, UPLOAD_LIMITS.1)?,
        retention: number(&retention, 0, u64::from(DAYS_MAX))? as u32,
        banner_at: if banner == before.banner { before.banner_at } else { by.now },
        banner,
    };
    let changed = changed(&before, &rules);
    app.db.set_settings(&by, &changed, &told(&changed)).await?;
    app.load_rules().await?;
    app.go_on();
    done("/admin/settings");
    Ok(())
}

/// What was changed: what was left as it is on the command line goes on to follow that.
fn changed(before: &Rules, after: &Rules) -> Vec<(&'static str, String)> {
    let both = before.stored().into_iter().zip(after.stored());
    both.filter(|(was, is)| was != is).map(|(_, is)| is).collect()
}

/// The same for the log.
fn told(changed: &[(&str, String)]) -> String {
    let told = changed.iter().filter(|(name, _)| *name != "banner_at");
    told.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

fn actor(by: By) -> Result<Actor, Error> {
    let user = by.user.ok_or(Error::NotFound)?;
    Ok(Actor { user, now: by.now, client_id: random_client_id()? })
}

/// A number within these bounds.
fn number(text: &str, least: u64, most: u64) -> Result<u64, Error> {
    let number = text.trim().parse().ok();
    number.filter(|number| (least..=most).contains(number)).ok_or(Error::Malformed)
}

/// Leads a plain form back to this page, which says that it is done.
fn done(path: &str) {
    let sign = if path.contains('?') { '&' } else { '?' };
    leptos_axum::redirect(&format!("{path}{sign}done"));
}
