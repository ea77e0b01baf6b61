//! Opening a database, with a clear sentence when it cannot be.

use super::{
    MySql, Sqlite,
    dialect::MYSQL_SESSION,
    writer::{Target, Writer},
};
use crate::server::private;
use sqlx::{
    ConnectOptions, Connection, Executor,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};
use std::{io, path::Path, time::Duration};
use tokio::time::timeout;

/// How long a request waits for a connection before it is answered with 503.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long MySQL is waited for at the start.
const START: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
/// How many statements a connection keeps prepared: all that there are, each length of list.
const STATEMENTS: usize = 512;
const SQLITE_READERS: u32 = 8;
/// What each connection to SQLite keeps of the file: 16 MiB, in KiB, negative as SQLite wants it.
const CACHE: &str = "-16384";
/// Pages of 4 KiB in SQLite's log after which they are put into the file: each message touches
/// several, most of them again with the next ones.
const CHECKPOINT: &str = "8000";
const MYSQL_CONNECTIONS: u32 = 20;

/// Opens a SQLite file; makes it, and its folder, if missing.
pub async fn sqlite(path: &str) -> Result<Sqlite, String> {
    if path.is_empty() {
        return Err("The database's address must name a file, as in sqlite://data/im.db.".into());
    }
    // Other programs read options there; here it would be part of a file's name.
    if path.contains('?') {
        return Err(
            "The database's address must end with the file's name, without a question mark.".into(),
        );
    }
    make_private(Path::new(path))
        .map_err(|error| format!("The database file {path} cannot be written: {error}."))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .statement_cache_capacity(STATEMENTS)
        .pragma("cache_size", CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT)
        .busy_timeout(BUSY);
    let failed = |error| format!("The database file {path} could not be opened: {error}.");
    // A full disk makes SQLite roll back by itself; sqlx's own rollback then fails, and it believes
    // the connection to be in that transaction for ever. Such a one is closed, not used again.
    let pool = || {
        let options = SqlitePoolOptions::new().acquire_timeout(PATIENCE);
        options.before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
    };
    // A pool would answer only that it has waited; one connection says why.
    options.connect().await.map_err(failed)?.close().await.map_err(failed)?;
    let write = pool().max_connections(1).connect_with(options.clone()).await.map_err(failed)?;
    let reader = options.pragma("query_only", "on");
    let read: SqlitePool = pool().max_connections(SQLITE_READERS).connect_lazy_with(reader);
    let writer = Writer::start(Target::Sqlite(write.clone()));
    Ok(Sqlite { read, write, writer })
}

/// Makes a file, and the folders above it, that only its owner can read; what is there stays as it is.
fn make_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private::make_folder(folder)?;
    }
    private::file().append(true).create(true).open(path).map(drop)
}

/// Opens a MySQL or MariaDB database.
pub async fn mysql(url: &str) -> Result<MySql, String> {
    let options: MySqlConnectOptions = url.parse().map_err(|_| {
        "The database's address must be mysql://USER:PASSWORD@HOST:PORT/NAME.".to_owned()
    })?;
    if options.get_database().is_none_or(str::is_empty) {
        return Err("The database's address must end with a database's name.".to_owned());
    }
    let options =
        options.charset("utf8mb4").collation("utf8mb4_bin").statement_cache_capacity(STATEMENTS);
    // As above.
    let place = format!("{}:{}", options.get_host(), options.get_port());
    let failed = |error| format!("The database at {place} could not be opened: {error}.");
    let tried = timeout(START, async { options.connect().await?.close().await }).await;
    tried.map_err(|_| format!("The database at {place} does not answer."))?.map_err(failed)?;
    let pool = MySqlPoolOptions::new()
        .acquire_timeout(PATIENCE)
        .max_connections(MYSQL_CONNECTIONS)
        .after_connect(|connection, _| {
            Box::pin(async move {
                for statement in MYSQL_SESSION {
                    connection.execute(statement).await?;
                }
                Ok(())
            })
        });
    let pool = pool.connect_with(options).await.map_err(failed)?;
    let writer = Writer::start(Target::MySql(pool.clone()));
    Ok(MySql { pool, writer })
}
