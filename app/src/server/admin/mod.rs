//! What the administration area does beside the database: who is out is out at once, who reads a room
//! hears of what was done there.

pub mod overview;
pub mod page;
pub mod reset;

use super::{
    App,
    db::{Change, admin::By},
    now,
    sync::random_client_id,
    uptime,
};
use crate::{
    error::Error,
    ids::{MediaId, RoomId, UserId},
};
use std::time::Duration;

/// How many messages are made tombstones by one transaction: no more than one answer to a poll holds.
const BATCH: u32 = 100;
/// Between two of these others write.
const PAUSE: Duration = Duration::from_millis(20);
/// How many messages of a deleted group are removed by one transaction.
const CLEARED: u32 = 500;

impl App {
    /// What somebody was is not believed any more: their sessions are looked up again, their polls that
    /// are held are answered, and they are gone from the list of who is here.
    pub fn send_away(&self, user: UserId) {
        self.end_believing();
        self.hub.forget(user);
        self.presence.leave(user, uptime());
        self.profile_changed(user);
    }

    /// Deletes a user; their messages too, beside this request, if that is wanted.
    ///
    /// # Errors
    /// Those of [`super::db::Db::delete_user`].
    pub async fn delete_user(&self, by: &By, user: UserId, erase: bool) -> Result<(), Error> {
        let changes = self.db.delete_user(by, user, erase, &random_client_id()?).await?;
        self.send_away(user);
        self.publish(&changes);
        self.go_on();
        Ok(())
    }

    /// Deletes a group; its messages and files go beside this request.
    ///
    /// # Errors
    /// Those of [`super::db::Db::delete_group`].
    pub async fn delete_group(&self, by: &By, room: RoomId) -> Result<(), Error> {
        let deleted = self.db.delete_group(by, room).await;
        // A commit whose answer was lost may have happened.
        if matches!(deleted, Ok(()) | Err(Error::Unavailable)) {
            self.hub.forget_readers(room);
            self.go_on();
        }
        deleted
    }

    /// Does what is left to do without being waited for; what an end of the server interrupts is gone on
    /// with by the housekeeping.
    pub fn go_on(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            // The database has logged why; the housekeeping tries again.
            let _ = app.finish_deletions().await;
            let _ = app.retire().await;
        });
    }

    /// Makes tombstones of the messages of those who were deleted with them, and removes what deleted
    /// groups had.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn finish_deletions(&self) -> Result<(), Error> {
        loop {
            let found = self.db.to_erase(5_000).await?;
            if found.is_empty() {
                break;
            }
            for places in found.chunk_by(|one, other| one.0 == other.0) {
                for part in places.chunks(BATCH as usize) {
                    let seqs: Vec<i64> = part.iter().map(|(_, seq)| *seq).collect();
                    self.buried(self.db.bury(part[0].0, &seqs, now()).await?).await?;
                }
            }
        }
        while let Some(freed) = self.db.clear_deleted_group(CLEARED).await? {
            self.remove_unused(&freed).await?;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Removes the messages that are older than the days set.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn retire(&self) -> Result<(), Error> {
        loop {
            let now = now();
            let rooms = self.db.overdue(self.rules().retention, now).await?;
            if rooms.is_empty() {
                return Ok(());
            }
            for (room, days) in rooms {
                self.buried(self.db.retire(room, days, BATCH, now).await?).await?;
            }
        }
    }

    /// Tells of messages that became tombstones, and removes their files.
    async fn buried(&self, (change, freed): (Option<Change>, Vec<MediaId>)) -> Result<(), Error> {
        self.publish(change.as_slice());
        self.remove_unused(&freed).await?;
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    /// Removes those of these uploads that nothing uses any more, with their files.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn remove_unused(&self, media: &[MediaId]) -> Result<(), Error> {
        self.media.remove(&self.db.take_media(media).await?).await;
        Ok(())
    }
}
