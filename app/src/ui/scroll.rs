//! Keeping what a person reads in its place while lines come and go around it. The scroller is
//! laid out from its end (`column-reverse`): its `scrollTop` is 0 at the newest line and negative
//! above, so that older lines put before it move nothing.

use super::browser::fits;
use leptos::prelude::document;
use web_sys::{Element, Event, FocusOptions, HtmlElement, wasm_bindgen::JsCast};

/// What scrolls.
pub type Scroller = HtmlElement;

/// A message that the server has.
const MESSAGE: &str = "li.msg[tabindex]";

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
        place_in(&self.id)
    }
}

/// The place in its room of the message that something happened to.
#[must_use]
pub fn place_of(event: &Event) -> Option<i64> {
    place_in(&event.target()?.dyn_into::<Element>().ok()?.closest(MESSAGE).ok()??.id())
}

/// Whether a message that is pointed at shows what can be done with it. Elsewhere that takes a line of its own
/// (style/below.css), and waits for the focus: a finger that scrolls passes over messages, and a mouse that
/// rests has them pass below it.
#[must_use]
pub fn acts_by_pointing() -> bool {
    fits("(hover: hover) and (width >= 47.5rem)")
}

fn place_in(id: &str) -> Option<i64> {
    id.strip_prefix("m-")?.parse().ok()
}

/// Moves the focus from a message, or what is in it, to the one above or below; from elsewhere to the
/// newest. Whether there was one to move to; in a field the arrows are the field's.
pub fn step(scroller: &Scroller, up: bool) -> bool {
    let Some(focused) = document().active_element() else { return false };
    if focused.matches("textarea").unwrap_or(false) {
        return false;
    }
    let next = match focused.closest(MESSAGE).ok().flatten() {
        Some(mut line) => loop {
            let beside =
                if up { line.previous_element_sibling() } else { line.next_element_sibling() };
            match beside {
                Some(beside) if beside.matches(MESSAGE).unwrap_or(false) => break Some(beside),
                Some(beside) => line = beside,
                None => break None,
            }
        },
        None => {
            let lines = scroller.query_selector_all(MESSAGE).ok();
            lines.and_then(|lines| lines.get(lines.length().checked_sub(1)?)?.dyn_into().ok())
        }
    };
    let next = next.and_then(|line| line.dyn_into::<HtmlElement>().ok());
    next.is_some_and(|line| line.focus().is_ok())
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

/// A gap, by the place before which messages are missing.
#[derive(Debug, Clone, Copy)]
pub struct Gap {
    pub seq: i64,
    /// Whether it stands in the lower half of what is in sight: then what is above it is being read.
    pub is_low: bool,
}

/// The gap in sight.
#[must_use]
pub fn gap_in_sight(scroller: &Scroller) -> Option<Gap> {
    let shown = scroller.get_bounding_client_rect();
    let gaps = scroller.query_selector_all("li.gap").ok()?;
    let gap = (0..gaps.length())
        .filter_map(|index| gaps.get(index)?.dyn_into::<Element>().ok())
        .find(|gap| {
            let place = gap.get_bounding_client_rect();
            place.bottom() > shown.top() && place.top() < shown.bottom()
        })?;
    let is_low = gap.get_bounding_client_rect().top() > (shown.top() + shown.bottom()) / 2.0;
    Some(Gap { seq: gap.get_attribute("data-before")?.parse().ok()?, is_low })
}

/// Shows the message at this place in the middle, gives it the focus, and marks it for a moment.
pub fn show(scroller: &Scroller, seq: i64) {
    let line = document().get_element_by_id(&format!("m-{seq}"));
    let Some(line) = line.and_then(|line| line.dyn_into::<HtmlElement>().ok()) else { return };
    let (shown, place) = (scroller.get_bounding_client_rect(), line.get_bounding_client_rect());
    let moved = (place.top() + place.bottom() - shown.top() - shown.bottom()) / 2.0;
    scroller.set_scroll_top(scroller.scroll_top() + moved.round() as i32);
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // Neither fails for an element of the page. Taken off first, so that the mark is drawn once more.
    let _ = line.focus_with_options(&options);
    let _ = line.class_list().remove_1("found");
    let _ = line.get_bounding_client_rect();
    let _ = line.class_list().add_1("found");
}

/// Puts the line back to where it was; whether it is there.
pub fn restore(scroller: &Scroller, anchor: &Anchor) -> bool {
    let line = document().get_element_by_id(&anchor.id);
    if let Some(line) = &line {
        let moved = below_end(scroller, line) - anchor.below_end;
        scroller.set_scroll_top(scroller.scroll_top() + moved.round() as i32);
    }
    line.is_some()
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
