//! Archives as nobody should make them.

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{Read, Write},
    path::Path,
};

/// Name and content.
pub type Entry = (String, Vec<u8>);

/// The name of an entry that is a link.
pub const LINK: &str = "media/link";

/// What an archive holds.
pub fn entries_of(file: &Path) -> Vec<Entry> {
    let file = fs::File::open(file).expect("a file");
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let entries = archive.entries().expect("an archive").map(|entry| {
        let mut entry = entry.expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("content");
        (String::from_utf8_lossy(&entry.path_bytes()).into_owned(), bytes)
    });
    entries.collect()
}

/// An archive of these.
pub fn packed(entries: &[Entry]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        tar.append(&header(name, bytes.len() as u64), bytes.as_slice()).expect("an entry");
    }
    gzipped(&tar.into_inner().expect("an archive"))
}

/// The library itself refuses some of these names.
fn header(name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size);
    header.set_mode(0o600);
    if name == LINK {
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_link_name("/").expect("a name");
    }
    header.set_cksum();
    header
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).expect("compressed");
    gzip.finish().expect("compressed")
}

/// The SHA-256, as a manifest has it.
pub fn digits(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
