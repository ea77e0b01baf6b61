//! Groups: made, found, described. Who is in one is in `members`.

use super::{
    Change, Db, dialect::Inserted, indexing::group_key, media::require_own, members::join,
};
use crate::{
    error::Error,
    ids::{ClientId, MediaId, RoomId, UserId},
    media::Purpose,
    room::{Description, Group, GroupsPage, Role, event::Event},
};

const CREATE: &str = "INSERT INTO rooms \
    (kind, name, introduction, creator_id, created, visibility, find_key) \
    VALUES ('group', ?, ?, ?, ?, ?, ?)";
/// Keeps the group's row for this transaction; changes nothing.
pub(super) const LOCK: &str =
    "UPDATE rooms SET last_rev = last_rev WHERE id = ? AND kind = 'group'";
pub(super) const ROLE: &str = "SELECT s.role FROM memberships s JOIN rooms r ON r.id = s.room_id \
    WHERE s.room_id = ? AND s.user_id = ? AND r.kind = 'group'";
pub(super) const TAKE_NUMBERS: &str =
    "UPDATE rooms SET last_rev = last_rev + 1, last_seq = last_seq + 1 WHERE id = ?";
pub(super) const NUMBERS: &str = "SELECT last_rev, last_seq FROM rooms WHERE id = ?";
pub(super) const TELL: &str = "INSERT INTO messages \
    (room_id, seq, rev, sender_id, client_id, kind, body, created, search_id) \
    VALUES (?, ?, ?, ?, ?, 'event', ?, ?, 0)";
/// Groups that everyone may find, newest first; those that are archived, or that all have left, are
/// not among them.
const FIND: &str = "SELECT r.id, r.name, r.introduction, r.avatar_id, r.members, \
    (SELECT COUNT(*) FROM memberships s WHERE s.room_id = r.id AND s.user_id = ?) AS is_member \
    FROM rooms r WHERE r.kind = 'group' AND r.visibility IN ('default', 'public') \
    AND r.archived = FALSE AND r.members > 0 AND r.id < ? ORDER BY r.id DESC LIMIT ?";
const DESCRIPTION: &str = "SELECT name, introduction, visibility FROM rooms WHERE id = ?";
const DESCRIBE: &str =
    "UPDATE rooms SET name = ?, introduction = ?, visibility = ?, find_key = ? WHERE id = ?";
pub(super) const IS_ARCHIVED: &str = "SELECT archived FROM rooms WHERE id = ?";
pub(super) const ARCHIVE: &str = "UPDATE rooms SET archived = ? WHERE id = ?";
const SET_PICTURE: &str = "UPDATE rooms SET avatar_id = ? WHERE id = ?";

/// Who changes a group, when (milliseconds since 1970), and the name of the event that tells it.
#[derive(Debug, Clone)]
pub struct Actor {
    pub user: UserId,
    pub now: i64,
    pub client_id: ClientId,
}

/// Locks a group's row until commit; evaluates to the actor's role there, and leaves with
/// [`Error::NotFound`] if they have none.
macro_rules! enter {
    ($tx:ident, $actor:expr, $room:expr) => {{
        sqlx::query($crate::server::db::groups::LOCK).bind($room.0).execute(&mut *$tx).await?;
        role!($tx, $room, $actor.user).ok_or(Error::NotFound)?
    }};
}
pub(super) use enter;

/// The role of somebody in a group, if they are a member.
macro_rules! role {
    ($tx:ident, $room:expr, $user:expr) => {{
        let role = sqlx::query_scalar($crate::server::db::groups::ROLE);
        let role = role.bind($room.0).bind($user.0).fetch_optional(&mut *$tx);
        let role: Option<String> = role.await?;
        role.map(|role| $crate::server::db::members::role_of(&role))
    }};
}
pub(super) use role;

/// Whether a room is archived.
macro_rules! is_archived {
    ($tx:ident, $room:expr) => {{
        let archived = sqlx::query_scalar($crate::server::db::groups::IS_ARCHIVED).bind($room.0);
        let archived: bool = archived.fetch_one(&mut *$tx).await?;
        archived
    }};
}
pub(super) use is_archived;

/// As [`enter`]; leaves with [`Error::Forbidden`] if the actor does not manage the group, with
/// [`Error::Archived`] if nobody does now.
macro_rules! manage {
    ($tx:ident, $actor:expr, $room:expr) => {{
        if !enter!($tx, $actor, $room).manages() {
            return Err(Error::Forbidden.into());
        }
        if is_archived!($tx, $room) {
            return Err(Error::Archived.into());
        }
    }};
}
pub(super) use manage;

/// Stores an event, if there is one, with the group's next numbers; evaluates to the [`Change`]. It
/// mentions those whom it adds: to them alone it is something unread.
/// Without an event the group stays as it is: then to be told of again, for the first answer may
/// have been lost.
macro_rules! tell {
    ($tx:ident, $actor:expr, $room:expr, $event:expr) => {{
        use $crate::server::db::groups;
        let event: Option<Event> = $event;
        if event.is_some() {
            sqlx::query(groups::TAKE_NUMBERS).bind($room.0).execute(&mut *$tx).await?;
        }
        let numbers = sqlx::query_as(groups::NUMBERS).bind($room.0);
        let (rev, seq): (i64, i64) = numbers.fetch_one(&mut *$tx).await?;
        if let Some(event) = event {
            sqlx::query(groups::TELL)
                .bind($room.0)
                .bind(seq)
                .bind(rev)
                .bind($actor.user.0)
                .bind($actor.client_id.as_str())
                .bind(event.words())
                .bind($actor.now)
                .execute(&mut *$tx)
                .await?;
            let added = event.added().iter().map(|person| ($room.0, person.0, seq, $actor.user.0));
            $crate::server::db::mentions::mention!($tx, added);
        }
        $crate::server::db::Change { room: $room, rev }
    }};
}
pub(super) use tell;

#[derive(sqlx::FromRow)]
pub(super) struct GroupRow {
    id: i64,
    name: String,
    introduction: String,
    avatar_id: Option<i64>,
    members: i64,
    is_member: i64,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self {
            id: RoomId(row.id),
            name: row.name,
            introduction: row.introduction,
            avatar: row.avatar_id.map(MediaId),
            members: row.members,
            is_member: row.is_member > 0,
        }
    }
}

impl Db {
    /// Makes a group, owned by the actor.
    pub async fn create_group(&self, actor: &Actor, group: &Description) -> Result<RoomId, Error> {
        Ok(changing!(self, tx => {
            let create = sqlx::query(CREATE)
                .bind(group.name.as_str())
                .bind(group.introduction.as_str())
                .bind(actor.user.0)
                .bind(actor.now)
                .bind(group.visibility.as_str())
                .bind(group_key(&group.name));
            let room = RoomId(create.execute(&mut *tx).await?.id());
            tell!(tx, actor, room, Some(Event::Created));
            join!(tx, room, actor.user.0, Role::Owner, actor.now);
            room
        })?)
    }

    /// Groups that everyone may find, newest first, those made before `before`, at most `limit`.
    pub async fn public_groups(
        &self,
        user: UserId,
        before: Option<RoomId>,
        limit: u32,
    ) -> Result<GroupsPage, Error> {
        let before = before.map_or(i64::MAX, |room| room.0);
        let rows: Vec<GroupRow> = reading!(self, pool => {
            let find = sqlx::query_as(FIND).bind(user.0).bind(before).bind(i64::from(limit) + 1);
            find.fetch_all(pool).await
        })?;
        let is_more = rows.len() > limit as usize;
        let groups: Vec<_> = rows.into_iter().take(limit as usize).map(Group::from).collect();
        let before = groups.last().map(|group| group.id).filter(|_| is_more);
        Ok(GroupsPage { groups, before })
    }

    /// Gives a group another name, introduction or visibility. A default group stays one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the actor is no member, [`Error::Forbidden`] if not one who manages,
    /// [`Error::Archived`].
    pub async fn describe_group(
        &self,
        actor: &Actor,
        room: RoomId,
        group: &Description,
    ) -> Result<Change, Error> {
        Ok(changing!(self, tx => {
            manage!(tx, actor, room);
            let before = sqlx::query_as(DESCRIPTION).bind(room.0).fetch_one(&mut *tx);
            let before: (String, String, String) = before.await?;
            let visibility = match before.2.as_str() {
                "default" => "default",
                _ => group.visibility.as_str(),
            };
            let (name, introduction) = (group.name.as_str(), group.introduction.as_str());
            let describe = sqlx::query(DESCRIBE).bind(name).bind(introduction).bind(visibility);
            describe.bind(group_key(name)).bind(room.0).execute(&mut *tx).await?;
            let event = if before.0 != group.name {
                Some(Event::Renamed { name: group.name.clone() })
            } else {
                let is_same = before.1 == introduction && before.2 == visibility;
                (!is_same).then_some(Event::Described)
            };
            tell!(tx, actor, room, event)
        })?)
    }

    /// Archives a group, or reopens it.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the actor is no member, [`Error::Forbidden`] if not the owner.
    pub async fn archive_group(
        &self,
        actor: &Actor,
        room: RoomId,
        archived: bool,
    ) -> Result<Change, Error> {
        Ok(changing!(self, tx => {
            if enter!(tx, actor, room) != Role::Owner {
                return Err(Error::Forbidden.into());
            }
            let before = is_archived!(tx, room);
            sqlx::query(ARCHIVE).bind(archived).bind(room.0).execute(&mut *tx).await?;
            let event = if archived { Event::Archived } else { Event::Reopened };
            tell!(tx, actor, room, (archived != before).then_some(event))
        })?)
    }

    /// Sets or removes a group's picture; the media must be one for a room that the actor uploaded.
    ///
    /// # Errors
    /// [`Error::NotFound`], also if the actor is no member; [`Error::Forbidden`] if not one who
    /// manages; [`Error::Archived`].
    pub async fn set_group_picture(
        &self,
        actor: &Actor,
        room: RoomId,
        media: Option<MediaId>,
    ) -> Result<Change, Error> {
        let media = media.map(|media| media.0);
        Ok(changing!(self, tx => {
            manage!(tx, actor, room);
            if let Some(media) = media {
                require_own!(tx, media, actor.user, Purpose::Room);
            }
            sqlx::query(SET_PICTURE).bind(media).bind(room.0).execute(&mut *tx).await?;
            tell!(tx, actor, room, Some(Event::Pictured))
        })?)
    }
}
