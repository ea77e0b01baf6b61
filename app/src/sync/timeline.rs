//! A room's messages as a client holds them: stretches without a hole, the last of which ends with
//! the newest. Pure: everything comes in by [`Timeline::merge`], [`Timeline::jump`] and
//! [`Timeline::load`], in any order and any number of times; the higher `rev` of a message wins.

use crate::message::{Message, Page};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ops::Bound::{Excluded, Unbounded},
};

/// With more messages than this a timeline is long.
const LONG: usize = 110;
/// How many of the newest messages stay in one that was shortened.
const NEWEST: usize = 40;
/// How many stay before the place that is being read, and as many after it.
const AROUND: usize = 35;

/// A room's messages, by place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    messages: BTreeMap<i64, Message>,
    /// Places of messages that are held, while those just before them are not.
    gaps: BTreeSet<i64>,
    /// Whether a first page has come.
    loaded: bool,
    /// How many pages are on their way: each may have been read before what is heard meanwhile.
    awaited: u32,
    /// What was heard meanwhile, or before the first page came, of messages that are not here.
    early: Vec<Message>,
    /// What messages here answer, and is not here itself.
    quoted: BTreeMap<i64, Message>,
    /// Those of them that may have changed unheard.
    outdated: BTreeSet<i64>,
}

/// Where the end would begin: a gap there says that newer messages exist than are held.
const END: i64 = i64::MAX;

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

    /// The message at this place, also if it is held for an answer alone.
    #[must_use]
    pub fn origin(&self, seq: i64) -> Option<&Message> {
        self.messages.get(&seq).or_else(|| self.quoted.get(&seq))
    }

    /// The places that messages here answer, and of which nothing is held that is sure to be current.
    #[must_use]
    pub fn unquoted(&self) -> Vec<i64> {
        let is_known = |seq: &i64| {
            let is_quoted = self.quoted.contains_key(seq) && !self.outdated.contains(seq);
            self.messages.contains_key(seq) || is_quoted
        };
        let mut unquoted = Vec::new();
        for seq in self.messages.values().filter_map(|message| message.reply_to) {
            if !is_known(&seq) && !unquoted.contains(&seq) {
                unquoted.push(seq);
            }
        }
        unquoted
    }

    /// Whether newer messages exist than are held; none is taken in before [`Timeline::jump`].
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.gaps.contains(&END)
    }

    /// Notes that newer messages exist, if `last`, the room's newest place, is not held.
    pub fn cut_before(&mut self, last: i64) {
        if self.loaded && self.last().unwrap_or_default() < last {
            self.gaps.insert(END);
        }
    }

    /// The place of the last message before this place that is held.
    #[must_use]
    pub fn before(&self, seq: i64) -> Option<i64> {
        self.messages.range(..seq).next_back().map(|(seq, _)| *seq)
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
    /// come with their page, unless that is on its way. Returns whether anything is different now.
    pub fn merge(&mut self, messages: Vec<Message>) -> bool {
        if !self.loaded {
            self.early.extend(messages);
            return false;
        }
        let mut changed = false;
        for message in messages {
            let next = self.messages.range(message.seq..).next().map_or(END, |(seq, _)| *seq);
            let is_missing = next > message.seq && self.gaps.contains(&next);
            if is_missing && self.awaited > 0 {
                self.early.push(message.clone());
            }
            changed |= if is_missing { self.requote(message) } else { self.put(message) };
        }
        changed
    }

    /// A page is asked for.
    pub fn expect(&mut self) {
        self.awaited += 1;
    }

    /// A page that was asked for was taken in, or does not come.
    pub fn expected(&mut self) {
        // Left meanwhile, the room's timeline began anew.
        self.awaited = self.awaited.saturating_sub(1);
        if self.awaited == 0 && self.loaded {
            self.early.clear();
        }
    }

    /// Takes in a page of history: the first one, or one that adjoins what is held. Any other comes too
    /// late, and is left out: nobody looks there any more.
    pub fn load(&mut self, page: Page) {
        self.quote(page.quoted);
        let (Some(first), Some(last)) =
            (page.messages.first().map(|m| m.seq), page.messages.last().map(|m| m.seq))
        else {
            self.loaded = true;
            return self.take_early();
        };
        let adjoins = !self.loaded || self.messages.range(first - 1..=last + 1).next().is_some();
        if adjoins {
            self.lay(page.messages, first, last);
        }
    }

    /// Takes in a page wherever it stands, with gaps around it.
    pub fn land(&mut self, page: Page) {
        self.quote(page.quoted);
        if let (Some(first), Some(last)) = (page.messages.first(), page.messages.last()) {
            let (first, last) = (first.seq, last.seq);
            self.lay(page.messages, first, last);
        }
    }

    /// Takes in what messages here answer.
    pub fn quote(&mut self, messages: Vec<Message>) {
        for message in messages {
            self.outdated.remove(&message.seq);
            let held = self.quoted.get(&message.seq);
            if held.is_none_or(|held| held.rev < message.rev) {
                self.quoted.insert(message.seq, message);
            }
        }
        if self.loaded {
            self.take_early();
        }
    }

    /// Takes in a change of what messages here answer.
    fn requote(&mut self, message: Message) -> bool {
        let is_newer = self.quoted.get(&message.seq).is_some_and(|held| held.rev < message.rev);
        if is_newer {
            self.quoted.insert(message.seq, message);
        }
        is_newer
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
        self.gaps.remove(&END);
        self.outdated.extend(self.quoted.keys());
        if !keep {
            self.messages.clear();
            self.gaps.clear();
        }
        self.lay(newest, first, last);
    }

    /// Forgets all before this place; they are loaded when they are asked for.
    pub fn forget_before(&mut self, seq: i64) {
        let kept = self.messages.split_off(&seq);
        let dropped = std::mem::replace(&mut self.messages, kept);
        self.gaps = self.gaps.split_off(&seq);
        self.gaps.extend(self.first().filter(|first| *first > 1));
        self.keep_origins(dropped.into_values());
    }

    /// Forgets most of a timeline that has become long: all but the newest, and what stands around
    /// `place`, which is being read. A page that stays open must not grow for as long as people
    /// write. What is forgotten is loaded when it is asked for.
    pub fn shorten(&mut self, place: Option<i64>) {
        if self.messages.len() <= LONG {
            return;
        }
        let mut kept: HashSet<i64> = self.messages.keys().rev().take(NEWEST).copied().collect();
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
        let dropped: Vec<_> =
            self.messages.extract_if(.., |seq, _| !kept.contains(seq)).map(|(_, m)| m).collect();
        self.keep_origins(dropped.into_iter());
        self.gaps.retain(|seq| kept.contains(seq) || *seq == END);
    }

    /// Of what is dropped, keeps what is answered by what stays.
    fn keep_origins(&mut self, dropped: impl Iterator<Item = Message>) {
        let answered: HashSet<_> = self.messages.values().filter_map(|m| m.reply_to).collect();
        self.quoted.retain(|seq, _| answered.contains(seq));
        self.quote(dropped.filter(|message| answered.contains(&message.seq)).collect());
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
        let next = self.messages.range(last + 1..).next().map(|(seq, _)| *seq);
        self.gaps.extend(next.filter(|next| *next > last + 1));
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
mod tests;
