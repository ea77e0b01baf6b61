//! Finds the programs that a command needs, and installs them where it can.

use crate::command;
use anyhow::{Context, Result, bail};
use std::{
    env::{self, consts::EXE_SUFFIX},
    path::{Path, PathBuf},
    process::Command,
};

/// The WASM target of the page's own code.
pub const WASM: &str = "wasm32-unknown-unknown";

/// A program that may have several names, with Debian's packages that bring it.
pub struct Tool {
    /// What a person would call it.
    pub title: &'static str,
    /// Names of its program, the best first.
    pub names: &'static [&'static str],
    pub packages: &'static [&'static str],
}

/// Without a window it draws with half the work; a Chromium with one serves too.
pub const CHROMIUM: Tool = Tool {
    title: "Chromium",
    names: &[
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ],
    packages: &["chromium-headless-shell", "fonts-noto-cjk", "fonts-noto-color-emoji"],
};
pub const MARIADB: Tool = Tool {
    title: "MariaDB's server",
    names: &["mariadbd", "mysqld"],
    packages: &["mariadb-server"],
};
/// Runs programs at another time than it is.
pub const FAKETIME: Tool =
    Tool { title: "libfaketime", names: &["faketime"], packages: &["faketime"] };
pub const MINGW: Tool = Tool {
    title: "the C compiler for Windows",
    names: &["x86_64-w64-mingw32-gcc"],
    packages: &["gcc-mingw-w64-x86-64"],
};
pub const NPM: Tool =
    Tool { title: "Node's npm", names: &["npm", "npm.cmd"], packages: &["nodejs", "npm"] };

impl Tool {
    /// Its path; installed by apt first if it is missing, on Debian as root.
    ///
    /// # Errors
    /// A sentence that says what to install, where that cannot be done here.
    pub fn ensure(&self) -> Result<PathBuf> {
        if let Some(path) = find(self.names) {
            return Ok(path);
        }
        if find(&["apt-get"]).is_none() || !is_root() {
            bail!(
                "{} is missing: install it so that `{}` is on the PATH (on Debian, as root: apt-get install {}).",
                self.title,
                self.names[0],
                self.packages.join(" ")
            );
        }
        println!("{} is missing: installing {}", self.title, self.packages.join(", "));
        apt(&["update", "-qq"])?;
        let install = ["install", "-y", "-qq", "--no-install-recommends"];
        apt(&[&install, self.packages].concat())?;
        find(self.names).with_context(|| format!("{} is not there even now", self.title))
    }
}

/// The first of these programs that is on the PATH, or where Debian keeps servers.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .collect();
    let file = |folder: &Path, name: &str| {
        [folder.join(name), folder.join(format!("{name}{EXE_SUFFIX}"))]
            .into_iter()
            .find(|path| path.is_file())
    };
    names.iter().find_map(|name| folders.iter().find_map(|folder| file(folder, name)))
}

/// Adds a target to this Rust if it has not got it.
///
/// # Errors
/// If rustup is missing or cannot add it.
pub fn ensure_target(target: &str) -> Result<()> {
    let args = ["--print", "target-libdir", "--target", target];
    let folder = command::output(Command::new("rustc").args(args));
    if folder.is_ok_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    if find(&["rustup"]).is_none() {
        bail!("This Rust cannot build for {target}, and there is no rustup to add it with.");
    }
    command::run(Command::new("rustup").args(["target", "add", target]))
}

/// Whether this is Unix's root, who may install, and whom servers and browsers distrust.
pub fn is_root() -> bool {
    cfg!(unix) && command::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

fn apt(args: &[&str]) -> Result<()> {
    command::run(Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_the_first_name_that_exists() {
        assert!(find(&["no-such-program-here", "cargo"]).is_some());
        assert_eq!(find(&["no-such-program-here"]), None);
    }
}
