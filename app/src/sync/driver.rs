//! The loop in the browser: wait, ask, merge, sleep a second. Polls never overlap. A second loop
//! sends what the outbox holds, one after the other.

use super::{
    Update,
    api::{poll, resync},
    backoff, storage,
    store::{Link, Store},
};
use crate::{account::api::people_by_id, error::Error, message::api::send, ui::browser};
use futures::{
    StreamExt,
    channel::mpsc::UnboundedReceiver,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{
    ev,
    prelude::{Update as _, *},
    reactive::spawn_local_scoped_with_cancellation,
};
use std::pin::pin;

/// No answer within this time counts as none; milliseconds.
const TIMEOUT: u32 = 10_000;
/// Between polls there is at least this time, whatever wakes the loop; milliseconds.
const SHORTEST: u32 = 250;
/// The longest pause between polls while the server does not answer; milliseconds.
const LONGEST_POLL: u32 = 5_000;

/// Starts both loops; they end with the owner that is current now.
pub fn start(store: Store) {
    let Some([poll_woken, send_woken]) = store.wakers.try_update_value(Option::take).flatten()
    else {
        return;
    };
    spawn_local_scoped_with_cancellation(poll_loop(store, poll_woken));
    spawn_local_scoped_with_cancellation(send_loop(store, send_woken));
    wake_on_events(store);
}

/// Wakes the loops when the page is looked at again or the network is back, and says good-bye when
/// the page is left.
fn wake_on_events(store: Store) {
    let wake = move || {
        store.wake_poll();
        store.wake_sender();
    };
    let handles = [
        window_event_listener(ev::focus, move |_| wake()),
        window_event_listener(ev::online, move |_| wake()),
        window_event_listener(ev::offline, move |_| store.link.set(Link::Offline)),
        window_event_listener(ev::pageshow, move |_| wake()),
        window_event_listener(ev::pagehide, |_| {
            // A page that is being left can only send a beacon; there is nobody to tell of a fault.
            let _ = window().navigator().send_beacon("/api/leave");
        }),
    ];
    let visible = window_event_listener_untyped("visibilitychange", move |_| wake());
    on_cleanup(move || {
        handles.into_iter().for_each(WindowListenerHandle::remove);
        visible.remove();
    });
}

async fn poll_loop(store: Store, mut woken: UnboundedReceiver<()>) {
    let mut failures = 0;
    loop {
        let pause = match ask(store).await {
            Ok(pause) => {
                failures = 0;
                store.link.set_if_changed(Link::Up);
                pause
            }
            Err(Error::Unauthenticated) => return browser::go("/login"),
            Err(error) => {
                if failures > 0 || error != Error::NoAnswer {
                    store.link.set_if_changed(link());
                }
                failures += 1;
                backoff::pause(failures - 1, js_sys::Math::random()).min(LONGEST_POLL)
            }
        };
        store.tick();
        TimeoutFuture::new(SHORTEST).await;
        sleep(pause.saturating_sub(SHORTEST), &mut woken).await;
    }
}

/// One poll, and what follows from it; the pause until the next in milliseconds.
async fn ask(store: Store) -> Result<u32, Error> {
    let delta = match in_time(poll(store.cursor.get_value())).await? {
        None => return Ok(1_000),
        Some(Update::Delta(delta)) => (delta, false),
        Some(Update::Resync) => (in_time(resync(store.held())).await?, true),
    };
    let pause = delta.0.next_poll_ms;
    store.apply(delta.0, delta.1);
    let strangers = store.strangers();
    if !strangers.is_empty() {
        store.meet(in_time(people_by_id(strangers)).await?);
    }
    Ok(pause)
}

async fn send_loop(store: Store, mut woken: UnboundedReceiver<()>) {
    let me = store.me.with_untracked(|me| me.id);
    let mut failures = 0;
    loop {
        let Some(entry) = store.outbox.with_untracked(|outbox| outbox.next().cloned()) else {
            woken.next().await;
            continue;
        };
        let media = entry.picture.as_ref().map(|picture| picture.id);
        let answer = in_time(send(entry.room, entry.client_id.clone(), entry.body, media)).await;
        let answer = answer.map(drop);
        if answer.is_ok() {
            storage::drop(me, &entry.client_id);
            store.wake_poll();
        }
        let pause = match &answer {
            Err(Error::TooMany { retry_after }) => Some(*retry_after as u32 * 1_000),
            Err(Error::Unauthenticated) => Some(backoff::LONGEST),
            Err(error) if error.is_temporary() => {
                failures += 1;
                Some(backoff::pause(failures - 1, js_sys::Math::random()))
            }
            _ => None,
        };
        store.outbox.update(|outbox| outbox.answered(&entry.client_id, answer));
        match pause {
            Some(pause) => sleep(pause, &mut woken).await,
            None => failures = 0,
        }
    }
}

/// Waits, but not longer than until somebody wakes the loop.
async fn sleep(pause: u32, woken: &mut UnboundedReceiver<()>) {
    select(TimeoutFuture::new(pause), woken.next()).await;
    // One wake-up is enough for all that were asked for.
    while woken.try_recv().is_ok() {}
}

/// What `future` gives, or no answer after [`TIMEOUT`].
async fn in_time<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match select(pin!(future), TimeoutFuture::new(TIMEOUT)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Error::NoAnswer),
    }
}

fn link() -> Link {
    if window().navigator().on_line() { Link::Reconnecting } else { Link::Offline }
}

/// Setting a signal only if it differs.
trait SetIfChanged<T> {
    fn set_if_changed(&self, value: T);
}

impl<T: PartialEq + Send + Sync + 'static> SetIfChanged<T> for RwSignal<T> {
    fn set_if_changed(&self, value: T) {
        if self.with_untracked(|held| *held != value) {
            self.set(value);
        }
    }
}
