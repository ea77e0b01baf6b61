//! The pages before the log-in: log in and register. Plain forms, so that they work before, and
//! without, WASM.

use super::api::{Login, Register, gate};
use crate::{
    error::{Error, Field},
    i18n::{Lang, use_lang},
    preference::view::{LangSwitch, ThemeSwitch},
    ui::icon::{Icon, IconName},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page to log in.
#[component]
pub fn LoginPage() -> impl IntoView {
    let lang = use_lang();
    let action = ServerAction::<Login>::new();
    let error = last_error(action.value());
    view! {
        <Title text=format!("{} · SampleIM", lang.log_in())/>
        <GateFrame>
            <ActionForm action attr:class="card">
                <Brand/>
                <h1>{lang.welcome_back()}</h1>
                <p>{lang.gate_words()}</p>
                <FormError error/>
                <TextField field=Field::Name name="name" autocomplete="username" error/>
                <TextField
                    field=Field::Password
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    error
                />
                <Submit label=Lang::log_in pending=action.pending()/>
                <p class="foot">
                    {lang.no_account()} " "
                    <a href="/register">{lang.create_account()}</a>
                </p>
            </ActionForm>
        </GateFrame>
    }
}

/// The page to register.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let lang = use_lang();
    let action = ServerAction::<Register>::new();
    let error = last_error(action.value());
    let gate = Resource::new_blocking(|| (), |()| gate());
    let setup_code = move || {
        Suspend::new(async move {
            match gate.await {
                Ok(gate) if gate.needs_setup_code => {
                    view! { <TextField field=Field::SetupCode name="setup_code" error/> }.into_any()
                }
                Ok(gate) if !gate.registration_open => view! {
                    <p class="form-error" role="alert">
                        {lang.error(&Error::RegistrationClosed)}
                    </p>
                }
                .into_any(),
                _ => ().into_any(),
            }
        })
    };
    view! {
        <Title text=format!("{} · SampleIM", lang.create_account())/>
        <GateFrame>
            <ActionForm action attr:class="card">
                <Brand/>
                <h1>{lang.join()}</h1>
                <p>{lang.gate_words()}</p>
                <FormError error/>
                <TextField field=Field::Name name="name" autocomplete="username" error/>
                <TextField
                    field=Field::Password
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    error
                />
                <Suspense>{setup_code}</Suspense>
                <Submit label=Lang::create_account pending=action.pending()/>
                <p class="foot">
                    {lang.have_account()} " "
                    <a href="/login">{lang.log_in()}</a>
                </p>
            </ActionForm>
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

#[component]
fn Brand() -> impl IntoView {
    view! {
        <span class="brand">
            <Icon name=IconName::MessageCircle/>
        </span>
    }
}

#[component]
fn Submit(label: fn(Lang) -> &'static str, #[prop(into)] pending: Signal<bool>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <button type="submit" class="primary" prop:disabled=pending aria-busy=move || pending.get().to_string()>
            {label(lang)}
        </button>
    }
}

/// The error of an action's last answer.
pub fn last_error<T: Clone + Send + Sync + 'static>(
    value: MappedSignal<Option<Result<T, Error>>>,
) -> Signal<Option<Error>> {
    Signal::derive(move || value.with(|value| value.as_ref()?.as_ref().err().cloned()))
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
        <div role="alert">{move || words().map(|words| view! { <p class="form-error">{words}</p> })}</div>
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
                aria-invalid=move || why.get().is_some().then_some("true")
                aria-describedby=described_by
            />
            <span class="why" id=why_id>{move || why.get()}</span>
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
