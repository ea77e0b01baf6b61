//! Rounds that are interleaved, and what is told of them.

use anyhow::Result;

/// Which of two things a turn of a round measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is measured.
    A,
    /// What it is measured by.
    B,
    /// A once more: its ratio to A is the control, which should be 1.
    Again,
}

/// The order of turns in a round; the next round begins one further on, so that none is always
/// first, and a machine that gets slower slows all alike.
const ORDERS: [[Side; 3]; 3] = [
    [Side::A, Side::B, Side::Again],
    [Side::B, Side::Again, Side::A],
    [Side::Again, Side::A, Side::B],
];

/// Two things measured in turns.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    pub a: Vec<f64>,
    pub b: Vec<f64>,
    again: Vec<f64>,
}

impl Compared {
    /// Measures both in so many rounds.
    ///
    /// # Errors
    /// Those of `measure`.
    pub async fn run(
        rounds: usize,
        mut measure: impl AsyncFnMut(Side) -> Result<f64>,
    ) -> Result<Self> {
        let mut compared = Self::default();
        for order in ORDERS.iter().cycle().take(rounds) {
            for side in order {
                let value = measure(*side).await?;
                match side {
                    Side::A => compared.a.push(value),
                    Side::B => compared.b.push(value),
                    Side::Again => compared.again.push(value),
                }
            }
        }
        Ok(compared)
    }

    /// A ÷ B: the median over the rounds.
    pub fn ratio(&self) -> f64 {
        median(&self.ratios())
    }

    /// The smallest and the largest A ÷ B of a round.
    pub fn spread(&self) -> (f64, f64) {
        spread(&self.ratios())
    }

    /// A ÷ A: the median over the rounds.
    pub fn control(&self) -> f64 {
        median(&ratios(&self.again, &self.a))
    }

    fn ratios(&self) -> Vec<f64> {
        ratios(&self.a, &self.b)
    }
}

/// The middle one; 0 of none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.get(middle) {
        None => 0.0,
        Some(upper) if sorted.len() % 2 == 1 => *upper,
        Some(upper) => f64::midpoint(sorted[middle - 1], *upper),
    }
}

/// The smallest and the largest.
pub fn spread(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    (least, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

fn ratios(over: &[f64], under: &[f64]) -> Vec<f64> {
    over.iter().zip(under).map(|(over, under)| over / under).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_drift_is_not_taken_for_a_difference() {
        let mut turn = 0.0;
        let compared = Compared::run(9, async |side| {
            turn += 1.0;
            let speed = 1_000.0 - 10.0 * turn;
            Ok(if side == Side::B { speed * 2.0 } else { speed })
        });
        let compared = compared.await.unwrap();
        assert!((compared.ratio() - 0.5).abs() < 0.01, "{}", compared.ratio());
        assert!((compared.control() - 1.0).abs() < 0.02, "{}", compared.control());
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
