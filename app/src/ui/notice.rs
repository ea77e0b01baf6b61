//! What a browser can do to be noticed.

use leptos::prelude::{document, window};
use web_sys::{
    HtmlAudioElement, HtmlLinkElement, Notification, NotificationOptions, NotificationPermission,
    js_sys::Reflect,
    wasm_bindgen::{JsCast, closure::Closure},
};

/// Whether the system may show notices of this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// The browser has none, or not for a page over plain HTTP.
    Never,
    Unasked,
    Granted,
    Refused,
}

/// What the browser says now.
#[must_use]
pub fn allowed() -> Allowed {
    let has = Reflect::has(&window(), &"Notification".into()).unwrap_or_default();
    if !has || !window().is_secure_context() {
        return Allowed::Never;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Allowed::Granted,
        NotificationPermission::Denied => Allowed::Refused,
        _ => Allowed::Unasked,
    }
}

/// Asks the person, and tells what they said.
pub fn ask(answer: impl FnOnce(Allowed) + 'static) {
    let told = Closure::once_into_js(move || answer(allowed()));
    // Refused where there is nobody to ask: then nothing is shown.
    let _ = Notification::request_permission_with_permission_callback(told.unchecked_ref());
}

/// Lets the system show a notice in place of the last one of the same `tag`; a click brings the page
/// to the front.
pub fn show(title: &str, words: &str, tag: &str, click: impl Fn() + 'static) {
    if allowed() != Allowed::Granted {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(words);
    options.set_tag(tag);
    // Else a second one of a conversation takes the first one's place without a stir.
    options.set_renotify(true);
    options.set_icon("/icon.svg");
    // Android allows it to service workers alone.
    let Ok(notice) = Notification::new_with_options(title, &options) else { return };
    let held = notice.clone();
    let clicked = Closure::<dyn Fn()>::new(move || {
        let _ = window().focus();
        held.close();
        click();
    });
    notice.set_onclick(Some(clicked.into_js_value().unchecked_ref()));
}

/// Plays the sound of news, unless the browser forbids it, as it does before the person touched the
/// page.
pub fn sound() {
    if let Ok(audio) = HtmlAudioElement::new_with_src("/notice.wav") {
        drop(audio.play());
    }
}

/// Marks the page's icon, or takes the mark off.
pub fn mark_icon(marked: bool) {
    let icon = document().query_selector("link[rel=icon]").ok().flatten();
    if let Some(icon) = icon.and_then(|icon| icon.dyn_into::<HtmlLinkElement>().ok()) {
        icon.set_href(if marked { "/icon-news.svg" } else { "/icon.svg" });
    }
}
