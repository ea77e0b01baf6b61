//! The database: SQLite or MySQL/MariaDB behind one type. The only place that knows sqlx.
//!
//! Each statement is a named constant that serves both databases; what differs is in `dialect`.
//! `run` has the two macros that a method's body stands in: `reading!` and `changing!`.

#[macro_use]
mod run;
pub mod admin;
pub mod backup;
mod batch;
mod dialect;
pub mod groups;
pub mod indexing;
pub mod invitations;
pub mod media;
pub mod members;
mod mentions;
mod message_row;
pub mod messages;
mod open;
pub mod restore;
pub mod rooms;
pub mod search;
pub mod sessions;
#[cfg_attr(feature = "mutants", path = "mutants.rs")]
pub(super) mod steps;
pub mod tables;
#[cfg(test)]
mod tests;
pub mod users;
mod writer;

use crate::{error::Error, ids::RoomId};
use sqlx::{
    MySqlPool, SqlitePool,
    migrate::{MigrateError, Migrator},
};
use std::{fmt::Display, time::Duration};
use tokio::time::sleep;

/// An open database; cheap to clone.
#[derive(Clone)]
pub enum Db {
    Sqlite(Sqlite),
    MySql(MySql),
}

/// A SQLite file: it has one writer and many readers.
#[derive(Clone)]
pub struct Sqlite {
    /// Connections that can only read.
    read: SqlitePool,
    /// One connection: writers queue here, in order, rather than at the file's lock.
    write: SqlitePool,
    /// Stores messages over that connection, those that wait together.
    writer: writer::Writer,
}

/// A MySQL or MariaDB database.
#[derive(Clone)]
pub struct MySql {
    pool: MySqlPool,
    /// Stores messages, those that wait together.
    writer: writer::Writer,
}

/// A committed change of a room, to be published to its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub room: RoomId,
    /// The revision that the change took.
    pub rev: i64,
}

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");
static MYSQL_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/mysql");

/// How often, and how long apart, a process that another one kept from bringing the schema up to date looks
/// again.
const OTHERS: u32 = 5;
const OTHERS_PAUSE: Duration = Duration::from_secs(1);

const PING: &str = "SELECT 1";

impl Db {
    /// Opens `sqlite://PATH` (made if missing) or `mysql://USER:PASSWORD@HOST:PORT/NAME`.
    ///
    /// # Errors
    /// A sentence for the person who started the server.
    pub async fn connect(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            open::sqlite(path).await.map(Self::Sqlite)
        } else if url.starts_with("mysql://") {
            open::mysql(url).await.map(Self::MySql)
        } else {
            Err("The database's address must start with sqlite:// or mysql://.".to_owned())
        }
    }

    /// Which database it is, for logs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::MySql(_) => "MySQL",
        }
    }

    /// Brings the schema up to this version of the program.
    ///
    /// # Errors
    /// A sentence for the person who started the server.
    pub async fn migrate(&self) -> Result<(), String> {
        let failed = |error: &dyn Display| {
            format!("The database's schema could not be brought up to date: {error}.")
        };
        if self.is_foreign().await.map_err(|error| failed(&error))? {
            return Err("The database holds tables of another program. Name an empty one, or one that does \
                not exist yet."
                .to_owned());
        }
        let migrate = async || match self {
            Self::Sqlite(sqlite) => SQLITE_MIGRATIONS.run(&sqlite.write).await,
            Self::MySql(mysql) => MYSQL_MIGRATIONS.run(&mysql.pool).await,
        };
        let mut migrated = migrate().await;
        for _ in 0..OTHERS {
            // Another process may be about it at this moment.
            if !matches!(migrated, Err(MigrateError::Dirty(_) | MigrateError::ExecuteMigration(..)))
            {
                break;
            }
            sleep(OTHERS_PAUSE).await;
            migrated = migrate().await;
        }
        migrated.map_err(|error| match error {
            MigrateError::Dirty(_) => {
                "An earlier start was interrupted while it brought the database's \
                schema up to date. Restore the backup from before into a new, empty database."
                    .to_owned()
            }
            error => failed(&error),
        })?;
        steps::opened(self).await.map_err(|error| failed(&error))
    }

    /// Whether another program's tables are in it, which are to be left alone.
    async fn is_foreign(&self) -> Result<bool, sqlx::Error> {
        let is_foreign: i64 = match self {
            Self::Sqlite(sqlite) => {
                sqlx::query_scalar(dialect::SQLITE_IS_FOREIGN).fetch_one(&sqlite.read).await?
            }
            Self::MySql(mysql) => {
                sqlx::query_scalar(dialect::MYSQL_IS_FOREIGN).fetch_one(&mysql.pool).await?
            }
        };
        Ok(is_foreign > 0)
    }

    /// Closes all connections. SQLite then puts what is in its log into the file itself, so that a
    /// copy of that file is whole.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(sqlite) => {
                sqlite.read.close().await;
                sqlite.write.close().await;
            }
            Self::MySql(mysql) => mysql.pool.close().await,
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let _: i64 = reading!(self, pool => sqlx::query_scalar(PING).fetch_one(pool).await)?;
        Ok(())
    }
}
