//! The page of one's own settings: profile, picture, password, language and colours.

use super::{
    api::{ChangePassword, SetAvatar, UpdateProfile},
    gate::{FormError, TextField, last_error},
};
use crate::{
    error::{Error, Field},
    i18n::use_lang,
    media::{Purpose, upload},
    preference::view::{LangSwitch, ThemeSwitch},
    sync::store::use_store,
    ui::{
        avatar::{Avatar, AvatarSize},
        icon::{Icon, IconName},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The settings page.
#[component]
pub fn SettingsPane() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Title text=format!("{} · SampleIM", lang.settings())/>
        <main class="settings" id="main" tabindex="-1">
            <header>
                <a class="icon-button back" href="/" aria-label=lang.back()>
                    <Icon name=IconName::Back/>
                </a>
                <h1>{lang.settings()}</h1>
            </header>
            <ProfilePanel/>
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
            <PasswordPanel/>
            <section class="panel">
                <form method="post" action="/api/logout">
                    <button class="secondary">
                        <Icon name=IconName::LogOut/>
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
    let save = ServerAction::<UpdateProfile>::new();
    let error = last_error(save.value());
    let me = store.me.get_untracked();
    view! {
        <section class="panel" aria-labelledby="profile">
            <h2 id="profile">{lang.profile()}</h2>
            <AvatarRow/>
            <ActionForm action=save>
                <FormError error/>
                <TextField
                    field=Field::DisplayName
                    name="display_name"
                    value=me.display_name
                    autocomplete="nickname"
                    error
                />
                <TextField field=Field::Introduction name="introduction" value=me.introduction error/>
                <button class="primary" prop:disabled=save.pending()>
                    {lang.save()}
                </button>
                <Saved value=save.value()/>
            </ActionForm>
        </section>
    }
}

/// Says that an action succeeded.
#[component]
fn Saved<T: Clone + Send + Sync + 'static>(
    value: MappedSignal<Option<Result<T, Error>>>,
) -> impl IntoView {
    let lang = use_lang();
    let saved = move || value.with(|value| matches!(value, Some(Ok(_))));
    view! {
        <span class="saved" role="status">
            {move || saved().then(|| lang.saved())}
        </span>
    }
}

#[component]
fn AvatarRow() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let set = ServerAction::<SetAvatar>::new();
    let failed = RwSignal::new(None::<Error>);
    let progress = RwSignal::new(None::<u32>);
    let input = NodeRef::<leptos::html::Input>::new();
    let chosen = move |_| {
        let Some(file) =
            input.get().and_then(|input| upload::take_files(&input).into_iter().next())
        else {
            return;
        };
        failed.set(None);
        progress.set(Some(0));
        let on_progress = move |percent| progress.set(Some(percent));
        upload::start(&file, Purpose::Avatar, on_progress, move |answer| {
            progress.set(None);
            match answer {
                Ok(picture) => {
                    set.dispatch(SetAvatar { media: Some(picture.id) });
                }
                Err(error) => failed.set(error),
            }
        });
    };
    let remove = move |_| {
        set.dispatch(SetAvatar { media: None });
    };
    let words = move || {
        let error = failed.get().or_else(|| last_error(set.value()).get())?;
        Some(view! { <p class="form-error">{lang.error(&error)}</p> })
    };
    view! {
        <div class="avatar-row">
            <Avatar
                name=Signal::derive(move || store.me.with(|me| me.display_name.clone()))
                picture=Signal::derive(move || store.me.with(|me| me.avatar))
                size=AvatarSize::Large
            />
            <label class="secondary">
                <input
                    class="visually-hidden"
                    type="file"
                    accept="image/jpeg,image/png,image/gif,image/webp"
                    node_ref=input
                    on:change=chosen
                />
                {move || match progress.get() {
                    Some(percent) => format!("{percent} %"),
                    None => lang.choose_picture().to_owned(),
                }}
            </label>
            <Show when=move || store.me.with(|me| me.avatar.is_some())>
                <button class="secondary" type="button" on:click=remove>
                    {lang.remove_picture()}
                </button>
            </Show>
            <div role="alert">{words}</div>
        </div>
    }
}

#[component]
fn PasswordPanel() -> impl IntoView {
    let lang = use_lang();
    let change = ServerAction::<ChangePassword>::new();
    let error = last_error(change.value());
    view! {
        <section class="panel" aria-labelledby="password">
            <h2 id="password">{lang.change_password()}</h2>
            <ActionForm action=change>
                <FormError error/>
                <label class="field" for="field-current">
                    <span class="label">{lang.old_password()}</span>
                    <input id="field-current" name="current" type="password" autocomplete="current-password"/>
                </label>
                <TextField
                    field=Field::Password
                    name="new"
                    kind="password"
                    autocomplete="new-password"
                    error
                />
                <button class="primary" prop:disabled=change.pending()>
                    {lang.change_password()}
                </button>
                <Saved value=change.value()/>
            </ActionForm>
        </section>
    }
}
