//! The pages before the log-in: log in and register. Plain forms: these pages load no WASM.

use super::{Admission, NAME_MAX, PASSWORD_MIN};
use crate::{
    error::{Error, Field},
    i18n::{Lang, use_lang},
    invitation::Invited,
    preference::view::{LangSwitch, ThemeSwitch},
    sync::naming::group_name,
    ui::{
        browser,
        erased::{live, memo, when},
        form::Form,
        icon::{Icon, IconName},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// How somebody comes to the log-in.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// They were logged in, and are not any more.
    pub ended: bool,
    /// The path of the page that they wanted to see, as [`crate::led_on`] gives it.
    pub next: String,
    /// What they are invited to.
    pub invited: Option<Invited>,
}

impl Arrival {
    /// The address of one of these pages, from which the way leads on to what they came for.
    #[must_use]
    pub fn towards(&self, page: &str) -> String {
        match (&self.invited, self.next.as_str()) {
            (Some(invited), _) => format!("{page}?invitation={}", invited.token),
            (None, "" | "/") => page.to_owned(),
            (None, next) => format!("{page}?next={next}"),
        }
    }
}

/// The page to log in.
#[component]
pub fn LoginPage(arrival: Arrival) -> impl IntoView {
    let lang = use_lang();
    let error = Form::new("/api/login").error();
    let why = arrival.ended && error.get_untracked().is_none();
    let invited = invited_to(lang, &arrival);
    view! {
        <Title text=format!("{} · SampleIM", lang.log_in())/>
        <GateFrame>
            <form class="card" method="post" action="/api/login">
                <Greeting title=Lang::welcome_back error>
                    {why.then(|| view! { <p class="form-note">{lang.session_ended()}</p> })}
                    {invited}
                </Greeting>
                <TextField field=Field::Name name="name" autocomplete="username" error/>
                <PasswordField autocomplete="current-password" error/>
                {aims(&arrival)}
                <button type="submit" class="primary">{lang.log_in()}</button>
                <p class="foot">
                    {lang.no_account()} " "
                    <a href=arrival.towards("/register")>{lang.create_account()}</a>
                </p>
            </form>
        </GateFrame>
    }
}

/// The page to register.
#[component]
pub fn RegisterPage(admission: Admission, arrival: Arrival) -> impl IntoView {
    let lang = use_lang();
    let error = Form::new("/api/register").error();
    let Admission { registration_open, by_invitation, needs_setup_code } = admission;
    if by_invitation && !needs_setup_code && arrival.invited.is_none() {
        let (title, words) = (lang.by_invitation_only(), lang.by_invitation_words());
        return notice(title, words, arrival.towards("/login"));
    }
    let closed = !registration_open && !by_invitation && !needs_setup_code;
    let invited = invited_to(lang, &arrival);
    view! {
        <Title text=format!("{} · SampleIM", lang.create_account())/>
        <GateFrame>
            <form class="card" method="post" action="/api/register">
                <Greeting title=Lang::join error>{invited}</Greeting>
                <TextField
                    field=Field::Name
                    name="name"
                    autocomplete="username"
                    hint=lang.hint_name(NAME_MAX)
                    error
                />
                <PasswordField
                    autocomplete="new-password"
                    hint=lang.hint_password(PASSWORD_MIN)
                    error
                />
                {needs_setup_code.then(|| {
                    let hint = lang.hint_setup_code().to_owned();
                    view! { <TextField field=Field::SetupCode name="setup_code" hint error/> }
                })}
                {closed.then(|| view! {
                    <p class="form-error" role="alert">{lang.error(&Error::RegistrationClosed)}</p>
                })}
                {aims(&arrival)}
                <button type="submit" class="primary">{lang.create_account()}</button>
                <p class="foot">
                    {lang.have_account()} " " <a href=arrival.towards("/login")>{lang.log_in()}</a>
                </p>
            </form>
        </GateFrame>
    }
    .into_any()
}

/// The page to choose a password by a one-time link: whose it is, by name; nobody's, if the link cannot
/// be used.
#[component]
pub fn ResetPage(token: String, name: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let error = Form::new("/api/reset_password").error();
    let Some(name) = name else {
        return notice(lang.link_over(), lang.link_over_words(), "/login".to_owned());
    };
    view! {
        <Title text=format!("{} · SampleIM", lang.choose_password())/>
        <GateFrame>
            <form class="card" method="post" action="/api/reset_password">
                <span class="brand"><Icon name=IconName::MESSAGE_CIRCLE/></span>
                <h1>{lang.choose_password()}</h1>
                <p>{lang.choose_password_words(&name)}</p>
                <FormError error/>
                <input type="hidden" name="token" value=token/>
                // For the browser's own list of passwords.
                <input type="text" class="visually-hidden" autocomplete="username" value=name readonly tabindex="-1" aria-hidden="true"/>
                <PasswordField
                    autocomplete="new-password"
                    hint=lang.hint_password(PASSWORD_MIN)
                    error
                />
                <button type="submit" class="primary">{lang.save()}</button>
            </form>
        </GateFrame>
    }
    .into_any()
}

/// What there is to say in place of a form, and the way to the log-in.
pub fn notice(title: &'static str, words: &'static str, log_in: String) -> AnyView {
    let lang = use_lang();
    view! {
        <Title text=format!("{title} · SampleIM")/>
        <main class="empty" id="main">
            <Icon name=IconName::MESSAGE_CIRCLE/>
            <h1>{title}</h1>
            <p>{words}</p>
            <a class="secondary" href=log_in>{lang.log_in()}</a>
        </main>
    }
    .into_any()
}

/// That one is invited, and to what.
fn invited_to(lang: Lang, arrival: &Arrival) -> Option<AnyView> {
    let words = match &arrival.invited.as_ref()?.group {
        Some(group) => lang.invited_to(group_name(&group.name, lang)),
        None => lang.invited_here().to_owned(),
    };
    Some(view! { <p class="form-note" dir="auto">{words}</p> }.into_any())
}

/// What these forms carry along, also over a refusal.
fn aims(arrival: &Arrival) -> AnyView {
    let invitation = arrival.invited.as_ref().map(|invited| invited.token.clone());
    view! {
        <input type="hidden" name="next" value=arrival.next.clone()/>
        {invitation.map(|token| view! { <input type="hidden" name="invitation" value=token/> })}
    }
    .into_any()
}

/// What stands around the card of these pages.
#[component]
pub fn GateFrame(children: Children) -> impl IntoView {
    view! {
        <main class="gate">
            {children()} <div class="gate-tools">
                <LangSwitch/>
                <ThemeSwitch/>
            </div>
        </main>
    }
}

/// The head of both forms; `children` stand above what is wrong.
#[component]
fn Greeting(
    title: fn(Lang) -> &'static str,
    error: Signal<Option<Error>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <span class="brand">
            <Icon name=IconName::MESSAGE_CIRCLE/>
        </span>
        <h1>{title(lang)}</h1>
        <p>{lang.gate_words()}</p>
        {children.map(|children| children())}
        <FormError error/>
    }
}

#[component]
fn PasswordField(
    autocomplete: &'static str,
    #[prop(optional)] hint: String,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    view! {
        <TextField field=Field::Password name="password" kind="password" autocomplete hint error/>
        <ShowPassword/>
    }
}

/// Shows what is typed as a password; gate.js does, where there is no WASM.
#[component]
pub fn ShowPassword() -> impl IntoView {
    let lang = use_lang();
    let choose = when(|event| browser::show_passwords(event_target_checked(&event)));
    view! {
        <label class="check">
            <input type="checkbox" autocomplete="off" on:change=choose/>
            {lang.show_password()}
        </label>
    }
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

/// A labelled field, with its rules and those that it breaks next to it.
#[component]
pub fn TextField(
    field: Field,
    name: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional)] label: Option<&'static str>,
    #[prop(optional)] hint: String,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let lang = use_lang();
    let why = memo(move || broken_rules(lang, field, error.get()?));
    let id = format!("field-{name}");
    let (why_id, hint_id) = (format!("{id}-why"), format!("{id}-hint"));
    let (of, described_by) = (id.clone(), format!("{why_id} {hint_id}"));
    view! {
        <div class="field">
            <label class="label" for=of>{label.unwrap_or_else(|| lang.field(field))}</label>
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
            <span class="hint" id=hint_id>{hint}</span>
        </div>
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
