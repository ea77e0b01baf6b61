//! A field to find something by a part of its name.

use super::{
    erased::when,
    icon::{Icon, IconName},
};
use leptos::prelude::*;

/// Keeps what is typed in `text`; `label` says what is looked for.
#[component]
pub fn SearchField(text: RwSignal<String>, label: &'static str) -> impl IntoView {
    view! {
        <label class="search">
            <Icon name=IconName::Search/>
            <input
                type="search"
                autocomplete="off"
                placeholder=label
                aria-label=label
                prop:value=text
                on:input=when(move |event| text.set(event_target_value(&event)))
            />
        </label>
    }
}
