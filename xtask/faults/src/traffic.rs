//! People who write: each sends, edits and deletes, one thing after the other, and repeats what
//! was not answered until it is.

use crate::{
    client::{Client, persist},
    ledger::{Deed, Ledger},
    wire::Message,
};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::sleep};

/// Between two things that one person does: within the server's limit of ten a second.
const PAUSE: std::ops::Range<u64> = 50..250;
/// How many of their newest messages people still change.
const CHANGEABLE: usize = 20;

/// Who writes where.
#[derive(Clone)]
pub struct Writer {
    pub client: Client,
    pub rooms: Vec<i64>,
    pub ledger: Arc<Ledger>,
}

/// Writers at work.
pub struct Traffic {
    stopping: Arc<AtomicBool>,
    tasks: JoinSet<Result<()>>,
}

impl Traffic {
    /// Sets all to work.
    pub fn start(writers: &[Writer]) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for writer in writers {
            tasks.spawn(writer.clone().work(Arc::clone(&stopping)));
        }
        Self { stopping, tasks }
    }

    /// Lets each finish what they are at, until it is acknowledged.
    ///
    /// # Errors
    /// If something was refused, or never acknowledged.
    pub async fn stop(mut self) -> Result<()> {
        self.stopping.store(true, Ordering::Relaxed);
        let mut all = Ok(());
        while let Some(done) = self.tasks.join_next().await {
            all = all.and(done.context("a writer broke").flatten());
        }
        all
    }
}

impl Writer {
    async fn work(self, stopping: Arc<AtomicBool>) -> Result<()> {
        let mut own: Vec<Message> = Vec::new();
        while !stopping.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(rand::random_range(PAUSE))).await;
            let chosen = rand::random_range(0..own.len().max(1));
            match rand::random_range(0..100) {
                0..8 if !own.is_empty() => self.edit(&own[chosen]).await?,
                8..11 if !own.is_empty() => self.delete(&own.swap_remove(chosen)).await?,
                _ => own.push(self.send().await?),
            }
            if own.len() > CHANGEABLE {
                own.swap_remove(0);
            }
        }
        Ok(())
    }

    async fn send(&self) -> Result<Message> {
        let room = self.rooms[rand::random_range(0..self.rooms.len())];
        let (id, body) = (client_id(), format!("{} writes {}", self.client.name, words()));
        let stored = persist(|| self.client.send(room, &id, &body)).await?;
        self.ledger.record(Deed::Sent, stored.clone())?;
        Ok(stored)
    }

    async fn edit(&self, message: &Message) -> Result<()> {
        let body = format!("{} rather writes {}", self.client.name, words());
        let edited = persist(|| self.client.edit(message.room, message.seq, &body)).await?;
        self.ledger.record(Deed::Edited, edited)
    }

    async fn delete(&self, message: &Message) -> Result<()> {
        let deleted = persist(|| self.client.delete(message.room, message.seq)).await?;
        self.ledger.record(Deed::Deleted, deleted)
    }

    /// Sends one message in this many copies at once, each until it is answered.
    ///
    /// # Errors
    /// If the answers are not all the same message.
    pub async fn send_copies(self, copies: usize) -> Result<()> {
        let room = self.rooms[rand::random_range(0..self.rooms.len())];
        let (id, body) = (client_id(), format!("{} writes {}", self.client.name, words()));
        let mut tasks = JoinSet::new();
        for _ in 0..copies {
            let (client, id, body) = (self.client.clone(), id.clone(), body.clone());
            tasks.spawn(async move { persist(|| client.send(room, &id, &body)).await });
        }
        let mut answers = BTreeSet::new();
        while let Some(done) = tasks.join_next().await {
            answers.insert(done.context("a writer broke")??);
        }
        let different = answers.len();
        for stored in answers {
            self.ledger.record(Deed::Sent, stored)?;
        }
        if different != 1 {
            bail!("{copies} copies of {id} were answered with {different} messages");
        }
        Ok(())
    }
}

fn client_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Words of any length, in more than one script.
fn words() -> String {
    "写 words 🙂 ".repeat(rand::random_range(1..20)).trim_end().to_owned()
}
