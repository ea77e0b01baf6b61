//! The keys of a search: from its field through what was found, and out of it.

use super::browser::is_composing;
use leptos::{ev, prelude::*};
use web_sys::{HtmlElement, KeyboardEvent, wasm_bindgen::JsCast};

/// The field and each row of what was found, in order; where the keys count.
const STEPS: &str = ".side [type=search], .found .row, .found .more";
const BUSY: &str = ".found [aria-busy=true]";
const PLACE: &str = ".side .look, .found";

/// While the view stands that calls this: the arrows go from row to row, Enter in the field opens the
/// first, Escape ends it by `end`.
pub fn follow(end: impl Fn() + 'static) {
    let keys = window_event_listener(ev::keydown, move |event| {
        // An input method's keys are its own.
        if !is_composing(&event) && step(&event, &end).is_some() {
            event.prevent_default();
        }
    });
    on_cleanup(move || keys.remove());
}

fn step(event: &KeyboardEvent, end: &impl Fn()) -> Option<()> {
    let focused = document().active_element()?;
    focused.closest(PLACE).ok()??;
    let steps = document().query_selector_all(STEPS).ok()?;
    let element = |place: u32| steps.get(place)?.dyn_into::<HtmlElement>().ok();
    let place = (0..steps.length()).find(|place| element(*place).is_some_and(|e| *e == focused));
    match (event.key().as_str(), place) {
        ("ArrowDown", Some(place)) => element(place + 1)?.focus().ok(),
        ("ArrowUp", Some(place)) => element(place.checked_sub(1)?)?.focus().ok(),
        ("Enter", Some(0)) => {
            // Nothing is there yet, or at all, or it was found for other words: the page stays.
            if document().query_selector(BUSY).ok()?.is_none() {
                element(1).iter().for_each(HtmlElement::click);
            }
            Some(())
        }
        ("Escape", _) => {
            end();
            element(0)?.focus().ok()
        }
        _ => None,
    }
}
