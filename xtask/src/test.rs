//! The whole proof: lint, native tests, fault scenarios and browser tests, on both databases. What cannot run
//! fails; nothing is left out in silence.

use crate::{
    command::{self, describe},
    faults,
    lint::lint,
    mariadb::{Durability, MariaDb},
    results::Counts,
    serve, site, tools,
    workspace::{NATIVE, Workspace},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// How much is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All but the release build, the faults and the browser.
    Fast,
    Full,
}

/// Runs all checks, and ends with `N passed, N failed`.
///
/// # Errors
/// If a test failed, or a part could not run.
pub fn test(scope: Scope) -> Result<()> {
    let workspace = Workspace::load()?;
    site::folder(&workspace)?;
    step("lint", lint)?;
    let mariadb = step("MariaDB", || MariaDb::start(Durability::None))?;
    // Whatever a test leaves behind goes with this folder.
    let scratch = tempfile::Builder::new().prefix("sampleim-test-").tempdir()?;

    let native = step("native tests", || native(&workspace, &mariadb, scratch.path()))?;
    let mut parts = vec![("native tests".to_owned(), native)];
    if scope == Scope::Full {
        let binary = step("release build", serve::build)?;
        parts.extend(step("fault scenarios", || faults::quick(&workspace, &binary))?);
        step("browser set-up", || set_up_browser(&workspace))?;
        let run = || browser(&workspace, &binary, &mariadb, scratch.path());
        parts.extend(step("browser tests", run)?);
    }
    report(&parts, &mariadb.version)
}

/// Runs one step and says how long it took.
///
/// # Errors
/// As the step; with its name.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("--- {name}");
    let begun = Instant::now();
    let done = work().with_context(|| name.to_owned())?;
    println!("--- {name}: {:.1} s", begun.elapsed().as_secs_f32());
    Ok(done)
}

/// Each crate's own tests, on both databases.
fn native(workspace: &Workspace, mariadb: &MariaDb, scratch: &Path) -> Result<Counts> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--no-fail-fast"]);
    cargo.args(NATIVE.iter().flat_map(|package| ["--package", package]));
    cargo.env("SAMPLEIM_TEST_MYSQL", mariadb.url()).env("TMPDIR", scratch);
    let (printed, succeeded) = command::tee(&mut cargo, "")?;
    let counts = Counts::of_cargo(&printed);
    if counts.passed == 0 || succeeded != (counts.failed == 0) {
        bail!("`{}` did not get as far as counting its tests", describe(&cargo));
    }
    Ok(counts)
}

fn end2end(workspace: &Workspace) -> PathBuf {
    workspace.root.join("end2end")
}

/// A browser, and Playwright's packages as the lock file has them.
fn set_up_browser(workspace: &Workspace) -> Result<()> {
    tools::CHROMIUM.ensure()?;
    let npm = tools::NPM.ensure()?;
    let folder = end2end(workspace);
    let lock = fs::read(folder.join("package-lock.json")).context("end2end/package-lock.json")?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    let mut npm = Command::new(npm);
    npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]);
    command::run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(installed, lock).context("noting which packages are installed")
}

/// The browser tests on both databases: the projects of end2end/playwright.config.ts.
fn browser(
    workspace: &Workspace,
    binary: &Path,
    mariadb: &MariaDb,
    scratch: &Path,
) -> Result<Vec<(String, Counts)>> {
    let report = scratch.join("playwright.json");
    let mut playwright = Command::new(tools::find(&["node"]).context("Node is missing")?);
    playwright.current_dir(end2end(workspace));
    playwright.args(["node_modules/@playwright/test/cli.js", "test"]);
    playwright
        .env("SAMPLEIM_BIN", binary)
        .env("E2E_CHROMIUM", tools::CHROMIUM.ensure()?)
        .env("E2E_MYSQL_URL", mariadb.url())
        .env("E2E_REPORT", &report)
        .env("TMPDIR", scratch);
    let (_, succeeded) = command::tee(&mut playwright, "")?;
    let report = fs::read_to_string(&report).context("Playwright wrote no report")?;
    let count = |project: &str| -> Result<_> {
        let counts = Counts::of_playwright(&report, project)?;
        if counts.passed + counts.failed == 0 {
            bail!("Playwright did not get as far as counting its tests on {project}");
        }
        Ok((format!("browser tests on {project}"), counts))
    };
    let parts = ["SQLite", "MariaDB"].map(count).into_iter().collect::<Result<Vec<_>>>()?;
    if succeeded != parts.iter().all(|(_, counts)| counts.failed == 0) {
        bail!("Playwright's report and its end do not agree");
    }
    Ok(parts)
}

/// The closing lines: each part's counts, the flaky by name, and the sum alone on the last.
fn report(parts: &[(String, Counts)], mariadb: &str) -> Result<()> {
    let mut all = Counts::default();
    println!("\nRan on SQLite and {mariadb}.");
    for (title, counts) in parts {
        let flaky = match counts.flaky.len() {
            0 => String::new(),
            number => format!(", {number} flaky"),
        };
        println!("{title}: {}{flaky}", counts.summary());
        counts.flaky.iter().for_each(|name| println!("  flaky: {name}"));
        all = all.and(counts);
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    if all.failed > 0 {
        bail!("Tests failed.");
    }
    Ok(())
}
