//! Servers that make a known mistake on purpose: the scenarios and the checker that find nothing on
//! the real one must find each of these. The mistakes are in `app/src/server/db/mutants.rs`.

use crate::{
    database::Database,
    report::{self, Catch, Row},
    scenarios::{Plan, Scenario},
    server::Program,
    world::World,
};
use anyhow::Result;
use std::path::Path;
use tokio::task::block_in_place;
use xtask::mariadb::{Durability, MariaDb};

/// How often a scenario may try to catch a mutant: a kill can come at a harmless moment.
const TRIES: usize = 6;
/// Kills of the server that makes no mistake.
const KILLS: usize = 8;

/// A mistake, with the scenario that must notice it on each database where it can be made.
struct Mutant {
    /// As the server knows it; none: it makes no mistake, and nothing may be found.
    name: Option<&'static str>,
    sqlite: &'static [Scenario],
    mariadb: &'static [Scenario],
}

const MUTANTS: [Mutant; 8] = [
    Mutant {
        name: None,
        sqlite: &[
            Scenario::Kill,
            Scenario::LostAnswers,
            Scenario::PowerCut,
            Scenario::RemovedMember,
        ],
        mariadb: &[Scenario::Kill, Scenario::LostAnswers, Scenario::RemovedMember],
    },
    both("answer-before-commit", &[Scenario::Kill, Scenario::RemovedMember]),
    both("publish-before-commit", &[Scenario::LostAnswers]),
    // SQLite has one writer: there is no moment without its lock.
    Mutant { name: Some("numbers-without-lock"), sqlite: &[], mariadb: &[Scenario::LostAnswers] },
    both("no-unique-client-id", &[Scenario::LostAnswers]),
    Mutant { name: Some("synchronous-off"), sqlite: &[Scenario::PowerCut], mariadb: &[] },
    both("edit-keeps-revision", &[Scenario::LostAnswers]),
    both("change-not-told", &[Scenario::LostAnswers]),
];

const fn both(name: &'static str, scenarios: &'static [Scenario]) -> Mutant {
    Mutant { name: Some(name), sqlite: scenarios, mariadb: scenarios }
}

/// Lets each mutant be caught, and prints a table; whether all were, and nothing else was.
///
/// # Errors
/// If a server cannot be started.
pub async fn run(binary: &Path) -> Result<bool> {
    let mariadb = block_in_place(|| MariaDb::start(Durability::Full))?;
    let folder = tempfile::Builder::new().prefix("sampleim-mutants-").tempdir()?;
    let mut catches = Vec::new();
    for mutant in &MUTANTS {
        let program = Program { path: binary.to_owned(), mutant: mutant.name };
        for (scenarios, is_sqlite) in [(mutant.sqlite, true), (mutant.mariadb, false)] {
            for scenario in scenarios {
                let here = folder.path().join(catches.len().to_string());
                std::fs::create_dir(&here)?;
                let database = if is_sqlite {
                    Database::Sqlite(here.join("sampleim.db"))
                } else {
                    Database::of(&mariadb, &format!("mutant_{}", catches.len())).await?
                };
                let title = if is_sqlite { "SQLite" } else { &mariadb.version };
                println!("--- {}: {} on {title}", mutant.name.unwrap_or("none"), scenario.name());
                let row = catch(&program, &here, database, *scenario).await?;
                catches.push(Catch { mutant: mutant.name, database: title.into(), row });
            }
        }
    }
    let is_good = catches.iter().all(Catch::is_good);
    if !is_good {
        println!("The logs and what was acknowledged are kept in {}.", folder.keep().display());
    }
    report::print_catches(&catches);
    Ok(is_good)
}

/// Tries until the scenario has found something; once, if there is no mistake to find.
async fn catch(
    program: &Program,
    folder: &Path,
    database: Database,
    scenario: Scenario,
) -> Result<Row> {
    let (tries, kills) = if program.mutant.is_some() { (TRIES, 1) } else { (1, KILLS) };
    let plan = Plan { quick: true, kills: Some(kills) };
    let mut world = World::start(program, folder, folder, database).await?;
    let mut row = Row::new(&scenario.name());
    for _ in 0..tries {
        if let Err(error) = scenario.run(&mut world, folder, plan, &mut row).await {
            row.fail(&error);
        }
        if !row.verdict.is_clean() {
            break;
        }
    }
    Ok(row)
}
