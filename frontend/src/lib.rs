//! The WASM entry: hydrates the page that the server rendered.

// A page is one deeply nested type.
#![recursion_limit = "256"]

/// Makes the page that the server rendered a living one.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    if let Some(start) = app::ui::browser::start() {
        leptos::mount::hydrate_body(move || leptos::view! { <app::ChatPage start/> });
    }
}
