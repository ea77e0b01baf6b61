//! What a backup reads and a restore writes. Whole backups: `tests/http/backup.rs`.

use super::*;
use crate::server::db::{
    MYSQL_MIGRATIONS, SQLITE_MIGRATIONS,
    backup::{Snapshot, newest_schema},
    tables::{LEFT_OUT, Row, TABLES, Table, is_index},
};
use serde_json::json;
use std::collections::BTreeSet;

on_both! {
    a_backup_knows_every_table_and_column
    a_snapshot_sees_one_moment_and_holds_nobody_up
    rows_go_into_an_empty_database_alone
    ids_are_left_out_of_a_table_that_never_had_a_row_too
    what_fails_leaves_the_database_as_it_was
}

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name FROM sqlite_master t \
    JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
const MYSQL_COLUMNS: &str = "SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR) \
    FROM information_schema.columns WHERE table_schema = DATABASE()";

async fn a_backup_knows_every_table_and_column(db: Db) {
    let stored: Vec<(String, String)> = match &db {
        Db::Sqlite(sqlite) => sqlx::query_as(SQLITE_COLUMNS).fetch_all(&sqlite.read).await,
        Db::MySql(mysql) => sqlx::query_as(MYSQL_COLUMNS).fetch_all(&mysql.pool).await,
    }
    .unwrap();
    let left_out = [LEFT_OUT[0], LEFT_OUT[1], "_sqlx_migrations"];
    let stored = stored.iter().map(|(table, column)| (table.as_str(), column.as_str()));
    let stored = stored.filter(|(table, column)| !is_index(table, column));
    let stored: BTreeSet<_> = stored.filter(|(table, _)| !left_out.contains(table)).collect();
    let columns = |table: &'static Table| table.columns.iter().map(|c| (table.name, c.name));
    let known: BTreeSet<_> = TABLES.iter().flat_map(columns).collect();
    assert_eq!(known, stored, "add what is new to db/tables.rs");
}

async fn a_snapshot_sees_one_moment_and_holds_nobody_up(db: Db) {
    let ann = user(&db, "Ann").await;
    send(&db, ann, LOBBY, 1).await;
    let mut snapshot = db.snapshot().await.unwrap();
    assert_eq!(snapshot.schema().await.unwrap(), newest_schema());
    send(&db, ann, LOBBY, 2).await;
    user(&db, "Ben").await;
    assert_eq!(read(&mut snapshot, "messages").await.len(), 1);
    assert_eq!(read(&mut snapshot, "users").await.len(), 1);
    let room = &read(&mut snapshot, "rooms").await[0];
    assert_eq!(room[8], json!(1), "last_seq");
    drop(snapshot);
    let mut snapshot = db.snapshot().await.unwrap();
    assert_eq!(read(&mut snapshot, "messages").await.len(), 2);
    let stopped = snapshot.read(table("messages"), |_| Err("enough".to_owned())).await;
    assert_eq!(stopped, Err("enough".to_owned()));
}

async fn rows_go_into_an_empty_database_alone(db: Db) {
    let avatar = json!([
        7,
        3,
        "avatar",
        "image/png",
        "image/png",
        "猫.png",
        1,
        2,
        3,
        4,
        5,
        "ab/cd",
        "ab/cd.thumb",
        6
    ]);
    let mut restoration = db.restoration().await.unwrap();
    // Not one column is left to its default, and all rows of a table come at once.
    insert(
        &mut restoration,
        "users",
        &[json!([3, "Ann", "ann", "安", "", "x", true, false, 4, 7, null, false])],
    )
    .await;
    insert(&mut restoration, "media", &[avatar]).await;
    insert(&mut restoration, "server_state", &[json!(["revocations", 41])]).await;
    restoration.commit().await.unwrap();
    let ann = account(&db, "ann").await;
    assert_eq!(db.people_by_id(&[ann.id]).await.unwrap()[0].avatar, Some(MediaId(7)));
    assert_eq!(db.revocations().await.unwrap(), 42, "more than either was");
    assert!(db.rooms(ann.id).await.unwrap().is_empty(), "the default group was the migrations'");
    assert_eq!(user(&db, "Ben").await, UserId(4), "ids go on after those that were restored");

    db.skip_ids().await.unwrap();
    assert!(user(&db, "Cem").await.0 > 1_000_000, "none that was given after the backup");

    let refused = db.restoration().await.err().unwrap();
    assert!(refused.contains("has users already"), "{refused}");
    assert_eq!(account(&db, "ann").await.id, UserId(3));
}

async fn ids_are_left_out_of_a_table_that_never_had_a_row_too(db: Db) {
    db.skip_ids().await.unwrap();
    let ann = user(&db, "Ann").await;
    let picture = upload(&db, ann, Purpose::Message).await;
    assert!(ann.0 >= 1_000_000 && picture.id.0 >= 1_000_000, "{ann} {}", picture.id);
}

async fn what_fails_leaves_the_database_as_it_was(db: Db) {
    let state = |name: &str, value| vec![json!(name), value];
    for wrong in [state("x", json!("1")), state("x", json!(1.5)), vec![json!("x")]] {
        let mut restoration = db.restoration().await.unwrap();
        let table = table("server_state");
        let refused = restoration.insert(table, table.columns, &[wrong]).await.unwrap_err();
        assert!(refused.contains("none of server_state"), "{refused}");
    }
    let mut restoration = db.restoration().await.unwrap();
    let of_nobody = json!([1, 99, "member", 1, 0, 0, false, false]);
    let memberships = table("memberships");
    let row: Row = serde_json::from_value(of_nobody).unwrap();
    assert!(restoration.insert(memberships, memberships.columns, &[row]).await.is_err());
    drop(restoration);
    assert_eq!(db.revocations().await.unwrap(), 0);
    let ann = user(&db, "Ann").await;
    assert_eq!(db.rooms(ann).await.unwrap().len(), 1, "the default group is there");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let numbers = |migrator: &sqlx::migrate::Migrator| -> Vec<_> {
        migrator
            .iter()
            .map(|migration| (migration.version, migration.description.clone()))
            .collect()
    };
    assert_eq!(numbers(&SQLITE_MIGRATIONS), numbers(&MYSQL_MIGRATIONS));
}

fn table(name: &str) -> &'static Table {
    Table::of(name).unwrap()
}

async fn read(snapshot: &mut Snapshot, name: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let each = |row| {
        rows.push(row);
        Ok(())
    };
    snapshot.read(table(name), each).await.unwrap();
    rows
}

async fn insert(
    restoration: &mut crate::server::db::restore::Restoration,
    name: &str,
    rows: &[serde_json::Value],
) {
    let rows: Vec<Row> =
        rows.iter().map(|row| serde_json::from_value(row.clone()).unwrap()).collect();
    restoration.insert(table(name), table(name).columns, &rows).await.unwrap();
}
