//! Uploaded pictures: made safe (`picture`), kept on disk (here), sent and fetched (`http`).

pub mod http;
pub mod picture;

use super::db::media::Stored;
use crate::{error::Error, media::Purpose};
use picture::Processed;
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Where uploads are kept.
pub struct Media {
    root: PathBuf,
    /// Decoding takes up to half a gigabyte: no more than two at once.
    work: Semaphore,
}

impl Media {
    /// Uploads below the folder `data`; it is made when the first one comes.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self { root: folder(data), work: Semaphore::new(2) }
    }

    /// Makes an upload safe and writes it with its thumbnail. The files are removed again unless
    /// they are [kept](Written::keep).
    ///
    /// # Errors
    /// Those of [`picture::process`]; [`Error::Internal`] if the disk refuses.
    pub async fn store(&self, bytes: Vec<u8>, purpose: Purpose) -> Result<Written, Error> {
        let _permit = self.work.acquire().await.map_err(|_| Error::Internal)?;
        let root = self.root.clone();
        let work = move || {
            let processed = picture::process(&bytes, purpose)?;
            Written::write(root, processed).map_err(|error| {
                tracing::error!("an upload could not be written: {error}");
                Error::Internal
            })
        };
        spawn_blocking(work).await.unwrap_or_else(|error| {
            // A decoder that panics has met a picture that it does not understand.
            tracing::error!("a picture could not be decoded: {error}");
            Err(Error::BrokenPicture)
        })
    }

    /// Where the file of this stored path is.
    #[must_use]
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Removes these files; those that are gone already do not matter.
    pub async fn remove(&self, files: &[Stored]) {
        for path in files.iter().flat_map(|file| [&file.path, &file.thumb_path]) {
            let _ = tokio::fs::remove_file(self.file(path)).await;
        }
    }

    /// Removes what a crash left half written more than a day ago.
    pub async fn remove_half_written(&self) {
        let folder = self.root.join(PARTS);
        let _ = spawn_blocking(move || remove_older(&folder, Duration::from_secs(86_400))).await;
    }
}

/// Where uploads are, below the data folder.
pub(super) fn folder(data: &Path) -> PathBuf {
    data.join("media")
}

/// The folder of files that are being written.
const PARTS: &str = "part";

fn remove_older(folder: &Path, age: Duration) -> io::Result<()> {
    let Some(before) = SystemTime::now().checked_sub(age) else { return Ok(()) };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.modified()? < before {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A picture and its thumbnail on disk; dropped, the files go, unless kept.
#[derive(Debug)]
pub struct Written {
    root: PathBuf,
    /// Below the media folder, with `/`.
    pub path: String,
    pub thumb_path: String,
    pub content_type: &'static str,
    pub thumb_type: &'static str,
    /// Size of the picture's file.
    pub bytes: i64,
    /// Width and height, in pixels.
    pub size: (u32, u32),
    pub thumb_size: (u32, u32),
    keep: bool,
}

impl Written {
    fn write(root: PathBuf, Processed { picture, thumb }: Processed) -> io::Result<Self> {
        let name = random_name()?;
        let path = format!("{}/{}/{name}", &name[..2], &name[2..4]);
        // Made before anything is written, so that whatever fails, its end removes both.
        let written = Self {
            thumb_path: format!("{path}.thumb"),
            path,
            content_type: picture.content_type,
            thumb_type: thumb.content_type,
            bytes: i64::try_from(picture.bytes.len()).unwrap_or(i64::MAX),
            size: (picture.width, picture.height),
            thumb_size: (thumb.width, thumb.height),
            keep: false,
            root,
        };
        written.put(&written.path, &picture.bytes)?;
        written.put(&written.thumb_path, &thumb.bytes)?;
        Ok(written)
    }

    /// The database knows of the files now: they stay.
    pub fn keep(mut self) {
        self.keep = true;
    }

    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let part = self.part(path);
        fill(&part, bytes)?;
        settle(&part, &self.root.join(path))
    }

    fn part(&self, path: &str) -> PathBuf {
        part(&self.root, path)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if !self.keep {
            for path in [&self.path, &self.thumb_path] {
                let _ = fs::remove_file(self.part(path));
                let _ = fs::remove_file(self.root.join(path));
            }
        }
    }
}

/// Where the file of this path below `root` is while it is being written.
pub(super) fn part(root: &Path, path: &str) -> PathBuf {
    root.join(PARTS).join(path.replace('/', "-"))
}

/// Writes a part, which must not be there yet, down to the disk.
pub(super) fn fill(part: &Path, mut content: impl Read) -> io::Result<()> {
    if let Some(folder) = part.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create_new(part)?;
    io::copy(&mut content, &mut file)?;
    file.sync_all()
}

/// Gives a part its name, so that after a power cut the file is there whole or not at all.
pub(super) fn settle(part: &Path, target: &Path) -> io::Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(part, target)?;
    // The folder's entry, where the system can (Windows cannot open a folder so).
    if let Some(Ok(folder)) = target.parent().map(File::open) {
        folder.sync_all()?;
    }
    Ok(())
}

/// 128 random bits as hexadecimal digits.
fn random_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png() -> Vec<u8> {
        let mut bytes = io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(8, 4).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[tokio::test]
    async fn files_stay_only_if_they_are_kept() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        let written = media.store(png(), Purpose::Message).await.unwrap();
        assert_eq!(files(data.path()).len(), 2);
        drop(written);
        assert_eq!(files(data.path()).len(), 0, "as when the database refuses the row");
        let written = media.store(png(), Purpose::Message).await.unwrap();
        let path = media.file(&written.path);
        written.keep();
        assert_eq!(files(data.path()).len(), 2);
        assert_eq!(image::load_from_memory(&fs::read(path).unwrap()).unwrap().width(), 8);
    }

    #[tokio::test]
    async fn a_refused_upload_leaves_nothing() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        let refused = media.store(b"text".to_vec(), Purpose::Message).await;
        assert_eq!(refused.unwrap_err(), Error::NotAPicture);
        // The disk refuses: where the folder should be, there is a file.
        fs::write(data.path().join("media"), "").unwrap();
        let refused = media.store(png(), Purpose::Message).await;
        assert_eq!(refused.unwrap_err(), Error::Internal);
        assert_eq!(files(data.path()).len(), 1);
    }

    #[test]
    fn only_old_parts_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ab-cd"), "").unwrap();
        remove_older(folder.path(), Duration::from_secs(60)).unwrap();
        assert_eq!(files(folder.path()).len(), 1);
        let old = SystemTime::now() - Duration::from_secs(120);
        let file = File::options().write(true).open(folder.path().join("ab-cd")).unwrap();
        file.set_modified(old).unwrap();
        remove_older(folder.path(), Duration::from_secs(60)).unwrap();
        assert_eq!(files(folder.path()).len(), 0);
    }
}
