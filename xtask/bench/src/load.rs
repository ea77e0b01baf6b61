//! Load: closed, where each connection asks again as soon as it was answered, for rates; open,
//! where requests begin when they are due whatever became of those before, for latencies.

use crate::http::{Answer, Connection};
use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// Latencies in microseconds, up to a minute, to three digits.
pub type Latencies = Histogram<u64>;

/// What an answer must be.
pub type Check = fn(&Answer) -> Result<()>;

/// Any answer with 200.
///
/// # Errors
/// If it has another status.
pub fn is_done(answer: &Answer) -> Result<()> {
    answer.succeed()
}

/// An empty histogram.
///
/// # Errors
/// Never: the bounds are right.
pub fn latencies() -> Result<Latencies> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

/// Microseconds, as they are recorded.
pub fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The 99th percentile in milliseconds.
pub fn p99(latencies: &Latencies) -> f64 {
    count(latencies.value_at_quantile(0.99)) / 1000.0
}

/// The 95th percentile in milliseconds.
pub fn p95(latencies: &Latencies) -> f64 {
    count(latencies.value_at_quantile(0.95)) / 1000.0
}

/// A number of things that were counted.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
pub fn count(number: u64) -> f64 {
    number as f64
}

/// A connection with what it asks, one after the other and from the first again.
struct Asker {
    connection: Connection,
    requests: Vec<Vec<u8>>,
    next: usize,
}

impl Asker {
    async fn ask(&mut self, manner: Manner) -> Result<()> {
        let place = self.next;
        self.next = (place + 1) % self.requests.len().max(1);
        let request = self.requests.get_mut(place).context("nothing to ask")?;
        (manner.prepare)(request);
        (manner.check)(&self.connection.ask(request).await?)
    }
}

/// How the askers of a crew ask.
#[derive(Debug, Clone, Copy)]
struct Manner {
    /// Changes a request before it is sent.
    prepare: fn(&mut [u8]),
    check: Check,
}

/// Askers that work side by side.
pub struct Crew {
    askers: Vec<Asker>,
    manner: Manner,
}

/// What became of a load.
pub struct Outcome {
    pub answers: u64,
    pub time: Duration,
    pub latencies: Latencies,
}

impl Outcome {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        count(self.answers) / self.time.as_secs_f64()
    }
}

impl Crew {
    /// Opens one connection for each list of requests.
    ///
    /// # Errors
    /// If nobody listens.
    pub async fn open(
        address: SocketAddr,
        requests: impl IntoIterator<Item = Vec<Vec<u8>>>,
        check: Check,
    ) -> Result<Self> {
        let mut askers = Vec::new();
        for requests in requests {
            let connection = Connection::open(address).await?;
            askers.push(Asker { connection, requests, next: 0 });
        }
        Ok(Self { askers, manner: Manner { prepare: |_| {}, check } })
    }

    /// Changes each request before it is sent.
    #[must_use]
    pub fn preparing(mut self, prepare: fn(&mut [u8])) -> Self {
        self.manner.prepare = prepare;
        self
    }

    /// Asks as fast as answers come, for this time.
    ///
    /// # Errors
    /// If an answer is not what it must be.
    pub async fn ask_for(&mut self, time: Duration) -> Result<Outcome> {
        let end = Instant::now() + time;
        let manner = self.manner;
        self.all(|asker, _| ask_closed(asker, manner, end)).await
    }

    /// Asks so many times a second, evenly over the connections, for this time. Latencies count
    /// from when a request was due.
    ///
    /// # Errors
    /// If an answer is not what it must be.
    pub async fn ask_at(&mut self, rate: f64, time: Duration) -> Result<Outcome> {
        let begun = Instant::now();
        let manner = self.manner;
        let between = Duration::from_secs_f64(1.0 / rate);
        let each = between * u32::try_from(self.askers.len())?;
        let due = |place| Due { first: begun + between * place, each, end: begun + time };
        self.all(|asker, place| ask_open(asker, manner, due(place))).await
    }

    async fn all<F>(&mut self, work: impl Fn(Asker, u32) -> F) -> Result<Outcome>
    where
        F: Future<Output = Result<(Asker, Latencies)>> + Send + 'static,
    {
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for (asker, place) in std::mem::take(&mut self.askers).into_iter().zip(0..) {
            tasks.spawn(work(asker, place));
        }
        let mut all = latencies()?;
        while let Some(done) = tasks.join_next().await {
            let (asker, own) = done.context("an asker broke")??;
            self.askers.push(asker);
            all.add(own)?;
        }
        Ok(Outcome { answers: all.len(), time: begun.elapsed(), latencies: all })
    }
}

async fn ask_closed(mut asker: Asker, manner: Manner, end: Instant) -> Result<(Asker, Latencies)> {
    let mut own = latencies()?;
    let mut now = Instant::now();
    while now < end {
        asker.ask(manner).await?;
        let answered = Instant::now();
        own.saturating_record(microseconds(answered - now));
        now = answered;
    }
    Ok((asker, own))
}

/// When an asker has to ask.
struct Due {
    first: Instant,
    each: Duration,
    end: Instant,
}

async fn ask_open(mut asker: Asker, manner: Manner, due: Due) -> Result<(Asker, Latencies)> {
    let mut own = latencies()?;
    let mut next = due.first;
    while next < due.end {
        sleep_until(next).await;
        asker.ask(manner).await?;
        own.saturating_record(microseconds(next.elapsed()));
        next += due.each;
    }
    Ok((asker, own))
}
