//! What a conversation shows, line by line. Pure.

use super::{Kind, Message, reactions::Reacted};
use crate::{
    ids::UserId,
    sync::{
        outbox::{Entry, State},
        timeline::Timeline,
    },
    ui::{erased::Key, time::Zone},
};

/// Messages of one sender within this time stand together; milliseconds.
const GROUP_MS: i64 = 5 * 60_000;

/// A line of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A new day begins: the time of its first message.
    Day(i64),
    /// What follows is new since the room was opened.
    New,
    /// Messages before this place are missing.
    Gap(i64),
    /// What happened to the group.
    Event(Message),
    Message {
        message: Message,
        mine: bool,
        /// The first of its group: has the sender and the time.
        first: bool,
        /// The last of its group.
        last: bool,
    },
    /// What people feel about the message before.
    Reactions(Reacted),
    /// On its way.
    Pending { entry: Entry, last: bool },
}

impl Row {
    /// What tells it from other lines: it is drawn anew when this changes.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Day(time) => (0, time.unsigned_abs(), 0),
            Self::New => (1, 0, 0),
            Self::Gap(seq) => (1, 1, seq.unsigned_abs()),
            Self::Event(event) => (1, 2, event.seq.unsigned_abs()),
            Self::Message { message, .. } => {
                // Not by its revision, nor by its place in its group: neither a reaction nor the next
                // message must take away what is being edited. An administrator may remove a file.
                let edited = message.edited.unwrap_or_default().unsigned_abs();
                let changed = edited * 2 + u64::from(message.deleted);
                (2, message.seq.unsigned_abs(), changed * 64 + message.attachments.len() as u64)
            }
            Self::Reactions(of) => (1, 3, of.seq.unsigned_abs()),
            Self::Pending { entry, last } => {
                let state = match entry.state {
                    State::Waiting => 0,
                    State::Sent => 1,
                    State::Failed(_) => 2,
                };
                let id = entry.client_id.number();
                (6 + state * 2 + u8::from(*last), (id >> 64) as u64, id as u64)
            }
        }
    }
}

impl Row {
    /// Whether it is the first, and the last, of its group, if it is this message.
    #[must_use]
    pub fn ends(&self, seq: i64) -> Option<(bool, bool)> {
        match self {
            Self::Message { message, first, last, .. } if message.seq == seq => {
                Some((*first, *last))
            }
            _ => None,
        }
    }
}

/// The lines of `timeline` and then of what `me` has on the way. `new_after` is the place after
/// which messages of others are new.
#[must_use]
pub fn rows<'a>(
    timeline: &Timeline,
    pending: impl Iterator<Item = &'a Entry>,
    me: UserId,
    new_after: Option<i64>,
    zone: Zone,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut before: Option<&Message> = None;
    let mut new_after = new_after;
    for message in timeline.messages() {
        let day = |message: &Message| zone.local(message.created).day_number;
        let new_day = before.is_none_or(|before| day(before) != day(message));
        let is_event = message.kind == Kind::Event;
        let is_new =
            message.sender != me && !is_event && new_after.is_some_and(|seq| message.seq > seq);
        let is_after_gap = timeline.is_after_gap(message.seq);
        let first = new_day
            || is_new
            || is_after_gap
            || before.is_none_or(|before| !together(before, message));
        if first {
            end_group(&mut rows);
        }
        if is_after_gap {
            rows.push(Row::Gap(message.seq));
        }
        if new_day {
            rows.push(Row::Day(message.created));
        }
        if is_new {
            rows.push(Row::New);
            new_after = None;
        }
        let mine = message.sender == me;
        rows.push(match is_event {
            true => Row::Event(message.clone()),
            false => Row::Message { message: message.clone(), mine, first, last: false },
        });
        if !message.reactions.is_empty() {
            rows.push(Row::Reactions(Reacted { room: message.room, seq: message.seq, mine }));
        }
        before = Some(message);
    }
    end_group(&mut rows);
    let held = rows.len();
    rows.extend(pending.map(|entry| Row::Pending { entry: entry.clone(), last: false }));
    if rows.len() > held {
        end_group(&mut rows);
    }
    rows
}

/// Whether two messages, one after the other, stand in one group.
fn together(a: &Message, b: &Message) -> bool {
    let bare = |message: &Message| match message.kind {
        Kind::Emoji | Kind::Sticker => !message.deleted,
        Kind::Event => true,
        Kind::Text | Kind::Image | Kind::Video | Kind::Audio | Kind::File => false,
    };
    a.sender == b.sender && b.created - a.created < GROUP_MS && !bare(a) && !bare(b)
}

fn end_group(rows: &mut [Row]) {
    let mut rows = rows.iter_mut().rev().skip_while(|row| matches!(row, Row::Reactions(_)));
    if let Some(Row::Message { last, .. } | Row::Pending { last, .. }) = rows.next() {
        *last = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::RoomId,
        message::{Page, reactions::Reaction},
        samples,
    };

    const ME: UserId = UserId(1);
    const OTHER: UserId = UserId(2);
    const NOON: i64 = 12 * 3_600_000;

    fn timeline(messages: &[(UserId, i64)]) -> Timeline {
        let message = |(seq, (sender, created)): (i64, &(UserId, i64))| Message {
            created: *created,
            ..samples::message(RoomId(1), seq, *sender)
        };
        let messages = (1..).zip(messages).map(message).collect();
        Timeline::of(Page {
            room: RoomId(1),
            messages,
            has_older: false,
            quoted: vec![],
            people: vec![],
        })
    }

    fn shape(timeline: &Timeline, new_after: Option<i64>, zone: Zone) -> String {
        rows(timeline, std::iter::empty(), ME, new_after, zone)
            .iter()
            .map(|row| match row {
                Row::Day(_) => "day ".to_owned(),
                Row::New => "new ".to_owned(),
                Row::Gap(_) => "gap ".to_owned(),
                Row::Event(event) => format!("event{} ", event.seq),
                Row::Message { message, first, last, .. } => {
                    let mark = match (first, last) {
                        (true, true) => "()",
                        (true, false) => "(",
                        (false, true) => ")",
                        (false, false) => "-",
                    };
                    format!("{}{mark} ", message.seq)
                }
                Row::Reactions(_) => "reactions ".to_owned(),
                Row::Pending { .. } => "pending ".to_owned(),
            })
            .collect()
    }

    #[test]
    fn messages_of_one_sender_within_minutes_stand_together() {
        let minute = 60_000;
        let all = timeline(&[
            (ME, NOON),
            (ME, NOON + minute),
            (ME, NOON + 2 * minute),
            (OTHER, NOON + 2 * minute),
            (OTHER, NOON + 30 * minute),
        ]);
        assert_eq!(shape(&all, None, Zone::Fixed(0)), "day 1( 2- 3) 4() 5() ");
    }

    #[test]
    fn the_new_line_stands_once_before_the_first_unread_of_another() {
        let all = timeline(&[(OTHER, NOON), (ME, NOON), (OTHER, NOON), (OTHER, NOON)]);
        assert_eq!(shape(&all, Some(1), Zone::Fixed(0)), "day 1() 2() new 3( 4) ");
    }

    #[test]
    fn reactions_stand_under_their_message_and_leave_its_group_whole() {
        let mut all = timeline(&[(ME, NOON), (ME, NOON)]);
        let reaction = Reaction { emoji: "👍".into(), people: vec![OTHER] };
        let liked = |seq| {
            let message = all.get(seq).unwrap().clone();
            Message { reactions: vec![reaction.clone()], rev: 9 + seq, ..message }
        };
        let (first, last) = (liked(1), liked(2));
        let keys = |all: &Timeline| {
            let rows = rows(all, std::iter::empty(), ME, None, Zone::Fixed(0));
            rows.iter().map(Row::key).collect::<Vec<_>>()
        };
        let before = keys(&all);
        all.merge(vec![first, last]);
        assert_eq!(shape(&all, None, Zone::Fixed(0)), "day 1( reactions 2) reactions ");
        let after = keys(&all);
        assert!(before.iter().all(|key| after.contains(key)), "no message is drawn anew");
    }

    #[test]
    fn an_event_stands_alone_and_is_never_new() {
        let mut all = timeline(&[(OTHER, NOON), (OTHER, NOON), (OTHER, NOON)]);
        let event = Message { kind: Kind::Event, rev: 9, ..all.get(2).unwrap().clone() };
        all.merge(vec![event]);
        assert_eq!(shape(&all, Some(1), Zone::Fixed(0)), "day 1() event2 new 3() ");
    }

    #[test]
    fn a_day_begins_at_the_reader_s_midnight() {
        let all = timeline(&[(ME, NOON), (ME, NOON + 60_000)]);
        assert_eq!(shape(&all, None, Zone::Fixed(0)), "day 1( 2) ");
        assert_eq!(shape(&all, None, Zone::Fixed(12 * 60 - 1)), "day 1() day 2() ");
    }
}
