//! What an administrator can set: on the command line (`src/config.rs`), and, while the server runs, in
//! the administration area. What was set there goes before what the command line says.

use super::App;
use crate::error::Error;
use parking_lot::RwLock;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Settings that the application reads; see docs/OPERATING.md.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder of the uploads (`media/`) and, by default, of the SQLite file.
    pub data: PathBuf,
    /// A person is online if they asked within this time.
    pub online_ttl: Duration,
    /// How many online people are tracked at most.
    pub online_max: usize,
    /// The largest upload, in bytes, until another one is set: see [`Rules`].
    pub upload_limit: u64,
    /// Who may register, until it is set: see [`Rules`].
    pub registration: Registration,
    /// What the very first account must give; none when only this machine can connect.
    pub setup_code: Option<String>,
    /// Where others on the network reach this server, if it lets them.
    pub lan: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            online_ttl: Duration::from_secs(3),
            online_max: 10_000,
            upload_limit: 10_000_000,
            registration: Registration::Open,
            setup_code: None,
            lan: None,
        }
    }
}

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// Whoever has an invitation.
    Invitation,
    Closed,
}

impl Registration {
    /// All, each as it is stored.
    pub const ALL: &[(Self, &str)] =
        &[(Self::Open, "open"), (Self::Invitation, "invitation"), (Self::Closed, "closed")];

    /// As it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, text)| text)
    }

    /// The one that is stored so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, stored)| *stored == text).map(|(one, _)| *one)
    }
}

/// The settings that can change while the server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub registration: Registration,
    /// The largest upload, in bytes.
    pub upload_limit: u64,
    /// Days after which messages go; 0: never.
    pub retention: u32,
    /// What everybody is told at the top of the page; may be empty.
    pub banner: String,
    /// When that was set: who closes it does not see it again. Milliseconds since 1970.
    pub banner_at: i64,
}

/// Names in the table of settings.
const REGISTRATION: &str = "registration";
const UPLOAD_LIMIT: &str = "upload_limit";
const RETENTION: &str = "retention";
const BANNER: &str = "banner";
const BANNER_AT: &str = "banner_at";

impl Rules {
    /// What holds until something is set.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            registration: settings.registration,
            upload_limit: settings.upload_limit,
            retention: 0,
            banner: String::new(),
            banner_at: 0,
        }
    }

    /// The same with what was set, as `(name, value)`. What cannot be read is as if it were not set.
    #[must_use]
    pub fn with(mut self, stored: Vec<(String, String)>) -> Self {
        for (name, value) in stored {
            match name.as_str() {
                REGISTRATION => {
                    self.registration = Registration::parse(&value).unwrap_or(self.registration);
                }
                UPLOAD_LIMIT => self.upload_limit = value.parse().unwrap_or(self.upload_limit),
                RETENTION => self.retention = value.parse().unwrap_or(self.retention),
                BANNER => self.banner = value,
                BANNER_AT => self.banner_at = value.parse().unwrap_or(self.banner_at),
                _ => {}
            }
        }
        self
    }

    /// As they are stored.
    #[must_use]
    pub fn stored(&self) -> [(&'static str, String); 5] {
        [
            (REGISTRATION, self.registration.as_str().to_owned()),
            (UPLOAD_LIMIT, self.upload_limit.to_string()),
            (RETENTION, self.retention.to_string()),
            (BANNER, self.banner.clone()),
            (BANNER_AT, self.banner_at.to_string()),
        ]
    }
}

/// The rules as they were read last.
pub struct Current(RwLock<Arc<Rules>>);

impl Current {
    /// What holds until the database has been asked.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self(RwLock::new(Arc::new(Rules::of(settings))))
    }
}

impl App {
    /// The settings that hold now.
    #[must_use]
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.current.0.read())
    }

    /// Reads them from the database: at the start, and when something was set, here or by another
    /// process.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; then those before hold.
    pub async fn load_rules(&self) -> Result<(), Error> {
        let rules = Rules::of(&self.settings).with(self.db.settings().await?);
        *self.current.0.write() = Arc::new(rules);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_goes_before_the_command_line_and_nonsense_does_not_count() {
        let given = Settings { upload_limit: 7, ..Settings::default() };
        let rules = Rules::of(&given);
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let wrong = vec![set(REGISTRATION, "?"), set(UPLOAD_LIMIT, "-1"), set("unknown", "1")];
        assert_eq!(rules.clone().with(wrong), rules);
        let chosen = rules.with(vec![set(REGISTRATION, "closed"), set(RETENTION, "30")]);
        assert_eq!((chosen.registration, chosen.retention), (Registration::Closed, 30));
        assert_eq!(chosen.upload_limit, 7, "was not set");
        let stored = chosen.stored().map(|(name, value)| (name.to_owned(), value));
        assert_eq!(Rules::of(&Settings::default()).with(stored.into()), chosen);
    }
}
