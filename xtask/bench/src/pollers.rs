//! People who poll as pages do, and what they hear of.

use crate::{
    http::Connection,
    load::{Latencies, latencies, microseconds},
    people::{Person, next_cursor},
};
use anyhow::{Context, Result};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

/// Between two polls of one page.
const SECOND: Duration = Duration::from_secs(1);
/// After news, a page asks at most four times a second.
const AFTER_NEWS: Duration = Duration::from_millis(250);
/// How long a page in sight has its poll held, in milliseconds.
const HOLD: u32 = 1_000;
/// The status that asks to try again later.
const UNAVAILABLE: u16 = 503;
/// Connections that send side by side.
const SENDERS: u64 = 8;

/// How a page asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Once a second, whatever happens.
    Plain,
    /// Held for a second, and again at once.
    Held,
}

/// Somebody's page.
pub struct Poller {
    person: Person,
    connection: Connection,
    cursor: String,
}

/// A message that somebody's page got.
struct Read {
    by: Person,
    client_id: u128,
    at: Instant,
}

/// A message that was answered.
pub struct Sent {
    by: Person,
    client_id: u128,
    at: Instant,
}

/// What pages heard while they polled.
pub struct Heard {
    /// From when a poll was due until its answer.
    pub polls: Latencies,
    /// The same of those alone to which nothing was new.
    pub idle: Latencies,
    reads: Vec<Read>,
    /// Answers that had news.
    pub news: u64,
    /// Polls that were answered with 503: the server could not keep up.
    pub refused: u64,
}

/// What all pages write into.
struct Shared {
    polls: Mutex<Latencies>,
    idle: Mutex<Latencies>,
    reads: Mutex<Vec<Read>>,
    news: AtomicU64,
    refused: AtomicU64,
}

impl Poller {
    /// A page of each of these people, each over a connection of its own.
    ///
    /// # Errors
    /// If one cannot be opened.
    pub async fn open(
        address: SocketAddr,
        people: &[Person],
        cursors: Vec<String>,
    ) -> Result<Vec<Self>> {
        let mut pollers = Vec::with_capacity(people.len());
        for (person, cursor) in people.iter().copied().zip(cursors) {
            let connection = Connection::open(address).await?;
            pollers.push(Self { person, connection, cursor });
        }
        Ok(pollers)
    }

    /// Asks to be held for this long, without waiting for the answer.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn park(&mut self, hold: Duration) -> Result<()> {
        let hold = u32::try_from(hold.as_millis())?;
        self.connection.send(&self.person.held_poll(&self.cursor, hold)).await
    }

    /// Takes the answer to [`Poller::park`].
    ///
    /// # Errors
    /// If it is none.
    pub async fn unpark(&mut self) -> Result<()> {
        let answer = self.connection.answer().await?;
        answer.succeed()?;
        if let Some(cursor) = next_cursor(answer.body)? {
            self.cursor = cursor;
        }
        Ok(())
    }

    async fn poll(
        mut self,
        manner: Manner,
        mut due: Instant,
        end: Instant,
        shared: Arc<Shared>,
    ) -> Result<Self> {
        while due < end {
            if Instant::now() < due {
                sleep_until(due).await;
            }
            // Behind its time for ever: it need not catch up with all that it missed.
            if Instant::now() >= end {
                break;
            }
            let request = match manner {
                Manner::Plain => self.person.poll(&self.cursor),
                Manner::Held => self.person.held_poll(&self.cursor, HOLD),
            };
            let answer = self.connection.ask(&request).await?;
            let now = Instant::now();
            let is_refused = answer.status == UNAVAILABLE;
            let (ids, next) = if is_refused {
                shared.refused.fetch_add(1, Ordering::Relaxed);
                Default::default()
            } else {
                answer.succeed()?;
                (client_ids(answer.body), next_cursor(answer.body)?)
            };
            let latency = microseconds(now - due);
            locked(&shared.polls).saturating_record(latency);
            if next.is_none() && !is_refused {
                locked(&shared.idle).saturating_record(latency);
            }
            if !ids.is_empty() {
                let read = |client_id| Read { by: self.person, client_id, at: now };
                locked(&shared.reads).extend(ids.into_iter().map(read));
            }
            due = match (manner, &next) {
                (Manner::Plain, _) => due + SECOND,
                (Manner::Held, None) if !is_refused => now,
                (Manner::Held, _) => now + AFTER_NEWS,
            };
            if let Some(next) = next {
                shared.news.fetch_add(1, Ordering::Relaxed);
                self.cursor = next;
            }
        }
        Ok(self)
    }
}

/// Lets all of them poll for this time, their first polls spread over a second.
///
/// # Errors
/// If one gets no answer, or is told to resync.
pub async fn poll(pollers: &mut Vec<Poller>, manner: Manner, time: Duration) -> Result<Heard> {
    let shared = Arc::new(Shared {
        polls: Mutex::new(latencies()?),
        idle: Mutex::new(latencies()?),
        reads: Mutex::default(),
        news: AtomicU64::new(0),
        refused: AtomicU64::new(0),
    });
    let begun = Instant::now();
    let between = SECOND / u32::try_from(pollers.len().max(1))?;
    let mut tasks = JoinSet::new();
    for (poller, place) in std::mem::take(pollers).into_iter().zip(0..) {
        let first = begun + between * place;
        tasks.spawn(poller.poll(manner, first, begun + time, Arc::clone(&shared)));
    }
    while let Some(done) = tasks.join_next().await {
        pollers.push(done.context("a page broke")??);
    }
    let shared = Arc::into_inner(shared).context("a page still polls")?;
    Ok(Heard {
        polls: shared.polls.into_inner().unwrap_or_else(PoisonError::into_inner),
        idle: shared.idle.into_inner().unwrap_or_else(PoisonError::into_inner),
        reads: shared.reads.into_inner().unwrap_or_else(PoisonError::into_inner),
        news: shared.news.into_inner(),
        refused: shared.refused.into_inner(),
    })
}

/// Sends so many messages a second for this time, each from the next of these people to the next
/// of these rooms.
///
/// # Errors
/// If one is refused.
pub async fn send(
    address: SocketAddr,
    from: &[(Person, i64)],
    rate: f64,
    time: Duration,
) -> Result<Vec<Sent>> {
    let begun = Instant::now() + Duration::from_millis(100);
    let between = Duration::from_secs_f64(1.0 / rate);
    let mut tasks = JoinSet::new();
    for first in 0..SENDERS {
        let mut connection = Connection::open(address).await?;
        let from = from.to_owned();
        tasks.spawn(async move {
            let mut sent = Vec::new();
            for number in (first..).step_by(usize::try_from(SENDERS)?) {
                let due = begun + between.mul_f64(crate::load::count(number));
                if due >= begun + time {
                    break;
                }
                sleep_until(due).await;
                let place = usize::try_from(number)? % from.len();
                let (by, room) = from[place];
                let client_id = fresh_client_id();
                let mut request = by.send(room, "A message, 一条消息");
                crate::people::name_message(&mut request, client_id);
                connection.ask(&request).await?.succeed()?;
                sent.push(Sent { by, client_id, at: Instant::now() });
            }
            anyhow::Ok(sent)
        });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done.context("a sender broke")??);
    }
    // So that the last ones are read too.
    sleep(Duration::from_millis(10)).await;
    Ok(all)
}

/// From when a message was answered until each other page had it.
///
/// # Errors
/// If none was read at all.
pub fn deliveries(sent: &[Sent], heard: &Heard) -> Result<Latencies> {
    let sent: HashMap<_, _> = sent.iter().map(|sent| (sent.client_id, sent)).collect();
    let mut all = latencies()?;
    for read in &heard.reads {
        if let Some(sent) = sent.get(&read.client_id).filter(|sent| sent.by != read.by) {
            // It may be read before the sender has its answer.
            all.saturating_record(microseconds(read.at.saturating_duration_since(sent.at)).max(1));
        }
    }
    anyhow::ensure!(!all.is_empty(), "no message was read by another page");
    Ok(all)
}

/// A name for a message that none in this run has.
pub fn fresh_client_id() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Spread over the index, as random ones are.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64 | u128::from(number)
}

/// The names of the messages in an answer, each once.
fn client_ids(answer: &[u8]) -> Vec<u128> {
    const MARK: &str = "\"client_id\":\"";
    let Ok(text) = std::str::from_utf8(answer) else { return Vec::new() };
    let ids = text.split(MARK).skip(1);
    let mut ids: Vec<_> =
        ids.filter_map(|rest| u128::from_str_radix(rest.get(..32)?, 16).ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
