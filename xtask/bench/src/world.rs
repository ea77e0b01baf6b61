//! A release server over a fresh, filled database of its own.

use crate::{
    generate::{self, Plan},
    process,
};
use anyhow::{Context, Result, bail};
use faults::server::{Program, Server};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tempfile::TempDir;
use tokio::task::block_in_place;
use xtask::{
    command,
    mariadb::{Durability, MariaDb},
};

/// What is measured by default: the log says only what went wrong.
const QUIET: [&str; 2] = ["--log-level", "warn"];

/// Where databases are made.
pub enum Store {
    /// Files in this folder.
    Sqlite(PathBuf),
    /// Databases of this MySQL or MariaDB server, by its URL without a database.
    MySql(String),
    /// The same of a server of the run's own.
    MariaDb(Box<MariaDb>),
}

impl Store {
    /// By its URL: `sqlite://FOLDER` or `mysql://USER:PASSWORD@HOST:PORT`.
    ///
    /// # Errors
    /// If it is neither.
    pub fn at(url: &str) -> Result<Self> {
        match url.strip_prefix("sqlite://") {
            Some(folder) => Ok(Self::Sqlite(folder.into())),
            None if url.starts_with("mysql://") => {
                Ok(Self::MySql(url.trim_end_matches('/').into()))
            }
            None => bail!("the database URL must start with sqlite:// or mysql://"),
        }
    }

    /// Starts a MariaDB server that keeps what it committed whatever happens.
    ///
    /// # Errors
    /// If it does not start.
    pub fn mariadb() -> Result<Self> {
        let server = block_in_place(|| MariaDb::start(Durability::Full))?;
        Ok(Self::MariaDb(Box::new(server)))
    }

    /// The URL of a new database in it.
    async fn make(&self) -> Result<String> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let (run, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let name = format!("bench_{run}_{number}");
        let url = match self {
            Self::Sqlite(folder) => {
                std::fs::create_dir_all(folder)?;
                return Ok(format!("sqlite://{}/{name}.db", folder.display()));
            }
            Self::MySql(url) => url.clone(),
            Self::MariaDb(server) => server.url(),
        };
        run_at(&url, format!("CREATE DATABASE {name}")).await?;
        Ok(format!("{url}/{name}"))
    }

    /// A new database in it, migrated by this program and filled.
    ///
    /// # Errors
    /// If the database or the program refuses.
    pub async fn fresh(&self, program: &Path, plan: &Plan) -> Result<Data> {
        let folder = tempfile::Builder::new().prefix("sampleim-bench-").tempdir()?;
        let data = Data { url: self.make().await?, folder };
        let mut migrate = Command::new(program);
        migrate.arg("migrate").arg("--data").arg(data.folder.path());
        migrate.args(["--database-url", &data.url]);
        block_in_place(|| command::output(&mut migrate))?;
        generate::fill(&data.url, plan).await.context("filling the database")?;
        Ok(data)
    }
}

/// A database, and a folder for what else a server keeps; both go when dropped.
pub struct Data {
    pub url: String,
    folder: TempDir,
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            for end in ["", "-wal", "-shm"] {
                // It may not be there.
                let _ = std::fs::remove_file(format!("{path}{end}"));
            }
        } else if let Some((server, name)) = self.url.rsplit_once('/') {
            let drop = run_at(server, format!("DROP DATABASE {name}"));
            // A server of the run's own goes as a whole in any case.
            let _ = block_in_place(|| tokio::runtime::Handle::current().block_on(drop));
        }
    }
}

async fn run_at(server: &str, sql: String) -> Result<()> {
    let mut connection = MySqlConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// A server that runs over its data; it is ended when dropped.
pub struct World {
    // Dropped in this order.
    server: Server,
    data: Data,
}

impl World {
    /// Starts the program over this data.
    ///
    /// # Errors
    /// If it does not get healthy.
    pub async fn start(program: &Path, data: Data) -> Result<Self> {
        Self::start_with(program, data, &QUIET).await
    }

    /// As [`World::start`], with these options.
    ///
    /// # Errors
    /// If it does not get healthy.
    pub async fn start_with(program: &Path, data: Data, options: &[&str]) -> Result<Self> {
        let folder = data.folder.path();
        let log = folder.join("server.log");
        let program = Program { path: program.to_owned(), mutant: None };
        let server = Server::start_with(&program, folder, &data.url, log, options).await?;
        Ok(Self { server, data })
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Where the server logs.
    pub fn log(&self) -> PathBuf {
        self.data.folder.path().join("server.log")
    }

    /// The processor time that the server has used.
    ///
    /// # Errors
    /// If it has ended.
    pub fn processor_time(&self) -> Result<Duration> {
        process::processor_time(self.id()?)
    }

    /// The server's resident memory, in bytes.
    ///
    /// # Errors
    /// If it has ended.
    pub fn memory(&self) -> Result<u64> {
        process::resident_memory(self.id()?)
    }

    fn id(&self) -> Result<u32> {
        self.server.id().context("the server has ended")
    }
}
