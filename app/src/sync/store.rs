//! What a page holds, as signals. It is filled by a snapshot and kept up by deltas; views read it,
//! the loop (`driver`) writes it.

use super::{
    Cursor, Delta, PresenceDelta, Snapshot,
    outbox::{Entry, Outbox, State},
    storage,
    timeline::Timeline,
};
use crate::{
    account::Person,
    i18n::{Lang, use_lang},
    ids::{ClientId, RoomId, UserId},
    media::Attachment,
    message::{Kind, Message, Page},
    presence::Presence,
    room::{Room, RoomKind},
    ui::{browser, scroll::Anchor, time::Zone},
};
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};

/// Whether the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Up,
    /// The device says that it has no network.
    Offline,
    /// No answer; asked again and again.
    Reconnecting,
}

/// Why the loop is woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// There is news: a pause ends. A poll that is being held brings it by itself.
    Soon,
    /// A poll that is on its way may be lost, or asks for something else than is needed now.
    Anew,
}

/// What a page holds; cheap to copy, from context by [`use_store`].
#[derive(Clone, Copy)]
pub struct Store {
    pub me: RwSignal<Person>,
    /// Whether one administers the server.
    pub is_admin: bool,
    lang: Lang,
    /// Whether the page answers to more than plain forms.
    pub awake: RwSignal<bool>,
    pub rooms: RwSignal<HashMap<RoomId, Room>>,
    pub people: RwSignal<HashMap<UserId, Person>>,
    /// Where to go on in the list of people, if there are more.
    pub people_after: RwSignal<Option<String>>,
    pub presence: RwSignal<HashMap<UserId, Presence>>,
    pub outbox: RwSignal<Outbox>,
    pub link: RwSignal<Link>,
    /// The room whose newest message the person looks at now.
    pub reading: RwSignal<Option<RoomId>>,
    /// The room that something was just said in.
    pub said: RwSignal<Option<RoomId>>,
    /// Rooms where messages of one's own were seen a moment ago.
    pub seen: RwSignal<Vec<RoomId>>,
    /// Who writes where, and until when that is shown; milliseconds since 1970.
    pub typing: RwSignal<Vec<(RoomId, UserId, i64)>>,
    /// The message that was changed last, and what was typed, while it is not saved: it outlives that one goes
    /// elsewhere.
    pub edit: RwSignal<Option<(RoomId, i64)>>,
    pub edit_text: StoredValue<String>,
    /// The room that is open, whether or not its person looks at its end.
    pub shown: StoredValue<Option<RoomId>>,
    /// The line that was read last in each room, where that is not the end.
    pub places: StoredValue<HashMap<RoomId, Anchor>>,
    /// A room that was made a moment ago, and that the next answer will bring.
    pub awaited: RwSignal<Option<RoomId>>,
    /// A message that is to be shown in its place.
    pub find: RwSignal<Option<(RoomId, i64)>>,
    /// What is being answered in each room.
    pub answering: RwSignal<HashMap<RoomId, i64>>,
    pub zone: RwSignal<Zone>,
    /// Now, by the server's clock, to the minute; milliseconds since 1970.
    pub now: RwSignal<i64>,
    /// The largest upload, in bytes.
    pub upload_limit: u64,
    /// See [`Snapshot::form_id`].
    pub form_id: StoredValue<ClientId>,
    pub(super) cursor: StoredValue<Cursor>,
    /// This tab, among those of its person.
    pub(super) tab: u32,
    /// Whether this tab asks and sends for all of its person's.
    pub(super) asks: StoredValue<bool>,
    /// Entries that could not be shared with the other tabs: this one sends them itself.
    pub(super) own: StoredValue<HashSet<ClientId>>,
    /// The person logs out: nothing is asked any more.
    pub(super) left: StoredValue<bool>,
    /// The pause between polls that the server asks for, in milliseconds.
    pub(super) pace: StoredValue<u32>,
    timelines: RwSignal<HashMap<RoomId, RwSignal<Timeline>>>,
    /// The server's clock minus this device's, in milliseconds.
    skew: StoredValue<i64>,
    poll_now: StoredValue<UnboundedSender<Wake>>,
    send_now: StoredValue<UnboundedSender<()>>,
    /// The loop takes its ends of the two above.
    pub(super) wakers: StoredValue<Option<(UnboundedReceiver<Wake>, UnboundedReceiver<()>)>>,
    /// Timelines live as long as the page, not as the view that opened them.
    owner: StoredValue<Owner>,
}

/// The store of this page.
#[must_use]
pub fn use_store() -> Store {
    expect_context()
}

impl Store {
    /// What a snapshot gives.
    #[must_use]
    pub fn new(snapshot: Snapshot, offset: i32) -> Self {
        let lang = use_lang();
        let (poll_now, poll_woken) = unbounded();
        let (send_now, send_woken) = unbounded();
        let last_seq = |id| snapshot.rooms.iter().find(|room| room.id == id).map(|r| r.last_seq);
        let open = snapshot.open.map(|page| {
            let (room, last_seq) = (page.room, last_seq(page.room).unwrap_or_default());
            let mut timeline = Timeline::of(page);
            timeline.cut_before(last_seq);
            (room, RwSignal::new(timeline))
        });
        Self {
            me: RwSignal::new(snapshot.me),
            is_admin: snapshot.is_admin,
            lang,
            awake: RwSignal::new(false),
            rooms: RwSignal::new(snapshot.rooms.into_iter().map(|room| (room.id, room)).collect()),
            people: RwSignal::new(named(snapshot.people, lang).collect()),
            people_after: RwSignal::new(snapshot.people_after),
            presence: RwSignal::new(snapshot.presence.into_iter().collect()),
            outbox: RwSignal::default(),
            link: RwSignal::new(Link::Up),
            reading: RwSignal::new(None),
            said: RwSignal::new(None),
            seen: RwSignal::default(),
            typing: RwSignal::default(),
            edit: RwSignal::new(None),
            edit_text: StoredValue::default(),
            shown: StoredValue::new(None),
            places: StoredValue::default(),
            awaited: RwSignal::new(None),
            find: RwSignal::new(None),
            answering: RwSignal::default(),
            zone: RwSignal::new(Zone::Fixed(offset)),
            now: RwSignal::new(snapshot.now),
            upload_limit: snapshot.upload_limit,
            form_id: StoredValue::new(snapshot.form_id),
            cursor: StoredValue::new(snapshot.cursor),
            tab: u32::from_be_bytes(random()),
            asks: StoredValue::new(false),
            own: StoredValue::default(),
            left: StoredValue::new(false),
            pace: StoredValue::new(snapshot.next_poll_ms),
            timelines: RwSignal::new(open.into_iter().collect()),
            skew: StoredValue::new(0),
            poll_now: StoredValue::new(poll_now),
            send_now: StoredValue::new(send_now),
            wakers: StoredValue::new(Some((poll_woken, send_woken))),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// What only the browser knows, once the page is drawn: its zone, its clock, what it kept.
    pub fn arrive(self) {
        self.skew.set_value(self.now.get_untracked() - browser::now());
        self.zone.set(Zone::Device);
        let me = self.me.with_untracked(|me| me.id);
        storage::come(me);
        let kept = storage::entries(me);
        self.outbox.set(Outbox::of(kept));
    }

    /// Whether this tab asks for all of its person's.
    #[must_use]
    pub fn asks(self) -> bool {
        self.asks.get_value()
    }

    /// Moves the clock on, if a minute has passed.
    pub(super) fn tick(self) {
        let now = browser::now() + self.skew.get_value();
        if now / 60_000 != self.now.get_untracked() / 60_000 {
            self.now.set(now);
        }
    }

    /// Now by the server's clock, exactly; milliseconds since 1970.
    #[must_use]
    pub fn server_time(self) -> i64 {
        browser::now() + self.skew.get_value()
    }

    /// A room's messages; empty and not loaded for a room that was not opened yet.
    #[must_use]
    pub fn timeline(self, room: RoomId) -> RwSignal<Timeline> {
        if let Some(held) = self.timelines.with_untracked(|all| all.get(&room).copied()) {
            return held;
        }
        let made = self.owner.with_value(|owner| owner.with(|| RwSignal::new(Timeline::default())));
        self.timelines.update_untracked(|all| all.insert(room, made));
        made
    }

    /// Rooms whose messages are held, with the revision up to which they are known.
    #[must_use]
    pub(super) fn held(self) -> Vec<(RoomId, i64)> {
        self.timelines.with_untracked(|timelines| {
            self.rooms.with_untracked(|rooms| {
                let rev = |id| rooms.get(id).map_or(0, |room| room.last_rev);
                timelines.keys().map(|id| (*id, rev(id))).collect()
            })
        })
    }

    /// The newest message of each room whose messages are held: its place and its sender's id for it.
    #[must_use]
    pub(super) fn newest(self) -> Vec<(RoomId, i64, ClientId)> {
        self.timelines.with_untracked(|timelines| {
            let newest = |(id, timeline): (&RoomId, &RwSignal<Timeline>)| {
                timeline.with_untracked(|timeline| {
                    let newest = timeline.messages().next_back()?;
                    Some((*id, newest.seq, newest.client_id.clone()))
                })
            };
            timelines.iter().filter_map(newest).collect()
        })
    }

    /// Takes in what has changed. `all`: the answer names every room of the person.
    /// Gives where messages that are still shown may be out of date: rooms, with the place up to
    /// which.
    pub(super) fn apply(self, delta: Delta, all: bool) -> Vec<(RoomId, i64)> {
        let mut behind = vec![];
        self.hear_typing(&delta);
        self.cursor.set_value(delta.cursor);
        self.pace.set_value(delta.next_poll_ms);
        self.meet(delta.people);
        match delta.presence {
            PresenceDelta::Unchanged => {}
            PresenceDelta::Changed(who) => self.presence.update(|held| {
                held.extend(who);
                held.retain(|_, presence| *presence != Presence::Offline);
            }),
            PresenceDelta::All(who) => self.presence.set(who.into_iter().collect()),
        }
        if !delta.seen.is_empty() {
            self.seen.set(delta.seen);
        } else if all {
            // Whatever was seen meanwhile is not told one by one.
            self.seen.set(delta.rooms.iter().map(|change| change.room.id).collect());
        }
        if delta.rooms.is_empty() && !all {
            return behind;
        }
        let reading = self.reading.get_untracked();
        let mut rooms = if all { HashMap::new() } else { self.rooms.get_untracked() };
        for mut change in delta.rooms {
            let timeline = self.timelines.with_untracked(|held| held.get(&change.room.id).copied());
            self.settle(&change.messages);
            let is_bare = change.messages.is_empty() && !all;
            match timeline {
                Some(timeline) if change.limited => {
                    // What the server has may be further up than what came.
                    self.outbox.update(|outbox| outbox.forget_sent(change.room.id));
                    // What is being read further up stays, and is brought up to date.
                    let keep = self.shown.get_value() == Some(change.room.id)
                        && reading.is_none()
                        && !delta.rewound.contains(&change.room.id);
                    let held = timeline.with_untracked(|held| keep.then(|| held.last()).flatten());
                    timeline.update(|timeline| timeline.jump(change.messages, keep));
                    behind.extend(held.map(|last| (change.room.id, last)));
                }
                Some(timeline) => {
                    let id = change.room.id;
                    let place = self.places.with_value(|places| places.get(&id)?.place());
                    let different = timeline.try_update_untracked(|timeline| {
                        let different = timeline.merge(change.messages);
                        timeline.shorten(place);
                        different
                    });
                    if different == Some(true) {
                        timeline.notify();
                    }
                }
                None => {}
            }
            // It tells of one's own membership alone: messages up to there may still be to come.
            if is_bare && let Some(held) = rooms.get(&change.room.id) {
                change.room.last_rev = held.last_rev;
            }
            if reading == Some(change.room.id) {
                change.room.unread = 0;
                change.room.mentions = 0;
            }
            rooms.insert(change.room.id, change.room);
        }
        if all {
            self.forget_others(&rooms);
        }
        self.rooms.set(rooms);
        self.awaited.set(None);
        behind
    }

    /// Drops what was said in rooms that are the person's no more.
    fn forget_others(self, rooms: &HashMap<RoomId, Room>) {
        self.timelines.update_untracked(|timelines| {
            timelines.retain(|id, timeline| {
                let is_mine = rooms.contains_key(id);
                if !is_mine {
                    timeline.set(Timeline::default());
                }
                is_mine
            });
        });
    }

    /// Asks the server for a room that was made, or joined, a moment ago.
    pub fn expect_room(self, room: RoomId) {
        if self.rooms.with_untracked(|rooms| !rooms.contains_key(&room)) {
            self.awaited.set(Some(room));
            self.wake_poll(Wake::Soon);
        }
    }

    /// Takes in a page of history.
    pub fn load(self, page: Page) {
        self.take_in(page, Timeline::load);
    }

    /// Takes in a page, as its timeline does by `take`.
    pub fn take_in(self, page: Page, take: fn(&mut Timeline, Page)) {
        self.meet(page.people.clone());
        self.settle(&page.messages);
        self.timeline(page.room).update(|timeline| take(timeline, page));
    }

    /// Takes in people.
    pub fn meet(self, people: Vec<Person>) {
        let me = self.me.with_untracked(|me| me.id);
        if let Some(mine) = people.iter().find(|person| person.id == me)
            && self.me.with_untracked(|me| me != mine)
        {
            self.me.set(mine.clone());
        }
        let people: Vec<_> = named(people, self.lang).collect();
        let is_news = self
            .people
            .with_untracked(|held| people.iter().any(|(id, person)| held.get(id) != Some(person)));
        if is_news {
            self.people.update(|held| held.extend(people));
        }
    }

    /// Online people of whom nothing is known yet.
    #[must_use]
    pub(super) fn strangers(self) -> Vec<UserId> {
        self.people.with_untracked(|people| {
            self.presence.with_untracked(|presence| {
                presence.keys().filter(|id| !people.contains_key(id)).copied().take(200).collect()
            })
        })
    }

    /// Begins to answer the message at this place, or gives it up.
    pub fn answer(self, room: RoomId, seq: Option<i64>) {
        storage::set_answered(self.me.with_untracked(|me| me.id), room, seq);
        self.show_answered(room, seq);
    }

    /// Shows which message is being answered, by this tab or another.
    pub(super) fn show_answered(self, room: RoomId, seq: Option<i64>) {
        self.answering.update(|all| match seq {
            Some(seq) => drop(all.insert(room, seq)),
            None => drop(all.remove(&room)),
        });
    }

    /// The name that a person shows.
    #[must_use]
    pub fn name(self, user: UserId) -> String {
        self.people
            .with(|people| people.get(&user).map(|person| person.display_name.clone()))
            .unwrap_or_default()
    }

    /// The place of what is being answered in this room, which is answered with that.
    pub fn take_answered(self, room: RoomId) -> Option<i64> {
        let seq = self.answering.with_untracked(|all| all.get(&room).copied());
        if seq.is_some() {
            self.answer(room, None);
        }
        seq
    }

    /// Puts a message into the outbox, to be sent as soon as can be; `reply_to` is the place of what it
    /// answers.
    pub fn send(
        self,
        room: RoomId,
        kind: Kind,
        body: String,
        attachments: Vec<Attachment>,
        reply_to: Option<i64>,
    ) {
        let entry = Entry {
            client_id: ClientId::from_bytes(random()),
            room,
            body,
            sticker: kind == Kind::Sticker,
            attachments,
            reply_to,
            // After what waits, also when the clock was set back.
            created: self.outbox.with_untracked(|outbox| self.server_time().max(outbox.end())),
            state: State::Waiting,
        };
        self.keep(&entry);
        self.outbox.update(|outbox| outbox.put(entry));
        self.said.set(Some(room));
        self.wake_sender();
    }

    /// Keeps an entry, for a reload and for the other tabs.
    pub(super) fn keep(self, entry: &Entry) {
        if !storage::keep(self.me.with_untracked(|me| me.id), entry) {
            self.own.update_value(|own| {
                own.insert(entry.client_id.clone());
            });
        }
    }

    /// Tries a refused message again.
    pub fn retry(self, id: &ClientId) {
        self.outbox.update(|outbox| outbox.retry(id));
        if let Some(entry) = self.outbox.with_untracked(|outbox| outbox.get(id).cloned()) {
            self.keep(&entry);
        }
        self.wake_sender();
    }

    /// Drops a refused message; returns its words.
    pub fn discard(self, id: &ClientId) {
        storage::discard(self.me.with_untracked(|me| me.id), id);
        self.outbox.update(|outbox| outbox.remove(id));
    }

    /// Drops from the outbox what the server has brought back.
    fn settle(self, messages: &[Message]) {
        let me = self.me.with_untracked(|me| me.id);
        if self
            .outbox
            .with_untracked(|outbox| messages.iter().any(|m| outbox.get(&m.client_id).is_some()))
        {
            let arrived = self.outbox.try_update(|outbox| outbox.arrived(messages));
            for id in arrived.unwrap_or_default() {
                storage::drop(me, &id);
            }
        }
    }

    /// Asks nothing any more, for its person logs out; or goes on, for that failed.
    pub fn leave(self, left: bool) {
        self.left.set_value(left);
        self.wake_poll(Wake::Anew);
    }

    /// Leaves nothing of who has logged out.
    pub fn forget(self) {
        let me = self.me.with_untracked(|me| me.id);
        storage::tell_logged_out(me);
        storage::forget_drafts(me);
    }

    /// Makes the loop ask the server.
    pub fn wake_poll(self, why: Wake) {
        // Fails only when the loop has ended with its page.
        let _ = self.poll_now.with_value(|wake| wake.unbounded_send(why));
    }

    /// Sends what waits at once.
    pub fn wake_sender(self) {
        let _ = self.send_now.with_value(|wake| wake.unbounded_send(()));
    }

    /// A person's presence.
    #[must_use]
    pub fn presence_of(self, user: UserId) -> Presence {
        self.presence.with(|all| all.get(&user).copied().unwrap_or_default())
    }

    /// Whether a room is a group, which it stays; a room that is not there is none.
    #[must_use]
    pub fn is_group(self, room: RoomId) -> bool {
        self.rooms.with_untracked(|rooms| {
            rooms.get(&room).is_some_and(|room| room.kind == RoomKind::Group)
        })
    }
}

/// People by their id. Somebody who was deleted has no name but that.
fn named(people: Vec<Person>, lang: Lang) -> impl Iterator<Item = (UserId, Person)> {
    people.into_iter().map(move |mut person| {
        if person.is_gone() {
            lang.deleted_person().clone_into(&mut person.display_name);
        }
        (person.id, person)
    })
}

/// Random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The browser's generator; without one there is no page either.
    let _ = getrandom::fill(&mut bytes);
    bytes
}
