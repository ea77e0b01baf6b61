//! How long a person waits for `cargo xtask serve` to build; measured only when named.

use crate::report::Measured;
use anyhow::{Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};
use tokio::task::block_in_place;
use xtask::command;

/// A view, in which one line is changed.
const VIEW: &str = "app/src/room/details.rs";

/// `build_clean_s` and `build_edit_s`.
///
/// # Errors
/// If the product does not compile.
pub fn measure() -> Result<Vec<Measured>> {
    let target = tempfile::Builder::new().prefix("sampleim-bench-").tempdir()?;
    let clean = build(target.path())?;
    let changed = Changed::make(Path::new(VIEW))?;
    let edit = build(target.path())?;
    drop(changed);
    let remark = "xtask itself, page and server".to_owned();
    Ok(vec![
        Measured::one("build_clean_s", clean, remark),
        Measured::one("build_edit_s", edit, format!("after a line in {VIEW}")),
    ])
}

/// Seconds of a build into this folder.
fn build(target: &Path) -> Result<f64> {
    let begun = Instant::now();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["xtask", "build"]).env("CARGO_TARGET_DIR", target);
    block_in_place(|| command::run(&mut cargo))?;
    Ok(begun.elapsed().as_secs_f64())
}

/// A file with one more line; it is as it was once this is dropped.
struct Changed {
    path: PathBuf,
    text: String,
}

impl Changed {
    fn make(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        fs::write(path, format!("{text}\nconst _: &str = \"changed\";\n"))?;
        Ok(Self { path: path.into(), text })
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.path, &self.text) {
            eprintln!("{} could not be changed back: {error}", self.path.display());
        }
    }
}
