//! Uploaded files: their rows. The bytes are `server::media`'s.

use super::{
    Db,
    dialect::Inserted,
    run::{Failure, cut},
};
use crate::{
    error::Error,
    ids::{MediaId, UserId},
    media::{Picture, Purpose},
};
use sqlx::error::DatabaseError;

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

/// An upload to be stored.
#[derive(Debug, Clone)]
pub struct NewMedia {
    pub owner: UserId,
    pub purpose: Purpose,
    /// Media type, such as `image/jpeg`.
    pub content_type: String,
    /// Media type of the thumbnail.
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
    OR EXISTS (SELECT 1 FROM messages m \
        JOIN memberships s ON s.room_id = m.room_id AND s.user_id = ? \
        WHERE m.media_id = f.id AND m.deleted IS NULL))";
const UNUSED: &str = "SELECT f.id, f.purpose, f.path, f.thumb_path, f.content_type, f.thumb_type, f.name \
    FROM media f WHERE f.created < ? \
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.media_id = f.id) \
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.avatar_id = f.id) \
    AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.avatar_id = f.id) ORDER BY f.id";
pub(super) const DELETE: &str = "DELETE FROM media WHERE id = ?";

/// An upload that may be taken out.
#[derive(sqlx::FromRow)]
struct Unused {
    id: i64,
    #[sqlx(flatten)]
    stored: Stored,
}

impl Db {
    /// Stores an upload's row.
    pub async fn create_media(&self, media: &NewMedia) -> Result<Picture, Error> {
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
        Ok(Picture {
            id: MediaId(id),
            name,
            width: media.width,
            height: media.height,
            thumb_width: media.thumb_width,
            thumb_height: media.thumb_height,
        })
    }

    /// The file, if `user` may see it: their own; or somebody's present avatar; or the picture of a
    /// group that they may find; or in a message (not deleted) of a room of theirs.
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

    /// Takes out uploads made before `before` that nothing uses; their files are
    /// the caller's to remove.
    pub async fn take_unused_media(&self, before: i64) -> Result<Vec<Stored>, Error> {
        let taken = changing!(self, tx => {
            let unused: Vec<Unused> =
                sqlx::query_as(UNUSED).bind(before).fetch_all(&mut *tx).await?;
            let mut taken = Vec::new();
            for file in unused {
                match sqlx::query(DELETE).bind(file.id).execute(&mut *tx).await {
                    Ok(_) => taken.push(file.stored),
                    // Sent or made an avatar since it was looked up.
                    Err(error) if is_in_use(&error) => {}
                    Err(error) => return Err(Failure::Sql(error)),
                }
            }
            taken
        })?;
        Ok(taken)
    }
}

pub(super) fn is_in_use(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(DatabaseError::is_foreign_key_violation)
}
