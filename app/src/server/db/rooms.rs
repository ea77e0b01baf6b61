//! Rooms as their members see them, and how far these have read.

use super::{
    Db,
    dialect::Inserted,
    members::role_of,
    message_row::MessageRow,
    run::{LIST_MAX, padded, push_list},
    users::{PersonRow, select_person},
};
use crate::{
    account::Person,
    error::Error,
    ids::{MediaId, RoomId, UserId},
    room::{Notify, Room, RoomKind, SEEN_MAX, UNREAD_MAX, Visibility},
};
use sqlx::{Database, Encode, QueryBuilder, Type};
use std::collections::{BTreeSet, HashMap};

/// A room through one member's membership, with its newest message (`seq` 0: there is none). What
/// `COALESCE` puts in place of a missing message is never shown.
const ROOMS: &str = "SELECT r.id AS room_id, r.kind AS room_kind, r.name, r.introduction, \
    r.avatar_id, r.visibility, r.archived, s.role, r.creator_id, r.created AS room_created, r.direct_key, \
    r.members, r.last_seq, r.last_rev, s.pinned, s.muted, s.silent, s.last_read_seq, COALESCE(m.seq, 0) AS seq, COALESCE(m.rev, 0) AS rev, \
    COALESCE(m.sender_id, 0) AS sender_id, \
    COALESCE(m.client_id, '00000000000000000000000000000000') AS client_id, \
    COALESCE(m.kind, '') AS kind, COALESCE(m.body, '') AS body, \
    COALESCE(m.created, 0) AS created, m.edited, m.deleted, m.attachments, m.reactions, m.mentions, m.reply_seq, m.forwarded \
    FROM memberships s JOIN rooms r ON r.id = s.room_id \
    LEFT JOIN messages m ON m.room_id = r.id AND m.seq = r.last_seq \
    WHERE s.user_id = ";
const THESE_ROOMS: &str = " AND s.room_id IN ";
const ROOM_REVS: &str = "SELECT r.id, r.last_rev FROM memberships m JOIN rooms r ON r.id = m.room_id \
    WHERE m.user_id = ? ORDER BY r.id";
const DIRECT: &str = "SELECT id FROM rooms WHERE direct_key = ?";
const ENABLED: &str = "SELECT COUNT(*) FROM users WHERE id = ? AND disabled = FALSE";
const CREATE_DIRECT: &str = "INSERT INTO rooms \
    (kind, name, creator_id, created, visibility, members, last_rev, direct_key) \
    VALUES ('direct', '', ?, ?, 'private', ?, 1, ?)";
const JOIN_DIRECT: &str = "INSERT INTO memberships (room_id, user_id, joined) VALUES (?, ?, ?)";
const POSITION: &str = "SELECT r.last_seq, s.last_read_seq FROM memberships s \
    JOIN rooms r ON r.id = s.room_id WHERE s.room_id = ? AND s.user_id = ?";
const MARK_READ: &str = "UPDATE memberships SET last_read_seq = ? \
    WHERE room_id = ? AND user_id = ? AND last_read_seq < ?";
const SENDERS_BETWEEN: &str =
    "SELECT DISTINCT sender_id FROM messages WHERE room_id = ? AND seq > ? AND seq <= ?";
/// A message of one's own, in a room of one's own.
const IS_OWN: &str = "SELECT COUNT(*) FROM messages m \
    JOIN memberships s ON s.room_id = m.room_id AND s.user_id = m.sender_id \
    WHERE m.room_id = ? AND m.seq = ? AND m.sender_id = ?";
const COUNT_READERS: &str = "SELECT COUNT(*) FROM memberships \
    WHERE room_id = ? AND last_read_seq >= ? AND joined_seq < ? AND user_id <> ?";
const READERS: &str = select_person!(
    "memberships s JOIN users u ON u.id = s.user_id WHERE s.room_id = ? \
    AND s.last_read_seq >= ? AND s.joined_seq < ? AND u.id <> ? ORDER BY u.name_key LIMIT ?"
);

#[derive(sqlx::FromRow)]
struct RoomRow {
    room_kind: String,
    name: String,
    introduction: String,
    avatar_id: Option<i64>,
    visibility: String,
    archived: bool,
    role: String,
    creator_id: Option<i64>,
    room_created: i64,
    direct_key: Option<String>,
    members: i64,
    last_seq: i64,
    last_rev: i64,
    pinned: bool,
    muted: bool,
    silent: bool,
    last_read_seq: i64,
    #[sqlx(flatten)]
    last: MessageRow,
}

impl RoomRow {
    /// As `viewer` sees it, nothing counted yet.
    fn into_room(self, viewer: UserId) -> Room {
        let has_last = self.last.seq > 0;
        Room {
            id: RoomId(self.last.room_id),
            kind: if self.room_kind == "direct" { RoomKind::Direct } else { RoomKind::Group },
            name: self.name,
            introduction: self.introduction,
            avatar: self.avatar_id.map(MediaId),
            // What this version does not know is not shown to all.
            visibility: Visibility::parse(&self.visibility).unwrap_or(Visibility::Private),
            archived: self.archived,
            role: role_of(&self.role),
            creator: self.creator_id.map(UserId),
            created: self.room_created,
            peer: self.direct_key.and_then(|key| peer(&key, viewer)),
            members: self.members,
            last_seq: self.last_seq,
            last_rev: self.last_rev,
            pinned: self.pinned,
            notify: match (self.muted, self.silent) {
                (false, _) => Notify::All,
                (true, false) => Notify::Mentions,
                (true, true) => Notify::Nothing,
            },
            last_read_seq: self.last_read_seq,
            unread: 0,
            mentions: 0,
            last: has_last.then(|| self.last.into()),
        }
    }
}

/// What makes a private room the only one of its pair, or of its one person.
fn direct_key(one: UserId, other: UserId) -> String {
    format!("{}:{}", one.min(other), one.max(other))
}

/// The other one of a private room's two; of a room of one, that one.
fn peer(key: &str, viewer: UserId) -> Option<UserId> {
    let (low, high) = key.split_once(':')?;
    let (low, high): (UserId, UserId) = (low.parse().ok()?, high.parse().ok()?);
    Some(if low == viewer { high } else { low })
}

/// [`ROOMS`] of this user; of all or of these rooms.
fn select_rooms<DB>(user: UserId, rooms: Option<&[RoomId]>) -> QueryBuilder<DB>
where
    DB: Database,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut query = QueryBuilder::new(ROOMS);
    query.push_bind(user.0);
    if let Some(rooms) = rooms {
        query.push(THESE_ROOMS);
        push_list(&mut query, rooms.iter().map(|room| room.0));
    }
    query
}

/// The unread messages of each of these rooms, and how many of them mention this user. The reading positions are bound, one small
/// `SELECT` to a room: with them in a join, MySQL reads each room from its first message on.
fn select_unread<DB>(user: UserId, rooms: &[&Room]) -> QueryBuilder<DB>
where
    DB: Database,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut query = QueryBuilder::new("");
    for (place, room) in padded(rooms.iter().copied()).into_iter().enumerate() {
        query.push(if place == 0 { "SELECT " } else { " UNION ALL SELECT " });
        query.push_bind(room.id.0).push(" AS room_id, COUNT(*) AS unread, ");
        query.push("(SELECT COUNT(DISTINCT seq) FROM mentions WHERE room_id = ");
        query.push_bind(room.id.0).push(" AND user_id IN (0, ").push_bind(user.0);
        query.push(") AND seq > ").push_bind(room.last_read_seq);
        query.push(" AND seq <= ").push_bind(room.last_seq);
        query.push(" AND sender_id <> ").push_bind(user.0).push(") AS mentions FROM (");
        query.push("SELECT seq FROM messages WHERE room_id = ").push_bind(room.id.0);
        query.push(" AND seq > ").push_bind(room.last_read_seq);
        query.push(" AND seq <= ").push_bind(room.last_seq);
        query.push(" AND sender_id <> ").push_bind(user.0);
        query.push(
            " AND deleted IS NULL AND (kind <> 'event' OR EXISTS (SELECT 1 FROM mentions n \
            WHERE n.room_id = messages.room_id AND n.seq = messages.seq AND n.user_id = ",
        );
        query.push_bind(user.0).push(")) LIMIT ").push_bind(UNREAD_MAX).push(") AS unread");
    }
    query
}

impl Db {
    /// All rooms of this user, in the order of their list, with unread counts and newest messages.
    pub async fn rooms(&self, user: UserId) -> Result<Vec<Room>, Error> {
        let rows: Vec<RoomRow> = reading!(self, pool => {
            select_rooms(user, None).build_query_as().fetch_all(pool).await
        })?;
        self.count_unread(user, rows).await
    }

    /// Those of `rooms` that this user is a member of.
    pub async fn rooms_by_id(&self, user: UserId, rooms: &[RoomId]) -> Result<Vec<Room>, Error> {
        let mut rows: Vec<RoomRow> = Vec::new();
        for rooms in rooms.chunks(LIST_MAX) {
            rows.extend(reading!(self, pool => {
                let mut query = select_rooms(user, Some(rooms));
                query.build_query_as::<RoomRow>().fetch_all(pool).await
            })?);
        }
        self.count_unread(user, rows).await
    }

    /// This user's rooms, each with its last revision: one cheap statement.
    pub async fn room_revs(&self, user: UserId) -> Result<Vec<(RoomId, i64)>, Error> {
        let revs: Vec<(i64, i64)> = reading!(self, pool => {
            sqlx::query_as(ROOM_REVS).bind(user.0).fetch_all(pool).await
        })?;
        Ok(revs.into_iter().map(|(room, rev)| (RoomId(room), rev)).collect())
    }

    /// The private room of these two, or of one person alone, made if there is none: exactly one,
    /// also when both ask at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the other is unknown or disabled.
    pub async fn open_direct(
        &self,
        user: UserId,
        other: UserId,
        now: i64,
    ) -> Result<RoomId, Error> {
        let key = direct_key(user, other);
        let enabled: i64 = reading!(self, pool => {
            sqlx::query_scalar(ENABLED).bind(other.0).fetch_one(pool).await
        })?;
        if enabled == 0 {
            return Err(Error::NotFound);
        }
        if let Some(room) = self.direct(&key).await? {
            return Ok(room);
        }
        let made = changing!(self, tx => {
            let people = BTreeSet::from([user, other]);
            let create = sqlx::query(CREATE_DIRECT).bind(user.0).bind(now);
            let create = create.bind(people.len() as i64).bind(key.as_str());
            let room = create.execute(&mut *tx).await?.id();
            for person in people {
                let join = sqlx::query(JOIN_DIRECT).bind(room).bind(person.0).bind(now);
                join.execute(&mut *tx).await?;
            }
            RoomId(room)
        });
        match made {
            // The other end was a moment faster.
            Err(failure) if failure.is_duplicate() => {
                self.direct(&key).await?.ok_or(Error::Internal)
            }
            made => Ok(made?),
        }
    }

    /// Moves the reading position forward to `seq`, at most to the room's newest; never back.
    /// If it moved: whose messages were seen by it, as far as they are among the last
    /// [`SEEN_MAX`] that were.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn mark_read(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
    ) -> Result<Option<Vec<UserId>>, Error> {
        let position: Option<(i64, i64)> = reading!(self, pool => {
            sqlx::query_as(POSITION).bind(room.0).bind(user.0).fetch_optional(pool).await
        })?;
        let (newest, read) = position.ok_or(Error::NotFound)?;
        let seq = seq.min(newest);
        if seq <= read {
            return Ok(None);
        }
        let moved = changing!(self, tx => {
            let mark = sqlx::query(MARK_READ).bind(seq).bind(room.0).bind(user.0).bind(seq);
            mark.execute(&mut *tx).await?.rows_affected()
        })?;
        if moved == 0 {
            return Ok(None);
        }
        let first = read.max(seq - SEEN_MAX);
        let senders: Vec<i64> = reading!(self, pool => {
            sqlx::query_scalar(SENDERS_BETWEEN)
                .bind(room.0)
                .bind(first)
                .bind(seq)
                .fetch_all(pool)
                .await
        })?;
        Ok(Some(senders.into_iter().filter(|id| *id != user.0).map(UserId).collect()))
    }

    /// How many others have read up to this message of one's own, and the first `limit` of them by
    /// folded name. Who joined after it is none of them.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member, or did not write it.
    pub async fn readers(
        &self,
        user: UserId,
        room: RoomId,
        seq: i64,
        limit: u32,
    ) -> Result<(i64, Vec<Person>), Error> {
        let own: i64 = reading!(self, pool => {
            sqlx::query_scalar(IS_OWN).bind(room.0).bind(seq).bind(user.0).fetch_one(pool).await
        })?;
        if own == 0 {
            return Err(Error::NotFound);
        }
        let count: i64 = reading!(self, pool => {
            let count = sqlx::query_scalar(COUNT_READERS).bind(room.0).bind(seq).bind(seq);
            count.bind(user.0).fetch_one(pool).await
        })?;
        let rows: Vec<PersonRow> = reading!(self, pool => {
            sqlx::query_as(READERS)
                .bind(room.0)
                .bind(seq)
                .bind(seq)
                .bind(user.0)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await
        })?;
        Ok((count, rows.into_iter().map(Person::from).collect()))
    }

    async fn direct(&self, key: &str) -> Result<Option<RoomId>, Error> {
        let room: Option<i64> = reading!(self, pool => {
            sqlx::query_scalar(DIRECT).bind(key).fetch_optional(pool).await
        })?;
        Ok(room.map(RoomId))
    }

    /// These rooms, in the order of their list, with what is unread in them.
    async fn count_unread(&self, user: UserId, rows: Vec<RoomRow>) -> Result<Vec<Room>, Error> {
        let mut rooms: Vec<Room> = rows.into_iter().map(|row| row.into_room(user)).collect();
        let behind: Vec<&Room> =
            rooms.iter().filter(|room| room.last_seq > room.last_read_seq).collect();
        let mut counts: HashMap<i64, (i64, i64)> = HashMap::new();
        for behind in behind.chunks(LIST_MAX) {
            let rows: Vec<(i64, i64, i64)> = reading!(self, pool => {
                select_unread(user, behind).build_query_as().fetch_all(pool).await
            })?;
            counts.extend(rows.into_iter().map(|(room, unread, own)| (room, (unread, own))));
        }
        for room in &mut rooms {
            let counts = counts.get(&room.id.0).copied();
            (room.unread, room.mentions) = counts.unwrap_or_default();
        }
        rooms.sort_by_key(Room::place);
        Ok(rooms)
    }
}
