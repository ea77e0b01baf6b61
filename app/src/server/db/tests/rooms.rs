//! Private rooms, lists, reading positions, strangers.

use super::*;
use crate::room::{Notify, RoomKind, UNREAD_MAX};

on_both! {
    two_people_have_one_room_though_both_open_it_at_once
    a_private_room_needs_a_person_who_is_there
    the_room_with_oneself_is_one_and_of_one
    the_list_is_by_activity_with_unread_and_newest
    reading_moves_forward_only
    a_room_is_pinned_and_quiet_for_one_member_alone
    only_the_sender_learns_who_has_read
    who_joins_later_is_no_reader_of_what_was_said_before
    unread_stops_at_its_bound
    a_stranger_finds_nothing
}

async fn two_people_have_one_room_though_both_open_it_at_once(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let tries = (0..20).map(|n| {
        let db = db.clone();
        let (one, other) = if n % 2 == 0 { (ann, ben) } else { (ben, ann) };
        tokio::spawn(async move { db.open_direct(one, other, 5_000).await.unwrap() })
    });
    let mut rooms = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        rooms.push(one.await.unwrap());
    }
    rooms.dedup();
    assert_eq!(rooms.len(), 1);
    for (viewer, peer) in [(ann, ben), (ben, ann)] {
        let direct = room(&db, viewer, rooms[0]).await;
        assert_eq!((direct.kind, direct.peer, direct.members), (RoomKind::Direct, Some(peer), 2));
        assert_eq!((direct.name.as_str(), direct.last_rev, direct.last), ("", 1, None));
        let revs = db.room_revs(viewer).await.unwrap();
        assert_eq!(revs.iter().map(|(room, _)| *room).collect::<Vec<_>>(), [LOBBY, rooms[0]]);
        assert_eq!(revs[1].1, 1);
    }
}

async fn the_room_with_oneself_is_one_and_of_one(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let tries = (0..10).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { db.open_direct(ann, ann, 5_000).await.unwrap() })
    });
    let mut rooms = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        rooms.push(one.await.unwrap());
    }
    rooms.dedup();
    assert_eq!(rooms.len(), 1);
    let said = send(&db, ann, rooms[0], 1).await;
    let notes = room(&db, ann, rooms[0]).await;
    assert_eq!((notes.kind, notes.peer, notes.members), (RoomKind::Direct, Some(ann), 1));
    assert_eq!((notes.unread, notes.last.as_ref()), (0, Some(&said)));
    assert_eq!(db.readers(ann, notes.id, said.seq, 9).await.unwrap().0, 0);
    assert!(db.rooms_by_id(ben, &rooms).await.unwrap().is_empty());
    assert_ne!(db.open_direct(ann, ben, 5_000).await.unwrap(), notes.id);
}

async fn a_private_room_needs_a_person_who_is_there(db: Db) {
    let ann = user(&db, "Ann").await;
    assert!(is_not_found(db.open_direct(ann, UserId(999), 5_000).await));
    assert_eq!(db.room_revs(ann).await.unwrap(), [(LOBBY, 1)]);
}

async fn the_list_is_by_activity_with_unread_and_newest(db: Db) {
    let (ann, ben, cem) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cem").await);
    let with_ben = db.open_direct(ann, ben, 5_000).await.unwrap();
    let with_cem = db.open_direct(cem, ann, 6_000).await.unwrap();
    for number in 1..=3 {
        db.send(ben, with_ben, &text(number, "hello"), 7_000).await.unwrap();
    }
    send(&db, ann, with_ben, 4).await;
    db.delete(ben, with_ben, 2, 7_500).await.unwrap();
    db.send(cem, LOBBY, &text(5, "all"), 8_000).await.unwrap();

    let rooms = db.rooms(ann).await.unwrap();
    let seen: Vec<_> = rooms.iter().map(|room| (room.id, room.unread, room.last_seq)).collect();
    assert_eq!(seen, [(LOBBY, 1, 1), (with_cem, 0, 0), (with_ben, 2, 4)]);
    assert_eq!(rooms[2].last, Some(send(&db, ann, with_ben, 4).await));
    assert_eq!(rooms[1].last, None);
    assert_eq!(db.rooms_by_id(ann, &[with_ben]).await.unwrap(), rooms[2..]);
    assert!(db.rooms_by_id(ann, &[]).await.unwrap().is_empty());
    // Not another two's.
    assert_eq!(db.rooms_by_id(ben, &[with_cem, with_ben, STRANGE]).await.unwrap().len(), 1);
}

async fn reading_moves_forward_only(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    for number in 1..=5 {
        send(&db, ben, LOBBY, number).await;
    }
    let position = async || {
        let lobby = room(&db, ann, LOBBY).await;
        (lobby.last_read_seq, lobby.unread)
    };
    assert_eq!(position().await, (0, 5));
    assert_eq!(db.mark_read(ann, LOBBY, 3).await.unwrap(), Some(vec![ben]));
    assert_eq!(position().await, (3, 2));
    assert_eq!(db.mark_read(ann, LOBBY, 3).await.unwrap(), None);
    assert_eq!(db.mark_read(ann, LOBBY, 1).await.unwrap(), None);
    assert_eq!(position().await, (3, 2));
    assert!(db.mark_read(ann, LOBBY, 99).await.unwrap().is_some(), "to the newest at most");
    assert_eq!(position().await, (5, 0));
    assert_eq!(room(&db, ben, LOBBY).await.unread, 0, "one's own are never unread");
}

async fn only_the_sender_learns_who_has_read(db: Db) {
    let (ann, ben, cem) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cem").await);
    send(&db, ann, LOBBY, 1).await;
    send(&db, ben, LOBBY, 2).await;
    let readers = async |seq| {
        let (count, people) = db.readers(ann, LOBBY, seq, 1).await.unwrap();
        (count, people.into_iter().map(|person| person.id).collect::<Vec<_>>())
    };
    assert_eq!(readers(1).await, (0, vec![]), "sending is not reading");
    assert_eq!(db.mark_read(cem, LOBBY, 1).await.unwrap(), Some(vec![ann]));
    assert_eq!(readers(1).await, (1, vec![cem]));
    let mut senders = db.mark_read(ben, LOBBY, 2).await.unwrap().unwrap();
    senders.sort();
    assert_eq!(senders, [ann], "not oneself");
    assert_eq!(readers(1).await, (2, vec![ben]), "as many as were asked for, by name");
    assert!(is_not_found(db.readers(ann, LOBBY, 2, 9).await));
    assert!(is_not_found(db.readers(ann, LOBBY, 3, 9).await));
}

async fn who_joins_later_is_no_reader_of_what_was_said_before(db: Db) {
    let ann = user(&db, "Ann").await;
    send(&db, ann, LOBBY, 1).await;
    let ben = user(&db, "Ben").await;
    send(&db, ann, LOBBY, 2).await;
    db.mark_read(ben, LOBBY, 2).await.unwrap();
    assert_eq!(db.readers(ann, LOBBY, 1, 9).await.unwrap(), (0, vec![]));
    assert_eq!(db.readers(ann, LOBBY, 2, 9).await.unwrap().0, 1);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    send(&db, ann, direct, 3).await;
    db.mark_read(ben, direct, 1).await.unwrap();
    assert_eq!(db.readers(ann, direct, 1, 9).await.unwrap().0, 1, "there from the beginning");
}

async fn unread_stops_at_its_bound(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    for number in 0..UNREAD_MAX + 3 {
        send(&db, ben, LOBBY, u32::try_from(number).unwrap()).await;
    }
    assert_eq!(room(&db, ann, LOBBY).await.unread, UNREAD_MAX);
    db.mark_read(ann, LOBBY, 4).await.unwrap();
    assert_eq!(room(&db, ann, LOBBY).await.unread, UNREAD_MAX - 1);
}

async fn a_stranger_finds_nothing(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    send(&db, ann, direct, 1).await;
    let before = room(&db, ann, direct).await;
    for room in [direct, STRANGE] {
        assert!(is_not_found(db.send(eve, room, &text(9, "x"), 1).await));
        assert!(is_not_found(db.edit(eve, room, 1, Kind::Text, "x", 1).await));
        assert!(is_not_found(db.delete(eve, room, 1, 1).await));
        assert!(is_not_found(db.history(eve, room, Stretch::Newest, 10).await));
        assert!(is_not_found(db.mark_read(eve, room, 1).await));
        assert!(is_not_found(db.readers(eve, room, 1, 10).await));
        assert!(is_not_found(db.members(eve, room, None, 10).await));
        assert!(is_not_found(db.members_named(eve, room, "", 10).await));
        assert!(db.changes(eve, room, 0, 10).await.unwrap().is_empty());
        assert!(db.rooms_by_id(eve, &[room]).await.unwrap().is_empty());
    }
    assert_eq!(db.rooms(eve).await.unwrap().len(), 1);
    assert_eq!(room(&db, ann, direct).await, before, "a refused change leaves no trace");
}

async fn a_room_is_pinned_and_quiet_for_one_member_alone(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    db.send(ben, LOBBY, &text(1, "news"), 8_000).await.unwrap();
    let order = async || -> Vec<RoomId> {
        db.rooms(ann).await.unwrap().into_iter().map(|room| room.id).collect()
    };
    assert_eq!(order().await, [LOBBY, direct]);
    let before = room(&db, ben, direct).await;
    for marked in [true, true, false] {
        db.pin_room(ann, direct, marked).await.unwrap();
        assert_eq!(room(&db, ann, direct).await.pinned, marked, "also when it was so before");
        assert_eq!(order().await[0] == direct, marked);
    }
    let all = [Notify::Nothing, Notify::All, Notify::Mentions, Notify::Mentions];
    for notify in all {
        db.set_notify(ann, direct, notify).await.unwrap();
        let seen = room(&db, ann, direct).await;
        assert_eq!((seen.pinned, seen.notify), (false, notify));
    }
    assert_eq!(room(&db, ben, direct).await, before);
    assert!(is_not_found(db.pin_room(eve, direct, true).await));
    assert!(is_not_found(db.set_notify(eve, direct, Notify::All).await));
    assert!(is_not_found(db.set_notify(ann, STRANGE, Notify::All).await));
}
