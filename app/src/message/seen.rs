//! By whom one's own newest message was seen.

use crate::{
    i18n::use_lang,
    ids::RoomId,
    later,
    room::{Readers, api::readers},
    sync::store::use_store,
    ui::{
        erased::{effect, live},
        icon::{Icon, IconName},
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How often it is asked for at most.
const PAUSE: Duration = Duration::from_secs(1);

/// From context: the place of the newest message of one's own in the room that is open.
#[derive(Debug, Clone, Copy)]
pub struct NewestOwn(pub Memo<Option<i64>>);

/// Under one's own newest message: that it was sent; once the page is awake, by whom it was seen.
#[component]
pub fn Sent(room: RoomId, seq: i64) -> impl IntoView {
    let store = use_store();
    let state = live(move || match store.awake.get() {
        true => later::seen_by((room, seq)),
        false => sent(),
    });
    view! { <div class="state" aria-live="off">{state}</div> }.into_any()
}

/// All that is known at first.
pub fn sent() -> AnyView {
    view! { <Icon name=IconName::CHECK/> {use_lang().sent()} }.into_any()
}

/// Sent, or seen; in a group by how many, and by whom.
#[component]
pub fn SeenBy(room: RoomId, seq: i64) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let known = RwSignal::new(Readers::default());
    // Whether it is to be asked for, and whether that has to wait.
    let (due, paused) = (RwSignal::new(true), RwSignal::new(false));
    effect(move || {
        if store.seen.with(|seen| seen.contains(&room)) {
            due.set(true);
        }
    });
    effect(move || {
        if paused.get() || !due.get() {
            return;
        }
        due.set(false);
        paused.set(true);
        spawn_local(async move {
            match readers(room, seq).await {
                Ok(readers) => drop(known.try_set(readers)),
                Err(error) if error.is_temporary() => drop(due.try_set(true)),
                Err(_) => {}
            }
        });
        set_timeout(
            move || {
                paused.try_set(false);
            },
            PAUSE,
        );
    });
    let is_group = store.is_group(room);
    live(move || {
        let Readers { count, people } = known.get();
        match (count, is_group) {
            (0, _) => sent(),
            (_, false) => view! { <Icon name=IconName::CHECK_CHECK/> {lang.seen()} }.into_any(),
            (_, true) => view! {
                <details class="seen">
                    <summary><Icon name=IconName::CHECK_CHECK/> {lang.seen_by(count)}</summary>
                    <ul>
                        {people
                            .into_iter()
                            .map(|person| view! {
                                <li>
                                    <span dir="auto">{person.display_name}</span>
                                    <small>" @" {person.name}</small>
                                </li>
                            })
                            .collect_view()}
                    </ul>
                </details>
            }
            .into_any(),
        }
    })
}
