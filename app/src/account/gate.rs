//! The pages before the log-in: log in and register. Plain forms: these pages load no WASM.

use super::Admission;
use crate::{
    error::{Error, Field},
    i18n::{Lang, use_lang},
    preference::view::{LangSwitch, ThemeSwitch},
    ui::{
        erased::live,
        form::Form,
        icon::{Icon, IconName},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page to log in.
#[component]
pub fn LoginPage() -> impl IntoView {
    let lang = use_lang();
    let error = Form::new("/api/login").error();
    view! {
        <Title text=format!("{} · SampleIM", lang.log_in())/>
        <GateFrame>
            <form class="card" method="post" action="/api/login">
                <Greeting title=Lang::welcome_back error/>
                <PasswordField autocomplete="current-password" error/>
                <button type="submit" class="primary">{lang.log_in()}</button>
                <p class="foot">
                    {lang.no_account()} " " <a href="/register">{lang.create_account()}</a>
                </p>
            </form>
        </GateFrame>
    }
}

/// The page to register.
#[component]
pub fn RegisterPage(admission: Admission) -> impl IntoView {
    let lang = use_lang();
    let error = Form::new("/api/register").error();
    let closed = !admission.registration_open && !admission.needs_setup_code;
    view! {
        <Title text=format!("{} · SampleIM", lang.create_account())/>
        <GateFrame>
            <form class="card" method="post" action="/api/register">
                <Greeting title=Lang::join error/>
                <PasswordField autocomplete="new-password" error/>
                {admission.needs_setup_code.then(|| {
                    view! { <TextField field=Field::SetupCode name="setup_code" error/> }
                })}
                {closed.then(|| view! {
                    <p class="form-error" role="alert">{lang.error(&Error::RegistrationClosed)}</p>
                })}
                <button type="submit" class="primary">{lang.create_account()}</button>
                <p class="foot">
                    {lang.have_account()} " " <a href="/login">{lang.log_in()}</a>
                </p>
            </form>
        </GateFrame>
    }
}

#[component]
fn GateFrame(children: Children) -> impl IntoView {
    view! {
        <main class="gate">
            {children()} <div class="gate-tools">
                <LangSwitch/>
                <ThemeSwitch/>
            </div>
        </main>
    }
}

/// The head of both forms, down to the name.
#[component]
fn Greeting(title: fn(Lang) -> &'static str, error: Signal<Option<Error>>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <span class="brand">
            <Icon name=IconName::MessageCircle/>
        </span>
        <h1>{title(lang)}</h1>
        <p>{lang.gate_words()}</p>
        <FormError error/>
        <TextField field=Field::Name name="name" autocomplete="username" error/>
    }
}

#[component]
fn PasswordField(autocomplete: &'static str, error: Signal<Option<Error>>) -> impl IntoView {
    view! { <TextField field=Field::Password name="password" kind="password" autocomplete error/> }
}

/// What is wrong with a form as a whole; what is wrong with one field stands next to it.
#[component]
pub fn FormError(error: Signal<Option<Error>>) -> impl IntoView {
    let lang = use_lang();
    let words = move || match error.get()? {
        Error::Invalid { .. } | Error::NameTaken => None,
        error => Some(lang.error(&error)),
    };
    view! {
        <div role="alert">{live(move || words().map(|words| view! { <p class="form-error">{words}</p> }.into_any()))}</div>
    }
}

/// A labelled field, with the rules that it breaks next to it.
#[component]
pub fn TextField(
    field: Field,
    name: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] value: String,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let lang = use_lang();
    let why = Memo::new(move |_| broken_rules(lang, field, error.get()?));
    let id = format!("field-{name}");
    let why_id = format!("{id}-why");
    let (of, described_by) = (id.clone(), why_id.clone());
    view! {
        <label class="field" for=of>
            <span class="label">{lang.field(field)}</span>
            <input
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize="none"
                aria-invalid=live(move || why.get().is_some().then_some("true"))
                aria-describedby=described_by
            />
            <span class="why" id=why_id>{live(move || why.get())}</span>
        </label>
    }
}

/// The sentences of all rules that `field` breaks.
fn broken_rules(lang: Lang, field: Field, error: Error) -> Option<String> {
    let sentences: Vec<_> = match error {
        Error::NameTaken if field == Field::Name => vec![lang.error(&Error::NameTaken)],
        Error::Invalid { problems } => problems
            .iter()
            .filter(|problem| problem.field == field)
            .map(|problem| lang.rule(problem))
            .collect(),
        _ => vec![],
    };
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
