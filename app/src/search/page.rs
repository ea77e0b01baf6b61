//! The page of search without JavaScript: a form, and what it found.

use super::{
    Found,
    looking::Filters,
    results::{FilterFields, Results},
};
use crate::{
    error::Error,
    i18n::use_lang,
    ui::{
        form::hidden,
        icon::{Icon, IconName},
        page,
    },
};
use leptos::prelude::*;

/// What was asked, as it was typed, and what came of it.
#[derive(Debug, Clone)]
pub struct Searched {
    pub text: String,
    pub filters: Filters,
    pub outcome: Result<Found, Error>,
}

/// The page.
#[component]
pub fn SearchPage(searched: Searched) -> impl IntoView {
    let lang = use_lang();
    let Searched { text, filters, outcome } = searched;
    let is_open = filters.is_set();
    let outcome = match outcome {
        Ok(_) if text.trim().is_empty() && !is_open => ().into_any(),
        Ok(found) => {
            let more = found.before.map(|before| more(&text, &filters, before));
            view! { <Results found/> {more} }.into_any()
        }
        Err(error) => {
            page::set_status(&error);
            view! { <p class="form-error" role="alert">{lang.error(&error)}</p> }.into_any()
        }
    };
    view! {
        {page::title(move || format!("{} · SampleIM", lang.field_search()))}
        <main class="settings search-page" id="main" tabindex="-1">
            <header>
                <a class="icon-button" href="/" aria-label=lang.back()>
                    <Icon name=IconName::BACK/>
                </a>
                <h1>{lang.field_search()}</h1>
            </header>
            <form class="panel" role="search" method="get" action="/search">
                <label class="search">
                    <Icon name=IconName::SEARCH/>
                    <input type="search" name="text" value=text maxlength="200"
                        placeholder=lang.field_search() aria-label=lang.field_search()/>
                </label>
                <details class="filters" open=is_open>
                    <summary>{lang.filters()}</summary>
                    <div class="grid"><FilterFields filters change=|_, _| {}/></div>
                </details>
                <button class="primary">{lang.field_search()}</button>
            </form>
            <section class="panel list">{outcome}</section>
        </main>
    }
    .into_any()
}

/// Asks for the same, and older messages.
fn more(text: &str, filters: &Filters, before: i64) -> AnyView {
    let lang = use_lang();
    let ticked = |is_set| if is_set { "true".to_owned() } else { String::new() };
    let fields = [
        ("text", text.to_owned()),
        ("room", filters.room.map(|room| room.to_string()).unwrap_or_default()),
        ("sender", filters.sender.clone()),
        ("since", filters.since.clone()),
        ("until", filters.until.clone()),
        ("picture", ticked(filters.picture)),
        ("file", ticked(filters.file)),
        ("before", before.to_string()),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    view! { <form action="/search">{hidden(fields)} <button class="more">{lang.more_results()}</button></form> }
        .into_any()
}
