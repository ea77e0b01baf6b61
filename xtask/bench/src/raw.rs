//! The limit of a send: rows that go straight into the database, as the server keeps it.

use crate::{generate::LOBBY, pollers::fresh_client_id};
use anyhow::{Result, bail};
use sqlx::{
    Connection, Executor, MySqlConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

const INSERT: &str = "INSERT INTO messages \
    (room_id, seq, rev, sender_id, client_id, kind, body, media_id, created) \
    VALUES (?, ?, ?, ?, ?, 'text', ?, NULL, ?)";
/// Beyond all that a plan generates.
const FIRST: i64 = 10_000_000;

/// A connection that inserts messages and nothing else.
pub struct Raw {
    database: Database,
    next: i64,
}

enum Database {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
}

/// Inserts the rows in one transaction, whichever database it is.
macro_rules! insert {
    ($connection:expr, $first:expr, $rows:expr, $body:expr) => {{
        let mut transaction = $connection.begin().await?;
        for seq in ($first..).take($rows) {
            let row = sqlx::query(INSERT).bind(LOBBY).bind(seq).bind(seq).bind(1 + seq % 10);
            let id = format!("{:032x}", fresh_client_id());
            transaction.execute(row.bind(id).bind($body).bind(seq)).await?;
        }
        transaction.commit().await?;
    }};
}

impl Raw {
    /// Opens a database as the server does (`app/src/server/db/open.rs`): each commit is on the
    /// disk when it returns.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn open(url: &str) -> Result<Self> {
        let database = if url.starts_with("sqlite://") {
            let options: SqliteConnectOptions = url.parse()?;
            let options = options.journal_mode(SqliteJournalMode::Wal);
            let options = options.synchronous(SqliteSynchronous::Full).foreign_keys(true);
            Database::Sqlite(SqliteConnection::connect_with(&options).await?)
        } else if url.starts_with("mysql://") {
            Database::MySql(MySqlConnection::connect(url).await?)
        } else {
            bail!("the database URL must start with sqlite:// or mysql://");
        };
        Ok(Self { database, next: FIRST })
    }

    /// Inserts so many rows and commits them.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn insert(&mut self, rows: usize, body: &str) -> Result<()> {
        match &mut self.database {
            Database::Sqlite(connection) => insert!(connection, self.next, rows, body),
            Database::MySql(connection) => insert!(connection, self.next, rows, body),
        }
        self.next += i64::try_from(rows)?;
        Ok(())
    }
}
