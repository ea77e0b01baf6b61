//! Builds the messenger for release, and starts it.

use crate::{command, frontend::Kind, site, workspace::Workspace};
use anyhow::Result;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Builds the site and the program that carries it; gives the program's path.
///
/// # Errors
/// If a part does not compile.
pub fn build() -> Result<PathBuf> {
    let workspace = Workspace::load()?;
    if !workspace.binary("release")?.exists() {
        println!("The first build takes long: ten to twenty minutes on two cores.");
    }
    println!("Building the page (1 of 2)");
    site::build(&workspace, Kind::Release)?;
    println!("Building the server that carries it (2 of 2)");
    compile(&workspace)
}

/// Builds the program alone if a site is there for it to carry, whichever; else both.
///
/// # Errors
/// If a part does not compile.
pub fn build_server(workspace: &Workspace) -> Result<PathBuf> {
    if site::folder(workspace)?.join("manifest.json").is_file() {
        compile(workspace)
    } else {
        build()
    }
}

fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let package = workspace.leptos("bin-package")?;
    command::run(workspace.cargo().args(["build", "--release", "--package", package]))?;
    workspace.binary("release")
}

/// Builds the program with the mistakes that the fault scenarios must notice, in a folder of its own:
/// the real one is never replaced by it.
///
/// # Errors
/// If it does not compile.
pub fn build_mutants(workspace: &Workspace) -> Result<PathBuf> {
    site::folder(workspace)?;
    let package = workspace.leptos("bin-package")?;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--package", package, "--features", "app/mutants"]);
    command::run(cargo.arg("--target-dir").arg(workspace.target.join("mutants")))?;
    workspace.binary("mutants/release")
}

/// Builds, then becomes the messenger, with these arguments; Ctrl-C is the messenger's own.
///
/// # Errors
/// If a part does not compile, or the messenger fails.
pub fn serve(args: &[String]) -> Result<()> {
    // Cargo's own separator, for those who type it.
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    become_program(&build()?, args)
}

#[cfg(unix)]
fn become_program(program: &Path, args: &[String]) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = Command::new(program).args(args).exec();
    Err(anyhow::Error::new(error).context(format!("{} cannot be started", program.display())))
}

#[cfg(not(unix))]
fn become_program(program: &Path, args: &[String]) -> Result<()> {
    // Ctrl-C reaches both, and does not end this one: it waits for the messenger.
    let status = Command::new(program).args(args).status()?;
    std::process::exit(status.code().unwrap_or(1))
}
