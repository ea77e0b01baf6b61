//! The verdict over a round, from what was acknowledged and what clients saw. Pure, and tested to
//! bite: each kind of fault counts once.

use crate::{ledger::Acknowledgement, wire::Message};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What one reader knows of one room.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Its merged state, by place.
    pub messages: BTreeMap<i64, Message>,
    /// Places in the order in which news first brought them. What history brought is not news.
    pub order: Vec<i64>,
}

/// What one reader knows, by room.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    pub reader: String,
    pub rooms: BTreeMap<i64, Seen>,
}

/// All that a verdict is made of. It concerns the places after `since`.
pub struct Evidence<'a> {
    pub acknowledged: &'a [Acknowledgement],
    /// Each room as a member read it afterwards, page by page, oldest first.
    pub history: &'a BTreeMap<i64, Vec<Message>>,
    pub observations: &'a [Observation],
    /// The last place of each room that is not looked at; 0 where none is named.
    pub since: &'a BTreeMap<i64, i64>,
}

/// How many faults of each kind; all zero when the server kept its promise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Places whose acknowledged message or change is not seen by every member, or that are empty.
    pub lost: usize,
    /// Rows beyond the first of one sender's one client id.
    pub duplicated: usize,
    /// Places that came to a reader after a later one, or again.
    pub reordered: usize,
    /// Places that a reader holds in another form than history, beyond those that are lost.
    pub disagreements: usize,
    /// A sentence for each.
    pub details: Vec<String>,
}

impl Verdict {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.details.is_empty()
    }

    /// What is left when faults that others counted are not counted again.
    pub fn beyond<'a>(mut self, others: impl Iterator<Item = &'a Self>) -> Self {
        for other in others {
            self.lost = self.lost.saturating_sub(other.lost);
            self.duplicated = self.duplicated.saturating_sub(other.duplicated);
            self.reordered = self.reordered.saturating_sub(other.reordered);
            self.disagreements = self.disagreements.saturating_sub(other.disagreements);
        }
        self
    }
}

/// Room and place.
type Place = (i64, i64);

/// Compares what was acknowledged, what is stored and what was seen.
pub fn check(evidence: &Evidence<'_>) -> Verdict {
    let mut details = Vec::new();
    let stored = by_place(evidence);
    let lost = lost(evidence, &stored);
    details.extend(lost.iter().map(|(place, why)| format!("lost: {place:?}, {why}")));
    let duplicated = note(&mut details, "duplicated", duplicated(&stored));
    let reordered = note(&mut details, "reordered", reordered(evidence));
    let disagreements = disagreements(evidence, &stored, &lost);
    let disagreements = note(&mut details, "disagreement", disagreements);
    Verdict { lost: lost.len(), duplicated, reordered, disagreements, details }
}

fn note(details: &mut Vec<String>, kind: &str, found: Vec<String>) -> usize {
    let count = found.len();
    details.extend(found.into_iter().map(|what| format!("{kind}: {what}")));
    count
}

fn by_place<'a>(evidence: &Evidence<'a>) -> BTreeMap<Place, &'a Message> {
    let all = evidence.history.values().flatten();
    let new = all.filter(|message| message.seq > since(evidence, message.room));
    new.map(|message| ((message.room, message.seq), message)).collect()
}

fn since(evidence: &Evidence<'_>, room: i64) -> i64 {
    evidence.since.get(&room).copied().unwrap_or(0)
}

/// The places where something is missing, with the first reason.
fn lost(evidence: &Evidence<'_>, stored: &BTreeMap<Place, &Message>) -> BTreeMap<Place, String> {
    let mut lost = BTreeMap::new();
    for Acknowledgement { deed, message } in evidence.acknowledged {
        let place = (message.room, message.seq);
        let in_history = ("history", stored.get(&place).copied());
        let members = evidence.observations.iter().filter_map(|observation| {
            let room = observation.rooms.get(&message.room)?;
            Some((observation.reader.as_str(), room.messages.get(&message.seq)))
        });
        for (who, seen) in std::iter::once(in_history).chain(members) {
            if !seen.is_some_and(|seen| shows(seen, message)) {
                let why = format!("acknowledged as {deed:?} but {who} has {seen:?}");
                lost.entry(place).or_insert(why);
            }
        }
    }
    for room in evidence.history.keys() {
        let newest = stored.keys().filter(|place| place.0 == *room).map(|place| place.1).max();
        for seq in since(evidence, *room) + 1..newest.unwrap_or(0) {
            if !stored.contains_key(&(*room, seq)) {
                lost.entry((*room, seq)).or_insert_with(|| "the place is empty".into());
            }
        }
    }
    lost
}

/// Whether what is seen is what was acknowledged, or a later form of it.
fn shows(seen: &Message, acknowledged: &Message) -> bool {
    seen.client_id == acknowledged.client_id
        && seen.sender == acknowledged.sender
        && seen.rev >= acknowledged.rev
        && (seen.deleted || !acknowledged.deleted)
}

fn duplicated(stored: &BTreeMap<Place, &Message>) -> Vec<String> {
    let mut first = HashMap::new();
    let mut found = Vec::new();
    for (place, message) in stored {
        if let Some(earlier) = first.insert((message.sender, &message.client_id), place) {
            found.push(format!("{} at {earlier:?} and at {place:?}", message.client_id));
        }
    }
    found
}

fn reordered(evidence: &Evidence<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |who: &str, room: i64, order: &mut dyn Iterator<Item = i64>| {
        let mut last = since(evidence, room);
        for seq in order.filter(|seq| *seq > since(evidence, room)) {
            if seq <= last {
                found.push(format!("{who} saw {:?} after {last}", (room, seq)));
            }
            last = last.max(seq);
        }
    };
    for (room, messages) in evidence.history {
        look("history", *room, &mut messages.iter().map(|message| message.seq));
    }
    for observation in evidence.observations {
        for (room, seen) in &observation.rooms {
            look(&observation.reader, *room, &mut seen.order.iter().copied());
        }
    }
    found
}

fn disagreements(
    evidence: &Evidence<'_>,
    stored: &BTreeMap<Place, &Message>,
    lost: &BTreeMap<Place, String>,
) -> Vec<String> {
    let mut found = Vec::new();
    for Acknowledgement { message, .. } in evidence.acknowledged {
        let place = (message.room, message.seq);
        let stored = stored.get(&place).copied();
        let differs = stored.is_some_and(|stored| stored.rev == message.rev && stored != message);
        if differs && !lost.contains_key(&place) {
            found.push(format!("history has {stored:?}, the answer was {message:?}"));
        }
    }
    for observation in evidence.observations {
        for (room, seen) in &observation.rooms {
            let held = seen.messages.range(since(evidence, *room) + 1..).map(|(seq, _)| *seq);
            let kept = stored.keys().filter(|place| place.0 == *room).map(|place| place.1);
            for seq in held.chain(kept).collect::<BTreeSet<_>>() {
                let place = (*room, seq);
                let (held, kept) = (seen.messages.get(&seq), stored.get(&place).copied());
                if held != kept && !lost.contains_key(&place) {
                    let who = &observation.reader;
                    found.push(format!("{place:?}: {who} has {held:?}, history {kept:?}"));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
