//! Asking before something is done that cannot be undone.

use super::erased::{effect, shown_if, when};
use crate::i18n::use_lang;
use leptos::{ev::MouseEvent, html::Dialog, prelude::*};

/// A question over the page while `asked` holds; the button `yes` does it. Escape and "Cancel" do
/// not. The browser gives the focus back to what had it.
#[component]
pub fn Confirm(
    asked: RwSignal<bool>,
    #[prop(into)] question: Oco<'static, str>,
    yes: &'static str,
    act: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let lang = use_lang();
    let draw = move || {
        let (question, label) = (question.clone(), question.clone());
        let dialog = opened();
        let close = move || {
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
        };
        let cancel = when(move |_: MouseEvent| close());
        let agree = when(move |_: MouseEvent| {
            close();
            act();
        });
        view! {
            <dialog class="confirm" node_ref=dialog aria-label=label on:close=when(move |_| asked.set(false))>
                <p>{question}</p>
                <button type="button" class="secondary" on:click=cancel>{lang.cancel()}</button>
                <button type="button" class="danger" on:click=agree>{yes}</button>
            </dialog>
        }
        .into_any()
    };
    shown_if(move || asked.get(), draw)
}

/// A dialog that is open, over the page, as soon as it is drawn.
pub fn opened() -> NodeRef<Dialog> {
    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        if let Some(dialog) = dialog.get() {
            // Fails only if it is open already.
            let _ = dialog.show_modal();
        }
    });
    dialog
}
