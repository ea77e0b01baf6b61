//! Users: the list, and one of them.

use super::{
    Asked, Listed, User,
    frame::{Deed, cell, deed, find_form, parts, table, when},
};
use crate::{
    account::gate::TextField,
    error::Field,
    i18n::{Lang, use_lang},
    ui::form::{Form, Left},
};
use leptos::prelude::*;

/// The users, and a form that makes one.
pub fn list(users: Listed<User>, asked: &Asked, left: &Option<Left>) -> AnyView {
    let lang = use_lang();
    let heads = [
        lang.field_name(),
        lang.field_display_name(),
        lang.status(),
        lang.sessions_count(),
        lang.last_used_at(),
    ];
    let row = |user: &User| {
        view! {
            <tr>
                {cell(heads[0], super::frame::user(user.id, &user.name))}
                {cell(heads[1], view! { <bdi>{user.display_name.clone()}</bdi> })}
                {cell(heads[2], status(lang, user))}
                {cell(heads[3], user.sessions.to_string())}
                {cell(heads[4], last_used(lang, user))}
            </tr>
        }
        .into_any()
    };
    let rows = users.lines.iter().map(row).collect();
    view! {
        {find_form(lang, "/admin/users", &asked.find)}
        {table(lang, lang.users(), &heads, rows)}
        {parts(lang, "/admin/users", asked, users.part, users.is_more)}
        {create(lang, left.clone())}
    }
    .into_any()
}

fn create(lang: Lang, left: Option<Left>) -> AnyView {
    provide_context(left);
    let error = Form::new("/api/admin_create_user").error();
    view! {
        <section class="panel" aria-labelledby="create">
            <h2 id="create">{lang.create_user()}</h2>
            <form method="post" action="/api/admin_create_user">
                <TextField field=Field::Name name="name" error/>
                <TextField
                    field=Field::Password
                    label=lang.password_or_link()
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    error
                />
                <button class="primary">{lang.create_user()}</button>
            </form>
        </section>
    }
    .into_any()
}

fn status(lang: Lang, user: &User) -> AnyView {
    let role = user.is_admin.then(|| view! { <span class="role">{lang.administrator()}</span> });
    let disabled =
        user.disabled.then(|| view! { <span class="role off">{lang.is_disabled()}</span> });
    let plain = (!user.is_admin && !user.disabled).then(|| lang.is_enabled());
    view! { {role} " " {disabled} {plain} }.into_any()
}

fn last_used(lang: Lang, user: &User) -> AnyView {
    user.last_used.map_or_else(|| "–".into_any(), |time| when(lang, time))
}

/// A user, with what can be done. `origin` is this server's address, as the reader typed it.
pub fn user(user: User, link: Option<String>, origin: &str) -> AnyView {
    let lang = use_lang();
    let id = || vec![("user", user.id.to_string())];
    let with = |name, value: bool| vec![("user", user.id.to_string()), (name, value.to_string())];
    let plain = |action, label, words, fields| Deed {
        action,
        label,
        words,
        fields,
        sure: false,
        choice: None,
    };
    let enabling = match user.disabled {
        true => plain(
            "/api/admin_disable_user",
            lang.enable(),
            lang.enable_words(),
            with("disabled", false),
        ),
        false => plain(
            "/api/admin_disable_user",
            lang.disable(),
            lang.disable_words(),
            with("disabled", true),
        ),
    };
    let administering = match user.is_admin {
        true => plain(
            "/api/admin_set_admin",
            lang.revoke_administrator(),
            lang.revoke_administrator_words(),
            with("admin", false),
        ),
        false => plain(
            "/api/admin_set_admin",
            lang.make_administrator_of_server(),
            lang.make_administrator_words(),
            with("admin", true),
        ),
    };
    // Whoever is disabled could not use it.
    let reset = (!user.disabled).then(|| {
        plain("/api/admin_reset_link", lang.make_reset_link(), lang.reset_password_words(), id())
    });
    let deeds = [
        plain("/api/admin_end_sessions", lang.sign_out(), lang.sign_out_words(), id()),
        enabling,
        administering,
        Deed {
            action: "/api/admin_delete_user",
            label: lang.delete_user(),
            words: lang.delete_user_words(),
            fields: id(),
            sure: true,
            choice: Some(("erase", lang.erase_messages())),
        },
    ];
    let shown = link.map(|link| {
        let address = format!("{origin}{link}");
        view! {
            <section class="panel" aria-labelledby="link">
                <h2 id="link">{lang.one_time_link()}</h2>
                <p>{lang.one_time_link_words(&user.name)}</p>
                <input class="address" readonly value=address aria-labelledby="link"/>
            </section>
        }
    });
    view! {
        {shown}
        <dl class="facts">
            <dt>{lang.field_display_name()}</dt>
            <dd><bdi>{user.display_name.clone()}</bdi></dd>
            <dt>{lang.status()}</dt>
            <dd>{status(lang, &user)}</dd>
            <dt>{lang.created_at()}</dt>
            <dd>{when(lang, user.created)}</dd>
            <dt>{lang.sessions_count()}</dt>
            <dd>{user.sessions}</dd>
            <dt>{lang.last_used_at()}</dt>
            <dd>{last_used(lang, &user)}</dd>
        </dl>
        <div class="deeds-of">{reset.into_iter().chain(deeds).map(|one| deed(lang, one)).collect_view()}</div>
    }
    .into_any()
}
