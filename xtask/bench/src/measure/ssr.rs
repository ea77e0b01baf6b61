//! The chat page as the server renders it.

use super::Bench;
use crate::{
    generate::{Group, Plan},
    load::{Crew, p99},
    people::Person,
    report::Measured,
    stats::median,
};
use anyhow::{Result, ensure};

/// Who loads the page, each over a connection of their own.
const PEOPLE: i64 = 16;
/// Groups beside the one that everyone joins.
const GROUPS: usize = 19;
/// The group that is open; its newest ten messages are on the page.
const OPEN: i64 = 2;
/// What a browser takes.
const CODINGS: &str = "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n";

/// `ssr_page_rps` closed, and `ssr_page_p99` open at half that rate.
///
/// # Errors
/// If it cannot be measured.
pub async fn measure(bench: &Bench) -> Result<Vec<Measured>> {
    let group = Group { members: 1..PEOPLE + 1, messages: 100 };
    let plan = Plan { people: PEOPLE, lobby: 100, groups: vec![group; GROUPS], found: false };
    let world = bench.world(&plan, &["--log-level", "warn"]).await?;
    let page = format!("/room/{OPEN}");
    let requests = (1..=PEOPLE).map(|id| vec![Person(id).get_with(&page, CODINGS)]);
    let mut crew = Crew::open(world.address(), requests, |answer| {
        answer.succeed()?;
        ensure!(answer.body.len() > 1_000, "a page of {} bytes", answer.body.len());
        Ok(())
    })
    .await?;
    let (mut rates, mut full) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds() {
        let outcome = crew.ask_for(bench.turn()).await?;
        rates.push(outcome.rate());
        full.push(p99(&outcome.latencies));
    }
    let half = median(&rates) / 2.0;
    let mut tails = Vec::new();
    for _ in 0..bench.rounds() {
        tails.push(p99(&crew.ask_at(half, bench.turn()).await?.latencies));
    }
    let remark = format!("p99 at this rate {:.1} ms", median(&full));
    let rate = Measured::median("ssr_page_rps", &rates, remark);
    Ok(vec![rate, Measured::median("ssr_page_p99", &tails, format!("at {half:.0}/s"))])
}
