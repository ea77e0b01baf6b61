//! What cargo knows about the workspace.

use crate::command;
use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    env::{self, consts::EXE_SUFFIX},
    path::{Path, PathBuf},
    process::Command,
};

/// All packages but the frontend, which is for the browser alone.
pub const NATIVE: [&str; 5] = ["sampleim", "app", "xtask", "bench", "faults"];

/// Folders, and the `[[workspace.metadata.leptos]]` block of Cargo.toml.
pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's own output, wherever `CARGO_TARGET_DIR` puts it.
    pub target: PathBuf,
    leptos: Value,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// If Cargo.toml cannot be read or lacks the leptos block.
    pub fn load() -> Result<Self> {
        let args = ["metadata", "--format-version=1", "--no-deps"];
        let json: Value = serde_json::from_str(&command::output(cargo().args(args))?)?;
        let folder = |key: &str| {
            json[key].as_str().map(PathBuf::from).with_context(|| format!("cargo gave no {key}"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            leptos: json["metadata"]["leptos"][0].clone(),
        })
    }

    /// A value of the leptos block.
    ///
    /// # Errors
    /// If it is missing.
    pub fn leptos(&self, key: &str) -> Result<&str> {
        self.leptos[key]
            .as_str()
            .with_context(|| format!("Cargo.toml has no `{key}` in [[workspace.metadata.leptos]]"))
    }

    /// The messenger's binary of a cargo profile's folder, `release` or `debug`.
    ///
    /// # Errors
    /// If the leptos block does not name it.
    pub fn binary(&self, folder: &str) -> Result<PathBuf> {
        Ok(self.target.join(folder).join(format!("{}{EXE_SUFFIX}", self.leptos("bin-package")?)))
    }

    /// A cargo command at the workspace's root.
    pub fn cargo(&self) -> Command {
        self.at_root(cargo())
    }

    /// The command, at the workspace's root.
    pub fn at_root(&self, mut command: Command) -> Command {
        command.current_dir(&self.root);
        command
    }
}

/// The cargo that runs this command. What `cargo run` told this program about its own package is
/// not passed on: build scripts that watch it (ring's) would run again at each change from
/// `cargo xtask` to cargo and back.
fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// Each file below a folder, in order; none if there is no such folder.
///
/// # Errors
/// If a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop().filter(|folder| folder.is_dir()) {
        for entry in folder.read_dir().with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
