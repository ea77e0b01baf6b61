//! The database below the server, as something that can be broken and examined.

use anyhow::{Context, Result, bail};
use sqlx::{
    AssertSqlSafe, Connection, MySqlConnection, Row, SqliteConnection, sqlite::SqliteConnectOptions,
};
use std::path::PathBuf;
use tokio::task::block_in_place;
use xtask::mariadb::{Durability, MariaDb};

/// The database on a server of the run's own.
const FAULTS: &str = "faults";
const LOCK: &str = "BEGIN EXCLUSIVE";
const UNLOCK: &str = "ROLLBACK";
const SQLITE_CHECK: &str = "PRAGMA integrity_check";
const MYSQL_CHECK: &str = "CHECK TABLE messages, rooms, memberships";

/// Where the server keeps its data.
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server of the run's own.
    MariaDb(Box<MariaDb>),
    /// A server of somebody else's, by its URL: used, not broken.
    MySql(String),
}

impl Database {
    /// By its URL.
    ///
    /// # Errors
    /// If it is neither SQLite nor MySQL.
    pub fn at(url: String) -> Result<Self> {
        match url.strip_prefix("sqlite://") {
            Some(path) => Ok(Self::Sqlite(path.into())),
            None if url.starts_with("mysql://") => Ok(Self::MySql(url)),
            None => bail!("the database URL must start with sqlite:// or mysql://"),
        }
    }

    /// Starts a MariaDB server that keeps what it committed whatever happens.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn mariadb() -> Result<Self> {
        let server = block_in_place(|| MariaDb::start(Durability::Full))?;
        make(&server, FAULTS).await?;
        Ok(Self::MariaDb(Box::new(server)))
    }

    /// An empty one of this server, which is used, not broken.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn of(server: &MariaDb, name: &str) -> Result<Self> {
        make(server, name).await?;
        Ok(Self::MySql(format!("{}/{name}", server.url())))
    }

    /// What the server is given.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::MariaDb(server) => format!("{}/{FAULTS}", server.url()),
            Self::MySql(url) => url.clone(),
        }
    }

    /// For people.
    pub fn title(&self) -> &str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::MariaDb(server) => &server.version,
            Self::MySql(_) => "MySQL",
        }
    }

    /// Lets the database check itself.
    ///
    /// # Errors
    /// With what it found, or if it cannot be asked.
    pub async fn check_integrity(&self) -> Result<()> {
        let found: Vec<String> = if let Self::Sqlite(path) = self {
            let mut connection = open(path).await?;
            sqlx::query_scalar(SQLITE_CHECK).fetch_all(&mut connection).await?
        } else {
            let mut connection = MySqlConnection::connect(&self.url()).await?;
            let rows = sqlx::query(MYSQL_CHECK).fetch_all(&mut connection).await?;
            let texts = rows.iter().map(|row| row.try_get("Msg_text"));
            texts.collect::<Result<_, _>>()?
        };
        if found.is_empty() || found.iter().any(|text| !text.eq_ignore_ascii_case("ok")) {
            bail!("the database is damaged: {found:?}");
        }
        Ok(())
    }
}

async fn make(server: &MariaDb, name: &str) -> Result<()> {
    let mut connection = MySqlConnection::connect(&server.url()).await?;
    let make = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(make).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// The lock of another program that writes to an SQLite file.
pub struct WriteLock(SqliteConnection);

impl WriteLock {
    /// Takes it.
    ///
    /// # Errors
    /// If the file cannot be locked.
    pub async fn take(path: &PathBuf) -> Result<Self> {
        let mut connection = open(path).await?;
        sqlx::query(LOCK).execute(&mut connection).await.context("locking the database")?;
        Ok(Self(connection))
    }

    /// Gives it back.
    ///
    /// # Errors
    /// If the file is gone.
    pub async fn release(mut self) -> Result<()> {
        sqlx::query(UNLOCK).execute(&mut self.0).await?;
        Ok(self.0.close().await?)
    }
}

async fn open(path: &PathBuf) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(path);
    SqliteConnection::connect_with(&options).await.context("opening the database")
}
