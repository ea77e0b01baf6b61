//! What is checked without running anything.

use crate::{
    command, invariants, site,
    test::step,
    tools,
    workspace::{NATIVE, Workspace},
};
use anyhow::Result;

const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// Formatting, the repository's rules, clippy for server and browser, and the Windows build.
///
/// # Errors
/// With the first that fails.
pub fn lint() -> Result<()> {
    let workspace = Workspace::load()?;
    let cargo = |args: &str| command::run(workspace.cargo().args(args.split(' ')));
    // A fresh clone has no site yet, and the server's build wants its folder.
    site::folder(&workspace)?;
    step("formatting", || cargo("fmt --all --check"))?;
    step("repository's rules", || {
        tools::ensure_target(tools::WASM)?;
        invariants::check(&workspace)
    })?;
    // All at once, and the same packages again, so that what they share is checked once only.
    let native = |features: &str| {
        let packages: String = NATIVE.iter().map(|name| format!("--package {name} ")).collect();
        cargo(&format!("clippy {packages}--features {features} --all-targets -- -D warnings"))
    };
    step("clippy: all but the browser", || native("app/ssr"))?;
    step("clippy: server with mistakes", || native("app/mutants"))?;
    step("clippy: browser", || {
        let wasm = tools::WASM;
        cargo(&format!("clippy --package frontend --package app --target {wasm} -- -D warnings"))
    })?;
    // On Windows, clippy has just covered it.
    if !cfg!(windows) {
        step("check for Windows", || {
            tools::ensure_target(WINDOWS)?;
            tools::MINGW.ensure()?;
            cargo(&format!("check --package sampleim --target {WINDOWS}"))
        })?;
    }
    Ok(())
}
