//! The numbers of the overview.

use super::rows::Numbers;
use crate::{
    error::Error,
    server::db::{
        Db,
        dialect::{MYSQL_SIZE, SQLITE_SIZE},
    },
};

/// Places have no gap: the sum of the newest ones is how many messages were written, and costs a look at
/// each room instead of each message.
const NUMBERS: &str = "SELECT (SELECT COUNT(*) FROM users WHERE deleted IS NULL) AS people, \
    (SELECT COUNT(*) FROM users WHERE deleted IS NULL AND disabled = TRUE) AS disabled, \
    (SELECT COUNT(*) FROM rooms WHERE kind = 'group' AND deleted IS NULL) AS groups_, \
    (SELECT CAST(COALESCE(SUM(last_seq), 0) AS SIGNED) FROM rooms WHERE deleted IS NULL) AS messages, \
    (SELECT COUNT(*) FROM media) AS uploads, \
    (SELECT CAST(COALESCE(SUM(bytes), 0) AS SIGNED) FROM media) AS upload_bytes";
const BETWEEN: &str = "SELECT COUNT(*) FROM messages WHERE created >= ? AND created < ?";

impl Db {
    /// How many there are of what.
    pub async fn numbers(&self) -> Result<Numbers, Error> {
        Ok(reading!(self, pool => sqlx::query_as(NUMBERS).fetch_one(pool).await)?)
    }

    /// How many messages were written from one time until another; the index of times is read alone.
    pub async fn messages_between(&self, from: i64, until: i64) -> Result<i64, Error> {
        Ok(reading!(self, pool => {
            sqlx::query_scalar(BETWEEN).bind(from).bind(until).fetch_one(pool).await
        })?)
    }

    /// The bytes that the database takes.
    pub async fn size(&self) -> Result<i64, Error> {
        Ok(match self {
            Self::Sqlite(sqlite) => sqlx::query_scalar(SQLITE_SIZE).fetch_one(&sqlite.read).await,
            Self::MySql(mysql) => sqlx::query_scalar(MYSQL_SIZE).fetch_one(&mysql.pool).await,
        }?)
    }
}
