//! Some clients take their answers at one byte a second; the others must not notice.

use super::{Plan, seconds};
use crate::{
    client::Client,
    proxy::{Proxy, Way},
    report::Row,
    world::World,
};
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SLOW: usize = 40;
/// How long the others may take to hold everything once nobody writes any more: what they need
/// without slow ones beside them, and some more.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(5);

pub async fn run(world: &mut World, plan: Plan, row: &mut Row) -> Result<()> {
    let proxy = Proxy::start(world.server.address, Way::Slow).await?;
    let mut slow = JoinSet::new();
    for writer in world.writers.iter().cycle().take(SLOW) {
        slow.spawn(read(writer.client.through(proxy.address), writer.rooms.clone()));
    }
    for _ in 0..plan.choose(1, 3) {
        let traffic = world.write();
        seconds(plan.choose(4, 12)).await;
        traffic.stop().await?;
        let begun = Instant::now();
        world.check(row).await?;
        ensure!(begun.elapsed() < CAUGHT_UP_WITHIN, "readers were held up by slow ones");
    }
    ensure!(slow.len() == SLOW, "a slow reader ended");
    Ok(())
}

/// Asks for much, again and again; few answers ever get here whole.
async fn read(client: Client, rooms: Vec<i64>) {
    loop {
        let _ = client.snapshot().await;
        for room in &rooms {
            let _ = client.history(*room, None).await;
        }
    }
}
