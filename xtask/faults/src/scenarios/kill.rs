//! The server is killed at any moment while everyone writes, and started again at once.

use super::{Plan, random_milliseconds};
use crate::{report::Row, world::World};
use anyhow::{Result, ensure};
use std::sync::atomic::Ordering;

pub async fn run(world: &mut World, plan: Plan, row: &mut Row) -> Result<()> {
    let before = world.tally.no_answer.load(Ordering::Relaxed);
    for _ in 0..plan.kills.unwrap_or(plan.choose(5, 100)) {
        let traffic = world.write();
        random_milliseconds(400..1_600).await;
        world.server.crash().await?;
        random_milliseconds(100..600).await;
        world.finish(traffic, row).await?;
    }
    ensure!(world.tally.no_answer.load(Ordering::Relaxed) > before, "nobody missed an answer");
    Ok(())
}
