//! A room's messages as a client holds them: stretches without a hole, the last of which ends with
//! the newest. Pure: everything comes in by [`Timeline::merge`], [`Timeline::jump`] and
//! [`Timeline::load`], in any order and any number of times; the higher `rev` of a message wins.

use crate::message::{Message, Page};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound::{Excluded, Unbounded},
};

/// With more messages than this a timeline is long.
const LONG: usize = 300;
/// How many of the newest messages stay in one that was shortened.
const NEWEST: usize = 100;
/// How many stay before the place that is being read, and as many after it.
const AROUND: usize = 100;

/// A room's messages, by place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    messages: BTreeMap<i64, Message>,
    /// Places of messages that are held, while those just before them are not.
    gaps: BTreeSet<i64>,
    /// Whether a first page has come.
    loaded: bool,
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
        self.loaded
    }

    /// Whether older messages exist before the first one.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.first().is_some_and(|first| self.gaps.contains(&first))
    }

    /// Whether messages are missing between this one and the one that is held before it.
    #[must_use]
    pub fn is_after_gap(&self, seq: i64) -> bool {
        self.gaps.contains(&seq) && self.first() != Some(seq)
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

    /// Takes in new and changed messages. Changes of messages that are missing are left out: they
    /// come with their page. Returns whether anything is different now.
    pub fn merge(&mut self, messages: Vec<Message>) -> bool {
        if !self.loaded {
            self.early.extend(messages);
            return false;
        }
        let mut changed = false;
        for message in messages {
            let next = self.messages.range(message.seq..).next().map(|(seq, _)| *seq);
            let is_missing =
                next.is_some_and(|next| next > message.seq && self.gaps.contains(&next));
            changed |= !is_missing && self.put(message);
        }
        changed
    }

    /// Takes in a page of history: the first one, or one that adjoins what is held. Any other would
    /// leave a gap that nothing marks, and is left out.
    pub fn load(&mut self, page: Page) {
        let (Some(first), Some(last)) =
            (page.messages.first().map(|m| m.seq), page.messages.last().map(|m| m.seq))
        else {
            self.loaded = true;
            return self.take_early();
        };
        let adjoins = !self.loaded || self.messages.range(first..=last + 1).next().is_some();
        if adjoins {
            self.lay(page.messages, first, last);
        }
    }

    /// Takes in the newest page when too much has changed to be told one by one. What is held
    /// before it stays if `keep`, with a gap between where there is one; it may be out of date until
    /// its pages are loaded again.
    pub fn jump(&mut self, newest: Vec<Message>, keep: bool) {
        let (Some(first), Some(last)) =
            (newest.first().map(|m| m.seq), newest.last().map(|m| m.seq))
        else {
            return;
        };
        if !keep {
            self.messages.clear();
            self.gaps.clear();
        }
        self.lay(newest, first, last);
    }

    /// Forgets all before this place; they are loaded when they are asked for.
    pub fn forget_before(&mut self, seq: i64) {
        self.messages = self.messages.split_off(&seq);
        self.gaps = self.gaps.split_off(&seq);
        self.gaps.extend(self.first().filter(|first| *first > 1));
    }

    /// Forgets most of a timeline that has become long: all but the newest, and what stands around
    /// `place`, which is being read. A page that stays open must not grow for as long as people
    /// write. What is forgotten is loaded when it is asked for.
    pub fn shorten(&mut self, place: Option<i64>) {
        if self.messages.len() <= LONG {
            return;
        }
        let mut kept: BTreeSet<i64> = self.messages.keys().rev().take(NEWEST).copied().collect();
        if let Some(place) = place {
            kept.extend(self.messages.range(..place).rev().take(AROUND).map(|(seq, _)| *seq));
            kept.extend(self.messages.range(place..).take(AROUND).map(|(seq, _)| *seq));
        }
        let mut before = 0;
        for seq in self.messages.keys().filter(|seq| kept.contains(seq)) {
            if before + 1 != *seq {
                self.gaps.insert(*seq);
            }
            before = *seq;
        }
        self.messages.retain(|seq, _| kept.contains(seq));
        self.gaps.retain(|seq| kept.contains(seq));
    }

    /// Puts in a stretch without a hole.
    fn lay(&mut self, messages: Vec<Message>, first: i64, last: i64) {
        let held_before = self.messages.contains_key(&(first - 1));
        let reaches_back = self.messages.contains_key(&first) && !self.gaps.contains(&first);
        let covered: Vec<_> = self
            .gaps
            .range((Excluded(first), Unbounded))
            .take_while(|gap| **gap <= last + 1)
            .copied()
            .collect();
        for gap in covered {
            self.gaps.remove(&gap);
        }
        if first > 1 && !held_before && !reaches_back {
            self.gaps.insert(first);
        } else {
            self.gaps.remove(&first);
        }
        self.loaded = true;
        for message in messages {
            self.put(message);
        }
        self.take_early();
    }

    fn take_early(&mut self) {
        let early = std::mem::take(&mut self.early);
        self.merge(early);
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
            reply_to: None,
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

    #[test]
    fn a_jump_keeps_what_is_being_read_and_marks_the_gap() {
        let mut timeline = Timeline::of(page(21..=30));
        timeline.jump(page(91..=100).messages, true);
        assert_eq!(seqs(&timeline), (21..=30).chain(91..=100).collect::<Vec<_>>());
        assert!(timeline.is_after_gap(91) && timeline.has_older());
        assert!(!timeline.merge(vec![message(50, 120)]), "missing: it comes with its page");
        assert!(timeline.merge(vec![message(25, 121)]));
        timeline.load(page(81..=90));
        assert!(timeline.is_after_gap(81) && !timeline.is_after_gap(91));
        timeline.forget_before(95);
        assert_eq!(seqs(&timeline), (95..=100).collect::<Vec<_>>());
        assert!(timeline.has_older());
        timeline.jump(page(191..=200).messages, false);
        assert_eq!(seqs(&timeline), (191..=200).collect::<Vec<_>>());
    }

    #[test]
    fn a_long_timeline_keeps_the_newest_and_what_is_read() {
        let mut timeline = Timeline::of(page(1..=300));
        timeline.shorten(Some(50));
        assert_eq!(timeline.messages().count(), 300, "not long yet");
        timeline.load(page(300..=1000));
        let mut at_end = timeline.clone();
        at_end.shorten(None);
        assert_eq!(seqs(&at_end), (901..=1000).collect::<Vec<_>>());
        assert!(at_end.has_older() && !at_end.is_after_gap(901));
        timeline.shorten(Some(401));
        assert_eq!(seqs(&timeline), (301..=500).chain(901..=1000).collect::<Vec<_>>());
        assert!(timeline.has_older() && timeline.is_after_gap(901));
        timeline.merge(vec![message(700, 2_000), message(1001, 2_001)]);
        assert_eq!(timeline.last(), Some(1001));
        assert!(timeline.get(700).is_none(), "it comes with its page");
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
        fn jumps_pages_and_changes_in_any_order_leave_no_hole_that_is_not_marked(
            steps in prop::collection::vec((0u8..5, 1i64..600), 1..40),
        ) {
            let mut newest = 10;
            let mut timeline = Timeline::of(page(1..=10));
            for (step, at) in steps {
                match step {
                    0 => {
                        newest += 1;
                        timeline.merge(vec![message(newest, newest)]);
                    }
                    1 => {
                        newest += at;
                        timeline.jump(page((newest - 9).max(1)..=newest).messages, true);
                    }
                    2 => timeline.load(page((at.min(newest) - 9).max(1)..=at.min(newest))),
                    3 => timeline.shorten((at % 2 == 0).then_some(at)),
                    _ => { timeline.merge(vec![message(at.min(newest), newest + at)]); }
                }
                let held = seqs(&timeline);
                for pair in held.windows(2) {
                    let marked = timeline.is_after_gap(pair[1]);
                    prop_assert_eq!(pair[0] + 1 != pair[1], marked, "{:?}", held);
                }
                prop_assert_eq!(timeline.has_older(), held[0] > 1);
                prop_assert_eq!(timeline.last(), Some(newest));
            }
            // From the newest back, page by page, every gap fills.
            for _ in 0..1_000 {
                let held = seqs(&timeline);
                let Some(gap) = held.iter().copied().find(|seq| timeline.is_after_gap(*seq)) else { break };
                timeline.load(page((gap - 10).max(1)..=gap - 1));
            }
            prop_assert_eq!(seqs(&timeline), (1..=newest).collect::<Vec<_>>());
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
