//! Messages. Every change takes the room's next `rev` by locking the room's row first, inside the
//! transaction that makes it. How new ones are stored is in `batch`.

use super::{
    Db,
    batch::Submission,
    indexing::reindex,
    media::{Stored, release},
    members::role_of,
    mentions::{self, mention},
    message_row::{MessageRow, list_of, select_message, text_of_list},
    run::{Failure, LIST_MAX, push_list, push_pairs},
    steps,
};
use crate::{
    error::Error,
    ids::{ClientId, RoomId, UserId},
    message::{Forwarded, Kind, Message, NewMessage, Page, Stretch, Version, reactions::choose},
    search::words,
    server::session::Caller,
};
use sqlx::QueryBuilder;
use std::collections::HashSet;

pub(super) const BY_SEQ: &str = select_message!("WHERE m.room_id = ? AND m.seq = ?");
const BEFORE: &str = select_message!(
    "WHERE m.room_id = ? AND m.seq < ? \
    AND EXISTS (SELECT 1 FROM memberships s WHERE s.room_id = ? AND s.user_id = ?) \
    ORDER BY m.seq DESC LIMIT ?"
);
const AFTER: &str = select_message!(
    "WHERE m.room_id = ? AND m.seq > ? \
    AND EXISTS (SELECT 1 FROM memberships s WHERE s.room_id = ? AND s.user_id = ?) \
    ORDER BY m.seq LIMIT ?"
);
const OF_MEMBERS_ROOM: &str =
    select_message!("JOIN memberships s ON s.room_id = m.room_id AND s.user_id = ");
const SENT: &str = select_message!(
    "WHERE m.sender_id = ? AND m.client_id = ? AND EXISTS (SELECT 1 FROM memberships s \
    WHERE s.room_id = m.room_id AND s.user_id = m.sender_id)"
);
const OWNER: &str = "SELECT owner_id FROM media WHERE id = ?";
const AT_PLACES: (&str, &str) = (" WHERE m.room_id = ", " AND m.seq IN ");
const SINCE: &str = select_message!(
    "WHERE m.room_id = ? AND m.rev > ? \
    AND EXISTS (SELECT 1 FROM memberships s WHERE s.room_id = ? AND s.user_id = ?) \
    ORDER BY m.rev LIMIT ?"
);
/// Takes the room's next `rev`, and its row's lock until commit; of a member's room only.
const TAKE_REV: &str = "UPDATE rooms SET last_rev = last_rev + 1 WHERE id = ? AND EXISTS \
    (SELECT 1 FROM memberships s WHERE s.room_id = rooms.id AND s.user_id = ?)";
const ROOM_REV: &str = "SELECT last_rev, archived FROM rooms WHERE id = ?";
const ALTER: &str = "UPDATE messages SET rev = ?, kind = ?, body = ?, attachments = ?, edited = ?, \
    deleted = ?, reactions = ?, mentions = ? WHERE room_id = ? AND seq = ?";
/// Who sent a message of a room, and the role there of who asks.
const SENDER: &str = "SELECT m.sender_id, s.role FROM messages m \
    JOIN memberships s ON s.room_id = m.room_id \
    WHERE m.room_id = ? AND m.seq = ? AND s.user_id = ? AND m.deleted IS NULL";
const EDITS: &str = "SELECT body, written FROM edits WHERE room_id = ? AND seq = ? \
    ORDER BY rev DESC LIMIT 100";
const KEEP_EDIT: &str =
    "INSERT INTO edits (room_id, seq, rev, body, written) VALUES (?, ?, ?, ?, ?)";
const FORGET_EDITS: &str = "DELETE FROM edits WHERE room_id = ? AND seq = ?";
/// What a tombstone has no more: its earlier words, and whom it mentioned.
pub(super) const FORGET_SAID: [&str; 2] = [FORGET_EDITS, mentions::FORGET];
const AT: &str = "SELECT m.room_id, m.seq, m.client_id FROM messages m JOIN (";
const THESE_PLACES: &str = ") wanted ON m.room_id = wanted.one AND m.seq = wanted.other";
const IS_MEMBER: &str = "SELECT COUNT(*) FROM memberships WHERE room_id = ? AND user_id = ?";

const REPLY_TO: &str = "SELECT reply_seq FROM messages WHERE room_id = ? AND seq = ?";

impl Db {
    /// Stores a message, once per sender and client id for ever; sent again, returns the stored
    /// one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member, its media are not uploads for messages of
    /// `user`'s, or no message stands at the place that it answers; [`Error::Archived`];
    /// [`Error::Unavailable`] also when too many wait to be stored.
    pub async fn send(
        &self,
        user: UserId,
        room: RoomId,
        message: &NewMessage,
        now: i64,
    ) -> Result<Message, Error> {
        let writer = match self {
            Self::Sqlite(sqlite) => &sqlite.writer,
            Self::MySql(mysql) => &mysql.writer,
        };
        let words = words::entry(room, user, &message.body);
        // Whom a forwarded message names, its author meant where it was said first.
        let mentions = match message.forwarded {
            None => self.mentioned(user, room, &message.body, message.reply_to).await?,
            Some(_) => vec![],
        };
        writer.send(Submission { user, room, message: message.clone(), now, words, mentions }).await
    }

    /// Sends what the message at the place `seq` of the room `from` says and carries to `room`; sent again,
    /// returns the stored one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member of both rooms, or the message is unknown or deleted;
    /// [`Error::Forbidden`] if it is an event; otherwise as [`Db::send`].
    pub async fn forward(
        &self,
        user: UserId,
        room: RoomId,
        client_id: ClientId,
        (from, seq): (RoomId, i64),
        now: i64,
    ) -> Result<Message, Error> {
        let origin = match self.messages_at(user, from, &[seq]).await {
            Ok(found) => found.into_iter().find(|message| !message.deleted),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        let Some(origin) = origin else {
            // It may be gone since it was forwarded.
            let sent: Option<MessageRow> = reading!(self, pool => {
                sqlx::query_as(SENT).bind(user.0).bind(client_id.as_str()).fetch_optional(pool).await
            })?;
            return sent.map(Message::from).ok_or(Error::NotFound);
        };
        if origin.kind == Kind::Event {
            return Err(Error::Forbidden);
        }
        let media: Vec<_> = origin.attachments.iter().map(|attachment| attachment.id).collect();
        let owner: Option<i64> = match media.first() {
            None => None,
            Some(first) => reading!(self, pool => {
                sqlx::query_scalar(OWNER).bind(first.0).fetch_optional(pool).await
            })?,
        };
        let author = origin.forwarded.unwrap_or(origin.sender);
        let message = NewMessage {
            client_id,
            kind: if media.is_empty() { origin.kind } else { Kind::Text },
            body: origin.body,
            media,
            reply_to: None,
            forwarded: Some(Forwarded { author, owner: owner.map(UserId) }),
        };
        self.send(user, room, &message, now).await
    }

    /// Replaces the words of one's own message; `kind` is the new text's. The same words are no edit.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member, or the message is unknown or deleted;
    /// [`Error::Forbidden`] if another sent it or wrote it first, or it is an event or a sticker;
    /// [`Error::Archived`].
    pub async fn edit(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        kind: Kind,
        body: &str,
        now: i64,
    ) -> Result<Message, Error> {
        let reply_to: Option<Option<i64>> = reading!(self, pool => {
            sqlx::query_scalar(REPLY_TO).bind(room.0).bind(seq).fetch_optional(pool).await
        })?;
        let mentioned = self.mentioned(user, room, body, reply_to.flatten()).await?;
        let mentions = text_of_list(&mentioned);
        let edit = |row: &mut MessageRow| {
            require_own(row, user)?;
            if row.kind == Kind::Sticker.as_str() || row.forwarded.is_some() {
                return Err(Error::Forbidden);
            }
            // What it carries goes before its words.
            if row.attachments.is_none() {
                kind.as_str().clone_into(&mut row.kind);
            }
            if row.body != body {
                row.edited = Some(now);
            }
            body.clone_into(&mut row.body);
            row.mentions.clone_from(&mentions);
            Ok(())
        };
        let (edited, _) = self.alter(user, room, seq, edit).await?;
        Ok(edited.into())
    }

    /// Makes one's own message a tombstone, and takes out the uploads that no other message names:
    /// their files are the caller's to remove. Deleting it again changes nothing and succeeds.
    ///
    /// # Errors
    /// As [`Db::edit`].
    pub async fn delete(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        now: i64,
    ) -> Result<(Message, Vec<Stored>), Error> {
        let delete = |row: &mut MessageRow| {
            require_own(row, user)?;
            row.body.clear();
            row.attachments = None;
            row.reactions = None;
            row.mentions = None;
            row.deleted = Some(now);
            Ok(())
        };
        match self.alter(user, room, seq, delete).await {
            Err(Failure::Known(Error::NotFound)) => {
                Ok((self.own_tombstone(user, room, seq).await?, vec![]))
            }
            deleted => deleted.map(|(row, files)| (row.into(), files)).map_err(Error::from),
        }
    }

    /// At most `limit` messages of this stretch, oldest first, with what they answer, and without
    /// their people.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn history(
        &self,
        user: UserId,
        room: RoomId,
        stretch: Stretch,
        limit: u32,
    ) -> Result<Page, Error> {
        let (statement, place) = match stretch {
            Stretch::Newest => (BEFORE, i64::MAX),
            Stretch::Before(place) => (BEFORE, place),
            Stretch::After(place) => (AFTER, place),
        };
        let mut rows: Vec<MessageRow> = reading!(self, pool => {
            sqlx::query_as(statement)
                .bind(room.0)
                .bind(place)
                .bind(room.0)
                .bind(user.0)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await
        })?;
        if rows.is_empty() {
            self.require_member(user, room).await?;
        }
        rows.sort_unstable_by_key(|row| row.seq);
        let messages: Vec<Message> = rows.into_iter().map(Message::from).collect();
        let has_older = messages.first().is_some_and(|first| first.seq > 1);
        let is_here = |seq: &i64| messages.iter().any(|message| message.seq == *seq);
        let elsewhere = messages.iter().filter_map(|m| m.reply_to).filter(|seq| !is_here(seq));
        let elsewhere: Vec<_> = elsewhere.collect();
        let quoted = match elsewhere.as_slice() {
            [] => vec![],
            elsewhere => self.messages_at(user, room, elsewhere).await?,
        };
        Ok(Page { room, messages, has_older, quoted, people: vec![] })
    }

    /// The messages at these places, in the room's order.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn messages_at(
        &self,
        user: UserId,
        room: RoomId,
        places: &[i64],
    ) -> Result<Vec<Message>, Error> {
        let rows: Vec<MessageRow> = match places {
            [] => vec![],
            places => reading!(self, pool => {
                let mut query = QueryBuilder::new(OF_MEMBERS_ROOM);
                query.push_bind(user.0).push(AT_PLACES.0).push_bind(room.0).push(AT_PLACES.1);
                push_list(&mut query, places.iter().copied());
                query.build_query_as().fetch_all(pool).await
            })?,
        };
        if rows.is_empty() {
            self.require_member(user, room).await?;
        }
        let mut messages: Vec<_> = rows.into_iter().map(Message::from).collect();
        messages.sort_unstable_by_key(|message| message.seq);
        Ok(messages)
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

    /// The rooms where another message stands at this place than the one with this client id, or none.
    pub async fn not_stored(
        &self,
        newest: &[(RoomId, i64, ClientId)],
    ) -> Result<Vec<RoomId>, Error> {
        let mut missing = Vec::new();
        for newest in newest.chunks(LIST_MAX) {
            let stored: Vec<(i64, i64, String)> = reading!(self, pool => {
                let mut query = QueryBuilder::new(AT);
                push_pairs(&mut query, newest.iter().map(|(room, seq, _)| (room.0, *seq)));
                query.push(THESE_PLACES).build_query_as().fetch_all(pool).await
            })?;
            let stored: HashSet<(i64, i64, String)> = stored.into_iter().collect();
            let is_gone = |(room, seq, id): &&(RoomId, i64, ClientId)| {
                !stored.contains(&(room.0, *seq, id.as_str().to_owned()))
            };
            missing.extend(newest.iter().filter(is_gone).map(|(room, ..)| *room));
        }
        Ok(missing)
    }

    /// Refuses whoever is not a member as if there were no such room.
    pub(super) async fn require_member(&self, user: UserId, room: RoomId) -> Result<(), Error> {
        let member: i64 = reading!(self, pool => {
            sqlx::query_scalar(IS_MEMBER).bind(room.0).bind(user.0).fetch_one(pool).await
        })?;
        if member == 0 { Err(Error::NotFound) } else { Ok(()) }
    }

    /// Adds an emoji of `user` to the reactions of a message, or takes it back.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member, or the message is unknown or deleted;
    /// [`Error::Forbidden`] if it is an event; [`Error::Archived`]; [`Error::Invalid`] if it has too
    /// many kinds.
    pub async fn react(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        emoji: &str,
        on: bool,
    ) -> Result<Message, Error> {
        let react = |row: &mut MessageRow| {
            let mut reactions = list_of(row.reactions.as_deref());
            choose(&mut reactions, user, emoji, on)?;
            row.reactions = text_of_list(&reactions);
            Ok(())
        };
        let (row, _) = self.alter(user, room, seq, react).await?;
        Ok(row.into())
    }

    /// What a message said before it was edited, oldest first: the last hundred versions.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the caller is not a member, or the message is unknown or deleted;
    /// [`Error::Forbidden`] if it is another's, in a group that the caller does not manage.
    pub async fn edits(
        &self,
        caller: Caller,
        room: RoomId,
        seq: i64,
    ) -> Result<Vec<Version>, Error> {
        let found: Option<(i64, String)> = reading!(self, pool => {
            let found = sqlx::query_as(SENDER).bind(room.0).bind(seq).bind(caller.id.0);
            found.fetch_optional(pool).await
        })?;
        let (sender, role) = found.ok_or(Error::NotFound)?;
        if sender != caller.id.0 && !role_of(&role).manages() && !caller.is_admin {
            return Err(Error::Forbidden);
        }
        let edits: Vec<(String, i64)> = reading!(self, pool => {
            sqlx::query_as(EDITS).bind(room.0).bind(seq).fetch_all(pool).await
        })?;
        Ok(edits.into_iter().rev().map(|(body, written)| Version { body, written }).collect())
    }

    /// Changes a message that is not deleted; if it is then, takes out the uploads that no other
    /// message names. Errors as [`Db::edit`].
    async fn alter(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        change: impl Fn(&mut MessageRow) -> Result<(), Error>,
    ) -> Result<(MessageRow, Vec<Stored>), Failure> {
        changing!(self, tx => {
            let take = sqlx::query(TAKE_REV).bind(room.0).bind(user.0);
            if take.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
            let row = sqlx::query_as(BY_SEQ).bind(room.0).bind(seq).fetch_optional(&mut *tx);
            let row: Option<MessageRow> = row.await?;
            let mut row = row.filter(|row| row.deleted.is_none()).ok_or(Error::NotFound)?;
            if row.kind == Kind::Event.as_str() {
                return Err(Error::Forbidden.into());
            }
            let room_rev = sqlx::query_as(ROOM_REV).bind(room.0).fetch_one(&mut *tx);
            let (rev, archived): (i64, bool) = room_rev.await?;
            if archived {
                return Err(Error::Archived.into());
            }
            let (old_rev, written) = (row.rev, row.edited.unwrap_or(row.created));
            let (old_body, old_mentions) = (row.body.clone(), row.mentions.clone());
            change(&mut row)?;
            row.rev = steps::raised(row.rev, rev);
            sqlx::query(ALTER)
                .bind(row.rev)
                .bind(row.kind.as_str())
                .bind(row.body.as_str())
                .bind(row.attachments.as_deref())
                .bind(row.edited)
                .bind(row.deleted)
                .bind(row.reactions.as_deref())
                .bind(row.mentions.as_deref())
                .bind(room.0)
                .bind(seq)
                .execute(&mut *tx)
                .await?;
            let files = match row.deleted {
                Some(_) => {
                    sqlx::query(FORGET_EDITS).bind(room.0).bind(seq).execute(&mut *tx).await?;
                    release!(tx, room, seq)
                }
                None => vec![],
            };
            if row.deleted.is_some() || row.body != old_body {
                reindex!(tx, row);
            }
            if row.mentions != old_mentions {
                sqlx::query(mentions::FORGET).bind(room.0).bind(seq).execute(&mut *tx).await?;
                let users = list_of::<UserId>(row.mentions.as_deref()).into_iter();
                mention!(tx, users.map(|mentioned| (room.0, mentioned.0, seq, user.0)));
            }
            if row.deleted.is_none() && row.body != old_body {
                let keep = sqlx::query(KEEP_EDIT).bind(room.0).bind(seq).bind(old_rev);
                keep.bind(old_body).bind(written).execute(&mut *tx).await?;
            }
            (row, files)
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

/// Refuses what is another's.
fn require_own(row: &MessageRow, user: UserId) -> Result<(), Error> {
    if row.sender_id == user.0 { Ok(()) } else { Err(Error::Forbidden) }
}
