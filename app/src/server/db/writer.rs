//! Group commit: messages that wait for SQLite's one writer are stored in one transaction, so that
//! many share the cost of one flush to the disk. Each is answered after that commit.

use super::{
    dialect::SQLITE_BEGIN, message_row::MessageRow, messages::Submission, run::Failure, steps,
};
use crate::error::Error;
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

/// How many may wait; who comes then is told to try again.
const QUEUE: usize = 1_024;
/// How many are stored by one transaction.
const BATCH: usize = 128;

/// Where messages wait to be stored; cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    send: Submission,
    answer: oneshot::Sender<Result<MessageRow, Failure>>,
}

impl Writer {
    /// Starts a writer over a pool of one connection; it ends when it is dropped everywhere.
    pub fn start(pool: SqlitePool) -> Self {
        let (queue, mut waiting) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                write(&pool, std::mem::take(&mut batch)).await;
            }
        });
        Self { queue }
    }

    /// The row of a message, stored now or before.
    ///
    /// # Errors
    /// As [`super::Db::send`].
    pub async fn send(&self, send: Submission) -> Result<MessageRow, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { send, answer }).map_err(|error| {
            tracing::warn!(%error, "too many messages wait to be stored");
            Error::Unavailable
        })?;
        Ok(answered.await.map_err(|_| Error::Unavailable)??)
    }
}

/// Stores all, and answers each. If the database refuses them together, each is tried on its own,
/// so that none suffers from another.
async fn write(pool: &SqlitePool, batch: Vec<Waiting>) {
    let sends: Vec<&Submission> = batch.iter().map(|waiting| &waiting.send).collect();
    let mut rows = Vec::with_capacity(batch.len());
    match store(pool, &sends).await {
        Ok(stored) => rows = stored,
        Err(failure) if sends.len() == 1 => rows.push(Err(failure)),
        Err(_) => {
            for send in sends {
                match store(pool, &[send]).await {
                    Ok(stored) => rows.extend(stored),
                    Err(failure) => rows.push(Err(failure)),
                }
            }
        }
    }
    for (waiting, row) in batch.into_iter().zip(rows) {
        // Fails if nobody waits for the answer any more.
        let _ = waiting.answer.send(row);
    }
}

/// Stores these in one transaction. What one of them breaks of our own rules is its own affair.
async fn store(
    pool: &SqlitePool,
    sends: &[&Submission],
) -> Result<Vec<Result<MessageRow, Failure>>, Failure> {
    let mut transaction = pool.begin_with(SQLITE_BEGIN).await?;
    let mut rows = Vec::new();
    for send in sends {
        match send.store(&mut transaction).await {
            Err(Failure::Sql(error)) => return Err(error.into()),
            row => rows.push(row),
        }
    }
    steps::commit(transaction).await?;
    Ok(rows)
}
