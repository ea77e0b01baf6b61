//! A field to find something by a part of its name.

use super::{
    erased::when,
    icon::{Icon, IconName},
};
use leptos::{ev, html::Input, prelude::*};
use web_sys::{Element, wasm_bindgen::JsCast};

/// From now on Ctrl+K, and `/` where nothing is typed into, do this.
pub fn on_keys(begin: impl Fn() + 'static) {
    let keys = window_event_listener(ev::keydown, move |event| {
        let with_control = event.ctrl_key() || event.meta_key();
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let is_in = |places| target.as_ref().is_some_and(|at| at.matches(places).unwrap_or(false));
        let is_asked = match event.key().as_str() {
            "k" => with_control,
            "/" => !with_control && !is_in("input, textarea, select"),
            _ => false,
        } && !is_in("dialog, dialog *");
        if is_asked {
            event.prevent_default();
            begin();
        }
    });
    on_cleanup(move || keys.remove());
}

/// Keeps what is typed in `text`; `label` says what is looked for.
#[component]
pub fn SearchField(
    text: RwSignal<String>,
    label: &'static str,
    /// Where a form sends it.
    #[prop(optional)]
    name: &'static str,
    #[prop(optional)] field: NodeRef<Input>,
) -> impl IntoView {
    view! {
        <label class="search">
            <Icon name=IconName::SEARCH/>
            <input
                type="search"
                name=name
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
