//! Switches for language and colours; they work without JavaScript too.

use super::Theme;
use crate::{
    i18n::{Lang, use_lang},
    sync::storage,
    ui::{
        browser,
        erased::{live, when},
        icon::{Icon, IconName},
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// The colours of this page, as a signal in context.
#[must_use]
pub fn use_theme() -> RwSignal<Theme> {
    use_context().unwrap_or_default()
}

/// Chooses the language: a plain form, since the page is loaded anew in it.
#[component]
pub fn LangSwitch() -> impl IntoView {
    let lang = use_lang();
    let choice = move |value: Lang, name: &'static str, label: &'static str| {
        let pressed = (lang == value).to_string();
        view! { <button type="submit" name="lang" value=name lang=value.tag() aria-pressed=pressed>{label}</button> }
    };
    view! {
        <form class="segmented" method="post" action="/api/set_lang" aria-label=lang.language()>
            {choice(Lang::Zh, "Zh", "中文")} {choice(Lang::En, "En", "English")}
        </form>
    }
}

/// Chooses the colours; at once where there is JavaScript.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let lang = use_lang();
    let theme = use_theme();
    let choice = move |value: Theme, icon: IconName, label: &'static str| {
        let choose = when(move |event: MouseEvent| {
            event.prevent_default();
            theme.set(value);
            browser::set_html_attribute("data-theme", value.as_str());
            browser::set_cookie(Theme::COOKIE, value.as_str());
            storage::tell_theme(value);
        });
        view! {
            <button
                type="submit"
                name="theme"
                value=value.as_str()
                title=label
                aria-label=label
                aria-pressed=live(move || (theme.get() == value).to_string())
                on:click=choose
            >
                <Icon name=icon/>
            </button>
        }
    };
    view! {
        <form class="segmented" method="post" action="/api/set_theme" aria-label=lang.colours()>
            {choice(Theme::System, IconName::MONITOR, lang.theme_system())}
            {choice(Theme::Light, IconName::SUN, lang.theme_light())}
            {choice(Theme::Dark, IconName::MOON, lang.theme_dark())}
        </form>
    }
}
