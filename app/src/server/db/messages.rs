//! Messages. Every change takes the room's next `rev` by updating the room's row first, inside the
//! transaction that makes it.

use super::{
    Db,
    message_row::{MessageRow, select_message, text_of},
    run::{Failure, pause},
    steps,
};
use crate::{
    error::Error,
    ids::{RoomId, UserId},
    message::{Kind, Message, NewMessage, Page},
};
use sqlx::{MySqlPool, SqliteConnection};

const BY_CLIENT_ID: &str = select_message!("WHERE m.sender_id = ? AND m.client_id = ?");
const BY_SEQ: &str = select_message!("WHERE m.room_id = ? AND m.seq = ?");
const BEFORE: &str =
    select_message!("WHERE m.room_id = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");
const SINCE: &str = select_message!(
    "WHERE m.room_id = ? AND m.rev > ? \
    AND EXISTS (SELECT 1 FROM memberships s WHERE s.room_id = ? AND s.user_id = ?) \
    ORDER BY m.rev LIMIT ?"
);
/// Takes the room's next `seq` and `rev`, and its row's lock until commit; of a member's room only.
const TAKE_SEQ: &str = "UPDATE rooms SET last_seq = last_seq + 1, last_rev = last_rev + 1 \
    WHERE id = ? AND EXISTS \
    (SELECT 1 FROM memberships s WHERE s.room_id = rooms.id AND s.user_id = ?)";
/// As [`TAKE_SEQ`], for a change that is no new message.
const TAKE_REV: &str = "UPDATE rooms SET last_rev = last_rev + 1 WHERE id = ? AND EXISTS \
    (SELECT 1 FROM memberships s WHERE s.room_id = rooms.id AND s.user_id = ?)";
const ROOM_END: &str = "SELECT last_seq, last_rev FROM rooms WHERE id = ?";
const OWN_PICTURE: &str =
    "SELECT COUNT(*) FROM media WHERE id = ? AND owner_id = ? AND purpose = 'message'";
const INSERT: &str = "INSERT INTO messages \
    (room_id, seq, rev, sender_id, client_id, kind, body, media_id, created) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
const ALTER: &str = "UPDATE messages SET rev = ?, kind = ?, body = ?, media_id = ?, edited = ?, \
    deleted = ? WHERE room_id = ? AND seq = ?";
const IS_MEMBER: &str = "SELECT COUNT(*) FROM memberships WHERE room_id = ? AND user_id = ?";

/// Stores a message in the transaction `$tx`, and evaluates to its row. `?` leaves the caller, and
/// then nothing is changed. First looks at what may be refused, then takes the room's row.
macro_rules! store {
    ($tx:ident, $send:expr) => {{
        let Submission { user, room, message, now } = $send;
        let media = message.media.map(|media| media.0);
        if let Some(media) = media {
            let own = sqlx::query_scalar(OWN_PICTURE).bind(media).bind(user.0);
            let own: i64 = own.fetch_one(&mut *$tx).await?;
            if own == 0 {
                return Err(Error::NotFound.into());
            }
        }
        let take = sqlx::query(TAKE_SEQ).bind(room.0).bind(user.0);
        if take.execute(&mut *$tx).await?.rows_affected() == 0 {
            return Err(Error::NotFound.into());
        }
        let (seq, rev): (i64, i64) =
            sqlx::query_as(ROOM_END).bind(room.0).fetch_one(&mut *$tx).await?;
        steps::numbered(&mut *$tx).await?;
        sqlx::query(INSERT)
            .bind(room.0)
            .bind(seq)
            .bind(rev)
            .bind(user.0)
            .bind(message.client_id.as_str())
            .bind(text_of(message.kind))
            .bind(message.body.as_str())
            .bind(media)
            .bind(now)
            .execute(&mut *$tx)
            .await?;
        let row: MessageRow =
            sqlx::query_as(BY_SEQ).bind(room.0).bind(seq).fetch_one(&mut *$tx).await?;
        row
    }};
}

/// A message to be stored.
#[derive(Debug, Clone)]
pub(super) struct Submission {
    pub user: UserId,
    pub room: RoomId,
    pub message: NewMessage,
    pub now: i64,
}

impl Submission {
    /// Stores it in a transaction of the one who writes to SQLite, once; gives its row. Nobody else
    /// can store it between the look and the change.
    pub(super) async fn store(&self, tx: &mut SqliteConnection) -> Result<MessageRow, Failure> {
        let stored = sqlx::query_as(BY_CLIENT_ID).bind(self.user.0);
        let stored = stored.bind(self.message.client_id.as_str()).fetch_optional(&mut *tx);
        match steps::stored(stored.await?) {
            Some(row) => Ok(row),
            None => Ok(store!(tx, self)),
        }
    }
}

/// How often a send is tried whose connection to MySQL broke: it may have been committed or not.
const TRIES: u32 = 3;

impl Db {
    /// Stores a message, once per sender and client id for ever; sent again, returns the stored
    /// one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member, or the media is not a message picture that
    /// `user` uploaded; [`Error::Unavailable`] also when too many wait to be stored.
    pub async fn send(
        &self,
        user: UserId,
        room: RoomId,
        message: &NewMessage,
        now: i64,
    ) -> Result<Message, Error> {
        let send = Submission { user, room, message: message.clone(), now };
        let row = match self {
            Self::Sqlite(sqlite) => sqlite.writer.send(send).await?,
            Self::MySql(pool) => send_by_mysql(pool, &send).await?,
        };
        Ok(row.into())
    }

    /// Replaces the words of one's own message; `kind` is the new text's.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member, or the message is unknown or deleted;
    /// [`Error::Forbidden`] if another sent it.
    pub async fn edit(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        kind: Kind,
        body: &str,
        now: i64,
    ) -> Result<Message, Error> {
        let edit = |row: &mut MessageRow| {
            // A picture stays one, whatever is written below it.
            if row.media_id.is_none() {
                text_of(kind).clone_into(&mut row.kind);
            }
            body.clone_into(&mut row.body);
            row.edited = Some(now);
        };
        Ok(self.alter(user, room, seq, edit).await?.into())
    }

    /// Makes one's own message a tombstone. Deleting it again changes nothing and succeeds.
    ///
    /// # Errors
    /// As [`Db::edit`].
    pub async fn delete(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        now: i64,
    ) -> Result<Message, Error> {
        let delete = |row: &mut MessageRow| {
            row.body.clear();
            row.media_id = None;
            row.deleted = Some(now);
        };
        match self.alter(user, room, seq, delete).await {
            Err(Failure::Known(Error::NotFound)) => self.own_tombstone(user, room, seq).await,
            deleted => Ok(deleted?.into()),
        }
    }

    /// The newest messages before `before` (none: the newest of all), oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn history(
        &self,
        user: UserId,
        room: RoomId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page, Error> {
        self.require_member(user, room).await?;
        let before = before.unwrap_or(i64::MAX);
        let rows: Vec<MessageRow> = reading!(self, pool => {
            sqlx::query_as(BEFORE)
                .bind(room.0)
                .bind(before)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await
        })?;
        let messages: Vec<Message> = rows.into_iter().rev().map(Message::from).collect();
        let mut senders: Vec<UserId> = messages.iter().map(|message| message.sender).collect();
        senders.sort_unstable();
        senders.dedup();
        Ok(Page {
            room,
            has_older: messages.first().is_some_and(|first| first.seq > 1),
            people: self.people_by_id(&senders).await?,
            messages,
        })
    }

    /// Messages with `rev` above `since`, by ascending `rev`, at most `limit`. Empty if `user` is
    /// not a member.
    pub async fn changes(
        &self,
        user: UserId,
        room: RoomId,
        since: i64,
        limit: u32,
    ) -> Result<Vec<Message>, Error> {
        let rows: Vec<MessageRow> = reading!(self, pool => {
            sqlx::query_as(SINCE)
                .bind(room.0)
                .bind(since)
                .bind(room.0)
                .bind(user.0)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await
        })?;
        Ok(rows.into_iter().map(Message::from).collect())
    }

    /// Refuses whoever is not a member as if there were no such room.
    pub(super) async fn require_member(&self, user: UserId, room: RoomId) -> Result<(), Error> {
        let member: i64 = reading!(self, pool => {
            sqlx::query_scalar(IS_MEMBER).bind(room.0).bind(user.0).fetch_one(pool).await
        })?;
        if member == 0 { Err(Error::NotFound) } else { Ok(()) }
    }

    /// Changes one's own message that is not deleted; errors as [`Db::edit`].
    async fn alter(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        change: impl Fn(&mut MessageRow),
    ) -> Result<MessageRow, Failure> {
        changing!(self, tx => {
            let take = sqlx::query(TAKE_REV).bind(room.0).bind(user.0);
            if take.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
            let row = sqlx::query_as(BY_SEQ).bind(room.0).bind(seq).fetch_optional(&mut *tx);
            let row: Option<MessageRow> = row.await?;
            let mut row = row.filter(|row| row.deleted.is_none()).ok_or(Error::NotFound)?;
            if row.sender_id != user.0 {
                return Err(Error::Forbidden.into());
            }
            let end = sqlx::query_as(ROOM_END).bind(room.0);
            let (_, rev): (i64, i64) = end.fetch_one(&mut *tx).await?;
            change(&mut row);
            row.rev = steps::raised(row.rev, rev);
            sqlx::query(ALTER)
                .bind(row.rev)
                .bind(row.kind.as_str())
                .bind(row.body.as_str())
                .bind(row.media_id)
                .bind(row.edited)
                .bind(row.deleted)
                .bind(room.0)
                .bind(seq)
                .execute(&mut *tx)
                .await?;
            row
        })
    }

    /// A message that one has deleted already.
    async fn own_tombstone(&self, user: UserId, room: RoomId, seq: i64) -> Result<Message, Error> {
        self.require_member(user, room).await?;
        let row: Option<MessageRow> = reading!(self, pool => {
            sqlx::query_as(BY_SEQ).bind(room.0).bind(seq).fetch_optional(pool).await
        })?;
        let row = row.filter(|row| row.deleted.is_some() && row.sender_id == user.0);
        row.map(Message::from).ok_or(Error::NotFound)
    }
}

/// The row of a message, stored now or before.
async fn send_by_mysql(pool: &MySqlPool, send: &Submission) -> Result<MessageRow, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        // What was stored of it before, in whichever room.
        let stored = sqlx::query_as(BY_CLIENT_ID).bind(send.user.0);
        let stored = stored.bind(send.message.client_id.as_str()).fetch_optional(pool);
        let failure = match stored.await.map(steps::stored).map_err(Failure::Sql) {
            Ok(Some(row)) => return Ok(row),
            Ok(None) => match changing!(@retry pool.begin(), tx => { store!(tx, send) }) {
                Ok(row) => return Ok(row),
                Err(failure) => failure,
            },
            Err(failure) => failure,
        };
        // Another copy of it was a moment faster, or nobody knows whether this one was committed.
        let look_again = failure.is_duplicate() || failure.is_connection_lost();
        if !look_again || tries == TRIES {
            return Err(failure.into());
        }
        tokio::time::sleep(pause(tries)).await;
    }
}
