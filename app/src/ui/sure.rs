//! A button for what cannot be taken back.

use super::erased::{live, when};
use leptos::prelude::*;

/// Acts when it is pressed a second time; after the first it asks `really`.
#[component]
pub fn SureButton(
    label: &'static str,
    really: &'static str,
    act: impl Fn() + 'static,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    let press = when(move |_| {
        if asked.get_untracked() {
            asked.set(false);
            act();
        } else {
            asked.set(true);
        }
    });
    view! {
        <button type="button" class="danger" on:click=press on:blur=when(move |_| asked.set(false))>
            {live(move || if asked.get() { really } else { label })}
        </button>
    }
}
