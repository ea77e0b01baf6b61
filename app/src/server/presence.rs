//! Who is here: a TTL cache. `last seen` is kept in the value and compared when it is read;
//! nothing expires by a timer of its own. Everyone gets the same snapshot, computed once per
//! change by [`Tracker::sweep`], with a version that polls compare.

use super::pace::Pace;
use crate::{
    ids::UserId,
    presence::Presence,
    sync::{PACE, PresenceDelta},
};
use parking_lot::{Mutex, RwLock};
use quick_cache::sync::Cache;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, futures::Notified};

/// Versions whose changes are remembered; a reader further behind gets the whole list.
const REMEMBERED: usize = 64;

/// A hidden tab asks every 25 s at least, and after a fault its browser may wake it a minute late:
/// its person is away, not offline, for this long after it asked. Milliseconds.
const HIDDEN_TTL: i64 = 95_000;
/// How long a person stays after one of their tabs says good-bye: long enough for another tab of
/// theirs to ask again, so that they do not flicker. Milliseconds.
const GRACE: i64 = 2_000;
/// A poll that comes this soon after a good-bye may be the leaving tab's own, overtaken by it:
/// it does not count. Another tab's next one, a second later, does. Milliseconds.
const OVERTAKEN: i64 = 500;

/// Who comes or leaves within this time of another is told with them: a list is made over everyone,
/// and when ten thousand came within seconds, making one for each kept a processor busy.
const TOGETHER: Duration = Duration::from_millis(20);

/// Long before any time that is compared with a clock.
const NEVER: i64 = i64::MIN / 2;

/// When somebody last asked, from a tab in sight and from a hidden one, and when a tab of theirs
/// last said good-bye.
struct Seen {
    visible: Asked,
    hidden: Asked,
    left: AtomicI64,
    /// The [`Presence`] that the list has.
    told: AtomicU8,
    /// When that may change by silence alone: until then a sweep leaves the line of the seated alone,
    /// which their polls write.
    due: AtomicI64,
    /// Who else knows when a tab in sight asked.
    seated: Mutex<Option<Arc<dyn Seated>>>,
}

/// When a tab in sight last asked, within the line of memory that its polls read anyway: what is
/// known here of its person, another line, they leave alone.
pub struct Seat(AtomicI64);

/// Who has a seat.
pub trait Seated: Send + Sync {
    fn seat(&self) -> &Seat;
}

impl Seat {
    fn last(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for Seat {
    fn default() -> Self {
        Self(AtomicI64::new(NEVER))
    }
}

/// Of one kind of tab.
struct Asked {
    /// When one last asked.
    at: AtomicI64,
    /// Polls of theirs that are held now: whoever waits for an answer is here.
    held: AtomicU32,
}

impl Default for Asked {
    fn default() -> Self {
        Self { at: AtomicI64::new(NEVER), held: AtomicU32::new(0) }
    }
}

impl Asked {
    /// Up to when the person is here by this.
    fn until(&self, ttl: i64, now: i64) -> i64 {
        if self.held.load(Ordering::Relaxed) > 0 {
            return now;
        }
        self.at.load(Ordering::Relaxed) + ttl
    }
}

impl Seen {
    fn asked(&self, tab: Tab) -> &Asked {
        match tab {
            Tab::Visible => &self.visible,
            Tab::Hidden => &self.hidden,
        }
    }

    fn presence(&self, now: i64, ttl: i64) -> Presence {
        self.presence_until(now, ttl).0
    }

    /// What it is, and up to when silence does not change it.
    fn presence_until(&self, now: i64, ttl: i64) -> (Presence, i64) {
        let seated = self.seated.lock().as_ref().map_or(NEVER, |one| one.seat().last());
        let visible = self.visible.until(ttl, now).max(seated + ttl);
        let hidden = self.hidden.until(HIDDEN_TTL, now);
        if now <= visible {
            (Presence::Online, visible)
        } else if now <= hidden {
            (Presence::Away, hidden)
        } else {
            (Presence::Offline, now)
        }
    }

    /// Has the next sweep look at it, whatever one finds now.
    fn look_again(&self) {
        self.due.store(NEVER, Ordering::Release);
    }

    /// As [`Seen::presence`], if a sweep is to look at it now.
    fn look(&self, now: i64, ttl: i64) -> Option<Presence> {
        if now <= self.due.load(Ordering::Relaxed) {
            return None;
        }
        self.due.swap(i64::MAX, Ordering::AcqRel);
        let (presence, until) = self.presence_until(now, ttl);
        // Fails if something changed since.
        let order = Ordering::Relaxed;
        let _ = self.due.compare_exchange(i64::MAX, until, order, order);
        Some(presence)
    }

    /// Whether a poll that comes now may be the leaving tab's own.
    fn is_overtaken(&self, now: i64) -> bool {
        now - self.left.load(Ordering::Relaxed) < OVERTAKEN
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        if let Some(seated) = self.seated.get_mut() {
            seated.seat().0.store(NEVER, Ordering::Relaxed);
        }
    }
}

/// What a tab that asks says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Visible,
    Hidden,
}

/// Everyone who is here, and how that list came to be.
#[derive(Default)]
struct Snapshot {
    present: BTreeMap<UserId, Presence>,
    /// The newest changes, as `(version, who)`, ascending.
    changes: VecDeque<(u64, Vec<(UserId, Presence)>)>,
}

/// A poll that is held: its person is here. Dropped unanswered, its connection broke: its tab has
/// gone.
pub struct Held<'a> {
    tracker: &'a Tracker,
    /// None beyond the most that are tracked.
    seen: Option<Arc<Seen>>,
    tab: Tab,
    since: i64,
    answered: bool,
}

impl Held<'_> {
    /// It is answered.
    pub fn answer(mut self) {
        self.answered = true;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Some(seen) = &self.seen else { return };
        let asked = seen.asked(self.tab);
        asked.held.fetch_sub(1, Ordering::Relaxed);
        if !self.answered {
            let now = super::uptime();
            let soon = (now - self.tracker.ttl_of(self.tab) + GRACE).min(self.since);
            // Fails if another poll was noted since: a tab of theirs is still there.
            let order = Ordering::Relaxed;
            let _ = asked.at.compare_exchange(self.since, soon, order, order);
        }
        seen.look_again();
    }
}

/// Tracks who is here. Times are those of [`super::uptime`].
pub struct Tracker {
    /// While clients ask once a second.
    ttl: i64,
    /// How much longer people may be silent, because clients are told to ask less often; and when
    /// they were last told so.
    slack: AtomicI64,
    slackened: AtomicI64,
    max: usize,
    seen: Cache<UserId, Arc<Seen>>,
    tracked: AtomicUsize,
    full: AtomicBool,
    version: AtomicU64,
    snapshot: RwLock<Arc<Snapshot>>,
    /// One sweep at a time.
    sweeping: Mutex<()>,
    /// Wakes the sweeper when somebody came or left.
    stirred: Notify,
    /// Wakes held polls when there is a new version.
    changed: Notify,
}

impl Tracker {
    /// A tracker of at most `max` people, each here for `ttl` after they asked.
    #[must_use]
    pub fn new(ttl: Duration, max: usize) -> Self {
        Self {
            ttl: i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX / 4),
            slack: AtomicI64::new(0),
            slackened: AtomicI64::new(NEVER),
            max,
            // quick_cache evicts before its capacity is reached: `max` is kept by `tracked`.
            seen: Cache::new(max * 2 + 64),
            tracked: AtomicUsize::new(0),
            full: AtomicBool::new(false),
            version: AtomicU64::new(1),
            snapshot: RwLock::default(),
            sweeping: Mutex::new(()),
            stirred: Notify::new(),
            changed: Notify::new(),
        }
    }

    /// As [`Tracker::touch`], of one who is `seated`: without looking for them as long as they are here.
    pub fn touch_at<S: Seated + 'static>(&self, seated: &Arc<S>, user: UserId, tab: Tab, now: i64) {
        let (at, order) = (&seated.seat().0, Ordering::Relaxed);
        let before = seated.seat().last();
        if tab == Tab::Visible
            && now - before <= self.ttl()
            // Fails if they said good-bye at this moment.
            && at.compare_exchange(before, now, order, order).is_ok()
        {
            return;
        }
        self.touch(user, tab, now);
        if tab == Tab::Visible
            && let Some(seen) = self.seen.get(&user)
            && !seen.is_overtaken(now)
        {
            let one: Arc<dyn Seated> = Arc::clone(seated) as _;
            *seen.seated.lock() = Some(one);
            at.store(now, order);
        }
    }

    /// Notes that a tab of this user asked just now.
    pub fn touch(&self, user: UserId, tab: Tab, now: i64) {
        match self.seen.get(&user) {
            Some(seen) if seen.is_overtaken(now) => {}
            Some(seen) => self.note(&seen, tab, now),
            None => self.begin(user, tab, now),
        }
    }

    /// As [`Tracker::touch`], for a poll that is held. None of those is overtaken by a good-bye:
    /// what is returned tells when its connection breaks.
    pub fn hold(&self, user: UserId, tab: Tab, now: i64) -> Held<'_> {
        match self.seen.get(&user) {
            Some(seen) => self.note(&seen, tab, now),
            None => self.begin(user, tab, now),
        }
        let seen = self.seen.get(&user);
        if let Some(seen) = &seen {
            seen.asked(tab).held.fetch_add(1, Ordering::Relaxed);
        }
        Held { tracker: self, seen, tab, since: now, answered: false }
    }

    fn note(&self, seen: &Seen, tab: Tab, now: i64) {
        let before = seen.presence(now, self.ttl());
        seen.asked(tab).at.store(now, Ordering::Relaxed);
        if before != seen.presence(now, self.ttl()) {
            seen.look_again();
            self.stirred.notify_one();
        }
    }

    /// Follows the pause that clients are told, in milliseconds. The longest one counts until all
    /// who were told it have asked again.
    pub fn follow(&self, pace: u32, now: i64) {
        let wanted = i64::from(pace.saturating_sub(PACE));
        let slack = self.slack.load(Ordering::Relaxed);
        if wanted >= slack {
            self.slackened.store(now, Ordering::Relaxed);
        }
        if wanted > slack || now - self.slackened.load(Ordering::Relaxed) > 2 * slack {
            self.slack.store(wanted, Ordering::Relaxed);
        }
    }

    fn ttl(&self) -> i64 {
        self.ttl + self.slack.load(Ordering::Relaxed)
    }

    fn ttl_of(&self, tab: Tab) -> i64 {
        match tab {
            Tab::Visible => self.ttl(),
            Tab::Hidden => HIDDEN_TTL,
        }
    }

    fn begin(&self, user: UserId, tab: Tab, now: i64) {
        if self.tracked.load(Ordering::Relaxed) >= self.max {
            if !self.full.swap(true, Ordering::Relaxed) {
                tracing::warn!(max = self.max, "more people online than are tracked");
            }
            return;
        }
        self.tracked.fetch_add(1, Ordering::Relaxed);
        let seen = Seen {
            visible: Asked::default(),
            hidden: Asked::default(),
            left: AtomicI64::new(NEVER),
            told: AtomicU8::new(Presence::Offline as u8),
            due: AtomicI64::new(NEVER),
            seated: Mutex::default(),
        };
        seen.asked(tab).at.store(now, Ordering::Relaxed);
        self.seen.insert(user, Arc::new(seen));
        self.stirred.notify_one();
    }

    /// Notes that a tab of this user says good-bye: gone soon, unless another one asks.
    pub fn leave(&self, user: UserId, now: i64) {
        if let Some(seen) = self.seen.get(&user) {
            seen.left.store(now, Ordering::Relaxed);
            if let Some(seated) = &*seen.seated.lock() {
                let last = seated.seat().0.swap(NEVER, Ordering::Relaxed);
                seen.visible.at.fetch_max(last, Ordering::Relaxed);
            }
            for tab in [Tab::Visible, Tab::Hidden] {
                seen.asked(tab).at.fetch_min(now - self.ttl_of(tab) + GRACE, Ordering::Relaxed);
            }
            seen.look_again();
        }
    }

    /// Ready at the next version after it was enabled.
    pub fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// The version of the newest list; polls compare it.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Everyone who is here, and the list's version.
    #[must_use]
    pub fn all(&self) -> (u64, Vec<(UserId, Presence)>) {
        // The version first: a newer list under an older version is only sent once more.
        let version = self.version();
        (version, self.snapshot.read().present.iter().map(|(id, at)| (*id, *at)).collect())
    }

    /// What changed after `version`, and the version it leads to.
    #[must_use]
    pub fn since(&self, version: u64) -> (u64, PresenceDelta) {
        let newest = self.version();
        if newest == version {
            return (version, PresenceDelta::Unchanged);
        }
        let snapshot = Arc::clone(&self.snapshot.read());
        match snapshot.changes.front() {
            Some((oldest, _)) if *oldest <= version + 1 && version < newest => {
                let changed: BTreeMap<_, _> = snapshot
                    .changes
                    .iter()
                    .filter(|(at, _)| *at > version)
                    .flat_map(|(_, who)| who.iter().copied())
                    .collect();
                (newest, PresenceDelta::Changed(changed.into_iter().collect()))
            }
            _ => {
                let (version, present) = self.all();
                (version, PresenceDelta::All(present))
            }
        }
    }

    /// Makes the list anew, and its next version if it differs.
    pub fn sweep(&self, now: i64) {
        let _one = self.sweeping.lock();
        let ttl = self.ttl();
        // `retain` wants a function that changes nothing of its own.
        let changed = Mutex::new(Vec::new());
        self.seen.retain(|user, seen| {
            let Some(presence) = seen.look(now, ttl) else { return true };
            if seen.told.swap(presence as u8, Ordering::Relaxed) != presence as u8 {
                changed.lock().push((*user, presence));
            }
            presence != Presence::Offline
        });
        let mut changed = changed.into_inner();
        let tracked = self.seen.len();
        self.tracked.store(tracked, Ordering::Relaxed);
        if tracked < self.max {
            self.full.store(false, Ordering::Relaxed);
        }
        let before = Arc::clone(&self.snapshot.read());
        if before.present.len() > tracked {
            // The cache may have evicted somebody unasked.
            let is_lost = |user: &&UserId| !self.seen.contains_key(*user);
            let lost = before.present.keys().filter(is_lost);
            changed.extend(lost.map(|user| (*user, Presence::Offline)));
        }
        if changed.is_empty() {
            return;
        }
        let mut present = before.present.clone();
        for (user, presence) in &changed {
            match presence {
                Presence::Offline => drop(present.remove(user)),
                here => drop(present.insert(*user, *here)),
            }
        }
        let version = self.version() + 1;
        let mut changes = before.changes.clone();
        changes.push_back((version, changed));
        if changes.len() > REMEMBERED {
            changes.pop_front();
        }
        *self.snapshot.write() = Arc::new(Snapshot { present, changes });
        self.version.store(version, Ordering::Release);
        self.changed.notify_waiters();
    }

    /// Sweeps for ever: soon after somebody comes or leaves, and four times a second for those
    /// who fell silent.
    pub async fn run(&self, pace: &Pace) {
        loop {
            let pause = Duration::from_millis(250);
            let _ = tokio::time::timeout(pause, self.stirred.notified()).await;
            self.follow(pace.get(), super::uptime());
            tokio::time::sleep(TOGETHER).await;
            self.sweep(super::uptime());
        }
    }
}

#[cfg(test)]
mod tests;
