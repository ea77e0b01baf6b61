//! Presence: who is here now.

use crate::named::named;

named! {
    /// Whether a person is here. Whoever is not listed is offline.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Presence {
        /// Asked within the TTL (3 s by default).
        Online = "online",
        /// Only hidden tabs of theirs ask.
        Away = "away",
        #[default]
        Offline = "offline",
    }
}
