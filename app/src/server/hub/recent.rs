//! What rooms said lately, and rooms as their readers saw them last: so that telling of a message
//! reads no table either. Whatever memory does not have is read from the database.

use super::{Head, Hub, Reader};
use crate::{
    ids::{RoomId, UserId},
    message::Message,
    room::{Room, UNREAD_MAX},
    sync::DELTA_MAX,
};
use quick_cache::{Weighter, sync::Cache};
use std::{collections::BTreeMap, sync::Arc};

/// What messages may take in memory, in bytes: some 100,000 short ones.
const MEMORY: u64 = 32 << 20;
/// How many messages memory is prepared for.
const MESSAGES: usize = 20_000;
/// What a message takes beside its text, in bytes, about.
pub(super) const OVERHEAD: u64 = 300;

/// The newest changes of rooms that are messages, by room and `rev`.
pub struct Recent(Cache<(RoomId, i64), Arc<Message>, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<(RoomId, i64), Arc<Message>> for ByBytes {
    fn weight(&self, _: &(RoomId, i64), message: &Arc<Message>) -> u64 {
        weight(message)
    }
}

/// What a message takes in memory, in bytes, about.
pub(super) fn weight(message: &Message) -> u64 {
    let attached = message.attachments.iter();
    let attached = attached.map(|attachment| OVERHEAD / 2 + attachment.name.len() as u64);
    let reactions = message.reactions.iter();
    let reactions = reactions.map(|one| OVERHEAD / 4 + 8 * one.people.len() as u64);
    let mentioned = 8 * message.mentions.len() as u64;
    OVERHEAD
        + message.body.len() as u64
        + attached.sum::<u64>()
        + reactions.sum::<u64>()
        + mentioned
}

impl Default for Recent {
    fn default() -> Self {
        Self(Cache::with_weighter(MESSAGES, MEMORY, ByBytes))
    }
}

impl Recent {
    /// Keeps what a message was made or changed to.
    pub fn keep(&self, message: Arc<Message>) {
        self.0.insert((message.room, message.rev), message);
    }

    /// The messages of a room that changed after the revision `since` up to `told`, by ascending
    /// `rev`; nothing if one of those changes is not remembered, or was none of a message.
    pub fn between(&self, room: RoomId, since: i64, told: i64) -> Option<Vec<Arc<Message>>> {
        if told.saturating_sub(since) > i64::from(DELTA_MAX) {
            return None;
        }
        let mut newest = BTreeMap::new();
        for before in since..told {
            let message = self.0.get(&(room, before + 1))?;
            newest.insert(message.seq, message);
        }
        let mut messages: Vec<Arc<Message>> = newest.into_values().collect();
        messages.sort_unstable_by_key(|message| message.rev);
        Some(messages)
    }
}

/// A room as one of its readers saw it last. What all members see alike is kept once, with the
/// room's head, and is left out here.
pub(super) struct View {
    /// The reader's generation before it was read: a later change of what is their own makes it void.
    read_at: u64,
    own: Room,
}

/// What is the reader's own of a room.
fn own(room: Room) -> Room {
    Room { name: String::new(), introduction: String::new(), last: None, ..room }
}

/// A room, of what all members see alike and what is its viewer's own.
fn whole(shared: &Room, own: &Room) -> Room {
    Room {
        name: shared.name.clone(),
        introduction: shared.introduction.clone(),
        avatar: shared.avatar,
        visibility: shared.visibility,
        archived: shared.archived,
        members: shared.members,
        last_seq: shared.last_seq,
        last_rev: shared.last_rev,
        last: shared.last.clone(),
        ..own.clone()
    }
}

/// Takes new messages, and those that got a reaction, into what a viewer's room counts, up to the revision
/// `told`. A deleted or edited one is never among them: it would have to be known how it had been counted.
fn hear(room: &mut Room, viewer: UserId, messages: &[Arc<Message>], told: i64) {
    let known = room.last_seq;
    for message in messages.iter().filter(|message| message.seq > known) {
        room.last_seq = room.last_seq.max(message.seq);
        if message.sender != viewer && message.seq > room.last_read_seq {
            room.unread = (room.unread + 1).min(UNREAD_MAX);
            room.mentions += i64::from(message.is_for(viewer));
        }
    }
    room.last_rev = told;
}

/// A room after one of its messages was made or changed.
pub(super) fn after(room: &Room, message: &Message) -> Room {
    let is_last = message.seq >= room.last_seq;
    Room {
        last_seq: room.last_seq.max(message.seq),
        last_rev: message.rev,
        last: if is_last { Some(message.clone()) } else { room.last.clone() },
        ..room.clone()
    }
}

impl Hub {
    /// Remembers rooms as a reader's were read from the database, at this generation of theirs or
    /// later.
    pub fn learn(&self, reader: &Reader, generation: u64, rooms: &[Room]) {
        for room in rooms {
            let Some(head) = reader.head(room.id) else { continue };
            let mut head = head.0.lock();
            if head.shared.as_ref().is_none_or(|shared| shared.last_rev < room.last_rev) {
                head.shared = Some(Arc::new(room.clone()));
            }
        }
        let views = rooms.iter().map(|room| {
            let own = own(room.clone());
            (room.id, View { read_at: generation, own })
        });
        reader.more.views.lock().extend(views);
    }

    /// A room as its reader sees it now, and its messages that changed after the revision `since`;
    /// nothing if memory does not have it all.
    #[must_use]
    pub fn view(
        &self,
        user: UserId,
        reader: &Reader,
        room: RoomId,
        since: i64,
    ) -> Option<(Room, Vec<Message>)> {
        let room = self.current(user, reader, room, reader.head(room)?)?;
        let messages = self.recent.between(room.id, since, room.last_rev)?;
        Some((room, messages.into_iter().map(Arc::unwrap_or_clone).collect()))
    }

    /// All rooms of a reader as they see them now, in no order; nothing if memory does not have it
    /// all.
    #[must_use]
    pub fn views(&self, user: UserId, reader: &Reader) -> Option<Vec<Room>> {
        let rooms = reader.rooms().iter();
        rooms.map(|(room, head)| self.current(user, reader, *room, head)).collect()
    }

    fn current(&self, user: UserId, reader: &Reader, room: RoomId, head: &Head) -> Option<Room> {
        let shared = {
            let head = head.0.lock();
            head.shared.clone().filter(|shared| shared.last_rev == head.told)?
        };
        let told = shared.last_rev;
        let changed = reader.more.memberships.lock().get(&room).copied().unwrap_or_default();
        let mut views = reader.more.views.lock();
        let view = views.get_mut(&room).filter(|view| changed <= view.read_at)?;
        if view.own.last_rev < told {
            let unheard = self.recent.between(room, view.own.last_rev, told)?;
            hear(&mut view.own, user, &unheard, told);
        }
        // Another poll of theirs has seen more meanwhile: what it counted must not go back.
        (view.own.last_rev == told).then(|| whole(&shared, &view.own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::{mentions, reactions::Reaction},
        room::UNREAD_MAX,
        samples,
    };

    const ADA: UserId = UserId(1);
    const BOB: UserId = UserId(2);
    const ROOM: RoomId = RoomId(1);

    fn message(seq: i64, rev: i64, sender: UserId) -> Message {
        let body = format!("at {rev}");
        Message { rev, body, ..samples::message(ROOM, seq, sender) }
    }

    fn publish(hub: &Hub, message: Message) {
        hub.publish(ROOM, message.rev, Some(Arc::new(message)));
    }

    /// The room after three messages, of which Ada has read the first.
    fn room() -> Room {
        let (last, introduction) = (message(3, 3, BOB), "hello".to_owned());
        Room { introduction, last_read_seq: 1, unread: 2, mentions: 1, ..samples::room(last) }
    }

    async fn hub() -> (Hub, Arc<Reader>) {
        let hub = Hub::new(1, 10);
        let ada = hub.track(ADA, async || Ok::<_, ()>(vec![(ROOM, 3)])).await.expect("no error");
        hub.learn(&ada, ada.generation(), &[room()]);
        (hub, ada)
    }

    #[tokio::test]
    async fn what_was_said_is_counted_and_told_from_memory() {
        let (hub, ada) = hub().await;
        let for_ada = Message { mentions: vec![ADA], ..message(6, 6, BOB) };
        let own = Message { mentions: vec![mentions::ALL], ..message(5, 5, ADA) };
        let said = [message(4, 4, BOB), own, for_ada];
        said.iter().cloned().for_each(|message| publish(&hub, message));
        let liked = |emoji: &str| vec![Reaction { emoji: emoji.into(), people: vec![ADA] }];
        let reacted = Message { reactions: liked("👍"), ..message(4, 7, BOB) };
        publish(&hub, reacted.clone());
        let (seen, messages) = hub.view(ADA, &ada, ROOM, 3).expect("in memory");
        assert_eq!(messages, [said[1].clone(), said[2].clone(), reacted]);
        let last = Some(said[2].clone());
        let expected = Room { last_seq: 6, last_rev: 7, unread: 4, mentions: 2, last, ..room() };
        assert_eq!(seen, expected, "another's two more");
        let (again, messages) = hub.view(ADA, &ada, ROOM, 6).expect("another tab, a little later");
        assert_eq!((again, messages.len()), (expected, 1));
        let reacted = Message { reactions: liked("🎉"), ..message(6, 8, BOB) };
        publish(&hub, reacted.clone());
        let (seen, _) = hub.view(ADA, &ada, ROOM, 7).expect("in memory");
        assert_eq!((seen.last, seen.unread), (Some(reacted), 4));
    }

    #[tokio::test]
    async fn what_memory_does_not_know_is_left_to_the_database() {
        let (hub, ada) = hub().await;
        assert!(hub.view(ADA, &ada, ROOM, 3).is_some());
        assert!(hub.view(ADA, &ada, ROOM, 2).is_none(), "said before memory began");
        publish(&hub, message(4, 4, BOB));
        hub.publish(ROOM, 5, None);
        assert!(hub.view(ADA, &ada, ROOM, 3).is_none(), "a change that is no message");
        publish(&hub, message(5, 6, BOB));
        assert!(hub.view(ADA, &ada, ROOM, 5).is_none(), "the room was not read since");
        let read = Room { last_seq: 5, last_rev: 6, unread: 4, ..room() };
        hub.learn(&ada, ada.generation(), &[read]);
        assert!(hub.view(ADA, &ada, ROOM, 5).is_some());
        publish(&hub, message(7, 8, BOB));
        assert!(hub.view(ADA, &ada, ROOM, 6).is_none(), "the one before is not published yet");
        publish(&hub, message(6, 7, BOB));
        assert!(hub.view(ADA, &ada, ROOM, 6).is_none(), "nobody counted them in order");
    }

    #[tokio::test]
    async fn a_change_of_what_is_ones_own_makes_the_view_void() {
        let (hub, ada) = hub().await;
        let before = ada.generation();
        hub.membership_changed(ADA, ROOM);
        assert!(hub.view(ADA, &ada, ROOM, 3).is_none());
        // Read before the move, and remembered after it.
        hub.learn(&ada, before, &[room()]);
        assert!(hub.view(ADA, &ada, ROOM, 3).is_none());
        hub.learn(&ada, ada.generation(), &[Room { unread: 0, last_read_seq: 3, ..room() }]);
        publish(&hub, message(4, 4, BOB));
        let (seen, _) = hub.view(ADA, &ada, ROOM, 3).expect("in memory");
        assert_eq!((seen.unread, seen.last_read_seq), (1, 3));
    }

    #[tokio::test]
    async fn counting_has_an_end_and_so_has_an_answer() {
        let (hub, ada) = hub().await;
        hub.learn(&ada, ada.generation(), &[Room { unread: UNREAD_MAX, ..room() }]);
        for at in 4..=4 + i64::from(DELTA_MAX) {
            publish(&hub, message(at, at, BOB));
        }
        let from =
            |since| hub.view(ADA, &ada, ROOM, since).map(|(room, said)| (room.unread, said.len()));
        assert_eq!(from(3), None, "more than fits");
        assert_eq!(
            hub.recent.between(ROOM, 4, 3 + i64::from(DELTA_MAX)).map(|m| m.len()),
            Some(99)
        );
    }
}
