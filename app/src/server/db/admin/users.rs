//! Users as administrators see and change them.

use super::{
    By, Part,
    audit::{note, shown},
    rows::User,
};
use crate::{
    admin::Action,
    error::Error,
    ids::{ClientId, RoomId, UserId},
    room::{Role, event::Event},
    search::words::name_key,
    server::db::{
        Change, Db,
        groups::{Actor, LOCK, role, tell},
        invitations::END_OF_USER,
        members::{ABANDON, hold, leave, leave_to_heir},
        users::{ADMINS, REVOKE, ROOM_REV, TAKE_REV},
    },
};

/// The columns of a [`User`], then the rest of the statement. Whoever was deleted is not found.
macro_rules! select_user {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.name, u.display_name, u.is_admin, u.disabled, u.created, ",
            "(SELECT COUNT(*) FROM sessions s WHERE s.user_id = u.id) AS sessions, ",
            "(SELECT MAX(s.last_used) FROM sessions s WHERE s.user_id = u.id) AS last_used ",
            "FROM users u WHERE u.deleted IS NULL ",
            $rest
        )
    };
}

const FIND: &str = select_user!(
    "AND (u.name_key LIKE ? ESCAPE '!' OR INSTR(u.find_key, ?) > 0) \
    ORDER BY u.name_key LIMIT ? OFFSET ?"
);
const BY_ID: &str = select_user!("AND u.id = ?");
pub(in crate::server::db) const NAME: &str =
    "SELECT name FROM users WHERE id = ? AND deleted IS NULL";
const SET_DISABLED: &str = "UPDATE users SET disabled = ? WHERE id = ?";
const SET_ADMIN: &str = "UPDATE users SET is_admin = ? WHERE id = ?";
const DEFAULT_ROLE: &str = "UPDATE memberships SET role = ? WHERE user_id = ? \
    AND room_id IN (SELECT id FROM rooms WHERE visibility = 'default')";
const TAKE_DEFAULT_REVS: &str =
    "UPDATE rooms SET last_rev = last_rev + 1 WHERE visibility = 'default'";
const DEFAULT_REVS: &str = "SELECT id, last_rev FROM rooms WHERE visibility = 'default'";
pub(in crate::server::db) const END_LINKS: &str = "DELETE FROM reset_links WHERE user_id = ?";
const ROOMS_OF: &str = "SELECT r.id, r.kind FROM memberships s JOIN rooms r ON r.id = s.room_id \
    WHERE s.user_id = ? ORDER BY r.id";
const DELETE: &str = "UPDATE users SET name = ?, name_key = ?, display_name = '', introduction = '', \
    avatar_id = NULL, password = '', is_admin = FALSE, disabled = TRUE, deleted = ?, erasing = ?, find_key = '' \
    WHERE id = ?";

/// The name of somebody who is there; else leaves with [`Error::NotFound`].
macro_rules! name_of {
    ($tx:ident, $user:expr) => {{
        let name: Option<String> = sqlx::query_scalar($crate::server::db::admin::users::NAME)
            .bind($user.0)
            .fetch_optional(&mut *$tx)
            .await?;
        name.ok_or(Error::NotFound)?
    }};
}
pub(in crate::server::db) use name_of;

/// Leaves with [`Error::Forbidden`] if this is the only administrator who can log in. The lock that
/// `REVOKE` takes comes first: two at once cannot take the last two.
macro_rules! keep_an_administrator {
    ($tx:ident, $user:expr) => {{
        let admins: Vec<i64> = sqlx::query_scalar(ADMINS).fetch_all(&mut *$tx).await?;
        if admins == [$user.0] {
            return Err(Error::Forbidden.into());
        }
    }};
}

macro_rules! end_sessions {
    ($tx:ident, $user:expr) => {{
        sqlx::query($crate::server::db::users::END_SESSIONS)
            .bind($user.0)
            .execute(&mut *$tx)
            .await?;
    }};
}
pub(in crate::server::db) use end_sessions;

macro_rules! end_links {
    ($tx:ident, $user:expr) => {{
        sqlx::query($crate::server::db::admin::users::END_LINKS)
            .bind($user.0)
            .execute(&mut *$tx)
            .await?;
    }};
}
pub(in crate::server::db) use end_links;

impl Db {
    /// Users whose name, or shown name, holds this folded text, by name; whether there are more.
    pub async fn find_users(&self, text: &str, part: Part) -> Result<(Vec<User>, bool), Error> {
        let (key, text) = (name_key(text), super::anywhere(text));
        let rows: Vec<User> = reading!(self, pool => {
            sqlx::query_as(FIND)
                .bind(text.as_str())
                .bind(key.as_str())
                .bind(part.limit())
                .bind(part.offset())
                .fetch_all(pool)
                .await
        })?;
        Ok(shown(rows))
    }

    /// A user.
    ///
    /// # Errors
    /// [`Error::NotFound`], also of one who was deleted.
    pub async fn user(&self, user: UserId) -> Result<User, Error> {
        let found: Option<User> = reading!(self, pool => {
            sqlx::query_as(BY_ID).bind(user.0).fetch_optional(pool).await
        })?;
        found.ok_or(Error::NotFound)
    }

    /// Disables an account, which ends its sessions and its links, or enables it again.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] for the last administrator who can log in.
    pub async fn set_disabled(&self, by: &By, user: UserId, disabled: bool) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            let name = name_of!(tx, user);
            if disabled {
                keep_an_administrator!(tx, user);
                end_sessions!(tx, user);
                end_links!(tx, user);
            }
            sqlx::query(SET_DISABLED).bind(disabled).bind(user.0).execute(&mut *tx).await?;
            let action = if disabled { Action::DisableUser } else { Action::EnableUser };
            note!(tx, by, action, &name, "");
        })?;
        Ok(())
    }

    /// Makes a user an administrator, of the default rooms too, or takes that back; their sessions are
    /// looked at anew. Returns the rooms' changes.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] for the last administrator who can log in.
    pub async fn set_admin(
        &self,
        by: &By,
        user: UserId,
        is_admin: bool,
    ) -> Result<Vec<Change>, Error> {
        Ok(changing!(self, tx => {
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            let name = name_of!(tx, user);
            if !is_admin {
                keep_an_administrator!(tx, user);
            }
            sqlx::query(SET_ADMIN).bind(is_admin).bind(user.0).execute(&mut *tx).await?;
            sqlx::query(TAKE_DEFAULT_REVS).execute(&mut *tx).await?;
            let role = if is_admin { Role::Administrator } else { Role::Member };
            let role = sqlx::query(DEFAULT_ROLE).bind(role.as_str()).bind(user.0);
            role.execute(&mut *tx).await?;
            let action = if is_admin { Action::MakeAdmin } else { Action::RevokeAdmin };
            note!(tx, by, action, &name, "");
            changes(sqlx::query_as(DEFAULT_REVS).fetch_all(&mut *tx).await?)
        })?)
    }

    /// The newest change of each default room.
    pub async fn default_changes(&self) -> Result<Vec<Change>, Error> {
        let revs = reading!(self, pool => sqlx::query_as(DEFAULT_REVS).fetch_all(pool).await)?;
        Ok(changes(revs))
    }

    /// Ends all of a user's sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn end_sessions(&self, by: &By, user: UserId) -> Result<(), Error> {
        changing!(self, tx => {
            let name = name_of!(tx, user);
            end_sessions!(tx, user);
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            note!(tx, by, Action::EndSessions, &name, "");
        })?;
        Ok(())
    }

    /// Deletes a user: the name is free, sessions, memberships and the links that they made are gone, an
    /// owner's groups get another one, and private conversations that nobody is in any more are to be removed. The row stays, for what they wrote; with `erase` that is to be made tombstones
    /// ([`Db::to_erase`]). `events` is the name of the first event, the next ones count on. Returns the
    /// rooms' changes.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] for the last administrator who can log in.
    pub async fn delete_user(
        &self,
        by: &By,
        user: UserId,
        erase: bool,
        events: &ClientId,
    ) -> Result<Vec<Change>, Error> {
        Ok(changing!(self, tx => {
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            let name = name_of!(tx, user);
            keep_an_administrator!(tx, user);
            hold!(tx, user.0);
            let rooms = sqlx::query_as(ROOMS_OF).bind(user.0).fetch_all(&mut *tx);
            let rooms: Vec<(i64, String)> = rooms.await?;
            let mut changes = Vec::new();
            for (event, (room, kind)) in (0..).zip(rooms) {
                let room = RoomId(room);
                if kind == "group" {
                    sqlx::query(LOCK).bind(room.0).execute(&mut *tx).await?;
                    let client_id = ClientId::from_bytes(
                        events.number().wrapping_add(event).to_be_bytes(),
                    );
                    let actor = Actor { user, now: by.now, client_id };
                    let role = role!(tx, room, user).unwrap_or(Role::Member);
                    let owner = leave_to_heir!(tx, room, user, role, by.now);
                    changes.push(tell!(tx, actor, room, Some(Event::Left { owner })));
                } else {
                    sqlx::query(TAKE_REV).bind(room.0).execute(&mut *tx).await?;
                    leave!(tx, room, user);
                    sqlx::query(ABANDON).bind(by.now).bind(room.0).execute(&mut *tx).await?;
                    let rev = sqlx::query_scalar(ROOM_REV).bind(room.0).fetch_one(&mut *tx);
                    changes.push(Change { room, rev: rev.await? });
                }
            }
            end_sessions!(tx, user);
            end_links!(tx, user);
            sqlx::query(END_OF_USER).bind(user.0).execute(&mut *tx).await?;
            // Before the name goes, which may be that of who does it.
            note!(tx, by, Action::DeleteUser, &name, if erase { "messages erased" } else { "" });
            // With a space in it, which no name has that was registered.
            let gone = format!("deleted {user}");
            sqlx::query(DELETE)
                .bind(gone.as_str())
                .bind(gone.as_str())
                .bind(by.now)
                .bind(erase)
                .bind(user.0)
                .execute(&mut *tx)
                .await?;
            changes
        })?)
    }
}

fn changes(revs: Vec<(i64, i64)>) -> Vec<Change> {
    revs.into_iter().map(|(room, rev)| Change { room: RoomId(room), rev }).collect()
}
