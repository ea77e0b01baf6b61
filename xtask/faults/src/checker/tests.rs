use super::*;
use crate::ledger::Deed;

const ROOM: i64 = 1;

/// A made-up round: three messages, all acknowledged, stored, and seen by two readers.
struct Round {
    acknowledged: Vec<Acknowledgement>,
    history: BTreeMap<i64, Vec<Message>>,
    observations: Vec<Observation>,
    since: BTreeMap<i64, i64>,
}

impl Round {
    fn clean() -> Self {
        let messages: Vec<_> = (1..=3).map(message).collect();
        let acknowledged = messages.iter().cloned().map(sent).collect();
        let seen = Seen {
            messages: messages.iter().map(|message| (message.seq, message.clone())).collect(),
            order: vec![1, 2, 3],
        };
        let observation = |reader: &str| Observation {
            reader: reader.into(),
            rooms: BTreeMap::from([(ROOM, seen.clone())]),
        };
        Self {
            acknowledged,
            history: BTreeMap::from([(ROOM, messages)]),
            observations: vec![observation("ann"), observation("bob")],
            since: BTreeMap::new(),
        }
    }

    fn stored(&mut self) -> &mut Vec<Message> {
        self.history.get_mut(&ROOM).unwrap()
    }

    fn seen(&mut self, reader: usize) -> &mut Seen {
        self.observations[reader].rooms.get_mut(&ROOM).unwrap()
    }

    /// Stored, and seen by both readers, whether it was acknowledged or not.
    fn everywhere(&mut self, message: &Message) {
        self.stored().retain(|stored| stored.seq != message.seq);
        self.stored().push(message.clone());
        self.stored().sort_by_key(|stored| stored.seq);
        for reader in 0..2 {
            let seen = self.seen(reader);
            if seen.messages.insert(message.seq, message.clone()).is_none() {
                seen.order.push(message.seq);
            }
        }
    }

    /// Lost, duplicated, reordered, disagreements.
    fn counts(&self) -> [usize; 4] {
        let verdict = check(&Evidence {
            acknowledged: &self.acknowledged,
            history: &self.history,
            observations: &self.observations,
            since: &self.since,
        });
        let counts = [verdict.lost, verdict.duplicated, verdict.reordered, verdict.disagreements];
        assert_eq!(counts.iter().sum::<usize>(), verdict.details.len(), "{:?}", verdict.details);
        counts
    }
}

fn message(seq: i64) -> Message {
    Message {
        room: ROOM,
        seq,
        rev: seq,
        sender: 7,
        client_id: format!("{seq:032x}"),
        body: format!("message {seq}"),
        created: seq,
        edited: None,
        deleted: false,
    }
}

fn sent(message: Message) -> Acknowledgement {
    Acknowledgement { deed: Deed::Sent, message }
}

#[test]
fn a_clean_round_counts_nothing() {
    assert_eq!(Round::clean().counts(), [0, 0, 0, 0]);
}

#[test]
fn a_message_that_nobody_has_is_lost() {
    let mut round = Round::clean();
    round.acknowledged.push(sent(message(4)));
    assert_eq!(round.counts(), [1, 0, 0, 0]);
}

#[test]
fn a_message_that_one_member_misses_is_lost() {
    let mut round = Round::clean();
    round.seen(1).messages.remove(&2);
    round.seen(1).order.remove(1);
    assert_eq!(round.counts(), [1, 0, 0, 0]);
}

#[test]
fn who_is_no_member_misses_nothing() {
    let mut round = Round::clean();
    round.observations[1].rooms.clear();
    assert_eq!(round.counts(), [0, 0, 0, 0]);
}

#[test]
fn an_empty_place_is_lost() {
    let mut round = Round::clean();
    round.everywhere(&message(5));
    assert_eq!(round.counts(), [1, 0, 0, 0]);
}

#[test]
fn another_message_in_its_place_is_a_loss() {
    let mut round = Round::clean();
    round.everywhere(&Message { client_id: "f".repeat(32), ..message(2) });
    assert_eq!(round.counts(), [1, 0, 0, 0]);
}

#[test]
fn one_client_id_in_two_places_is_duplicated() {
    let mut round = Round::clean();
    round.everywhere(&Message { client_id: message(3).client_id, ..message(4) });
    assert_eq!(round.counts(), [0, 1, 0, 0]);
}

#[test]
fn the_same_client_id_of_another_sender_is_another_message() {
    let mut round = Round::clean();
    round.everywhere(&Message { client_id: message(3).client_id, sender: 8, ..message(4) });
    assert_eq!(round.counts(), [0, 0, 0, 0]);
}

#[test]
fn a_place_after_a_later_one_is_reordered() {
    let mut round = Round::clean();
    round.seen(0).order = vec![1, 3, 2];
    assert_eq!(round.counts(), [0, 0, 1, 0]);
}

#[test]
fn a_place_that_is_new_twice_is_reordered() {
    let mut round = Round::clean();
    round.seen(0).order = vec![1, 2, 2, 3];
    assert_eq!(round.counts(), [0, 0, 1, 0]);
}

#[test]
fn a_reader_with_other_words_disagrees() {
    let mut round = Round::clean();
    round.seen(1).messages.get_mut(&2).unwrap().body = "other words".into();
    assert_eq!(round.counts(), [0, 0, 0, 1]);
}

#[test]
fn an_answer_with_other_words_disagrees() {
    let mut round = Round::clean();
    round.acknowledged[1].message.body = "other words".into();
    assert_eq!(round.counts(), [0, 0, 0, 1]);
}

#[test]
fn a_reader_with_a_message_that_is_not_stored_disagrees() {
    let mut round = Round::clean();
    round.seen(1).messages.insert(4, message(4));
    assert_eq!(round.counts(), [0, 0, 0, 1]);
}

#[test]
fn an_edit_or_a_deletion_that_is_acknowledged_must_be_seen() {
    for deleted in [false, true] {
        let mut round = Round::clean();
        let changed = Message { rev: 4, body: "new words".into(), deleted, ..message(2) };
        let deed = if deleted { Deed::Deleted } else { Deed::Edited };
        round.acknowledged.push(Acknowledgement { deed, message: changed.clone() });
        assert_eq!(round.counts(), [1, 0, 0, 0]);
        round.everywhere(&changed);
        assert_eq!(round.counts(), [0, 0, 0, 0]);
    }
}

#[test]
fn a_deletion_is_for_ever() {
    let mut round = Round::clean();
    let message_gone = Message { rev: 4, body: String::new(), deleted: true, ..message(2) };
    round.acknowledged.push(Acknowledgement { deed: Deed::Deleted, message: message_gone });
    round.everywhere(&Message { rev: 5, ..message(2) });
    assert_eq!(round.counts(), [1, 0, 0, 0]);
}

#[test]
fn what_is_before_the_round_is_left_out() {
    let mut round = Round::clean();
    round.acknowledged.clear();
    round.since.insert(ROOM, 2);
    round.stored().remove(0);
    round.seen(0).messages.remove(&2);
    round.seen(0).order = vec![2, 1, 3];
    assert_eq!(round.counts(), [0, 0, 0, 0]);
}
