//! Files that no row names: a crash came between the end of a row and that of its files, or a disk
//! brought old ones back. A part of the folders at a time, so that a large store is gone through in
//! bounded steps; all of them in a day.

use super::Media;
use crate::{error::Error, server::db::Db};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tokio::task::spawn_blocking;

/// In so many steps all folders have had their turn.
const STEPS: u8 = 24;
/// Says whose the uploads are.
const OWNER: &str = ".messenger";
/// Younger files may wait for their row.
const AGE: Duration = Duration::from_secs(86_400);

impl Media {
    /// Removes the files of a day or older that no row names, in the folders whose turn is in this step.
    /// Whatever ends it halfway, the next time goes on. Gives how many there were; none if the files are
    /// another messenger's, whose rows this database does not have.
    ///
    /// # Errors
    /// The database's; [`Error::Internal`] if the folder is out of reach.
    pub async fn sweep(&self, db: &Db, step: u8) -> Result<u64, Error> {
        if !self.root.is_dir() {
            return Ok(0);
        }
        if !self.is_of(db).await? {
            tracing::warn!(
                "the uploads in {} are of another messenger than this database: what no message names \
                 is not removed there. If that other one is used no more, delete {OWNER} in that folder",
                self.root.display()
            );
            return Ok(0);
        }
        let mut removed = 0;
        for folder in (0..=u8::MAX).filter(|folder| folder % STEPS == step % STEPS) {
            let (root, before) = (self.root.clone(), SystemTime::now().checked_sub(AGE));
            let Some(before) = before else { break };
            let old = spawn_blocking(move || old_files(root, &format!("{folder:02x}"), before));
            // A folder that cannot be read, or is not there, has its turn again tomorrow.
            let Ok(Ok(old)) = old.await else { continue };
            let rows: Vec<String> = old.iter().map(|path| row_path(path).to_owned()).collect();
            let known = db.known_files(&rows).await?;
            for path in old.iter().filter(|path| !known.contains(row_path(path))) {
                removed += u64::from(tokio::fs::remove_file(self.file(path)).await.is_ok());
            }
        }
        if removed > 0 {
            tracing::info!(removed, "uploads that no message named");
        }
        Ok(removed)
    }

    /// Whether the uploads are those of this database, as a file beside them says. Whoever finds none
    /// writes it, if there are no uploads yet or the database knows one.
    async fn is_of(&self, db: &Db) -> Result<bool, Error> {
        let (mark, own) = (self.root.join(OWNER), db.messenger().await?.to_string());
        match tokio::fs::read_to_string(&mark).await {
            Ok(owner) => return Ok(owner.trim() == own),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(unreadable(&mark, &error));
            }
            Err(_) => {}
        }
        let (mut is_empty, mut is_known) = (true, false);
        for folder in 0..=u8::MAX {
            let (root, now) = (self.root.clone(), SystemTime::now());
            let files =
                spawn_blocking(move || old_files(root, &format!("{folder:02x}"), now)).await;
            let Ok(Ok(files)) = files else { continue };
            let rows: Vec<String> = files.iter().map(|path| row_path(path).to_owned()).collect();
            is_empty &= files.is_empty();
            is_known = !db.known_files(&rows).await?.is_empty();
            if is_known {
                break;
            }
        }
        if !(is_empty || is_known) {
            return Ok(false);
        }
        tokio::fs::write(&mark, own).await.map_err(|error| unreadable(&mark, &error))?;
        Ok(true)
    }
}

/// It cannot be known whose the uploads are.
fn unreadable(mark: &Path, error: &io::Error) -> Error {
    tracing::warn!(%error, "what no message names is not removed: {} is out of reach", mark.display());
    Error::Internal
}

/// What the row of a file calls it: a thumbnail lies beside its picture.
fn row_path(path: &str) -> &str {
    path.strip_suffix(".thumb").unwrap_or(path)
}

/// Files of this folder of folders from before this time, as rows call them.
fn old_files(root: PathBuf, first: &str, before: SystemTime) -> io::Result<Vec<String>> {
    let mut old = Vec::new();
    for folder in fs::read_dir(root.join(first))? {
        let folder = folder?;
        for file in fs::read_dir(folder.path())? {
            let file = file?;
            if file.metadata()?.modified()? < before {
                let (second, name) = (folder.file_name(), file.file_name());
                old.push(format!("{first}/{}/{}", second.display(), name.display()));
            }
        }
    }
    Ok(old)
}
