//! Which of a person's tabs asks the server. Pure; `tabs` keeps the lease where all of them see it.

use std::{fmt, str::FromStr};

/// A tab in sight renews twice a second; when it dies, another takes over after this time.
/// Milliseconds.
const VISIBLE: i64 = 1_800;
/// A hidden tab's timers may come a minute late. Milliseconds.
const HIDDEN: i64 = 90_000;

/// Who asks, and until when if it is not renewed; written `tab.visible.until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    tab: u32,
    visible: bool,
    /// Milliseconds since 1970, by this device's clock.
    until: i64,
}

impl Lease {
    /// Taken, or renewed, by this tab now.
    #[must_use]
    pub fn taken(tab: u32, visible: bool, now: i64) -> Self {
        Self { tab, visible, until: now + if visible { VISIBLE } else { HIDDEN } }
    }

    /// Whether this tab may take it: it is its own, has run out, or is a hidden tab's while this one
    /// is in sight.
    #[must_use]
    pub fn is_free_for(self, tab: u32, visible: bool, now: i64) -> bool {
        // Further ahead than any lease: the clock was set back since.
        let lives = (now..=now + HIDDEN).contains(&self.until);
        self.tab == tab || !lives || (visible && !self.visible)
    }
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.tab, u8::from(self.visible), self.until)
    }
}

/// The text is no lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotALease;

impl FromStr for Lease {
    type Err = NotALease;
    fn from_str(text: &str) -> Result<Self, NotALease> {
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or(NotALease);
        let tab = part()?.parse().map_err(|_| NotALease)?;
        let visible = part()? == "1";
        let until = part()?.parse().map_err(|_| NotALease)?;
        Ok(Self { tab, visible, until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tab_asks_until_it_is_gone_or_another_is_looked_at() {
        let held = Lease::taken(1, true, 1_000);
        assert!(held.is_free_for(1, true, 2_000), "its own");
        assert!(!held.is_free_for(2, true, 2_800));
        assert!(held.is_free_for(2, false, 2_801), "it died");
        let hidden = Lease::taken(1, false, 1_000);
        assert!(!hidden.is_free_for(2, false, 61_000), "its timers are slow");
        assert!(hidden.is_free_for(2, true, 1_001), "that one is looked at");
        assert!(hidden.is_free_for(2, false, 91_001));
        assert!(hidden.is_free_for(2, false, -1_000_000), "the clock was set back");
    }

    #[test]
    fn a_lease_is_read_as_it_was_written() {
        for lease in [Lease::taken(7, true, 5), Lease::taken(u32::MAX, false, 1_795_000_000_000)] {
            assert_eq!(lease.to_string().parse(), Ok(lease));
        }
        for wrong in ["", "1", "1.1", "x.1.5", "1.1.x"] {
            assert_eq!(wrong.parse::<Lease>(), Err(NotALease));
        }
    }
}
