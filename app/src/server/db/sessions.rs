//! Sessions. A token is kept as its SHA-256 only.

use super::{Db, run::cut};
use crate::{error::Error, ids::UserId};

/// A session that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub user: UserId,
    pub is_admin: bool,
    /// Milliseconds since 1970, UTC.
    pub expires: i64,
}

/// A session as its person sees it. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    pub token: TokenHash,
    pub created: i64,
    /// To the hour.
    pub last_used: i64,
    /// The browser's own description.
    pub agent: String,
}

/// A token's SHA-256.
pub type TokenHash = [u8; 32];

const AGENT_MAX: usize = 200;

const CREATE: &str = "INSERT INTO sessions (token_hash, user_id, created, last_used, expires, agent) \
    VALUES (?, ?, ?, ?, ?, ?)";
const FIND: &str = "SELECT s.user_id, u.is_admin, s.expires FROM sessions s \
    JOIN users u ON u.id = s.user_id \
    WHERE s.token_hash = ? AND s.expires > ? AND u.disabled = FALSE";
const EXTEND: &str = "UPDATE sessions SET last_used = ?, expires = ? WHERE token_hash = ?";
const NOTE_USED: &str = "UPDATE sessions SET last_used = ? WHERE token_hash = ? AND last_used < ?";
const OF_USER: &str = "SELECT token_hash, created, last_used, agent FROM sessions \
    WHERE user_id = ? AND expires > ? ORDER BY last_used DESC";
const DELETE: &str = "DELETE FROM sessions WHERE token_hash = ?";
const DELETE_EXPIRED: &str = "DELETE FROM sessions WHERE expires <= ?";
const REVOCATIONS: &str = "SELECT value FROM server_state WHERE name = 'revocations'";

impl Db {
    /// Stores a session. `agent` is the browser's own description, cut to 200 characters.
    pub async fn create_session(
        &self,
        token: &TokenHash,
        user: UserId,
        now: i64,
        expires: i64,
        agent: &str,
    ) -> Result<(), Error> {
        let agent = cut(agent, AGENT_MAX);
        changing!(self, tx => {
            sqlx::query(CREATE)
                .bind(token.as_slice())
                .bind(user.0)
                .bind(now)
                .bind(now)
                .bind(expires)
                .bind(agent.as_str())
                .execute(&mut *tx)
                .await?;
        })?;
        Ok(())
    }

    /// The session of this token if it has not expired at `now` and its user is not disabled.
    pub async fn session(&self, token: &TokenHash, now: i64) -> Result<Option<Session>, Error> {
        let row: Option<(i64, bool, i64)> = reading!(self, pool => {
            sqlx::query_as(FIND).bind(token.as_slice()).bind(now).fetch_optional(pool).await
        })?;
        Ok(row.map(|(user, is_admin, expires)| Session { user: UserId(user), is_admin, expires }))
    }

    /// Notes that a session was used, and moves its end.
    pub async fn extend_session(
        &self,
        token: &TokenHash,
        now: i64,
        expires: i64,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            let query = sqlx::query(EXTEND).bind(now).bind(expires).bind(token.as_slice());
            query.execute(&mut *tx).await?;
        })?;
        Ok(())
    }

    /// Notes when sessions were last used; never earlier than is known.
    pub async fn note_last_used(&self, used: &[(TokenHash, i64)]) -> Result<(), Error> {
        changing!(self, tx => {
            for (token, at) in used {
                let note = sqlx::query(NOTE_USED).bind(*at).bind(token.as_slice()).bind(*at);
                note.execute(&mut *tx).await?;
            }
        })?;
        Ok(())
    }

    /// The sessions of a user that have not expired at `now`, the one used last first.
    pub async fn sessions(&self, user: UserId, now: i64) -> Result<Vec<Own>, Error> {
        let rows: Vec<(Vec<u8>, i64, i64, String)> = reading!(self, pool => {
            sqlx::query_as(OF_USER).bind(user.0).bind(now).fetch_all(pool).await
        })?;
        let own = |(token, created, last_used, agent): (Vec<u8>, i64, i64, String)| {
            Some(Own { token: token.try_into().ok()?, created, last_used, agent })
        };
        Ok(rows.into_iter().filter_map(own).collect())
    }

    /// Ends a session.
    pub async fn delete_session(&self, token: &TokenHash) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(DELETE).bind(token.as_slice()).execute(&mut *tx).await?;
        })?;
        Ok(())
    }

    /// Removes what has expired; returns how many.
    pub async fn delete_expired_sessions(&self, now: i64) -> Result<u64, Error> {
        let removed = changing!(self, tx => {
            sqlx::query(DELETE_EXPIRED).bind(now).execute(&mut *tx).await?.rows_affected()
        })?;
        Ok(removed)
    }

    /// A number that grows whenever any process ends sessions of a user (a new password, a
    /// disabled account), so that a server's cache can tell that it is stale.
    pub async fn revocations(&self) -> Result<i64, Error> {
        Ok(reading!(self, pool => sqlx::query_scalar(REVOCATIONS).fetch_one(pool).await)?)
    }
}
