//! The disk of the data is full for a while.

use super::seconds;
use crate::{report::Row, world::World};
use anyhow::{Context, Result, ensure};
use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};
use xtask::{command::output, tools::is_root};

const SIZE: &str = "size=16m";
/// How long the server may still find space in its files that it has taken before.
const FULL_WITHIN: Duration = Duration::from_secs(30);

/// A disk of 16 MB in memory; it is gone when this is dropped.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Makes one at this folder, if this user may: only root.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn make(folder: PathBuf) -> Result<Option<Self>> {
        if !is_root() {
            return Ok(None);
        }
        fs::create_dir(&folder)?;
        let arguments = ["-t", "tmpfs", "-o", SIZE, "tmpfs"];
        output(Command::new("mount").args(arguments).arg(&folder)).context("a small disk")?;
        Ok(Some(Self(folder)))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = output(Command::new("umount").arg(&self.0));
    }
}

/// The world's data is in `folder`, on a small disk.
pub async fn run(world: &mut World, folder: &Path, row: &mut Row) -> Result<()> {
    let no_space = || world.tally.no_space.load(Ordering::Relaxed);
    let before = no_space();
    let traffic = world.write();
    seconds(1).await;
    let ballast = folder.join("ballast");
    fill(&ballast)?;
    let begun = Instant::now();
    while no_space() == before {
        ensure!(begun.elapsed() < FULL_WITHIN, "the server never answered 507");
        seconds(1).await;
    }
    seconds(3).await;
    fs::remove_file(&ballast)?;
    seconds(1).await;
    world.finish(traffic, row).await
}

/// Writes until there is no space left.
fn fill(path: &Path) -> Result<()> {
    let mut file = File::create_new(path)?;
    // Smaller and smaller pieces, so that not a page is left.
    for size in [1 << 20, 1 << 12] {
        let piece = vec![1; size];
        loop {
            match file.write_all(&piece) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error).context("filling the disk"),
            }
        }
    }
    Ok(())
}
