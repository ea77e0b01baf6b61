//! Throw-away databases, and a look into them beside the server.

use crate::harness::Engine;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, MySqlConnection, SqliteConnection,
    sqlite::SqliteConnectOptions,
};
use std::{
    env,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// Names a MySQL or MariaDB server on which databases may be made: `mysql://USER:PASSWORD@HOST:PORT`.
const MYSQL: &str = "SAMPLEIM_TEST_MYSQL";

/// The address of a database that no other test uses; SQLite's is in this folder.
pub async fn fresh(engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite://{}", folder.join("test.db").display()),
        Engine::MySql => fresh_mysql().await,
    }
}

/// Runs a statement; returns how many rows it changed.
pub async fn execute(url: &str, sql: &str) -> u64 {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the database opens");
        let done = sqlx::query(sql).execute(&mut connection).await;
        done.expect("a statement").rows_affected()
    } else {
        let mut connection = MySqlConnection::connect(url).await.expect("the database opens");
        let done = sqlx::query(sql).execute(&mut connection).await;
        done.expect("a statement").rows_affected()
    }
}

/// Runs a dump's statements, one after another.
pub async fn load(url: &str, dump: &str) {
    let dump = sqlx::raw_sql(AssertSqlSafe(dump.to_owned()));
    if url.starts_with("sqlite:") {
        let options: SqliteConnectOptions = url.parse().expect("an address");
        let mut connection = options.create_if_missing(true).connect().await.expect("a new file");
        dump.execute(&mut connection).await.expect("a dump");
    } else {
        let mut connection = MySqlConnection::connect(url).await.expect("the database opens");
        dump.execute(&mut connection).await.expect("a dump");
    }
}

/// The first column of what a query finds: text.
pub async fn texts(url: &str, sql: &str) -> Vec<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the database opens");
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("a query")
    } else {
        let mut connection = MySqlConnection::connect(url).await.expect("the database opens");
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("a query")
    }
}

/// The first column of what a query finds: bytes.
pub async fn blobs(url: &str, sql: &str) -> Vec<Vec<u8>> {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the database opens");
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("a query")
    } else {
        let mut connection = MySqlConnection::connect(url).await.expect("the database opens");
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("a query")
    }
}

/// The number that a query finds.
pub async fn number(url: &str, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the database opens");
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a query")
    } else {
        let mut connection = MySqlConnection::connect(url).await.expect("the database opens");
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a query")
    }
}

async fn fresh_mysql() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = env::var(MYSQL).unwrap_or_else(|_| {
        panic!("{MYSQL} must name a MySQL server (mysql://USER:PASSWORD@HOST:PORT); `cargo xtask test` starts one")
    });
    let server = server.trim_end_matches('/');
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let name = format!("sampleim_{now}_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    execute(&format!("{server}/"), &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).await;
    format!("{server}/{name}")
}
