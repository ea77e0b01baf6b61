//! The database does not answer for half a minute, then goes on; or is killed and started again.

use super::{Plan, seconds};
use crate::{
    database::{Database, WriteLock},
    report::Row,
    world::World,
};
use anyhow::{Result, ensure};
use std::sync::atomic::Ordering;
use tokio::task::block_in_place;

pub async fn run(world: &mut World, plan: Plan, row: &mut Row) -> Result<()> {
    // Longer than the server waits for a lock, so that it has to say 503.
    let pause = plan.choose(7, 30);
    let before = world.tally.unavailable.load(Ordering::Relaxed);
    let traffic = world.write();
    seconds(1).await;
    match &world.database {
        Database::Sqlite(path) => {
            let lock = WriteLock::take(path).await?;
            seconds(pause).await;
            lock.release().await?;
        }
        Database::MariaDb(server) => {
            server.freeze()?;
            seconds(pause).await;
            server.thaw()?;
        }
        Database::MySql(_) => {}
    }
    seconds(1).await;
    world.finish(traffic, row).await?;
    let after = world.tally.unavailable.load(Ordering::Relaxed);
    ensure!(after > before, "the server never answered 503");

    if let Database::MariaDb(_) = world.database {
        for _ in 0..plan.choose(1, 3) {
            let traffic = world.write();
            seconds(1).await;
            if let Database::MariaDb(server) = &mut world.database {
                block_in_place(|| server.crash())?;
            }
            seconds(1).await;
            world.finish(traffic, row).await?;
        }
    }
    Ok(())
}
