//! How long a message takes to those whom it is for.

use super::{Bench, STAYING};
use crate::{
    generate::{Group, LOBBY, Plan},
    load::p99,
    people::{Person, settle},
    pollers::{Manner, Poller, deliveries, poll, send},
    report::Measured,
    world::World,
};
use anyhow::Result;
use std::time::Duration;

/// Who polls: two to a group, beside the one that everyone joins.
const PEOPLE: i64 = 1_000;

/// `delivery_plain_p99` and `delivery_held_p99` between two, `delivery_lobby_p99` to all.
///
/// # Errors
/// If one cannot be measured.
pub async fn measure(bench: &Bench) -> Result<Vec<Measured>> {
    let pairs = (0..PEOPLE / 2).map(|pair| 1 + 2 * pair);
    let groups = pairs.clone().map(|first| Group { members: first..first + 2, messages: 10 });
    let plan = Plan { people: PEOPLE, lobby: 10, groups: groups.collect(), found: false };
    let world = bench.world(&plan, &STAYING).await?;
    let people: Vec<_> = (1..=PEOPLE).map(Person).collect();
    let cursors = settle(world.address(), &people).await?;
    let mut pollers = Poller::open(world.address(), &people, cursors).await?;
    let pairs: Vec<_> = pairs.map(Person).zip(LOBBY + 1..).collect();
    let lobby: Vec<_> = people.iter().map(|person| (*person, LOBBY)).collect();
    let (short, long) = if bench.quick { (4, 5) } else { (15, 30) };
    let rows = [
        ("delivery_plain_p99", Manner::Plain, &pairs, 50.0, long),
        ("delivery_held_p99", Manner::Held, &pairs, 50.0, short),
        ("delivery_lobby_p99", Manner::Held, &lobby, 1.0, short),
    ];
    let mut measured = Vec::new();
    // The last of them has no target.
    let rows = rows.into_iter().take(if bench.printed { 3 } else { 2 });
    for (name, manner, from, rate, seconds) in rows {
        let time = Duration::from_secs(seconds);
        measured.push(deliver(name, &world, &mut pollers, manner, from, rate, time).await?);
    }
    Ok(measured)
}

async fn deliver(
    name: &'static str,
    world: &World,
    pollers: &mut Vec<Poller>,
    manner: Manner,
    from: &[(Person, i64)],
    rate: f64,
    time: Duration,
) -> Result<Measured> {
    // Polls go on until the last message was read.
    let polling = time + Duration::from_secs(2);
    let (heard, sent) =
        tokio::try_join!(poll(pollers, manner, polling), send(world.address(), from, rate, time),)?;
    let delivered = deliveries(&sent, &heard)?;
    let remark = format!(
        "{} messages, read {} times; median {:.1} ms",
        sent.len(),
        delivered.len(),
        crate::load::count(delivered.value_at_quantile(0.5)) / 1000.0
    );
    Ok(Measured::one(name, p99(&delivered), remark))
}
