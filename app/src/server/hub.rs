//! The hub: what is new for whom, in memory, so that an idle poll reads no table.
//!
//! Every published change takes the next *generation*, one counter for the whole server. Each
//! tracked reader carries the newest generation of anything that concerns them: a poll compares
//! that one number with its cursor. Only when they differ are the reader's rooms looked through.
//!
//! A generation is taken under the lock of the room that it changes, and a reader's generation is
//! read before those locks are taken; so whoever sees a generation also finds its change. Changes
//! are published after commit: whatever is read from the database afterwards includes them.

mod pages;
mod recent;

use super::presence::{Seat, Seated};
use crate::{
    error::Error,
    ids::{RoomId, UserId},
    message::Message,
    room::Room,
    sync::typing,
};
use pages::Pages;
use parking_lot::Mutex;
use quick_cache::{DefaultHashBuilder, Lifecycle, UnitWeighter, sync::Cache};
use recent::{Recent, View};
use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};
use tokio::sync::{Notify, futures::Notified};

/// In a room that more people read nobody is told who writes.
const TYPING_READERS: usize = 50;
/// Changes that a room remembers; a reader further behind gets the newest page instead.
const REMEMBERED: usize = 256;

/// What is new for whom; see the module's words.
pub struct Hub {
    /// Names this life of this server.
    epoch: u64,
    /// The newest generation that was handed out.
    clock: AtomicU64,
    readers: Cache<UserId, Arc<Reader>, UnitWeighter, DefaultHashBuilder, Forgetting>,
    /// Locked only when somebody starts to read, and when a change is published.
    rooms: Mutex<HashMap<RoomId, Arc<Head>>>,
    /// People whose profile changed, as `(generation, user)`.
    profiles: Mutex<Log<UserId>>,
    recent: Recent,
    pages: Pages,
}

/// Whoever falls out of the cache is forgotten.
#[derive(Clone)]
struct Forgetting;

impl Lifecycle<UserId, Arc<Reader>> for Forgetting {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _: UserId, reader: Arc<Reader>) {
        reader.forgotten.store(true, Ordering::SeqCst);
    }
}

/// A user who polls: what every poll reads, in one line of the processor's cache, and apart from it what
/// only news needs. Of ten thousand people each line, and each page of memory, is fetched anew.
pub struct Reader {
    generation: AtomicU64,
    /// They read by another reader now, or by none.
    forgotten: AtomicBool,
    /// When they last asked, for presence.
    seat: Seat,
    pub(super) more: Box<More>,
}

/// What news needs of a reader.
pub struct More {
    /// Nothing is known of changes up to this generation; set last when the reader is ready.
    since: OnceLock<u64>,
    rooms: OnceLock<Vec<(RoomId, Arc<Head>)>>,
    /// Where what is the reader's own of a room changed, by another tab say: how far they have read,
    /// or whether it is pinned, or what in it makes a stir.
    memberships: Mutex<HashMap<RoomId, u64>>,
    /// Where others have seen the reader's own messages.
    seen: Mutex<HashMap<RoomId, u64>>,
    /// The reader's rooms as they were told of last.
    views: Mutex<HashMap<RoomId, View>>,
    /// Wakes the polls of this reader that are held.
    woken: Notify,
    /// When a held poll was last answered for presence alone; a time of [`super::uptime`].
    pub(super) presence_told: AtomicI64,
}

/// A room's newest changes and its readers.
struct Head(Mutex<HeadState>);

struct HeadState {
    changes: Log<i64>,
    /// Readers were told of every revision up to this one, or began after it.
    told: i64,
    /// The room as all members see it alike, after its revision `last_rev`; the rest of it is of
    /// some member.
    shared: Option<Arc<Room>>,
    readers: Vec<Weak<Reader>>,
    /// Who writes at the moment, by generation and time ([`super::uptime`]).
    typing: Vec<(u64, UserId, i64)>,
}

impl Head {
    fn new(told: i64) -> Arc<Self> {
        let changes = Log::default();
        Arc::new(Self(Mutex::new(HeadState {
            changes,
            told,
            shared: None,
            readers: vec![],
            typing: vec![],
        })))
    }
}

/// The newest entries of a log with their generations, ascending.
struct Log<T> {
    recent: VecDeque<(u64, T)>,
    /// Entries up to this generation may have been forgotten.
    floor: u64,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { recent: VecDeque::new(), floor: 0 }
    }
}

impl<T: Copy> Log<T> {
    fn push(&mut self, generation: u64, entry: T) {
        if self.recent.len() == REMEMBERED
            && let Some((forgotten, _)) = self.recent.pop_front()
        {
            self.floor = forgotten;
        }
        self.recent.push_back((generation, entry));
    }

    /// Entries after `generation`; nothing if some may have been forgotten.
    fn after(&self, generation: u64) -> Option<impl Iterator<Item = T> + '_> {
        let first = self.recent.partition_point(|(at, _)| *at <= generation);
        (self.floor <= generation).then(|| self.recent.range(first..).map(|(_, entry)| *entry))
    }

    fn newest(&self) -> u64 {
        self.recent.back().map_or(self.floor, |(at, _)| *at)
    }
}

/// What a reader has not heard of yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The generation to go on from.
    pub generation: u64,
    /// Changed rooms: messages above this revision; none: too much changed to know; `i64::MAX`:
    /// only what is the reader's own of it.
    pub rooms: Vec<(RoomId, Option<i64>)>,
    pub people: Vec<UserId>,
    /// Rooms where somebody has seen the reader's own messages.
    pub seen: Vec<RoomId>,
    /// Who has begun to write, or goes on, and where; the reader, too.
    pub typing: Vec<(RoomId, UserId)>,
}

impl Hub {
    /// A hub that tracks `readers` people at least.
    #[must_use]
    pub fn new(epoch: u64, readers: usize) -> Self {
        Self {
            epoch,
            clock: AtomicU64::new(1),
            // quick_cache evicts before its capacity is reached; forgetting a reader costs them
            // one resync.
            readers: Cache::with(
                readers * 2 + 64,
                readers as u64 * 2 + 64,
                UnitWeighter,
                DefaultHashBuilder::default(),
                Forgetting,
            ),
            rooms: Mutex::default(),
            profiles: Mutex::default(),
            recent: Recent::default(),
            pages: Pages::default(),
        }
    }

    /// Names this life of this server.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The reader that this user polls with, if tracked and ready.
    #[must_use]
    pub fn reader(&self, user: UserId) -> Option<Arc<Reader>> {
        self.readers.get(&user).filter(|reader| reader.more.since.get().is_some())
    }

    /// The reader of this user, tracked from now on. `rooms` loads the user's rooms with the last
    /// revision of each; it is asked again if the user's memberships change meanwhile.
    ///
    /// # Errors
    /// What `rooms` fails with.
    pub async fn track<E, Loading>(
        &self,
        user: UserId,
        rooms: impl Fn() -> Loading,
    ) -> Result<Arc<Reader>, E>
    where
        Loading: Future<Output = Result<Vec<(RoomId, i64)>, E>>,
    {
        loop {
            let Ok(reader) =
                self.readers.get_or_insert_with(&user, || Ok::<_, Infallible>(Reader::new()));
            if reader.more.since.get().is_some() {
                return Ok(reader);
            }
            let rooms = rooms().await?;
            self.start(&reader, &rooms);
            // `forget` while the rooms were loaded has dropped this reader: start again.
            if self.readers.get(&user).is_some_and(|current| Arc::ptr_eq(&current, &reader)) {
                return Ok(reader);
            }
        }
    }

    /// Makes a reader hear of these rooms; the first of several calls wins.
    fn start(&self, reader: &Arc<Reader>, rooms: &[(RoomId, i64)]) {
        let heads = {
            let mut heads = self.rooms.lock();
            let mut head = |id, rev| Arc::clone(heads.entry(id).or_insert_with(|| Head::new(rev)));
            let mut rooms: Vec<_> = rooms.iter().map(|(id, rev)| (*id, head(*id, *rev))).collect();
            rooms.sort_unstable_by_key(|(id, _)| *id);
            rooms
        };
        if reader.more.rooms.set(heads).is_err() {
            return;
        }
        for (_, head) in reader.rooms() {
            let mut head = head.0.lock();
            head.readers.retain(|reader| reader.strong_count() > 0);
            head.readers.push(Arc::downgrade(reader));
        }
        let now = self.clock.load(Ordering::SeqCst);
        reader.generation.fetch_max(now, Ordering::SeqCst);
        // Cannot be set already: only the call that set `rooms` comes here.
        let _ = reader.more.since.set(now);
    }

    /// Forgets a reader whose memberships or sessions changed: the polls of theirs that are held,
    /// and else the next one, are told to resync; on each device of theirs, for the next reader
    /// knows nothing of cursors from before.
    pub fn forget(&self, user: UserId) {
        self.next();
        // Before it is removed, so that whoever finds it gone also finds it forgotten.
        if let Some(reader) = self.readers.peek(&user) {
            reader.forgotten.store(true, Ordering::SeqCst);
        }
        if let Some((_, reader)) = self.readers.remove(&user) {
            reader.more.woken.notify_waiters();
        }
    }

    /// Forgets the reader of this user if they do not know of this room, which is theirs.
    pub fn forget_unless_in(&self, user: UserId, room: RoomId) {
        if self.reader(user).is_some_and(|reader| reader.head(room).is_none()) {
            self.forget(user);
        }
    }

    /// Forgets whoever reads this room, which is gone.
    pub fn forget_readers(&self, room: RoomId) {
        let readers = self.readers.iter().filter(|(_, reader)| reader.head(room).is_some());
        let users: Vec<_> = readers.map(|(user, _)| user).collect();
        users.into_iter().for_each(|user| self.forget(user));
    }

    /// Forgets the rooms that nobody reads any more.
    pub fn tidy(&self) {
        self.rooms.lock().retain(|_, head| Arc::strong_count(head) > 1);
    }

    /// Makes every poll that is held look again.
    pub fn wake_all(&self) {
        for (_, reader) in self.readers.iter() {
            reader.more.woken.notify_waiters();
        }
    }

    /// Tells every reader of `room` that its revision `rev` is committed; `message` is what was said by it, or
    /// what got a reaction, if that is all that it did.
    pub fn publish(&self, room: RoomId, rev: i64, message: Option<Arc<Message>>) {
        if let Some(message) = &message {
            self.recent.keep(Arc::clone(message));
        }
        let Some(head) = self.rooms.lock().get(&room).cloned() else { return };
        let mut head = head.0.lock();
        // Revisions are committed in order, but published as it happens: those between are committed
        // too, and told with this one. Else a reader would hear of it first, and of them too late.
        let first = head.told + 1;
        if rev < first {
            return;
        }
        head.told = rev;
        let shared = head.shared.take().filter(|shared| shared.last_rev + 1 == rev);
        head.shared =
            shared.zip(message).map(|(shared, message)| Arc::new(recent::after(&shared, &message)));
        let generation = self.next();
        head.changes.push(generation, first);
        head.readers.retain(|reader| {
            let reader = reader.upgrade();
            reader.inspect(|reader| reader.hear(generation)).is_some()
        });
    }

    /// Tells this user's other tabs that what is their own of `room` changed.
    pub fn membership_changed(&self, user: UserId, room: RoomId) {
        self.note(user, room, |reader| &reader.more.memberships);
    }

    /// Tells this user that somebody has seen their messages in `room`.
    pub fn seen(&self, user: UserId, room: RoomId) {
        self.note(user, room, |reader| &reader.more.seen);
    }

    /// Tells the others in `room` that this reader writes at this time, unless they are too many for
    /// that. It is remembered for as long as it is shown.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the room is none of theirs.
    pub fn typing(
        &self,
        reader: &Reader,
        user: UserId,
        room: RoomId,
        now: i64,
    ) -> Result<(), Error> {
        let mut head = reader.head(room).ok_or(Error::NotFound)?.0.lock();
        head.readers.retain(|reader| reader.strong_count() > 0);
        if head.readers.len() > TYPING_READERS {
            return Ok(());
        }
        let generation = self.next();
        head.typing.retain(|(_, who, at)| *who != user && writes(*at, now));
        head.typing.push((generation, user, now));
        for reader in head.readers.iter().filter_map(Weak::upgrade) {
            reader.hear(generation);
        }
        Ok(())
    }

    fn note(&self, user: UserId, room: RoomId, of: fn(&Reader) -> &Mutex<HashMap<RoomId, u64>>) {
        // Whoever was removed hears nothing more of the room.
        let reader = self.reader(user).filter(|reader| reader.head(room).is_some());
        let Some(reader) = reader else { return };
        let mut rooms = of(&reader).lock();
        let generation = self.next();
        rooms.insert(room, generation);
        reader.hear(generation);
    }

    /// Tells everyone that this user's profile changed, or that they are new.
    pub fn profile_changed(&self, user: UserId) {
        let mut profiles = self.profiles.lock();
        let generation = self.next();
        profiles.push(generation, user);
        for (_, reader) in self.readers.iter() {
            reader.hear(generation);
        }
    }

    /// What happened after `generation` for this reader; nothing if memory does not reach back
    /// that far, or the generation is not one that was handed out: resync.
    #[must_use]
    pub fn news(&self, reader: &Reader, generation: u64, now: i64) -> Option<News> {
        let newest = reader.generation();
        if generation > newest || reader.more.since.get().is_none_or(|since| generation < *since) {
            return None;
        }
        let mut news = News { generation: newest, ..News::default() };
        for (room, head) in reader.rooms() {
            let head = head.0.lock();
            let is_new =
                |(told, _, at): &&(u64, UserId, i64)| *told > generation && writes(*at, now);
            let typing = head.typing.iter().filter(is_new);
            news.typing.extend(typing.map(|(_, user, _)| (*room, *user)));
            if head.changes.newest() > generation {
                let revs = head.changes.after(generation);
                news.rooms.push((*room, revs.and_then(Iterator::min).map(|rev| rev - 1)));
            }
        }
        for (room, at) in &*reader.more.memberships.lock() {
            if *at > generation && news.rooms.iter().all(|(changed, _)| changed != room) {
                news.rooms.push((*room, Some(i64::MAX)));
            }
        }
        let seen = reader.more.seen.lock();
        news.seen.extend(seen.iter().filter(|(_, at)| **at > generation).map(|(room, _)| *room));
        drop(seen);
        news.people = self.profiles.lock().after(generation)?.collect();
        news.people.sort_unstable();
        news.people.dedup();
        Some(news)
    }

    fn next(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Seated for Reader {
    fn seat(&self) -> &Seat {
        &self.seat
    }
}

impl Reader {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            generation: AtomicU64::new(0),
            forgotten: AtomicBool::new(false),
            seat: Seat::default(),
            more: Box::new(More {
                since: OnceLock::new(),
                rooms: OnceLock::new(),
                memberships: Mutex::default(),
                seen: Mutex::default(),
                views: Mutex::default(),
                woken: Notify::new(),
                presence_told: AtomicI64::new(i64::MIN / 2),
            }),
        })
    }

    /// Ready when something new concerns this reader, or they were forgotten, after it was enabled.
    pub fn woken(&self) -> Notified<'_> {
        self.more.woken.notified()
    }

    /// Whether what it says is not to be relied on any more: its memberships or sessions changed.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::SeqCst)
    }

    /// The newest generation of anything that concerns this reader.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    fn hear(&self, generation: u64) {
        self.generation.fetch_max(generation, Ordering::SeqCst);
        self.more.woken.notify_waiters();
    }

    fn head(&self, room: RoomId) -> Option<&Head> {
        let rooms = self.rooms();
        let at = rooms.binary_search_by_key(&room, |(id, _)| *id).ok()?;
        rooms.get(at).map(|(_, head)| &**head)
    }

    /// By ascending id.
    fn rooms(&self) -> &[(RoomId, Arc<Head>)] {
        self.more.rooms.get().map_or(&[], Vec::as_slice)
    }
}

/// Whether it is still shown that somebody who said so at a time writes.
fn writes(at: i64, now: i64) -> bool {
    now - at < i64::from(typing::SHOWN)
}

#[cfg(test)]
mod tests;
