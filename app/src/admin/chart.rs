//! A small chart of bars, as SVG.

use leptos::prelude::*;
use std::fmt::Write;

/// Bars are so wide, with their gap; the chart so high: units of the drawing.
const STEP: i64 = 10;
const HEIGHT: i64 = 60;

/// Bars of these values, oldest first: `most` is written at the height of the highest, `first` and `last`
/// below the ends. `label` says for those who do not see it what it shows.
pub fn bars(values: &[i64], label: String, most: String, first: String, last: String) -> AnyView {
    let width = STEP * i64::try_from(values.len()).unwrap_or_default();
    view! {
        <div class="chart" role="img" aria-label=label>
            <span>{most}</span>
            <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none">
                <path d=path(values)></path>
            </svg>
            <p>
                <span>{first}</span>
                <span>{last}</span>
            </p>
        </div>
    }
    .into_any()
}

/// The outline of the bars, the highest of which fills the height; what is not nothing is seen.
fn path(values: &[i64]) -> String {
    let most = values.iter().copied().max().unwrap_or_default().max(1);
    let mut path = String::new();
    for (place, value) in (0..).zip(values).filter(|(_, value)| **value > 0) {
        let height = (value * HEIGHT / most).max(1);
        let _ = write!(path, "M{} {HEIGHT}v-{height}h{}v{height}z", place * STEP + 1, STEP - 2);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn the_highest_bar_fills_the_height_and_the_lowest_is_seen() {
        assert_eq!(path(&[0, 3_000, 1]), "M11 60v-60h8v60zM21 60v-1h8v1z");
        assert_eq!(path(&[0, 0]), "");
    }
}
