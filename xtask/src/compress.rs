//! Files of the site, each with its compressed twins.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    ffi::OsString,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// What compresses: the rest (pictures, fonts) is compressed already.
const COMPRESSIBLE: &[&str] =
    &["js", "wasm", "css", "html", "svg", "json", "webmanifest", "txt", "xml", "ico"];

/// Whether compressed twins are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twins {
    /// Brotli and gzip, each if smaller than the file.
    Both,
    /// None: for development, where seconds count.
    None,
}

/// The first 8 hexadecimal digits of the content's SHA-256: part of a name that can be cached
/// for ever.
pub fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// The path of a file's compressed twin: `a.js` and `br` give `a.js.br`.
pub fn twin(path: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// Writes a file and its twins, unless they are there already. Gives whether it wrote.
///
/// # Errors
/// If a file cannot be written.
pub fn publish(path: &Path, bytes: &[u8], twins: Twins) -> Result<bool> {
    let wanted = twins == Twins::Both && compressible(path);
    let (br, gz) = (twin(path, "br"), twin(path, "gz"));
    let same = fs::read(path).is_ok_and(|old| old == bytes);
    if same && (!wanted || br.exists() || gz.exists()) {
        return Ok(false);
    }
    // Twins first, the file last: an interrupted build is begun again.
    for (twin, squeeze) in [(&br, brotli as fn(&[u8]) -> _), (&gz, gzip)] {
        let small = if wanted { Some(squeeze(bytes)?) } else { None };
        match small.filter(|small| small.len() < bytes.len()) {
            Some(small) => write(twin, &small)?,
            None if twin.exists() => fs::remove_file(twin)?,
            None => {}
        }
    }
    if !same {
        write(path, bytes)?;
    }
    Ok(!same)
}

fn compressible(path: &Path) -> bool {
    path.extension().is_some_and(|ext| COMPRESSIBLE.iter().any(|known| ext == *known))
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut small = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut small, &params)?;
    Ok(small)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file without a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_the_content() {
        assert_eq!(short_hash(b""), "e3b0c442");
        assert_ne!(short_hash(b"a"), short_hash(b"b"));
    }

    #[test]
    fn twins_are_there_only_if_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let (large, tiny) = (folder.path().join("large.css"), folder.path().join("tiny.css"));
        assert!(publish(&large, &[b'a'; 4000], Twins::Both).unwrap());
        assert!(publish(&tiny, b"a", Twins::Both).unwrap());
        assert!(twin(&large, "br").exists() && twin(&large, "gz").exists());
        assert!(!twin(&tiny, "br").exists() && !twin(&tiny, "gz").exists());
    }

    #[test]
    fn unchanged_bytes_are_left_alone_and_changed_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        assert!(publish(&path, &[b'a'; 4000], Twins::Both).unwrap());
        assert!(!publish(&path, &[b'a'; 4000], Twins::Both).unwrap());
        assert!(publish(&path, &[b'b'; 4000], Twins::None).unwrap());
        assert!(!twin(&path, "br").exists(), "a twin of the old content stayed");
        publish(&path, &[b'b'; 4000], Twins::Both).unwrap();
        assert!(twin(&path, "br").exists());
    }
}
