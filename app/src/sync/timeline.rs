//! A room's messages as a client holds them: an unbroken stretch that ends with the newest.
//! Pure: everything comes in by [`Timeline::merge`] and [`Timeline::load`], in any order and any
//! number of times; the higher `rev` of a message wins.

use crate::message::{Message, Page};
use std::collections::BTreeMap;

/// A room's messages, by place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    messages: BTreeMap<i64, Message>,
    /// Whether older messages exist before the first one; none: nothing has been loaded yet.
    has_older: Option<bool>,
    /// What was heard before the first page came.
    early: Vec<Message>,
}

impl Timeline {
    /// The timeline that a first page makes.
    #[must_use]
    pub fn of(page: Page) -> Self {
        let mut timeline = Self::default();
        timeline.load(page);
        timeline
    }

    /// Whether its first page is there.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.has_older.is_some()
    }

    /// Whether older messages exist before the first one.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.has_older.unwrap_or(false)
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values()
    }

    /// The message at this place.
    #[must_use]
    pub fn get(&self, seq: i64) -> Option<&Message> {
        self.messages.get(&seq)
    }

    /// The place of the first message that is held.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.messages.keys().next().copied()
    }

    /// The place of the newest message.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.messages.keys().next_back().copied()
    }

    /// Takes in new and changed messages. Changes of messages before the first one held are left
    /// out: they come with their page. Returns whether anything is different now.
    pub fn merge(&mut self, messages: Vec<Message>) -> bool {
        let Some(has_older) = self.has_older else {
            self.early.extend(messages);
            return false;
        };
        let first = if has_older { self.first().unwrap_or(i64::MAX) } else { 0 };
        let mut changed = false;
        for message in messages.into_iter().filter(|message| message.seq >= first) {
            changed |= self.put(message);
        }
        changed
    }

    /// Takes in a page of history: the first one, or the one just before what is held. Any other
    /// would leave a gap, and is left out.
    pub fn load(&mut self, page: Page) {
        let last = page.messages.last().map_or(0, |message| message.seq);
        if self.first().is_some_and(|first| last + 1 < first) {
            return;
        }
        let reaches_further = page.messages.first().map(|message| message.seq) <= self.first();
        if self.has_older.is_none() || reaches_further {
            self.has_older = Some(page.has_older);
        }
        for message in page.messages {
            self.put(message);
        }
        let early = std::mem::take(&mut self.early);
        self.merge(early);
    }

    /// Starts again from the newest page, when too much has changed to be told one by one.
    pub fn replace(&mut self, newest: Vec<Message>) {
        let has_older = newest.first().is_some_and(|message| message.seq > 1);
        self.messages = newest.into_iter().map(|message| (message.seq, message)).collect();
        self.has_older = Some(has_older);
        self.early.clear();
    }

    fn put(&mut self, message: Message) -> bool {
        let newer = self.messages.get(&message.seq).is_none_or(|held| held.rev < message.rev);
        if newer {
            self.messages.insert(message.seq, message);
        }
        newer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{ClientId, RoomId, UserId},
        message::Kind,
    };
    use proptest::prelude::*;

    fn message(seq: i64, rev: i64) -> Message {
        Message {
            room: RoomId(1),
            seq,
            rev,
            sender: UserId(1),
            client_id: ClientId::from_bytes([0; 16]),
            kind: Kind::Text,
            body: format!("{seq}.{rev}"),
            picture: None,
            created: seq,
            edited: None,
            deleted: false,
        }
    }

    fn page(seqs: std::ops::RangeInclusive<i64>) -> Page {
        let has_older = *seqs.start() > 1;
        let messages = seqs.map(|seq| message(seq, seq)).collect();
        Page { room: RoomId(1), messages, has_older, people: vec![] }
    }

    fn seqs(timeline: &Timeline) -> Vec<i64> {
        timeline.messages().map(|message| message.seq).collect()
    }

    #[test]
    fn a_page_before_makes_it_longer_and_a_gap_is_refused() {
        let mut timeline = Timeline::of(page(21..=30));
        timeline.load(page(1..=10));
        assert_eq!(seqs(&timeline), (21..=30).collect::<Vec<_>>());
        timeline.load(page(11..=20));
        assert_eq!(seqs(&timeline), (11..=30).collect::<Vec<_>>());
        assert!(timeline.has_older());
        timeline.load(page(1..=10));
        assert!(!timeline.has_older());
    }

    #[test]
    fn what_came_before_the_first_page_is_kept() {
        let mut timeline = Timeline::default();
        timeline.merge(vec![message(3, 40), message(31, 41)]);
        assert!(!timeline.is_loaded());
        timeline.load(page(21..=30));
        assert_eq!(seqs(&timeline), (21..=31).collect::<Vec<_>>());
    }

    #[test]
    fn an_empty_room_takes_its_first_message() {
        let mut timeline = Timeline::of(Page {
            room: RoomId(1),
            messages: vec![],
            has_older: false,
            people: vec![],
        });
        assert!(timeline.merge(vec![message(1, 1)]));
        assert_eq!(seqs(&timeline), [1]);
    }

    #[test]
    fn a_newest_page_read_again_does_not_claim_older_ones_back() {
        let mut timeline = Timeline::of(page(1..=10));
        timeline.load(page(5..=12));
        assert!(!timeline.has_older());
        assert_eq!(seqs(&timeline), (1..=12).collect::<Vec<_>>());
    }

    /// A room's history as a server would make it: each change takes the next revision.
    fn history() -> impl Strategy<Value = Vec<Message>> {
        prop::collection::vec(prop::option::of(0usize..40), 1..60).prop_map(|changes| {
            let mut newest = 0;
            let mut all = vec![];
            for (rev, edited) in (1i64..).zip(changes) {
                let seq = match edited {
                    Some(index) if newest > 0 => 1 + index as i64 % newest,
                    _ => {
                        newest += 1;
                        newest
                    }
                };
                all.push(message(seq, rev));
            }
            all
        })
    }

    proptest! {
        #[test]
        fn any_order_and_any_repetition_of_changes_gives_the_same(
            history in history(),
            seed in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
        ) {
            let empty = Page { room: RoomId(1), messages: vec![], has_older: false, people: vec![] };
            let mut once = Timeline::of(empty.clone());
            once.merge(history.clone());
            let mut replayed = Timeline::of(empty);
            for index in &seed {
                replayed.merge(vec![index.get(&history).clone()]);
            }
            for message in history.iter().rev() {
                replayed.merge(vec![message.clone()]);
            }
            prop_assert_eq!(&once, &replayed);
            prop_assert!(!replayed.merge(history));
        }

        #[test]
        fn a_snapshot_at_any_moment_and_the_changes_since_equal_a_fresh_snapshot(
            history in history(),
            moment in any::<prop::sample::Index>(),
            overlap in 0usize..5,
        ) {
            let moment = moment.index(history.len());
            let state = |changes: &[Message]| {
                let mut rows = BTreeMap::new();
                for message in changes {
                    rows.insert(message.seq, message.clone());
                }
                rows
            };
            let newest = |rows: &BTreeMap<i64, Message>| {
                let messages: Vec<_> = rows.values().rev().take(10).rev().cloned().collect();
                let has_older = messages.first().is_some_and(|message| message.seq > 1);
                Page { room: RoomId(1), messages, has_older, people: vec![] }
            };
            let mut timeline = Timeline::of(newest(&state(&history[..moment])));
            timeline.merge(history[moment.saturating_sub(overlap)..].to_vec());
            let fresh = state(&history);
            for message in timeline.messages() {
                prop_assert_eq!(message, &fresh[&message.seq]);
            }
            prop_assert_eq!(timeline.last(), fresh.keys().next_back().copied());
            let held = seqs(&timeline);
            prop_assert!(held.windows(2).all(|pair| pair[0] + 1 == pair[1]), "a gap: {held:?}");
        }
    }
}
