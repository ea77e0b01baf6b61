//! Each message comes in fifty copies at once.

use super::Plan;
use crate::{report::Row, world::World};
use anyhow::{Context, Result};
use tokio::task::JoinSet;

const COPIES: usize = 50;
/// Who sends at the same time: each copy is a connection, on both sides of the proxy.
const AT_ONCE: usize = 4;

pub async fn run(world: &mut World, plan: Plan, row: &mut Row) -> Result<()> {
    for round in 0..plan.choose(1, 8) {
        let senders = world.writers.iter().cycle().skip(round * AT_ONCE).take(AT_ONCE);
        let mut tasks = JoinSet::new();
        for writer in senders {
            tasks.spawn(writer.clone().send_copies(COPIES));
        }
        while let Some(done) = tasks.join_next().await {
            done.context("a writer broke")??;
        }
        world.check(row).await?;
    }
    Ok(())
}
