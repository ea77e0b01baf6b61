//! Starts the fault scenarios of `xtask/faults` against a release server.

use crate::{
    command::{self, describe},
    results::Counts,
    serve,
    workspace::Workspace,
};
use anyhow::{Result, anyhow, bail};
use std::{env::consts::EXE_SUFFIX, path::Path, process::Command, thread};

/// Builds the server for release, or the one with mistakes, then runs the scenarios with these
/// arguments.
///
/// # Errors
/// If a part does not compile, or a message suffered.
pub fn faults(args: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    let server = if args.iter().any(|arg| arg == "--mutants") {
        serve::build_mutants(&workspace)?
    } else {
        serve::build_server(&workspace)?
    };
    let mut faults = workspace.cargo();
    faults.args(["run", "--quiet", "--package", "faults", "--"]).args(args);
    command::run(faults.env("SAMPLEIM_BIN", server))
}

/// A short run of all scenarios against this server's program, on both databases at once: they wait
/// more than they work. How many of them passed on each.
///
/// # Errors
/// If they could not be run.
pub fn quick(workspace: &Workspace, server: &Path) -> Result<Vec<(String, Counts)>> {
    let on = |database, args| {
        let counts = quick_on(workspace, server, &format!("{database}: "), args)?;
        Ok((format!("fault scenarios on {database}"), counts))
    };
    thread::scope(|scope| {
        let mariadb = scope.spawn(|| on("MariaDB", &["--mariadb"]));
        let sqlite = on("SQLite", &[]);
        let mariadb = mariadb.join().map_err(|_| anyhow!("the run on MariaDB panicked"))?;
        [sqlite, mariadb].into_iter().collect()
    })
}

/// By the program that the native tests built: `cargo run` would build all that it needs once more, for
/// itself alone.
fn quick_on(workspace: &Workspace, server: &Path, of: &str, args: &[&str]) -> Result<Counts> {
    let program = workspace.target.join("debug").join(format!("faults{EXE_SUFFIX}"));
    let mut faults = workspace.at_root(Command::new(program));
    faults.args(args).env("SAMPLEIM_BIN", server);
    let (printed, succeeded) = command::tee(faults.arg("--quick"), of)?;
    let counts = Counts::of_faults(&printed);
    if counts.passed == 0 || succeeded != (counts.failed == 0) {
        bail!("`{}` did not get as far as counting its scenarios", describe(&faults));
    }
    Ok(counts)
}
