//! Settings that need no restart.

use super::{BANNER_MAX, DAYS_MAX, UPLOAD_LIMITS, frame::field};
use crate::{
    i18n::use_lang,
    server::{Registration, settings::Rules},
};
use leptos::prelude::*;

/// The form of the settings.
pub fn settings(rules: &Rules) -> AnyView {
    let lang = use_lang();
    let choice = |(one, text): &(Registration, &'static str)| {
        let is_now = *one == rules.registration;
        view! {
            <label class="tick">
                <input type="radio" name="registration" value=*text checked=is_now/>
                {lang.who_registers(*one)}
            </label>
        }
        .into_any()
    };
    let choices: Vec<_> = Registration::ALL.iter().map(choice).collect();
    let number = |name: &'static str, value: u64, least: u64, most: u64| {
        view! {
            <input
                id=format!("field-{name}")
                name=name
                type="number"
                min=least.to_string()
                max=most.to_string()
                value=value.to_string()
                required
                aria-describedby=format!("hint-{name}")
            />
        }
        .into_any()
    };
    let hint = |name: &str, words: &'static str| {
        view! { <p class="hint" id=format!("hint-{name}")>{words}</p> }.into_any()
    };
    let upload = number("upload_limit", rules.upload_limit, UPLOAD_LIMITS.0, UPLOAD_LIMITS.1);
    let retention = number("retention", u64::from(rules.retention), 0, u64::from(DAYS_MAX));
    let banner = view! {
        <input
            id="field-banner"
            name="banner"
            value=rules.banner.clone()
            maxlength=BANNER_MAX.to_string()
            autocomplete="off"
            aria-describedby="hint-banner"
        />
    };
    view! {
        <p class="hint">{lang.settings_words()}</p>
        <form class="panel" method="post" action="/api/admin_settings">
            <fieldset>
                <legend>{lang.registration()}</legend>
                {choices}
            </fieldset>
            {field(lang.largest_upload(), "upload_limit", upload)}
            {hint("upload_limit", lang.largest_upload_words())}
            {field(lang.retention(), "retention", retention)}
            {hint("retention", lang.retention_words())}
            {field(lang.announcement(), "banner", banner)}
            {hint("banner", lang.announcement_words())}
            <button class="primary">{lang.save()}</button>
        </form>
    }
    .into_any()
}
