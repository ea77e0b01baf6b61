//! Keeping what a person reads in its place while lines come and go around it. The scroller is
//! laid out from its end (`column-reverse`): its `scrollTop` is 0 at the newest line and negative
//! above, so that older lines put before it move nothing.

use leptos::prelude::document;
use web_sys::{Element, HtmlElement, wasm_bindgen::JsCast};

/// What scrolls.
pub type Scroller = HtmlElement;

/// Closer to the end than this counts as the end; pixels.
const NEAR: f64 = 60.0;

/// A line and how far it is below the end of the scroller (negative: above); pixels. From the end, as
/// the scroller is laid out: a banner that comes or goes above it then moves nothing.
#[derive(Debug, Clone)]
pub struct Anchor {
    id: String,
    below_end: f64,
}

impl Anchor {
    /// The place in its room of the message that stands in this line.
    #[must_use]
    pub fn place(&self) -> Option<i64> {
        self.id.strip_prefix("m-")?.parse().ok()
    }
}

/// Whether the newest line is in sight.
#[must_use]
pub fn is_at_end(scroller: &Scroller) -> bool {
    f64::from(-scroller.scroll_top()) < NEAR
}

/// Whether the oldest line that is there is nearly in sight.
#[must_use]
pub fn is_near_start(scroller: &Scroller) -> bool {
    let above = scroller.scroll_height() - scroller.client_height() + scroller.scroll_top();
    f64::from(above) < 4.0 * NEAR
}

/// Shows the newest line.
pub fn to_end(scroller: &Scroller) {
    scroller.set_scroll_top(0);
}

/// The first line in sight; nothing at the end, where the newest line is to stay in sight.
#[must_use]
pub fn anchor(scroller: &Scroller) -> Option<Anchor> {
    if is_at_end(scroller) {
        return None;
    }
    let top = scroller.get_bounding_client_rect().top();
    let lines = scroller.query_selector_all("li[id]").ok()?;
    let line = (0..lines.length())
        .filter_map(|index| lines.get(index)?.dyn_into::<Element>().ok())
        .find(|line| line.get_bounding_client_rect().bottom() > top)?;
    Some(Anchor { id: line.id(), below_end: below_end(scroller, &line) })
}

/// The gap in sight, by the place before which messages are missing.
#[must_use]
pub fn gap_in_sight(scroller: &Scroller) -> Option<i64> {
    let shown = scroller.get_bounding_client_rect();
    let gaps = scroller.query_selector_all("li.gap").ok()?;
    let gap = (0..gaps.length())
        .filter_map(|index| gaps.get(index)?.dyn_into::<Element>().ok())
        .find(|gap| {
            let place = gap.get_bounding_client_rect();
            place.bottom() > shown.top() && place.top() < shown.bottom()
        })?;
    gap.get_attribute("data-before")?.parse().ok()
}

/// Puts the line back to where it was.
pub fn restore(scroller: &Scroller, anchor: &Anchor) {
    if let Some(line) = document().get_element_by_id(&anchor.id) {
        let moved = below_end(scroller, &line) - anchor.below_end;
        scroller.set_scroll_top(scroller.scroll_top() + moved.round() as i32);
    }
}

fn below_end(scroller: &Scroller, line: &Element) -> f64 {
    line.get_bounding_client_rect().top() - scroller.get_bounding_client_rect().bottom()
}

/// Shows the "new messages" line at the top, if it is out of sight.
pub fn to_new(scroller: &Scroller) {
    if let Some(line) = scroller.query_selector("li.new").ok().flatten() {
        let top = line.get_bounding_client_rect().top() - scroller.get_bounding_client_rect().top();
        if top < 0.0 {
            scroller.set_scroll_top(scroller.scroll_top() + top as i32);
        }
    }
}
