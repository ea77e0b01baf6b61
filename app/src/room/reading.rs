//! What happens while a person reads: their place is kept, and their position moves on.

use super::api::mark_read;
use crate::{
    ids::RoomId,
    message::rows::Row,
    sync::{store::Store, timeline::Timeline},
    ui::{browser, erased::effect, scroll},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{ev, html::Div, prelude::*, task::spawn_local};

/// How long after the server did not take what was read it is told again; milliseconds.
const AGAIN: u32 = 2_000;

/// Keeps what is read in its place when lines come or go, and the newest in sight at the end. A room
/// that is opened again is where it was left; `opened` once it is there, and `at_end` tells where that
/// is. Gives whether nothing waits to be put in its place: until then what is in sight is not what is
/// read.
pub fn keep_place(
    store: Store,
    room: RoomId,
    scroller: NodeRef<Div>,
    lines: Memo<Vec<Row>>,
    at_end: RwSignal<bool>,
    opened: RwSignal<bool>,
) -> StoredValue<bool> {
    let settled = StoredValue::new(true);
    effect(move || {
        if lines.with(Vec::is_empty) {
            opened.set(store.timeline(room).with(Timeline::is_loaded));
            return;
        }
        settled.set_value(false);
        request_animation_frame(move || {
            let Some(scroller) = scroller.try_get_untracked().flatten() else { return };
            let read = store.places.with_value(|places| places.get(&room).cloned());
            let is_at_end = read.is_none();
            let is_there = read.is_some_and(|line| scroll::restore(&scroller, &line));
            if opened.get_untracked() && is_at_end {
                // The whole of what came, if one was but close to the end.
                scroll::to_end(&scroller);
            }
            if !opened.get_untracked() {
                if !is_there {
                    scroll::to_new(&scroller);
                }
                at_end.set(scroll::is_at_end(&scroller));
                opened.set(true);
            }
            settled.set_value(true);
            look(store, room, &scroller);
        });
    });
    settled
}

/// Notes which line is read now.
pub fn look(store: Store, room: RoomId, scroller: &scroll::Scroller) {
    let line = scroll::anchor(scroller);
    store.places.update_value(|places| match line {
        Some(line) => drop(places.insert(room, line)),
        None => drop(places.remove(&room)),
    });
}

/// Moves the reading position while the person looks at the newest message, which `is_shown`. What came
/// while they did not is told from what they had read by `new_after`.
pub fn read_along(
    store: Store,
    id: RoomId,
    is_shown: impl Fn() -> bool + Send + Sync + 'static,
    new_after: RwSignal<Option<i64>>,
) {
    let watched = RwSignal::new(false);
    let look = move || watched.set(browser::is_watched());
    effect(move || {
        look();
        let handles = [
            window_event_listener(ev::focus, move |_| look()),
            window_event_listener(ev::blur, move |_| look()),
        ];
        let visibility = window_event_listener_untyped("visibilitychange", move |_| look());
        on_cleanup(move || {
            handles.into_iter().for_each(WindowListenerHandle::remove);
            visibility.remove();
        });
    });
    let timeline = store.timeline(id);
    let (marked, failures) = (StoredValue::new(0), RwSignal::new(0));
    effect(move || {
        failures.track();
        let reading = watched.get() && is_shown();
        store.reading.set(reading.then_some(id));
        let me = store.me.with_untracked(|me| me.id);
        let newest = timeline.with(|t| t.messages().rev().find(|m| m.sender != me).map(|m| m.seq));
        let known = store.rooms.with_untracked(|rooms| rooms.get(&id).map(|r| r.last_read_seq));
        let (true, Some(newest), Some(known)) = (reading, newest, known) else { return };
        let read = known.max(marked.get_value());
        if newest <= read {
            return;
        }
        marked.set_value(newest);
        store.rooms.update(|rooms| {
            if let Some(room) = rooms.get_mut(&id) {
                if room.unread > 0 {
                    new_after.set(Some(read));
                }
                room.unread = 0;
                room.mentions = 0;
            }
        });
        spawn_local(async move {
            let Err(error) = mark_read(id, newest).await else { return };
            marked.try_set_value(0);
            if error.is_temporary() {
                TimeoutFuture::new(AGAIN).await;
                failures.try_update(|count| *count += 1);
            }
        });
    });
    on_cleanup(move || store.reading.set(None));
}
