//! How long clients pause between two polls: longer while the server is late with its work.

use crate::sync::PACE;
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// The longest pause, in milliseconds.
const SLOWEST: u32 = 8_000;
/// How often lateness is measured.
const MEASURED: Duration = Duration::from_millis(500);
/// A timer that is this late means that more is asked than can be answered.
const LATE: Duration = Duration::from_millis(100);
/// A timer that is no later than this means that there is room again.
const PROMPT: Duration = Duration::from_millis(20);

/// The pause that all clients are told.
pub struct Pace(AtomicU32);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicU32::new(PACE))
    }
}

impl Pace {
    /// Milliseconds between two polls of one client.
    #[must_use]
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Measures for ever, and moves the pace.
    pub async fn run(&self) {
        loop {
            let begun = Instant::now();
            sleep(MEASURED).await;
            let late = begun.elapsed().saturating_sub(MEASURED);
            let next = next(self.get(), late);
            if self.0.swap(next, Ordering::Relaxed) < next {
                tracing::warn!(pause_ms = next, "the server is late: clients are slowed");
            }
        }
    }
}

/// The pause after `pace`, by how late a timer was: doubled when late, halved when prompt.
fn next(pace: u32, late: Duration) -> u32 {
    if late > LATE {
        (pace * 2).min(SLOWEST)
    } else if late < PROMPT {
        (pace / 2).max(PACE)
    } else {
        pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_slows_under_load_and_comes_back() {
        let late = [150, 150, 150, 150, 50, 0, 0, 0, 0].map(Duration::from_millis);
        let mut pace = PACE;
        let paces: Vec<_> = late
            .into_iter()
            .map(|late| {
                pace = next(pace, late);
                pace
            })
            .collect();
        assert_eq!(paces, [2_000, 4_000, 8_000, 8_000, 8_000, 4_000, 2_000, 1_000, 1_000]);
    }
}
