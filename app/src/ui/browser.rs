//! The little of the browser that views need. Call it from effects and event handlers only: the
//! server has no window.

use leptos::prelude::{document, queue_microtask, window};
use web_sys::{Element, Event, KeyboardEvent, wasm_bindgen::JsCast};

/// An attribute of `<html>`.
#[must_use]
pub fn html_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Sets an attribute of `<html>`.
pub fn set_html_attribute(name: &str, value: &str) {
    if let Some(html) = document().document_element() {
        // Fails only for a name that is not one.
        let _ = html.set_attribute(name, value);
    }
}

/// What the page starts with, as the server wrote it into the element `start`; nothing on a page
/// that is not to be made a living one.
#[must_use]
pub fn start() -> Option<crate::Start> {
    let text = document().get_element_by_id("start")?.text_content()?;
    serde_json::from_slice(text.as_bytes()).ok()
}

/// The style of what is not first shown, which begins to load now; nothing on a page that was given it
/// at once.
pub fn later_style() -> Option<web_sys::HtmlLinkElement> {
    let style =
        document().get_element_by_id("later")?.dyn_into::<web_sys::HtmlLinkElement>().ok()?;
    style.set_rel("stylesheet");
    Some(style)
}

/// Shows what is typed as a password on this page, or hides it.
pub fn show_passwords(shown: bool) {
    let kind = if shown { "text" } else { "password" };
    let Ok(fields) = document().query_selector_all("input[autocomplete$=password]") else { return };
    for field in (0..fields.length()).filter_map(|index| fields.get(index)) {
        if let Ok(field) = field.dyn_into::<Element>() {
            // Fails only for a name that is not one.
            let _ = field.set_attribute("type", kind);
        }
    }
}

/// Remembers a value in a cookie for a year.
pub fn set_cookie(name: &str, value: &str) {
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ =
            document.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

/// Milliseconds since 1970, by this device's clock.
#[must_use]
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// Minutes ahead of UTC at this time (milliseconds since 1970).
#[must_use]
pub fn offset_at(time: i64) -> i32 {
    -js_sys::Date::new(&(time as f64).into()).get_timezone_offset() as i32
}

/// Leaves this page for another address of this server.
pub fn go(path: &str) {
    // Fails only for an address that is not one.
    let _ = window().location().set_href(path);
}

/// The address of this server, as people type it.
#[must_use]
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Copies an element's text; whether it could be. In this way, since the newer one
/// (`navigator.clipboard`) is missing on pages that come over plain HTTP.
#[must_use]
pub fn copy(element: &Element) -> bool {
    let page = document().dyn_into::<web_sys::HtmlDocument>();
    let (Ok(page), Ok(Some(selection))) = (page, window().get_selection()) else { return false };
    let copied = selection.select_all_children(element).and_then(|()| page.exec_command("copy"));
    // Fails only where nothing was selected.
    let _ = selection.remove_all_ranges();
    copied == Ok(true)
}

/// Copies a text, as [`copy`] does; whether it could be.
#[must_use]
pub fn copy_text(text: &str) -> bool {
    let held = || -> Option<(web_sys::HtmlElement, Element)> {
        let body = document().body()?;
        let shown = document().create_element("pre").ok()?;
        shown.set_text_content(Some(text));
        body.append_child(&shown).ok()?;
        Some((body, shown))
    };
    let Some((body, shown)) = held() else { return false };
    let copied = copy(&shown);
    // It was put there a moment ago.
    let _ = body.remove_child(&shown);
    copied
}

/// Whether this device is not one for fingers alone.
#[must_use]
pub fn has_mouse() -> bool {
    fits("(hover: hover)")
}

/// Whether this device and its window are as a query of CSS asks.
#[must_use]
pub fn fits(query: &str) -> bool {
    let media = window().match_media(query);
    media.ok().flatten().is_some_and(|media| media.matches())
}

/// Gives the focus to the first element that this selector names.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // Fails only for an element that takes no focus.
        let _ = element.focus();
    }
}

/// Whether there is an element that this selector names.
#[must_use]
pub fn is_there(selector: &str) -> bool {
    document().query_selector(selector).ok().flatten().is_some()
}

/// Whether an element that this selector names has the focus.
#[must_use]
pub fn is_focused(selector: &str) -> bool {
    let focused = document().active_element();
    focused.is_some_and(|element| element.matches(selector).unwrap_or(false))
}

/// Whether it happened to an element that this selector matches, or within one.
#[must_use]
pub fn is_within(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()))
}

/// Gives the focus back if what has it is about to be moved within the page, or to be drawn anew: a browser
/// takes it from an element that is put elsewhere. A message that is drawn anew has it as a whole.
pub fn keep_focus() {
    let Some(focused) = document().active_element() else { return };
    let line = focused.closest("li[id]").ok().flatten();
    queue_microtask(move || {
        let now = document().active_element();
        let again = match focused.is_connected() {
            true => Some(focused),
            false => line.and_then(|line| document().get_element_by_id(&line.id())),
        };
        if now.is_none_or(|element| element.tag_name() == "BODY")
            && let Some(element) = again
            && let Some(element) = element.dyn_ref::<web_sys::HtmlElement>()
        {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            // Fails only in a page that is going away.
            let _ = element.focus_with_options(&options);
        }
    });
}

/// Whether the person looks at this page.
#[must_use]
pub fn is_watched() -> bool {
    !document().hidden() && document().has_focus().unwrap_or(false)
}

/// Whether a key belongs to an input method that is composing (Chinese, say). 229 is what Safari
/// says for the Enter that ends a composition (UI Events, 7.3.1).
#[must_use]
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}
