//! The server's clock jumps an hour forward and back, and an hour back and forward.

use super::{Plan, seconds};
use crate::{report::Row, world::World};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tokio::task::block_in_place;
use xtask::tools::FAKETIME;

const JUMPS: [&str; 4] = ["+1h", "+0", "-1h", "+0"];

pub async fn run(world: &mut World, folder: &Path, plan: Plan, row: &mut Row) -> Result<()> {
    block_in_place(|| FAKETIME.ensure())?;
    let clock = folder.join("clock");
    set(&clock, "+0")?;
    world.server.set_clock(&library()?, &clock);
    world.server.restart().await?;
    for jump in JUMPS {
        let traffic = world.write();
        seconds(1).await;
        set(&clock, jump)?;
        // The library looks at the file once a second.
        seconds(plan.choose(2, 5)).await;
        world.server.restart().await?;
        seconds(1).await;
        world.finish(traffic, row).await?;
    }
    world.server.unset_clock();
    world.server.restart().await
}

/// Whole at any moment, for the server may be reading it.
fn set(clock: &Path, offset: &str) -> Result<()> {
    let new = clock.with_extension("new");
    fs::write(&new, format!("{offset}\n"))?;
    fs::rename(&new, clock).context("setting the clock")
}

/// Below a folder that is named after the machine's architecture.
fn library() -> Result<PathBuf> {
    for folder in fs::read_dir("/usr/lib")? {
        let library = folder?.path().join("faketime/libfaketime.so.1");
        if library.is_file() {
            return Ok(library);
        }
    }
    anyhow::bail!("libfaketime.so.1 is not below /usr/lib")
}
