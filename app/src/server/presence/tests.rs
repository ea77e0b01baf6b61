//! Times are passed in: nothing here waits.

use super::*;

const ADA: UserId = UserId(1);
const BOB: UserId = UserId(2);

fn tracker() -> Tracker {
    Tracker::new(Duration::from_secs(3), 2)
}

#[test]
fn online_means_asked_within_the_ttl() {
    let tracker = tracker();
    tracker.touch(ADA, Tab::Visible, 1_000);
    tracker.sweep(4_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Online)]);
    tracker.sweep(4_001);
    assert_eq!(tracker.all().1, []);
}

/// Who has a seat and nothing else.
#[derive(Default)]
struct Chair(Seat);

impl Seated for Chair {
    fn seat(&self) -> &Seat {
        &self.0
    }
}

#[test]
fn who_asks_from_a_seat_is_here_as_long_as_they_ask() {
    let (tracker, seat) = (tracker(), Arc::new(Chair::default()));
    for second in 1..=20 {
        tracker.touch_at(&seat, ADA, Tab::Visible, 1_000 * second);
        tracker.sweep(1_000 * second + 900);
        assert_eq!(tracker.all().1, [(ADA, Presence::Online)]);
    }
    assert_eq!(tracker.version(), 2, "one version for coming");
    tracker.touch_at(&seat, ADA, Tab::Hidden, 21_000);
    tracker.sweep(23_001);
    assert_eq!(tracker.all().1, [(ADA, Presence::Away)]);
}

#[test]
fn a_good_bye_counts_also_for_who_has_a_seat() {
    let (tracker, seat) = (tracker(), Arc::new(Chair::default()));
    for now in [1_000, 2_000] {
        tracker.touch_at(&seat, ADA, Tab::Visible, now);
    }
    tracker.leave(ADA, 2_000);
    tracker.touch_at(&seat, ADA, Tab::Visible, 2_100);
    tracker.sweep(2_000 + GRACE);
    assert_eq!(tracker.all().1, [(ADA, Presence::Online)]);
    tracker.sweep(2_000 + GRACE + 1);
    assert_eq!(tracker.all().1, [], "the poll that the good-bye overtook does not count");
    for now in [10_000, 11_000] {
        tracker.touch_at(&seat, ADA, Tab::Visible, now);
    }
    tracker.leave(ADA, 11_000);
    tracker.touch_at(&seat, ADA, Tab::Visible, 12_000);
    tracker.sweep(14_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Online)], "another tab's does");
}

#[test]
fn a_seat_is_found_again_after_it_was_swept_away() {
    let (tracker, seat) = (tracker(), Arc::new(Chair::default()));
    for begun in [1_000, 10_000] {
        tracker.touch_at(&seat, ADA, Tab::Visible, begun);
        tracker.touch_at(&seat, ADA, Tab::Visible, begun + 1_000);
        tracker.sweep(begun + 4_000);
        assert_eq!(tracker.all().1, [(ADA, Presence::Online)]);
        tracker.sweep(begun + 5_000);
        assert_eq!(tracker.all().1, []);
    }
}

#[test]
fn who_was_told_to_ask_less_often_is_not_gone() {
    let tracker = tracker();
    tracker.follow(8_000, 0);
    tracker.touch(ADA, Tab::Visible, 0);
    tracker.sweep(8_500);
    assert_eq!(tracker.all().1, [(ADA, Presence::Online)]);
    tracker.touch(ADA, Tab::Visible, 8_500);
    tracker.follow(PACE, 8_600);
    tracker.sweep(16_500);
    assert_eq!(tracker.all().1, [(ADA, Presence::Online)], "not all have heard of it");
    tracker.follow(PACE, 16_600);
    tracker.touch(ADA, Tab::Visible, 16_600);
    tracker.sweep(19_700);
    assert_eq!(tracker.all().1, []);
}

#[test]
fn a_reader_gets_only_what_changed_since_their_version() {
    let tracker = tracker();
    tracker.touch(ADA, Tab::Visible, 0);
    tracker.sweep(0);
    let version = tracker.version();
    assert_eq!(tracker.since(version), (version, PresenceDelta::Unchanged));
    tracker.touch(BOB, Tab::Visible, 0);
    tracker.sweep(0);
    tracker.leave(ADA, 0);
    tracker.sweep(GRACE + 1);
    let changed = vec![(ADA, Presence::Offline), (BOB, Presence::Online)];
    assert_eq!(tracker.since(version), (version + 2, PresenceDelta::Changed(changed)));
    let all = PresenceDelta::All(vec![(BOB, Presence::Online)]);
    assert_eq!(tracker.since(0), (version + 2, all.clone()));
    assert_eq!(tracker.since(version + 9), (version + 2, all));
}

#[test]
fn another_tab_s_poll_after_a_good_bye_keeps_its_person_here() {
    let tracker = tracker();
    tracker.touch(ADA, Tab::Visible, 0);
    tracker.sweep(0);
    let version = tracker.version();
    tracker.leave(ADA, 0);
    tracker.touch(ADA, Tab::Visible, 1_000);
    tracker.sweep(GRACE + 1);
    assert_eq!(tracker.version(), version);
}

#[test]
fn a_poll_that_its_tab_s_good_bye_overtook_does_not_keep_its_person_here() {
    let tracker = tracker();
    tracker.touch(ADA, Tab::Visible, 0);
    tracker.sweep(0);
    tracker.leave(ADA, 10);
    tracker.touch(ADA, Tab::Visible, 200);
    tracker.sweep(GRACE + 11);
    assert_eq!(tracker.all().1, []);
}

#[test]
fn who_only_has_a_hidden_tab_is_away_not_offline() {
    let tracker = tracker();
    tracker.touch(ADA, Tab::Visible, 0);
    tracker.touch(ADA, Tab::Hidden, 1_000);
    tracker.sweep(3_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Online)]);
    tracker.sweep(3_001);
    assert_eq!(tracker.all().1, [(ADA, Presence::Away)]);
    tracker.sweep(96_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Away)]);
    tracker.sweep(96_001);
    assert_eq!(tracker.all().1, []);
    tracker.touch(ADA, Tab::Hidden, 140_000);
    tracker.touch(ADA, Tab::Visible, 141_000);
    tracker.sweep(141_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Online)]);
    tracker.leave(ADA, 141_000);
    tracker.sweep(141_000 + GRACE + 1);
    assert_eq!(tracker.all().1, []);
}

#[test]
fn who_is_held_is_here_whatever_a_tab_elsewhere_says() {
    let tracker = tracker();
    let held = tracker.hold(ADA, Tab::Hidden, 1_000);
    tracker.leave(ADA, 2_000);
    tracker.sweep(90_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Away)]);
    held.answer();
    tracker.sweep(90_001);
    assert_eq!(tracker.all().1, []);
}

#[test]
fn a_held_poll_whose_connection_breaks_is_gone_soon_unless_another_asked() {
    let tracker = tracker();
    let now = crate::server::uptime();
    drop(tracker.hold(ADA, Tab::Hidden, now - 1));
    tracker.sweep(now + 1_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Away)]);
    tracker.sweep(now + 60_000);
    assert_eq!(tracker.all().1, []);
    let first = tracker.hold(ADA, Tab::Hidden, now - 2);
    let second = tracker.hold(ADA, Tab::Hidden, now - 1);
    drop(first);
    second.answer();
    tracker.sweep(now + 30_000);
    assert_eq!(tracker.all().1, [(ADA, Presence::Away)]);
}

#[test]
fn a_quiet_sweep_makes_no_new_version() {
    let tracker = tracker();
    tracker.touch(ADA, Tab::Visible, 0);
    tracker.sweep(0);
    let version = tracker.version();
    tracker.touch(ADA, Tab::Visible, 1_000);
    tracker.sweep(2_000);
    assert_eq!(tracker.version(), version);
}

#[test]
fn who_is_seated_beyond_the_maximum_is_tracked_once_there_is_a_place() {
    let (tracker, seat) = (tracker(), Arc::new(Chair::default()));
    for user in 1..=2 {
        tracker.touch(UserId(user), Tab::Visible, 0);
    }
    tracker.touch_at(&seat, UserId(3), Tab::Visible, 3_000);
    tracker.sweep(3_001);
    tracker.touch_at(&seat, UserId(3), Tab::Visible, 4_000);
    tracker.sweep(4_000);
    assert_eq!(tracker.all().1, [(UserId(3), Presence::Online)]);
}

#[test]
fn no_more_than_the_maximum_are_tracked_and_a_place_is_given_again() {
    let tracker = tracker();
    for user in 1..=3 {
        tracker.touch(UserId(user), Tab::Visible, 0);
    }
    tracker.sweep(0);
    assert_eq!(tracker.all().1.len(), 2);
    tracker.leave(ADA, 0);
    tracker.sweep(GRACE + 1);
    tracker.touch(UserId(3), Tab::Visible, GRACE + 1);
    tracker.sweep(GRACE + 1);
    assert_eq!(tracker.all().1, [(BOB, Presence::Online), (UserId(3), Presence::Online)]);
}
