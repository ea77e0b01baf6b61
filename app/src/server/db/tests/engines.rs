//! A fresh database for each story.

use super::Db;
use sqlx::{ConnectOptions, Connection, Executor, mysql::MySqlConnectOptions};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// Where MySQL or MariaDB is, without a database's name: `mysql://root@127.0.0.1:3307`.
const MYSQL: &str = "SAMPLEIM_TEST_MYSQL";

pub async fn on_sqlite<F: Future<Output = ()>>(story: impl FnOnce(Db) -> F) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("made/on/the/way/im.db");
    story(open(&format!("sqlite://{}", path.display())).await).await;
}

pub async fn on_mysql<F>(story: impl FnOnce(Db) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Ok(server) = std::env::var(MYSQL) else {
        panic!("Set {MYSQL} to a MySQL or MariaDB server, as in mysql://root@127.0.0.1:3307.");
    };
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("sampleim_{}_{count}", since.as_nanos());
    run(&server, &format!("CREATE DATABASE {name}")).await;
    let db = open(&format!("{}/{name}", server.trim_end_matches('/'))).await;
    // In a task of its own, so that the database is dropped although the story panics.
    let outcome = tokio::spawn(story(db)).await;
    run(&server, &format!("DROP DATABASE {name}")).await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic.into_panic());
    }
}

async fn open(url: &str) -> Db {
    let db = Db::connect(url).await.expect("an open database");
    db.migrate().await.expect("the schema");
    db.migrate().await.expect("nothing left to do");
    db.ping().await.expect("an answer");
    assert_eq!(db.kind() == "SQLite", url.starts_with("sqlite"));
    db
}

async fn run(server: &str, sql: &str) {
    let options: MySqlConnectOptions = server.parse().expect("an address");
    let mut connection = options.connect().await.expect("a connection");
    connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("done");
    connection.close().await.expect("closed");
}
