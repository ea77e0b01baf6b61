//! Measures the release server and its page, side by side with their own limits in the same run.
//! Started by `cargo xtask bench`.
#![expect(clippy::print_stdout, reason = "the terminal is where this program reports")]

mod bare;
mod generate;
mod http;
mod load;
mod measure;
mod people;
mod pollers;
mod process;
mod raw;
mod report;
mod rows;
mod stats;
mod texts;
mod world;

use crate::{
    measure::{Bench, Part},
    report::{Measured, Row},
    rows::ROWS,
    world::Store,
};
use anyhow::{Result, anyhow, bail};
use clap::{Parser, Subcommand};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The server's own allocator: what is measured beside it must not differ by that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures what people feel and what it costs, side by side with its own limit.
///
/// On SQLite files of its own, if no other database is named. It measures: whatever the figures
/// are, it ends with 0 if each row could be measured.
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
struct Cli {
    /// Only these rows; the beginning of a name stands for all that begin with it
    name: Vec<String>,
    /// Within three minutes: fewer and shorter rounds
    #[arg(long)]
    quick: bool,
    /// Where databases are made: sqlite://FOLDER or mysql://USER:PASSWORD@HOST:PORT
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// The server's program
    #[arg(long, env = "SAMPLEIM_BIN", value_name = "FILE")]
    binary: Option<PathBuf>,
    #[command(subcommand)]
    other: Option<Other>,
}

/// What this program does beside measuring.
#[derive(Subcommand)]
enum Other {
    #[command(hide = true)]
    Bare(bare::Arguments),
    /// Fills a database that was just migrated, for measurements by hand
    Generate(generate::Arguments),
}

fn main() -> ExitCode {
    match start() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<bool> {
    let cli = Cli::parse();
    // As the server's.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &cli.other {
            Some(Other::Bare(bare)) => {
                bare::serve(&bare.path, bare.address, &bare.copy).await.map(|()| true)
            }
            Some(Other::Generate(arguments)) => {
                generate::fill(&arguments.database_url, &arguments.plan()).await.map(|()| true)
            }
            // Returning drops what was started, so that nothing is left running.
            None => tokio::select! {
                done = run(&cli) => done,
                _ = tokio::signal::ctrl_c() => Err(anyhow!("stopped")),
            },
        }
    })
}

/// Measures and reports; whether each row could be measured.
async fn run(cli: &Cli) -> Result<bool> {
    let program = cli.binary.clone().ok_or_else(|| anyhow!("--binary is missing"))?;
    let folder = tempfile::Builder::new().prefix("sampleim-bench-").tempdir()?;
    let store = match &cli.database_url {
        Some(url) => Store::at(url)?,
        None => Store::Sqlite(folder.path().into()),
    };
    let bench = Bench { program, store, quick: cli.quick, printed: cli.prints() };
    for name in &cli.name {
        if !ROWS.iter().any(|spec| spec.name.starts_with(name.as_str())) {
            let all: Vec<_> = ROWS.iter().map(|spec| spec.name).collect();
            bail!("there is no row {name}; there are {}", all.join(", "));
        }
    }
    report::print_head();
    let mut rows = Vec::new();
    for part in Part::ALL {
        let wanted: Vec<_> = part.rows().iter().filter(|row| cli.wants(*part, row)).collect();
        if wanted.is_empty() {
            continue;
        }
        let measured = part.measure(&bench).await;
        if let Err(error) = &measured {
            eprintln!("error: {error:#}");
        }
        for name in wanted {
            let row = Row { name, outcome: outcome(name, &measured) };
            report::print(&row);
            rows.push(row);
        }
    }
    report::write(Path::new("target/bench/report.json"), &rows)?;
    Ok(rows.iter().all(|row| row.outcome.is_ok()))
}

impl Cli {
    /// Whether rows without a target are measured, beside those that are named.
    fn prints(&self) -> bool {
        !(self.quick && self.name.is_empty())
    }

    fn wants(&self, part: Part, row: &str) -> bool {
        let is_named = self.name.iter().any(|name| row.starts_with(name.as_str()));
        let is_printed = ROWS.iter().any(|spec| spec.name == row && spec.target.is_none());
        let is_left_out = part.is_long(self.quick) || is_printed && !self.prints();
        is_named || self.name.is_empty() && !is_left_out
    }
}

fn outcome(name: &str, measured: &Result<Vec<Measured>>) -> Result<Measured> {
    match measured {
        Err(error) => Err(anyhow!("{error:#}")),
        Ok(all) => {
            let own = all.iter().find(|measured| measured.name == name).cloned();
            own.ok_or_else(|| anyhow!("its part does not measure it"))
        }
    }
}
