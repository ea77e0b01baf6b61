//! Starts the fault scenarios of `xtask/faults` against a release server.

use crate::{command, serve, workspace::Workspace};
use anyhow::Result;

/// Builds the server for release, then runs the scenarios with these arguments.
///
/// # Errors
/// If a part does not compile, or a message suffered.
pub fn faults(args: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    let server = serve::build_server(&workspace)?;
    let mut faults = workspace.cargo();
    faults.args(["run", "--quiet", "--package", "faults", "--"]).args(args);
    command::run(faults.env("SAMPLEIM_BIN", server))
}
