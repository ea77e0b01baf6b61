//! The arrow keys among buttons that stand in rows.

use leptos::prelude::document;
use web_sys::{Element, HtmlElement, wasm_bindgen::JsCast};

/// Moves the focus among the buttons of `grid` that a selector names, as they stand on the page. Whether
/// the key does that.
pub fn step(grid: &Element, selector: &str, key: &str) -> bool {
    let Ok(list) = grid.query_selector_all(selector) else { return false };
    let buttons: Vec<HtmlElement> =
        (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()).collect();
    let places: Vec<_> =
        buttons.iter().map(|button| (button.offset_left(), button.offset_top())).collect();
    let focused = document().active_element();
    let at = buttons.iter().position(|button| focused.as_ref() == Some(button));
    let to = at.and_then(|at| next(&places, at, key)).and_then(|to| buttons.get(to));
    // Fails only for an element that takes no focus.
    to.is_some_and(|button| button.focus().is_ok())
}

/// The place, of these (from the left, from the top), that a key leads to.
fn next(places: &[(i32, i32)], at: usize, key: &str) -> Option<usize> {
    let (left, top) = *places.get(at)?;
    let nearest_in = |row: i32| {
        let in_row = places.iter().enumerate().filter(|(_, place)| place.1 == row);
        in_row.min_by_key(|(_, place)| (place.0 - left).abs()).map(|(index, _)| index)
    };
    let rows = places.iter().map(|place| place.1);
    match key {
        "ArrowLeft" => at.checked_sub(1),
        "ArrowRight" => Some(at + 1).filter(|to| *to < places.len()),
        "ArrowUp" => nearest_in(rows.filter(|row| *row < top).max()?),
        "ArrowDown" => nearest_in(rows.filter(|row| *row > top).min()?),
        "Home" => Some(0),
        "End" => places.len().checked_sub(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::next;

    /// Three in a row, two, a heading, three.
    const PLACES: [(i32, i32); 8] =
        [(0, 0), (40, 0), (80, 0), (0, 40), (40, 40), (0, 110), (40, 110), (80, 110)];

    #[test]
    fn arrows_lead_to_the_neighbours() {
        for (at, key, to) in [
            (1, "ArrowLeft", Some(0)),
            (0, "ArrowLeft", None),
            (2, "ArrowRight", Some(3)),
            (7, "ArrowRight", None),
            (1, "ArrowDown", Some(4)),
            (2, "ArrowDown", Some(4)),
            (4, "ArrowDown", Some(6)),
            (6, "ArrowDown", None),
            (7, "ArrowUp", Some(4)),
            (5, "ArrowUp", Some(3)),
            (0, "ArrowUp", None),
            (5, "Home", Some(0)),
            (1, "End", Some(7)),
            (1, "Tab", None),
        ] {
            assert_eq!(next(&PLACES, at, key), to, "{at} {key}");
        }
        assert_eq!(next(&[], 0, "End"), None);
    }
}
