//! The loop in the browser: ask, merge, and ask again a second after the last time. Polls never
//! overlap. The server holds each back until there is news: a second for a page in sight, which is
//! still one poll a second while nothing happens; longer for a hidden one, whose browser lets no
//! timer run. A second loop sends what the outbox holds, one after the other.

use super::{
    HOLD_MAX, PACE, Update,
    api::{poll, resync},
    backoff,
    outbox::{Entry, State},
    storage,
    store::{Link, Store, Wake},
    tabs,
    timeline::Timeline,
};
use crate::{
    account::api::people_by_id,
    error::Error,
    ids::RoomId,
    later,
    message::{
        Message,
        api::{history, send},
    },
    ui::{browser, page},
};
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

/// No answer within this time, beyond that for which it may be held, counts as none; milliseconds.
pub const TIMEOUT: u32 = 10_000;
/// How long news waits for the part of the page that draws it; milliseconds.
const PART_PATIENCE: u32 = 2_000;
/// Between polls there is at least this time, whatever wakes the loop; milliseconds.
const SHORTEST: u32 = 250;
/// A new password ends the session of the poll that is on its way: asked again after this time, it
/// goes with the new session's cookie. Milliseconds.
const REFUSED: u32 = 500;
/// The longest pause between polls while the server does not answer; milliseconds.
const LONGEST_POLL: u32 = 5_000;
/// The longest pause that a browser knows, in milliseconds: 24 days.
const FOREVER: u32 = i32::MAX.unsigned_abs();
/// So many pages of a conversation are brought up to date after a long absence.
const CAUGHT_UP: u32 = 10;
/// How often the clock is watched, and how far it may go on meanwhile; milliseconds. Further: the
/// device slept, and what was being waited for is not coming any more.
const WATCH: (u32, i64) = (1_000, 5_000);

/// Starts both loops; they end with the owner that is current now.
pub fn start(store: Store) {
    let Some((poll_woken, send_woken)) = store.wakers.try_update_value(Option::take).flatten()
    else {
        return;
    };
    tabs::start(store);
    spawn_local_scoped_with_cancellation(poll_loop(store, poll_woken));
    spawn_local_scoped_with_cancellation(send_loop(store, send_woken));
    spawn_local_scoped_with_cancellation(watch_clock(store));
    wake_on_events(store);
}

/// Wakes the loops when the page is looked at again or the network is back, and says good-bye when
/// the page is left.
fn wake_on_events(store: Store) {
    let wake = move || {
        // A page that the browser kept for its button "back" hears of nothing.
        if storage::is_another_s(store.me.with_untracked(|me| me.id)) {
            return log_in_again();
        }
        tabs::look(store);
        store.wake_poll(Wake::Anew);
        store.wake_sender();
    };
    let handles = [
        window_event_listener(ev::online, move |_| wake()),
        window_event_listener(ev::offline, move |_| store.link.set(Link::Offline)),
        window_event_listener(ev::pageshow, move |_| wake()),
        window_event_listener(ev::pagehide, move |_| {
            // Who logged out has left already, and another tab is not left.
            if !store.left.get_value() && store.asks.get_value() {
                // There is nobody to tell of a fault.
                let _ = window().navigator().send_beacon("/api/leave");
            }
            tabs::hand_over(store);
        }),
    ];
    let visible = window_event_listener_untyped("visibilitychange", move |_| wake());
    on_cleanup(move || {
        handles.into_iter().for_each(WindowListenerHandle::remove);
        visible.remove();
    });
}

/// Tells what shows the time, in a tab that does not ask as well; and asks at once when the device has slept.
async fn watch_clock(store: Store) {
    loop {
        let before = browser::now();
        TimeoutFuture::new(WATCH.0).await;
        store.tick();
        if browser::now() - before > WATCH.1 {
            store.wake_poll(Wake::Anew);
            store.wake_sender();
        }
    }
}

async fn poll_loop(store: Store, mut woken: UnboundedReceiver<Wake>) {
    let (mut failures, mut refused) = (0, false);
    loop {
        if store.left.get_value() {
            woken.next().await;
            continue;
        }
        if !store.asks.get_value() {
            follow(store, &mut woken).await;
            continue;
        }
        let begun = browser::now();
        let hold = if document().hidden() { HOLD_MAX } else { PACE };
        let Some(answer) = unless(anew(&mut woken), ask(store, hold)).await else {
            rest(SHORTEST.saturating_sub(since(begun))).await;
            continue;
        };
        let pause = match answer {
            Ok(pause) => {
                (failures, refused) = (0, false);
                set_link(store, Link::Up);
                pause
            }
            Err(Error::Unauthenticated) if refused => {
                storage::tell_logged_out(store.me.with_untracked(|me| me.id));
                return log_in_again();
            }
            Err(Error::Unauthenticated) => {
                refused = true;
                since(begun) + REFUSED
            }
            Err(error) => {
                if failures > 0 || error != Error::NoAnswer {
                    set_link(store, link());
                }
                failures += 1;
                let pause = backoff::pause(failures - 1, js_sys::Math::random());
                since(begun) + pause.min(LONGEST_POLL)
            }
        };
        if document().hidden() && failures < 2 && !refused {
            // Its timers may come a minute late. The server does not answer it too often.
            continue;
        }
        let elapsed = since(begun);
        rest(SHORTEST.saturating_sub(elapsed)).await;
        if elapsed.max(SHORTEST) < pause {
            sleep(pause - elapsed.max(SHORTEST), &mut woken).await;
        }
    }
}

/// Leads to the log-in, which says why, and then back to this page.
pub(super) fn log_in_again() {
    browser::go(&format!("/login?next={}&ended", page::path()));
}

/// A short pause that nothing cuts; none for a hidden page, where it could be a minute.
async fn rest(pause: u32) {
    if pause > 0 && !document().hidden() {
        TimeoutFuture::new(pause).await;
    }
}

/// Loads again what a page shows of a room up to `last`, after more has changed there than could be
/// told one by one. What would be too much is forgotten, and loaded when it is scrolled to.
async fn catch_up(store: Store, room: RoomId, last: i64) {
    let timeline = store.timeline(room);
    let mut before = last + 1;
    for _ in 0..CAUGHT_UP {
        timeline.update_untracked(Timeline::expect);
        let page = in_time(history(room, Some(before), None), TIMEOUT).await;
        let first = page.map(|page| {
            let first = page.messages.first().map(|message| message.seq);
            store.load(page);
            first
        });
        timeline.update_untracked(Timeline::expected);
        let Ok(first) = first else { break };
        let Some(first) = first else { return };
        before = first;
        if timeline.with_untracked(|held| held.first().is_none_or(|oldest| oldest >= first)) {
            return;
        }
    }
    timeline.update(|timeline| timeline.forget_before(before));
}

/// While another tab asks: asks once, without being held, and then whenever there is something to hear
/// of; again if no answer came.
async fn follow(store: Store, woken: &mut UnboundedReceiver<Wake>) {
    while !store.asks.get_value() && !store.left.get_value() {
        // The tab that asks says it when the server does not answer.
        let pause = match ask(store, 0).await {
            Ok(_) => FOREVER,
            Err(_) => LONGEST_POLL,
        };
        sleep(pause, woken).await;
    }
}

/// Shows whether the server answers, and tells the other tabs.
fn set_link(store: Store, link: Link) {
    if store.link.get_untracked() != link {
        store.link.set(link);
        tabs::tell(store);
        if link == Link::Up {
            // What waits for a second try goes now.
            store.wake_sender();
        }
    }
}

/// Milliseconds since then; 0 if the clock was set back.
fn since(begun: i64) -> u32 {
    u32::try_from(browser::now() - begun).unwrap_or(0)
}

/// What `future` gives, unless `given_up` is ready first: then the request that it waits for is
/// aborted.
async fn unless<T>(
    given_up: impl Future<Output = ()>,
    future: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(future), pin!(given_up)).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    }
}

/// Ready when the loop is to ask anew, whatever it waits for.
async fn anew(woken: &mut UnboundedReceiver<Wake>) {
    while !matches!(woken.next().await, Some(Wake::Anew) | None) {}
}

/// One poll, held for `hold` milliseconds at most, and what follows from it. Gives the time from
/// its beginning to that of the next, in milliseconds.
async fn ask(store: Store, hold: u32) -> Result<u32, Error> {
    let (hidden, pace) = (document().hidden(), store.pace.get_value());
    let question = poll(store.cursor.get_value(), hold, hidden, pace);
    let (delta, all) = match in_time(question, TIMEOUT + hold).await? {
        None => return Ok(pace),
        Some(Update::Delta(delta)) => (delta, false),
        Some(Update::Resync) => {
            let me = Some(store.me.with_untracked(|me| me.id));
            (in_time(resync(store.held(), store.newest(), me), TIMEOUT).await?, true)
        }
    };
    let texts = later::prepare_messages(delta.rooms.iter().flat_map(|change| &change.messages));
    // Without it they are shown as they were typed.
    unless(TimeoutFuture::new(PART_PATIENCE), texts).await;
    for (room, last) in store.apply(delta, all) {
        spawn_local_scoped_with_cancellation(catch_up(store, room, last));
    }
    tabs::tell(store);
    let strangers = store.strangers();
    if !strangers.is_empty() {
        store.meet(in_time(people_by_id(strangers), TIMEOUT).await?);
    }
    // More may have come meanwhile.
    Ok(SHORTEST)
}

async fn send_loop(store: Store, mut woken: UnboundedReceiver<()>) {
    let me = store.me.with_untracked(|me| me.id);
    let mut failures = 0;
    loop {
        let mine = |entry: &Entry| {
            store.asks.get_value() || store.own.with_value(|own| own.contains(&entry.client_id))
        };
        let Some(entry) = store.outbox.with_untracked(|outbox| outbox.next(mine).cloned()) else {
            woken.next().await;
            continue;
        };
        if storage::is_another_s(me) {
            return;
        }
        let media = entry.attachments.iter().map(|attachment| attachment.id).collect();
        let id = entry.client_id.clone();
        let sent = send(entry.room, id, entry.body, media, entry.reply_to, entry.sticker, Some(me));
        let answer = in_time(sent, TIMEOUT).await;
        if answer.is_ok() {
            storage::drop(me, &entry.client_id);
            store.wake_poll(Wake::Soon);
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
        // No poll brings what was there before this answer: it was sent before a reload, say.
        let known = |message: &Message| {
            let held = store.rooms.with_untracked(|rooms| Some(rooms.get(&entry.room)?.last_rev));
            held >= Some(message.rev)
        };
        let is_known = answer.as_ref().is_ok_and(known);
        store.outbox.update(|outbox| match is_known {
            true => outbox.remove(&entry.client_id),
            false => outbox.answered(&entry.client_id, answer.map(drop)),
        });
        let refused = store.outbox.with_untracked(|outbox| outbox.get(&entry.client_id).cloned());
        if let Some(refused) = refused.filter(|entry| matches!(entry.state, State::Failed(_))) {
            store.keep(&refused);
        }
        match pause {
            Some(pause) => sleep(pause, &mut woken).await,
            None => failures = 0,
        }
    }
}

/// Waits, but not longer than until somebody wakes the loop.
async fn sleep<T>(pause: u32, woken: &mut UnboundedReceiver<T>) {
    select(TimeoutFuture::new(pause), woken.next()).await;
    // One wake-up is enough for all that were asked for.
    while woken.try_recv().is_ok() {}
}

/// What `future` gives, or no answer after `patience` milliseconds.
///
/// # Errors
/// [`Error::NoAnswer`], or that of `future`.
pub async fn in_time<T>(
    future: impl Future<Output = Result<T, Error>>,
    patience: u32,
) -> Result<T, Error> {
    unless(TimeoutFuture::new(patience), future).await.unwrap_or(Err(Error::NoAnswer))
}

fn link() -> Link {
    if window().navigator().on_line() { Link::Reconnecting } else { Link::Offline }
}
