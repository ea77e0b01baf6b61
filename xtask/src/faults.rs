//! Starts the fault scenarios of `xtask/faults` against a release server.

use crate::{command, serve, workspace::Workspace};
use anyhow::Result;
use std::{ffi::OsStr, path::Path, process::Command};

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
    command::run(&mut program(&workspace, &server, args))
}

fn program(workspace: &Workspace, server: &Path, args: &[impl AsRef<OsStr>]) -> Command {
    let mut faults = workspace.cargo();
    faults.args(["run", "--quiet", "--package", "faults", "--"]).args(args);
    faults.env("SAMPLEIM_BIN", server);
    faults
}
