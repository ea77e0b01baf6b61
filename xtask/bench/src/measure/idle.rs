//! The idle poll: beside a bare handler, and in statements.

use super::{Bench, STAYING};
use crate::{
    bare::Bare,
    generate::Plan,
    http::Connection,
    load::{Crew, count},
    people::{Person, is_idle, settle},
    report::Measured,
    stats::{Compared, Side, median},
    world::World,
};
use anyhow::{Context, Result, ensure};
use std::{fs, time::Duration};

/// Who asks, each over a connection of their own.
const PEOPLE: i64 = 64;
/// How many polls are looked through for statements.
const POLLS: u64 = 100_000;

/// `poll_idle_ratio`: answers a second, beside those of a bare handler that says the same.
///
/// # Errors
/// If it cannot be measured.
pub async fn ratio(bench: &Bench) -> Result<Vec<Measured>> {
    let (world, requests) = idle(bench, &STAYING).await?;
    let first = requests.first().and_then(|own| own.first()).context("nobody asks")?;
    let mut connection = Connection::open(world.address()).await?;
    let answer = connection.ask(first).await?;
    let bare = Bare::start("/api/poll", &answer).await?;
    let mut polls = Crew::open(world.address(), requests.clone(), is_idle).await?;
    let mut limit = Crew::open(bare.address, requests, is_idle).await?;
    // What one answer costs the server, in microseconds of a processor.
    let (mut ours, mut bares) = (Vec::new(), Vec::new());
    let compared = Compared::run(bench.rounds(), async |side| {
        let used = || match side {
            Side::B => bare.processor_time(),
            _ => world.processor_time(),
        };
        let before = used()?;
        let crew = if side == Side::B { &mut limit } else { &mut polls };
        let outcome = crew.ask_for(bench.turn()).await?;
        let cost = (used()? - before).as_secs_f64() * 1e6 / count(outcome.answers);
        if side == Side::B {
            bares.push(cost);
        } else {
            ours.push(cost);
        }
        Ok(outcome.rate())
    });
    let compared = compared.await?;
    let (poll, bare) = (median(&ours), median(&bares));
    let remark = format!(
        "{:.0}/s beside {:.0}/s; of the server's processor {poll:.1} µs beside {bare:.1} µs",
        median(&compared.a),
        median(&compared.b),
    );
    Ok(vec![Measured::ratio("poll_idle_ratio", &compared, remark)])
}

/// `poll_sql`: the statements that a server which logs each of them logs for idle polls.
///
/// # Errors
/// If it cannot be measured, or the log tells nothing of statements.
pub async fn sql(bench: &Bench) -> Result<Vec<Measured>> {
    let options = ["--log-level", "trace", "--online-ttl", "3600"];
    let (world, requests) = idle(bench, &options).await?;
    // The snapshots before were read from the database: else nothing is counted here.
    ensure!(statements(&world, "/api/snapshot")? > 0, "the log has no statements");
    let before = statements(&world, "/api/poll")?;
    let mut polls = Crew::open(world.address(), requests, is_idle).await?;
    let mut asked = 0;
    while asked < POLLS {
        asked += polls.ask_for(Duration::from_millis(500)).await?.answers;
    }
    let found = statements(&world, "/api/poll")? - before;
    let remark = format!("{asked} polls");
    Ok(vec![Measured::one("poll_sql", count(found), remark)])
}

/// A server with people to whom nothing is news, and what each of them asks again and again.
async fn idle(bench: &Bench, options: &[&str]) -> Result<(World, Vec<Vec<Vec<u8>>>)> {
    let world = bench.world(&Plan { people: PEOPLE, ..Plan::default() }, options).await?;
    let people: Vec<_> = (1..=PEOPLE).map(Person).collect();
    let cursors = settle(world.address(), &people).await?;
    let requests = people.iter().zip(&cursors).map(|(person, cursor)| vec![person.poll(cursor)]);
    Ok((world, requests.collect()))
}

/// How many statements the log has that ran for a request to this path: each line says for which
/// request it was written.
fn statements(world: &World, path: &str) -> Result<u64> {
    let log = fs::read_to_string(world.log()).context("reading the server's log")?;
    let ours = log.lines().filter(|line| line.contains("sqlx::query") && line.contains(path));
    Ok(ours.count().try_into()?)
}
