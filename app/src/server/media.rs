//! Uploads: received (`incoming`) and kept on disk (here), found out about (`kind`, `name`), pictures made safe
//! (`picture`), sent and fetched (`http`, `range`), and what no row names removed (`sweep`).

pub mod http;
pub mod incoming;
pub mod kind;
pub mod name;
pub mod picture;
mod places;
pub mod range;
pub mod sweep;

use super::db::media::Stored;
use crate::{
    error::Error,
    ids::MediaId,
    media::{ATTACHMENTS_MAX, AttachmentKind, Purpose},
    server::private,
};
use incoming::{Incoming, Part, refused};
use picture::Processed;
use places::{Place, Places};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// The largest file of a picture, in bytes: it is in memory while it is decoded.
const PICTURE_MAX: u64 = 64_000_000;

/// The uploads that a message is to carry, each once.
///
/// # Errors
/// [`Error::Malformed`] if there are more than [`ATTACHMENTS_MAX`].
pub fn checked(media: Vec<MediaId>) -> Result<Vec<MediaId>, Error> {
    let mut once: Vec<MediaId> = Vec::new();
    for id in media {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    if once.len() > ATTACHMENTS_MAX { Err(Error::Malformed) } else { Ok(once) }
}

/// Where uploads are kept.
pub struct Media {
    root: PathBuf,
    places: Places,
    /// Decoding takes up to half a gigabyte: no more than two at once.
    work: Semaphore,
}

impl Media {
    /// Uploads below the folder `data`; it is made when the first one comes.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self { root: folder(data), places: Places::default(), work: Semaphore::new(2) }
    }

    /// Makes an upload safe and gives it its place, a picture with its thumbnail. The files are removed
    /// again unless they are [kept](Written::keep).
    ///
    /// # Errors
    /// Those of [`picture::process`]; [`Error::TooLarge`] for a picture beyond [`PICTURE_MAX`];
    /// [`Error::NoSpace`] or [`Error::Internal`] if the disk refuses.
    pub async fn store(
        &self,
        place: &Place,
        upload: Incoming,
        purpose: Purpose,
    ) -> Result<Written, Error> {
        let content_type = kind::type_of(upload.head());
        let is_picture = AttachmentKind::of(content_type) == AttachmentKind::Picture;
        let (part, bytes) = upload.end().await?;
        let root = self.root.clone();
        let put = move |written: io::Result<Written>| written.map_err(|error| refused(&error));
        if !is_picture && purpose != Purpose::Message {
            return Err(Error::NotAPicture);
        }
        if !is_picture {
            let place = move || put(Written::place(root, &part, content_type, bytes));
            return spawn_blocking(place).await.unwrap_or(Err(Error::Internal));
        }
        if bytes > PICTURE_MAX {
            return Err(Error::TooLarge { limit: PICTURE_MAX });
        }
        let _turn = place.turn().await?;
        let _permit = self.work.acquire().await.map_err(|_| Error::Internal)?;
        let work = move || {
            let bytes = fs::read(&part.0).map_err(|error| refused(&error))?;
            put(Written::write(root, picture::process(&bytes, purpose)?))
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
        let paths = files.iter().flat_map(|file| [&file.path, &file.thumb_path]);
        for path in paths.filter(|path| !path.is_empty()) {
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
#[must_use]
pub fn folder(data: &Path) -> PathBuf {
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

/// An upload in its place, a picture with its thumbnail; dropped, the files go, unless kept.
#[derive(Debug)]
pub struct Written {
    root: PathBuf,
    /// Below the media folder, with `/`.
    pub path: String,
    /// Empty, as its type, for what is no picture.
    pub thumb_path: String,
    pub content_type: &'static str,
    pub thumb_type: &'static str,
    /// Size of the file.
    pub bytes: i64,
    /// Width and height, in pixels.
    pub size: (u32, u32),
    pub thumb_size: (u32, u32),
    keep: bool,
}

impl Written {
    /// Gives a file that has been received its place.
    fn place(
        root: PathBuf,
        part: &Part,
        content_type: &'static str,
        bytes: u64,
    ) -> io::Result<Self> {
        let written = Self {
            root,
            path: random_path()?,
            thumb_path: String::new(),
            content_type,
            thumb_type: "",
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            size: (0, 0),
            thumb_size: (0, 0),
            keep: false,
        };
        settle(&part.0, &written.root.join(&written.path))?;
        Ok(written)
    }

    /// Writes a picture and its thumbnail.
    fn write(root: PathBuf, Processed { picture, thumb }: Processed) -> io::Result<Self> {
        let path = random_path()?;
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
            for path in [&self.path, &self.thumb_path].into_iter().filter(|p| !p.is_empty()) {
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
        private::make_folder(folder)?;
    }
    let mut file = private::file().write(true).create_new(true).open(part)?;
    io::copy(&mut content, &mut file)?;
    file.sync_all()
}

/// Gives a part its name, so that after a power cut the file is there whole or not at all.
pub(super) fn settle(part: &Path, target: &Path) -> io::Result<()> {
    if let Some(folder) = target.parent() {
        private::make_folder(folder)?;
    }
    fs::rename(part, target)?;
    // The folder's entry, where the system can (Windows cannot open a folder so).
    if let Some(Ok(folder)) = target.parent().map(File::open) {
        folder.sync_all()?;
    }
    Ok(())
}

/// Where a new file goes, below the media folder.
fn random_path() -> io::Result<String> {
    let name = random_name()?;
    Ok(format!("{}/{}/{name}", &name[..2], &name[2..4]))
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
    use crate::ids::UserId;

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

    async fn stored(media: &Media, bytes: &[u8]) -> Result<Written, Error> {
        let mut upload = media.incoming().await?;
        for chunk in bytes.chunks(7) {
            upload.write(chunk).await?;
        }
        media.store(&place(media).await, upload, Purpose::Message).await
    }

    async fn place(media: &Media) -> Place {
        media.places.take(UserId(1)).await.unwrap()
    }

    #[tokio::test]
    async fn files_stay_only_if_they_are_kept() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        for (bytes, count) in [(png(), 2), (b"eggs, milk, bread".to_vec(), 1)] {
            let written = stored(&media, &bytes).await.unwrap();
            assert_eq!(files(data.path()).len(), count);
            drop(written);
            assert_eq!(files(data.path()).len(), 0, "as when the database refuses the row");
        }
        let written = stored(&media, &png()).await.unwrap();
        let path = media.file(&written.path);
        written.keep();
        assert_eq!(files(data.path()).len(), 2);
        assert_eq!(image::load_from_memory(&fs::read(path).unwrap()).unwrap().width(), 8);
        let written = stored(&media, b"eggs, milk, bread").await.unwrap();
        let path = media.file(&written.path);
        assert_eq!((written.bytes, written.content_type), (17, "application/octet-stream"));
        written.keep();
        assert_eq!(fs::read(path).unwrap(), b"eggs, milk, bread");
    }

    #[tokio::test]
    async fn a_refused_upload_leaves_nothing() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        let mut upload = media.incoming().await.unwrap();
        upload.write(b"text").await.unwrap();
        assert_eq!(files(data.path()).len(), 1, "it is on the disk while it comes");
        let refused = media.store(&place(&media).await, upload, Purpose::Avatar).await;
        assert_eq!(refused.unwrap_err(), Error::NotAPicture);
        let mut upload = media.incoming().await.unwrap();
        upload.write(&[0; 9_000]).await.unwrap();
        assert_eq!((upload.bytes(), upload.head().len()), (9_000, kind::HEAD));
        drop(upload);
        assert_eq!(files(data.path()).len(), 0, "broken off");
        // The disk refuses: where the folder should be, there is a file.
        fs::remove_dir_all(data.path().join("media")).unwrap();
        fs::write(data.path().join("media"), "").unwrap();
        assert_eq!(stored(&media, &png()).await.unwrap_err(), Error::Internal);
        assert_eq!(files(data.path()).len(), 1);
    }

    #[test]
    fn a_message_names_each_upload_once_and_not_too_many() {
        let ids = |count| (1..=count).map(MediaId).collect::<Vec<_>>();
        assert_eq!(
            checked(vec![MediaId(2), MediaId(1), MediaId(2)]),
            Ok(vec![MediaId(2), MediaId(1)])
        );
        assert_eq!(checked(ids(10)), Ok(ids(10)));
        assert_eq!(checked(ids(11)), Err(Error::Malformed));
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
