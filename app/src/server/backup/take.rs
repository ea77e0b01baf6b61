//! Takes a backup while the server runs.

use super::{
    Contents,
    archive::{ArchiveWriter, FORMAT, Manifest, is_plain},
};
use crate::server::{
    db::{
        Db,
        backup::newest_schema,
        tables::{self, Row, TABLES, Table},
    },
    media, now,
};
use std::{
    collections::BTreeSet,
    fmt::Display,
    fs::File,
    io,
    path::{self, Path},
};

/// How many bytes of rows are gathered before they become an entry.
const PAGE: usize = 1 << 20;

/// Writes the database as it is at this moment, then the uploads below the folder `data` that it
/// names, into a new file that only its owner can read. The file is there once it is whole.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn back_up(db: &Db, data: &Path, target: &Path) -> Result<Contents, String> {
    if target.symlink_metadata().is_ok() {
        return Err(format!("{} is there already; name a new file", target.display()));
    }
    let unwritten =
        |error: &dyn Display| format!("{} cannot be written: {error}", target.display());
    let beside = target.parent().filter(|folder| *folder != Path::new(""));
    let part = tempfile::Builder::new()
        .prefix(".sampleim-backup-")
        .tempfile_in(beside.unwrap_or(Path::new(".")))
        .map_err(|error| unwritten(&error))?;

    let mut snapshot = db.snapshot().await?;
    let schema = snapshot.schema().await?;
    if schema != newest_schema() {
        return Err("the database is not of this program's version; \
            back it up with the program that serves it"
            .into());
    }
    let mut writing = Writing::new(part.as_file(), schema);
    for table in &TABLES {
        let add = |row| writing.add(table, &row).map_err(|error| unwritten(&error));
        snapshot.read(table, add).await?;
        writing.end(table).map_err(|error| unwritten(&error))?;
    }
    // Others go on without us; what they write from now on is not in this backup.
    drop(snapshot);
    let folder = media::folder(data);
    let contents = writing.finish(&folder).map_err(|error| unwritten(&error))?;
    if contents.files == 0 && !contents.missing.is_empty() {
        return Err(format!(
            "none of the {} uploads is in {}; name the server's data folder by --data",
            contents.missing.len(),
            path::absolute(&folder).unwrap_or(folder).display()
        ));
    }
    part.as_file().sync_all().map_err(|error| unwritten(&error))?;
    part.persist_noclobber(target).map_err(|error| unwritten(&error.error))?;
    Ok(contents)
}

/// A backup that is being written.
struct Writing<'f> {
    archive: ArchiveWriter<&'f File>,
    manifest: Manifest,
    /// Rows of the present table that are no entry yet.
    page: Vec<u8>,
    /// How many rows, and how many entries, the present table has so far.
    rows: u64,
    pages: u32,
    /// The names of all uploads.
    files: BTreeSet<String>,
}

impl<'f> Writing<'f> {
    fn new(file: &'f File, schema: i64) -> Self {
        let taken = now();
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self {
            archive: ArchiveWriter::new(file, taken),
            manifest: Manifest { format: FORMAT, program, schema, taken, ..Manifest::default() },
            page: Vec::new(),
            rows: 0,
            pages: 0,
            files: BTreeSet::new(),
        }
    }

    /// Adds a row of the present table.
    fn add(&mut self, table: &Table, row: &Row) -> io::Result<()> {
        self.files.extend(tables::files(table.columns, row).map(str::to_owned));
        serde_json::to_writer(&mut self.page, row)?;
        self.page.push(b'\n');
        self.rows += 1;
        if self.page.len() < PAGE { Ok(()) } else { self.flush(table) }
    }

    fn flush(&mut self, table: &Table) -> io::Result<()> {
        self.pages += 1;
        let name = format!("database/{}/{:06}.jsonl", table.name, self.pages);
        self.archive.add(&name, self.page.len() as u64, self.page.as_slice())?;
        self.page.clear();
        Ok(())
    }

    /// Ends the present table.
    fn end(&mut self, table: &Table) -> io::Result<()> {
        if !self.page.is_empty() {
            self.flush(table)?;
        }
        let columns = table.columns.iter().map(|column| column.name.to_owned()).collect();
        self.manifest.columns.insert(table.name.to_owned(), columns);
        self.manifest.rows.insert(table.name.to_owned(), self.rows);
        (self.rows, self.pages) = (0, 0);
        Ok(())
    }

    /// Adds the uploads below this folder, and ends the archive.
    fn finish(mut self, media: &Path) -> io::Result<Contents> {
        let rows = self.manifest.rows.values().sum();
        let mut contents = Contents { rows, ..Contents::default() };
        for path in self.files {
            let added = open(media, &path)
                .and_then(|(file, size)| self.archive.add(&format!("media/{path}"), size, file));
            match added {
                Ok(()) => contents.files += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    contents.missing.push(path);
                }
                Err(error) => return Err(io::Error::other(format!("the upload {path}: {error}"))),
            }
        }
        self.archive.finish(self.manifest)?;
        Ok(contents)
    }
}

/// An upload and its size.
fn open(media: &Path, path: &str) -> io::Result<(File, u64)> {
    let file = File::open(media.join(path))?;
    let metadata = file.metadata()?;
    if is_plain(path) && metadata.is_file() {
        Ok((file, metadata.len()))
    } else {
        Err(io::Error::other("it is not a file of the media folder"))
    }
}
