//! What stands around every page of the area, and what several of them show.

use super::{
    Asked, Page, group_pages, invitation_page, log_page, message_pages, overview_page,
    settings_page, upload_pages, user_pages,
};
use crate::{
    error::Error,
    i18n::{Lang, use_lang},
    ids::RoomId,
    invitation::LINKS_MAX,
    server::now,
    ui::{
        form::Left,
        icon::{Icon, IconName},
        page,
        time::{Zone, iso},
    },
};
use leptos::prelude::*;

pub use crate::ui::form::hidden;

/// A page of the area with all that it is drawn from.
#[derive(Debug, Clone)]
pub struct View {
    pub page: Page,
    pub path: String,
    pub asked: Asked,
    /// What a form left that was refused.
    pub left: Option<Left>,
    /// The address of this server, as the reader typed it.
    pub origin: String,
}

/// A whole page of the area.
pub fn area(view: View) -> AnyView {
    let lang = use_lang();
    let View { page, path, asked, left, origin } = view;
    let done = asked.done.is_some() && left.is_none();
    let (title, content) = match page {
        Page::Overview(overview) => {
            (lang.overview().to_owned(), overview_page::overview(&overview))
        }
        Page::Users(users) => (lang.users().to_owned(), user_pages::list(users, &asked, &left)),
        Page::User(user, link) => {
            (format!("@{}", user.name), user_pages::user(user, link, &origin))
        }
        Page::Groups(groups) => (lang.groups().to_owned(), group_pages::list(groups, &asked)),
        Page::Group(group, members) => {
            (group_name(lang, &group.name), group_pages::group(group, members, &asked))
        }
        Page::Messages(found, next) => {
            (lang.messages().to_owned(), message_pages::messages(found, next, &asked))
        }
        Page::Uploads(uploads, people, rooms) => {
            let content = upload_pages::uploads(uploads, people, rooms, &asked);
            (lang.uploads_take().to_owned(), content)
        }
        Page::Invitations(links) => {
            (lang.invitations().to_owned(), invitation_page::invitations(links))
        }
        Page::Log(entries) => (lang.log().to_owned(), log_page::log(entries, &asked)),
        Page::Settings(rules) => {
            (lang.server_settings().to_owned(), settings_page::settings(&rules))
        }
    };
    let head = title.clone();
    view! {
        {page::title(move || format!("{head} · {} · SampleIM", lang.administration()))}
        <a class="skip" href="#main">{lang.skip()}</a>
        <div class="admin">
            <header>
                <a class="icon-button" href="/" title=lang.to_chat() aria-label=lang.to_chat()>
                    <Icon name=IconName::BACK/>
                </a>
                <strong>{lang.administration()}</strong>
                {places(lang, &path)}
            </header>
            <main id="main" tabindex="-1">
                <h1 dir="auto">{title}</h1>
                {left.and_then(|left| refusal(lang, &left))}
                {done.then(|| view! { <p class="form-note" role="status">{lang.is_done()}</p> })}
                {content}
            </main>
        </div>
    }
    .into_any()
}

/// The pages of the area.
fn places(lang: Lang, path: &str) -> AnyView {
    let places = [
        ("/admin", lang.overview()),
        ("/admin/users", lang.users()),
        ("/admin/groups", lang.groups()),
        ("/admin/messages", lang.messages()),
        ("/admin/uploads", lang.uploads_take()),
        ("/admin/invitations", lang.invitations()),
        ("/admin/log", lang.log()),
        ("/admin/settings", lang.server_settings()),
    ];
    let path = path.trim_end_matches('/');
    let link = |(place, name): (&'static str, &'static str)| {
        let below = path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
        let is_here = path == place || (place != "/admin" && below);
        view! { <a href=place aria-current=is_here.then_some("page")>{name}</a> }.into_any()
    };
    view! { <nav aria-label=lang.administration()>{places.into_iter().map(link).collect_view()}</nav> }.into_any()
}

/// Why a form was refused.
fn refusal(lang: Lang, left: &Left) -> Option<AnyView> {
    let words = match (left.error.as_ref()?, left.path.as_str()) {
        (Error::Forbidden, "/api/admin_delete_group" | "/api/admin_place_member") => {
            lang.default_group_stays().to_owned()
        }
        (Error::Forbidden, "/api/admin_create_invitation") => lang.enough_links(LINKS_MAX),
        (Error::Forbidden, _) => lang.last_administrator().to_owned(),
        (error, _) => lang.error(error),
    };
    Some(view! { <p class="form-error" role="alert">{words}</p> }.into_any())
}

/// A date and time, where the reader is.
pub fn when(lang: Lang, time: i64) -> AnyView {
    let zone = Zone::Fixed(page::preferences().offset);
    let local = zone.local(time);
    let words = format!("{} {}", local.date(zone.local(now()), lang), local.clock());
    view! { <time datetime=iso(time)>{words}</time> }.into_any()
}

/// The name of a group, the default one's in the reader's language.
#[must_use]
pub fn group_name(lang: Lang, name: &str) -> String {
    crate::sync::naming::group_name(name, lang)
}

/// Where something was said: a group leads to its page.
pub fn room(lang: Lang, id: RoomId, kind: &str, name: &str) -> AnyView {
    match kind {
        "group" => {
            let href = format!("/admin/groups/{id}");
            view! { <a href=href dir="auto">{group_name(lang, name)}</a> }.into_any()
        }
        _ => lang.private_conversation().into_any(),
    }
}

/// A user's name, which leads to their page.
pub fn user(id: impl std::fmt::Display, name: &str) -> AnyView {
    view! { <a href=format!("/admin/users/{id}") dir="auto">{format!("@{name}")}</a> }.into_any()
}

/// A cell of a table; on a narrow page, where rows are cards, its column's name stands before it.
pub fn cell(label: &'static str, content: impl IntoAny) -> AnyView {
    view! { <td data-label=label><span>{content.into_any()}</span></td> }.into_any()
}

/// A table, or that nothing was found.
pub fn table(
    lang: Lang,
    caption: &'static str,
    heads: &[&'static str],
    rows: Vec<AnyView>,
) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="none">{lang.none_found()}</p> }.into_any();
    }
    let heads: Vec<_> = heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect();
    view! {
        <table class="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// The ways to the parts before and after.
pub fn parts(lang: Lang, path: &str, asked: &Asked, part: u32, is_more: bool) -> AnyView {
    let to = |part: u32| asked.address(path, "page", &part.to_string());
    let before = (part > 1).then(|| {
        view! { <a class="secondary" href=to(part - 1) rel="prev">{lang.earlier_part()}</a> }
    });
    let after = is_more.then(|| {
        view! { <a class="secondary" href=to(part + 1) rel="next">{lang.later_part()}</a> }
    });
    view! { <p class="parts">{before} {after}</p> }.into_any()
}

/// A form that asks for a part of a name.
pub fn find_form(lang: Lang, path: &'static str, find: &str) -> AnyView {
    view! {
        <form class="find" method="get" action=path role="search">
            {labelled(lang.find_by_name(), "find", find)}
            <button class="secondary">{lang.look_for()}</button>
        </form>
    }
    .into_any()
}

/// A labelled text field.
pub fn labelled(label: &'static str, name: &'static str, value: &str) -> AnyView {
    field(
        label,
        name,
        view! { <input id=format!("field-{name}") name=name value=value.to_owned() autocomplete="off"/> },
    )
}

/// A labelled field, whose id is `field-` and its name.
pub fn field(label: &'static str, name: &'static str, input: impl IntoAny) -> AnyView {
    view! {
        <div class="field">
            <label class="label" for=format!("field-{name}")>{label}</label>
            {input.into_any()}
        </div>
    }
    .into_any()
}

/// What a form of one button says and sends.
pub struct Deed {
    pub action: &'static str,
    pub label: &'static str,
    pub words: &'static str,
    /// Hidden fields.
    pub fields: Vec<(&'static str, String)>,
    /// Whether a box must be ticked first.
    pub sure: bool,
    /// A box beside it: name and label.
    pub choice: Option<(&'static str, &'static str)>,
}

/// Something that one may do: a heading, what it does, and its form.
pub fn deed(lang: Lang, deed: Deed) -> AnyView {
    let Deed { action, label, words, fields, sure, choice } = deed;
    let class = if sure { "danger" } else { "secondary" };
    let tick = |name: Option<&'static str>, label: &'static str, required: bool| {
        view! {
            <label class="tick">
                <input type="checkbox" name=name value="true" required=required/>
                {label}
            </label>
        }
        .into_any()
    };
    view! {
        <form class="deed" method="post" action=action>
            {hidden(fields)}
            <p>{words}</p>
            {choice.map(|(name, label)| tick(Some(name), label, false))}
            {sure.then(|| tick(None, lang.sure(), true))}
            <button class=class>{label}</button>
        </form>
    }
    .into_any()
}
