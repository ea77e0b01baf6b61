//! Durable messages a second, beside a loop that inserts the same rows straight into the same
//! engine.

use super::Bench;
use crate::{
    generate::{Group, LOBBY, Plan},
    load::{Crew, count, is_done},
    people::{Person, name_message},
    pollers::fresh_client_id,
    raw::Raw,
    report::Measured,
    stats::{Compared, Side, median},
    world::{Store, World},
};
use anyhow::Result;
use std::time::Duration;
use tokio::time::Instant;

/// Connections that send.
const SENDERS: i64 = 64;
/// People at each connection, in a group of their own: one alone may send ten a second.
const PEOPLE_EACH: i64 = 48;
/// Rows in one commit of the raw loop.
const BATCH: usize = 100;
/// What is sent.
pub const BODY: &str = "See you at the library tomorrow, 明天图书馆见 🙂";

/// `send_ratio_sqlite`.
///
/// # Errors
/// If it cannot be measured.
pub async fn sqlite(bench: &Bench) -> Result<Vec<Measured>> {
    let folder = tempfile::Builder::new().prefix("sampleim-bench-").tempdir()?;
    let store = Store::Sqlite(folder.path().into());
    ratio("send_ratio_sqlite", bench, &store).await
}

/// `send_ratio_mariadb`.
///
/// # Errors
/// If it cannot be measured.
pub async fn mariadb(bench: &Bench) -> Result<Vec<Measured>> {
    ratio("send_ratio_mariadb", bench, &Store::mariadb()?).await
}

async fn ratio(name: &'static str, bench: &Bench, store: &Store) -> Result<Vec<Measured>> {
    let group = |place| {
        let first = 1 + place * PEOPLE_EACH;
        Group { members: first..first + PEOPLE_EACH, messages: 10 }
    };
    let groups = (0..SENDERS).map(group).collect();
    let plan = Plan { people: SENDERS * PEOPLE_EACH, lobby: 10, groups, found: false };
    let data = store.fresh(&bench.program, &plan).await?;
    let world = World::start(&bench.program, data).await?;
    let limit = store.fresh(&bench.program, &plan).await?;
    let rooms: Vec<_> =
        (LOBBY + 1..).zip(plan.groups.iter().map(|group| group.members.clone())).collect();
    let requests = rooms
        .iter()
        .map(|(room, people)| people.clone().map(|id| Person(id).send(*room, BODY)).collect());
    let mut senders = Crew::open(world.address(), requests, is_done).await?;
    let mut raw = Raw::open(&limit.url, rooms.clone()).await?;
    senders = senders.preparing(|request| name_message(request, fresh_client_id()));
    let mut used = Vec::new();
    let compared = Compared::run(bench.rounds(), async |side| {
        if side == Side::B {
            return insert(&mut raw, bench.turn()).await;
        }
        let before = world.processor_time()?;
        let outcome = senders.ask_for(bench.turn()).await?;
        used.push((world.processor_time()? - before).as_secs_f64() * 1e6 / count(outcome.answers));
        Ok(outcome.rate())
    });
    let compared = compared.await?;
    let remark = format!(
        "{:.0}/s beside {:.0}/s; {:.0} µs of the server's processor each",
        median(&compared.a),
        median(&compared.b),
        median(&used)
    );
    Ok(vec![Measured::ratio(name, &compared, remark)])
}

/// Rows a second, in batches, for this time.
async fn insert(raw: &mut Raw, time: Duration) -> Result<f64> {
    let begun = Instant::now();
    let mut rows = 0;
    while begun.elapsed() < time {
        raw.insert(BATCH, BODY).await?;
        rows += BATCH;
    }
    Ok(count(rows.try_into()?) / begun.elapsed().as_secs_f64())
}
