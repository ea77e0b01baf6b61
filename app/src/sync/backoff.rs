//! How long to wait before trying again.

/// The longest pause, in milliseconds.
pub const LONGEST: u32 = 30_000;

/// The pause before attempt `attempt` (0 is the first repetition), in milliseconds: doubled each
/// time from one second up to [`LONGEST`], of which a random part between a half and the whole is
/// taken, so that clients that lost a server together do not come back together. `random` is
/// between 0 and 1.
///
/// "Equal jitter" of Brooker, Exponential Backoff and Jitter (AWS Architecture Blog, 2015).
#[must_use]
pub fn pause(attempt: u32, random: f64) -> u32 {
    let ceiling = 1_000u32.saturating_mul(2u32.saturating_pow(attempt)).min(LONGEST);
    ceiling / 2 + (f64::from(ceiling / 2) * random.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_is_bounded_and_never_none(attempt: u32, random in 0.0..1.0f64) {
            let pause = pause(attempt, random);
            prop_assert!((500..=LONGEST).contains(&pause));
        }
    }

    #[test]
    fn pauses_grow() {
        let pauses: Vec<_> = (0..8).map(|attempt| pause(attempt, 1.0)).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    }
}
