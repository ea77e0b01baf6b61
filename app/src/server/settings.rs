//! What an administrator can set; the command line fills it (`src/config.rs`).

use std::{path::PathBuf, time::Duration};

/// Settings that the application reads; see docs/OPERATING.md.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder of the uploads (`media/`) and, by default, of the SQLite file.
    pub data: PathBuf,
    /// A person is online if they asked within this time.
    pub online_ttl: Duration,
    /// How many online people are tracked at most.
    pub online_max: usize,
    /// The largest upload, in bytes.
    pub upload_limit: u64,
    /// Whether new people may register.
    pub registration_open: bool,
    /// What the very first account must give; none when only this machine can connect.
    pub setup_code: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            online_ttl: Duration::from_secs(3),
            online_max: 10_000,
            upload_limit: 10_000_000,
            registration_open: true,
            setup_code: None,
        }
    }
}
