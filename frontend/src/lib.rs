//! The WASM entry: hydrates the page that the server rendered.

// A page is one deeply nested type.
#![recursion_limit = "256"]

/// Makes the page that the server rendered a living one.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
}
