//! The limit of a send: rows that go straight into the database, as the server keeps it.

use crate::pollers::fresh_client_id;
use anyhow::{Result, bail};
use sqlx::{
    Connection, Executor, MySqlConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::ops::Range;

/// `media_id` is of older versions.
const INSERT: &str = "INSERT INTO messages \
    (room_id, seq, rev, sender_id, client_id, kind, body, created, search_id) \
    VALUES (?, ?, ?, ?, ?, 'text', ?, ?, ?)";
/// Beyond all that a plan generates.
const FIRST: i64 = 10_000_000;

/// A connection that inserts messages and nothing else: no row of the search, no room's number.
pub struct Raw {
    database: Database,
    rooms: Vec<Room>,
    next: usize,
}

/// A room's number, and those of the people who write in it.
pub type Room = (i64, Range<i64>);

enum Database {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
}

/// Inserts rows of these numbers in one transaction, whichever database it is.
macro_rules! insert {
    ($connection:expr, $rows:expr, $rooms:expr, $body:expr) => {{
        let mut transaction = $connection.begin().await?;
        for row in $rows {
            let (room, people) = &$rooms[row % $rooms.len()];
            let (turn, time) = (i64::try_from(row / $rooms.len())?, i64::try_from(row)?);
            let sender = people.start + turn % (people.end - people.start);
            let seq = FIRST + turn;
            let id = format!("{:032x}", fresh_client_id());
            let row = sqlx::query(INSERT).bind(room).bind(seq).bind(seq).bind(sender).bind(id);
            transaction.execute(row.bind($body).bind(time).bind(time)).await?;
        }
        transaction.commit().await?;
    }};
}

impl Raw {
    /// Opens a database as the server does (`app/src/server/db/open.rs`): each commit is on the
    /// disk when it returns. Its rows are of these rooms in turn, as those are that go through the
    /// server: rows of one room lie side by side, and cost an index less.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn open(url: &str, rooms: Vec<Room>) -> Result<Self> {
        let database = if url.starts_with("sqlite://") {
            let options: SqliteConnectOptions = url.parse()?;
            let options = options.journal_mode(SqliteJournalMode::Wal);
            let options = options.synchronous(SqliteSynchronous::Full).foreign_keys(true);
            let options = options.pragma("cache_size", "-16384");
            let options = options.pragma("wal_autocheckpoint", "8000");
            Database::Sqlite(SqliteConnection::connect_with(&options).await?)
        } else if url.starts_with("mysql://") {
            Database::MySql(MySqlConnection::connect(url).await?)
        } else {
            bail!("the database URL must start with sqlite:// or mysql://");
        };
        Ok(Self { database, rooms, next: 0 })
    }

    /// Inserts so many rows and commits them.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn insert(&mut self, count: usize, body: &str) -> Result<()> {
        let rows = self.next..self.next + count;
        self.next = rows.end;
        match &mut self.database {
            Database::Sqlite(connection) => insert!(connection, rows, self.rooms, body),
            Database::MySql(connection) => insert!(connection, rows, self.rooms, body),
        }
        Ok(())
    }
}
