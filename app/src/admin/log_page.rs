//! The log of what administrators did.

use super::{
    Action, Asked, Entry, Listed,
    frame::{cell, field, labelled, parts, table, when},
};
use crate::i18n::use_lang;
use leptos::prelude::*;

const PATH: &str = "/admin/log";

/// What was done, newest first.
pub fn log(entries: Listed<Entry>, asked: &Asked) -> AnyView {
    let lang = use_lang();
    let heads = [lang.when_sent(), lang.actor(), lang.action(), lang.subject(), lang.detail()];
    let row = |entry: &Entry| {
        let actor = match entry.actor.as_str() {
            "" => lang.command_line().to_owned(),
            name => format!("@{name}"),
        };
        // Of a newer program: as it is stored.
        let known = Action::parse(&entry.action);
        let action =
            known.map_or_else(|| entry.action.clone(), |action| lang.did(action).to_owned());
        let detail = known
            .map_or_else(|| entry.detail.clone(), |action| lang.detail_of(action, &entry.detail));
        view! {
            <tr>
                {cell(heads[0], when(lang, entry.at))}
                {cell(heads[1], view! { <bdi>{actor}</bdi> })}
                {cell(heads[2], action)}
                {cell(heads[3], view! { <bdi>{entry.subject.clone()}</bdi> })}
                {cell(heads[4], view! { <bdi>{detail}</bdi> })}
            </tr>
        }
        .into_any()
    };
    let rows = entries.lines.iter().map(row).collect();
    let choice = |(action, text): &(Action, &'static str)| {
        let is_chosen = asked.action == *text;
        view! { <option value=*text selected=is_chosen>{lang.did(*action)}</option> }.into_any()
    };
    let choices: Vec<_> = Action::ALL.iter().map(choice).collect();
    let select = view! {
        <select id="field-action" name="action">
            <option value="">{lang.any_action()}</option>
            {choices}
        </select>
    };
    view! {
        <form class="find" method="get" action=PATH role="search">
            {labelled(lang.actor_s_name(), "actor", &asked.actor)}
            {field(lang.action(), "action", select)}
            <button class="secondary">{lang.look_for()}</button>
        </form>
        {table(lang, lang.log(), &heads, rows)}
        {parts(lang, PATH, asked, entries.part, entries.is_more)}
    }
    .into_any()
}
