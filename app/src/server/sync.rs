//! What a client gets: the snapshot that a page starts with, and what has changed since.
//!
//! The order of reading is what makes it sound: first the cursor, then the rooms, then their
//! messages. Each may be newer than the one before, never older, and the client merges by
//! `(room, seq)` with the higher `rev` winning, so that hearing of a change twice is harmless.

use super::{App, hub::Reader, people::FirstPeople, presence::Tab, session::Caller};
use crate::{
    error::Error,
    ids::{ClientId, RoomId, UserId},
    message::{self, Message, Page, Stretch},
    room::Room,
    sync::{Cursor, DELTA_MAX, Delta, HOLD_MAX, PresenceDelta, RoomDelta, Snapshot, Update},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::time::Instant;

/// Between two answers for presence alone there is at least this time; milliseconds.
const PRESENCE_PAUSE: i64 = 1_000;
/// So many of those who are here are named in a page's first list, wherever their names are.
const PRESENT: usize = 100;

/// So many bytes of words are gathered for one answer; it is made in memory, and has to get through in time.
const DELTA_BYTES: usize = 1_000_000;
/// Beyond that, so many of each further room's newest page: more than a screen holds, so that one who looks
/// there scrolls to the rest.
const END_BYTES: usize = 32_000;

/// A hidden page asks again at once, for its browser lets no timer run; so the pause between its
/// answers is kept here.
const HIDDEN_PAUSE: Duration = Duration::from_secs(1);

/// What a poll asks for; see [`crate::sync::api::poll`].
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub cursor: Cursor,
    pub hold: u32,
    pub hidden: bool,
    pub pace: u32,
}

/// Marks a request that was held already: it is answered now, news or not.
#[derive(Debug, Clone, Copy)]
pub struct Held;

impl Asked {
    fn tab(&self) -> Tab {
        if self.hidden { Tab::Hidden } else { Tab::Visible }
    }

    /// Whether the client knows this pace. One that says none, a bot, is not told of another.
    fn is_paced(&self, pace: u32) -> bool {
        [0, pace].contains(&self.pace)
    }
}

impl App {
    /// All that a page needs to start, with the newest messages of the room that is open, or its
    /// page before `before`. A room that is not the user's is not there.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the user is gone; [`Error::Unavailable`].
    pub async fn snapshot(
        &self,
        caller: Caller,
        open: Option<RoomId>,
        before: Option<i64>,
    ) -> Result<Snapshot, Error> {
        let user = caller.id;
        let reader = self.track(user).await?;
        self.presence.touch(user, Tab::Visible, super::uptime());
        let generation = reader.generation();
        let (version, presence) = self.presence.all();
        let rooms = self.rooms(user, &reader, generation).await?;
        let open = match open {
            Some(room) => found(self.open(user, &reader, room, before).await)?,
            None => None,
        };
        let first = self.first_people().await?;
        let (mut people, people_after) = FirstPeople::unwrap_or_clone(first);
        let known: BTreeSet<_> = people.iter().map(|person| person.id).collect();
        let in_page = open.iter().flat_map(Page::shown);
        let present = presence.iter().map(|(user, _)| *user).take(PRESENT);
        let mentioned: BTreeSet<_> =
            rooms.iter().flat_map(mentioned).chain(in_page).chain(present).chain([user]).collect();
        people.extend(self.people(mentioned.difference(&known).copied()).await?);
        let me = people.iter().find(|person| person.id == user).cloned();
        Ok(Snapshot {
            me: me.ok_or(Error::Unauthenticated)?,
            is_admin: caller.is_admin,
            cursor: self.cursor(user, generation, version),
            rooms,
            people,
            people_after,
            presence,
            open,
            next_poll_ms: self.pace.get(),
            upload_limit: self.rules().upload_limit,
            now: super::now(),
            form_id: random_client_id()?,
        })
    }

    /// The page of a room that is opened: its newest, or the one before a place.
    async fn open(
        &self,
        user: UserId,
        reader: &Arc<Reader>,
        room: RoomId,
        before: Option<i64>,
    ) -> Result<Page, Error> {
        let read = |stretch| self.db.history(user, room, stretch, message::PAGE);
        if let Some(place) = before {
            return read(Stretch::Before(place)).await;
        }
        let page = self.hub.newest_page(reader, room, read(Stretch::Newest)).await?;
        // Memory knows no memberships; see `poll`.
        if reader.is_forgotten() { read(Stretch::Newest).await } else { Ok(page) }
    }

    /// Waits for news as long as was asked for; whether it waited at all. A held poll costs its
    /// future and its connection: no thread, and nothing that asks again and again.
    pub async fn hold(&self, user: UserId, asked: &Asked) -> bool {
        let hold = Duration::from_millis(asked.hold.min(HOLD_MAX).into());
        if hold.is_zero() {
            return false;
        }
        let knows = asked.cursor.epoch == self.epoch(user) && asked.is_paced(self.pace.get());
        let Some(reader) = self.hub.reader(user).filter(|_| knows) else {
            if asked.hidden {
                tokio::time::sleep(HIDDEN_PAUSE).await;
            }
            return false;
        };
        let held = self.presence.hold(user, asked.tab(), super::uptime());
        tokio::select! {
            () = self.news_for(&reader, asked) => {}
            () = tokio::time::sleep(hold) => {}
            () = self.closing.cancelled() => {}
        }
        held.answer();
        true
    }

    /// Ready when this reader has news: at once for what happened in their rooms, at most once a
    /// second for presence alone. A hidden page hears at most once a second, and not of presence,
    /// which nobody looks at.
    async fn news_for(&self, reader: &Reader, asked: &Asked) {
        let believed = self.sessions.epoch();
        let begun = Instant::now();
        loop {
            let (woken, presence) = (reader.woken(), self.presence.changed());
            tokio::pin!(woken, presence);
            // Before looking, so that what happens while looking is not missed.
            woken.as_mut().enable();
            presence.as_mut().enable();
            let is_news = reader.generation() != asked.cursor.generation || reader.is_forgotten();
            if is_news || self.sessions.epoch() != believed {
                if asked.hidden {
                    tokio::time::sleep_until(begun + HIDDEN_PAUSE).await;
                }
                return;
            }
            if asked.hidden {
                woken.await;
            } else if self.presence.version() == asked.cursor.presence {
                tokio::select! { () = woken => {}, () = presence => {} }
            } else {
                let told = reader.more.presence_told.load(Ordering::Relaxed);
                let rest = (told + PRESENCE_PAUSE - super::uptime()).max(0);
                tokio::select! {
                    () = woken => {}
                    () = tokio::time::sleep(Duration::from_millis(rest.unsigned_abs())) => {
                        reader.more.presence_told.store(super::uptime(), Ordering::Relaxed);
                        return;
                    }
                }
            }
        }
    }

    /// Whether nothing is new for this reader since the cursor. Who asks shows as here.
    #[must_use]
    pub fn is_idle(&self, user: UserId, reader: &Arc<Reader>, asked: &Asked) -> bool {
        self.presence.touch_at(reader, user, asked.tab(), super::uptime());
        self.is_idle_for(user, reader, asked)
    }

    fn is_idle_for(&self, user: UserId, reader: &Reader, asked: &Asked) -> bool {
        let now = self.cursor(user, reader.generation(), self.presence.version());
        asked.cursor == now && asked.is_paced(self.pace.get())
    }

    /// What is new since the cursor; nothing costs no SQL.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn poll(&self, user: UserId, asked: &Asked) -> Result<Option<Update>, Error> {
        let cursor = asked.cursor;
        self.presence.touch(user, asked.tab(), super::uptime());
        let reader = match self.hub.reader(user) {
            Some(reader) if cursor.epoch == self.epoch(user) => reader,
            _ => return Ok(Some(Update::Resync)),
        };
        if self.is_idle_for(user, &reader, asked) {
            return Ok(None);
        }
        let Some(news) = self.hub.news(&reader, cursor.generation, super::uptime()) else {
            return Ok(Some(Update::Resync));
        };
        let (version, presence) = self.presence.since(cursor.presence);
        let (mut rooms, mut unknown) = (Vec::new(), HashMap::new());
        let mut bytes = 0;
        for (room, since) in news.rooms {
            let fits = since.filter(|_| bytes <= DELTA_BYTES);
            match fits.and_then(|since| self.hub.view(user, &reader, room, since)) {
                Some((room, messages)) => {
                    bytes += size(&messages);
                    rooms.push(RoomDelta { room, messages, limited: false });
                }
                None => drop(unknown.insert(room, since)),
            }
        }
        if !unknown.is_empty() {
            let ids: Vec<_> = unknown.keys().copied().collect();
            let read = self.db.rooms_by_id(user, &ids).await?;
            self.hub.learn(&reader, news.generation, &read);
            let since = |room| unknown.get(&room).copied();
            rooms.extend(self.room_deltas(user, read, since, bytes).await?);
        }
        // Memory knows no memberships; whoever lost one was forgotten before they were told so.
        if reader.is_forgotten() {
            return Ok(Some(Update::Resync));
        }
        let cursor = self.cursor(user, news.generation, version);
        let mut delta = self.delta(cursor, rooms, presence, news.people).await?;
        delta.seen = news.seen;
        delta.typing = news.typing;
        delta.typing.retain(|(_, who)| *who != user);
        Ok(Some(Update::Delta(delta)))
    }

    /// Tells the others in a room that this user writes.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the room is none of theirs; [`Error::Unavailable`].
    pub async fn typing(&self, user: UserId, room: RoomId) -> Result<(), Error> {
        let reader = self.track(user).await?;
        self.hub.typing(&reader, user, room, super::uptime())
    }

    /// The whole difference to what a client has, as `(room, rev)` of each room whose messages it
    /// holds. All of the user's rooms are in the answer: a room that is not, is no longer theirs.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn resync(
        &self,
        user: UserId,
        held: Vec<(RoomId, i64)>,
        newest: Vec<(RoomId, i64, ClientId)>,
    ) -> Result<Delta, Error> {
        let reader = self.track(user).await?;
        let generation = reader.generation();
        let (version, present) = self.presence.all();
        let held: HashMap<_, _> = held.into_iter().collect();
        let rooms = self.rooms(user, &reader, generation).await?;
        let mine: HashMap<_, _> = rooms.iter().map(|room| (room.id, room.last_rev)).collect();
        let newest: Vec<_> = newest.into_iter().filter(|at| mine.contains_key(&at.0)).collect();
        let is_ahead = |(room, rev): (&RoomId, &i64)| mine.get(room).is_some_and(|last| last < rev);
        let mut rewound: Vec<_> =
            held.iter().filter(|at| is_ahead(*at)).map(|(room, _)| *room).collect();
        rewound.extend(self.db.not_stored(&newest).await?);
        let since = |room| match held.get(&room) {
            _ if rewound.contains(&room) => None,
            Some(rev) => Some(Some(*rev)),
            None => Some(Some(i64::MAX)),
        };
        let rooms = self.room_deltas(user, rooms, since, 0).await?;
        let presence = PresenceDelta::All(present);
        let cursor = self.cursor(user, generation, version);
        let delta = self.delta(cursor, rooms, presence, vec![]).await?;
        Ok(Delta { rewound, ..delta })
    }

    /// All rooms of this user, in the order of their list.
    async fn rooms(
        &self,
        user: UserId,
        reader: &Arc<Reader>,
        generation: u64,
    ) -> Result<Vec<Room>, Error> {
        if let Some(mut rooms) = self.hub.views(user, reader)
            && !reader.is_forgotten()
        {
            rooms.sort_by_key(Room::place);
            return Ok(rooms);
        }
        let rooms = self.db.rooms(user).await?;
        self.hub.learn(reader, generation, &rooms);
        Ok(rooms)
    }

    async fn track(&self, user: UserId) -> Result<Arc<Reader>, Error> {
        self.hub.track(user, || self.db.room_revs(user)).await
    }

    /// Each room with its messages after the revision that `since` gives: none given, the newest
    /// page; `i64::MAX`, no messages at all. Beyond [`DELTA_BYTES`], of which there are `bytes` already,
    /// the newest [`END_BYTES`] of that page.
    async fn room_deltas(
        &self,
        user: UserId,
        rooms: Vec<Room>,
        since: impl Fn(RoomId) -> Option<Option<i64>>,
        mut bytes: usize,
    ) -> Result<Vec<RoomDelta>, Error> {
        let mut deltas = Vec::with_capacity(rooms.len());
        for room in rooms {
            let (messages, limited) = match since(room.id).flatten() {
                Some(rev) if rev >= room.last_rev => (vec![], false),
                Some(rev) if bytes <= DELTA_BYTES => {
                    let changes = self.db.changes(user, room.id, rev, DELTA_MAX + 1).await?;
                    if changes.len() > DELTA_MAX as usize {
                        (self.newest(user, room.id).await?, true)
                    } else {
                        (changes, false)
                    }
                }
                _ => {
                    let newest = self.newest(user, room.id).await?;
                    (if bytes > DELTA_BYTES { end_of(newest) } else { newest }, true)
                }
            };
            bytes += size(&messages);
            deltas.push(RoomDelta { room, messages, limited });
        }
        Ok(deltas)
    }

    async fn newest(&self, user: UserId, room: RoomId) -> Result<Vec<Message>, Error> {
        let page = found(self.db.history(user, room, Stretch::Newest, message::PAGE).await)?;
        Ok(page.map_or_else(Vec::new, |page: Page| page.messages))
    }

    async fn delta(
        &self,
        cursor: Cursor,
        rooms: Vec<RoomDelta>,
        presence: PresenceDelta,
        changed: Vec<UserId>,
    ) -> Result<Delta, Error> {
        let shown = rooms.iter().flat_map(|delta| delta.messages.iter().flat_map(Message::people));
        let mentioned = rooms.iter().flat_map(|delta| mentioned(&delta.room));
        let ids: BTreeSet<_> = mentioned.chain(shown).chain(changed).collect();
        let people = self.people(ids).await?;
        let next_poll_ms = self.pace.get();
        Ok(Delta {
            cursor,
            rooms,
            people,
            presence,
            seen: vec![],
            typing: vec![],
            rewound: vec![],
            next_poll_ms,
        })
    }

    fn cursor(&self, user: UserId, generation: u64, presence: u64) -> Cursor {
        Cursor { epoch: self.epoch(user), generation, presence }
    }

    /// Names this life of this server, for one person: a page that is left open while somebody else logs in
    /// asks with a cursor that means nothing.
    fn epoch(&self, user: UserId) -> u64 {
        // The milliseconds since 1970 have 41 bits.
        self.hub.epoch() ^ user.0.unsigned_abs().rotate_right(20)
    }
}

/// The last of these that have [`END_BYTES`] of words together, at least one.
fn end_of(mut messages: Vec<Message>) -> Vec<Message> {
    let mut bytes = 0;
    let fits = messages.iter().rev().take_while(|message| {
        bytes += message.body.len();
        bytes <= END_BYTES
    });
    let first = messages.len() - fits.count().max(1).min(messages.len());
    messages.split_off(first)
}

/// The bytes of their words.
fn size(messages: &[Message]) -> usize {
    messages.iter().map(|message| message.body.len()).sum()
}

/// Whom a line of the list of rooms shows.
fn mentioned(room: &Room) -> impl Iterator<Item = UserId> {
    room.peer.into_iter().chain(room.last.iter().flat_map(Message::people))
}

/// Not found is an answer here, not an error.
fn found<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A new name for a message.
///
/// # Errors
/// [`Error::Internal`] if the system gives no random bytes.
pub fn random_client_id() -> Result<ClientId, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::Internal)?;
    Ok(ClientId::from_bytes(bytes))
}
