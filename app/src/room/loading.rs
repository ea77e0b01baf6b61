//! Bringing the parts of a conversation that are not here yet.

use crate::{
    error::Error,
    ids::RoomId,
    message::{
        AROUND, Page, Stretch,
        api::{history, quoted},
    },
    sync::{
        backoff,
        driver::{TIMEOUT, in_time},
        store::{Link, Store, use_store},
        timeline::Timeline,
    },
    ui::{
        erased::{effect, memo},
        page, scroll,
    },
};
use gloo_timers::future::TimeoutFuture;
use leptos::{html::Div, prelude::*, task::spawn_local};

/// Loads what is asked for of the room that is open, one thing at a time.
#[derive(Clone, Copy)]
pub struct Loading {
    room: RoomId,
    store: Store,
    pub timeline: RwSignal<Timeline>,
    pub busy: RwSignal<bool>,
    /// Why the last page did not come. Until it has, nothing else is asked for by itself.
    pub failed: RwSignal<Option<Error>>,
    /// Whether a message is looked for that is to be shown: what is in sight is not what is read.
    pub seeking: RwSignal<bool>,
    /// The page that did not come, and how often it did not.
    missing: StoredValue<Option<(Stretch, Take, u32)>>,
}

/// How a timeline takes in a page.
type Take = fn(&mut Timeline, Page);

impl Loading {
    /// Of this room; brings what has to be there as soon as it is open.
    #[must_use]
    pub fn of(room: RoomId) -> Self {
        let store = use_store();
        let (busy, failed) = (RwSignal::new(false), RwSignal::new(None));
        let (timeline, missing) = (store.timeline(room), StoredValue::new(None));
        let seeking = RwSignal::new(false);
        let loading = Self { room, store, timeline, busy, failed, seeking, missing };
        effect(move || loading.begin());
        // What failed while the server did not answer is tried again at once when it does.
        effect(move || {
            if store.link.get() == Link::Up {
                loading.retry();
            }
        });
        loading.bring_quoted();
        loading
    }

    fn begin(self) {
        let (is_loaded, is_cut) =
            self.timeline.with_untracked(|held| (held.is_loaded(), held.is_cut()));
        if !is_loaded {
            self.load(Stretch::Newest);
        } else if is_cut {
            self.bring(Stretch::Newest, |timeline, page| timeline.jump(page.messages, true));
        }
    }

    /// Brings what is answered here and not held.
    fn bring_quoted(self) {
        let Self { room, store, timeline, .. } = self;
        let unquoted = memo(move || timeline.with(Timeline::unquoted));
        effect(move || {
            let places = unquoted.get();
            if places.is_empty() || store.link.get() != Link::Up {
                return;
            }
            timeline.update_untracked(Timeline::expect);
            spawn_local(async move {
                // Asked again with the next change, or when the server answers again.
                if let Ok(page) = quoted(room, places).await {
                    store.take_in(page, |timeline, page| timeline.quote(page.quoted));
                }
                timeline.try_update_untracked(Timeline::expected);
            });
        });
    }

    /// Brings a stretch, and has the timeline take it in.
    fn bring(self, stretch: Stretch, take: Take) {
        self.attempt(stretch, take, 0);
    }

    fn attempt(self, stretch: Stretch, take: Take, failures: u32) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.timeline.update_untracked(Timeline::expect);
        spawn_local(async move {
            let (before, after) = match stretch {
                Stretch::Newest => (None, None),
                Stretch::Before(seq) => (Some(seq), None),
                Stretch::After(seq) => (None, Some(seq)),
            };
            // The room may have been left meanwhile; its page is kept all the same.
            let page = history(self.room, before, after);
            let error = match in_time(page, TIMEOUT).await {
                Ok(page) => {
                    self.missing.try_set_value(None);
                    self.failed.try_set(None);
                    self.store.take_in(page, take);
                    self.timeline.try_update_untracked(Timeline::expected);
                    self.busy.try_set(false);
                    return;
                }
                Err(error) => error,
            };
            self.timeline.try_update_untracked(Timeline::expected);
            let is_temporary = error.is_temporary();
            self.missing.try_set_value(Some((stretch, take, failures + 1)));
            self.failed.try_set(Some(error));
            self.busy.try_set(false);
            if is_temporary {
                TimeoutFuture::new(backoff::pause(failures, js_sys::Math::random())).await;
                self.retry();
            }
        });
    }

    /// Tries again what failed, if the room is still open.
    pub fn retry(self) {
        let missing = self.missing.try_update_value(Option::take).flatten();
        if let Some((stretch, take, failures)) = missing {
            self.attempt(stretch, take, failures);
        }
    }

    /// Loads a stretch that adjoins what is held.
    pub fn load(self, stretch: Stretch) {
        self.bring(stretch, Timeline::load);
    }

    /// Loads the page before the first message that is held, if there is one.
    pub fn load_older(self) {
        let (first, has_older) =
            self.timeline.with_untracked(|held| (held.first(), held.has_older()));
        if let Some(first) = first.filter(|_| has_older) {
            self.load(Stretch::Before(first));
        }
    }

    /// Fills a gap from the side that is read.
    pub fn fill(self, gap: scroll::Gap) {
        let above = self.timeline.with_untracked(|held| held.before(gap.seq));
        self.load(match above.filter(|_| gap.is_low) {
            Some(above) => Stretch::After(above),
            None => Stretch::Before(gap.seq),
        });
    }

    /// Shows what `store.find`, or the page's address, names in its place; what stands around it is
    /// brought first.
    pub fn find(self, scroller: NodeRef<Div>, shown: impl Fn(&scroll::Scroller) + Copy + 'static) {
        let Self { room, store, timeline, busy, failed, seeking, .. } = self;
        effect(move || {
            if let Some(seq) = page::place() {
                store.find.set(Some((room, seq)));
            }
        });
        let sought = StoredValue::new(None);
        effect(move || {
            let Some((_, seq)) = store.find.get().filter(|(of, _)| *of == room) else { return };
            seeking.set(true);
            let is_held = timeline.with(|held| held.get(seq).is_some());
            if busy.get() || failed.with(Option::is_some) {
                return;
            }
            if !is_held && sought.get_value() != Some(seq) {
                sought.set_value(Some(seq));
                return self.bring(Stretch::Before(seq.saturating_add(AROUND)), Timeline::land);
            }
            store.find.set(None);
            sought.set_value(None);
            request_animation_frame(move || {
                if let Some(scroller) = scroller.try_get_untracked().flatten() {
                    scroll::show(&scroller, seq);
                    shown(&scroller);
                    page::forget_place();
                    seeking.set(false);
                }
            });
        });
    }
}
