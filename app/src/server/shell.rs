//! The document around each page.

use crate::{
    ChatPage, Pane, Start,
    account::{
        Admission, BANNER_COOKIE, SessionLine,
        gate::{Arrival, LoginPage, RegisterPage, ResetPage},
        sessions::SessionsPage,
    },
    admin::frame::{self, View},
    error::Error,
    i18n::use_lang,
    ids::RoomId,
    invitation::{
        Invited,
        page::{Coded, Guest, InvitationOverPage, InvitationsPage, JoinPage},
    },
    search::page::{SearchPage, Searched},
    sync::{Snapshot, store::Store},
    ui::{
        address::Address,
        form::Left,
        icon::{Icon, IconName},
        page,
    },
};
use axum::http::{HeaderValue, header::CONTENT_SECURITY_POLICY};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title};
use serde::Deserialize;

/// Where the page's files are; their names change with their content.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Assets {
    pub js: String,
    pub wasm: String,
    pub css: String,
    /// The style of what a conversation is not first shown with.
    pub later_css: String,
    /// The style of the administration area alone.
    pub admin_css: String,
}

/// What stands in a document.
#[derive(Debug, Clone)]
pub enum Content {
    /// A page that the browser makes a living one.
    Chat(Box<Start>),
    /// What was looked for without JavaScript.
    Search(Box<(Snapshot, Searched)>),
    LogIn(Arrival, Option<Left>),
    Register(Admission, Arrival, Option<Left>),
    /// What a link opens, to whom.
    Join(Invited, Guest, Option<Left>),
    /// A link that does not work.
    InvitationOver,
    /// The links into a group; whether something was done a moment ago.
    Invitations(RoomId, Vec<Coded>, Option<Left>, bool),
    /// To choose a password: the link's token, whose it is if it can be used.
    Reset(String, Option<String>, Option<Left>),
    /// One's own sessions; whether something was ended a moment ago.
    Sessions(Vec<SessionLine>, Option<Left>, bool),
    /// A page of the administration area.
    Admin(Box<View>),
    /// There is no such page.
    NotFound,
    /// The page could not be made; the browser tries again by itself.
    Failed(Error),
}

/// A whole document. Scripts run only with the nonce of this answer.
pub fn document(assets: &Assets, content: Content) -> AnyView {
    page::prepare();
    let preferences = page::preferences();
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    set_policy(&nonce);
    let is_conversation = matches!(content, Content::Chat(_))
        && matches!(Pane::at(&page::path()), Pane::List | Pane::Room(_));
    let (head, body) = match content {
        Content::Chat(start) => {
            let head = life(assets, &nonce, &start);
            let links = way_to_links(&start.snapshot);
            let page = view! { <ChatPage start=*start/> }.into_any();
            let on_top: Vec<_> = [announcement(), links].into_iter().flatten().collect();
            let page = match on_top.is_empty() {
                true => page,
                false => view! { {page} {on_top} }.into_any(),
            };
            (head, page)
        }
        Content::Search(content) => {
            let (snapshot, searched) = *content;
            provide_context(Address::new(page::path()));
            provide_context(Store::new(snapshot, preferences.offset));
            (().into_any(), view! { <SearchPage searched/> }.into_any())
        }
        Content::LogIn(arrival, left) => {
            provide_context(left);
            (gate_head(assets, &nonce), view! { <LoginPage arrival/> }.into_any())
        }
        Content::Register(admission, arrival, left) => {
            provide_context(left);
            (gate_head(assets, &nonce), view! { <RegisterPage admission arrival/> }.into_any())
        }
        Content::Join(invited, guest, left) => {
            provide_context(left);
            (().into_any(), view! { <JoinPage invited guest/> }.into_any())
        }
        Content::InvitationOver => (().into_any(), view! { <InvitationOverPage/> }.into_any()),
        Content::Invitations(room, links, left, done) => {
            let page = view! { <InvitationsPage room links left done now=super::now()/> };
            (().into_any(), page.into_any())
        }
        Content::Reset(token, name, left) => {
            provide_context(left);
            (gate_head(assets, &nonce), view! { <ResetPage token name/> }.into_any())
        }
        Content::Sessions(sessions, left, done) => {
            let page = view! { <SessionsPage sessions left done now=super::now()/> };
            (().into_any(), page.into_any())
        }
        Content::Admin(view) => {
            let css = assets.admin_css.clone();
            (view! { <link rel="stylesheet" href=css/> }.into_any(), frame::area(*view))
        }
        Content::NotFound => (().into_any(), view! { <NotFoundPage/> }.into_any()),
        Content::Failed(error) => {
            let again = view! { <meta http-equiv="refresh" content="3"/> };
            (again.into_any(), view! { <FailedPage error/> }.into_any())
        }
    };
    view! {
        <!DOCTYPE html>
        <html
            lang=preferences.lang.tag()
            data-theme=preferences.theme.as_str()
            data-offset=preferences.offset.to_string()
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content="The messenger of this network"/>
                <link rel="stylesheet" href=assets.css.clone()/>
                {later_style(&assets.later_css, is_conversation)}
                <link rel="icon" href="/icon.svg" r#type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                {head}
                <MetaTags/>
            </head>
            <body>{body}</body>
        </html>
    }
    .into_any()
}

/// The style of what is not first shown: at once; or, by a living page, when some of it is opened
/// (`later::styled`).
fn later_style(css: &str, when_opened: bool) -> AnyView {
    let css = css.to_owned();
    if when_opened {
        view! {
            <link rel="alternate" r#type="text/css" id="later" href=css.clone()/>
            <noscript><link rel="stylesheet" href=css/></noscript>
        }
        .into_any()
    } else {
        view! { <link rel="stylesheet" href=css/> }.into_any()
    }
}

/// What makes a page a living one: the program, and what it starts with.
fn life(Assets { js, wasm, .. }: &Assets, nonce: &str, start: &Start) -> AnyView {
    let script = format!(
        "import init, {{ hydrate }} from {js:?};\nawait init({{ module_or_path: {wasm:?} }});\nhydrate();"
    );
    // No `<` can end the element early. What cannot be written is a page that stays as it is.
    let start = serde_json::to_string(start).unwrap_or_default().replace('<', "\\u003c");
    let (js, wasm, nonce) = (js.clone(), wasm.clone(), nonce.to_owned());
    view! {
        <link rel="modulepreload" href=js/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="application/json" id="start" inner_html=start></script>
        <script type="module" nonce=nonce>{script}</script>
    }
    .into_any()
}

/// Before the log-in: a few lines of script, and the program fetched ahead of its use.
fn gate_head(Assets { js, wasm, .. }: &Assets, nonce: &str) -> AnyView {
    let (js, wasm, nonce) = (js.clone(), wasm.clone(), nonce.to_owned());
    view! {
        <link rel="prefetch" href=js r#as="script" crossorigin=""/>
        <link rel="prefetch" href=wasm r#as="fetch" crossorigin=""/>
        <script type="module" src="/gate.js" nonce=nonce></script>
    }
    .into_any()
}

/// What an administrator tells everybody, until they close it. It stands behind the page, whose program
/// does not know of it; the style puts it on top.
fn announcement() -> Option<AnyView> {
    let rules = use_context::<super::App>()?.rules();
    let parts = use_context::<axum::http::request::Parts>()?;
    let closed = super::session::cookie_of(&parts.headers, BANNER_COOKIE);
    let id = rules.banner_at.to_string();
    if rules.banner.is_empty() || closed.as_ref() == Some(&id) {
        return None;
    }
    let lang = use_lang();
    let view = view! {
        <aside class="banner announcement" aria-label=lang.announcement_label()>
            <span dir="auto">{rules.banner.clone()}</span>
            <form method="post" action="/api/close_banner">
                <input type="hidden" name="banner" value=id/>
                <button>{lang.close()}</button>
            </form>
        </aside>
    };
    Some(view.into_any())
}

/// The way to the links into the group that is open, for who manages it and has no JavaScript: in place
/// of the sheet of its details. As with the announcement, the page's program does not know of it.
fn way_to_links(snapshot: &Snapshot) -> Option<AnyView> {
    let open = snapshot.open.as_ref()?.room;
    snapshot.rooms.iter().find(|room| room.id == open).filter(|room| room.is_managed())?;
    let view = view! {
        <p class="banner announcement scriptless">
            <a href=format!("/room/{open}/invitations")>{use_lang().invite_by_link()}</a>
        </p>
    };
    Some(view.into_any())
}

#[component]
fn NotFoundPage() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Title text="SampleIM"/>
        <main class="empty" id="main">
            <Icon name=IconName::MESSAGE_CIRCLE/>
            <h1>{lang.page_not_found()}</h1>
            <a class="secondary" href="/">{lang.to_start()}</a>
        </main>
    }
}

#[component]
fn FailedPage(error: Error) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Title text="SampleIM"/>
        <main class="empty" id="main">
            <Icon name=IconName::WIFI_OFF/>
            <h1>{lang.reconnecting()}</h1>
            <p role="alert">{lang.error(&error)}</p>
            <a class="secondary" href="">{lang.retry()}</a>
        </main>
    }
}

/// The content security policy of this answer: only our own files, only scripts with its nonce.
fn set_policy(nonce: &str) {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let (Some(response), Ok(policy)) =
        (use_context::<leptos_axum::ResponseOptions>(), HeaderValue::try_from(policy))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
