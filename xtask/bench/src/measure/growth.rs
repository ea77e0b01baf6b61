//! Whether what is asked again and again, or read, costs more as a person has more rooms, or a room
//! more messages.

use super::{Bench, STAYING, crowd::compare};
use crate::{
    generate::{Group, LOBBY, Plan},
    http::Answer,
    load::Crew,
    people::{Person, settle},
    report::Measured,
    stats::{Compared, Side, median},
};
use anyhow::{Result, ensure};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// Who polls, on each side.
const PEOPLE: i64 = 10;
const MANY_ROOMS: usize = 1_000;
const MANY_MESSAGES: i64 = 1_000_000;
/// The small room that history is read from for comparison.
const FEW_MESSAGES: i64 = 100;
/// Pages of history that are asked for, one after the other.
const PAGES: usize = 512;

/// `poll_growth_rooms`: people with a thousand rooms beside people with one, on one server.
///
/// # Errors
/// If it cannot be measured.
pub async fn rooms(bench: &Bench) -> Result<Vec<Measured>> {
    let group = Group { members: 1..PEOPLE + 1, messages: 1 };
    let plan = Plan { people: 2 * PEOPLE, lobby: 1, groups: vec![group; MANY_ROOMS], found: false };
    let world = bench.world(&plan, &STAYING).await?;
    let people: Vec<_> = (1..=2 * PEOPLE).map(Person).collect();
    let cursors = settle(world.address(), &people).await?;
    let (many, few) = people.split_at(people.len() / 2);
    let (many_at, few_at) = cursors.split_at(many.len());
    let compared = compare(bench, (&world, many, many_at), (&world, few, few_at)).await?;
    Ok(vec![poll("poll_growth_rooms", &compared)])
}

/// `poll_growth_messages` and `history_growth`: a database with a million messages beside an empty
/// one, and its large room beside its small one.
///
/// # Errors
/// If one cannot be measured.
pub async fn messages(bench: &Bench) -> Result<Vec<Measured>> {
    let groups = |large, small| {
        [large, small].map(|messages| Group { members: 1..PEOPLE + 1, messages }).to_vec()
    };
    let plan = |groups| Plan { people: PEOPLE, lobby: 0, groups, found: false };
    let full = bench.world(&plan(groups(MANY_MESSAGES, FEW_MESSAGES)), &STAYING).await?;
    let empty = bench.world(&plan(groups(0, 0)), &STAYING).await?;
    let people: Vec<_> = (1..=PEOPLE).map(Person).collect();
    let full_at = settle(full.address(), &people).await?;
    let empty_at = settle(empty.address(), &people).await?;
    let compared = compare(bench, (&full, &people, &full_at), (&empty, &people, &empty_at)).await?;
    let growth = poll("poll_growth_messages", &compared);

    let mut large = history(full.address(), LOBBY + 1, MANY_MESSAGES).await?;
    let mut small = history(full.address(), LOBBY + 2, FEW_MESSAGES).await?;
    let compared = Compared::run(bench.rounds(), async |side| {
        let crew = if side == Side::B { &mut small } else { &mut large };
        Ok(1e6 / crew.ask_for(bench.turn()).await?.rate())
    });
    let compared = compared.await?;
    let (large, small) = (median(&compared.a), median(&compared.b));
    let remark = format!("{large:.0} µs a page beside {small:.0} µs");
    Ok(vec![growth, Measured::ratio("history_growth", &compared, remark)])
}

/// One person who reads pages before places all over a room of so many messages.
async fn history(address: std::net::SocketAddr, room: i64, messages: i64) -> Result<Crew> {
    let mut random = SmallRng::seed_from_u64(1);
    let mut page = || {
        let before = random.random_range(11..=messages);
        Person(1).get(&format!("/api/history?room={room}&before={before}"))
    };
    let pages = (0..PAGES).map(|_| page()).collect();
    Crew::open(address, [pages], |answer: &Answer| {
        answer.succeed()?;
        ensure!(answer.body.len() > 1_000, "a page of {} bytes", answer.body.len());
        Ok(())
    })
    .await
}

/// A row whose two sides are microseconds of an idle poll.
pub fn poll(name: &'static str, compared: &Compared) -> Measured {
    let (many, few) = (median(&compared.a), median(&compared.b));
    let remark = format!("{many:.1} µs of the server's processor beside {few:.1} µs");
    Measured::ratio(name, compared, remark)
}
