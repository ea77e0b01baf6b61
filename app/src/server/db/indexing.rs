//! What search finds messages and names by, kept in the transactions that change them.

use super::{Db, message_row::list_of, run::in_powers_of_two};
use crate::{
    error::Error,
    i18n::Lang,
    ids::{RoomId, UserId},
    search::words,
    sync::naming::group_name,
};
use sqlx::QueryBuilder;

/// Alike on both databases.
pub const INSERT_WORDS: &str = "INSERT INTO message_words (rowid, words) ";
pub const DELETE_WORDS: &str = "DELETE FROM message_words WHERE rowid = ?";
/// Of the message at a place.
pub const FORGET: &str = "DELETE FROM message_words WHERE rowid = \
    (SELECT search_id FROM messages WHERE room_id = ? AND seq = ?)";
pub const LAST_ID: &str = "SELECT MAX(search_id) FROM messages WHERE search_id < ?";
pub const SEARCH_ID: &str = "SELECT search_id FROM messages WHERE room_id = ? AND seq = ?";
const SET_ID: &str = "UPDATE messages SET search_id = ? \
    WHERE room_id = ? AND seq = ? AND rev = ? AND search_id IS NULL";
const UNINDEXED: &str = "SELECT room_id, seq, rev, sender_id, body, attachments, created, \
    deleted IS NULL AND kind <> 'event' FROM messages WHERE search_id IS NULL LIMIT ?";
const ANY_UNINDEXED: &str = "SELECT room_id FROM messages WHERE search_id IS NULL LIMIT 1";
const UNNAMED_PEOPLE: &str =
    "SELECT id, name, display_name FROM users WHERE find_key IS NULL LIMIT ?";
const NAME_PERSON: &str = "UPDATE users SET find_key = ? WHERE id = ? AND find_key IS NULL";
const UNNAMED_GROUPS: &str =
    "SELECT id, name FROM rooms WHERE find_key IS NULL AND kind = 'group' LIMIT ?";
const NAME_GROUP: &str = "UPDATE rooms SET find_key = ? WHERE id = ? AND find_key IS NULL";

/// So many ids, as a power of two, can be given to messages of one millisecond.
const IDS_A_MS: u32 = 12;
/// Times beyond, some 35,000 years, have no ids of their own; nor have those before 1970.
const TIME_MAX: i64 = 1 << 50;

/// The lowest id of messages of this time, milliseconds since 1970; 0 is none.
pub fn first_id(time: i64) -> i64 {
    (time.clamp(0, 2 * TIME_MAX - 1) << IDS_A_MS).max(1)
}

/// The time that has ids next to this one.
pub fn time_with_ids(time: i64) -> i64 {
    time.clamp(0, TIME_MAX)
}

/// The first of `$count` ids in a row that no message has: they grow with `$time`, and who comes later
/// gets the higher one.
macro_rules! free_ids {
    ($tx:ident, $time:expr, $count:expr) => {{
        use $crate::server::db::indexing;
        let mut time = indexing::time_with_ids($time);
        loop {
            let end = indexing::first_id(time + 1);
            let last = sqlx::query_scalar(indexing::LAST_ID).bind(end).fetch_one(&mut *$tx);
            let last: Option<i64> = last.await?;
            let first = indexing::first_id(time).max(last.unwrap_or_default() + 1);
            if $count <= end - first {
                break first;
            }
            time += 1;
        }
    }};
}
pub(super) use free_ids;

/// Puts a changed message, a `MessageRow`, into the index as it is now.
macro_rules! reindex {
    ($tx:ident, $row:expr) => {{
        use $crate::{
            ids::*,
            search::words,
            server::db::{indexing, message_row::list_of},
        };
        let row = &$row;
        let id = sqlx::query_scalar(indexing::SEARCH_ID).bind(row.room_id).bind(row.seq);
        let id: Option<i64> = id.fetch_one(&mut *$tx).await?;
        // What is not indexed yet will be as it is then.
        if let Some(id @ 1..) = id {
            sqlx::query(indexing::DELETE_WORDS).bind(id).execute(&mut *$tx).await?;
            if row.deleted.is_none() {
                let (room, sender) = (RoomId(row.room_id), UserId(row.sender_id));
                let attachments = list_of(row.attachments.as_deref());
                let words = words::entry(room, sender, &row.body) + &words::carries(&attachments);
                let mut query = sqlx::QueryBuilder::new(indexing::INSERT_WORDS);
                query.push_values([words], |mut values, words| {
                    values.push_bind(id).push_bind(words);
                });
                query.build().execute(&mut *$tx).await?;
            }
        }
    }};
}
pub(super) use reindex;

/// The names that somebody is found by.
pub fn person_key(name: &str, display_name: &str) -> String {
    words::name_keys(&[name, display_name])
}

/// The names that a group is found by.
pub fn group_key(name: &str) -> String {
    words::name_keys(&[name, &group_name(name, Lang::En), &group_name(name, Lang::Zh)])
}

type Unindexed = (i64, i64, i64, i64, String, Option<String>, i64, bool);

impl Db {
    /// Whether there are messages that cannot be found yet.
    pub async fn is_indexing(&self) -> Result<bool, Error> {
        let any: Option<i64> =
            reading!(self, pool => sqlx::query_scalar(ANY_UNINDEXED).fetch_optional(pool).await)?;
        Ok(any.is_some())
    }

    /// Makes at most `limit` messages, and as many names, that cannot be found yet ready to be. Whether
    /// there may be more.
    pub async fn index_some(&self, limit: u32) -> Result<bool, Error> {
        let count = changing!(self, tx => {
            let rows = sqlx::query_as(UNINDEXED).bind(i64::from(limit)).fetch_all(&mut *tx);
            let rows: Vec<Unindexed> = rows.await?;
            let mut entries = Vec::new();
            for (room, seq, rev, sender, body, attachments, created, is_found) in &rows {
                let id = if *is_found { free_ids!(tx, *created, 1) } else { 0 };
                let set = sqlx::query(SET_ID).bind(id).bind(room).bind(seq).bind(rev);
                // Whoever changed it meanwhile leaves it to the next time.
                if set.execute(&mut *tx).await?.rows_affected() > 0 && *is_found {
                    let (room, sender) = (RoomId(*room), UserId(*sender));
                    let carried = words::carries(&list_of(attachments.as_deref()));
                    entries.push((id, words::entry(room, sender, body) + &carried));
                }
            }
            entries.sort_unstable();
            for entries in in_powers_of_two(&entries) {
                let mut query = QueryBuilder::new(INSERT_WORDS);
                query.push_values(entries, |mut values, (id, words)| {
                    values.push_bind(*id).push_bind(words.as_str());
                });
                query.build().execute(&mut *tx).await?;
            }
            let names = sqlx::query_as(UNNAMED_PEOPLE).bind(i64::from(limit)).fetch_all(&mut *tx);
            let people: Vec<(i64, String, String)> = names.await?;
            for (id, name, display_name) in &people {
                let key = person_key(name, display_name);
                sqlx::query(NAME_PERSON).bind(key).bind(id).execute(&mut *tx).await?;
            }
            let names = sqlx::query_as(UNNAMED_GROUPS).bind(i64::from(limit)).fetch_all(&mut *tx);
            let groups: Vec<(i64, String)> = names.await?;
            for (id, name) in &groups {
                sqlx::query(NAME_GROUP).bind(group_key(name)).bind(id).execute(&mut *tx).await?;
            }
            rows.len() + people.len() + groups.len()
        })?;
        Ok(count > 0)
    }
}
