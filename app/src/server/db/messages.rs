//! Messages. Every change takes the room's next `rev` by updating the room's row first, inside the
//! transaction that makes it.

use super::{
    Db,
    message_row::{MessageRow, select_message, text_of},
    run::Failure,
};
use crate::{
    error::Error,
    ids::{RoomId, UserId},
    message::{Kind, Message, NewMessage, Page},
};

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

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub message: Message,
    /// False if this client id had been stored before: nothing was changed now.
    pub fresh: bool,
}

impl Db {
    /// Stores a message, once per sender and client id for ever; sent again, returns the stored
    /// one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member, or the media is not a message picture that
    /// `user` uploaded.
    pub async fn send(
        &self,
        user: UserId,
        room: RoomId,
        message: &NewMessage,
        now: i64,
    ) -> Result<Sent, Error> {
        if let Some(message) = self.sent(user, message).await? {
            return Ok(Sent { message, fresh: false });
        }
        let media = message.media.map(|media| media.0);
        let sent = changing!(self, tx => {
            let take = sqlx::query(TAKE_SEQ).bind(room.0).bind(user.0);
            if take.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
            if let Some(media) = media {
                let own = sqlx::query_scalar(OWN_PICTURE).bind(media).bind(user.0);
                let own: i64 = own.fetch_one(&mut *tx).await?;
                if own == 0 {
                    return Err(Error::NotFound.into());
                }
            }
            let (seq, rev): (i64, i64) =
                sqlx::query_as(ROOM_END).bind(room.0).fetch_one(&mut *tx).await?;
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
                .execute(&mut *tx)
                .await?;
            let row: MessageRow =
                sqlx::query_as(BY_SEQ).bind(room.0).bind(seq).fetch_one(&mut *tx).await?;
            row
        });
        match sent {
            // Another copy of it was a moment faster.
            Err(failure) if failure.is_duplicate() => {
                let message = self.sent(user, message).await?.ok_or(Error::Internal)?;
                Ok(Sent { message, fresh: false })
            }
            sent => Ok(Sent { message: sent?.into(), fresh: true }),
        }
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

    /// What was stored of this message before, in whichever room.
    async fn sent(&self, user: UserId, message: &NewMessage) -> Result<Option<Message>, Error> {
        let row: Option<MessageRow> = reading!(self, pool => {
            sqlx::query_as(BY_CLIENT_ID)
                .bind(user.0)
                .bind(message.client_id.as_str())
                .fetch_optional(pool)
                .await
        })?;
        Ok(row.map(Message::from))
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
            row.rev = rev;
            sqlx::query(ALTER)
                .bind(rev)
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
