//! Uploads of a backup on their way into the media folder.

use super::{
    super::media::{fill, folder, part, settle},
    archive::digest,
};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Files that are being restored; dropped, those that were not there before go, unless
/// [kept](Self::keep).
pub struct Uploads {
    root: PathBuf,
    /// Those that are written, and wait for their names.
    parts: Vec<(PathBuf, PathBuf)>,
    /// Those that have them.
    placed: Vec<PathBuf>,
}

impl Uploads {
    /// None yet, below the folder `data`.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self { root: folder(data), parts: Vec::new(), placed: Vec::new() }
    }

    /// Writes a file. One that is there already with this content stays as it is.
    ///
    /// # Errors
    /// If it cannot be written, or has other content.
    pub fn take(&mut self, path: &str, content: impl Read) -> io::Result<()> {
        let target = self.root.join(path);
        if let Ok(present) = File::open(&target) {
            return if digest(present)? == digest(content)? {
                Ok(())
            } else {
                Err(io::Error::other("another file of this name is there"))
            };
        }
        let part = part(&self.root, path);
        // A restore that was killed may have left it.
        let _ = fs::remove_file(&part);
        self.parts.push((part.clone(), target));
        fill(&part, content)
    }

    /// Gives all their names.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn place(&mut self) -> io::Result<()> {
        for (part, target) in &self.parts {
            settle(part, target)?;
            self.placed.push(target.clone());
        }
        Ok(())
    }

    /// The database knows of the files now: they stay.
    pub fn keep(mut self) {
        self.parts.clear();
        self.placed.clear();
    }
}

impl Drop for Uploads {
    fn drop(&mut self) {
        for file in self.parts.iter().map(|(part, _)| part).chain(&self.placed) {
            let _ = fs::remove_file(file);
        }
    }
}
