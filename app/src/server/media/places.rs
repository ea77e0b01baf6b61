//! Places for uploads that are being received: each is a file on the disk and a connection that may be slow.

use crate::{error::Error, ids::UserId};
use quick_cache::sync::Cache;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::timeout};

/// Of all together; and of one person, so that others find a place.
const ALL: usize = 64;
const OF_ONE: usize = 8;
/// People who sent something lately, whose places are counted.
const COUNTED: usize = 1_000;
/// How long an upload waits for its place.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Places {
    all: Semaphore,
    of_one: Cache<UserId, Arc<Semaphore>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Semaphore::new(ALL), of_one: Cache::new(COUNTED) }
    }
}

impl Places {
    /// A place for an upload of this person's, until it is dropped.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if none became free in time.
    pub async fn take(&self, user: UserId) -> Result<impl Send + '_, Error> {
        let free = || Ok::<_, Infallible>(Arc::new(Semaphore::new(OF_ONE)));
        let Ok(own) = self.of_one.get_or_insert_with(&user, free);
        let place = async { Ok((own.acquire_owned().await?, self.all.acquire().await?)) };
        let place = timeout(PATIENCE, place).await.map_err(|_| Error::Unavailable)?;
        place.map_err(|_: tokio::sync::AcquireError| Error::Internal)
    }
}
