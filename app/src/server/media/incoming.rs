//! An upload while it comes: on the disk, never whole in memory.

use super::{Media, PARTS, kind, random_name};
use crate::{error::Error, server::private};
use std::{fs, io, path::PathBuf};
use tokio::io::AsyncWriteExt;

impl Media {
    /// A place for an upload to be received.
    ///
    /// # Errors
    /// [`Error::NoSpace`] or [`Error::Internal`] if the disk refuses.
    pub async fn incoming(&self) -> Result<Incoming, Error> {
        let part = random_name().map(|name| Part(self.root.join(PARTS).join(name)));
        let part = part.map_err(|error| refused(&error))?;
        let folder = self.root.join(PARTS);
        private::make_folder(&folder).map_err(|error| refused(&error))?;
        let mut new = tokio::fs::OpenOptions::from(private::file());
        let file = new.write(true).create_new(true).open(&part.0).await;
        let file = file.map_err(|error| refused(&error))?;
        Ok(Incoming { part, file, head: Vec::new(), bytes: 0 })
    }
}

/// An upload that is being received; dropped, nothing stays of it.
#[derive(Debug)]
pub struct Incoming {
    part: Part,
    file: tokio::fs::File,
    head: Vec<u8>,
    bytes: u64,
}

impl Incoming {
    /// Its first bytes, which tell what it is.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// How many bytes have come.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes what has come.
    ///
    /// # Errors
    /// [`Error::NoSpace`] or [`Error::Internal`] if the disk refuses.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let wanted = kind::HEAD.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..wanted]);
        self.bytes += chunk.len() as u64;
        self.file.write_all(chunk).await.map_err(|error| refused(&error))
    }

    /// All has come: it is on the disk.
    pub(super) async fn end(mut self) -> Result<(Part, u64), Error> {
        let flushed = async {
            self.file.flush().await?;
            self.file.sync_all().await
        };
        flushed.await.map_err(|error| refused(&error))?;
        Ok((self.part, self.bytes))
    }
}

/// A file that is being written; dropped, it goes, unless it has got its name.
#[derive(Debug)]
pub(super) struct Part(pub PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What the disk refuses, for the one who uploads; logged here.
pub(super) fn refused(error: &io::Error) -> Error {
    tracing::error!("an upload could not be written: {error}");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::NoSpace,
        _ => Error::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_fault() {
        assert_eq!(refused(&io::ErrorKind::StorageFull.into()), Error::NoSpace);
        assert_eq!(refused(&io::ErrorKind::PermissionDenied.into()), Error::Internal);
    }
}
