//! The page's address: links within the page change what is shown, without loading it anew.

use super::browser;
use leptos::{ev, prelude::*};
use std::{
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::Duration,
};
use web_sys::{
    Element, History, HtmlAnchorElement,
    wasm_bindgen::{JsCast, JsValue},
};

/// Where the page is; from context.
#[derive(Debug, Clone, Copy)]
pub struct Address {
    /// The path, without query.
    pub path: RwSignal<String>,
}

impl Address {
    /// At this path.
    #[must_use]
    pub fn new(path: String) -> Self {
        Self { path: RwSignal::new(path) }
    }

    /// Shows what is at another path of the page.
    pub fn go(self, path: &str) {
        let from = self.path.get_untracked();
        // Nothing to come back from.
        if from == path {
            return;
        }
        let pushed = window().history().and_then(|history| {
            let (state, came_from) = (state(&history), JsValue::from_str(&from));
            let below = state.strip_prefix(OVER);
            // Each entry knows where it was come from: the list is gone back to, so that "back" leads from it
            // to where it was opened. What was over the page ends with it.
            if path == "/" && below.unwrap_or(&state) == "/" {
                let is_over = below.is_some() && !LEAVING.swap(true, Ordering::Relaxed);
                return history.go_with_delta(if is_over { -2 } else { -1 });
            }
            if below.is_some() {
                return history.replace_state_with_url(&came_from, "", Some(path));
            }
            history.push_state_with_url(&came_from, "", Some(path))
        });
        match pushed {
            Ok(()) => self.path.set(path.to_owned()),
            Err(_) => browser::go(path),
        }
    }

    /// From now on follows the links that are clicked, and the browser's buttons for back and
    /// forward. Where a link leads to a message, `find` is given its address, too.
    pub fn follow(self, find: impl Fn(&str, i64) + 'static) {
        let handles = [
            window_event_listener(ev::click, move |event| {
                if let Some((path, place)) = inner_link(&event) {
                    event.prevent_default();
                    if let Some(place) = place {
                        find(&path, place);
                    }
                    self.go(&path);
                }
            }),
            window_event_listener(ev::popstate, move |_| {
                if let Ok(path) = window().location().pathname() {
                    self.path.set(path);
                }
                LEAVING.store(false, Ordering::Relaxed);
                leave_empty();
            }),
        ];
        leave_empty();
        on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
    }
}

/// What the state of an entry for what is drawn over the page begins with; that of the one below follows.
const OVER: &str = "over:";
/// How much is drawn over the page.
static OPEN: AtomicU32 = AtomicU32::new(0);
/// Whether the page is on its way out of such an entry: it is there with the next `popstate`.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// Makes "back" `close` what is drawn over the page, as long as that is there, and lead nowhere else. What is
/// in it leads nowhere either.
pub fn closed_by_back(close: impl Fn() + 'static) {
    OPEN.fetch_add(1, Ordering::Relaxed);
    if let Ok(history) = window().history() {
        let below = state(&history);
        if !below.starts_with(OVER) {
            // Where the history refuses an entry, "back" leaves the page as ever.
            let over = [OVER, &below].concat();
            let _ = history.push_state_with_url(&JsValue::from_str(&over), "", None);
        }
    }
    let back = window_event_listener(ev::popstate, move |_| close());
    on_cleanup(move || {
        back.remove();
        OPEN.fetch_sub(1, Ordering::Relaxed);
        // What is drawn anew is open again by then.
        set_timeout(leave_empty, Duration::ZERO);
    });
}

/// Goes back from an entry for what is over the page, if nothing is: it was closed, the page was loaded anew, or
/// the browser's "forward" led there.
fn leave_empty() {
    if OPEN.load(Ordering::Relaxed) == 0
        && let Ok(history) = window().history()
        && state(&history).starts_with(OVER)
        && !LEAVING.swap(true, Ordering::Relaxed)
    {
        let _ = history.back();
    }
}

/// The state of the history's entry, if it is a text.
fn state(history: &History) -> String {
    history.state().ok().and_then(|state| state.as_string()).unwrap_or_default()
}

/// The path of the link that this click follows, if it leads to another pane of the page, and the place of
/// the message there.
fn inner_link(event: &ev::MouseEvent) -> Option<(String, Option<i64>)> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let clicked: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = clicked.closest("a[href]").ok()??.dyn_into().ok()?;
    let place = link.hash().strip_prefix("#m-").and_then(|place| place.parse().ok());
    let is_inner = link.origin() == browser::origin() && !link.has_attribute("download");
    let stays = link.hash().is_empty() || place.is_some();
    (is_inner && stays && is_pane(&link.pathname())).then(|| (link.pathname(), place))
}

/// Whether a path is one of the page's own.
fn is_pane(path: &str) -> bool {
    ["/", "/groups", "/settings"].contains(&path) || path.starts_with("/room/")
}

#[cfg(test)]
mod tests {
    use super::is_pane;

    #[test]
    fn only_panes_are_shown_without_loading() {
        assert!(["/", "/groups", "/settings", "/room/7"].iter().all(|path| is_pane(path)));
        assert!(!["/login", "/media/7", "/api/gate", "/rooms"].iter().any(|path| is_pane(path)));
    }
}
