//! Group commit: messages that wait are stored in one transaction, so that many share the cost of
//! its statements and of one flush to the disk. Each is answered after that commit.

use super::{
    batch::{Fate, Submission, store_in_mysql, store_in_sqlite},
    run::{Failure, pause},
};
use crate::{error::Error, message::Message};
use sqlx::{MySqlPool, SqlitePool};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout, timeout_at},
};

/// How many may wait; who comes then is told to try again.
const QUEUE: usize = 1_024;
/// How many are stored by one transaction.
const BATCH: usize = 128;
/// How long a batch is gathered: less than a flush to most disks takes.
const GATHER: Duration = Duration::from_millis(2);
/// How often a batch is tried whose connection to MySQL broke: it may have been committed or not.
const TRIES: u32 = 3;
/// How long MySQL may take for a batch. A connection whose other end vanished without a word, by a power
/// cut or a firewall, would be waited for without end, and all messages behind it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where messages wait to be stored; cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    send: Submission,
    answer: oneshot::Sender<Result<Message, Error>>,
}

/// Where a writer writes.
pub enum Target {
    /// A pool of one connection.
    Sqlite(SqlitePool),
    MySql(MySqlPool),
}

impl Writer {
    /// Starts a writer; it ends when it is dropped everywhere.
    pub fn start(target: Target) -> Self {
        let (queue, mut waiting) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            let mut before = 0;
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                gather(&mut waiting, &mut batch, before).await;
                before = batch.len();
                target.write(std::mem::take(&mut batch)).await;
            }
        });
        Self { queue }
    }

    /// The message, stored now or before.
    ///
    /// # Errors
    /// As [`super::Db::send`].
    pub async fn send(&self, send: Submission) -> Result<Message, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { send, answer }).map_err(|error| {
            tracing::warn!(%error, "too many messages wait to be stored");
            Error::Unavailable
        })?;
        answered.await.map_err(|_| Error::Unavailable)?
    }
}

/// Waits a moment for as many as were stored together before: when many write, those who have just
/// been answered write again at once, and the first of them would else have a commit of its own.
/// One who writes alone waits for nobody.
async fn gather(waiting: &mut mpsc::Receiver<Waiting>, batch: &mut Vec<Waiting>, before: usize) {
    let until = Instant::now() + GATHER;
    while batch.len() < before {
        let room = BATCH - batch.len();
        match timeout_at(until, waiting.recv_many(batch, room)).await {
            Ok(more) if more > 0 => {}
            _ => return,
        }
    }
}

impl Target {
    /// Stores all, and answers each. If the database refuses them together, each is tried on its
    /// own, so that none suffers from another.
    async fn write(&self, batch: Vec<Waiting>) {
        let sends: Vec<&Submission> = batch.iter().map(|waiting| &waiting.send).collect();
        let mut answers = Vec::with_capacity(batch.len());
        match self.store(&sends).await {
            Ok(fates) => answers.extend(fates.into_iter().map(Fate::answer)),
            Err(failure) if sends.len() == 1 || failure.is_unavailable() => {
                answers.resize(sends.len(), Err(failure.into()));
            }
            Err(_) => {
                for send in sends {
                    let stored = self.store(&[send]).await;
                    answers.extend(stored.map_or_else(
                        |failure| vec![Err(failure.into())],
                        |fates| fates.into_iter().map(Fate::answer).collect(),
                    ));
                }
            }
        }
        for (waiting, answer) in batch.into_iter().zip(answers) {
            // Fails if nobody waits for the answer any more.
            let _ = waiting.answer.send(answer);
        }
    }

    /// Stores these in one transaction.
    async fn store(&self, sends: &[&Submission]) -> Result<Vec<Fate>, Failure> {
        let pool = match self {
            Self::Sqlite(pool) => return store_in_sqlite(pool, sends).await,
            Self::MySql(pool) => pool,
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let stored = timeout(PATIENCE, store_in_mysql(pool, sends)).await;
            match stored.unwrap_or_else(|_| Err(lost())) {
                // Another process was a moment faster, an upload was just removed, or nobody knows
                // whether this was committed: what is stored is looked for again.
                Err(failure)
                    if tries < TRIES
                        && (failure.is_duplicate()
                            || failure.is_gone()
                            || failure.is_connection_lost()) =>
                {
                    tokio::time::sleep(pause(tries)).await;
                }
                outcome => return outcome,
            }
        }
    }
}

fn lost() -> Failure {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()).into()
}
