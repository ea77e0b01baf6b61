//! What differs between the two databases, side by side.

use sqlx::{mysql::MySqlQueryResult, sqlite::SqliteQueryResult};

/// SQLite: a transaction that will write takes its place at once. One that starts by reading could
/// not be made to write when another has written since.
pub const SQLITE_BEGIN: &str = "BEGIN IMMEDIATE";

/// SQLite: from its first `SELECT` on, a connection sees the database as it was at that moment.
pub const SQLITE_SNAPSHOT: [&str; 1] = ["BEGIN"];

/// MySQL: the same, from the second statement on. The first is of the next transaction alone.
pub const MYSQL_SNAPSHOT: [&str; 2] = [
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

/// MySQL: ends a `SELECT` whose rows are to be locked until commit. SQLite's writer has locked all.
pub const MYSQL_LOCK: &str = " FOR UPDATE";

/// SQLite: the bytes of the file, without its log.
pub const SQLITE_SIZE: &str =
    "SELECT p.page_count * s.page_size FROM pragma_page_count() p, pragma_page_size() s";

/// MySQL: the bytes of the tables and their indexes, as last counted.
pub const MYSQL_SIZE: &str = "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED) \
    FROM information_schema.tables WHERE table_schema = DATABASE()";

/// MySQL: what each connection is told, one statement each. Nothing is cut silently; a transaction
/// sees what was committed before each of its statements, so after it has waited for a room's row
/// it reads that room's newest state; a lock is not waited for longer than a person would.
pub const MYSQL_SESSION: [&str; 3] = [
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION innodb_lock_wait_timeout = 5",
];

/// The id that an `INSERT` made.
pub trait Inserted {
    fn id(&self) -> i64;
}

impl Inserted for SqliteQueryResult {
    fn id(&self) -> i64 {
        self.last_insert_rowid()
    }
}

impl Inserted for MySqlQueryResult {
    fn id(&self) -> i64 {
        // BIGINT AUTO_INCREMENT never gets there.
        i64::try_from(self.last_insert_id()).unwrap_or(i64::MAX)
    }
}
