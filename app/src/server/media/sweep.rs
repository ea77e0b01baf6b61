//! Files that no row names: a crash came between the end of a row and that of its files, or a disk
//! brought old ones back. A part of the folders at a time, so that a large store is gone through in
//! bounded steps; all of them in a day.

use super::Media;
use crate::{error::Error, server::db::Db};
use std::{
    fs, io,
    path::PathBuf,
    time::{Duration, SystemTime},
};
use tokio::task::spawn_blocking;

/// In so many steps all folders have had their turn.
const STEPS: u8 = 24;
/// Younger files may wait for their row.
const AGE: Duration = Duration::from_secs(86_400);

impl Media {
    /// Removes the files of a day or older that no row names, in the folders whose turn is in this step.
    /// Whatever ends it halfway, the next time goes on. Gives how many there were.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep(&self, db: &Db, step: u8) -> Result<u64, Error> {
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
        Ok(removed)
    }
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
