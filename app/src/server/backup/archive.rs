//! The file of a backup: a tar, compressed by gzip, that any system can open.
//!
//! `database/TABLE/NUMBER.jsonl` has rows, each a line, an array of JSON; `media/PATH` is an upload;
//! `manifest.json` stands last and names all that is before it.

use super::super::session::hex;
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
};

/// The form of archives that this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// The largest page of rows: one that is full, and a row of the longest text, escaped.
pub const PAGE_MAX: u64 = 4 << 20;
/// The largest upload.
const FILE_MAX: u64 = 4 << 30;
/// The largest manifest: two million files.
const MANIFEST_MAX: u64 = 256 << 20;
/// A tar's plain header has no longer names. Ours are shorter.
const NAME_MAX: usize = 99;
const MANIFEST: &str = "manifest.json";

/// What an archive holds.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// The number of the newest migration of the database.
    pub schema: i64,
    /// When, in milliseconds since 1970, UTC.
    pub taken: i64,
    /// For each table: its columns, in the order of each row's values.
    pub columns: BTreeMap<String, Vec<String>>,
    /// For each table: how many rows it has.
    pub rows: BTreeMap<String, u64>,
    /// Name and SHA-256, as hexadecimal digits, of each entry before this one.
    pub entries: Vec<(String, String)>,
}

/// An archive that is being written.
pub struct ArchiveWriter<W: Write> {
    tar: tar::Builder<GzEncoder<BufWriter<W>>>,
    entries: Vec<(String, String)>,
    /// Seconds since 1970: the time that each entry is given.
    time: u64,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins an archive; `taken` is in milliseconds since 1970.
    pub fn new(to: W, taken: i64) -> Self {
        let gzip = GzEncoder::new(BufWriter::new(to), Compression::fast());
        let time = u64::try_from(taken / 1000).unwrap_or_default();
        Self { tar: tar::Builder::new(gzip), entries: Vec::new(), time }
    }

    /// Adds an entry of `size` bytes. Content that ends before is filled up with zeros.
    ///
    /// # Errors
    /// If it cannot be written, or is larger than it could be read.
    pub fn add(&mut self, name: &str, size: u64, content: impl Read) -> io::Result<()> {
        if !is_plain(name) || size > largest(name) {
            return Err(io::Error::other(format!("{name} is too large")));
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.time);
        let mut content = Hashing::of(content.chain(io::repeat(0)).take(size));
        self.tar.append_data(&mut header, name, &mut content)?;
        self.entries.push((name.to_owned(), content.digits()));
        Ok(())
    }

    /// Adds the manifest, whose entries are filled in here, and ends the archive.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, manifest: Manifest) -> io::Result<()> {
        let entries = std::mem::take(&mut self.entries);
        let text = serde_json::to_vec(&Manifest { entries, ..manifest })?;
        self.add(MANIFEST, text.len() as u64, text.as_slice())?;
        self.tar.into_inner()?.finish()?.flush()
    }
}

/// An archive to be read from its beginning.
pub struct ArchiveReader<'f>(tar::Archive<GzDecoder<BufReader<&'f File>>>);

/// An entry that is being read.
pub struct Entry<'a> {
    pub name: String,
    content: Hashing<io::Take<Box<dyn Read + 'a>>>,
}

impl<'f> ArchiveReader<'f> {
    /// Begins with the file's first byte.
    ///
    /// # Errors
    /// Those of the file.
    pub fn new(mut file: &'f File) -> io::Result<Self> {
        file.rewind()?;
        Ok(Self(tar::Archive::new(GzDecoder::new(BufReader::new(file)))))
    }

    /// Its entries, the manifest left out.
    ///
    /// # Errors
    /// If it is broken; each entry may be too, or not be a file with a name and size that ours have.
    pub fn entries(&mut self) -> io::Result<impl Iterator<Item = io::Result<Entry<'_>>>> {
        // Raw: an entry that gives another one a long name would be read into memory whole.
        let entries = self.0.entries()?.raw(true).map(|entry| entry.and_then(Entry::of));
        Ok(entries.filter(|entry| entry.as_ref().map_or(true, |entry| entry.name != MANIFEST)))
    }

    /// Reads all, and compares it with the manifest.
    ///
    /// # Errors
    /// If it is broken, cut short, changed, or none of ours.
    pub fn verify(mut self) -> io::Result<Manifest> {
        let mut seen = Vec::new();
        let mut manifest = None;
        for entry in self.0.entries()?.raw(true) {
            let mut entry = Entry::of(entry?)?;
            if entry.name == MANIFEST {
                let mut text = Vec::new();
                entry.read_to_end(&mut text)?;
                manifest = Some(serde_json::from_slice::<Manifest>(&text)?);
            } else {
                io::copy(&mut entry, &mut io::sink())?;
                seen.push((std::mem::take(&mut entry.name), entry.content.digits()));
            }
        }
        // To its end: gzip has a sum of its own there.
        let mut gzip = self.0.into_inner();
        io::copy(&mut gzip, &mut io::sink())?;
        if gzip.into_inner().read(&mut [0])? > 0 {
            return Err(io::Error::other("something follows its end"));
        }
        let manifest = manifest.ok_or_else(|| io::Error::other("it has no manifest"))?;
        let differs = |(seen, listed): (&(String, String), &(String, String))| {
            (seen != listed).then(|| io::Error::other(format!("{} was changed", seen.0)))
        };
        match seen.iter().zip(&manifest.entries).find_map(differs) {
            Some(error) => Err(error),
            None if seen.len() != manifest.entries.len() => {
                Err(io::Error::other("it does not have all that its manifest names"))
            }
            None => Ok(manifest),
        }
    }
}

impl<'a> Entry<'a> {
    fn of<R: Read + 'a>(entry: tar::Entry<'a, R>) -> io::Result<Self> {
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = entry.header().entry_size()?;
        if entry.header().entry_type() != tar::EntryType::Regular
            || !is_plain(&name)
            || size > largest(&name)
        {
            return Err(io::Error::other(format!("{name:.100} has no place in one")));
        }
        let content: Box<dyn Read + 'a> = Box::new(entry);
        Ok(Self { name, content: Hashing::of(content.take(size)) })
    }
}

impl Read for Entry<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer)
    }
}

/// Whether this names a file below a folder, on any system, and nothing else: of letters, digits and
/// `-_`, with single dots within and `/` between.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    name.len() <= NAME_MAX && name.split('/').all(|file| file.split('.').all(is_part))
}

/// What is wrong with an archive, fit for a terminal: the library's words quote what it read.
pub fn words(error: &io::Error) -> String {
    error.to_string().chars().flat_map(char::escape_debug).take(200).collect()
}

/// The SHA-256 of this content, as hexadecimal digits.
///
/// # Errors
/// If it cannot be read.
pub fn digest(content: impl Read) -> io::Result<String> {
    let mut content = Hashing::of(content);
    io::copy(&mut content, &mut io::sink())?;
    Ok(content.digits())
}

/// How many bytes the entry of this name may have.
fn largest(name: &str) -> u64 {
    match name.split('/').next() {
        Some("media") => FILE_MAX,
        Some(MANIFEST) => MANIFEST_MAX,
        _ => PAGE_MAX,
    }
}

/// Content, and the SHA-256 of what was read of it.
struct Hashing<R> {
    content: R,
    hash: Sha256,
}

impl<R> Hashing<R> {
    fn of(content: R) -> Self {
        Self { content, hash: Sha256::new() }
    }

    fn digits(&self) -> String {
        hex(&self.hash.clone().finalize())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}
