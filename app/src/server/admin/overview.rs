//! The overview: counted when it is asked for, and again a minute later.

use crate::{
    admin::Overview,
    error::Error,
    presence::Presence,
    server::{App, now},
};
use parking_lot::Mutex;
use std::sync::Arc;

/// How long the numbers are believed, in milliseconds.
const BELIEVED: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// How many days the chart shows.
const DAYS: i64 = 30;

/// What was counted last, and when.
#[derive(Default)]
pub struct Counted(Mutex<Option<(i64, Arc<Overview>)>>);

impl App {
    /// The numbers at a glance; at most a minute old, but for who is online.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn overview(&self) -> Result<Overview, Error> {
        let now = now();
        let known = self.counted.0.lock().clone();
        let counted = match known.filter(|(at, _)| (0..BELIEVED).contains(&(now - at))) {
            Some((_, counted)) => counted,
            None => {
                let counted = Arc::new(self.count(now).await?);
                *self.counted.0.lock() = Some((now, Arc::clone(&counted)));
                counted
            }
        };
        let (_, present) = self.presence.all();
        let online = present.iter().filter(|(_, presence)| *presence == Presence::Online).count();
        Ok(Overview { online, ..Overview::clone(&counted) })
    }

    async fn count(&self, now: i64) -> Result<Overview, Error> {
        let today = now.div_euclid(DAY);
        let mut days = Vec::new();
        for day in today - DAYS + 1..=today {
            let count = self.db.messages_between(day * DAY, (day + 1) * DAY).await?;
            days.push((day, count));
        }
        let (numbers, database) = (self.db.numbers().await?, self.db.size().await?);
        Ok(Overview { numbers, online: 0, database, days })
    }
}
