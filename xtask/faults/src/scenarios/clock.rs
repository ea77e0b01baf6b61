//! The server's clock jumps an hour forward and back, and an hour back and forward.

use super::{Plan, seconds};
use crate::{report::Row, server::Server, world::World};
use anyhow::{Context, Result};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};
use tokio::task::block_in_place;
use xtask::tools::FAKETIME;

const JUMPS: [&str; 4] = ["+1h", "+0", "-1h", "+0"];
const QUICK_JUMPS: [&str; 2] = ["+1h", "-1h"];

pub async fn run(world: &mut World, folder: &Path, plan: Plan, row: &mut Row) -> Result<()> {
    let clock = Clock::of(&mut world.server, folder).await?;
    for jump in plan.choose(&QUICK_JUMPS[..], &JUMPS) {
        let traffic = world.write();
        clock.jump(jump)?;
        seconds(plan.choose(2, 5)).await;
        world.server.restart().await?;
        seconds(1).await;
        world.finish(traffic, row).await?;
    }
    world.server.unload();
    world.server.restart().await
}

/// The wall's clock of a server, which can be set.
pub struct Clock(PathBuf);

impl Clock {
    /// Starts the server anew, with such a clock.
    ///
    /// # Errors
    /// If libfaketime cannot be had, or the server does not start.
    pub async fn of(server: &mut Server, folder: &Path) -> Result<Self> {
        block_in_place(|| FAKETIME.ensure())?;
        let clock = Self(folder.join("clock"));
        clock.jump("+0")?;
        // The wall's clock alone: no system sets back the one that timers go by.
        let settings = [
            ("FAKETIME_TIMESTAMP_FILE", clock.0.as_os_str()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", OsStr::new("1")),
            ("FAKETIME_CACHE_DURATION", OsStr::new("1")),
        ];
        server.preload(&library()?, &settings);
        server.restart().await?;
        Ok(clock)
    }

    /// Sets it to so much before or after the time that it is, such as `+1h`. The server notices
    /// within a second.
    ///
    /// # Errors
    /// If the file that says so cannot be written.
    pub fn jump(&self, offset: &str) -> Result<()> {
        // Whole at any moment, for the server may be reading it.
        let new = self.0.with_extension("new");
        fs::write(&new, format!("{offset}\n"))?;
        fs::rename(&new, &self.0).context("setting the clock")
    }
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
