//! Breaks a release server on purpose, in many ways, and checks over HTTP alone that what it has
//! acknowledged is seen by every member, once, in the same order. Started by `cargo xtask faults`.
#![expect(clippy::print_stdout, reason = "the terminal is where this program reports")]

mod checker;
mod client;
mod database;
mod ledger;
mod mutants;
mod proxy;
mod reader;
mod report;
mod scenarios;
mod traffic;
mod wire;
mod world;

use crate::{
    database::Database,
    report::Row,
    scenarios::{Plan, Scenario, SmallDisk},
    server::Program,
    world::World,
};
use anyhow::Result;
use clap::{Parser, ValueEnum};
use faults::server;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

/// Breaks a server on purpose, and checks that no message is lost, doubled or out of order.
///
/// Runs on an SQLite file of its own, if no other database is named.
#[derive(Parser)]
#[command(bin_name = "cargo xtask faults")]
struct Cli {
    /// Only this scenario; may be repeated
    #[arg(long, value_enum)]
    scenario: Vec<Scenario>,
    /// How often the kill scenario kills
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// An empty database: sqlite://PATH or mysql://USER:PASSWORD@HOST:PORT/NAME
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// A MariaDB server of the run's own
    #[arg(long, conflicts_with = "database_url")]
    mariadb: bool,
    /// A minute instead of ten
    #[arg(long)]
    quick: bool,
    /// Whether each known mistake is noticed, of a server that was built to make them
    #[arg(long, conflicts_with_all = ["scenario", "rounds", "database_url", "mariadb", "quick"])]
    mutants: bool,
    /// The server's program
    #[arg(long, env = "SAMPLEIM_BIN", value_name = "FILE")]
    binary: PathBuf,
}

impl Cli {
    fn program(&self) -> Program {
        Program { path: self.binary.clone(), mutant: None }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // Returning drops what was started, so that nothing is left running.
    let done = tokio::select! {
        done = run(&cli) => done,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("stopped")),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the scenarios and prints the table; whether the server kept its promise.
async fn run(cli: &Cli) -> Result<bool> {
    if cli.mutants {
        return mutants::run(&cli.binary).await;
    }
    let plan = Plan { quick: cli.quick, kills: cli.rounds };
    let chosen = if cli.scenario.is_empty() { Scenario::value_variants() } else { &cli.scenario };
    let folder = tempfile::Builder::new().prefix("sampleim-faults-").tempdir()?;
    let database = match &cli.database_url {
        Some(url) => Database::at(url.clone())?,
        None if cli.mariadb => Database::mariadb().await?,
        None => Database::Sqlite(folder.path().join("data/sampleim.db")),
    };
    println!("--- on {}", database.title());

    let mut rows = Vec::new();
    let (mut large, mut small) = (Vec::new(), Vec::new());
    for scenario in chosen {
        match scenario.excluded(&database) {
            Some(why) => rows.push(left_out(*scenario, why)),
            None if scenario.wants_small_disk() => small.push(*scenario),
            None => large.push(*scenario),
        }
    }
    if !large.is_empty() {
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        let world = World::start(&cli.program(), folder.path(), &data, database).await?;
        rows.extend(play(world, &large, folder.path(), plan).await);
    }
    if !small.is_empty() {
        rows.extend(on_small_disk(cli, &small, &folder.path().join("small"), plan).await?);
    }
    let is_good = rows.iter().all(Row::is_good);
    if !is_good {
        println!("The log and what was acknowledged are kept in {}.", folder.keep().display());
    }
    report::print(&rows);
    Ok(is_good)
}

/// As [`play`], in a world of their own whose data is on a small disk.
async fn on_small_disk(
    cli: &Cli,
    scenarios: &[Scenario],
    folder: &Path,
    plan: Plan,
) -> Result<Vec<Row>> {
    std::fs::create_dir(folder)?;
    let disk = folder.join("disk");
    let Some(_mounted) = SmallDisk::make(disk.clone())? else {
        let missing = scenarios.iter().map(|scenario| Row {
            failed: !plan.quick,
            skipped: true,
            ..left_out(*scenario, "needs root")
        });
        return Ok(missing.collect());
    };
    let database = Database::Sqlite(disk.join("sampleim.db"));
    let world = World::start(&cli.program(), folder, &disk, database).await?;
    Ok(play(world, scenarios, &disk, plan).await)
}

/// Runs these one after the other, and in the end looks at all of their rounds together. After one
/// that fails, the others are not tried: the world may be out of order.
async fn play(mut world: World, scenarios: &[Scenario], folder: &Path, plan: Plan) -> Vec<Row> {
    let mut rows = Vec::new();
    for scenario in scenarios {
        println!("--- {}", scenario.name());
        let begun = Instant::now();
        let mut row = Row::new(&scenario.name());
        let done = scenario.run(&mut world, folder, plan, &mut row).await;
        if let Err(error) = done.and_then(|()| world.tally.check_internal()) {
            row.fail(&error);
        }
        println!(
            "--- {}: {:.1} s; so far: {}",
            row.scenario,
            begun.elapsed().as_secs_f32(),
            world.tally
        );
        let failed = row.failed;
        rows.push(row);
        if failed {
            return rows;
        }
    }
    let mut together = Row::new("all together");
    match world.check_all().await {
        Ok(verdict) => together.add(verdict.beyond(rows.iter().map(|row| &row.verdict))),
        Err(error) => together.fail(&error),
    }
    rows.push(together);
    rows
}

fn left_out(scenario: Scenario, why: &str) -> Row {
    Row { remark: Some(format!("not run: {why}")), ..Row::new(&scenario.name()) }
}
