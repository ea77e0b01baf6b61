//! What stands at the edges of a conversation: how it begins, what is missing above, and the ways to its
//! newest and to its first unread message.

use super::loading::Loading;
use crate::{
    i18n::use_lang,
    ids::RoomId,
    message::rows::Row,
    sync::{store::Store, timeline::Timeline},
    ui::{
        avatar::{Avatar, AvatarSize},
        erased::{effect, live, shown_if, when},
        icon::{Icon, IconName},
        scroll,
    },
};
use leptos::{ev, html::Div, prelude::*};

/// Where a conversation begins, if that is in the page.
pub fn begin(
    store: Store,
    id: RoomId,
    title: Memo<String>,
    lines: Memo<Vec<Row>>,
) -> impl IntoView {
    let lang = use_lang();
    let timeline = store.timeline(id);
    let is_group = store.is_group(id);
    let picture = Signal::derive(move || {
        store.rooms.with(|rooms| rooms.get(&id).and_then(|room| store.picture(room)))
    });
    live(move || {
        let complete = timeline.with(|t| t.is_loaded() && !t.has_older());
        complete.then(|| {
            let empty = lines.with(Vec::is_empty);
            let words = if empty { lang.say_hello() } else { lang.begins_here() };
            view! {
                <li class="begin">
                    <Avatar name=title picture group=is_group size=AvatarSize::Large/>
                    <h2 dir="auto">{title}</h2>
                    <p>{words}</p>
                </li>
            }
            .into_any()
        })
    })
}

/// The way to what is further up.
pub fn older(id: RoomId, loading: Loading) -> impl IntoView {
    let lang = use_lang();
    live(move || {
        let (first, has_older) = loading.timeline.with(|t| (t.first(), t.has_older()));
        has_older.then(|| {
            view! {
                <li class="older-row">
                    <a
                        class="older"
                        href=format!("/room/{id}?before={}", first.unwrap_or_default())
                        aria-busy=live(move || loading.busy.get().to_string())
                        on:click=when(move |event: ev::MouseEvent| {
                            event.prevent_default();
                            loading.load_older();
                        })
                    >
                        {lang.older()}
                    </a>
                </li>
            }
            .into_any()
        })
    })
}

/// What is shown until messages are there, and why they are not.
pub fn waiting(loading: Loading) -> impl IntoView {
    let lang = use_lang();
    live(move || {
        let loaded = loading.timeline.with(Timeline::is_loaded);
        match loading.failed.get() {
            Some(error) => view! {
                <li class="empty">
                    <p role="alert">{lang.usual_error(&error)}</p>
                    <button type="button" class="secondary" on:click=when(move |_| loading.retry())>
                        {lang.retry()}
                    </button>
                </li>
            }
            .into_any(),
            None if !loaded => view! {
                <li class="skeleton" aria-hidden="true"></li>
                <li class="skeleton" aria-hidden="true"></li>
                <li class="skeleton" aria-hidden="true"></li>
            }
            .into_any(),
            None => ().into_any(),
        }
    })
}

/// A button that leads to the newest message, with how many are unread, while that is out of sight.
pub fn to_newest(
    store: Store,
    id: RoomId,
    scroller: NodeRef<Div>,
    at_end: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    shown_if(
        move || !at_end.get(),
        move || {
            let unread = move || store.rooms.with(|rooms| rooms.get(&id).map_or(0, |r| r.unread));
            let badge = live(move || {
                let count = unread();
                (count > 0).then(|| view! { <span class="badge">{count}</span> }.into_any())
            });
            view! {
                <button
                    type="button"
                    class="jump"
                    aria-label=lang.to_newest()
                    on:click=when(move |_| {
                        if let Some(scroller) = scroller.get() {
                            scroll::to_end(&scroller);
                            // The button goes, and the focus would with it.
                            let _ = scroller.focus();
                        }
                    })
                >
                    <Icon name=IconName::ARROW_DOWN/>
                    {badge}
                </button>
            }
            .into_any()
        },
    )
}

/// A link to the first unread message, the one after the place `new_after`, while it is not in the page: of
/// many only the newest are here at first.
pub fn to_unread(store: Store, id: RoomId, new_after: RwSignal<Option<i64>>) -> impl IntoView {
    let lang = use_lang();
    let timeline = store.timeline(id);
    let is_held = move |after: i64| timeline.with(|t| t.get(after + 1).is_some());
    let is_far = move || {
        timeline.with(Timeline::is_loaded) && new_after.get().is_some_and(|after| !is_held(after))
    };
    // What was in the page once is not looked for again when it has left it.
    let in_page = StoredValue::new(None);
    effect(move || {
        let Some(after) = new_after.get() else { return };
        if is_held(after) {
            in_page.set_value(Some(after));
        } else if in_page.get_value() == Some(after) {
            new_after.set(None);
        }
    });
    shown_if(is_far, move || {
        let seq = new_after.get_untracked().unwrap_or_default() + 1;
        let go = when(move |event: ev::MouseEvent| {
            event.prevent_default();
            store.find.set(Some((id, seq)));
        });
        view! {
            <a class="jump first-unread" href=format!("/room/{id}?at={seq}#m-{seq}") on:click=go>
                {lang.to_unread()}
            </a>
        }
        .into_any()
    })
}
