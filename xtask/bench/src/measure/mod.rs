//! What is measured, in parts that share their preparation.

mod ack;
mod browser;
mod build;
mod crowd;
mod delivery;
mod growth;
mod idle;
mod search;
mod send;
mod ssr;

use crate::{
    generate::Plan,
    report::Measured,
    world::{Data, Store, World},
};
use anyhow::Result;
use std::{path::PathBuf, time::Duration};

/// Whoever came stays online: the list of who is here does not change while it is measured.
pub const STAYING: [&str; 4] = ["--log-level", "warn", "--online-ttl", "3600"];

/// What all parts are given.
pub struct Bench {
    /// The server's program.
    pub program: PathBuf,
    pub store: Store,
    pub quick: bool,
    /// Whether what has no target is measured too.
    pub printed: bool,
}

impl Bench {
    /// How many rounds are interleaved.
    pub fn rounds(&self) -> usize {
        if self.quick { 3 } else { 9 }
    }

    /// How long one turn of a round takes.
    pub fn turn(&self) -> Duration {
        Duration::from_millis(if self.quick { 500 } else { 1_000 })
    }

    /// A database with this in it.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn data(&self, plan: &Plan) -> Result<Data> {
        self.store.fresh(&self.program, plan).await
    }

    /// A server over a database with this in it.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn world(&self, plan: &Plan, options: &[&str]) -> Result<World> {
        World::start_with(&self.program, self.data(plan).await?, options).await
    }
}

/// A part: some rows that are measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Idle,
    Sql,
    Crowd,
    Rooms,
    Messages,
    Delivery,
    SendSqlite,
    SendMariaDb,
    Ack,
    Search,
    Ssr,
    Load,
    Tab,
    Build,
}

impl Part {
    /// In the order of the table.
    pub const ALL: &[Self] = &[
        Self::Idle,
        Self::Sql,
        Self::Crowd,
        Self::Rooms,
        Self::Messages,
        Self::Delivery,
        Self::SendSqlite,
        Self::SendMariaDb,
        Self::Ack,
        Self::Search,
        Self::Ssr,
        Self::Load,
        Self::Tab,
        Self::Build,
    ];

    /// Whether it takes so long that it is measured only when one of its rows is named: a build
    /// minutes, a tab a minute, which is too much for a quick run.
    pub fn is_long(self, quick: bool) -> bool {
        self == Self::Build || quick && self == Self::Tab
    }

    /// The rows that it measures.
    pub fn rows(self) -> &'static [&'static str] {
        match self {
            Self::Idle => &["poll_idle_ratio"],
            Self::Sql => &["poll_sql"],
            Self::Crowd => {
                &["poll_growth_users", "poll_10k", "poll_10k_lobby", "memory_per_online"]
            }
            Self::Rooms => &["poll_growth_rooms"],
            Self::Messages => &["poll_growth_messages", "history_growth"],
            Self::Delivery => &["delivery_plain_p99", "delivery_held_p99", "delivery_lobby_p99"],
            Self::SendSqlite => &["send_ratio_sqlite"],
            Self::SendMariaDb => &["send_ratio_mariadb"],
            Self::Ack => &["send_ack_p99_ratio"],
            Self::Search => &["search_p95_ms"],
            Self::Ssr => &["ssr_page_rps", "ssr_page_p99"],
            Self::Load => &["first_load_bytes", "first_paint_ms", "interactive_ms"],
            Self::Tab => &["tab_10k_nodes", "tab_10k_heap", "tab_10k_key_p99"],
            Self::Build => &["build_clean_s", "build_edit_s"],
        }
    }

    /// Measures them.
    ///
    /// # Errors
    /// If that cannot be done.
    pub async fn measure(self, bench: &Bench) -> Result<Vec<Measured>> {
        match self {
            Self::Idle => idle::ratio(bench).await,
            Self::Sql => idle::sql(bench).await,
            Self::Crowd => crowd::measure(bench).await,
            Self::Rooms => growth::rooms(bench).await,
            Self::Messages => growth::messages(bench).await,
            Self::Delivery => delivery::measure(bench).await,
            Self::SendSqlite => send::sqlite(bench).await,
            Self::SendMariaDb => send::mariadb(bench).await,
            Self::Ack => ack::measure(bench).await,
            Self::Search => search::measure(bench).await,
            Self::Ssr => ssr::measure(bench).await,
            Self::Load => browser::load(bench).await,
            Self::Tab => browser::tab(bench).await,
            Self::Build => build::measure(),
        }
    }
}
