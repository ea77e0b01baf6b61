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
use anyhow::{Context, Result, anyhow, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
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

    step("build of the native tests", || command::run(cargo_test(&workspace).arg("--no-run")))?;
    let native = || native(&workspace, &mariadb, scratch.path());
    let parts = match scope {
        Scope::Fast => vec![step("native tests", native)?],
        Scope::Full => {
            let binary = step("release build", serve::build)?;
            let both = || native_and_faults(native, &workspace, &binary);
            let mut parts = step("native tests and fault scenarios", both)?;
            step("browser set-up", || set_up_browser(&workspace))?;
            let browser = || browser(&workspace, &binary, &mariadb, scratch.path());
            parts.extend(step("browser tests", browser)?);
            parts
        }
    };
    report(&parts, &mariadb.version)
}

/// What ran, for people, and how it went.
type Part = (String, Counts);

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

/// Both at once: they wait more than they work.
fn native_and_faults(
    native: impl FnOnce() -> Result<Part>,
    workspace: &Workspace,
    binary: &Path,
) -> Result<Vec<Part>> {
    thread::scope(|scope| {
        let faults = scope.spawn(|| faults::quick(workspace, binary));
        let native = native();
        let faults = faults.join().map_err(|_| anyhow!("the fault scenarios' run panicked"))?;
        Ok([vec![native?], faults?].concat())
    })
}

fn cargo_test(workspace: &Workspace) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--no-fail-fast"]);
    cargo.args(NATIVE.iter().flat_map(|package| ["--package", package]));
    cargo
}

/// Each crate's own tests, on both databases: more at once than there are processors, for they wait for
/// disks and clocks.
fn native(workspace: &Workspace, mariadb: &MariaDb, scratch: &Path) -> Result<Part> {
    let mut cargo = cargo_test(workspace);
    cargo.env("SAMPLEIM_TEST_MYSQL", mariadb.url()).env("TMPDIR", scratch);
    cargo.env("RUST_TEST_THREADS", "6");
    let (printed, succeeded) = command::tee(&mut cargo, "")?;
    let counts = Counts::of_cargo(&printed);
    if counts.passed == 0 || succeeded != (counts.failed == 0) {
        bail!("`{}` did not get as far as counting its tests", describe(&cargo));
    }
    Ok(("native tests".to_owned(), counts))
}

fn end2end(workspace: &Workspace) -> PathBuf {
    workspace.root.join("end2end")
}

/// A browser, and tests whose types agree.
fn set_up_browser(workspace: &Workspace) -> Result<()> {
    tools::CHROMIUM.ensure()?;
    install_packages(workspace)?;
    command::run(node(workspace)?.arg("node_modules/typescript/bin/tsc"))
}

/// Node, in the folder of the browser tests.
fn node(workspace: &Workspace) -> Result<Command> {
    let mut node = Command::new(tools::find(&["node"]).context("Node is missing")?);
    node.current_dir(end2end(workspace));
    Ok(node)
}

/// Playwright's packages as the lock file has them.
fn install_packages(workspace: &Workspace) -> Result<()> {
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
) -> Result<Vec<Part>> {
    let report = scratch.join("playwright.json");
    let mut playwright = node(workspace)?;
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
fn report(parts: &[Part], mariadb: &str) -> Result<()> {
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
