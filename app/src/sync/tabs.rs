//! Several tabs of one person: one asks and sends for all. They speak by the storage that they
//! share, whose events reach a tab also while its timers are held back. Where there is no storage,
//! each tab is on its own.

use super::{
    driver,
    lease::Lease,
    storage::{self, Shared},
    store::{Link, Store, Wake},
};
use crate::{preference::view::use_theme, ui::browser};
use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, reactive::spawn_local_scoped_with_cancellation};

/// How often the lease is renewed, or looked at; milliseconds.
const BEAT: u32 = 500;

/// Takes part, as long as the owner that is current now.
pub fn start(store: Store) {
    look(store);
    spawn_local_scoped_with_cancellation(async move {
        loop {
            TimeoutFuture::new(BEAT).await;
            look(store);
        }
    });
    let theme = use_theme();
    let me = store.me.with_untracked(|me| me.id);
    let listening =
        window_event_listener(ev::storage, move |event| match storage::change(me, &event) {
            Some(Shared::Theme(chosen)) => {
                theme.set(chosen);
                browser::set_html_attribute("data-theme", chosen.as_str());
            }
            Some(change) => hear(store, change),
            None => {}
        });
    on_cleanup(move || listening.remove());
}

/// Takes or renews the lease if this tab may.
pub fn look(store: Store) {
    let me = store.me.with_untracked(|me| me.id);
    let (visible, now) = (!document().hidden(), browser::now());
    let free = storage::lease(me).is_none_or(|held| held.is_free_for(store.tab, visible, now));
    let asks = free && !store.left.get_value();
    if asks {
        storage::set_lease(me, &Lease::taken(store.tab, visible, now));
    }
    let before = store.asks.get_value();
    store.asks.set_value(asks);
    if asks != before {
        store.wake_poll(Wake::Anew);
        store.wake_sender();
    }
}

/// Lets another tab ask: this one is left.
pub fn hand_over(store: Store) {
    if store.asks.get_value() {
        storage::drop_lease(store.me.with_untracked(|me| me.id));
    }
}

/// Tells the other tabs that there is news, or that the server does not answer.
pub fn tell(store: Store) {
    if store.asks.get_value() {
        storage::tell(store.me.with_untracked(|me| me.id), store.link.get_untracked());
    }
}

/// What another tab did.
fn hear(store: Store, change: Shared) {
    match change {
        Shared::Lease => look(store),
        Shared::News(link) => {
            store.link.set(link);
            if link == Link::Up {
                store.wake_poll(Wake::Soon);
            }
        }
        // Unless this tab is where it was done.
        Shared::LoggedOut if !store.left.get_value() => driver::log_in_again(),
        Shared::LoggedOut => {}
        Shared::Kept(entry) => {
            store.outbox.update(|outbox| outbox.put(entry));
            store.wake_sender();
        }
        Shared::Settled(id) => store.outbox.update(|outbox| outbox.answered(&id, Ok(()))),
        Shared::Answered(room, seq) => store.show_answered(room, seq),
        Shared::Discarded(id) => store.outbox.update(|outbox| outbox.remove(&id)),
        // The field and the switch listen for themselves.
        Shared::Draft(..) | Shared::Theme(_) => {}
    }
}
