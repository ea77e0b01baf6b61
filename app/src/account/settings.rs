//! The page of one's own settings: profile, picture, password, language and colours.

use super::{
    PASSWORD_MIN,
    api::{change_password, logout, set_avatar, update_profile},
    gate::{FormError, ShowPassword, TextField},
};
use crate::{
    error::Field,
    i18n::{Lang, use_lang},
    media::{Purpose, chooser::PictureChooser},
    notice::settings::NoticePanel,
    preference::view::{LangSwitch, ThemeSwitch},
    room::{
        header::LinkBanner,
        sidebar::{open_conversation, page_title},
    },
    sync::store::use_store,
    ui::{
        browser,
        erased::{live, when},
        form::{Fields, Form},
        icon::{Icon, IconName},
        page,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};

/// The settings page.
#[component]
pub fn SettingsPane() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let log_out = Form::new("/api/logout");
    let leave = when(move |event: SubmitEvent| {
        event.prevent_default();
        log_out.send(async move {
            store.leave(true);
            let done = logout().await;
            match &done {
                Ok(()) => {
                    store.forget();
                    browser::go("/login");
                }
                Err(_) => store.leave(false),
            }
            done
        });
    });
    let me = store.me.with_untracked(|me| me.id);
    view! {
        {page::title(move || page_title(store, lang.settings()))}
        <main class="settings" id="main" tabindex="-1">
            <LinkBanner/>
            <header>
                <a class="icon-button back" href="/" aria-label=lang.back()>
                    <Icon name=IconName::BACK/>
                </a>
                <h1>{lang.settings()}</h1>
            </header>
            <ProfilePanel/>
            <section class="panel" aria-labelledby="notes">
                <h2 id="notes">{lang.notes()}</h2>
                <p>{lang.notes_words()}</p>
                <form method="post" action="/api/open_direct" on:submit=when(open_conversation(me))>
                    <input type="hidden" name="user" value=me.to_string()/>
                    <button class="secondary">{lang.open_notes()}</button>
                </form>
            </section>
            <section class="panel" aria-labelledby="look">
                <h2 id="look">{lang.look()}</h2>
                <div class="line">
                    <span class="label">{lang.language()}</span>
                    <LangSwitch/>
                </div>
                <div class="line">
                    <span class="label">{lang.colours()}</span>
                    <ThemeSwitch/>
                </div>
            </section>
            <NoticePanel/>
            <PasswordPanel/>
            <section class="panel" aria-labelledby="sessions">
                <h2 id="sessions">{lang.own_sessions()}</h2>
                <p>{lang.own_sessions_words()}</p>
                <a class="secondary" href="/settings/sessions">{lang.show_sessions()}</a>
            </section>
            {store.is_admin.then(|| view! {
                <section class="panel">
                    <a class="secondary" href="/admin">
                        <Icon name=IconName::SETTINGS/>
                        {lang.administer()}
                    </a>
                </section>
            })}
            <section class="panel">
                <form method="post" action="/api/logout" on:submit=leave>
                    <FormError error=log_out.error()/>
                    <button class="secondary">
                        <Icon name=IconName::LOG_OUT/>
                        {lang.log_out()}
                    </button>
                </form>
            </section>
        </main>
    }
    .into_any()
}

#[component]
fn ProfilePanel() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let form = Form::new("/api/update_profile");
    let error = form.error();
    let save = when(move |event: SubmitEvent| {
        let fields = Fields::of(&event);
        form.send(update_profile(fields.text("display_name"), fields.text("introduction")));
    });
    let me = store.me.get_untracked();
    view! {
        <section class="panel" aria-labelledby="profile">
            <h2 id="profile">{lang.profile()}</h2>
            <AvatarRow/>
            <form method="post" action="/api/update_profile" on:submit=save>
                <FormError error/>
                <TextField
                    field=Field::DisplayName
                    name="display_name"
                    value=me.display_name
                    autocomplete="nickname"
                    hint=lang.hint_display_name(me.name)
                    error
                />
                <TextField field=Field::Introduction name="introduction" value=me.introduction error/>
                <button class="primary" prop:disabled=form.pending>
                    {lang.save()}
                </button>
                <Done form words=Lang::saved/>
            </form>
        </section>
    }
}

/// Says what a form has done.
#[component]
fn Done(form: Form, words: fn(Lang) -> &'static str) -> impl IntoView {
    let lang = use_lang();
    view! {
        <span class="saved" role="status">
            {live(move || form.succeeded().then(|| words(lang)))}
        </span>
    }
}

#[component]
fn AvatarRow() -> impl IntoView {
    let store = use_store();
    let form = Form::new("/api/set_avatar");
    view! {
        <PictureChooser
            purpose=Purpose::Avatar
            name=Signal::derive(move || store.me.with(|me| me.display_name.clone()))
            picture=Signal::derive(move || store.me.with(|me| me.avatar))
            set=move |media| form.send(set_avatar(media))
            error=form.error()
        />
    }
}

#[component]
fn PasswordPanel() -> impl IntoView {
    let lang = use_lang();
    let form = Form::new("/api/change_password");
    let error = form.error();
    let change = when(move |event: SubmitEvent| {
        let fields = Fields::of(&event);
        let changing = change_password(fields.text("current"), fields.text("new"));
        form.send(async move { changing.await.inspect(|()| fields.clear()) });
    });
    view! {
        <section class="panel" aria-labelledby="password">
            <h2 id="password">{lang.change_password()}</h2>
            <p>{lang.change_password_words()}</p>
            <form method="post" action="/api/change_password" on:submit=change>
                <FormError error/>
                <TextField
                    field=Field::CurrentPassword
                    name="current"
                    kind="password"
                    autocomplete="current-password"
                    error
                />
                <TextField
                    field=Field::Password
                    label=lang.new_password()
                    name="new"
                    kind="password"
                    autocomplete="new-password"
                    hint=lang.hint_password(PASSWORD_MIN)
                    error
                />
                <ShowPassword/>
                <button class="primary" prop:disabled=form.pending>
                    {lang.change_password()}
                </button>
                <Done form words=Lang::password_changed/>
            </form>
        </section>
    }
}
