//! Of two pages of one person, one is frozen for ten minutes in the middle of a poll, as a laptop
//! that sleeps; so is another person's. Meanwhile more happens than the server remembers.

use super::{Plan, clock::Clock, seconds};
use crate::{report::Row, world::World};
use anyhow::{Result, ensure};
use std::{
    path::Path,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// Which readers: the first person's first page, whose others stay awake, and the next one's only.
const FROZEN: [usize; 2] = [0, 3];
/// The server remembers 256 changes of a room, and tells up to 100 messages at once.
const MISSED: i64 = 300;
const MISSED_WITHIN: Duration = Duration::from_secs(60);

pub async fn run(world: &mut World, folder: &Path, plan: Plan, row: &mut Row) -> Result<()> {
    let clock = Clock::of(&mut world.server, folder).await?;
    for round in 1..=plan.choose(1, 3) {
        let traffic = world.write();
        // Everyone has come back from the restart.
        seconds(2).await;
        let (limited, resyncs) = told(world);
        freeze(world, true);
        miss_much(world).await?;
        clock.jump(&format!("+{}m", 10 * round))?;
        seconds(2).await;
        freeze(world, false);
        seconds(1).await;
        world.finish(traffic, row).await?;
        let (limited, resyncs) = (told(world).0 - limited, told(world).1 - resyncs);
        ensure!(limited >= FROZEN.len() as u64, "nobody had missed too much to be told of");
        ensure!(resyncs == 0, "someone had to start anew, though the server knew them");
    }
    world.server.unload();
    world.server.restart().await
}

fn freeze(world: &World, frozen: bool) {
    for reader in FROZEN.iter().filter_map(|number| world.readers.get(*number)) {
        reader.freeze(frozen);
    }
}

/// How often readers were told that they miss more than can be told, and to resync.
fn told(world: &World) -> (u64, u64) {
    let count = |number: &std::sync::atomic::AtomicU64| number.load(Ordering::Relaxed);
    (count(&world.tally.limited), count(&world.tally.resyncs))
}

/// Waits until so much has happened in one of the rooms.
async fn miss_much(world: &World) -> Result<()> {
    let (before, begun) = (world.revisions().await?, Instant::now());
    loop {
        seconds(1).await;
        let now = world.revisions().await?;
        let missed = now.iter().map(|(room, rev)| rev - before.get(room).unwrap_or(rev));
        if missed.max() >= Some(MISSED) {
            return Ok(());
        }
        ensure!(begun.elapsed() < MISSED_WITHIN, "too little happened");
    }
}
