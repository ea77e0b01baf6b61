//! What happens while a person reads: their place is kept, and their position moves on.

use super::api::mark_read;
use crate::{
    ids::RoomId,
    message::rows::Row,
    sync::store::{Store, use_store},
    ui::{browser, erased::effect, scroll},
};
use leptos::{ev, html::Div, prelude::*, task::spawn_local};

/// Keeps what is read in its place when lines come or go, and the newest in sight at the end.
pub fn keep_place(
    scroller: NodeRef<Div>,
    lines: Memo<Vec<Row>>,
    anchor: StoredValue<Option<scroll::Anchor>>,
) {
    let store = use_store();
    let opened = StoredValue::new(false);
    effect(move || {
        let empty = lines.with(Vec::is_empty);
        request_animation_frame(move || {
            let Some(scroller) = scroller.try_get_untracked().flatten() else { return };
            if !empty && !opened.get_value() {
                opened.set_value(true);
                scroll::to_new(&scroller);
            } else if let Some(anchor) = anchor.get_value() {
                scroll::restore(&scroller, &anchor);
            }
            look(store, &scroller, anchor);
        });
    });
}

/// Notes which line is read now.
pub fn look(
    store: Store,
    scroller: &scroll::Scroller,
    anchor: StoredValue<Option<scroll::Anchor>>,
) {
    let line = scroll::anchor(scroller);
    store.place.set_value(line.as_ref().and_then(scroll::Anchor::place));
    anchor.set_value(line);
}

/// Moves the reading position while the person looks at the newest message.
pub fn read_along(store: Store, id: RoomId, at_end: RwSignal<bool>) {
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
    let marked = StoredValue::new(0);
    effect(move || {
        let reading = watched.get() && at_end.get();
        store.reading.set(reading.then_some(id));
        let me = store.me.with_untracked(|me| me.id);
        let newest = timeline.with(|t| t.messages().rev().find(|m| m.sender != me).map(|m| m.seq));
        let known = store.rooms.with_untracked(|rooms| rooms.get(&id).map(|r| r.last_read_seq));
        let (true, Some(newest), Some(known)) = (reading, newest, known) else { return };
        if newest <= known.max(marked.get_value()) {
            return;
        }
        marked.set_value(newest);
        store.rooms.update(|rooms| {
            if let Some(room) = rooms.get_mut(&id) {
                room.unread = 0;
                room.mentions = 0;
            }
        });
        spawn_local(async move {
            if mark_read(id, newest).await.is_err() {
                // Tried again with the next message, or when the room is looked at again.
                marked.try_set_value(0);
            }
        });
    });
    on_cleanup(move || store.reading.set(None));
}
