//! One server with its database, its people and its rooms: what scenarios break, and how a round
//! of one ends.

use crate::{
    checker::{Evidence, Verdict, check},
    client::{Client, Tally, persist},
    database::Database,
    ledger::Ledger,
    proxy::{Proxy, Way},
    reader::Reader,
    report::Row,
    server::{Program, Server},
    traffic::{Traffic, Writer},
    wire::Message,
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// People who write, all of them in the room that everyone joins.
const PEOPLE: usize = 32;
/// Private rooms, each of the first person with another one.
const DIRECT_ROOMS: usize = 7;
/// Who reads, by number: the first person, who is in every room, in three pages.
const READERS: [usize; 7] = [0, 0, 0, 1, 2, 7, 20];
/// How long readers may take until they hold what history has; then what they lack is a fault.
const CATCH_UP: Duration = Duration::from_secs(20);

/// A server that runs, with people who use it.
pub struct World {
    pub database: Database,
    pub server: Server,
    /// The way that all people take to the server.
    pub proxy: Proxy,
    pub readers: Vec<Reader>,
    pub writers: Vec<Writer>,
    pub tally: Arc<Tally>,
    ledger: Arc<Ledger>,
    /// The last place of each room before this round, and before all rounds.
    since: BTreeMap<i64, i64>,
    origin: BTreeMap<i64, i64>,
    /// How far the ledger was before this round.
    mark: usize,
}

impl World {
    /// Starts a server over this database, with uploads in `data`, and registers everyone. The log
    /// and the acknowledgements are kept in `folder`.
    ///
    /// # Errors
    /// If any of that does not work.
    pub async fn start(
        program: &Program,
        folder: &Path,
        data: &Path,
        database: Database,
    ) -> Result<Self> {
        let log = folder.join("server.log");
        let server = Server::start(program, data, &database.url(), log).await?;
        let proxy = Proxy::start(server.address, Way::Open).await?;
        let (http, tally) = (reqwest::Client::new(), Arc::new(Tally::default()));
        let ledger = Arc::new(Ledger::create(folder.join("acknowledged.jsonl"))?);

        let run: u32 = rand::random();
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let name = format!("p{number}-{run:08x}");
            people.push(Client::register(&http, proxy.address, &name, &tally).await?);
        }
        let first = people.first().context("nobody is there")?.clone();
        let mut direct_rooms = Vec::new();
        for other in &people[1..=DIRECT_ROOMS] {
            direct_rooms.push(persist(|| first.open_direct(other.id)).await?);
        }
        let snapshot = persist(|| first.snapshot()).await?;
        let origin: BTreeMap<_, _> =
            snapshot.rooms.iter().map(|room| (room.id, room.last_seq)).collect();
        let everyones = snapshot.rooms.iter().map(|room| room.id);
        let everyones: Vec<_> = everyones.filter(|room| !direct_rooms.contains(room)).collect();

        let writers = people.iter().enumerate().map(|(number, client)| {
            let own = match number {
                0 => &direct_rooms[..],
                _ => direct_rooms.get(number - 1..number).unwrap_or_default(),
            };
            let rooms = everyones.iter().chain(own).copied().collect();
            Writer { client: client.clone(), rooms, ledger: Arc::clone(&ledger) }
        });
        let writers = writers.collect();
        let readers = READERS.iter().enumerate().map(|(page, number)| {
            let client = people[*number].clone();
            Reader::start(format!("page {page} of {}", client.name), client, origin.clone())
        });
        let readers = readers.collect();
        let since = origin.clone();
        Ok(Self {
            database,
            server,
            proxy,
            readers,
            writers,
            tally,
            ledger,
            since,
            origin,
            mark: 0,
        })
    }

    /// Everyone writes.
    pub fn write(&self) -> Traffic {
        Traffic::start(&self.writers)
    }

    /// Ends a round: everyone finishes, readers catch up, and all is compared.
    ///
    /// # Errors
    /// If someone cannot finish, or the database is damaged.
    pub async fn finish(&mut self, traffic: Traffic, row: &mut Row) -> Result<()> {
        let finished = traffic.stop().await;
        // What was lost can no longer be edited: so this first.
        self.check(row).await.and(finished)
    }

    /// Compares what was acknowledged in this round with what is seen; the next one begins.
    ///
    /// # Errors
    /// If history cannot be read, or the database is damaged.
    pub async fn check(&mut self, row: &mut Row) -> Result<()> {
        let (history, verdict, acknowledged) = self.compare(&self.since, self.mark).await?;
        row.rounds += 1;
        row.acknowledged += acknowledged;
        row.add(verdict);
        row.slowest_start = row.slowest_start.max(self.server.slowest_start());
        for (room, messages) in history {
            if let Some(last) = messages.last() {
                self.since.insert(room, last.seq);
            }
        }
        self.readers.iter().for_each(|reader| reader.settle(&self.since));
        self.mark = self.ledger.mark()?;
        self.database.check_integrity().await
    }

    /// The newest revision of each room.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn revisions(&self) -> Result<BTreeMap<i64, i64>> {
        let client = &self.writers.first().context("nobody is there")?.client;
        let snapshot = persist(|| client.snapshot()).await?;
        Ok(snapshot.rooms.iter().map(|room| (room.id, room.last_rev)).collect())
    }

    /// The verdict over all rounds together.
    ///
    /// # Errors
    /// If history cannot be read.
    pub async fn check_all(&self) -> Result<Verdict> {
        let (_, verdict, _) = self.compare(&self.origin, 0).await?;
        Ok(verdict)
    }

    async fn compare(
        &self,
        since: &BTreeMap<i64, i64>,
        mark: usize,
    ) -> Result<(BTreeMap<i64, Vec<Message>>, Verdict, usize)> {
        let history = self.history(since).await?;
        let newest = |messages: &Vec<Message>| messages.iter().map(|message| message.rev).max();
        let newest = history.iter().filter_map(|(room, all)| Some((*room, newest(all)?)));
        self.wait_for_readers(&newest.collect()).await?;
        let acknowledged = self.ledger.since(mark)?;
        let observations: Vec<_> =
            self.readers.iter().map(|reader| reader.observation(since)).collect();
        let verdict = check(&Evidence {
            acknowledged: &acknowledged,
            history: &history,
            observations: &observations,
            since,
        });
        Ok((history, verdict, acknowledged.len()))
    }

    /// Every room's messages after these places, as the first person reads them afresh.
    async fn history(&self, since: &BTreeMap<i64, i64>) -> Result<BTreeMap<i64, Vec<Message>>> {
        let client = &self.writers.first().context("nobody is there")?.client;
        let mut history = BTreeMap::new();
        for room in self.origin.keys() {
            let since = since.get(room).copied().unwrap_or(0);
            let (mut pages, mut before) = (Vec::new(), None);
            loop {
                let page = persist(|| client.history(*room, before)).await?;
                before = page.messages.first().map(|message| message.seq);
                pages.push(page.messages);
                if !page.has_older || before.is_none_or(|first| first <= since + 1) {
                    break;
                }
            }
            let messages = pages.into_iter().rev().flatten();
            history.insert(*room, messages.filter(|message| message.seq > since).collect());
        }
        Ok(history)
    }

    async fn wait_for_readers(&self, newest: &BTreeMap<i64, i64>) -> Result<()> {
        let begun = Instant::now();
        for reader in &self.readers {
            while !reader.has_caught_up(newest)? && begun.elapsed() < CATCH_UP {
                sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }
}
