//! Ten thousand people online: what one costs, and what an idle poll costs beside so many.

use super::{Bench, STAYING, growth::poll as poll_cost};
use crate::{
    bare::Bare,
    generate::{Group, LOBBY, Plan},
    http::Connection,
    load::{Crew, count, p99},
    people::{Person, is_idle, settle},
    pollers::{Manner, Poller, poll, send},
    report::Measured,
    stats::{Compared, Side},
    world::World,
};
use anyhow::{Context, Result};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Who is online; and how few the cost is compared with.
const MANY: i64 = 10_000;
const FEW: i64 = 10;
/// Groups of [`MEMBERS`] people each, so that everyone is in two beside the lobby.
const GROUPS: i64 = 1_000;
const MEMBERS: i64 = 20;
/// Messages a second meanwhile.
const MESSAGES: f64 = 20.0;
/// Connections that ask idle polls.
const ASKERS: usize = 64;
/// How long polls are parked for: longer than it takes to park all, and to look.
const PARKED: Duration = Duration::from_secs(8);

/// `memory_per_online`, `poll_growth_users`, `poll_10k` and `poll_10k_lobby`.
///
/// # Errors
/// If one cannot be measured.
pub async fn measure(bench: &Bench) -> Result<Vec<Measured>> {
    // As many files as the system allows.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let world = bench.world(&plan(MANY), &STAYING).await?;
    let people: Vec<_> = (1..=MANY).map(Person).collect();
    // What the first page of all costs is no cost of the ten thousandth.
    settle(world.address(), &people[..1]).await?;
    let before = world.memory()?;
    let cursors = settle(world.address(), &people).await?;
    let started = world.memory()?;
    // Before there are so many connections: they would be closed while nothing is asked.
    let growth = growth(bench, &world, &people, &cursors).await?;
    let time = Duration::from_secs(if bench.quick { 4 } else { 15 });
    let limit = limit(&world, &people, &cursors, time).await?;

    let mut pollers = Poller::open(world.address(), &people, cursors).await?;
    let memory = memory(&world, &mut pollers, before, started).await?;
    let groups: Vec<_> = (0..GROUPS).map(|group| (first_of(group), LOBBY + 1 + group)).collect();
    let mut spread = under_load("poll_10k", &world, &mut pollers, &groups, time).await?;
    spread.remark = format!("a bare handler {limit:.1} ms; {}", spread.remark);
    let mut measured = vec![growth, memory, spread];
    if bench.printed {
        let lobby: Vec<_> = people.iter().map(|person| (*person, LOBBY)).collect();
        measured.push(under_load("poll_10k_lobby", &world, &mut pollers, &lobby, time).await?);
    }
    Ok(measured)
}

/// What the same polls take of a bare handler: what generator and machine take themselves.
async fn limit(
    world: &World,
    people: &[Person],
    cursors: &[String],
    time: Duration,
) -> Result<f64> {
    let mut connection = Connection::open(world.address()).await?;
    let (person, cursor) = people.iter().zip(cursors).next().context("nobody is there")?;
    let bare = Bare::start("/api/poll", &connection.ask(&person.poll(cursor)).await?).await?;
    let mut pollers = Poller::open(bare.address, people, cursors.to_vec()).await?;
    Ok(p99(&poll(&mut pollers, Manner::Plain, time).await?.polls))
}

fn plan(people: i64) -> Plan {
    let group = |group| {
        let first = first_of(group).0;
        Group { members: first..(first + MEMBERS).min(people + 1), messages: 10 }
    };
    Plan { people, lobby: 10, groups: (0..GROUPS).map(group).collect(), found: false }
}

fn first_of(group: i64) -> Person {
    Person(1 + group * (MANY / GROUPS))
}

/// Resident memory with everyone's poll held, less what there was before they came.
async fn memory(
    world: &World,
    pollers: &mut [Poller],
    before: u64,
    started: u64,
) -> Result<Measured> {
    for poller in pollers.iter_mut() {
        poller.park(PARKED).await?;
    }
    sleep(Duration::from_secs(2)).await;
    let parked = world.memory()?;
    for poller in pollers.iter_mut() {
        poller.unpark().await?;
    }
    let kibibytes = |bytes: u64| count(bytes) / 1024.0;
    let each = kibibytes(parked.saturating_sub(before)) / count(MANY.unsigned_abs());
    let remark = format!(
        "{:.0} MiB parked, {:.0} once all had started, {:.0} before",
        kibibytes(parked) / 1024.0,
        kibibytes(started) / 1024.0,
        kibibytes(before) / 1024.0
    );
    Ok(Measured::one("memory_per_online", each, remark))
}

async fn growth(
    bench: &Bench,
    many: &World,
    people: &[Person],
    cursors: &[String],
) -> Result<Measured> {
    let few = bench.world(&Plan { people: FEW, ..Plan::default() }, &STAYING).await?;
    let few_people: Vec<_> = (1..=FEW).map(Person).collect();
    let few_cursors = settle(few.address(), &few_people).await?;
    let compared = compare(bench, (many, people, cursors), (&few, &few_people, &few_cursors));
    let compared = compared.await?;
    Ok(poll_cost("poll_growth_users", &compared))
}

/// Who polls a server, with cursors to which nothing is news.
pub type Idle<'a> = (&'a World, &'a [Person], &'a [String]);

/// The processor time of an idle poll, in microseconds, of these people beside those.
///
/// # Errors
/// If it cannot be measured.
pub async fn compare(bench: &Bench, a: Idle<'_>, b: Idle<'_>) -> Result<Compared> {
    // As many requests on both sides: what the generator reads of memory is no cost of the server's.
    let requests = a.1.len().max(b.1.len()).div_ceil(ASKERS);
    let mut a_crew = crew(a, requests).await?;
    let mut b_crew = crew(b, requests).await?;
    // Three times the rounds: a tenth is looked for here, and single turns differ by more.
    let rounds = if bench.quick { bench.rounds() } else { 3 * bench.rounds() };
    Compared::run(rounds, async |side| {
        let (world, crew) = if side == Side::B { (b.0, &mut b_crew) } else { (a.0, &mut a_crew) };
        let before = world.processor_time()?;
        let outcome = crew.ask_for(bench.turn()).await?;
        Ok((world.processor_time()? - before).as_secs_f64() * 1e6 / count(outcome.answers))
    })
    .await
}

/// Askers, each with so many requests, by the people in turn.
async fn crew((world, people, cursors): Idle<'_>, requests: usize) -> Result<Crew> {
    let polls = people.iter().zip(cursors).map(|(one, cursor)| one.poll(cursor)).cycle();
    let shares =
        (0..ASKERS).map(|asker| polls.clone().skip(asker).step_by(ASKERS).take(requests).collect());
    Crew::open(world.address(), shares, is_idle).await
}

/// The polls of all, once a second each, while messages are sent by these people to these rooms.
async fn under_load(
    name: &'static str,
    world: &World,
    pollers: &mut Vec<Poller>,
    from: &[(Person, i64)],
    time: Duration,
) -> Result<Measured> {
    let (before, begun) = (world.processor_time()?, Instant::now());
    let (heard, sent) = tokio::try_join!(
        poll(pollers, Manner::Plain, time),
        send(world.address(), from, MESSAGES, time),
    )?;
    let used = (world.processor_time()? - before).as_secs_f64() / begun.elapsed().as_secs_f64();
    let remark = format!(
        "{:.1} ms of those without news; {} polls, {} with news, {} refused, of {} messages; \
        {:.0} % of a processor",
        p99(&heard.idle),
        heard.polls.len(),
        heard.news,
        heard.refused,
        sent.len(),
        used * 100.0
    );
    Ok(Measured::one(name, p99(&heard.polls), remark))
}
