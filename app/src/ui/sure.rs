//! A button for what cannot be taken back.

use super::{confirm::Confirm, erased::when};
use leptos::prelude::*;

/// Acts once `question` is answered by another button with the same `label`.
#[component]
pub fn SureButton(
    label: &'static str,
    #[prop(into)] question: Oco<'static, str>,
    act: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    view! {
        <button type="button" class="danger" on:click=when(move |_| asked.set(true))>
            {label}
        </button>
        <Confirm asked question yes=label act/>
    }
}
