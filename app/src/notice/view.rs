//! What shows and sounds when there is news: by the system where the browser lets it, else within the
//! page; and the mark on the page's icon.

use super::{Choice, Known, Seen};
use crate::{
    i18n::use_lang,
    ids::RoomId,
    message::reply::summary,
    room::{Room, RoomKind, sidebar::unread_total},
    sync::{
        storage,
        store::{Store, use_store},
    },
    ui::{
        address::Address,
        avatar::{Avatar, AvatarSize},
        browser::{fits, is_watched},
        erased::{Line, effect, keyed_list, when},
        icon::{Icon, IconName},
        notice as browser,
    },
};
use gloo_timers::future::TimeoutFuture;
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

/// Whoever looks at it meanwhile, here or on another device, is not disturbed; milliseconds.
const PATIENCE: u32 = 1_000;
/// How long a notice stands in the page, in milliseconds.
const SHOWN: u32 = 8_000;
/// So many stand in the page at once.
const SHOWN_MAX: usize = 3;

/// Where the list has the page for itself (`style/shell.css`).
const NARROW: &str = "(width < 47.5rem)";

/// A notice in the page.
#[derive(Debug, Clone, PartialEq)]
struct Toast {
    number: u64,
    room: Room,
    title: String,
    words: String,
}

/// Tells of what is new; `known` before the page looked.
#[component]
pub fn Notices(known: Vec<Seen>) -> impl IntoView {
    let store = use_store();
    let lang = use_lang();
    let address: Address = expect_context();
    let known = StoredValue::new(Known::of(known));
    let toasts = RwSignal::new(Vec::<Toast>::new());
    let count = StoredValue::new(0_u64);
    let me = store.me.with_untracked(|me| me.id);
    let tell = move |room: RoomId, seq: i64| async move {
        TimeoutFuture::new(PATIENCE).await;
        let Some(Some((room, title, words))) = store.rooms.try_with_untracked(|rooms| {
            let room = rooms.get(&room).filter(|room| is_news(store, room, seq))?;
            let last = room.last.as_ref()?;
            let words = summary(store, last, lang).chars().take(160).collect::<String>();
            let (title, sender) = (store.title(room, lang), store.name(last.sender));
            Some(match room.kind {
                RoomKind::Group => (room.clone(), format!("{sender} · {title}"), words),
                RoomKind::Direct => (room.clone(), title, words),
            })
        }) else {
            return;
        };
        let choice = choice(store);
        let now = store.zone.with_untracked(|zone| zone.local(store.server_time()));
        if choice.is_quiet(now.hour * 60 + now.minute) {
            return;
        }
        // The list is all that is seen, and says it.
        let is_listed = address.path.get_untracked() == "/" && fits(NARROW);
        if is_watched() && !is_listed {
            count.update_value(|count| *count += 1);
            let number = count.get_value();
            toasts.update(|toasts| {
                toasts.retain(|toast| toast.room.id != room.id);
                toasts.push(Toast { number, room, title, words });
                toasts.drain(..toasts.len().saturating_sub(SHOWN_MAX));
            });
            spawn_local(async move {
                TimeoutFuture::new(SHOWN).await;
                toasts.try_update(|toasts| toasts.retain(|toast| toast.number != number));
            });
        } else if !is_watched() && store.asks() && choice.desktop {
            let id = room.id;
            browser::show(&title, &words, &id.to_string(), move || {
                address.go(&format!("/room/{id}"));
            });
        }
        if store.asks() && choice.sound {
            browser::sound();
        }
    };
    effect(move || {
        let calls: Vec<_> = store.rooms.with(|rooms| {
            let calls = known.try_update_value(|known| {
                let calls = known.calls(rooms.values(), me).into_iter();
                calls.map(|room| (room.id, room.last_seq)).collect()
            });
            calls.unwrap_or_default()
        });
        for (room, seq) in calls {
            spawn_local(tell(room, seq));
        }
    });
    // What is read meanwhile, or open, needs no notice any more.
    effect(move || {
        let path = address.path.get();
        let is_read =
            |id| store.rooms.with(|rooms| rooms.get(&id).is_none_or(|room| room.stir() == 0));
        let is_stale =
            |toast: &Toast| is_read(toast.room.id) || path == format!("/room/{}", toast.room.id);
        if toasts.with(|toasts| toasts.iter().any(is_stale)) {
            toasts.update(|toasts| toasts.retain(|toast| !is_stale(toast)));
        }
    });
    effect(move || browser::mark_icon(unread_total(store) > 0));
    let lines = move || {
        let line =
            |toast: Toast| Line::new((1, toast.number, 0), move || drawn(toast.clone(), toasts));
        toasts.with(|toasts| toasts.iter().cloned().map(line).collect())
    };
    view! { <div role="status" aria-label=lang.notices()><ul class="notices">{keyed_list(lines)}</ul></div> }
        .into_any()
}

fn drawn(toast: Toast, toasts: RwSignal<Vec<Toast>>) -> AnyView {
    let lang = use_lang();
    let store = use_store();
    let address: Address = expect_context();
    let Toast { number, room, title, words } = toast;
    let close = move || toasts.update(|toasts| toasts.retain(|toast| toast.number != number));
    let path = format!("/room/{}", room.id);
    let go = {
        let path = path.clone();
        when(move |event: MouseEvent| {
            event.prevent_default();
            close();
            address.go(&path);
        })
    };
    view! {
        <li class="notice">
            <a href=path on:click=go>
                <Avatar
                    name=store.title(&room, lang)
                    picture=store.picture(&room)
                    size=AvatarSize::Small
                    group=room.kind == RoomKind::Group
                />
                <span class="what">
                    <span class="name" dir="auto">{title}</span>
                    <span class="last" dir="auto">{words}</span>
                </span>
            </a>
            <button
                type="button"
                class="icon-button"
                aria-label=lang.close()
                title=lang.close()
                on:click=when(move |_| close())
            >
                <Icon name=IconName::X/>
            </button>
        </li>
    }
    .into_any()
}

/// Whether nobody has looked at this message of the room yet.
fn is_news(store: Store, room: &Room, seq: i64) -> bool {
    room.stir() > 0 && room.last_read_seq < seq && store.reading.get_untracked() != Some(room.id)
}

/// What this device does about news.
pub(super) fn choice(store: Store) -> Choice {
    storage::notices(store.me.with_untracked(|me| me.id))
}
