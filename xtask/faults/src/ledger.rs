//! What the server has acknowledged: written down as it arrives, outside of the server's folder.

use crate::wire::Message;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Sent,
    Edited,
    Deleted,
}

/// A request that was answered with a message as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Acknowledgement {
    pub deed: Deed,
    pub message: Message,
}

/// All acknowledgements of a run.
pub struct Ledger {
    path: PathBuf,
    file: Mutex<File>,
}

impl Ledger {
    /// Begins an empty one in this file.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: PathBuf) -> Result<Self> {
        let file = File::create_new(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// Writes one down.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn record(&self, deed: Deed, message: Message) -> Result<()> {
        let mut line = serde_json::to_string(&Acknowledgement { deed, message })?;
        line.push('\n');
        self.locked().write_all(line.as_bytes()).context("writing down an acknowledgement")
    }

    /// How far it is written, in bytes.
    ///
    /// # Errors
    /// If the file cannot be looked at.
    pub fn mark(&self) -> Result<usize> {
        Ok(usize::try_from(self.locked().metadata()?.len())?)
    }

    /// What was written down after this mark, each once.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn since(&self, mark: usize) -> Result<Vec<Acknowledgement>> {
        let text = read(&self.path)?;
        let lines = text.get(mark..).unwrap_or_default().lines();
        let mut all = lines.map(serde_json::from_str).collect::<Result<Vec<_>, _>>()?;
        all.sort();
        all.dedup();
        Ok(all)
    }

    fn locked(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
