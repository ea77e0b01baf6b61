//! How long a message takes to be answered, beside one commit of the same database.

use super::{Bench, send::BODY};
use crate::{
    generate::{LOBBY, Plan},
    load::{Crew, Latencies, is_done, latencies, microseconds, p99},
    people::{Person, name_message},
    pollers::fresh_client_id,
    raw::Raw,
    report::Measured,
    stats::{Compared, Side},
    world::World,
};
use anyhow::Result;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Who sends, each over a connection of their own: one alone may send ten a second.
const PEOPLE: i64 = 32;
/// Messages, or commits, a second.
const RATE: f64 = 100.0;
/// A turn is longer than elsewhere: it has but [`RATE`] samples a second.
const LONGER: u32 = 2;

/// `send_ack_p99_ratio`, over the samples of all rounds; the spread is that of single turns.
///
/// # Errors
/// If it cannot be measured.
pub async fn measure(bench: &Bench) -> Result<Vec<Measured>> {
    let plan = Plan { people: PEOPLE, lobby: 10, groups: vec![], found: false };
    let world = World::start(&bench.program, bench.data(&plan).await?).await?;
    let limit = bench.data(&plan).await?;
    let mut raw = Raw::open(&limit.url, vec![(LOBBY, 1..PEOPLE + 1)]).await?;
    let requests = (1..=PEOPLE).map(|id| vec![Person(id).send(LOBBY, BODY)]);
    let senders = Crew::open(world.address(), requests, is_done).await?;
    let mut senders = senders.preparing(|request| name_message(request, fresh_client_id()));
    let (mut sends, mut again, mut commits) = (latencies()?, latencies()?, latencies()?);
    let turn = bench.turn() * LONGER;
    let compared = Compared::run(bench.rounds(), async |side| {
        let (all, own) = match side {
            Side::A => (&mut sends, senders.ask_at(RATE, turn).await?.latencies),
            Side::Again => (&mut again, senders.ask_at(RATE, turn).await?.latencies),
            Side::B => (&mut commits, commit_at(&mut raw, turn).await?),
        };
        all.add(&own)?;
        Ok(p99(&own))
    });
    let spread = compared.await?.spread();
    let remark = format!(
        "{:.1} ms beside {:.1} ms; medians {:.1} ms beside {:.1} ms",
        p99(&sends),
        p99(&commits),
        median(&sends),
        median(&commits)
    );
    Ok(vec![Measured {
        name: "send_ack_p99_ratio",
        value: p99(&sends) / p99(&commits),
        spread: Some(spread),
        control: Some(p99(&again) / p99(&sends)),
        remark,
    }])
}

/// Commits of one row each at [`RATE`]; latencies count from when one was due.
async fn commit_at(raw: &mut Raw, time: Duration) -> Result<Latencies> {
    let mut all = latencies()?;
    let mut due = Instant::now();
    let end = due + time;
    while due < end {
        sleep_until(due).await;
        raw.insert(1, BODY).await?;
        all.saturating_record(microseconds(due.elapsed()));
        due += Duration::from_secs_f64(1.0 / RATE);
    }
    Ok(all)
}

fn median(latencies: &Latencies) -> f64 {
    crate::load::count(latencies.value_at_quantile(0.5)) / 1000.0
}
