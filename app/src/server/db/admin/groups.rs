//! Groups as administrators see and change them, members or not. What they change is told by an event.

use super::{
    By, Freed, Part, anywhere,
    audit::{note, shown},
    rows::{GroupLine, MemberLine},
    users::name_of,
};
use crate::{
    admin::Action,
    error::Error,
    ids::{MediaId, RoomId, UserId},
    room::{Role, event::Event},
    search::words::name_key,
    server::db::{
        Change, Db,
        groups::{ARCHIVE, Actor, LOCK, is_archived, role, tell},
        invitations::END_OF_GROUP,
        members::{join, leave_to_heir, set_role},
    },
};

/// The columns of a [`GroupLine`], then the rest of the statement.
macro_rules! select_group {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.name, r.introduction, r.visibility, r.archived, r.members, r.last_seq, ",
            "r.created, r.retention FROM rooms r WHERE r.kind = 'group' AND r.deleted IS NULL ",
            $rest
        )
    };
}

const FIND: &str = select_group!(
    "AND (LOWER(r.name) LIKE ? ESCAPE '!' OR INSTR(r.find_key, ?) > 0) \
    ORDER BY r.id DESC LIMIT ? OFFSET ?"
);
const BY_ID: &str = select_group!("AND r.id = ?");
const MEMBERS: &str = "SELECT u.id, u.name, u.display_name, u.disabled, s.role, s.joined \
    FROM memberships s JOIN users u ON u.id = s.user_id WHERE s.room_id = ? \
    ORDER BY CASE s.role WHEN 'owner' THEN 0 WHEN 'administrator' THEN 1 ELSE 2 END, u.name_key \
    LIMIT ? OFFSET ?";
const NAME: &str =
    "SELECT name, visibility FROM rooms WHERE id = ? AND kind = 'group' AND deleted IS NULL";
const OWNER: &str = "SELECT user_id FROM memberships WHERE room_id = ? AND role = 'owner'";
const EMPTY: &str = "DELETE FROM memberships WHERE room_id = ?";
const DELETE: &str = "UPDATE rooms SET deleted = ?, members = 0, visibility = 'private', \
    avatar_id = NULL WHERE id = ?";
const SET_RETENTION: &str = "UPDATE rooms SET retention = ? WHERE id = ?";
const DELETED: &str = "SELECT r.id, COALESCE((SELECT MIN(m.seq) FROM messages m \
    WHERE m.room_id = r.id), 0) FROM rooms r WHERE r.deleted IS NOT NULL ORDER BY r.id LIMIT 1";
const MEDIA_UP_TO: &str = "SELECT media_id FROM message_media WHERE room_id = ? AND seq < ?";
/// Those first that refer to the last.
const DELETE_UP_TO: [&str; 5] = [
    "DELETE FROM message_words WHERE rowid IN \
        (SELECT search_id FROM messages WHERE room_id = ? AND seq < ?)",
    "DELETE FROM message_media WHERE room_id = ? AND seq < ?",
    "DELETE FROM edits WHERE room_id = ? AND seq < ?",
    "DELETE FROM mentions WHERE room_id = ? AND seq < ?",
    "DELETE FROM messages WHERE room_id = ? AND seq < ?",
];
const FORGET: &str = "DELETE FROM rooms WHERE id = ?";

/// Locks a group's row; its name and visibility, or leaves with [`Error::NotFound`].
macro_rules! group {
    ($tx:ident, $room:expr) => {{
        sqlx::query(LOCK).bind($room.0).execute(&mut *$tx).await?;
        let group = sqlx::query_as(NAME).bind($room.0).fetch_optional(&mut *$tx);
        let group: Option<(String, String)> = group.await?;
        group.ok_or(Error::NotFound)?
    }};
}

/// Gives a role; an owner who was there becomes an administrator.
macro_rules! give {
    ($tx:ident, $room:expr, $person:expr, $role:expr) => {{
        if $role == Role::Owner {
            let owner = sqlx::query_scalar(OWNER).bind($room.0).fetch_optional(&mut *$tx);
            let owner: Option<i64> = owner.await?;
            if let Some(owner) = owner {
                set_role!($tx, $room, UserId(owner), Role::Administrator);
            }
        }
        set_role!($tx, $room, $person, $role);
    }};
}

impl Db {
    /// Groups whose name holds this text, newest first; whether there are more.
    pub async fn find_groups(
        &self,
        text: &str,
        part: Part,
    ) -> Result<(Vec<GroupLine>, bool), Error> {
        let (key, text) = (name_key(text), anywhere(text));
        let rows = reading!(self, pool => {
            let find = sqlx::query_as(FIND).bind(text.as_str()).bind(key.as_str());
            find.bind(part.limit()).bind(part.offset()).fetch_all(pool).await
        })?;
        Ok(shown(rows))
    }

    /// A group.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn group(&self, room: RoomId) -> Result<GroupLine, Error> {
        let found: Option<GroupLine> = reading!(self, pool => {
            sqlx::query_as(BY_ID).bind(room.0).fetch_optional(pool).await
        })?;
        found.ok_or(Error::NotFound)
    }

    /// Members of a group, those with a role first; whether there are more.
    pub async fn group_members(
        &self,
        room: RoomId,
        part: Part,
    ) -> Result<(Vec<MemberLine>, bool), Error> {
        let rows = reading!(self, pool => {
            let members = sqlx::query_as(MEMBERS).bind(room.0);
            members.bind(part.limit()).bind(part.offset()).fetch_all(pool).await
        })?;
        Ok(shown(rows))
    }

    /// Gives somebody a role in a group; who is no member yet becomes one. Whether they became one.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] for an owner of a default group, which has none;
    /// [`Error::Archived`].
    pub async fn place_member(
        &self,
        actor: &Actor,
        room: RoomId,
        person: UserId,
        role: Role,
    ) -> Result<(Change, bool), Error> {
        let by = By::person(actor.user, actor.now);
        Ok(changing!(self, tx => {
            let (group, visibility) = group!(tx, room);
            let name = name_of!(tx, person);
            if visibility == "default" && role == Role::Owner {
                return Err(Error::Forbidden.into());
            }
            let before = role!(tx, room, person);
            let archived = is_archived!(tx, room);
            let event = match before {
                Some(before) => (before != role).then_some(Event::RoleSet { person, role }),
                None if archived => return Err(Error::Archived.into()),
                None => Some(Event::Added { people: vec![person] }),
            };
            // Before it is told of, which they have not read.
            if before.is_none() {
                join!(tx, room, person.0, Role::Member, actor.now);
            }
            let change = tell!(tx, actor, room, event);
            give!(tx, room, person, role);
            let action = if before.is_some() { Action::SetRole } else { Action::AddMember };
            note!(tx, by, action, &name, &format!("{group} ({room}): {}", role.as_str()));
            (change, before.is_none())
        })?)
    }

    /// Takes somebody out of a group, whatever their role; in place of an owner comes who would if they
    /// had left.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such group, or they are not in it.
    pub async fn take_out(
        &self,
        actor: &Actor,
        room: RoomId,
        person: UserId,
    ) -> Result<Change, Error> {
        let by = By::person(actor.user, actor.now);
        Ok(changing!(self, tx => {
            let (group, _) = group!(tx, room);
            let name = name_of!(tx, person);
            let role = role!(tx, room, person).ok_or(Error::NotFound)?;
            leave_to_heir!(tx, room, person, role, by.now);
            note!(tx, by, Action::RemoveMember, &name, &format!("{group} ({room})"));
            tell!(tx, actor, room, Some(Event::Removed { person }))
        })?)
    }

    /// Archives a group, or reopens it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn put_away(
        &self,
        actor: &Actor,
        room: RoomId,
        archived: bool,
    ) -> Result<Change, Error> {
        let by = By::person(actor.user, actor.now);
        Ok(changing!(self, tx => {
            let (group, _) = group!(tx, room);
            let before = is_archived!(tx, room);
            sqlx::query(ARCHIVE).bind(archived).bind(room.0).execute(&mut *tx).await?;
            let action = if archived { Action::ArchiveGroup } else { Action::ReopenGroup };
            note!(tx, by, action, &format!("{group} ({room})"), "");
            let event = if archived { Event::Archived } else { Event::Reopened };
            tell!(tx, actor, room, (archived != before).then_some(event))
        })?)
    }

    /// Sets after how many days a group's messages go; 0: never; nothing: as the server's.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_retention(
        &self,
        by: &By,
        room: RoomId,
        days: Option<u32>,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            let (group, _) = group!(tx, room);
            let set = sqlx::query(SET_RETENTION).bind(days.map(i64::from)).bind(room.0);
            set.execute(&mut *tx).await?;
            let detail = days.map_or_else(|| "-".to_owned(), |days| days.to_string());
            note!(tx, by, Action::GroupRetention, &format!("{group} ({room})"), &detail);
        })?;
        Ok(())
    }

    /// Deletes a group: nobody is in it any more, and nobody finds it, nor gets in by a link; its messages are to be removed
    /// ([`Db::clear_deleted_group`]).
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] for a default group.
    pub async fn delete_group(&self, by: &By, room: RoomId) -> Result<(), Error> {
        changing!(self, tx => {
            let (group, visibility) = group!(tx, room);
            if visibility == "default" {
                return Err(Error::Forbidden.into());
            }
            sqlx::query(EMPTY).bind(room.0).execute(&mut *tx).await?;
            sqlx::query(END_OF_GROUP).bind(room.0).execute(&mut *tx).await?;
            sqlx::query(DELETE).bind(by.now).bind(room.0).execute(&mut *tx).await?;
            note!(tx, by, Action::DeleteGroup, &format!("{group} ({room})"), "");
        })?;
        Ok(())
    }

    /// Removes up to `limit` messages of a deleted group, or the group once it has none; the uploads that
    /// they had. Nothing if there is no such group.
    pub async fn clear_deleted_group(&self, limit: u32) -> Result<Option<Freed>, Error> {
        Ok(changing!(self, tx => {
            let deleted = sqlx::query_as(DELETED).fetch_optional(&mut *tx);
            let deleted: Option<(i64, i64)> = deleted.await?;
            match deleted {
                None => None,
                Some((room, 0)) => {
                    sqlx::query(FORGET).bind(room).execute(&mut *tx).await?;
                    Some(vec![])
                }
                Some((room, first)) => {
                    let end = first + i64::from(limit);
                    let media = sqlx::query_scalar(MEDIA_UP_TO).bind(room).bind(end);
                    let media: Vec<i64> = media.fetch_all(&mut *tx).await?;
                    for delete in DELETE_UP_TO {
                        sqlx::query(delete).bind(room).bind(end).execute(&mut *tx).await?;
                    }
                    Some(media.into_iter().map(MediaId).collect())
                }
            }
        })?)
    }
}
