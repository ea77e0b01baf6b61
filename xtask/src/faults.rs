//! Starts the fault scenarios of `xtask/faults` against a release server.

use crate::{
    command::{self, describe},
    results::Counts,
    serve,
    workspace::Workspace,
};
use anyhow::{Result, bail};
use std::{env::consts::EXE_SUFFIX, path::Path, process::Command};

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

/// A short run of all scenarios against this server's program; how many of them passed. By the program
/// that the native tests built: `cargo run` would build all that it needs once more, for itself alone.
///
/// # Errors
/// If they could not be run.
pub fn quick(workspace: &Workspace, server: &Path, database: &[&str]) -> Result<Counts> {
    let program = workspace.target.join("debug").join(format!("faults{EXE_SUFFIX}"));
    let mut faults = workspace.at_root(Command::new(program));
    faults.args(database).env("SAMPLEIM_BIN", server);
    let (printed, succeeded) = command::tee(faults.arg("--quick"))?;
    let counts = Counts::of_faults(&printed);
    if counts.passed == 0 || succeeded != (counts.failed == 0) {
        bail!("`{}` did not get as far as counting its scenarios", describe(&faults));
    }
    Ok(counts)
}
