//! The pages around invitations, drawn by the server alone, with plain forms: what a link opens, and the
//! links into a group for who has no JavaScript.

use super::{
    Invitation, Invited, LINKS_MAX, QrPicture,
    parts::{about, code, terms},
};
use crate::{
    account::{
        Admission,
        gate::{FormError, GateFrame, notice},
    },
    i18n::{Lang, use_lang},
    ids::RoomId,
    sync::naming::group_name,
    ui::{
        avatar::{hue, initial},
        form::{Form, Left, hidden},
        icon::{Icon, IconName},
        page,
        time::Zone,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Who has opened a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guest {
    /// Somebody who has logged in, and is not there yet.
    User,
    /// Anybody; whether, and how, they can register.
    Stranger(Admission),
}

/// What a link that works opens.
#[component]
pub fn JoinPage(invited: Invited, guest: Guest) -> impl IntoView {
    let lang = use_lang();
    let error = Form::new("/api/accept_invitation").error();
    let Invited { token, group } = invited;
    let (title, face, words) = match group {
        Some(group) => {
            let name = group_name(&group.name, lang);
            let face = match group.has_picture {
                true => view! { <img src=format!("/join/{token}/picture") alt=""/> }.into_any(),
                false => initial(&name).into_any(),
            };
            let class = format!("avatar large group hue-{}", hue(&name));
            let face = view! { <span class=class aria-hidden="true">{face}</span> };
            (name, face.into_any(), lang.member_count(group.members))
        }
        None => {
            let brand = view! { <span class="brand"><Icon name=IconName::MESSAGE_CIRCLE/></span> };
            (lang.invited_here().to_owned(), brand.into_any(), lang.gate_words().to_owned())
        }
    };
    let deed = match guest {
        Guest::User => view! {
            <input type="hidden" name="token" value=token.clone()/>
            <button type="submit" class="primary">{lang.join_group()}</button>
        }
        .into_any(),
        Guest::Stranger(admission) => strangers_ways(lang, &token, admission),
    };
    let head = title.clone();
    view! {
        {page::title(move || format!("{head} · SampleIM"))}
        <GateFrame>
            <form class="card" method="post" action="/api/accept_invitation">
                {face}
                <h1 dir="auto">{title}</h1>
                <p>{words}</p>
                <FormError error/>
                {deed}
            </form>
        </GateFrame>
    }
}

fn strangers_ways(lang: Lang, token: &str, admission: Admission) -> AnyView {
    let to = |page: &str| format!("{page}?invitation={token}");
    let Admission { registration_open, by_invitation, .. } = admission;
    if !registration_open && !by_invitation {
        return view! {
            <p class="form-note">{lang.invited_words()}</p>
            <a class="primary" href=to("/login")>{lang.log_in()}</a>
        }
        .into_any();
    }
    view! {
        <a class="primary" href=to("/register")>{lang.create_account()}</a>
        <p class="foot">{lang.have_account()} " " <a href=to("/login")>{lang.log_in()}</a></p>
    }
    .into_any()
}

/// The page of a link that does not work, whatever the reason.
#[component]
pub fn InvitationOverPage() -> impl IntoView {
    let lang = use_lang();
    notice(lang.invitation_over(), lang.invitation_over_words(), "/login".to_owned())
}

/// The links into a group: a new one, and those that there are. `done`: something was done a moment ago;
/// `now`: milliseconds since 1970.
#[component]
pub fn InvitationsPage(
    room: RoomId,
    links: Vec<Coded>,
    left: Option<Left>,
    done: bool,
    now: i64,
) -> impl IntoView {
    let lang = use_lang();
    let is_done = done && left.is_none();
    let fields = || vec![("room", room.to_string())];
    view! {
        <Title text=format!("{} · SampleIM", lang.invite_by_link())/>
        <main class="settings" id="main" tabindex="-1">
            <header>
                <a class="icon-button" href=format!("/room/{room}") aria-label=lang.back()>
                    <Icon name=IconName::BACK/>
                </a>
                <h1>{lang.invite_by_link()}</h1>
            </header>
            {left.and_then(|left| left.error).map(|error| view! { <p class="form-error" role="alert">{lang.error(&error)}</p> })}
            {is_done.then(|| view! { <p class="form-note" role="status">{lang.saved()}</p> })}
            <section class="panel">
                <p class="hint">{lang.invite_words()}</p>
                {new_link(lang, "/api/create_invitation", fields(), links.len())}
            </section>
            <section class="panel">{list(lang, "/api/revoke_invitation", fields, links, now)}</section>
        </main>
    }
}

/// Hidden fields of a form.
type Hidden = Vec<(&'static str, String)>;
/// A link with its QR code.
pub type Coded = (Invitation, Option<QrPicture>);

/// The form for a new link, unless there are enough.
pub fn new_link(lang: Lang, action: &'static str, fields: Hidden, count: usize) -> AnyView {
    if count as i64 >= LINKS_MAX {
        return view! { <p>{lang.enough_links(LINKS_MAX)}</p> }.into_any();
    }
    view! {
        <form method="post" action=action>
            {hidden(fields)}
            {terms(lang)}
            <button class="primary">{lang.make_link()}</button>
        </form>
    }
    .into_any()
}

/// Links, each with its QR code and a form to revoke it.
pub fn list(
    lang: Lang,
    revoke: &'static str,
    fields: impl Fn() -> Hidden,
    links: Vec<Coded>,
    now: i64,
) -> AnyView {
    if links.is_empty() {
        return view! { <p class="hint">{lang.no_links()}</p> }.into_any();
    }
    let zone = Zone::Fixed(page::preferences().offset);
    let line = |(link, picture): Coded| {
        let about = about(lang, &link, zone, now);
        let picture = picture.filter(|_| link.works).map(|picture| {
            view! { <details><summary>{lang.qr_code()}</summary>{code(lang, &picture)}</details> }
        });
        let mut fields = fields();
        fields.push(("id", link.id.to_string()));
        view! {
            <li class="link">
                <div class="field">
                    <input readonly value=link.link aria-label=lang.invitation_link()/>
                </div>
                <p class="hint" dir="auto">{about}</p>
                {picture}
                <form method="post" action=revoke>
                    {hidden(fields)}
                    <button class="danger">{lang.revoke_link()}</button>
                </form>
            </li>
        }
        .into_any()
    };
    view! { <ul class="links">{links.into_iter().map(line).collect_view()}</ul> }.into_any()
}
