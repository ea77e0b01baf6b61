//! Puts a backup into an empty database and its folder.

use super::{
    Contents,
    archive::{ArchiveReader, Entry, FORMAT, Manifest, words},
    uploads::Uploads,
};
use crate::server::db::{
    Db,
    backup::newest_schema,
    tables::{self, Column, Row, Table},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

/// A backup whose every byte is as it was written.
pub struct Backup {
    file: File,
    manifest: Manifest,
    /// Each table, and what its rows hold.
    tables: Vec<(&'static Table, Vec<Column>)>,
}

impl Backup {
    /// Opens a backup, and reads all of it to see that it is whole, and that this program knows what
    /// is in it.
    ///
    /// # Errors
    /// A sentence for the person at the terminal.
    pub fn open(source: &Path) -> Result<Self, String> {
        let name = source.display();
        let file = File::open(source).map_err(|error| format!("{name} cannot be read: {error}"))?;
        let manifest = ArchiveReader::new(&file).and_then(ArchiveReader::verify);
        let manifest = manifest.map_err(|error| {
            format!("{name} is not a whole backup of SampleIM: {}", words(&error))
        })?;
        let tables = known(&manifest)
            .ok_or_else(|| format!("{name} is of a newer program; restore it with that one"))?;
        Ok(Self { file, manifest, tables })
    }

    /// Fills an empty database, and puts the uploads below the folder `data`: all or nothing.
    ///
    /// # Errors
    /// A sentence for the person at the terminal.
    pub async fn restore(&self, db: &Db, data: &Path) -> Result<Contents, String> {
        let mut restoration = db.restoration().await?;
        let mut uploads = Uploads::new(data);
        // What is named and has not come yet.
        let mut files = BTreeSet::new();
        let tables = self.tables.iter();
        let mut rows: BTreeMap<_, _> =
            tables.map(|(table, _)| (table.name.to_owned(), 0)).collect();
        let mut count = 0;
        let mut archive = ArchiveReader::new(&self.file).map_err(unread)?;
        for entry in archive.entries().map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let name = entry.name.clone();
            if let Some(path) = name.strip_prefix("media/") {
                if !files.remove(path) {
                    return Err(format!("the backup has {name}, which its database does not name"));
                }
                let taken = uploads.take(path, entry);
                taken.map_err(|error| format!("{name} cannot be written: {error}"))?;
                count += 1;
            } else {
                let (table, columns) = self
                    .table(&name)
                    .ok_or_else(|| format!("the backup has {name}, which has no place in one"))?;
                let page = page(entry).map_err(unread)?;
                let names = page.iter().flat_map(|row| tables::files(columns, row));
                files.extend(names.map(str::to_owned));
                *rows.entry(table.name.to_owned()).or_default() += page.len() as u64;
                restoration.insert(table, columns, &page).await?;
            }
        }
        if rows != self.manifest.rows {
            return Err("the backup has other rows than its manifest says".into());
        }
        // The files first: a crash in between leaves some that nobody needs, not messages without
        // their pictures.
        uploads.place().map_err(|error| format!("the uploads cannot be written: {error}"))?;
        let committed = restoration.commit().await;
        // Of one that failed the answer may be lost alone.
        if committed.is_ok() || db.has_no_users().await != Ok(true) {
            uploads.keep();
        }
        committed?;
        db.skip_ids().await?;
        let missing = files.into_iter().collect();
        Ok(Contents { rows: rows.values().sum(), files: count, missing })
    }

    /// The table that the entry of this name has rows of.
    fn table(&self, entry: &str) -> Option<(&'static Table, &[Column])> {
        let (name, _) = entry.strip_prefix("database/")?.split_once('/')?;
        let (table, columns) = self.tables.iter().find(|(table, _)| table.name == name)?;
        Some((table, columns))
    }
}

/// The tables of a backup, if this program knows all that is in it.
fn known(manifest: &Manifest) -> Option<Vec<(&'static Table, Vec<Column>)>> {
    if manifest.format > FORMAT || manifest.schema > newest_schema() {
        return None;
    }
    let tables = manifest.columns.iter().map(|(name, columns)| {
        let table = Table::of(name)?;
        let columns = columns.iter().map(|column| table.column(column));
        Some((table, columns.collect::<Option<_>>()?))
    });
    tables.collect()
}

/// The rows of an entry.
fn page(entry: Entry<'_>) -> io::Result<Vec<Row>> {
    let lines = BufReader::new(entry).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn unread(error: io::Error) -> String {
    format!("the backup cannot be read: {}", words(&error))
}
