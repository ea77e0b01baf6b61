//! Starts the measurements of `xtask/bench`.

use crate::{command, serve, tools, workspace::Workspace};
use anyhow::Result;

/// Builds page and server for release, then measures with these arguments.
///
/// # Errors
/// If a part does not compile, or a row could not be measured.
pub fn bench(args: &[String]) -> Result<()> {
    let server = serve::build()?;
    let workspace = Workspace::load()?;
    let mut bench = workspace.cargo();
    bench.args(["run", "--quiet", "--release", "--package", "bench", "--"]).args(args);
    // What needs a browser says so where there is none.
    if let Some(chromium) = tools::find(tools::CHROMIUM.names) {
        bench.env("E2E_CHROMIUM", chromium);
    }
    command::run(bench.env("SAMPLEIM_BIN", server))
}

/// Fills a database that was just migrated.
///
/// # Errors
/// If the program does not compile, or the database refuses.
pub fn generate(args: &[String]) -> Result<()> {
    let mut bench = Workspace::load()?.cargo();
    bench.args(["run", "--quiet", "--release", "--package", "bench", "--", "generate"]).args(args);
    command::run(&mut bench)
}
