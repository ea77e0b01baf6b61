//! The pages and their addresses.

use crate::{
    account::{
        gate::{LoginPage, RegisterPage},
        settings::SettingsPane,
    },
    error::Error,
    i18n::{Lang, use_lang},
    ids::RoomId,
    media::view::{Lightbox, LightboxView, Uploads},
    preference::OFFSET_COOKIE,
    room::{
        conversation::{Conversation, LinkBanner},
        sidebar::Sidebar,
    },
    sync::{
        Snapshot,
        api::snapshot,
        driver,
        store::{Store, use_store},
    },
    ui::{
        browser,
        icon::{Icon, IconName},
        page::{preferences, set_status},
    },
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Redirect, Route, Router, Routes},
    hooks::use_location,
    path,
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let preferences = preferences();
    let lang = preferences.lang;
    provide_context(lang);
    provide_context(RwSignal::new(preferences.theme));
    view! {
        <Router>
            <a class="skip" href="#main" rel="external">{lang.skip()}</a>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=ChatPage ssr=SsrMode::Async>
                    <Route path=path!("") view=NoRoomPane/>
                    <Route path=path!("/room/:id") view=RoomPane/>
                    <Route path=path!("/settings") view=SettingsPane/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// What is shown of the chat page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pane {
    List,
    Settings,
    Room(Option<RoomId>),
}

fn pane(path: &str) -> Pane {
    match path.trim_end_matches('/').strip_prefix("/room/") {
        Some(id) => Pane::Room(id.parse().ok()),
        None if path.starts_with("/settings") => Pane::Settings,
        None => Pane::List,
    }
}

/// Everything behind the log-in: starts with a snapshot.
#[component]
fn ChatPage() -> impl IntoView {
    let location = use_location();
    let pane = Memo::new(move |_| pane(&location.pathname.get()));
    let open = Memo::new(move |_| match pane.get() {
        Pane::Room(id) => id,
        Pane::List | Pane::Settings => None,
    });
    let before = location.query.with_untracked(|query| query.get("before"));
    let before = before.and_then(|before| before.parse().ok());
    let start = Resource::new_blocking(|| (), move |()| snapshot(open.get_untracked(), before));
    let page = move || {
        Suspend::new(async move {
            match start.await {
                Ok(snapshot) => view! { <Chat snapshot pane open/> }.into_any(),
                Err(Error::Unauthenticated) => view! { <Redirect path="/login"/> }.into_any(),
                Err(error) => view! { <FailedPage error/> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=Loading>{page}</Suspense> }
}

#[component]
fn Chat(snapshot: Snapshot, pane: Memo<Pane>, open: Memo<Option<RoomId>>) -> impl IntoView {
    let store = Store::new(snapshot, preferences().offset);
    provide_context(store);
    provide_context(Uploads::new());
    provide_context(Lightbox(RwSignal::new(None)));
    Effect::new(move |_| {
        browser::set_cookie(OFFSET_COOKIE, &browser::offset_at(browser::now()).to_string());
        store.arrive();
        driver::start(store);
    });
    let shown = move || if pane.get() == Pane::List { "list" } else { "room" };
    view! {
        <div class="app" data-open=shown>
            <Sidebar open/>
            <Outlet/>
            <LightboxView/>
        </div>
    }
}

#[component]
fn RoomPane() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let location = use_location();
    let open = Memo::new(move |_| match pane(&location.pathname.get()) {
        Pane::Room(id) => id.filter(|id| store.rooms.with(|rooms| rooms.contains_key(id))),
        Pane::List | Pane::Settings => None,
    });
    if open.get_untracked().is_none() {
        set_status(&Error::NotFound);
    }
    let not_found = move || {
        open.get().is_none().then(|| {
            view! {
                <EmptyPane title=Lang::room_not_found>
                    <p>{lang.error(&Error::NotFound)}</p>
                    <a class="secondary" href="/">{lang.back()}</a>
                </EmptyPane>
            }
        })
    };
    view! {
        // Keyed, so that nothing of one room is carried into another.
        <For each=move || open.get() key=|id| *id let:id>
            <Conversation id/>
        </For>
        {not_found}
    }
}

#[component]
fn NoRoomPane() -> impl IntoView {
    let lang = use_lang();
    view! {
        <EmptyPane title=Lang::choose_room>
            <p>{lang.choose_room_words()}</p>
        </EmptyPane>
    }
}

/// A pane without a room.
#[component]
fn EmptyPane(title: fn(Lang) -> &'static str, children: Children) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let page_title = move || match crate::room::sidebar::unread_total(store) {
        0 => "SampleIM".to_owned(),
        unread => format!("({unread}) SampleIM"),
    };
    view! {
        <Title text=page_title/>
        <main class="room" id="main" tabindex="-1">
            <LinkBanner/>
            <div class="empty">
                <Icon name=IconName::MessageCircle/>
                <h1>{title(lang)}</h1>
                {children()}
            </div>
        </main>
    }
}

/// While the first answer is on its way.
#[component]
fn Loading() -> impl IntoView {
    view! { <main class="app" aria-busy="true"><div class="skeleton"></div></main> }
}

/// The first answer was an error.
#[component]
fn FailedPage(error: Error) -> impl IntoView {
    let lang = use_lang();
    set_status(&error);
    // Tried again by itself: whoever waits in front of the page need not do anything.
    Effect::new(move |_| {
        set_timeout(|| browser::go(""), std::time::Duration::from_secs(3));
    });
    view! {
        <Title text="SampleIM"/>
        <main class="empty" id="main" tabindex="-1">
            <Icon name=IconName::WifiOff/>
            <h1>{lang.reconnecting()}</h1>
            <p role="alert">{lang.error(&error)}</p>
            <a class="secondary" href="">{lang.retry()}</a>
        </main>
    }
}

#[component]
fn NotFoundPage() -> impl IntoView {
    let lang = use_lang();
    set_status(&Error::NotFound);
    view! {
        <Title text="SampleIM"/>
        <main class="empty" id="main" tabindex="-1">
            <Icon name=IconName::MessageCircle/>
            <h1>{lang.page_not_found()}</h1>
            <a class="secondary" href="/">{lang.to_start()}</a>
        </main>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_what_is_shown() {
        assert_eq!(pane("/"), Pane::List);
        assert_eq!(pane("/settings"), Pane::Settings);
        assert_eq!(pane("/room/7/"), Pane::Room(Some(RoomId(7))));
        assert_eq!(pane("/room/x"), Pane::Room(None));
    }
}
