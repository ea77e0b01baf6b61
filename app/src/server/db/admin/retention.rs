//! Old messages go: they become tombstones, some at a time.

use super::{Freed, messages::bury};
use crate::{
    error::Error,
    ids::RoomId,
    server::db::{Change, Db},
};

const DAY: i64 = 86_400_000;

/// Rooms whose first message that was not looked at yet is too old. The number bound is the server's
/// days.
const OVERDUE: &str = "SELECT r.id, COALESCE(r.retention, ?) FROM rooms r \
    JOIN messages m ON m.room_id = r.id AND m.seq = r.kept_after + 1 \
    WHERE r.deleted IS NULL AND COALESCE(r.retention, ?) > 0 \
    AND m.created < ? - COALESCE(r.retention, ?) * 86400000 ORDER BY r.id LIMIT 100";
const LOCK: &str = "UPDATE rooms SET last_rev = last_rev WHERE id = ?";
const OLDEST: &str = "SELECT m.seq, m.created FROM messages m JOIN rooms r ON r.id = m.room_id \
    WHERE m.room_id = ? AND m.seq > r.kept_after ORDER BY m.seq LIMIT ?";
const KEPT_AFTER: &str = "UPDATE rooms SET kept_after = ? WHERE id = ?";

impl Db {
    /// Rooms with messages that are to go at `now`, each with the days that its messages stay; at most
    /// a hundred. `days` is the server's; 0: for ever.
    pub async fn overdue(&self, days: u32, now: i64) -> Result<Vec<(RoomId, i64)>, Error> {
        let days = i64::from(days);
        let rooms: Vec<(i64, i64)> = reading!(self, pool => {
            let overdue = sqlx::query_as(OVERDUE).bind(days).bind(days).bind(now).bind(days);
            overdue.fetch_all(pool).await
        })?;
        Ok(rooms.into_iter().map(|(room, days)| (RoomId(room), days)).collect())
    }

    /// Looks at the next `limit` messages of a room, and makes tombstones without words of those that are
    /// older than `days`. Returns the change, if there is one, and the uploads that they had.
    pub async fn retire(
        &self,
        room: RoomId,
        days: i64,
        limit: u32,
        now: i64,
    ) -> Result<(Option<Change>, Freed), Error> {
        let before = now.saturating_sub(days.saturating_mul(DAY));
        Ok(changing!(self, tx => {
            sqlx::query(LOCK).bind(room.0).execute(&mut *tx).await?;
            let oldest = sqlx::query_as(OLDEST).bind(room.0).bind(i64::from(limit));
            let oldest: Vec<(i64, i64)> = oldest.fetch_all(&mut *tx).await?;
            let old = oldest.iter().take_while(|(_, created)| *created < before);
            let old: Vec<i64> = old.map(|(seq, _)| *seq).collect();
            match old.last() {
                Some(last) => {
                    let buried = bury!(tx, room, old.iter().copied(), "", now);
                    sqlx::query(KEPT_AFTER).bind(*last).bind(room.0).execute(&mut *tx).await?;
                    buried
                }
                None => (None, vec![]),
            }
        })?)
    }
}
