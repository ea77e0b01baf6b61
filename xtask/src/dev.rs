//! Rebuilds and restarts at each change, for those who work on the source.

use crate::{
    command::{self, Ending, Process},
    frontend::Kind,
    site,
    workspace::{Workspace, files_below},
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap, env::consts::EXE_SUFFIX, fs, path::PathBuf, process::Command, thread,
    time::Duration, time::SystemTime,
};

const WATCHED: &[&str] =
    &["app", "src", "frontend", "style", "public", "migrations", "Cargo.toml", "Cargo.lock"];
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Builds and starts, until Ctrl-C. What does not compile leaves the old one running.
///
/// # Errors
/// If files cannot be read.
pub fn dev(args: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    let mut server = None;
    let mut seen = Times::new();
    while !command::stopped() {
        let now = times(&workspace)?;
        if now == seen {
            thread::sleep(LOOK_EVERY);
            continue;
        }
        seen = now;
        match build(&workspace) {
            Ok(()) => server = Some(restart(&workspace, args, server)?),
            Err(_) if command::stopped() => {}
            Err(error) if server.is_some() => {
                eprintln!("error: {error:#}\nThe last good build keeps running.");
            }
            Err(error) => eprintln!("error: {error:#}\nWaiting for a change."),
        }
    }
    Ok(())
}

fn build(workspace: &Workspace) -> Result<()> {
    site::build(workspace, Kind::Dev)?;
    let package = workspace.leptos("bin-package")?;
    command::run(workspace.cargo().args(["build", "--package", package]))
}

/// Ends the old server and starts a copy of the new one: Windows will not let a running program be
/// built over.
fn restart(workspace: &Workspace, args: &[String], old: Option<Process>) -> Result<Process> {
    drop(old);
    let copy = workspace.target.join(format!("xtask-dev{EXE_SUFFIX}"));
    fs::copy(workspace.binary("debug")?, &copy).context("copying the new build")?;
    let mut program = workspace.at_root(Command::new(copy));
    Process::start(program.args(args), Ending::Terminate)
}

type Times = BTreeMap<PathBuf, SystemTime>;

/// When each watched file was last changed.
fn times(workspace: &Workspace) -> Result<Times> {
    let mut times = Times::new();
    for watched in WATCHED.iter().map(|name| workspace.root.join(name)) {
        let files = if watched.is_file() { vec![watched] } else { files_below(&watched)? };
        for file in files {
            // A file may vanish while one looks: editors do that when they save.
            if let Ok(changed) = fs::metadata(&file).and_then(|data| data.modified()) {
                times.insert(file, changed);
            }
        }
    }
    Ok(times)
}
