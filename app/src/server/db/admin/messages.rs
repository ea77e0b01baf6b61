//! Messages of all rooms: found, and removed.

use super::{
    By, Freed, PART, anywhere,
    audit::note,
    rows::{FoundMessage, Place, Wanted},
};
use crate::{
    admin::Action,
    error::Error,
    ids::{RoomId, UserId},
    search::words::name_key,
    server::db::{Change, Db},
};
use sqlx::{Database, Encode, QueryBuilder, Type};
use std::collections::BTreeSet;

/// How many messages are looked through for one page of what is found.
pub const LOOKED_THROUGH: i64 = 20_000;

const FIND: &str = "SELECT m.room_id, m.seq, m.created, m.body, m.kind, m.attachments, \
    u.id AS sender_id, u.name AS sender, r.kind AS room_kind, r.name AS room \
    FROM messages m JOIN users u ON u.id = m.sender_id JOIN rooms r ON r.id = m.room_id \
    WHERE m.deleted IS NULL AND m.kind <> 'event' AND r.deleted IS NULL";
const NEWEST_FIRST: &str = " ORDER BY m.created DESC, m.room_id DESC, m.seq DESC LIMIT ";
/// Where the look of one page ends.
const FLOOR: &str =
    "SELECT created FROM messages WHERE created < ? ORDER BY created DESC LIMIT 1 OFFSET ?";
const ROOM_NAME: &str = "SELECT name FROM rooms WHERE id = ?";
const SENDER_OF: &str = "SELECT u.name FROM messages m JOIN users u ON u.id = m.sender_id \
    WHERE m.room_id = ? AND m.seq = ?";
/// Those among the places that follow that are neither tombstones nor events.
pub(super) const ALIVE: &str = "SELECT seq FROM messages \
    WHERE deleted IS NULL AND kind <> 'event' AND room_id = ";
pub(super) const AT_PLACES: &str = " AND seq IN ";
pub(super) const TAKE_REVS: &str = "UPDATE rooms SET last_rev = last_rev + ? WHERE id = ?";
pub(super) const LAST_REV: &str = "SELECT last_rev FROM rooms WHERE id = ?";
pub(super) const BURY: &str = "UPDATE messages SET rev = ?, body = ?, attachments = NULL, \
    reactions = NULL, mentions = NULL, deleted = ? WHERE room_id = ? AND seq = ?";
pub(super) const NAMED: &str = "SELECT media_id FROM message_media WHERE room_id = ? AND seq = ?";
const TO_ERASE: &str = "SELECT m.room_id, m.seq FROM messages m JOIN users u ON u.id = m.sender_id \
    WHERE u.erasing = TRUE AND m.deleted IS NULL AND m.kind <> 'event' ORDER BY m.room_id LIMIT ?";
const ERASED: &str = "UPDATE users SET erasing = FALSE WHERE erasing = TRUE AND NOT EXISTS \
    (SELECT 1 FROM messages m WHERE m.sender_id = users.id AND m.deleted IS NULL \
    AND m.kind <> 'event')";

/// Makes tombstones, with this for their words, of those of the places that are still messages; each
/// takes a revision of its own. Locks the room's row. Evaluates to the change, if there is one, and the
/// uploads that they had.
macro_rules! bury {
    ($tx:ident, $room:expr, $places:expr, $words:expr, $now:expr) => {{
        use $crate::server::db::admin::messages as these;
        // Their number is known once nobody else can change them.
        sqlx::query(these::TAKE_REVS).bind(0_i64).bind($room.0).execute(&mut *$tx).await?;
        let mut query = sqlx::QueryBuilder::new(these::ALIVE);
        query.push_bind($room.0).push(these::AT_PLACES);
        $crate::server::db::run::push_list(&mut query, $places);
        let alive: Vec<i64> = query.build_query_scalar().fetch_all(&mut *$tx).await?;
        let count = i64::try_from(alive.len()).unwrap_or_default();
        let take = sqlx::query(these::TAKE_REVS).bind(count).bind($room.0);
        take.execute(&mut *$tx).await?;
        let last = sqlx::query_scalar(these::LAST_REV).bind($room.0).fetch_one(&mut *$tx);
        let last: i64 = last.await?;
        let mut freed: Vec<$crate::ids::MediaId> = vec![];
        for (rev, seq) in (last - count + 1..).zip(alive) {
            let named = sqlx::query_scalar(these::NAMED).bind($room.0).bind(seq);
            let named: Vec<i64> = named.fetch_all(&mut *$tx).await?;
            freed.extend(named.into_iter().map($crate::ids::MediaId));
            let carried = [$crate::server::db::media::UNNAME, $crate::server::db::indexing::FORGET];
            for forget in $crate::server::db::messages::FORGET_SAID.into_iter().chain(carried) {
                sqlx::query(forget).bind($room.0).bind(seq).execute(&mut *$tx).await?;
            }
            sqlx::query(these::BURY)
                .bind(rev)
                .bind($words)
                .bind($now)
                .bind($room.0)
                .bind(seq)
                .execute(&mut *$tx)
                .await?;
        }
        let change = $crate::server::db::Change { room: $room, rev: last };
        ((count > 0).then_some(change), freed)
    }};
}
pub(super) use bury;

/// [`FIND`] with what is wanted; `floor`: none before this time are looked at.
fn find<DB>(wanted: &Wanted, floor: i64) -> QueryBuilder<DB>
where
    DB: Database,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut query = QueryBuilder::new(FIND);
    query.push(" AND m.created >= ").push_bind(floor.max(wanted.from));
    query.push(" AND m.created < ").push_bind(wanted.until);
    if let Some(Place { created, room, seq }) = wanted.before {
        query.push(" AND m.created <= ").push_bind(created);
        query.push(" AND (m.created < ").push_bind(created);
        query.push(" OR m.room_id < ").push_bind(room);
        query.push(" OR (m.room_id = ").push_bind(room);
        query.push(" AND m.seq < ").push_bind(seq).push("))");
    }
    if !wanted.private {
        query.push(" AND r.kind = 'group'");
    }
    if let Some(room) = wanted.room {
        query.push(" AND m.room_id = ").push_bind(room.0);
    }
    if let Some(UserId(sender)) = wanted.sender {
        query.push(" AND m.sender_id = ").push_bind(sender);
    }
    if !wanted.group.is_empty() {
        query.push(" AND r.kind = 'group' AND (LOWER(r.name) LIKE ");
        query.push_bind(anywhere(&wanted.group.to_lowercase()));
        query.push(" ESCAPE '!' OR INSTR(r.find_key, ").push_bind(name_key(&wanted.group));
        query.push(") > 0)");
    }
    if !wanted.words.is_empty() {
        query.push(" AND (LOWER(m.body) LIKE ").push_bind(anywhere(&wanted.words.to_lowercase()));
        query.push(" ESCAPE '!'");
        for form in other_forms(&wanted.words) {
            query.push(" OR m.body LIKE ").push_bind(anywhere(&form));
            query.push(" ESCAPE '!'");
        }
        query.push(")");
    }
    query.push(NEWEST_FIRST).push_bind(i64::from(PART) + 1);
    query
}

/// How else a text may be written: as it was typed, in capitals, or with one at its beginning. SQLite's
/// `LOWER` knows of the letters of ASCII only; these need no other form.
fn other_forms(words: &str) -> BTreeSet<String> {
    let mut letters = words.trim().chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let capital = first + &letters.as_str().to_lowercase();
    let forms = [words.trim().to_owned(), words.to_uppercase(), capital];
    forms.into_iter().filter(|form| !form.is_ascii()).collect()
}

impl Db {
    /// Messages that are wanted, newest first, and where to look on. Of one page at most
    /// [`LOOKED_THROUGH`] messages are looked through, but for those of one sender or one room.
    pub async fn find_messages(
        &self,
        wanted: &Wanted,
    ) -> Result<(Vec<FoundMessage>, Option<Place>), Error> {
        let top = wanted.before.map_or(wanted.until, |place| place.created.saturating_add(1));
        let floor: Option<i64> = match (wanted.sender, wanted.room) {
            (None, None) => reading!(self, pool => {
                let floor = sqlx::query_scalar(FLOOR).bind(top).bind(LOOKED_THROUGH);
                floor.fetch_optional(pool).await
            })?,
            _ => None,
        };
        let mut rows: Vec<FoundMessage> = reading!(self, pool => {
            find(wanted, floor.unwrap_or(i64::MIN)).build_query_as().fetch_all(pool).await
        })?;
        let is_more = rows.len() > PART as usize;
        rows.truncate(PART as usize);
        let next = match rows.last() {
            Some(last) if is_more => Some(last.place()),
            _ => floor.filter(|floor| *floor > wanted.from).map(Place::before),
        };
        Ok((rows, next))
    }

    /// Removes a message: a tombstone stays, with the reason for its words.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none at this place, or it is deleted, or an event.
    pub async fn remove_message(
        &self,
        by: &By,
        room: RoomId,
        seq: i64,
        reason: &str,
    ) -> Result<(Change, Freed), Error> {
        Ok(changing!(self, tx => {
            let sender = sqlx::query_scalar(SENDER_OF).bind(room.0).bind(seq);
            let sender: Option<String> = sender.fetch_optional(&mut *tx).await?;
            let sender = sender.ok_or(Error::NotFound)?;
            let (change, freed) = bury!(tx, room, [seq], reason, by.now);
            let change = change.ok_or(Error::NotFound)?;
            let name: String =
                sqlx::query_scalar(ROOM_NAME).bind(room.0).fetch_one(&mut *tx).await?;
            let subject = format!("{name} ({room}) #{seq}");
            note!(tx, by, Action::RemoveMessage, &subject, &format!("{sender}: {reason}"));
            (change, freed)
        })?)
    }

    /// Makes these messages of a room tombstones without words; those that are none any more do not
    /// matter.
    pub async fn bury(
        &self,
        room: RoomId,
        places: &[i64],
        now: i64,
    ) -> Result<(Option<Change>, Freed), Error> {
        if places.is_empty() {
            return Ok((None, vec![]));
        }
        Ok(changing!(self, tx => { bury!(tx, room, places.iter().copied(), "", now) })?)
    }

    /// Some of the messages that are still to be erased, at most `limit`, by room: their senders were
    /// deleted with them. When there are none left, that is noted.
    pub async fn to_erase(&self, limit: u32) -> Result<Vec<(RoomId, i64)>, Error> {
        let found: Vec<(i64, i64)> = reading!(self, pool => {
            sqlx::query_as(TO_ERASE).bind(i64::from(limit)).fetch_all(pool).await
        })?;
        if found.is_empty() {
            changing!(self, tx => { sqlx::query(ERASED).execute(&mut *tx).await?; })?;
        }
        Ok(found.into_iter().map(|(room, seq)| (RoomId(room), seq)).collect())
    }
}
