//! What was asked for is done, but the answer does not come: it is cut off, late, or in pieces.

use super::{Plan, seconds};
use crate::{proxy::Way, report::Row, world::World};
use anyhow::{Result, ensure};

pub async fn run(world: &mut World, plan: Plan, row: &mut Row) -> Result<()> {
    for _ in 0..plan.choose(1, 6) {
        let before = world.proxy.cuts();
        world.proxy.set(Way::Unreliable);
        let traffic = world.write();
        seconds(plan.choose(4, 8)).await;
        world.proxy.set(Way::Open);
        ensure!(world.proxy.cuts() > before, "no answer was cut off");
        world.finish(traffic, row).await?;
    }
    Ok(())
}
