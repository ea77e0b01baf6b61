//! The page's address: links within the page change what is shown, without loading it anew.

use super::browser;
use leptos::{ev, prelude::*};
use web_sys::{
    Element, HtmlAnchorElement,
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
        // Nothing to come back from.
        if self.path.get_untracked() == path {
            return;
        }
        let pushed = window()
            .history()
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(path)));
        match pushed {
            Ok(()) => self.path.set(path.to_owned()),
            Err(_) => browser::go(path),
        }
    }

    /// From now on follows the links that are clicked, and the browser's buttons for back and
    /// forward.
    pub fn follow(self) {
        let handles = [
            window_event_listener(ev::click, move |event| {
                if let Some(path) = inner_link(&event) {
                    event.prevent_default();
                    self.go(&path);
                }
            }),
            window_event_listener(ev::popstate, move |_| {
                if let Ok(path) = window().location().pathname() {
                    self.path.set(path);
                }
            }),
        ];
        on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
    }
}

/// The path of the link that this click follows, if it leads to another pane of the page.
fn inner_link(event: &ev::MouseEvent) -> Option<String> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let clicked: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = clicked.closest("a[href]").ok()??.dyn_into().ok()?;
    let is_plain = link.target().is_empty() && !link.has_attribute("download");
    let stays = link.origin() == browser::origin() && link.hash().is_empty();
    (is_plain && stays && is_pane(&link.pathname())).then(|| link.pathname())
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
