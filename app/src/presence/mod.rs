//! Presence: who is here now.

use serde::{Deserialize, Serialize};

/// Whether a person is here. Whoever is not listed is offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Asked within the TTL (3 s by default).
    Online,
    /// Only hidden tabs of theirs ask.
    Away,
    #[default]
    Offline,
}
