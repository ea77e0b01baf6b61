//! The newest messages of rooms as they were read last, so that opening a room where nothing has
//! happened since reads no table.

use super::{
    Hub, Reader,
    recent::{OVERHEAD, weight},
};
use crate::{ids::RoomId, message::Page};
use quick_cache::{Weighter, sync::Cache};
use std::sync::Arc;

/// What pages may take in memory, in bytes.
const MEMORY: u64 = 32 << 20;
/// How many pages memory is prepared for.
const PAGES: usize = 2_000;
/// A room's newest page, and the revision that its readers had been told of before it was read.
type Read = (i64, Arc<Page>);

/// Newest pages, by room.
pub(super) struct Pages(Cache<RoomId, Read, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<RoomId, Read> for ByBytes {
    fn weight(&self, _: &RoomId, (_, page): &Read) -> u64 {
        OVERHEAD + page.messages.iter().chain(&page.quoted).map(weight).sum::<u64>()
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self(Cache::with_weighter(PAGES, MEMORY, ByBytes))
    }
}

impl Hub {
    /// The newest page of a room of this reader's: from memory if nothing was published there since it
    /// was read, else by `read`. It has no people.
    ///
    /// # Errors
    /// What `read` fails with.
    pub async fn newest_page<E>(
        &self,
        reader: &Reader,
        room: RoomId,
        read: impl Future<Output = Result<Page, E>>,
    ) -> Result<Page, E> {
        // Before it is read: whatever is published meanwhile makes it void.
        let Some(told) = reader.head(room).map(|head| head.0.lock().told) else {
            return read.await;
        };
        if let Some((_, page)) = self.pages.0.get(&room).filter(|(at, _)| *at == told) {
            return Ok(Arc::unwrap_or_clone(page));
        }
        let page = read.await?;
        self.pages.0.insert(room, (told, Arc::new(page.clone())));
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;
    use std::{
        convert::Infallible,
        sync::atomic::{AtomicU32, Ordering},
    };

    #[tokio::test]
    async fn a_page_is_read_again_after_something_happened_in_its_room() {
        let (hub, room, other) = (Hub::new(1, 10), RoomId(1), RoomId(2));
        let rooms = async || Ok::<_, Infallible>(vec![(room, 7), (other, 7)]);
        let Ok(reader) = hub.track(UserId(1), rooms).await;
        let reads = AtomicU32::new(0);
        let open = async |at: RoomId| {
            let read = async {
                reads.fetch_add(1, Ordering::SeqCst);
                // While it is read, something may be said.
                if reads.load(Ordering::SeqCst) == 2 {
                    hub.publish(room, 9, None);
                }
                let (messages, quoted, people) = (vec![], vec![], vec![]);
                Ok::<_, Infallible>(Page { room: at, messages, has_older: false, quoted, people })
            };
            let Ok(page) = hub.newest_page(&reader, at, read).await;
            (page.room, reads.load(Ordering::SeqCst))
        };
        assert_eq!((open(room).await, open(room).await), ((room, 1), (room, 1)));
        hub.publish(room, 8, None);
        assert_eq!(
            (open(room).await, open(room).await),
            ((room, 2), (room, 3)),
            "9 came meanwhile"
        );
        assert_eq!((open(other).await, open(room).await), ((other, 4), (room, 4)));
        let stranger = RoomId(3);
        assert_eq!((open(stranger).await, open(stranger).await), ((stranger, 5), (stranger, 6)));
    }
}
