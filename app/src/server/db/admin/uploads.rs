//! Uploads of everybody.

use super::{
    By, Part,
    audit::{note, shown},
    rows::{Sum, Upload},
};
use crate::{
    admin::Action,
    error::Error,
    ids::{MediaId, RoomId, UserId},
    media::Attachment,
    message::Kind,
    server::db::{
        Change, Db,
        admin::messages::{BURY, LAST_REV, TAKE_REVS},
        indexing::reindex,
        media::{DELETE, Stored},
        message_row::{MessageRow, kind_with, list_of, text_of_list},
        messages::{BY_SEQ, FORGET_SAID},
        run::{Failure, is_foreign_key},
    },
};

/// The columns of an [`Upload`], then the order.
macro_rules! select_upload {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.name, f.purpose, f.bytes, f.created, u.id AS owner_id, ",
            "u.name AS owner, r.id AS room_id, r.kind AS room_kind, r.name AS room ",
            "FROM media f JOIN users u ON u.id = f.owner_id ",
            "LEFT JOIN rooms r ON r.id = COALESCE((SELECT MIN(n.room_id) FROM message_media n ",
            "WHERE n.media_id = f.id), (SELECT MIN(g.id) FROM rooms g WHERE g.avatar_id = f.id)) ",
            $rest
        )
    };
}

const NEWEST: &str = select_upload!("ORDER BY f.id DESC LIMIT ? OFFSET ?");
const LARGEST: &str = select_upload!("ORDER BY f.bytes DESC, f.id DESC LIMIT ? OFFSET ?");
const BY_OWNER: &str = "SELECT u.id, u.name, '' AS kind, COUNT(*) AS uploads, \
    CAST(SUM(f.bytes) AS SIGNED) AS bytes FROM media f JOIN users u ON u.id = f.owner_id \
    GROUP BY u.id, u.name ORDER BY bytes DESC, u.id LIMIT 10";
const BY_ROOM: &str = "SELECT r.id, r.name, r.kind, COUNT(*) AS uploads, \
    CAST(SUM(f.bytes) AS SIGNED) AS bytes FROM \
    (SELECT DISTINCT room_id, media_id FROM message_media) n JOIN media f ON f.id = n.media_id \
    JOIN rooms r ON r.id = n.room_id GROUP BY r.id, r.name, r.kind ORDER BY bytes DESC, r.id LIMIT 10";
const STORED: &str = "SELECT f.purpose, f.path, f.thumb_path, f.content_type, f.thumb_type, f.name \
    FROM media f WHERE f.id = ?";
const OWNER: &str =
    "SELECT u.id, u.name FROM media f JOIN users u ON u.id = f.owner_id WHERE f.id = ?";
const USED_BY: &str =
    "SELECT room_id, seq FROM message_media WHERE media_id = ? ORDER BY room_id, seq";
const CARRIED: &str = "SELECT body, attachments FROM messages \
    WHERE room_id = ? AND seq = ? AND deleted IS NULL";
const WITHOUT: &str =
    "UPDATE messages SET rev = ?, kind = ?, attachments = ? WHERE room_id = ? AND seq = ?";
/// Locks the upload: a message that is to carry it waits until it is gone. If each waits for the other, MySQL
/// ends one of the two, which is run again.
const LOCK: &str = "UPDATE media SET bytes = bytes WHERE id = ?";
const NAMED_NOWHERE: &str = "DELETE FROM message_media WHERE media_id = ?";
const NO_FACE: &str = "UPDATE users SET avatar_id = NULL WHERE avatar_id = ?";
const FACED: &str = "SELECT id FROM rooms WHERE avatar_id = ? ORDER BY id";
const NO_ROOM_FACE: &str = "UPDATE rooms SET avatar_id = NULL WHERE id = ?";

impl Db {
    /// Uploads, the newest or the largest first; whether there are more.
    pub async fn uploads(&self, largest: bool, part: Part) -> Result<(Vec<Upload>, bool), Error> {
        let statement = if largest { LARGEST } else { NEWEST };
        let rows = reading!(self, pool => {
            let list = sqlx::query_as(statement).bind(part.limit()).bind(part.offset());
            list.fetch_all(pool).await
        })?;
        Ok(shown(rows))
    }

    /// The ten people, and the ten rooms, whose uploads take the most.
    pub async fn upload_sums(&self) -> Result<(Vec<Sum>, Vec<Sum>), Error> {
        let people = reading!(self, pool => sqlx::query_as(BY_OWNER).fetch_all(pool).await)?;
        let rooms = reading!(self, pool => sqlx::query_as(BY_ROOM).fetch_all(pool).await)?;
        Ok((people, rooms))
    }

    /// Removes an upload from wherever it is shown: a message keeps its words; one without becomes a
    /// tombstone. Returns the rooms' changes, its owner, and its files, which are the caller's to remove.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_upload(
        &self,
        by: &By,
        media: MediaId,
    ) -> Result<(Vec<Change>, UserId, Stored), Error> {
        Ok(changing!(self, tx => {
            sqlx::query(LOCK).bind(media.0).execute(&mut *tx).await?;
            let owner = sqlx::query_as(OWNER).bind(media.0).fetch_optional(&mut *tx);
            let owner: Option<(i64, String)> = owner.await?;
            let (owner, name) = owner.ok_or(Error::NotFound)?;
            let stored: Stored =
                sqlx::query_as(STORED).bind(media.0).fetch_one(&mut *tx).await?;
            let used = sqlx::query_as(USED_BY).bind(media.0).fetch_all(&mut *tx);
            let used: Vec<(i64, i64)> = used.await?;
            let mut changes = Vec::new();
            for (room, seq) in used {
                // Locks the room: what is read of the message after it is so until the end.
                sqlx::query(TAKE_REVS).bind(1_i64).bind(room).execute(&mut *tx).await?;
                let rev: i64 = sqlx::query_scalar(LAST_REV).bind(room).fetch_one(&mut *tx).await?;
                changes.push(Change { room: RoomId(room), rev });
                let carried = sqlx::query_as(CARRIED).bind(room).bind(seq);
                let carried: Option<(String, Option<String>)> =
                    carried.fetch_optional(&mut *tx).await?;
                // Deleted meanwhile.
                let Some((body, carried)) = carried else { continue };
                let mut carried = list_of::<Attachment>(carried.as_deref());
                carried.retain(|attachment| attachment.id != media);
                let change = if body.is_empty() && carried.is_empty() {
                    for forget in FORGET_SAID {
                        sqlx::query(forget).bind(room).bind(seq).execute(&mut *tx).await?;
                    }
                    sqlx::query(BURY).bind(rev).bind("").bind(by.now)
                } else {
                    let kind = kind_with(Kind::Text, &carried).as_str();
                    sqlx::query(WITHOUT).bind(rev).bind(kind).bind(text_of_list(&carried))
                };
                change.bind(room).bind(seq).execute(&mut *tx).await?;
                let changed = sqlx::query_as(BY_SEQ).bind(room).bind(seq).fetch_one(&mut *tx);
                let changed: MessageRow = changed.await?;
                reindex!(tx, changed);
            }
            sqlx::query(NO_FACE).bind(media.0).execute(&mut *tx).await?;
            let faced: Vec<i64> =
                sqlx::query_scalar(FACED).bind(media.0).fetch_all(&mut *tx).await?;
            for room in faced {
                sqlx::query(TAKE_REVS).bind(1_i64).bind(room).execute(&mut *tx).await?;
                sqlx::query(NO_ROOM_FACE).bind(room).execute(&mut *tx).await?;
                let rev = sqlx::query_scalar(LAST_REV).bind(room).fetch_one(&mut *tx).await?;
                changes.push(Change { room: RoomId(room), rev });
            }
            sqlx::query(NAMED_NOWHERE).bind(media.0).execute(&mut *tx).await?;
            sqlx::query(DELETE).bind(media.0).execute(&mut *tx).await?;
            note!(tx, by, Action::RemoveUpload, &stored.name, &name);
            (changes, UserId(owner), stored)
        })?)
    }

    /// Takes out those of these uploads that nothing uses any more; their files are the caller's to
    /// remove.
    pub async fn take_media(&self, media: &[MediaId]) -> Result<Vec<Stored>, Error> {
        if media.is_empty() {
            return Ok(vec![]);
        }
        Ok(changing!(self, tx => {
            let mut taken = Vec::new();
            for media in media {
                let stored = sqlx::query_as(STORED).bind(media.0).fetch_optional(&mut *tx);
                let stored: Option<Stored> = stored.await?;
                match sqlx::query(DELETE).bind(media.0).execute(&mut *tx).await {
                    Ok(_) => taken.extend(stored),
                    Err(error) if is_foreign_key(&error) => {}
                    Err(error) => return Err(Failure::Sql(error)),
                }
            }
            taken
        })?)
    }
}
