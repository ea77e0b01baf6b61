//! How this page is shown, known before anything is drawn.

#[cfg(not(feature = "ssr"))]
use super::erased::effect;
use crate::{error::Error, preference::Preferences};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos_meta::Title;

/// The preferences of this page: the request's on the server, what the server wrote into `<html>`
/// in the browser, so that both draw the same.
#[cfg(feature = "ssr")]
#[must_use]
pub fn preferences() -> Preferences {
    use axum::http::{header, request::Parts};
    use_context::<Parts>().map_or_else(Preferences::default, |parts| {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let cookies = header(header::COOKIE).unwrap_or_default();
        Preferences::from_headers(cookies, header(header::ACCEPT_LANGUAGE).unwrap_or_default())
    })
}

/// See above.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn preferences() -> Preferences {
    use super::browser::html_attribute;
    use crate::{i18n::Lang, preference::Theme};
    let attribute = |name| html_attribute(name).unwrap_or_default();
    Preferences {
        lang: Lang::from_tag(&attribute("lang")).unwrap_or_default(),
        theme: Theme::parse(&attribute("data-theme")).unwrap_or_default(),
        offset: attribute("data-offset").parse().unwrap_or_default(),
    }
}

/// What the head of the page is written from.
#[cfg(feature = "ssr")]
pub use leptos_meta::provide_meta_context as prepare_head;

/// In the browser it has been written.
#[cfg(not(feature = "ssr"))]
pub fn prepare_head() {}

/// Provides what every view of the page takes from context: its language, its colours, its head.
pub fn prepare() {
    prepare_head();
    let preferences = preferences();
    provide_context(preferences.lang);
    provide_context(RwSignal::new(preferences.theme));
}

/// The title of the page, as long as the view that it stands in. On the server it is settled at
/// once: what waits for the head to be written would be worked out after the page, when its signals
/// are gone.
#[cfg(feature = "ssr")]
pub fn title(words: impl Fn() -> String + 'static) -> impl IntoView {
    let now = escaped(&untrack(&words));
    // Beside it what the browser draws: nothing, which has a place of its own in the page.
    (view! { <Title text=now/> }, ())
}

/// Leptos writes a title as it is given: a name could end it, and go on as a part of the page.
#[cfg(feature = "ssr")]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// See above.
#[cfg(not(feature = "ssr"))]
pub fn title(words: impl Fn() -> String + 'static) -> impl IntoView {
    effect(move || document().set_title(&words()));
}

/// A text in lower case, for names that are sorted or looked for.
#[cfg(feature = "ssr")]
#[must_use]
pub fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// The browser brings the tables that this takes.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The path of the page.
#[cfg(feature = "ssr")]
#[must_use]
pub fn path() -> String {
    use_context::<axum::http::request::Parts>()
        .map(|parts| parts.uri.path().to_owned())
        .unwrap_or_default()
}

/// See above.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The message that the page's address names.
#[must_use]
pub fn place() -> Option<i64> {
    window().location().hash().ok()?.strip_prefix("#m-")?.parse().ok()
}

/// Once it is shown: whoever comes back to the page is where they were.
pub fn forget_place() {
    if let (Ok(history), Ok(path)) = (window().history(), window().location().pathname()) {
        let state = history.state().unwrap_or_default();
        // Fails only for an address of another server.
        let _ = history.replace_state_with_url(&state, "", Some(&path));
    }
}

/// Gives the page's answer the status of this error.
#[cfg(feature = "ssr")]
pub fn set_status(error: &Error) {
    let status = axum::http::StatusCode::from_u16(error.status());
    if let (Some(response), Ok(status)) = (use_context::<leptos_axum::ResponseOptions>(), status) {
        response.set_status(status);
    }
}

/// In the browser there is no answer left to change.
#[cfg(not(feature = "ssr"))]
pub fn set_status(_error: &Error) {}
