//! What a person sent and the server has not confirmed: first in, first out in each room. Pure;
//! the store of a browser keeps a copy of each entry until it is settled.

use crate::{
    error::Error,
    ids::{ClientId, RoomId},
    media::Attachment,
    message::Message,
    record::record,
};
use serde::{Deserialize, Serialize};

record! {
    /// A message on its way.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Entry {
        pub client_id: ClientId,
        pub room: RoomId,
        /// Its words, or a sticker's name.
        pub body: String,
        pub sticker: bool = false,
        /// Uploads that go with it.
        pub attachments: Vec<Attachment> = vec![],
        /// The place of the message that it answers.
        pub reply_to: Option<i64> = None,
        /// Milliseconds since 1970, UTC.
        pub created: i64,
        pub state: State,
    }
}

/// How far an entry has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// To be sent, or to be sent again.
    Waiting,
    /// The server has it; it stays in sight until the poll brings it.
    Sent,
    /// The server refuses it: a person has to retry or discard.
    Failed(Error),
}

/// All entries, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    entries: Vec<Entry>,
}

impl Outbox {
    /// An outbox of kept entries, in any order.
    #[must_use]
    pub fn of(entries: Vec<Entry>) -> Self {
        let mut outbox = Self::default();
        entries.into_iter().for_each(|entry| outbox.put(entry));
        outbox
    }

    /// Adds an entry in its place by age; one that is there already takes this one's state.
    pub fn put(&mut self, entry: Entry) {
        let age = |entry: &Entry| (entry.created, entry.client_id.clone());
        match self.entries.iter().position(|held| held.client_id == entry.client_id) {
            Some(place) => self.entries[place].state = entry.state,
            None => {
                let place = self.entries.partition_point(|held| age(held) < age(&entry));
                self.entries.insert(place, entry);
            }
        }
    }

    /// The entry to send now: the oldest one that waits, of those that `mine` names. One at a time,
    /// so that in no room a later one overtakes an earlier one.
    #[must_use]
    pub fn next(&self, mine: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.state == State::Waiting && mine(entry))
    }

    /// Entries of a room that are still to be shown.
    pub fn of_room(&self, room: RoomId) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.room == room)
    }

    /// The server's answer to a send. A temporary error leaves it waiting.
    pub fn answered(&mut self, id: &ClientId, answer: Result<(), Error>) {
        let state = match answer {
            Ok(()) => State::Sent,
            Err(error) if error.is_temporary() || error == Error::Unauthenticated => return,
            Err(error) => State::Failed(error),
        };
        self.set(id, state);
    }

    /// Tries a failed one again.
    pub fn retry(&mut self, id: &ClientId) {
        self.set(id, State::Waiting);
    }

    /// Drops an entry.
    pub fn remove(&mut self, id: &ClientId) {
        self.entries.retain(|entry| entry.client_id != *id);
    }

    /// Drops what the server has brought back. Returns the ids that were here.
    pub fn arrived(&mut self, messages: &[Message]) -> Vec<ClientId> {
        let here = |message: &&Message| {
            self.entries.iter().any(|entry| entry.client_id == message.client_id)
        };
        let ids: Vec<_> = messages.iter().filter(here).map(|m| m.client_id.clone()).collect();
        self.entries.retain(|entry| !ids.contains(&entry.client_id));
        ids
    }

    /// Drops what the server has of a room.
    pub fn forget_sent(&mut self, room: RoomId) {
        self.entries.retain(|entry| entry.room != room || entry.state != State::Sent);
    }

    /// The time of an entry that is to be the last; milliseconds since 1970.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.entries.last().map_or(0, |last| last.created + 1)
    }

    /// The entry of this id.
    #[must_use]
    pub fn get(&self, id: &ClientId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.client_id == *id)
    }

    fn set(&mut self, id: &ClientId, state: State) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.client_id == *id) {
            entry.state = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(id: u8, room: i64) -> Entry {
        Entry {
            client_id: ClientId::from_bytes([id; 16]),
            room: RoomId(room),
            body: id.to_string(),
            sticker: false,
            attachments: vec![],
            reply_to: None,
            created: i64::from(id),
            state: State::Waiting,
        }
    }

    #[test]
    fn no_answer_keeps_it_first_and_a_refusal_lets_the_next_go() {
        let mut outbox = Outbox::of(vec![entry(2, 1), entry(1, 1)]);
        let first = entry(1, 1).client_id;
        for temporary in [Error::NoAnswer, Error::Unavailable, Error::TooMany { retry_after: 1 }] {
            outbox.answered(&first, Err(temporary));
            assert_eq!(outbox.next(|_| true), Some(&entry(1, 1)));
        }
        outbox.answered(&first, Err(Error::NotFound));
        assert_eq!(outbox.next(|_| true), Some(&entry(2, 1)));
        outbox.retry(&first);
        assert_eq!(outbox.next(|_| true), Some(&entry(1, 1)));
    }

    #[test]
    fn what_another_tab_sends_is_shown_in_its_place_and_not_sent_here() {
        let mut outbox = Outbox::of(vec![entry(3, 1), entry(1, 1)]);
        outbox.put(entry(2, 1));
        let ids: Vec<_> = outbox.of_room(RoomId(1)).map(|held| held.created).collect();
        assert_eq!(ids, [1, 2, 3]);
        assert_eq!(outbox.next(|held| held.created == 3), Some(&entry(3, 1)));
        outbox.put(Entry { state: State::Failed(Error::NotFound), ..entry(2, 1) });
        assert_eq!(outbox.of_room(RoomId(1)).count(), 3);
        let failed = outbox.get(&entry(2, 1).client_id).map(|held| &held.state);
        assert_eq!(failed, Some(&State::Failed(Error::NotFound)));
    }

    #[test]
    fn what_the_server_has_is_dropped_with_its_room_s_old_page_and_a_new_entry_is_the_last() {
        let mut outbox = Outbox::of(vec![entry(1, 1), entry(2, 1), entry(3, 2)]);
        outbox.answered(&entry(1, 1).client_id, Ok(()));
        outbox.answered(&entry(3, 2).client_id, Ok(()));
        outbox.forget_sent(RoomId(1));
        assert_eq!(outbox.of_room(RoomId(1)).cloned().collect::<Vec<_>>(), [entry(2, 1)]);
        assert_eq!(outbox.of_room(RoomId(2)).count(), 1);
        assert_eq!((outbox.end(), Outbox::default().end()), (4, 0));
    }

    #[test]
    fn a_log_out_elsewhere_loses_nothing() {
        let mut outbox = Outbox::of(vec![entry(1, 1)]);
        outbox.answered(&entry(1, 1).client_id, Err(Error::Unauthenticated));
        assert_eq!(outbox.next(|_| true), Some(&entry(1, 1)));
    }

    proptest! {
        #[test]
        fn in_each_room_nothing_is_sent_before_what_is_older_is_settled(
            rooms in prop::collection::vec(1i64..4, 1..20),
            answers in prop::collection::vec(0u8..3, 0..60),
        ) {
            let all = (0u8..).zip(&rooms).map(|(id, room)| entry(id, *room)).collect();
            let mut outbox = Outbox::of(all);
            for answer in answers {
                let Some(next) = outbox.next(|_| true).cloned() else { break };
                let older = outbox.of_room(next.room).take_while(|held| held.client_id != next.client_id);
                prop_assert!(older.into_iter().all(|held| held.state != State::Waiting));
                let answer = match answer {
                    0 => Ok(()),
                    1 => Err(Error::NoAnswer),
                    _ => Err(Error::NotFound),
                };
                outbox.answered(&next.client_id, answer);
            }
        }
    }
}
