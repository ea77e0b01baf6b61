//! Members are removed from a group while they wait for its news and read it. What is said after a
//! removal was answered never reaches them; nor does anything of the group by what they ask later.

use super::{Plan, random_milliseconds, seconds};
use crate::{
    checker::Verdict,
    client::{Answer, Client, Failure, persist},
    report::Row,
    wire::{Change, Message, Update},
    world::World,
};
use anyhow::{Context, Result, ensure};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::sleep};

/// How many are removed, one after the other.
const MEMBERS: usize = 4;
/// Each has so many pages open.
const PAGES: usize = 8;
const HOLD: Duration = Duration::from_secs(1);
/// Between two things that are said in the group: within the server's limit of ten a second.
const PAUSE: Duration = Duration::from_millis(120);
/// How long is listened after the last removal: as long as a poll is held, and some more.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// What one answer showed of the group.
struct Sighting {
    member: usize,
    /// When it was asked.
    asked: Instant,
    words: Vec<String>,
}

/// Something said in the group, and when that began.
type Said = Vec<(Instant, String)>;

pub async fn run(world: &mut World, plan: Plan, row: &mut Row) -> Result<()> {
    let mut people = world.writers.iter().rev().map(|writer| writer.client.clone());
    let owner = people.next().context("nobody is there")?;
    let members: Vec<_> = people.take(MEMBERS).collect();
    let ids: Vec<_> = members.iter().map(|member| member.id).collect();
    for _ in 0..plan.choose(1, 4) {
        let group = persist(|| owner.create_group("those who stay")).await?;
        seconds(1).await;
        persist(|| owner.add_members(group, &ids)).await?;
        seconds(1).await;

        let stopping = Arc::new(AtomicBool::new(false));
        let mut watching = JoinSet::new();
        for (member, client) in members.iter().enumerate().cycle().take(MEMBERS * PAGES) {
            watching.spawn(watch(client.clone(), group, member, Arc::clone(&stopping)));
        }
        let talking = tokio::spawn(talk(owner.clone(), group, Arc::clone(&stopping)));
        let mut removed = Vec::new();
        for member in &members {
            random_milliseconds(500..1_500).await;
            persist(|| owner.remove_member(group, member.id)).await?;
            removed.push(Instant::now());
        }
        sleep(AFTERWARDS).await;
        stopping.store(true, Ordering::Relaxed);
        let said = talking.await.context("who talked broke")??;
        let mut sightings = Vec::new();
        while let Some(seen) = watching.join_next().await {
            sightings.extend(seen.context("who watched broke")??);
        }
        for (member, at) in removed.iter().enumerate() {
            let theirs = || sightings.iter().filter(move |sighting| sighting.member == member);
            let before =
                theirs().any(|sighting| sighting.asked < *at && !sighting.words.is_empty());
            ensure!(before, "member {member} had heard nothing before");
            ensure!(said.iter().any(|(begun, _)| begun > at), "nothing was said afterwards");
        }
        row.add(leaks(&sightings, &said, &removed));
        world.check(row).await?;
    }
    Ok(())
}

/// What reached somebody who was no member any more.
fn leaks(sightings: &[Sighting], said: &Said, removed: &[Instant]) -> Verdict {
    let mut details = Vec::new();
    for Sighting { member, asked, words } in sightings {
        let at = removed[*member];
        if *asked > at {
            details.push(format!("disagreement: member {member} was told of the group: {words:?}"));
        }
        let later = said.iter().filter(|(begun, _)| *begun > at).map(|(_, words)| words);
        let heard = later.filter(|later| words.contains(later));
        details.extend(heard.map(|words| format!("disagreement: member {member} heard {words:?}")));
    }
    Verdict { disagreements: details.len(), details, ..Verdict::default() }
}

/// Says one thing after the other.
async fn talk(client: Client, group: i64, stopping: Arc<AtomicBool>) -> Result<Said> {
    let mut said = Said::new();
    while !stopping.load(Ordering::Relaxed) {
        let (id, words) =
            (format!("{:032x}", rand::random::<u128>()), format!("no. {}", said.len()));
        said.push((Instant::now(), words.clone()));
        persist(|| client.send(group, &id, &words)).await?;
        sleep(PAUSE).await;
    }
    Ok(said)
}

/// Asks for all that a page may ask for, and notes each answer that shows something of the group.
async fn watch(
    client: Client,
    group: i64,
    member: usize,
    stopping: Arc<AtomicBool>,
) -> Result<Vec<Sighting>> {
    let mut sightings = Vec::new();
    let mut note = |asked, seen: Option<Vec<Message>>| {
        let words = |all: Vec<Message>| all.into_iter().map(|message| message.body).collect();
        sightings.extend(seen.map(|all| Sighting { member, asked, words: words(all) }));
    };
    let of_group = |changes: Vec<Change>| {
        let change = changes.into_iter().find(|change| change.room.id == group);
        change.map(|change| change.messages)
    };
    let mut cursor = None;
    while !stopping.load(Ordering::Relaxed) {
        let asked = Instant::now();
        let Some(known) = &cursor else {
            if let Some(snapshot) = answered(client.snapshot().await)? {
                note(asked, snapshot.rooms.iter().any(|room| room.id == group).then(Vec::new));
                cursor = Some(snapshot.cursor);
            }
            continue;
        };
        let mut update = answered(client.poll(known, HOLD).await)?.flatten();
        if let Some(Update::Resync) = update {
            let delta = answered(client.resync(&[(group, 0)]).await)?;
            update = delta.map(Update::Delta);
        }
        if let Some(Update::Delta(delta)) = update {
            note(asked, of_group(delta.rooms));
            cursor = Some(delta.cursor);
        }
        let asked = Instant::now();
        match client.history(group, None).await {
            Ok(page) => note(asked, Some(page.messages)),
            // Not found, once they are no member.
            Err(Failure::Refused(_) | Failure::Later(_)) => {}
        }
    }
    Ok(sightings)
}

/// What was answered, if it was; a refusal is a fault.
fn answered<T>(answer: Answer<T>) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Later(_)) => Ok(None),
        Err(Failure::Refused(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_is_what_was_asked_or_said_after_the_removal() {
        let at = |seconds| Instant::now() + Duration::from_secs(seconds);
        let (early, removed, late) = (at(1), at(2), at(3));
        let said = vec![(early, "early".into()), (late, "late".into())];
        let sighting =
            |asked, words: &str| Sighting { member: 0, asked, words: vec![words.into()] };
        let count = |sightings: &[Sighting]| leaks(sightings, &said, &[removed]).disagreements;
        assert_eq!(count(&[sighting(early, "early")]), 0);
        assert_eq!(count(&[sighting(early, "late")]), 1, "it waited for it");
        assert_eq!(count(&[sighting(late, "early")]), 1);
    }
}
