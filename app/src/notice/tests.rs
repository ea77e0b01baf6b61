use super::*;
use crate::samples;

const ME: UserId = UserId(1);
const OTHER: UserId = UserId(2);

fn room(seq: i64, sender: UserId, notify: Notify, unread: i64, mentions: i64) -> Room {
    let last = samples::message(RoomId(5), seq, sender);
    Room { notify, unread, mentions, ..samples::room(last) }
}

/// Whether each of these states of one room calls, after the first.
fn calls(states: &[Room]) -> Vec<bool> {
    let seen = states.first().map(seen);
    let mut known = Known::of(seen.into_iter().collect());
    states[1..].iter().map(|room| !known.calls([room], ME).is_empty()).collect()
}

#[test]
fn what_another_said_calls_once() {
    let said = |seq, sender, unread| room(seq, sender, Notify::All, unread, 0);
    let states = [said(3, OTHER, 1), said(3, OTHER, 1), said(4, OTHER, 2), said(4, OTHER, 2)];
    assert_eq!(calls(&states), [false, true, false]);
    assert_eq!(calls(&[said(3, OTHER, 1), said(4, ME, 1)]), [false], "one's own");
    assert_eq!(calls(&[said(3, OTHER, 0), said(4, OTHER, 0)]), [false], "read already");
    let mut event = said(4, OTHER, 1);
    event.last.as_mut().expect("a message").kind = Kind::Event;
    assert_eq!(calls(&[said(3, OTHER, 1), event.clone()]), [false]);
    event.unread = 2;
    assert_eq!(calls(&[said(3, OTHER, 1), event]), [true], "said before it, at the same moment");
    assert_eq!(Known::default().calls([&said(1, OTHER, 1)], ME).len(), 1, "a new room");
}

#[test]
fn a_quiet_room_calls_whom_it_mentions() {
    let said = |seq, mentions, notify| room(seq, OTHER, notify, 5, mentions);
    let quiet = |seq, mentions| said(seq, mentions, Notify::Mentions);
    // The last one, said in the same moment, does not mention.
    assert_eq!(calls(&[quiet(3, 1), quiet(4, 1), quiet(6, 2)]), [false, true]);
    assert_eq!(calls(&[quiet(3, 1), quiet(3, 0), quiet(4, 1)]), [false, true], "after reading");
    assert_eq!(calls(&[quiet(3, 0), said(4, 1, Notify::Nothing)]), [false]);
}

#[test]
fn quiet_hours_go_over_midnight() {
    let quiet = |hours, minute| Choice { quiet: hours, ..Choice::default() }.is_quiet(minute);
    let night = Some((22 * 60, 7 * 60));
    assert!(quiet(night, 23 * 60) && quiet(night, 0) && quiet(night, 22 * 60));
    assert!(!quiet(night, 7 * 60) && !quiet(night, 12 * 60));
    assert!(quiet(Some((60, 120)), 60) && !quiet(Some((60, 120)), 120));
    assert!(!quiet(None, 60) && !quiet(Some((60, 60)), 60));
}
