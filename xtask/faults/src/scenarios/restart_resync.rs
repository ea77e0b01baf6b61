//! Everyone was away for a while, and catches up at once; meanwhile the server is restarted.

use super::{Plan, random_milliseconds, seconds};
use crate::{report::Row, world::World};
use anyhow::{Result, ensure};
use std::sync::atomic::Ordering;

const RESTARTS: usize = 3;

pub async fn run(world: &mut World, plan: Plan, row: &mut Row) -> Result<()> {
    for _ in 0..plan.choose(1, 3) {
        let before = world.tally.resyncs.load(Ordering::Relaxed);
        let traffic = world.write();
        freeze(world, true);
        seconds(plan.choose(4, 10)).await;
        // The new server knows none of their cursors.
        world.server.restart().await?;
        freeze(world, false);
        for _ in 0..RESTARTS {
            random_milliseconds(5..150).await;
            world.server.restart().await?;
        }
        world.finish(traffic, row).await?;
        ensure!(world.tally.resyncs.load(Ordering::Relaxed) > before, "nobody had to resync");
    }
    Ok(())
}

fn freeze(world: &World, frozen: bool) {
    world.readers.iter().for_each(|reader| reader.freeze(frozen));
}
