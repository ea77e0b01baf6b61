//! Who is in a room and what they may do there.
//!
//! A change of a group locks its row first, looks at the role of who makes it, and tells of itself
//! by an event in the group's conversation, with the group's next numbers.

use super::{
    Change, Db,
    groups::{Actor, LOCK, enter, is_archived, manage, role, tell},
    run::push_list,
    users::{PersonRow, page_by_name},
};
use crate::{
    account::Person,
    error::Error,
    ids::{RoomId, UserId},
    room::{Member, Notify, Role, event::Event},
};
use sqlx::QueryBuilder;

/// The columns of a [`MemberRow`] of a room, then the rest of the statement.
macro_rules! select_member {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.name, u.name_key, u.display_name, u.introduction, u.avatar_id, s.role ",
            "FROM memberships s JOIN users u ON u.id = s.user_id WHERE s.room_id = ? ",
            $rest
        )
    };
}

const MEMBERS: &str = select_member!("AND u.name_key > ? ORDER BY u.name_key LIMIT ?");
const NAMED: &str = select_member!(
    "AND u.disabled = FALSE AND INSTR(u.find_key, ?) > 0 \
    ORDER BY INSTR(u.find_key, ?), u.name_key LIMIT ?"
);
/// They have read what is there.
pub(super) const JOIN: &str = "INSERT INTO memberships \
    (room_id, user_id, role, joined, joined_seq, last_read_seq) \
    SELECT r.id, u.id, CASE WHEN r.visibility = 'default' AND u.is_admin THEN 'administrator' ELSE ? END, \
    ?, r.last_seq, r.last_seq FROM rooms r JOIN users u ON u.id = ? WHERE r.id = ?";
/// Keeps somebody as they are until commit: who deletes them waits, and then finds the new membership.
pub(super) const HOLD: &str = "UPDATE users SET deleted = deleted WHERE id = ? AND deleted IS NULL";
pub(super) const COUNT_IN: &str = "UPDATE rooms SET members = members + 1 WHERE id = ?";
pub(super) const LEAVE: &str = "DELETE FROM memberships WHERE room_id = ? AND user_id = ?";
pub(super) const COUNT_OUT: &str = "UPDATE rooms SET members = members - 1 WHERE id = ?";
pub(super) const ABANDON: &str = "UPDATE rooms SET deleted = ?, visibility = 'private', \
    avatar_id = NULL WHERE id = ? AND members = 0 AND visibility <> 'default'";
const IS_OPEN: &str = "SELECT COUNT(*) FROM rooms \
    WHERE id = ? AND kind = 'group' AND visibility <> 'private' AND members > 0";
/// Whoever cannot log in only if there is nobody else.
pub(super) const HEIR: &str = "SELECT s.user_id FROM memberships s JOIN users u ON u.id = s.user_id \
    WHERE s.room_id = ? AND s.user_id <> ? ORDER BY u.disabled, \
    CASE s.role WHEN 'administrator' THEN 0 ELSE 1 END, s.joined, s.user_id LIMIT 1";
pub(super) const SET_ROLE: &str =
    "UPDATE memberships SET role = ? WHERE room_id = ? AND user_id = ?";
const PIN: &str = "UPDATE memberships SET pinned = ? WHERE room_id = ? AND user_id = ?";
const SET_NOTIFY: &str =
    "UPDATE memberships SET muted = ?, silent = ? WHERE room_id = ? AND user_id = ?";
const STRANGERS: &str = "SELECT u.id FROM users u WHERE u.disabled = FALSE AND NOT EXISTS \
    (SELECT 1 FROM memberships s WHERE s.user_id = u.id AND s.room_id = ";
const AMONG: &str = ") AND u.id IN ";
const BY_ID: &str = " ORDER BY u.id";

/// [`HOLD`]; leaves with [`Error::NotFound`] if they were deleted.
macro_rules! hold {
    ($tx:ident, $user:expr) => {{
        let hold = sqlx::query($crate::server::db::members::HOLD).bind($user);
        if hold.execute(&mut *$tx).await?.rows_affected() == 0 {
            return Err($crate::error::Error::NotFound.into());
        }
    }};
}
pub(super) use hold;

/// Makes somebody a member who is none; the room's row is locked. Who administers the server is an
/// administrator of the default group. Leaves with [`Error::NotFound`] if they were deleted.
macro_rules! join {
    ($tx:ident, $room:expr, $user:expr, $role:expr, $now:expr) => {{
        $crate::server::db::members::hold!($tx, $user);
        sqlx::query($crate::server::db::members::JOIN)
            .bind($role.as_str())
            .bind($now)
            .bind($user)
            .bind($room.0)
            .execute(&mut *$tx)
            .await?;
        let count = sqlx::query($crate::server::db::members::COUNT_IN).bind($room.0);
        count.execute(&mut *$tx).await?;
    }};
}
pub(super) use join;

/// Takes a member out; the room's row is locked.
macro_rules! leave {
    ($tx:ident, $room:expr, $user:expr) => {{
        let leave = sqlx::query($crate::server::db::members::LEAVE).bind($room.0).bind($user.0);
        leave.execute(&mut *$tx).await?;
        let count = sqlx::query($crate::server::db::members::COUNT_OUT).bind($room.0);
        count.execute(&mut *$tx).await?;
    }};
}
pub(super) use leave;

/// Ends a membership that had this role. Who the owner's group goes to, if it was theirs. A group that all
/// have left is deleted; the housekeeping removes what it had.
macro_rules! leave_to_heir {
    ($tx:ident, $room:expr, $user:expr, $role:expr, $now:expr) => {{
        use $crate::server::db::members;
        members::leave!($tx, $room, $user);
        let heir: Option<i64> = if $role == Role::Owner {
            let heir = sqlx::query_scalar(members::HEIR).bind($room.0).bind($user.0);
            heir.fetch_optional(&mut *$tx).await?
        } else {
            None
        };
        if let Some(heir) = heir {
            members::set_role!($tx, $room, UserId(heir), Role::Owner);
        }
        let abandon = sqlx::query(members::ABANDON).bind($now).bind($room.0);
        if abandon.execute(&mut *$tx).await?.rows_affected() > 0 {
            let links = sqlx::query($crate::server::db::invitations::END_OF_GROUP).bind($room.0);
            links.execute(&mut *$tx).await?;
        }
        heir.map(UserId)
    }};
}
pub(super) use leave_to_heir;

macro_rules! set_role {
    ($tx:ident, $room:expr, $user:expr, $role:expr) => {{
        let role = $role.as_str();
        let set = sqlx::query($crate::server::db::members::SET_ROLE).bind(role);
        set.bind($room.0).bind($user.0).execute(&mut *$tx).await?;
    }};
}
pub(super) use set_role;

#[derive(sqlx::FromRow)]
struct MemberRow {
    #[sqlx(flatten)]
    person: PersonRow,
    role: String,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        Self { person: Person::from(row.person), role: role_of(&row.role) }
    }
}

impl Db {
    /// Members of a room by folded name, those after `after`, at most `limit`, and where to go on.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn members(
        &self,
        user: UserId,
        room: RoomId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<Member>, Option<String>), Error> {
        self.require_member(user, room).await?;
        let after = after.unwrap_or_default();
        let rows = reading!(self, pool => {
            sqlx::query_as(MEMBERS)
                .bind(room.0)
                .bind(after)
                .bind(i64::from(limit) + 1)
                .fetch_all(pool)
                .await
        })?;
        Ok(page_by_name(rows, limit, |row: &MemberRow| &row.person.name_key))
    }

    /// Members of a room who are not disabled, and have this folded text in a name: at most `limit`,
    /// first those whose name begins with it.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn members_named(
        &self,
        user: UserId,
        room: RoomId,
        text: &str,
        limit: u32,
    ) -> Result<Vec<Member>, Error> {
        self.require_member(user, room).await?;
        let rows: Vec<MemberRow> = reading!(self, pool => {
            let find = sqlx::query_as(NAMED).bind(room.0).bind(text).bind(text);
            find.bind(i64::from(limit)).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(Member::from).collect())
    }

    /// Puts a room first in one member's list, or back to its place.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn pin_room(&self, user: UserId, room: RoomId, pinned: bool) -> Result<(), Error> {
        self.mark_membership(PIN, &[pinned], user, room).await
    }

    /// Sets what in a room makes a stir for one member.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is not a member.
    pub async fn set_notify(
        &self,
        user: UserId,
        room: RoomId,
        notify: Notify,
    ) -> Result<(), Error> {
        let flags = [notify != Notify::All, notify == Notify::Nothing];
        self.mark_membership(SET_NOTIFY, &flags, user, room).await
    }

    async fn mark_membership(
        &self,
        mark: &'static str,
        flags: &[bool],
        user: UserId,
        room: RoomId,
    ) -> Result<(), Error> {
        let marked = changing!(self, tx => {
            let mark = flags.iter().fold(sqlx::query(mark), |mark, flag| mark.bind(*flag));
            mark.bind(room.0).bind(user.0).execute(&mut *tx).await?.rows_affected()
        })?;
        if marked == 0 { Err(Error::NotFound) } else { Ok(()) }
    }

    /// Joins a public group; a member stays one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, or it has been left by all; [`Error::Archived`].
    pub async fn join_group(&self, actor: &Actor, room: RoomId) -> Result<Change, Error> {
        Ok(changing!(self, tx => {
            sqlx::query(LOCK).bind(room.0).execute(&mut *tx).await?;
            if role!(tx, room, actor.user).is_some() {
                tell!(tx, actor, room, None)
            } else {
                let open: i64 = sqlx::query_scalar(IS_OPEN).bind(room.0).fetch_one(&mut *tx).await?;
                if open == 0 {
                    return Err(Error::NotFound.into());
                }
                if is_archived!(tx, room) {
                    return Err(Error::Archived.into());
                }
                let change = tell!(tx, actor, room, Some(Event::Joined));
                join!(tx, room, actor.user.0, Role::Member, actor.now);
                change
            }
        })?)
    }

    /// Leaves a group. In place of an owner comes the administrator, else the member, who has been
    /// there for the longest, of those who can log in.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they are no member.
    pub async fn leave_group(&self, actor: &Actor, room: RoomId) -> Result<Change, Error> {
        Ok(changing!(self, tx => {
            let role = enter!(tx, actor, room);
            let owner = leave_to_heir!(tx, room, actor.user, role, actor.now);
            tell!(tx, actor, room, Some(Event::Left { owner }))
        })?)
    }

    /// Adds those of `people` who can be members and are none yet; who that is.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the actor is no member, [`Error::Forbidden`] if not one who manages,
    /// [`Error::Archived`].
    pub async fn add_members(
        &self,
        actor: &Actor,
        room: RoomId,
        people: &[UserId],
    ) -> Result<(Change, Vec<UserId>), Error> {
        Ok(changing!(self, tx => {
            manage!(tx, actor, room);
            let mut query = QueryBuilder::new(STRANGERS);
            query.push_bind(room.0).push(AMONG);
            // The actor, who is a member, so that there is one at least.
            push_list(&mut query, people.iter().chain([&actor.user]).map(|person| person.0));
            let query = query.push(BY_ID).build_query_scalar();
            let added: Vec<i64> = query.fetch_all(&mut *tx).await?;
            let added: Vec<UserId> = added.into_iter().map(UserId).collect();
            let event = (!added.is_empty()).then(|| Event::Added { people: added.clone() });
            // Before it is told of, which they have not read.
            for person in &added {
                join!(tx, room, person.0, Role::Member, actor.now);
            }
            (tell!(tx, actor, room, event), added)
        })?)
    }

    /// Removes a member of a lower role than the actor's.
    ///
    /// # Errors
    /// [`Error::NotFound`] if one of the two is no member, [`Error::Forbidden`].
    pub async fn remove_member(
        &self,
        actor: &Actor,
        room: RoomId,
        person: UserId,
    ) -> Result<Change, Error> {
        Ok(changing!(self, tx => {
            let role = enter!(tx, actor, room);
            let theirs = role!(tx, room, person).ok_or(Error::NotFound)?;
            if !role.may_remove(theirs) {
                return Err(Error::Forbidden.into());
            }
            leave!(tx, room, person);
            tell!(tx, actor, room, Some(Event::Removed { person }))
        })?)
    }

    /// Gives another member a role. Who makes somebody the owner becomes an administrator.
    ///
    /// # Errors
    /// [`Error::NotFound`] if one of the two is no member, [`Error::Forbidden`] if the actor is not
    /// the owner, or means themselves.
    pub async fn set_role(
        &self,
        actor: &Actor,
        room: RoomId,
        person: UserId,
        role: Role,
    ) -> Result<Change, Error> {
        Ok(changing!(self, tx => {
            let own = enter!(tx, actor, room);
            let before = role!(tx, room, person).ok_or(Error::NotFound)?;
            if own != Role::Owner || person == actor.user {
                return Err(Error::Forbidden.into());
            }
            set_role!(tx, room, person, role);
            if role == Role::Owner {
                set_role!(tx, room, actor.user, Role::Administrator);
            }
            let event = (role != before).then_some(Event::RoleSet { person, role });
            tell!(tx, actor, room, event)
        })?)
    }
}

/// What this version does not know may do nothing special.
pub(super) fn role_of(text: &str) -> Role {
    Role::parse(text).unwrap_or(Role::Member)
}
