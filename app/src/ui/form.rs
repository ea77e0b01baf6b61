//! A form's way to the server and back. Each form also works without JavaScript: then the browser
//! posts it, and the server leads back to the page, which shows what was left.

use super::browser;
use crate::{error::Error, record::record};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use web_sys::{FormData, HtmlFormElement, wasm_bindgen::JsCast};

record! {
    /// What a form that was posted without JavaScript left for the page that it leads back to.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Left {
        /// Where the form was posted to.
        pub path: String,
        /// Why it was refused; nothing: it was done.
        pub error: Option<Error>,
    }
}

/// A form that is sent: whether it is on its way, and how that ended the last time.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    pub pending: RwSignal<bool>,
    answer: RwSignal<Option<Result<(), Error>>>,
}

impl Form {
    /// The form that is posted to `path`.
    #[must_use]
    pub fn new(path: &str) -> Self {
        let left = use_context::<Option<Left>>().flatten().filter(|left| left.path == path);
        Self {
            pending: RwSignal::new(false),
            answer: RwSignal::new(left.map(|left| left.error.map_or(Ok(()), Err))),
        }
    }

    /// Waits for the answer to `request`, unless another one is on its way. The page may show something else
    /// by now, as after an upload: it is sent all the same.
    pub fn send(self, request: impl Future<Output = Result<(), Error>> + 'static) {
        if self.pending.try_get_untracked() == Some(true) {
            return;
        }
        self.pending.try_set(true);
        spawn_local(async move {
            let answer = request.await;
            self.pending.try_set(false);
            self.answer.try_set(Some(answer));
        });
    }

    /// Why the last one was refused.
    #[must_use]
    pub fn error(self) -> Signal<Option<Error>> {
        Signal::derive(move || self.answer.with(|answer| answer.as_ref()?.as_ref().err().cloned()))
    }

    /// Whether the last one succeeded.
    #[must_use]
    pub fn succeeded(self) -> bool {
        self.answer.with(|answer| matches!(answer, Some(Ok(()))))
    }
}

/// Hidden fields of a form.
#[must_use]
pub fn hidden(fields: Vec<(&'static str, String)>) -> Vec<AnyView> {
    let field = |(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any();
    fields.into_iter().map(field).collect()
}

/// The fields of a form that is submitted; the browser is kept from posting it itself.
#[derive(Debug)]
pub struct Fields {
    form: Option<HtmlFormElement>,
    typed: Option<FormData>,
}

impl Fields {
    /// Of the form that this event submits.
    #[must_use]
    pub fn of(event: &SubmitEvent) -> Self {
        event.prevent_default();
        let form: Option<HtmlFormElement> =
            event.target().and_then(|target| target.dyn_into().ok());
        let typed = form.as_ref().and_then(|form| FormData::new_with_form(form).ok());
        Self { form, typed }
    }

    /// What was typed into the field of this name.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.typed.as_ref().and_then(|typed| typed.get(name).as_string()).unwrap_or_default()
    }

    /// Puts the form back to how it began.
    pub fn clear(&self) {
        browser::show_passwords(false);
        if let Some(form) = &self.form {
            form.reset();
        }
    }

    /// Whether the field of this name says `true`: a box that is ticked, or a choice.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        self.text(name) == "true"
    }
}
