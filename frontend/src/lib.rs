//! The WASM entry: hydrates the page that the server rendered.

// A page is one deeply nested type.
#![recursion_limit = "256"]

/// Makes the page that the server rendered a living one.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    if let Some(start) = app::ui::browser::start() {
        app::later::prepare(&app::ui::page::path(), &start).await;
        leptos::mount::hydrate_body(move || leptos::view! { <app::ChatPage start/> });
    }
}
