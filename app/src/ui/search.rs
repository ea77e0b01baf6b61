//! A field to find something by a part of its name.

use super::{
    erased::when,
    icon::{Icon, IconName},
};
use leptos::{html::Input, prelude::*};

/// Keeps what is typed in `text`; `label` says what is looked for.
#[component]
pub fn SearchField(
    text: RwSignal<String>,
    label: &'static str,
    #[prop(optional)] field: NodeRef<Input>,
) -> impl IntoView {
    view! {
        <label class="search">
            <Icon name=IconName::Search/>
            <input
                type="search"
                autocomplete="off"
                node_ref=field
                placeholder=label
                aria-label=label
                prop:value=text
                on:input=when(move |event| text.set(event_target_value(&event)))
            />
        </label>
    }
}
