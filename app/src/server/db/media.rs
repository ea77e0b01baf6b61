//! Uploaded files: their rows. The bytes are `server::media`'s.

use super::{
    Db,
    dialect::Inserted,
    run::{LIST_MAX, cut, push_list},
};
use crate::{
    error::Error,
    ids::{MediaId, UserId},
    media::{Attachment, AttachmentKind, Purpose},
};
use sqlx::QueryBuilder;
use std::collections::HashSet;

/// Leaves with [`Error::NotFound`] if this is no file that its owner uploaded for this purpose.
macro_rules! require_own {
    ($tx:ident, $media:expr, $owner:expr, $purpose:expr) => {{
        let own = sqlx::query_scalar($crate::server::db::media::IS_OWN).bind($media);
        let own = own.bind($owner.0).bind($purpose.as_str()).fetch_one(&mut *$tx);
        let own: i64 = own.await?;
        if own == 0 {
            return Err(Error::NotFound.into());
        }
    }};
}
pub(super) use require_own;

/// Takes out these rows; evaluates to where the files of those are that are gone.
macro_rules! take_out {
    ($tx:ident, $unused:expr) => {{
        let mut taken = Vec::new();
        for file in $unused {
            let delete = sqlx::query($crate::server::db::media::DELETE).bind(file.id);
            match delete.execute(&mut *$tx).await {
                Ok(_) => taken.push(file.stored),
                // Sent, or made an avatar, since it was looked up.
                Err(error) if $crate::server::db::run::is_foreign_key(&error) => {}
                Err(error) => return Err($crate::server::db::run::Failure::Sql(error)),
            }
        }
        taken
    }};
}
pub(super) use take_out;

/// What becomes of a message's attachments when it is a tombstone: it names none any more, and those
/// that nothing else names are taken out. Evaluates to where their files are, to be removed after the
/// commit.
macro_rules! release {
    ($tx:ident, $room:expr, $seq:expr) => {{
        use $crate::server::db::media::{NAMED_HERE_ALONE, UNNAME, Unused, take_out};
        let unused = sqlx::query_as(NAMED_HERE_ALONE).bind($room.0).bind($seq);
        let unused: Vec<Unused> = unused.fetch_all(&mut *$tx).await?;
        sqlx::query(UNNAME).bind($room.0).bind($seq).execute(&mut *$tx).await?;
        take_out!($tx, unused)
    }};
}
pub(super) use release;

/// An upload to be stored.
#[derive(Debug, Clone)]
pub struct NewMedia {
    pub owner: UserId,
    pub purpose: Purpose,
    /// Media type, such as `image/jpeg`.
    pub content_type: String,
    /// Media type of the thumbnail; empty, as `thumb_path`, where there is none.
    pub thumb_type: String,
    /// Name of the chosen file; cut to 200 characters.
    pub name: String,
    pub bytes: i64,
    pub width: u32,
    pub height: u32,
    pub thumb_width: u32,
    pub thumb_height: u32,
    /// Below the media folder, with `/`.
    pub path: String,
    pub thumb_path: String,
    pub now: i64,
}

/// Where a file's bytes are.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// [`Purpose::as_str`].
    pub purpose: String,
    pub path: String,
    pub thumb_path: String,
    pub content_type: String,
    pub thumb_type: String,
    pub name: String,
}

const NAME_MAX: usize = 200;

pub(super) const IS_OWN: &str =
    "SELECT COUNT(*) FROM media WHERE id = ? AND owner_id = ? AND purpose = ?";
const CREATE: &str = "INSERT INTO media (owner_id, purpose, content_type, thumb_type, name, bytes, \
    width, height, thumb_width, thumb_height, path, thumb_path, created) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const FIND: &str = "SELECT f.purpose, f.path, f.thumb_path, f.content_type, f.thumb_type, f.name \
    FROM media f WHERE f.id = ? AND (f.owner_id = ? \
    OR EXISTS (SELECT 1 FROM users u WHERE u.avatar_id = f.id) \
    OR EXISTS (SELECT 1 FROM rooms r WHERE r.avatar_id = f.id AND (r.visibility <> 'private' \
        OR EXISTS (SELECT 1 FROM memberships s WHERE s.room_id = r.id AND s.user_id = ?))) \
    OR EXISTS (SELECT 1 FROM message_media n \
        JOIN memberships s ON s.room_id = n.room_id AND s.user_id = ? WHERE n.media_id = f.id))";
const UNUSED: &str = "SELECT f.id, f.purpose, f.path, f.thumb_path, f.content_type, f.thumb_type, f.name \
    FROM media f WHERE f.created < ? \
    AND NOT EXISTS (SELECT 1 FROM message_media n WHERE n.media_id = f.id) \
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.avatar_id = f.id) \
    AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.avatar_id = f.id) ORDER BY f.id LIMIT ?";
/// What a message names, and no other message does.
pub(super) const NAMED_HERE_ALONE: &str = "SELECT f.id, f.purpose, f.path, f.thumb_path, f.content_type, \
    f.thumb_type, f.name FROM message_media n JOIN media f ON f.id = n.media_id \
    WHERE n.room_id = ? AND n.seq = ? AND NOT EXISTS (SELECT 1 FROM message_media o \
        WHERE o.media_id = n.media_id AND (o.room_id <> n.room_id OR o.seq <> n.seq))";
pub(super) const UNNAME: &str = "DELETE FROM message_media WHERE room_id = ? AND seq = ?";
const PATHS: &str = "SELECT path FROM media WHERE path IN ";
pub(super) const DELETE: &str = "DELETE FROM media WHERE id = ?";

/// An upload that may be taken out.
#[derive(sqlx::FromRow)]
pub(super) struct Unused {
    pub id: i64,
    #[sqlx(flatten)]
    pub stored: Stored,
}

const MESSENGER: &str = "SELECT value FROM server_state WHERE name = 'messenger'";
const SET_MESSENGER: &str = "INSERT INTO server_state (name, value) VALUES ('messenger', ?)";

impl Db {
    /// Stores an upload's row.
    pub async fn create_media(&self, media: &NewMedia) -> Result<Attachment, Error> {
        let name = cut(&media.name, NAME_MAX);
        let id = changing!(self, tx => {
            sqlx::query(CREATE)
                .bind(media.owner.0)
                .bind(media.purpose.as_str())
                .bind(media.content_type.as_str())
                .bind(media.thumb_type.as_str())
                .bind(name.as_str())
                .bind(media.bytes)
                .bind(i64::from(media.width))
                .bind(i64::from(media.height))
                .bind(i64::from(media.thumb_width))
                .bind(i64::from(media.thumb_height))
                .bind(media.path.as_str())
                .bind(media.thumb_path.as_str())
                .bind(media.now)
                .execute(&mut *tx)
                .await?
                .id()
        })?;
        Ok(Attachment {
            id: MediaId(id),
            kind: AttachmentKind::of(&media.content_type),
            name,
            bytes: media.bytes.unsigned_abs(),
            width: media.width,
            height: media.height,
            thumb_width: media.thumb_width,
            thumb_height: media.thumb_height,
        })
    }

    /// The file, if `user` may see it: their own; or somebody's present avatar; or the picture of a
    /// group that they may find; or named by a message of a room of theirs.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn media(&self, user: UserId, id: MediaId) -> Result<Stored, Error> {
        let file: Option<Stored> = reading!(self, pool => {
            let find = sqlx::query_as(FIND).bind(id.0).bind(user.0).bind(user.0).bind(user.0);
            find.fetch_optional(pool).await
        })?;
        file.ok_or(Error::NotFound)
    }

    /// Takes out uploads made before `before` that nothing uses, some hundreds at most; their files are
    /// the caller's to remove.
    pub async fn take_unused_media(&self, before: i64) -> Result<Vec<Stored>, Error> {
        let taken = changing!(self, tx => {
            let unused = sqlx::query_as(UNUSED).bind(before).bind(LIST_MAX as i64);
            let unused: Vec<Unused> = unused.fetch_all(&mut *tx).await?;
            take_out!(tx, unused)
        })?;
        Ok(taken)
    }

    /// Of these paths of files, those that a row names.
    pub async fn known_files(&self, paths: &[String]) -> Result<HashSet<String>, Error> {
        let mut known = HashSet::new();
        for paths in paths.chunks(LIST_MAX) {
            let found: Vec<String> = reading!(self, pool => {
                let mut query = QueryBuilder::new(PATHS);
                push_list(&mut query, paths.iter().map(String::as_str));
                query.build_query_scalar().fetch_all(pool).await
            })?;
            known.extend(found);
        }
        Ok(known)
    }
}

impl Db {
    /// A number that only this messenger has: given when it is first asked for, and anew after a restore.
    pub async fn messenger(&self) -> Result<i64, Error> {
        let known: Option<i64> = reading!(self, pool => {
            sqlx::query_scalar(MESSENGER).fetch_optional(pool).await
        })?;
        if let Some(known) = known {
            return Ok(known);
        }
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| Error::Internal)?;
        let number = i64::from_le_bytes(random) & i64::MAX;
        changing!(self, tx => {
            sqlx::query(SET_MESSENGER).bind(number).execute(&mut *tx).await?;
        })?;
        Ok(number)
    }
}
