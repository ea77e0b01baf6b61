//! One-time links to choose a password. A token is kept as its SHA-256 only.

use super::{
    By,
    audit::note,
    users::{end_links, end_sessions, name_of},
};
use crate::{
    admin::Action,
    error::Error,
    ids::UserId,
    server::db::{
        Db,
        sessions::TokenHash,
        users::{REVOKE, SET_PASSWORD},
    },
};

const CREATE_LINK: &str = "INSERT INTO reset_links (token_hash, user_id, expires) VALUES (?, ?, ?)";
const LINK: &str = "SELECT u.id, u.name FROM reset_links l JOIN users u ON u.id = l.user_id \
    WHERE l.token_hash = ? AND l.expires > ? AND u.disabled = FALSE";
const IS_DISABLED: &str = "SELECT disabled FROM users WHERE id = ?";
const USE_LINK: &str = "DELETE FROM reset_links WHERE token_hash = ?";
const DELETE_EXPIRED_LINKS: &str = "DELETE FROM reset_links WHERE expires <= ?";

impl Db {
    /// Stores the hash of a one-time link for a user, in place of those before.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] for who is disabled: it would lead nowhere.
    pub async fn create_reset_link(
        &self,
        by: &By,
        user: UserId,
        token: &TokenHash,
        expires: i64,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            let name = name_of!(tx, user);
            let is_disabled: bool =
                sqlx::query_scalar(IS_DISABLED).bind(user.0).fetch_one(&mut *tx).await?;
            if is_disabled {
                return Err(Error::Forbidden.into());
            }
            end_links!(tx, user);
            let create = sqlx::query(CREATE_LINK).bind(token.as_slice()).bind(user.0).bind(expires);
            create.execute(&mut *tx).await?;
            note!(tx, by, Action::ResetLink, &name, "");
        })?;
        Ok(())
    }

    /// Whose link this is, by id and name, if it can be used at `now`.
    pub async fn reset_link(
        &self,
        token: &TokenHash,
        now: i64,
    ) -> Result<Option<(UserId, String)>, Error> {
        let found: Option<(i64, String)> = reading!(self, pool => {
            sqlx::query_as(LINK).bind(token.as_slice()).bind(now).fetch_optional(pool).await
        })?;
        Ok(found.map(|(id, name)| (UserId(id), name)))
    }

    /// Uses a link: it is gone then, the user has this password's hash, and all their sessions have ended.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is unknown, used or expired.
    pub async fn use_reset_link(
        &self,
        token: &TokenHash,
        password: &str,
        now: i64,
    ) -> Result<UserId, Error> {
        Ok(changing!(self, tx => {
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            let link = sqlx::query_as(LINK).bind(token.as_slice()).bind(now);
            let link: Option<(i64, String)> = link.fetch_optional(&mut *tx).await?;
            let (id, name) = link.ok_or(Error::NotFound)?;
            let user = UserId(id);
            let used = sqlx::query(USE_LINK).bind(token.as_slice()).execute(&mut *tx).await?;
            if used.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
            sqlx::query(SET_PASSWORD).bind(password).bind(id).execute(&mut *tx).await?;
            end_sessions!(tx, user);
            note!(tx, By::person(user, now), Action::UseLink, &name, "");
            user
        })?)
    }

    /// Removes links that have expired.
    pub async fn delete_expired_links(&self, now: i64) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(DELETE_EXPIRED_LINKS).bind(now).execute(&mut *tx).await?;
        })?;
        Ok(())
    }
}
