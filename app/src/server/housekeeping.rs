//! What is done again and again beside the requests.

use super::{App, now};
use crate::error::Error;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How soon a session that another process ended is refused here.
const REVOCATIONS: Duration = Duration::from_secs(2);
/// How long the database is waited for then: a connection may never tell that its other end is gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often what is not needed any more is removed.
const TIDYING: Duration = Duration::from_secs(60 * 60);
/// An hour, in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;
/// How long an upload may wait for its message, in milliseconds: a day.
const UNUSED_UPLOAD: i64 = 24 * HOUR;

/// Begins the housekeeping of a server; it ends with the runtime. Call it once.
pub fn spawn_housekeeping(app: App) {
    tokio::spawn(watch_revocations(app.clone()));
    let present = app.clone();
    tokio::spawn(async move { present.presence.run(&present.pace).await });
    let indexed = app.clone();
    tokio::spawn(async move { indexed.index_rest().await });
    let paced = app.clone();
    tokio::spawn(async move { paced.pace.run().await });
    tokio::spawn(async move {
        let mut ticks = interval(TIDYING);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // The database has logged why; the next hour tries again.
            let _ = tidy(&app).await;
        }
    });
}

/// Notices that another process ended sessions, set something, or changed who is in the default groups.
async fn watch_revocations(app: App) {
    let mut known = None;
    let mut ticks = interval(REVOCATIONS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // No answer: try again; sessions in memory go on meanwhile.
        let Ok(Ok(count)) = timeout(PATIENCE, app.db.revocations()).await else { continue };
        if known.is_some_and(|before| before != count) && app.hear_of_others().await.is_err() {
            continue;
        }
        known = Some(count);
    }
}

impl App {
    /// Hears of what another process, say `sampleim user admin`, did.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: then it is to be heard of again.
    pub async fn hear_of_others(&self) -> Result<(), Error> {
        self.end_believing();
        self.load_rules().await?;
        self.publish(&self.db.default_changes().await?);
        Ok(())
    }
}

async fn tidy(app: &App) -> Result<(), Error> {
    app.limits.tidy();
    app.hub.tidy();
    app.media.remove_half_written().await;
    app.note_last_used().await?;
    app.db.delete_expired_sessions(now()).await?;
    app.db.delete_expired_links(now()).await?;
    app.db.delete_expired_invitations(now()).await?;
    app.finish_deletions().await?;
    app.retire().await?;
    loop {
        let unused = app.db.take_unused_media(now() - UNUSED_UPLOAD).await?;
        if unused.is_empty() {
            break;
        }
        // The rows first: a crash in between leaves files that nobody names, and the sweep finds.
        app.media.remove(&unused).await;
    }
    let hour = now() / HOUR % 24;
    app.media.sweep(&app.db, u8::try_from(hour).unwrap_or_default()).await?;
    Ok(())
}
