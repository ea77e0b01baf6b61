//! A room that is open: its header, its messages, and where one writes.

use super::{
    details::Details,
    edges::{begin, older, to_newest, to_unread, waiting},
    header::{Header, LinkBanner},
    loading::Loading,
    reading::{keep_place, look, read_along},
    sidebar::page_title,
};
use crate::{
    i18n::use_lang,
    ids::RoomId,
    later,
    media::{
        upload::{drags_files, list},
        waiting::Uploads,
    },
    message::{
        Kind, Message,
        actions::Acting,
        composer::Composer,
        rows::{Row, rows},
        seen::NewestOwn,
        view::{MessageView, PendingView},
    },
    sync::store::use_store,
    ui::{
        browser,
        erased::{Line, effect, keyed_list, live, memo, when},
        page, scroll,
    },
};
use leptos::{ev, html::Div, prelude::*};

/// The pane of one room.
#[component]
pub fn Conversation(id: RoomId) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let uploads: Uploads = expect_context();
    let room = memo(move || store.rooms.with(|rooms| rooms.get(&id).cloned()));
    let title = memo(move || {
        room.with(|room| room.as_ref().map(|room| store.title(room, lang))).unwrap_or_default()
    });
    store.shown.set_value(Some(id));
    on_cleanup(move || {
        if store.shown.get_value() == Some(id) {
            store.shown.set_value(None);
        }
    });
    let me = store.me.with_untracked(|me| me.id);
    let timeline = store.timeline(id);
    provide_context(NewestOwn(memo(move || {
        let is_own = |message: &&Message| {
            message.sender == me && !message.deleted && message.kind != Kind::Event
        };
        timeline.with(|t| t.messages().rev().find(is_own).map(|message| message.seq))
    })));
    provide_context(Acting::nowhere());
    let archived = move || room.with(|room| room.as_ref().is_some_and(|r| r.archived));
    let closed = memo(move || {
        let peer = room.with(|room| store.peer(room.as_ref()?));
        archived() || peer.is_some_and(|peer| peer.is_gone())
    });
    let composer = live(move || {
        if closed.get() {
            let why = if archived() { lang.error_archived() } else { lang.person_is_gone() };
            view! {
                <div class="composer">
                    <p class="closed">{why}</p>
                </div>
            }
            .into_any()
        } else {
            view! { <Composer room=id title/> }.into_any()
        }
    });
    let details = RwSignal::new(false);
    let dragging = RwSignal::new(false);
    let on_drop = when(move |event: ev::DragEvent| {
        if !drags_files(&event) {
            return;
        }
        dragging.set(false);
        let files = event.data_transfer().and_then(|data| data.files());
        if !closed.get_untracked() {
            uploads.bring(id, files.map(|files| list(&files)).unwrap_or_default());
        }
    });
    view! {
        {page::title(move || page_title(store, &title.get()))}
        <main
            class="room"
            id="main"
            tabindex="-1"
            class:dragging=dragging
            data-drop=lang.drop_here()
            on:dragover=when(move |event: ev::DragEvent| {
                if drags_files(&event) {
                    browser::later_style();
                    dragging.set(!closed.get_untracked());
                }
            })
            on:dragleave=when(move |_| dragging.set(false))
            on:drop=on_drop
        >
            <Header id title details/>
            <LinkBanner/>
            <Messages id title/>
            {composer}
            <Details id shown=details/>
        </main>
    }
    .into_any()
}

#[component]
fn Messages(id: RoomId, title: Memo<String>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let timeline = store.timeline(id);
    let scroller = NodeRef::<Div>::new();
    let at_end = RwSignal::new(store.places.with_value(|places| !places.contains_key(&id)));
    let loading = Loading::of(id);
    let (busy, failed) = (loading.busy, loading.failed);
    // Where the "new messages" line stands: before what came while nobody looked.
    let new_after = RwSignal::new(store.rooms.with_untracked(|rooms| {
        rooms.get(&id).filter(|room| room.unread > 0).map(|room| room.last_read_seq)
    }));
    let me = store.me.with_untracked(|me| me.id);
    let acting: Acting = expect_context();
    let lines = memo(move || {
        timeline.with(|timeline| {
            store.outbox.with(|outbox| {
                rows(timeline, outbox.of_room(id), me, new_after.get(), store.zone.get())
            })
        })
    });

    let opened = RwSignal::new(false);
    let settled = keep_place(store, id, scroller, lines, at_end, opened);
    loading.find(scroller, move |scroller| {
        at_end.set(scroll::is_at_end(scroller));
        look(store, id, scroller);
    });
    // What one says oneself is to be seen, wherever one was reading.
    effect(move || {
        if store.said.get() != Some(id) {
            return;
        }
        store.said.set(None);
        if let Some(scroller) = scroller.get_untracked() {
            store.places.update_value(|places| drop(places.remove(&id)));
            scroll::to_end(&scroller);
        }
    });
    let is_shown = move || opened.get() && at_end.get() && !loading.seeking.get();
    read_along(store, id, is_shown, new_after);
    // A gap in sight fills, page by page.
    effect(move || {
        lines.track();
        failed.track();
        busy.track();
        request_animation_frame(move || {
            if let Some(scroller) = scroller.try_get_untracked().flatten()
                && failed.try_get_untracked() == Some(None)
                && let Some(gap) = scroll::gap_in_sight(&scroller)
            {
                loading.fill(gap);
            }
        });
    });
    let on_scroll = when(move |_| {
        let Some(scroller) = scroller.get() else { return };
        at_end.set(scroll::is_at_end(&scroller));
        if settled.get_value() {
            look(store, id, &scroller);
        }
        if failed.get_untracked().is_some() {
            return;
        }
        if let Some(gap) = scroll::gap_in_sight(&scroller) {
            loading.fill(gap);
        } else if scroll::is_near_start(&scroller) {
            loading.load_older();
        }
    });

    let on_key = when(move |event: ev::KeyboardEvent| {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        if scroller.get_untracked().is_some_and(|scroller| scroll::step(&scroller, up)) {
            event.prevent_default();
        }
    });
    // Where all that is there is in sight, nothing scrolls.
    let on_wheel = when(move |event: ev::WheelEvent| {
        if event.delta_y() < 0.0
            && failed.get_untracked().is_none()
            && scroller.get_untracked().is_some_and(|scroller| scroll::is_near_start(&scroller))
        {
            loading.load_older();
        }
    });
    let rows = move || {
        let line = |row: Row| {
            Line::new(row.key(), move || view! { <RowView row lines loading/> }.into_any())
        };
        lines.get().into_iter().map(line).collect()
    };
    view! {
        {to_unread(store, id, new_after)}
        <div
            class="timeline"
            role="log"
            tabindex="0"
            aria-label=lang.messages()
            node_ref=scroller
            on:scroll=on_scroll
            on:wheel=on_wheel
            on:keydown=on_key
            on:pointerover=when(move |event: ev::PointerEvent| {
                if scroll::acts_by_pointing() && let Some(place) = scroll::place_of(&event) {
                    acting.approach(place);
                }
            })
            on:focusin=when(move |event: ev::FocusEvent| {
                if let Some(place) = scroll::place_of(&event) {
                    acting.point(place);
                }
            })
        >
            <ol>
                {begin(store, id, title, lines)}
                {older(id, loading)}
                {waiting(loading)}
                {keyed_list(rows)}
            </ol>
        </div>
        {to_newest(store, id, scroller, at_end)}
    }
    .into_any()
}

#[component]
fn RowView(row: Row, lines: Memo<Vec<Row>>, loading: Loading) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    match row {
        Row::Day(time) => {
            let zone = move || store.zone.get();
            let name =
                live(move || zone().local(time).day_name(zone().local(store.now.get()), lang));
            view! { <li class="day">{name}</li> }.into_any()
        }
        Row::Gap(seq) => view! {
            <li class="gap" data-before=seq.to_string()>
                <button type="button" class="older" on:click=when(move |_| loading.fill(scroll::Gap { seq, is_low: true }))>
                    {lang.messages_between()}
                </button>
            </li>
        }
        .into_any(),
        Row::Event(event) => {
            let id = format!("m-{}", event.seq);
            let words = live(move || store.event(&event, lang));
            view! { <li class="event" id=id dir="auto">{words}</li> }.into_any()
        }
        Row::New => view! { <li class="new">{lang.new_messages()}</li> }.into_any(),
        Row::Message { message, mine, first, last } => {
            let seq = message.seq;
            // The next message changes its place in its group, and not the line.
            let ends = Memo::new(move |before: Option<&(bool, bool)>| {
                let now = lines.with(|lines| lines.iter().rev().find_map(|row| row.ends(seq)));
                now.or(before.copied()).unwrap_or((first, last))
            });
            view! { <MessageView message mine ends/> }.into_any()
        }
        Row::Reactions(of) => view! { <li>{later::reactions(of)}</li> }.into_any(),
        Row::Pending { entry, last } => view! { <PendingView entry last/> }.into_any(),
    }
}
