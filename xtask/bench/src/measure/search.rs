//! Search among a million messages, by people in one room, in twenty, and in three hundred.

use super::{Bench, STAYING};
use crate::{
    generate::{Group, LOBBY, Plan},
    load::{Crew, count, p95},
    people::{Person, percent},
    report::Measured,
    stats::median,
    texts::RARE,
};
use anyhow::{Result, ensure};

/// People of each kind: nobody searches so often that the server says stop.
const EACH: i64 = 100;
/// Messages in the group that everyone is in, in each of the 19 that two kinds are in, and in each of
/// the 280 further ones of those who are in all of them: 1,000,000 together.
const LOBBY_MESSAGES: i64 = 250_000;
const LARGE: (i64, usize) = (21_000, 19);
const SMALL: (i64, usize) = (1_254, 280);
/// One character, two, words, beginnings, words that everyone writes, and one that hardly anyone does.
const TEXTS: [&str; 14] = [
    "的",
    "家",
    "上海",
    "图书馆",
    "三明治",
    "the",
    "meeting",
    "please lunch",
    "to",
    "tomor",
    "wor",
    "明天 meet",
    RARE,
    "no one wrote this",
];

/// `search_p95_ms`: one request after the other.
///
/// # Errors
/// If it cannot be measured.
pub async fn measure(bench: &Bench) -> Result<Vec<Measured>> {
    let large = Group { members: 1..2 * EACH + 1, messages: LARGE.0 };
    let small = Group { members: 1..EACH + 1, messages: SMALL.0 };
    let groups = [vec![large; LARGE.1], vec![small; SMALL.1]].concat();
    let plan = Plan { people: 3 * EACH, lobby: LOBBY_MESSAGES, groups, found: true };
    let world = bench.world(&plan, &STAYING).await?;
    let filters = [
        String::new(),
        format!("&room={LOBBY}"),
        "&sender=person7".to_owned(),
        "&since=1&until=9999999999999".to_owned(),
        "&picture=true".to_owned(),
    ];
    let mut requests = Vec::new();
    for text in TEXTS {
        // As often without a filter as with one.
        for filter in filters
            .iter()
            .flat_map(|filter| if filter.is_empty() { vec![filter; 4] } else { vec![filter] })
        {
            for kind in 0..3 {
                let place = i64::try_from(requests.len())?;
                let person = Person(1 + kind * EACH + place / 3 % EACH);
                requests.push(person.get(&format!("/api/search?text={}{filter}", percent(text))));
            }
        }
    }
    let asked = requests.len();
    let mut crew = Crew::open(world.address(), [requests], |answer| {
        answer.succeed()?;
        ensure!(answer.body.starts_with(b"{\"people\""), "no answer to a search");
        Ok(())
    })
    .await?;
    let (mut tails, mut medians) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds() {
        let outcome = crew.ask_for(bench.turn()).await?;
        tails.push(p95(&outcome.latencies));
        medians.push(count(outcome.latencies.value_at_quantile(0.5)) / 1000.0);
    }
    let remark = format!("{asked} different requests; median {:.1} ms", median(&medians));
    Ok(vec![Measured::median("search_p95_ms", &tails, remark)])
}
