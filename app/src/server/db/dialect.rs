//! What differs between the two databases, side by side.

use crate::search::phrase::Asked;
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

/// SQLite: whether it holds tables, and none of those that migrations leave.
pub const SQLITE_IS_FOREIGN: &str = "SELECT COUNT(*) > 0 \
    AND COALESCE(SUM(name = '_sqlx_migrations'), 0) = 0 \
    FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";

/// MySQL: the same.
pub const MYSQL_IS_FOREIGN: &str = "SELECT COUNT(*) > 0 \
    AND COALESCE(SUM(table_name = '_sqlx_migrations'), 0) = 0 \
    FROM information_schema.tables WHERE table_schema = DATABASE()";

/// MySQL: what each connection is told, one statement each. Nothing is cut silently; a transaction
/// sees what was committed before each of its statements, so after it has waited for a room's row
/// it reads that room's newest state; a lock is not waited for longer than a person would.
pub const MYSQL_SESSION: [&str; 3] = [
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION innodb_lock_wait_timeout = 5",
];

/// Messages of a member's rooms by the index, the newest first: those of the newest so many that match.
/// The rows come as the index gives them, so that it is read no further than is needed; a message is
/// read when it is known to be the member's.
pub const SQLITE_FIND: &str = "SELECT m.search_id, m.room_id, m.seq, m.sender_id, m.body, \
    m.attachments, m.kind, m.created FROM (SELECT rowid AS id FROM message_words \
    WHERE message_words MATCH ? AND rowid < ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?) found \
    CROSS JOIN messages place ON place.search_id = found.id \
    CROSS JOIN memberships s ON s.room_id = place.room_id AND s.user_id = ? \
    CROSS JOIN messages m ON m.rowid = place.rowid \
    WHERE m.deleted IS NULL AND m.created >= ? AND m.created < ? LIMIT ?";

/// The same. MySQL finds all that match before it sorts them.
pub const MYSQL_FIND: &str = "SELECT m.search_id, m.room_id, m.seq, m.sender_id, m.body, \
    m.attachments, m.kind, m.created FROM (SELECT rowid AS id FROM message_words \
    WHERE MATCH (words) AGAINST (? IN BOOLEAN MODE) AND rowid < ? AND rowid >= ? \
    ORDER BY rowid DESC LIMIT ?) found \
    JOIN messages m ON m.search_id = found.id \
    JOIN memberships s ON s.room_id = m.room_id AND s.user_id = ? \
    WHERE m.deleted IS NULL AND m.created >= ? AND m.created < ? ORDER BY m.search_id DESC LIMIT ?";

/// What matches these words of the index, in one of these rooms if there are any.
pub fn sqlite_match(words: &[Asked], rooms: &[String]) -> String {
    let word =
        |asked: &Asked| format!("\"{}\"{}", asked.word, if asked.is_beginning { " *" } else { "" });
    let mut parts: Vec<String> = words.iter().map(word).collect();
    if !rooms.is_empty() {
        parts.push(format!("(\"{}\")", rooms.join("\" OR \"")));
    }
    parts.join(" AND ")
}

/// The same. It has no use for the rooms: to ask for them, too, is to read all that is in them.
pub fn mysql_match(words: &[Asked]) -> String {
    let word =
        |asked: &Asked| format!("+{}{}", asked.word, if asked.is_beginning { "*" } else { "" });
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

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
