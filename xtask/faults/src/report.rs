//! The table at the end of a run.

use crate::checker::Verdict;
use std::time::Duration;

/// How soon a killed server must be healthy again.
pub const HEALTHY_WITHIN: Duration = Duration::from_secs(2);
/// Sentences about faults that are shown of one round.
const SHOWN: usize = 10;

/// What one scenario gave.
#[derive(Debug, Default)]
pub struct Row {
    pub scenario: String,
    pub rounds: usize,
    /// Messages, edits and deletions.
    pub acknowledged: usize,
    pub verdict: Verdict,
    /// From a start of the server until it was healthy, at most.
    pub slowest_start: Duration,
    /// Why the scenario came to no end, or was left out.
    pub remark: Option<String>,
    /// Whether what the remark says is a failure.
    pub failed: bool,
    /// Whether it could have been tried on this database, but not by this user.
    pub skipped: bool,
}

impl Row {
    /// An empty one.
    pub fn new(scenario: &str) -> Self {
        Self { scenario: scenario.into(), ..Self::default() }
    }

    /// Adds a round's verdict, and shows what it found.
    pub fn add(&mut self, verdict: Verdict) {
        for detail in verdict.details.iter().take(SHOWN) {
            println!("    {detail}");
        }
        self.verdict.lost += verdict.lost;
        self.verdict.duplicated += verdict.duplicated;
        self.verdict.reordered += verdict.reordered;
        self.verdict.disagreements += verdict.disagreements;
        self.verdict.details.extend(verdict.details);
    }

    /// Notes that it came to no end.
    pub fn fail(&mut self, error: &anyhow::Error) {
        self.remark = Some(format!("failed: {error:#}"));
        self.failed = true;
    }

    /// Whether all is as promised.
    pub fn is_good(&self) -> bool {
        !self.failed && self.verdict.is_clean() && self.slowest_start <= HEALTHY_WITHIN
    }
}

/// What became of one mutant.
pub struct Catch {
    /// None: the server that makes no mistake.
    pub mutant: Option<&'static str>,
    pub database: String,
    pub row: Row,
}

impl Catch {
    /// Whether something was counted on a mutant, or nothing on a server that makes no mistake.
    pub fn is_good(&self) -> bool {
        match self.mutant {
            Some(_) => !self.row.verdict.is_clean(),
            None => self.row.is_good(),
        }
    }
}

/// Prints who was caught by what, and in the end one line over all.
pub fn print_catches(catches: &[Catch]) {
    println!(
        "\n{:<21} {:<16} {:<12} {:>6} {:>12} {:>5} {:>10} {:>9} {:>13}",
        "mutant",
        "database",
        "scenario",
        "rounds",
        "acknowledged",
        "lost",
        "duplicated",
        "reordered",
        "disagreements",
    );
    for Catch { mutant, database, row } in catches {
        let Verdict { lost, duplicated, reordered, disagreements, .. } = row.verdict;
        let outcome = match (mutant, row.verdict.is_clean()) {
            (Some(_), false) => "caught",
            (Some(_), true) => "SURVIVED",
            (None, _) if row.is_good() => "ok",
            (None, _) => "ALARMED",
        };
        // How it went on after it was caught is of no interest.
        let why = if outcome == "caught" { None } else { row.remark.as_ref() };
        println!(
            "{:<21} {database:<16} {:<12} {:>6} {:>12} {lost:>5} {duplicated:>10} {reordered:>9} {disagreements:>13}  {outcome}{}",
            mutant.unwrap_or("none"),
            row.scenario,
            row.rounds,
            row.acknowledged,
            why.map_or_else(String::new, |why| format!(" ({why})")),
        );
    }
    let mutants = || catches.iter().filter(|catch| catch.mutant.is_some());
    let caught = mutants().filter(|catch| catch.is_good()).count();
    let clean = catches.iter().filter(|catch| catch.mutant.is_none());
    let (clean, alarmed): (Vec<_>, Vec<_>) = clean.partition(|catch| catch.is_good());
    println!(
        "mutants: {caught} caught, {} survived; without a mistake: {} clean, {} not",
        mutants().count() - caught,
        clean.len(),
        alarmed.len(),
    );
}

/// Prints the table, and in the end one line over all.
pub fn print(rows: &[Row]) {
    println!(
        "\n{:<17} {:>6} {:>12} {:>5} {:>10} {:>9} {:>13} {:>11}  integrity",
        "scenario",
        "rounds",
        "acknowledged",
        "lost",
        "duplicated",
        "reordered",
        "disagreements",
        "restart ms",
    );
    for row in rows {
        let Verdict { lost, duplicated, reordered, disagreements, .. } = row.verdict;
        println!(
            "{:<17} {:>6} {:>12} {lost:>5} {duplicated:>10} {reordered:>9} {disagreements:>13} {:>11}  {}",
            row.scenario,
            row.rounds,
            row.acknowledged,
            row.slowest_start.as_millis(),
            row.remark.as_deref().unwrap_or("ok"),
        );
    }
    let count = |is: fn(&Row) -> bool| rows.iter().filter(|row| is(row)).count();
    println!(
        "scenarios: {} passed, {} failed, {} skipped",
        count(|row| row.rounds > 0 && row.is_good()),
        count(|row| !row.is_good()),
        count(|row| row.skipped && row.is_good()),
    );
    let sum = |number: fn(&Row) -> usize| rows.iter().map(number).sum::<usize>();
    println!(
        "faults: rounds {}, acknowledged {}, lost {}, duplicated {}, reordered {}, disagreements {}",
        sum(|row| row.rounds),
        sum(|row| row.acknowledged),
        sum(|row| row.verdict.lost),
        sum(|row| row.verdict.duplicated),
        sum(|row| row.verdict.reordered),
        sum(|row| row.verdict.disagreements),
    );
}
