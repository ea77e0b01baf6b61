//! What is broken, and how. Each scenario makes sure that its fault took place: one that broke
//! nothing has proved nothing.

mod clock;
mod database_stopped;
mod disk_full;
mod freeze;
mod kill;
mod lost_answers;
mod power_cut;
mod removed_member;
mod repeats;
mod restart_resync;
mod slow_readers;

use crate::{database::Database, report::Row, world::World};
use anyhow::Result;
use clap::ValueEnum;
use std::{path::Path, time::Duration};
use tokio::time::sleep;

pub use disk_full::SmallDisk;

/// A way to break a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// The server is killed at any moment
    Kill,
    /// The server is killed, and what it wrote but did not sync is gone (SQLite)
    PowerCut,
    /// Answers are cut off, delayed or drip
    LostAnswers,
    /// Fifty copies of one message at once
    Repeats,
    /// The database stands still, or is killed; an SQLite file is locked
    DatabaseStopped,
    /// No space is left for the data (SQLite)
    DiskFull,
    /// Some clients take one byte a second
    SlowReaders,
    /// The server's clock jumps by an hour, both ways
    Clock,
    /// The server is restarted while everyone catches up after a while away
    RestartResync,
    /// One of a person's two pages sleeps for ten minutes
    Freeze,
    /// Members are removed from a group while they wait for its news
    RemovedMember,
}

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub quick: bool,
    /// Rounds of the kill scenario, if they are asked for.
    pub kills: Option<usize>,
}

impl Plan {
    /// The first in a quick run, else the second.
    pub fn choose<T>(self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }
}

impl Scenario {
    /// As it is written on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether it needs a server whose data is on a small disk of its own.
    pub fn wants_small_disk(self) -> bool {
        self == Self::DiskFull
    }

    /// Why it cannot be tried on this database, if so.
    pub fn excluded(self, database: &Database) -> Option<&'static str> {
        match (self, database) {
            (Self::DiskFull | Self::PowerCut, Database::MariaDb(_) | Database::MySql(_)) => {
                Some("SQLite only")
            }
            (Self::DatabaseStopped, Database::MySql(_)) => Some("needs --mariadb"),
            _ => None,
        }
    }

    /// Breaks the server in rounds, and checks after each.
    ///
    /// # Errors
    /// If a round comes to no end, or its fault did not take place.
    pub async fn run(
        self,
        world: &mut World,
        folder: &Path,
        plan: Plan,
        row: &mut Row,
    ) -> Result<()> {
        match self {
            Self::Kill => kill::run(world, plan, row).await,
            Self::PowerCut => power_cut::run(world, folder, plan, row).await,
            Self::LostAnswers => lost_answers::run(world, plan, row).await,
            Self::Repeats => repeats::run(world, plan, row).await,
            Self::DatabaseStopped => database_stopped::run(world, plan, row).await,
            Self::DiskFull => disk_full::run(world, folder, row).await,
            Self::SlowReaders => slow_readers::run(world, plan, row).await,
            Self::Clock => clock::run(world, folder, plan, row).await,
            Self::RestartResync => restart_resync::run(world, plan, row).await,
            Self::Freeze => freeze::run(world, folder, plan, row).await,
            Self::RemovedMember => removed_member::run(world, plan, row).await,
        }
    }
}

async fn seconds(number: u64) {
    sleep(Duration::from_secs(number)).await;
}

/// A moment that nobody can foresee.
async fn random_milliseconds(range: std::ops::Range<u64>) {
    sleep(Duration::from_millis(rand::random_range(range))).await;
}
