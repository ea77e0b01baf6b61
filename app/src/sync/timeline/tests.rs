//! Stories of a timeline, and what holds whatever comes in.

use super::*;
use crate::{
    ids::{RoomId, UserId},
    samples,
};
use proptest::prelude::*;

fn message(seq: i64, rev: i64) -> Message {
    let body = format!("{seq}.{rev}");
    Message { rev, body, created: seq, ..samples::message(RoomId(1), seq, UserId(1)) }
}

fn page(seqs: std::ops::RangeInclusive<i64>) -> Page {
    let has_older = *seqs.start() > 1;
    let messages = seqs.map(|seq| message(seq, seq)).collect();
    Page { room: RoomId(1), messages, has_older, quoted: vec![], people: vec![] }
}

fn seqs(timeline: &Timeline) -> Vec<i64> {
    timeline.messages().map(|message| message.seq).collect()
}

#[test]
fn a_page_before_makes_it_longer_and_a_gap_is_refused() {
    let mut timeline = Timeline::of(page(21..=30));
    timeline.load(page(1..=10));
    assert_eq!(seqs(&timeline), (21..=30).collect::<Vec<_>>());
    timeline.load(page(11..=20));
    assert_eq!(seqs(&timeline), (11..=30).collect::<Vec<_>>());
    assert!(timeline.has_older());
    timeline.load(page(1..=10));
    assert!(!timeline.has_older());
}

#[test]
fn what_came_before_the_first_page_is_kept() {
    let mut timeline = Timeline::default();
    timeline.merge(vec![message(3, 40), message(31, 41)]);
    assert!(!timeline.is_loaded());
    timeline.load(page(21..=30));
    assert_eq!(seqs(&timeline), (21..=31).collect::<Vec<_>>());
}

#[test]
fn an_empty_room_takes_its_first_message() {
    let mut timeline = Timeline::of(Page {
        room: RoomId(1),
        messages: vec![],
        has_older: false,
        quoted: vec![],
        people: vec![],
    });
    assert!(timeline.merge(vec![message(1, 1)]));
    assert_eq!(seqs(&timeline), [1]);
}

#[test]
fn a_newest_page_read_again_does_not_claim_older_ones_back() {
    let mut timeline = Timeline::of(page(1..=10));
    timeline.load(page(5..=12));
    assert!(!timeline.has_older());
    assert_eq!(seqs(&timeline), (1..=12).collect::<Vec<_>>());
}

#[test]
fn a_jump_keeps_what_is_being_read_and_marks_the_gap() {
    let mut timeline = Timeline::of(page(21..=30));
    timeline.jump(page(91..=100).messages, true);
    assert_eq!(seqs(&timeline), (21..=30).chain(91..=100).collect::<Vec<_>>());
    assert!(timeline.is_after_gap(91) && timeline.has_older());
    assert!(!timeline.merge(vec![message(50, 120)]), "missing: it comes with its page");
    assert!(timeline.merge(vec![message(25, 121)]));
    timeline.load(page(81..=90));
    assert!(timeline.is_after_gap(81) && !timeline.is_after_gap(91));
    timeline.forget_before(95);
    assert_eq!(seqs(&timeline), (95..=100).collect::<Vec<_>>());
    assert!(timeline.has_older());
    timeline.jump(page(191..=200).messages, false);
    assert_eq!(seqs(&timeline), (191..=200).collect::<Vec<_>>());
}

#[test]
fn a_long_timeline_keeps_the_newest_and_what_is_read() {
    let mut timeline = Timeline::of(page(1..=110));
    timeline.shorten(Some(50));
    assert_eq!(timeline.messages().count(), 110, "not long yet");
    timeline.load(page(110..=1000));
    let mut at_end = timeline.clone();
    at_end.shorten(None);
    assert_eq!(seqs(&at_end), (961..=1000).collect::<Vec<_>>());
    assert!(at_end.has_older() && !at_end.is_after_gap(961));
    timeline.shorten(Some(401));
    assert_eq!(seqs(&timeline), (366..=435).chain(961..=1000).collect::<Vec<_>>());
    assert!(timeline.has_older() && timeline.is_after_gap(961));
    timeline.merge(vec![message(700, 2_000), message(1001, 2_001)]);
    assert_eq!(timeline.last(), Some(1001));
    assert!(timeline.get(700).is_none(), "it comes with its page");
}

/// A room's history as a server would make it: each change takes the next revision.
fn history() -> impl Strategy<Value = Vec<Message>> {
    prop::collection::vec(prop::option::of(0usize..40), 1..60).prop_map(|changes| {
        let mut newest = 0;
        let mut all = vec![];
        for (rev, edited) in (1i64..).zip(changes) {
            let seq = match edited {
                Some(index) if newest > 0 => 1 + index as i64 % newest,
                _ => {
                    newest += 1;
                    newest
                }
            };
            all.push(message(seq, rev));
        }
        all
    })
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_of_changes_gives_the_same(
        history in history(),
        seed in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
    ) {
        let empty = Page { room: RoomId(1), messages: vec![], has_older: false, quoted: vec![], people: vec![] };
        let mut once = Timeline::of(empty.clone());
        once.merge(history.clone());
        let mut replayed = Timeline::of(empty);
        for index in &seed {
            replayed.merge(vec![index.get(&history).clone()]);
        }
        for message in history.iter().rev() {
            replayed.merge(vec![message.clone()]);
        }
        prop_assert_eq!(&once, &replayed);
        prop_assert!(!replayed.merge(history));
    }

    #[test]
    fn jumps_pages_and_changes_in_any_order_leave_no_hole_that_is_not_marked(
        steps in prop::collection::vec((0u8..6, 1i64..600), 1..40),
    ) {
        let (mut newest, mut awaited) = (10, false);
        let mut timeline = Timeline::of(page(1..=10));
        for (step, at) in steps {
            match step {
                0 => {
                    newest += 1;
                    timeline.merge(vec![message(newest, newest)]);
                }
                1 => {
                    newest += at;
                    timeline.jump(page((newest - 9).max(1)..=newest).messages, true);
                }
                2 => timeline.load(page((at.min(newest) - 9).max(1)..=at.min(newest))),
                5 if !awaited => {
                    timeline.expect();
                    awaited = true;
                }
                5 => {
                    timeline.expected();
                    awaited = false;
                }
                3 => timeline.shorten((at % 2 == 0).then_some(at)),
                _ => { timeline.merge(vec![message(at.min(newest), newest + at)]); }
            }
            let held = seqs(&timeline);
            for pair in held.windows(2) {
                let marked = timeline.is_after_gap(pair[1]);
                prop_assert_eq!(pair[0] + 1 != pair[1], marked, "{:?}", held);
            }
            prop_assert_eq!(timeline.has_older(), held[0] > 1);
            prop_assert_eq!(timeline.last(), Some(newest));
        }
        // From the newest back, page by page, every gap fills.
        for _ in 0..1_000 {
            let held = seqs(&timeline);
            let inner = held.iter().copied().find(|seq| timeline.is_after_gap(*seq));
            let first = held.first().copied().filter(|_| timeline.has_older());
            let Some(gap) = inner.or(first) else { break };
            timeline.load(page((gap - 10).max(1)..=gap - 1));
        }
        prop_assert_eq!(seqs(&timeline), (1..=newest).collect::<Vec<_>>());
    }

    #[test]
    fn a_snapshot_at_any_moment_and_the_changes_since_equal_a_fresh_snapshot(
        history in history(),
        moment in any::<prop::sample::Index>(),
        overlap in 0usize..5,
    ) {
        let moment = moment.index(history.len());
        let state = |changes: &[Message]| {
            let mut rows = BTreeMap::new();
            for message in changes {
                rows.insert(message.seq, message.clone());
            }
            rows
        };
        let newest = |rows: &BTreeMap<i64, Message>| {
            let messages: Vec<_> = rows.values().rev().take(10).rev().cloned().collect();
            let has_older = messages.first().is_some_and(|message| message.seq > 1);
            Page { room: RoomId(1), messages, has_older, quoted: vec![], people: vec![] }
        };
        let mut timeline = Timeline::of(newest(&state(&history[..moment])));
        timeline.merge(history[moment.saturating_sub(overlap)..].to_vec());
        let fresh = state(&history);
        for message in timeline.messages() {
            prop_assert_eq!(message, &fresh[&message.seq]);
        }
        prop_assert_eq!(timeline.last(), fresh.keys().next_back().copied());
        let held = seqs(&timeline);
        prop_assert!(held.windows(2).all(|pair| pair[0] + 1 == pair[1]), "a gap: {held:?}");
    }
}

#[test]
fn what_changes_while_a_page_is_on_its_way_is_newer_than_the_page() {
    let mut timeline = Timeline::of(page(61..=70));
    timeline.expect();
    assert!(!timeline.merge(vec![message(55, 71)]), "it is not here yet");
    timeline.load(page(51..=60));
    timeline.expected();
    assert_eq!(timeline.get(55).map(|held| held.rev), Some(71));

    // Of one that ends too early, too.
    let mut timeline = Timeline::of(page(1..=10));
    timeline.cut_before(62);
    timeline.expect();
    assert!(!timeline.merge(vec![message(63, 63)]));
    timeline.jump(page(53..=62).messages, true);
    timeline.expected();
    assert!(timeline.merge(vec![message(64, 64)]));
    assert_eq!(seqs(&timeline), (1..=10).chain(53..=64).collect::<Vec<_>>());

    // And of what is answered here.
    timeline.expect();
    timeline.merge(vec![message(30, 65)]);
    timeline.quote(vec![message(30, 30)]);
    timeline.expected();
    assert_eq!(timeline.origin(30).map(|held| held.rev), Some(65));

    timeline.merge(vec![message(40, 66)]);
    timeline.expect();
    timeline.load(page(43..=52));
    timeline.load(page(33..=42));
    timeline.expected();
    assert_eq!(
        timeline.get(40).map(|held| held.rev),
        Some(40),
        "heard before the page was asked for"
    );
}

#[test]
fn a_page_from_far_back_stands_between_gaps_and_fills_from_either_side() {
    let mut timeline = Timeline::of(page(61..=70));
    timeline.land(page(31..=40));
    assert!(timeline.has_older() && timeline.is_after_gap(61) && !timeline.is_after_gap(31));
    assert_eq!(timeline.before(61), Some(40));
    timeline.load(page(41..=50));
    assert!(timeline.is_after_gap(61));
    timeline.load(page(51..=60));
    assert_eq!(seqs(&timeline), (31..=70).collect::<Vec<_>>());
    assert!(!timeline.is_after_gap(61));
    timeline.land(page(1..=10));
    timeline.load(page(21..=30));
    assert!(timeline.is_after_gap(21) && !timeline.is_after_gap(31) && !timeline.has_older());
    timeline.load(page(11..=20));
    assert_eq!(seqs(&timeline), (1..=70).collect::<Vec<_>>());
    assert!(!(1..=70).any(|seq| timeline.is_after_gap(seq)));
}

#[test]
fn a_timeline_that_ends_too_early_takes_nothing_new_before_its_newest_page() {
    let mut timeline = Timeline::of(page(1..=10));
    timeline.cut_before(10);
    assert!(!timeline.is_cut());
    timeline.cut_before(40);
    assert!(timeline.is_cut());
    assert!(!timeline.merge(vec![message(41, 41)]));
    assert!(timeline.merge(vec![message(3, 42)]), "what is held is kept up");
    let newest = page(32..=41).messages;
    timeline.jump(newest, true);
    assert!(!timeline.is_cut() && timeline.is_after_gap(32));
    timeline.merge(vec![message(42, 43)]);
    assert_eq!(timeline.last(), Some(42));
}

#[test]
fn what_is_answered_is_held_apart_and_kept_up() {
    let answer = |seq, origin| Message { reply_to: Some(origin), ..message(seq, seq) };
    let mut timeline = Timeline::of(page(21..=30));
    timeline.merge(vec![answer(31, 3), answer(32, 25)]);
    assert_eq!(timeline.unquoted(), [3]);
    timeline.quote(vec![message(3, 3)]);
    assert_eq!((timeline.unquoted(), timeline.origin(3).map(|m| m.rev)), (vec![], Some(3)));
    assert!(timeline.get(3).is_none());
    assert!(timeline.merge(vec![message(3, 33)]) && !timeline.merge(vec![message(3, 33)]));
    timeline.quote(vec![message(3, 3)]);
    assert_eq!(timeline.origin(3).map(|m| m.rev), Some(33), "the newer one stays");
    timeline.forget_before(28);
    assert_eq!((timeline.unquoted(), timeline.origin(25).map(|m| m.rev)), (vec![], Some(25)));
    let newest = vec![answer(90, 3)];
    timeline.jump(newest, true);
    assert_eq!(timeline.unquoted(), [3, 25], "they may have changed unheard");
    assert!(timeline.origin(3).is_some(), "and are shown meanwhile");
    timeline.quote(vec![message(3, 80), message(25, 25)]);
    assert_eq!(timeline.unquoted(), [0; 0]);
}
