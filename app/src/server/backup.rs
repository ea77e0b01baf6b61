//! The whole messenger in one file, and back: `sampleim backup` and `sampleim restore`.
//!
//! The file (`archive`) is the same whichever database it came from, so it also moves a messenger
//! from one to the other. Both commands wait for the disk on the thread that they run on, where
//! nothing else is served.

mod archive;
mod restore;
mod take;
mod uploads;

pub use archive::is_plain;
pub use restore::Backup;
pub use take::back_up;

/// What a backup holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Rows of all tables.
    pub rows: u64,
    /// Uploads, and pictures' thumbnails.
    pub files: u64,
    /// The names of those that the database names, and that are not there.
    pub missing: Vec<String>,
}
