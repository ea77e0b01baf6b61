//! Invitations to groups, and what anybody does who has a link. Those to the server:
//! `admin/invitations`.
//!
//! What makes, uses or revokes one locks its group's row first. So a use is counted, and a limit kept,
//! by the transaction that lets somebody in.

use super::{
    Change, Db,
    groups::{Actor, ROLE, enter, is_archived, manage, role, tell},
    media::Stored,
    members::{join, role_of},
};
use crate::{
    error::Error,
    ids::{InvitationId, RoomId, UserId},
    invitation::{Invited, InvitedGroup, Terms},
    room::{Role, event::Event},
};

/// What a link needs to let anybody in, after its token and the time: it is neither over nor used up,
/// who made it can log in, and its group is there to be joined.
macro_rules! select_open {
    ($columns:literal, $more:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM invitations i JOIN users u ON u.id = i.creator_id ",
            "LEFT JOIN rooms r ON r.id = i.room_id ",
            $more,
            "WHERE i.token = ? AND (i.expires IS NULL OR i.expires > ?) ",
            "AND (i.max_uses IS NULL OR i.uses < i.max_uses) AND u.disabled = FALSE ",
            "AND (i.room_id IS NULL OR (r.archived = FALSE AND r.members > 0))"
        )
    };
}

/// The columns of a [`LinkRow`], then the rest of the statement.
macro_rules! select_links {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.token, u.display_name, i.expires, i.max_uses, i.uses, u.disabled ",
            "FROM invitations i JOIN users u ON u.id = i.creator_id WHERE ",
            $rest,
            " ORDER BY i.id DESC"
        )
    };
}
pub(super) use select_links;

const INVITED: &str = select_open!("r.id, r.name, r.members, r.avatar_id", "");
pub(super) const OPEN: &str = select_open!("i.id, i.creator_id", "");
const PICTURE: &str = select_open!(
    "f.purpose, f.path, f.thumb_path, f.content_type, f.thumb_type, f.name",
    "JOIN media f ON f.id = r.avatar_id "
);
const JOINED: &str = "SELECT m.room_id FROM invitations i \
    JOIN memberships m ON m.room_id = i.room_id WHERE i.token = ? AND m.user_id = ?";
pub(super) const ROOM_OF: &str = "SELECT room_id FROM invitations WHERE token = ?";
pub(super) const COUNT_USE: &str = "UPDATE invitations SET uses = uses + 1 \
    WHERE id = ? AND (max_uses IS NULL OR uses < max_uses)";
pub(super) const CREATE: &str = "INSERT INTO invitations \
    (token, room_id, creator_id, created, expires, max_uses) VALUES (?, ?, ?, ?, ?, ?)";
const COUNT: &str = "SELECT COUNT(*) FROM invitations WHERE room_id = ?";
const OF_GROUP: &str = select_links!("i.room_id = ?");
const REVOKE: &str = "DELETE FROM invitations WHERE id = ? AND room_id = ?";
const DELETE_EXPIRED: &str = "DELETE FROM invitations WHERE expires <= ?";
pub(super) const END_OF_GROUP: &str = "DELETE FROM invitations WHERE room_id = ?";
pub(super) const END_OF_USER: &str = "DELETE FROM invitations WHERE creator_id = ?";

/// A link as read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkRow {
    pub id: i64,
    pub token: String,
    /// Of who made it.
    pub display_name: String,
    pub expires: Option<i64>,
    pub max_uses: Option<i64>,
    pub uses: i64,
    /// Whether who made it cannot log in.
    pub disabled: bool,
}

/// Makes a link beside `$count` others. Leaves with [`Error::Forbidden`] if these are enough.
macro_rules! create_link {
    ($tx:ident, $count:expr, $token:expr, $room:expr, $user:expr, $now:expr, $terms:expr) => {{
        if $count >= $crate::invitation::LINKS_MAX {
            return Err(Error::Forbidden.into());
        }
        sqlx::query($crate::server::db::invitations::CREATE)
            .bind($token)
            .bind($room)
            .bind($user.0)
            .bind($now)
            .bind($terms.lifetime.map(|lifetime| $now + lifetime))
            .bind($terms.max_uses)
            .execute(&mut *$tx)
            .await?;
    }};
}
pub(super) use create_link;

/// Locks the group of a link, and evaluates to it, if it has one. Leaves with [`Error::NotFound`] if
/// there is no such link.
macro_rules! lock_group_of {
    ($tx:ident, $token:expr) => {{
        use $crate::server::db::{groups::LOCK, invitations::ROOM_OF};
        let room = sqlx::query_scalar(ROOM_OF).bind($token);
        let room: Option<Option<i64>> = room.fetch_optional(&mut *$tx).await?;
        let room = room.ok_or(Error::NotFound)?;
        if let Some(room) = room {
            sqlx::query(LOCK).bind(room).execute(&mut *$tx).await?;
        }
        room.map(RoomId)
    }};
}
pub(super) use lock_group_of;

/// Counts a use of a link, whose group is locked; evaluates to who made it. Leaves with
/// [`Error::NotFound`] if it does not work.
macro_rules! count_use {
    ($tx:ident, $token:expr, $now:expr) => {{
        use $crate::server::db::invitations::{COUNT_USE, OPEN};
        let open = sqlx::query_as(OPEN).bind($token).bind($now);
        let open: Option<(i64, i64)> = open.fetch_optional(&mut *$tx).await?;
        let (id, by) = open.ok_or(Error::NotFound)?;
        let count = sqlx::query(COUNT_USE).bind(id);
        if count.execute(&mut *$tx).await?.rows_affected() == 0 {
            return Err(Error::NotFound.into());
        }
        UserId(by)
    }};
}
pub(super) use count_use;

/// Makes the actor a member of a group, whose row is locked, by the link of `by`.
macro_rules! let_in {
    ($tx:ident, $actor:expr, $room:expr, $by:expr) => {{
        let change = tell!($tx, $actor, $room, Some(Event::Invited { by: $by }));
        join!($tx, $room, $actor.user.0, Role::Member, $actor.now);
        change
    }};
}
pub(super) use let_in;

impl Db {
    /// Makes a link into a group.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the actor is no member, [`Error::Forbidden`] if not one who manages, or if
    /// there are [`crate::invitation::LINKS_MAX`] links; [`Error::Archived`].
    pub async fn invite_to_group(
        &self,
        actor: &Actor,
        room: RoomId,
        token: &str,
        terms: Terms,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            manage!(tx, actor, room);
            let count: i64 = sqlx::query_scalar(COUNT).bind(room.0).fetch_one(&mut *tx).await?;
            create_link!(tx, count, token, Some(room.0), actor.user, actor.now, terms);
        })?;
        Ok(())
    }

    /// The links into a group, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` is no member, [`Error::Forbidden`] if not one who manages.
    pub async fn invitations(&self, user: UserId, room: RoomId) -> Result<Vec<LinkRow>, Error> {
        let role: Option<String> = reading!(self, pool => {
            let role = sqlx::query_scalar(ROLE).bind(room.0).bind(user.0);
            role.fetch_optional(pool).await
        })?;
        if !role_of(&role.ok_or(Error::NotFound)?).manages() {
            return Err(Error::Forbidden);
        }
        let links = reading!(self, pool => {
            sqlx::query_as(OF_GROUP).bind(room.0).fetch_all(pool).await
        })?;
        Ok(links)
    }

    /// Revokes a link into a group, also of an archived one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the actor is no member, or there is no such link of this group;
    /// [`Error::Forbidden`] if they do not manage it.
    pub async fn revoke_invitation(
        &self,
        actor: &Actor,
        room: RoomId,
        invitation: InvitationId,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            if !enter!(tx, actor, room).manages() {
                return Err(Error::Forbidden.into());
            }
            let revoke = sqlx::query(REVOKE).bind(invitation.0).bind(room.0);
            if revoke.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
        })?;
        Ok(())
    }

    /// What a link opens at `now`; nothing if it does not work.
    pub async fn invited(&self, token: &str, now: i64) -> Result<Option<Invited>, Error> {
        type Row = (Option<i64>, Option<String>, Option<i64>, Option<i64>);
        let row: Option<Row> = reading!(self, pool => {
            sqlx::query_as(INVITED).bind(token).bind(now).fetch_optional(pool).await
        })?;
        Ok(row.map(|(id, name, members, picture)| Invited {
            token: token.to_owned(),
            group: id.map(|id| InvitedGroup {
                id: RoomId(id),
                name: name.unwrap_or_default(),
                members: members.unwrap_or_default(),
                has_picture: picture.is_some(),
            }),
        }))
    }

    /// The picture of the group that a link opens at `now`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the link does not work, or its group has none.
    pub async fn invited_picture(&self, token: &str, now: i64) -> Result<Stored, Error> {
        let found: Option<Stored> = reading!(self, pool => {
            sqlx::query_as(PICTURE).bind(token).bind(now).fetch_optional(pool).await
        })?;
        found.ok_or(Error::NotFound)
    }

    /// The group of a link, whether it works or not, if this user is in it.
    pub async fn joined_by_link(&self, user: UserId, token: &str) -> Result<Option<RoomId>, Error> {
        let room: Option<i64> = reading!(self, pool => {
            sqlx::query_scalar(JOINED).bind(token).bind(user.0).fetch_optional(pool).await
        })?;
        Ok(room.map(RoomId))
    }

    /// Joins the group of a link. Who is a member stays one, whether it works or not, and no use is
    /// counted; nor is one of a link to the server, since who comes by it has an account.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the link does not work.
    pub async fn accept_invitation(
        &self,
        actor: &Actor,
        token: &str,
    ) -> Result<Option<Change>, Error> {
        Ok(changing!(self, tx => {
            match lock_group_of!(tx, token) {
                None => None,
                Some(room) => Some(match role!(tx, room, actor.user) {
                    Some(_) => tell!(tx, actor, room, None),
                    None => {
                        let by = count_use!(tx, token, actor.now);
                        let_in!(tx, actor, room, by)
                    }
                }),
            }
        })?)
    }

    /// Removes links that have expired.
    pub async fn delete_expired_invitations(&self, now: i64) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(DELETE_EXPIRED).bind(now).execute(&mut *tx).await?;
        })?;
        Ok(())
    }
}
