//! A small client that reads as the page does: a snapshot, then held polls; what changed is merged
//! by place, the higher revision wins. It notes in which order places were news to it.

use crate::{
    checker::{Observation, Seen},
    client::{Answer, Client, Failure},
    wire::{Change, Message, Page, Update},
};
use anyhow::{Result, bail};
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

/// As a page in sight: held for a second, and after news not more than four times a second.
const HOLD: Duration = Duration::from_secs(1);
const AFTER_NEWS: Duration = Duration::from_millis(250);
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// What a reader holds.
#[derive(Default)]
struct State {
    cursor: Option<String>,
    observation: Observation,
    /// The revision up to which each room is known.
    known: BTreeMap<i64, i64>,
    /// Rooms of which history is still to be read, before a place.
    gaps: BTreeMap<i64, i64>,
    /// The last place of each room that nobody changes any more: it is not read again.
    settled: BTreeMap<i64, i64>,
    /// Why it gave up.
    broken: Option<String>,
}

/// A reader that runs; it ends when dropped.
pub struct Reader {
    state: Arc<Mutex<State>>,
    frozen: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Reader {
    /// Starts one. `settled` has the last place of each room that need not be read.
    pub fn start(name: String, client: Client, settled: BTreeMap<i64, i64>) -> Self {
        let observation = Observation { reader: name, ..Observation::default() };
        let state = Arc::new(Mutex::new(State { observation, settled, ..State::default() }));
        let (frozen, thawed) = watch::channel(false);
        let follower = Follower { client, state: Arc::clone(&state) };
        let task = tokio::spawn(follower.follow(thawed));
        Self { state, frozen, task }
    }

    /// While frozen it does nothing, as on a device that sleeps: it asks nothing, and an answer that
    /// is on its way is taken in afterwards.
    pub fn freeze(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }

    /// Up to these places nobody changes anything any more.
    pub fn settle(&self, places: &BTreeMap<i64, i64>) {
        locked(&self.state).settled.clone_from(places);
    }

    /// Whether it holds everything up to these revisions of its rooms.
    ///
    /// # Errors
    /// If it gave up.
    pub fn has_caught_up(&self, newest: &BTreeMap<i64, i64>) -> Result<bool> {
        let state = locked(&self.state);
        if let Some(why) = &state.broken {
            bail!("{}: {why}", state.observation.reader);
        }
        let holds = |(room, known): (&i64, &i64)| newest.get(room).is_none_or(|rev| known >= rev);
        Ok(state.cursor.is_some() && state.gaps.is_empty() && state.known.iter().all(holds))
    }

    /// What it has seen after these places.
    pub fn observation(&self, since: &BTreeMap<i64, i64>) -> Observation {
        let state = locked(&self.state);
        let rooms = state.observation.rooms.iter().map(|(room, seen)| {
            let since = since.get(room).copied().unwrap_or(0);
            let messages = seen.messages.range(since + 1..);
            let messages = messages.map(|(seq, message)| (*seq, message.clone())).collect();
            let order = seen.order.iter().copied().filter(|seq| *seq > since).collect();
            (*room, Seen { messages, order })
        });
        Observation { reader: state.observation.reader.clone(), rooms: rooms.collect() }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Follower {
    client: Client,
    state: Arc<Mutex<State>>,
}

impl Follower {
    async fn follow(self, mut frozen: watch::Receiver<bool>) {
        // Until nobody can thaw it any more.
        while let Some(done) = while_awake(&mut frozen, self.step()).await {
            match done {
                Ok(true) => sleep(AFTER_NEWS).await,
                Ok(false) => {}
                Err(Failure::Later(pause)) => {
                    sleep(pause.unwrap_or_default() + AFTER_FAILURE).await;
                }
                Err(Failure::Refused(error)) => {
                    locked(&self.state).broken = Some(format!("{error:#}"));
                    return;
                }
            }
        }
    }

    /// Starts, fills a gap or asks for news; whether there were any.
    async fn step(&self) -> Answer<bool> {
        let (cursor, gap, held) = {
            let state = locked(&self.state);
            let gap = state.gaps.iter().next().map(|(room, before)| (*room, *before));
            let held: Vec<_> = state.known.iter().map(|(room, rev)| (*room, *rev)).collect();
            (state.cursor.clone(), gap, held)
        };
        let Some(cursor) = cursor else {
            let snapshot = self.client.snapshot().await?;
            let mut state = locked(&self.state);
            for room in snapshot.rooms {
                state.known.insert(room.id, room.last_rev);
                state.gaps.insert(room.id, room.last_seq + 1);
                state.observation.rooms.entry(room.id).or_default();
            }
            state.cursor = Some(snapshot.cursor);
            return Ok(false);
        };
        if let Some((room, before)) = gap {
            let page = self.client.history(room, Some(before)).await?;
            locked(&self.state).fill(room, page);
            return Ok(false);
        }
        let delta = match self.client.poll(&cursor, HOLD).await? {
            None => return Ok(false),
            Some(Update::Delta(delta)) => delta,
            Some(Update::Resync) => self.client.resync(&held).await?,
        };
        let limited = delta.rooms.iter().filter(|change| change.limited).count();
        self.client.tally.limited.fetch_add(limited as u64, Ordering::Relaxed);
        let mut state = locked(&self.state);
        state.cursor = Some(delta.cursor);
        for change in delta.rooms {
            state.apply(change);
        }
        Ok(true)
    }
}

/// Does some work, of which nothing is done while frozen. None: nobody can thaw it any more.
async fn while_awake<T>(
    frozen: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        frozen.wait_for(|frozen| !frozen).await.ok()?;
        tokio::select! {
            biased;
            froze = frozen.wait_for(|frozen| *frozen) => drop(froze.ok()?),
            done = &mut work => return Some(done),
        }
    }
}

impl State {
    /// Takes in news. The messages of one answer come into sight together, so in order of place.
    fn apply(&mut self, change: Change) {
        let Change { room, mut messages, limited } = change;
        messages.sort_by_key(|message| message.seq);
        let seen = self.observation.rooms.entry(room.id).or_default();
        if limited {
            // What is held may have changed without being told of: it is read again.
            let settled = self.settled.get(&room.id).copied().unwrap_or(0);
            seen.messages.split_off(&(settled + 1));
            if let Some(first) = messages.first() {
                self.gaps.insert(room.id, first.seq);
            }
        }
        let gap = self.gaps.get(&room.id).copied().unwrap_or(0);
        for message in messages {
            // Places in the gap come by history; some of them, and of those that `limited` told
            // again, were seen before.
            let is_new = message.seq >= gap && !seen.messages.contains_key(&message.seq);
            let was_seen = limited && seen.order.last().is_some_and(|last| *last >= message.seq);
            if is_new && !was_seen {
                seen.order.push(message.seq);
            }
            seen.merge(message);
        }
        self.known.insert(room.id, room.last_rev);
    }

    /// Takes in a page of history, older than what is held.
    fn fill(&mut self, room: i64, page: Page) {
        let settled = self.settled.get(&room).copied().unwrap_or(0);
        let first = page.messages.first().map(|message| message.seq);
        match first.filter(|first| page.has_older && first - 1 > settled) {
            Some(first) => self.gaps.insert(room, first),
            None => self.gaps.remove(&room),
        };
        let seen = self.observation.rooms.entry(room).or_default();
        page.messages.into_iter().for_each(|message| seen.merge(message));
    }
}

impl Seen {
    fn merge(&mut self, message: Message) {
        let held = self.messages.get(&message.seq);
        if held.is_none_or(|held| held.rev < message.rev) {
            self.messages.insert(message.seq, message);
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Room;

    const ROOM: i64 = 1;

    fn message(seq: i64, rev: i64) -> Message {
        Message {
            room: ROOM,
            seq,
            rev,
            sender: 7,
            client_id: format!("{seq:032x}"),
            body: format!("{seq}.{rev}"),
            created: seq,
            edited: None,
            deleted: false,
        }
    }

    fn change(messages: Vec<Message>, limited: bool) -> Change {
        let last_rev = messages.iter().map(|message| message.rev).max().unwrap_or(0);
        Change { room: Room { id: ROOM, last_seq: 0, last_rev }, messages, limited }
    }

    fn page(seqs: std::ops::RangeInclusive<i64>) -> Page {
        let has_older = *seqs.start() > 1;
        Page { messages: seqs.map(|seq| message(seq, seq)).collect(), has_older }
    }

    fn seen(state: &State) -> (Vec<i64>, Vec<i64>) {
        let seen = &state.observation.rooms[&ROOM];
        (seen.messages.keys().copied().collect(), seen.order.clone())
    }

    #[test]
    fn news_is_noted_once_and_the_higher_revision_wins() {
        let mut state = State::default();
        state.apply(change(vec![message(1, 3), message(2, 2)], false));
        state.apply(change(vec![message(1, 1), message(2, 4), message(3, 5)], false));
        assert_eq!(seen(&state), (vec![1, 2, 3], vec![1, 2, 3]));
        let rooms = &state.observation.rooms[&ROOM].messages;
        assert_eq!((rooms[&1].rev, rooms[&2].rev), (3, 4));
    }

    #[test]
    fn a_late_place_is_noted_as_it_came() {
        let mut state = State::default();
        state.apply(change(vec![message(2, 2)], false));
        state.apply(change(vec![message(1, 1)], false));
        assert_eq!(seen(&state).1, [2, 1]);
    }

    #[test]
    fn what_was_too_much_to_tell_is_read_as_history() {
        let mut state = State::default();
        state.apply(change(vec![message(1, 1), message(2, 2)], false));
        state.apply(change((5..=6).map(|seq| message(seq, seq)).collect(), true));
        assert_eq!(state.gaps[&ROOM], 5);
        state.apply(change(vec![message(1, 7), message(7, 8)], false));
        state.fill(ROOM, page(3..=4));
        assert_eq!(state.gaps[&ROOM], 3);
        state.fill(ROOM, page(1..=2));
        assert!(state.gaps.is_empty());
        assert_eq!(seen(&state), ((1..=7).collect(), vec![1, 2, 5, 6, 7]));
        assert_eq!(state.observation.rooms[&ROOM].messages[&1].rev, 7);
    }

    #[test]
    fn what_nobody_changes_any_more_is_not_read_again() {
        let mut state = State::default();
        state.apply(change((1..=4).map(|seq| message(seq, seq)).collect(), false));
        state.settled.insert(ROOM, 2);
        state.apply(change(vec![message(5, 5)], true));
        assert_eq!(seen(&state).0, [1, 2, 5]);
        state.fill(ROOM, page(3..=4));
        assert!(state.gaps.is_empty());
        assert_eq!(seen(&state), ((1..=5).collect(), (1..=5).collect()));
    }
}
