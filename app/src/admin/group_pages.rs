//! Groups: the list, and one of them.

use super::{
    Asked, DAYS_MAX, GroupLine, Listed, MemberLine,
    frame::{Deed, cell, deed, field, find_form, group_name, hidden, labelled, parts, table, when},
};
use crate::i18n::{Lang, use_lang};
use leptos::prelude::*;

/// The groups.
pub fn list(groups: Listed<GroupLine>, asked: &Asked) -> AnyView {
    let lang = use_lang();
    let heads = [
        lang.field_group_name(),
        lang.who_finds(),
        lang.members(),
        lang.messages(),
        lang.created_at(),
    ];
    let row = |group: &GroupLine| {
        let href = format!("/admin/groups/{}", group.id);
        view! {
            <tr>
                {cell(heads[0], view! { <a href=href dir="auto">{group_name(lang, &group.name)}</a> })}
                {cell(heads[1], state(lang, group))}
                {cell(heads[2], group.members.to_string())}
                {cell(heads[3], group.last_seq.to_string())}
                {cell(heads[4], when(lang, group.created))}
            </tr>
        }
        .into_any()
    };
    let rows = groups.lines.iter().map(row).collect();
    view! {
        {find_form(lang, "/admin/groups", &asked.find)}
        {table(lang, lang.groups(), &heads, rows)}
        {parts(lang, "/admin/groups", asked, groups.part, groups.is_more)}
    }
    .into_any()
}

fn state(lang: Lang, group: &GroupLine) -> AnyView {
    let visibility = match group.visibility.as_str() {
        "default" => lang.default_group(),
        "public" => lang.public_group(),
        _ => lang.private_group(),
    };
    let archived =
        group.archived.then(|| view! { <span class="role off">{lang.archived()}</span> });
    view! { {visibility} " " {archived} }.into_any()
}

/// A group, with who is in it and what can be done.
pub fn group(group: GroupLine, members: Listed<MemberLine>, asked: &Asked) -> AnyView {
    let lang = use_lang();
    let path = format!("/admin/groups/{}", group.id);
    let room = || ("room", group.id.to_string());
    let has_no_owner = members.part == 1
        && group.visibility != "default"
        && members.lines.iter().all(|member| member.role != "owner");
    let archiving = |label, words, archived: bool| Deed {
        action: "/api/admin_archive_group",
        label,
        words,
        fields: vec![room(), ("archived", archived.to_string())],
        sure: false,
        choice: None,
    };
    let archiving = match group.archived {
        true => archiving(lang.reopen(), lang.reopen_words(), false),
        false => archiving(lang.archive(), lang.archive_words(), true),
    };
    let deleting = (group.visibility != "default").then(|| Deed {
        action: "/api/admin_delete_group",
        label: lang.delete_group(),
        words: lang.delete_group_words(),
        fields: vec![room()],
        sure: true,
        choice: None,
    });
    let deeds = [Some(archiving), deleting].into_iter().flatten();
    view! {
        <dl class="facts">
            <dt>{lang.field_introduction()}</dt>
            <dd><bdi>{group.introduction.clone()}</bdi></dd>
            <dt>{lang.who_finds()}</dt>
            <dd>{state(lang, &group)}</dd>
            <dt>{lang.members()}</dt>
            <dd>{group.members}</dd>
            <dt>{lang.messages()}</dt>
            <dd><a href=format!("/admin/messages?room={}", group.id)>{lang.its_messages()} " (" {group.last_seq} ")"</a></dd>
            <dt>{lang.created_at()}</dt>
            <dd>{when(lang, group.created)}</dd>
        </dl>
        <h2>{lang.members_and_roles()}</h2>
        {has_no_owner.then(|| view! { <p class="form-note">{lang.no_owner()}</p> })}
        {people(lang, &group, &members)}
        {parts(lang, &path, asked, members.part, members.is_more)}
        {place(lang, &group)}
        {retention(lang, &group)}
        <div class="deeds-of">{deeds.map(|one| deed(lang, one)).collect_view()}</div>
    }
    .into_any()
}

fn people(lang: Lang, group: &GroupLine, members: &Listed<MemberLine>) -> AnyView {
    let heads = [lang.field_name(), lang.field_display_name(), lang.role_there(), lang.actions()];
    let row = |member: &MemberLine| {
        let fields = vec![("room", group.id.to_string()), ("user", member.id.to_string())];
        let remove = view! {
            <form method="post" action="/api/admin_remove_member">
                {hidden(fields)}
                <button class="text-button">
                    {lang.remove_member()} <span class="visually-hidden">" " {member.name.clone()}</span>
                </button>
            </form>
        };
        view! {
            <tr>
                {cell(heads[0], super::frame::user(member.id, &member.name))}
                {cell(heads[1], view! { <bdi>{member.display_name.clone()}</bdi> })}
                {cell(heads[2], role(lang, &member.role))}
                {cell(heads[3], remove)}
            </tr>
        }
        .into_any()
    };
    table(lang, lang.members_and_roles(), &heads, members.lines.iter().map(row).collect())
}

/// A role in a group, as it is stored.
pub fn role(lang: Lang, role: &str) -> &'static str {
    match role {
        "owner" => lang.owner(),
        "administrator" => lang.administrator(),
        _ => lang.member(),
    }
}

/// A form that gives somebody a role, or makes them a member.
fn place(lang: Lang, group: &GroupLine) -> AnyView {
    let owner = (group.visibility != "default").then_some("owner");
    let roles = ["member", "administrator"].into_iter().chain(owner);
    let choices = roles.map(|one| view! { <option value=one>{role(lang, one)}</option> });
    view! {
        <section class="panel" aria-labelledby="place">
            <h2 id="place">{lang.add_member()}</h2>
            <form class="find" method="post" action="/api/admin_place_member">
                {hidden(vec![("room", group.id.to_string())])}
                {labelled(lang.users_name(), "name", "")}
                {field(lang.role_there(), "role", view! { <select id="field-role" name="role">{choices.collect_view()}</select> })}
                <button class="secondary">{lang.set_role()}</button>
            </form>
        </section>
    }
    .into_any()
}

fn retention(lang: Lang, group: &GroupLine) -> AnyView {
    let days = group.retention.map(|days| days.to_string()).unwrap_or_default();
    let input = view! {
        <input id="field-days" name="days" type="number" min="0" max=DAYS_MAX.to_string() value=days aria-describedby="days-hint"/>
    };
    view! {
        <section class="panel" aria-labelledby="retention">
            <h2 id="retention">{lang.group_retention()}</h2>
            <form class="find" method="post" action="/api/admin_set_retention">
                {hidden(vec![("room", group.id.to_string())])}
                {field(lang.retention_days(), "days", input)}
                <button class="secondary">{lang.save()}</button>
            </form>
            <p class="hint" id="days-hint">{lang.group_retention_words()}</p>
        </section>
    }
    .into_any()
}
