//! The page of who has logged in: what it starts with, and its panes.

use crate::{
    error::Error,
    i18n::{Lang, use_lang},
    ids::RoomId,
    later,
    media::{
        upload::keep_files_out,
        waiting::{Lightbox, Uploads},
    },
    message::view::PendingView,
    notice,
    preference::OFFSET_COOKIE,
    record::record,
    room::{
        conversation::Conversation,
        header::LinkBanner,
        sidebar::{Sidebar, unread_total},
    },
    search::looking::Looking,
    sync::{
        Snapshot, driver,
        outbox::Entry,
        store::{Store, use_store},
    },
    ui::{
        address::Address,
        browser,
        erased::{Key, Line, effect, keyed_list, live, memo, shown_if},
        form::Left,
        icon::{Icon, IconName},
        page::{self, set_status},
    },
};
use leptos::prelude::*;

record! {
    /// What the page is made of. The server draws it, and sends it along for the browser, which makes
    /// the same of it.
    #[derive(Debug, Clone)]
    pub struct Start {
        pub snapshot: Snapshot,
        /// What a form without JavaScript left.
        pub left: Option<Left>,
    }
}

/// What is shown of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    List,
    Groups,
    Settings,
    Room(Option<RoomId>),
}

impl Pane {
    /// What the page shows at this path.
    #[must_use]
    pub fn at(path: &str) -> Self {
        match path.trim_end_matches('/').strip_prefix("/room/") {
            Some(id) => Self::Room(id.parse().ok()),
            None if path.starts_with("/groups") => Self::Groups,
            None if path.starts_with("/settings") => Self::Settings,
            None => Self::List,
        }
    }

    /// The path that it is shown at: for any text that [`Pane::at`] was given, one of this page.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Room(Some(id)) => format!("/room/{id}"),
            Self::Groups => "/groups".into(),
            Self::Settings => "/settings".into(),
            Self::List | Self::Room(None) => "/".into(),
        }
    }

    fn key(self) -> Key {
        match self {
            Self::List => (0, 0, 0),
            Self::Settings => (1, 0, 0),
            Self::Room(id) => (2, id.map_or(0, |id| id.0.unsigned_abs()), 0),
            Self::Groups => (3, 0, 0),
        }
    }

    /// The room that is open.
    #[must_use]
    pub fn room(self) -> Option<RoomId> {
        match self {
            Self::Room(id) => id,
            Self::List | Self::Groups | Self::Settings => None,
        }
    }
}

/// Where somebody who wanted to see this path, with its query, is led after the log-in: a pane of this page,
/// and the message that the address names.
#[must_use]
pub fn led_on(wanted: &str) -> String {
    let (path, query) = wanted.split_once('?').unwrap_or((wanted, ""));
    let pane = Pane::at(path);
    let at = query.split('&').find_map(|pair| pair.strip_prefix("at=")?.parse::<u32>().ok());
    match (pane.room(), at) {
        (Some(_), Some(at)) => format!("{}?at={at}", pane.path()),
        _ => pane.path(),
    }
}

/// The address that [`led_on`] leads to, with the place on the page.
#[must_use]
pub fn landing(wanted: &str) -> String {
    let place = led_on(wanted);
    match place.split_once("?at=") {
        Some((_, at)) => format!("{place}#m-{at}"),
        None => place,
    }
}

/// The whole page.
#[component]
pub fn ChatPage(start: Start) -> impl IntoView {
    page::prepare();
    provide_context(start.left);
    let lang = use_lang();
    let address = Address::new(page::path());
    provide_context(address);
    let pane = memo(move || address.path.with(|path| Pane::at(path)));
    let open = memo(move || pane.get().room());
    let store = Store::new(start.snapshot, page::preferences().offset);
    provide_context(store);
    provide_context(Uploads::new());
    provide_context(Looking::new());
    let shown_large = RwSignal::new(None);
    provide_context(Lightbox(shown_large));
    effect(move || {
        keep_files_out();
        browser::set_cookie(OFFSET_COOKIE, &browser::offset_at(browser::now()).to_string());
        address.follow(move |path, place| {
            store.find.set(Pane::at(path).room().map(|room| (room, place)));
        });
        store.arrive();
        driver::start(store);
        store.awake.set(true);
    });
    // What tells of news is loaded with the first.
    let known = StoredValue::new(
        store.rooms.with_untracked(|rooms| rooms.values().map(notice::seen).collect::<Vec<_>>()),
    );
    let stirred = RwSignal::new(false);
    let last = StoredValue::new(i64::MAX);
    effect(move || {
        let total = unread_total(store);
        if total > last.get_value() {
            stirred.set(true);
        }
        last.set_value(total);
    });
    let shown = live(move || if pane.get() == Pane::List { "list" } else { "room" });
    // Each with a key of its own, so that nothing of one room is carried into another.
    let panes = move || {
        let pane = pane.get();
        vec![Line::new(pane.key(), move || match pane {
            Pane::List => view! { <NoRoomPane/> }.into_any(),
            Pane::Groups => later::groups(),
            Pane::Settings => later::settings(),
            Pane::Room(id) => view! { <RoomPane id/> }.into_any(),
        })]
    };
    view! {
        <a class="skip" href="#main">{lang.skip()}</a>
        <div class="app" data-open=shown data-awake=live(move || store.awake.get().then_some(""))>
            <Sidebar open/>
            {keyed_list(panes)}
            {shown_if(
                move || stirred.get(),
                move || later::notices(known.get_value()),
            )}
            {shown_if(move || shown_large.with(Option::is_some), later::lightbox)}
        </div>
    }
}

#[component]
fn RoomPane(id: Option<RoomId>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let known = move || id.filter(|id| store.rooms.with(|rooms| rooms.contains_key(id)));
    let open = memo(known);
    if open.get_untracked().is_none() {
        set_status(&Error::NotFound);
    }
    live(move || match open.get() {
        Some(id) => view! { <Conversation id/> }.into_any(),
        // Made a moment ago; the next answer brings it.
        None if store.awaited.get() == id => view! { <Loading/> }.into_any(),
        // What did not get there in time is not lost.
        None => view! {
            <EmptyPane title=Lang::room_not_found>
                <p>{lang.error_not_found()}</p>
                <a class="secondary" href="/">{lang.back()}</a>
                <ol>{live(move || unsent(store, id))}</ol>
            </EmptyPane>
        }
        .into_any(),
    })
}

/// What waits to be sent to a room, or was refused.
fn unsent(store: Store, room: Option<RoomId>) -> Vec<AnyView> {
    let drawn = |entry: &Entry| view! { <PendingView entry=entry.clone() last=true/> }.into_any();
    store.outbox.with(|outbox| outbox.of_room(room.unwrap_or(RoomId(0))).map(drawn).collect())
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
    let page_title = move || match unread_total(store) {
        0 => "SampleIM".to_owned(),
        unread => format!("({unread}) SampleIM"),
    };
    view! {
        {page::title(page_title)}
        <main class="room" id="main" tabindex="-1">
            <LinkBanner/>
            <div class="empty">
                <Icon name=IconName::MESSAGE_CIRCLE/>
                <h1>{title(lang)}</h1>
                {children()}
            </div>
        </main>
    }
}

/// While a room is on its way.
#[component]
fn Loading() -> impl IntoView {
    view! { <main class="room" id="main" aria-busy="true"><div class="skeleton"></div></main> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_what_is_shown() {
        assert_eq!(Pane::at("/"), Pane::List);
        assert_eq!(Pane::at("/settings"), Pane::Settings);
        assert_eq!(Pane::at("/groups"), Pane::Groups);
        assert_eq!(Pane::at("/room/7/"), Pane::Room(Some(RoomId(7))));
        assert_eq!(Pane::at("/room/x"), Pane::Room(None));
    }

    #[test]
    fn a_pane_s_path_stays_on_this_page() {
        for path in ["/", "/settings", "/room/7"] {
            assert_eq!(Pane::at(path).path(), path);
        }
        for other in ["", "//evil.example", "https://evil.example", "/room/x\r\n", "/room/é"] {
            assert_eq!(Pane::at(other).path(), "/", "{other}");
        }
    }

    #[test]
    fn the_log_in_leads_to_a_message_and_to_nothing_else() {
        assert_eq!(led_on("/room/7?before=3&at=5&x"), "/room/7?at=5");
        assert_eq!(landing("/room/7?at=5"), "/room/7?at=5#m-5");
        assert_eq!(landing("/room/7?before=3"), "/room/7");
        assert_eq!(landing("/settings?at=5"), "/settings");
        for other in ["https://evil.example?at=5", "/room/x?at=5", "?at=5", "//evil.example"] {
            assert_eq!(landing(other), "/", "{other}");
        }
        assert_eq!(landing("/room/7?at=-1"), "/room/7");
        assert_eq!(landing("/room/7?at=5\r\nx: y"), "/room/7");
    }
}
