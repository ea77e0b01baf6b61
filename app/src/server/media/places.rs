//! Places for uploads that are being received and made safe: each is a file on the disk, a connection that may be
//! slow, and then perhaps a picture to decode.

use crate::{error::Error, ids::UserId};
use quick_cache::sync::Cache;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    time::timeout,
};

/// Of all together; and of one person, so that others find a place.
const ALL: usize = 64;
const OF_ONE: usize = 8;
/// People who sent something lately, whose places are counted.
const COUNTED: usize = 1_000;
/// How long an upload waits for its place.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Places {
    all: Arc<Semaphore>,
    of_one: Cache<UserId, Own>,
}

/// One person's.
#[derive(Clone)]
struct Own {
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

/// A place, until it is dropped.
pub struct Place {
    turn: Arc<Semaphore>,
    _held: [OwnedSemaphorePermit; 2],
}

impl Place {
    /// One person's pictures are decoded one after the other, so that others' need not wait for all of them.
    ///
    /// # Errors
    /// None, as long as the server runs.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, Error> {
        self.turn.acquire().await.map_err(|_| Error::Internal)
    }
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(ALL)), of_one: Cache::new(COUNTED) }
    }
}

impl Places {
    /// A place for an upload of this person's, from its first byte until it is stored.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if none became free in time.
    pub async fn take(&self, user: UserId) -> Result<Place, Error> {
        let few = |count| Arc::new(Semaphore::new(count));
        let free = || Ok::<_, Infallible>(Own { places: few(OF_ONE), turn: few(1) });
        let Ok(Own { places, turn }) = self.of_one.get_or_insert_with(&user, free);
        let all = self.all.clone();
        let held = async { Ok([places.acquire_owned().await?, all.acquire_owned().await?]) };
        let held = timeout(PATIENCE, held).await.map_err(|_| Error::Unavailable)?;
        let _held = held.map_err(|_: AcquireError| Error::Internal)?;
        Ok(Place { turn, _held })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn taken(places: &Places, user: i64) -> Option<Place> {
        places.take(UserId(user)).now_or_never().map(Result::unwrap)
    }

    #[tokio::test]
    async fn one_person_s_pictures_take_turns_and_another_s_do_not_wait_for_them() {
        let places = Places::default();
        let [first, second, other] = [1, 1, 2].map(|user| taken(&places, user).unwrap());
        let turn = first.turn().await.unwrap();
        assert!(second.turn().now_or_never().is_none());
        assert!(other.turn().now_or_never().is_some());
        drop(turn);
        assert!(second.turn().now_or_never().is_some());
    }

    #[tokio::test]
    async fn one_person_has_so_many_places_until_they_are_dropped() {
        let places = Places::default();
        let mut held: Vec<_> = (0..OF_ONE).map(|_| taken(&places, 1)).collect();
        assert!(held.iter().all(Option::is_some) && taken(&places, 1).is_none());
        assert!(taken(&places, 2).is_some());
        held.pop();
        assert!(taken(&places, 1).is_some());
    }
}
