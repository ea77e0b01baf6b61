//! The machine loses its power at any moment: of what the server wrote, only what it had synced is
//! still there. As always, what it acknowledged must be.

use super::{Plan, random_milliseconds};
use crate::{database::Database, report::Row, server::Server, world::World};
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::HashMap,
    ffi::OsString,
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::Command,
};
use xtask::command::output;

/// Notes what each write replaces, until it is synced.
const NOTING: &str = include_str!("power_cut.c");

pub async fn run(world: &mut World, folder: &Path, plan: Plan, row: &mut Row) -> Result<()> {
    let Database::Sqlite(path) = &world.database else { bail!("only for SQLite") };
    let disk = Disk::below(&mut world.server, folder, path)?;
    world.server.restart().await?;
    for _ in 0..plan.choose(3, 20) {
        let traffic = world.write();
        random_milliseconds(400..1_600).await;
        world.server.kill()?;
        disk.lose_power()?;
        world.server.launch().await?;
        random_milliseconds(100..600).await;
        world.finish(traffic, row).await?;
    }
    world.server.unload();
    world.server.restart().await
}

/// The disk below a server's SQLite file.
struct Disk {
    database: PathBuf,
    notes: PathBuf,
}

impl Disk {
    /// From its next start on, the server's writes are noted.
    fn below(server: &mut Server, folder: &Path, database: &Path) -> Result<Self> {
        let [source, library, notes] =
            ["power_cut.c", "power_cut.so", "power_cut.notes"].map(|name| folder.join(name));
        fs::write(&source, NOTING)?;
        let options = ["-shared", "-fPIC", "-O1", "-o"];
        output(Command::new("cc").args(options).arg(&library).arg(&source))?;
        server.preload(
            &library,
            &[("POWER_CUT_FILES", database.as_os_str()), ("POWER_CUT_NOTES", notes.as_os_str())],
        );
        Ok(Self { database: database.into(), notes })
    }

    /// Takes back what was written since the last sync of each file. The server must not run.
    fn lose_power(&self) -> Result<()> {
        let mut unsynced: HashMap<PathBuf, Vec<Replaced>> = HashMap::new();
        let notes = fs::read(&self.notes).context("the server noted nothing")?;
        let mut rest = notes.as_slice();
        ensure!(!rest.is_empty(), "the server wrote nothing");
        // The last note may be cut off: the server was killed before the write itself.
        while let Some(note) = Note::read(&mut rest) {
            let writes = unsynced.entry(note.path).or_default();
            match note.replaced {
                Some(replaced) => writes.push(replaced),
                None => writes.clear(),
            }
        }
        for (path, writes) in unsynced.into_iter().filter(|(_, writes)| !writes.is_empty()) {
            let mut file = File::options().write(true).open(&path)?;
            for write in writes.into_iter().rev() {
                file.seek(SeekFrom::Start(write.place))?;
                file.write_all(&write.bytes)?;
                file.set_len(write.size)?;
            }
        }
        // What all processes shared in memory is gone as well.
        let mut shared = OsString::from(&self.database);
        shared.push("-shm");
        fs::remove_file(shared).context("the memory that SQLite shares")
    }
}

/// What one write to a file replaced.
#[derive(Debug, PartialEq, Eq)]
struct Replaced {
    /// The file's size before, in bytes.
    size: u64,
    place: u64,
    bytes: Vec<u8>,
}

struct Note {
    path: PathBuf,
    /// None: the file was synced.
    replaced: Option<Replaced>,
}

impl Note {
    /// The next one, if it is there as a whole; `power_cut.c` says how it is written.
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let mut number = || {
            let mut bytes = [0; 8];
            rest.read_exact(&mut bytes).ok()?;
            u64::try_from(i64::from_ne_bytes(bytes)).ok()
        };
        let (length, is_sync) = (number()?, number()? == 1);
        let (size, place, replaced) = (number()?, number()?, number()?);
        let mut take = |count: u64| {
            let (taken, after) = rest.split_at_checked(usize::try_from(count).ok()?)?;
            *rest = after;
            Some(taken.to_vec())
        };
        let path = String::from_utf8(take(length)?).ok()?.into();
        let bytes = take(replaced)?;
        let replaced = (!is_sync).then_some(Replaced { size, place, bytes });
        Some(Self { path, replaced })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(numbers: [i64; 5], path: &str, bytes: &[u8]) -> Vec<u8> {
        let numbers = numbers.into_iter().flat_map(i64::to_ne_bytes);
        numbers.chain(path.bytes()).chain(bytes.iter().copied()).collect()
    }

    #[test]
    fn what_was_not_synced_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let in_folder = |name: &str| folder.path().join(name);
        let (database, log, notes) = (in_folder("im.db"), in_folder("im.db-wal"), in_folder("n"));
        fs::write(&database, "new!").unwrap();
        fs::write(&log, "synced, then more").unwrap();
        fs::write(in_folder("im.db-shm"), "").unwrap();
        let (first, second) = (database.to_str().unwrap(), log.to_str().unwrap());
        let length = |path: &str| i64::try_from(path.len()).unwrap();
        let mut noted = note([length(second), 0, 0, 0, 0], second, b"");
        noted.extend(note([length(second), 1, 0, 0, 0], second, b""));
        noted.extend(note([length(second), 0, 6, 6, 0], second, b""));
        noted.extend(note([length(first), 0, 3, 0, 3], first, b"old"));
        noted.extend(&note([length(first), 0, 3, 0, 3], first, b"old")[..30]);
        fs::write(&notes, noted).unwrap();
        Disk { database: database.clone(), notes }.lose_power().unwrap();
        assert_eq!(fs::read_to_string(database).unwrap(), "old");
        assert_eq!(fs::read_to_string(log).unwrap(), "synced");
    }
}
