//! Edits, deletions, history, changes, words of all languages.

use super::*;
use crate::{
    message::reactions::Reaction,
    room::Description,
    server::{db::groups::Actor, session::Caller},
};

on_both! {
    only_the_sender_edits_and_deletes
    history_goes_back_to_the_first_by_pages
    changes_since_a_revision_have_tombstones
    words_come_back_as_they_went
    an_answer_keeps_the_place_of_what_it_answers
    a_message_goes_on_to_another_room_as_it_was_said
    another_message_in_ones_place_is_noticed
    reactions_are_a_message_s_own_and_each_person_s_to_take_back
    what_a_message_said_before_is_for_its_sender_and_who_manages
}

async fn only_the_sender_edits_and_deletes(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let sent = send(&db, ann, LOBBY, 1).await;
    let edited = db.edit(ann, LOBBY, 1, Kind::Emoji, "😀", 9_000).await.unwrap();
    assert_eq!((edited.kind, edited.body.as_str()), (Kind::Emoji, "😀"));
    assert_eq!((edited.edited, edited.rev, edited.seq), (Some(9_000), sent.rev + 1, 1));
    let same = db.edit(ann, LOBBY, 1, Kind::Emoji, "😀", 9_500).await.unwrap();
    assert_eq!(same.edited, Some(9_000), "no edit");
    let edited = Message { rev: same.rev, ..edited };
    let refused = db.edit(ben, LOBBY, 1, Kind::Text, "x", 9_100).await;
    assert_eq!(refused, Err(Error::Forbidden));
    assert_eq!(db.delete(ben, LOBBY, 1, 9_100).await, Err(Error::Forbidden));
    assert!(is_not_found(db.edit(ann, LOBBY, 2, Kind::Text, "x", 9_100).await));
    assert!(is_not_found(db.delete(ann, LOBBY, 2, 9_100).await));
    assert_eq!(db.history(ben, LOBBY, Stretch::Newest, 10).await.unwrap().messages, [edited]);

    let (deleted, _) = db.delete(ann, LOBBY, 1, 9_200).await.unwrap();
    assert_eq!((deleted.deleted, deleted.body.as_str(), deleted.rev), (true, "", sent.rev + 3));
    let (again, _) = db.delete(ann, LOBBY, 1, 9_300).await.unwrap();
    assert_eq!(again, deleted, "again: unchanged");
    assert!(is_not_found(db.delete(ben, LOBBY, 1, 9_300).await));
    assert!(is_not_found(db.edit(ann, LOBBY, 1, Kind::Text, "x", 9_300).await));
    let lobby = room(&db, ben, LOBBY).await;
    assert_eq!((lobby.last_rev, lobby.last_seq), (sent.rev + 3, 1));
    assert_eq!(lobby.last, Some(deleted));
}

async fn history_goes_back_to_the_first_by_pages(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let empty = db.history(ann, LOBBY, Stretch::Newest, 10).await.unwrap();
    assert!(empty.messages.is_empty() && !empty.has_older);
    for number in 1..=25 {
        send(&db, if number == 1 { ben } else { ann }, LOBBY, number).await;
    }
    let page = async |stretch| {
        let page = db.history(ann, LOBBY, stretch, 10).await.unwrap();
        (page.messages.iter().map(|message| message.seq).collect::<Vec<_>>(), page.has_older)
    };
    let (mut stretch, mut pages) = (Stretch::Newest, Vec::new());
    loop {
        let (seqs, has_older) = page(stretch).await;
        stretch = Stretch::Before(seqs[0]);
        pages.push((seqs, has_older));
        if !has_older {
            break;
        }
    }
    let expected = [
        ((16..=25).collect(), true),
        ((6..=15).collect(), true),
        ((1..=5).collect::<Vec<i64>>(), false),
    ];
    assert_eq!(pages, expected);
    assert_eq!(page(Stretch::After(0)).await, ((1..=10).collect(), false));
    assert_eq!(page(Stretch::After(12)).await, ((13..=22).collect(), true));
    assert_eq!(page(Stretch::After(23)).await, (vec![24, 25], true));
    assert_eq!(page(Stretch::After(25)).await, (vec![], false));
}

async fn changes_since_a_revision_have_tombstones(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    for number in 1..=4 {
        send(&db, ann, LOBBY, number).await;
    }
    let since = room(&db, ben, LOBBY).await.last_rev;
    assert!(db.changes(ben, LOBBY, since, 10).await.unwrap().is_empty());
    db.edit(ann, LOBBY, 3, Kind::Text, "three", 9_000).await.unwrap();
    db.delete(ann, LOBBY, 1, 9_100).await.unwrap();
    send(&db, ben, LOBBY, 5).await;

    let changes = db.changes(ben, LOBBY, since, 10).await.unwrap();
    let seen: Vec<_> = changes.iter().map(|m| (m.seq, m.rev - since, m.deleted)).collect();
    assert_eq!(seen, [(3, 1, false), (1, 2, true), (5, 3, false)]);
    assert_eq!(db.changes(ben, LOBBY, since, 2).await.unwrap(), changes[..2]);
    assert_eq!(db.changes(ben, LOBBY, 0, 100).await.unwrap().len(), 5);
}

async fn words_come_back_as_they_went(db: Db) {
    let ann = user(&db, "王小明😀").await;
    let bodies = [
        "你好，世界！\n\t第二行".to_owned(),
        "👩‍👩‍👧‍👦🏳️‍🌈 é e\u{301} ' \" \\ % _ ? ; --".to_owned(),
        "𠮷".repeat(8_000),
    ];
    for (number, body) in (1..).zip(&bodies) {
        let sent = db.send(ann, LOBBY, &text(number, body), 2_000).await.unwrap();
        assert_eq!(&sent.body, body);
    }
    let page = db.history(ann, LOBBY, Stretch::Newest, 10).await.unwrap();
    let read: Vec<&String> = page.messages.iter().map(|message| &message.body).collect();
    assert_eq!(read, bodies.iter().collect::<Vec<_>>());
    assert_eq!(db.people_by_id(&[ann]).await.unwrap()[0].name, "王小明😀");
}

async fn an_answer_keeps_the_place_of_what_it_answers(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let private = db.open_direct(ann, ben, 2_000).await.unwrap();
    let origin = send(&db, ann, LOBBY, 1).await;
    let answer = |number, origin| NewMessage { reply_to: Some(origin), ..text(number, "yes") };
    let sent = db.send(ben, LOBBY, &answer(2, origin.seq), 3_000).await.unwrap();
    assert_eq!(sent.reply_to, Some(origin.seq));
    assert_eq!(
        db.history(ann, LOBBY, Stretch::Newest, 10).await.unwrap().messages,
        [origin, sent.clone()]
    );
    assert_eq!(db.send(ben, LOBBY, &answer(2, 1), 3_100).await.unwrap(), sent, "sent again");
    assert!(is_not_found(db.send(ben, LOBBY, &answer(3, 9), 3_200).await), "none stands there");
    assert!(is_not_found(db.send(ben, private, &answer(4, 1), 3_300).await), "only in its room");
    let edited = db.edit(ben, LOBBY, 2, Kind::Text, "no", 3_400).await.unwrap();
    assert_eq!((edited.reply_to, edited.body.as_str()), (Some(1), "no"));
    db.delete(ann, LOBBY, 1, 3_500).await.unwrap();
    let page = db.history(ben, LOBBY, Stretch::Newest, 10).await.unwrap();
    assert_eq!(room(&db, ben, LOBBY).await.last.as_ref(), page.messages.last());
    assert_eq!((page.messages[0].deleted, page.messages[1].reply_to), (true, Some(1)));
    assert_eq!(page.quoted, [], "what is answered stands in the page");
    let page = db.history(ben, LOBBY, Stretch::After(1), 10).await.unwrap();
    let places = |messages: &[Message]| messages.iter().map(|m| m.seq).collect::<Vec<_>>();
    assert_eq!((places(&page.messages), places(&page.quoted)), (vec![2], vec![1]));
    assert!(page.quoted[0].deleted);
    let at = async |user, room| db.messages_at(user, room, &[2, 9, 1]).await.unwrap();
    assert_eq!(places(&at(ann, LOBBY).await), [1, 2]);
    let eve = user(&db, "Eve").await;
    for places in [&[1][..], &[]] {
        assert!(is_not_found(db.messages_at(eve, private, places).await), "a stranger");
    }
}

async fn a_message_goes_on_to_another_room_as_it_was_said(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let eve = user(&db, "Eve").await;
    let private = db.open_direct(ann, ben, 1_000).await.unwrap();
    let notes = db.open_direct(ben, ben, 1_000).await.unwrap();
    let forward = async |user, room, number, from, seq| {
        db.forward(user, room, client_id(number), (from, seq), 3_000).await
    };
    let picture = upload(&db, ann, Purpose::Message).await;
    let shown = NewMessage { body: "@Ben look".into(), ..image(1, picture.id) };
    let origin = db.send(ann, private, &shown, 2_000).await.unwrap();
    assert_eq!(origin.mentions, [ben]);

    let sent = forward(ben, LOBBY, 2, private, 1).await.unwrap();
    let expected = Message {
        room: LOBBY,
        seq: 1,
        rev: sent.rev,
        sender: ben,
        client_id: client_id(2),
        created: 3_000,
        mentions: vec![],
        forwarded: Some(ann),
        ..origin.clone()
    };
    assert_eq!(sent, expected);
    assert_eq!(db.history(eve, LOBBY, Stretch::Newest, 10).await.unwrap().messages, [expected]);
    assert_eq!(room(&db, eve, LOBBY).await.last, Some(sent.clone()));
    let again = forward(eve, db.open_direct(eve, eve, 1).await.unwrap(), 3, LOBBY, 1).await;
    assert_eq!(again.unwrap().forwarded, Some(ann), "of one that was forwarded: its author");

    for (user, to, from, seq) in [
        (eve, LOBBY, private, 1),
        (eve, private, LOBBY, 1),
        (ben, RoomId(99), private, 1),
        (ben, LOBBY, private, 2),
        (ben, LOBBY, RoomId(99), 1),
    ] {
        assert!(is_not_found(forward(user, to, 9, from, seq).await), "{user} {to} {from} {seq}");
    }
    let altered = db.edit(ben, LOBBY, 1, Kind::Text, "what Ann never said", 4_000).await;
    assert_eq!(altered, Err(Error::Forbidden));

    // Where the first one goes, the file stays for the other; and so does what was sent.
    let (_, files) = db.delete(ann, private, 1, 5_000).await.unwrap();
    assert!(files.is_empty());
    assert_eq!(forward(ben, LOBBY, 2, private, 1).await.unwrap(), sent, "sent again");
    assert!(is_not_found(forward(ben, notes, 4, private, 1).await), "it is deleted");
    let group = Description::parse("Trip", "", false).unwrap();
    let actor = Actor { user: ben, now: 6_000, client_id: client_id(90) };
    let group = db.create_group(&actor, &group).await.unwrap();
    assert_eq!(forward(ben, notes, 5, group, 1).await, Err(Error::Forbidden), "an event");
}

async fn another_message_in_ones_place_is_noticed(db: Db) {
    let ann = user(&db, "Ann").await;
    let (first, second) = (send(&db, ann, LOBBY, 1).await, send(&db, ann, LOBBY, 2).await);
    let not_stored =
        async |newest: &[(RoomId, i64, ClientId)]| db.not_stored(newest).await.unwrap().len();
    assert_eq!(not_stored(&[]).await, 0);
    let at = |seq, message: &Message| (LOBBY, seq, message.client_id.clone());
    assert_eq!(not_stored(&[at(1, &first), at(2, &second)]).await, 0);
    assert_eq!(not_stored(&[at(1, &second), at(3, &first), at(2, &second)]).await, 2);
}

async fn reactions_are_a_message_s_own_and_each_person_s_to_take_back(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let sent = send(&db, ann, LOBBY, 1).await;
    db.react(ben, LOBBY, 1, "👍", true).await.unwrap();
    db.react(ann, LOBBY, 1, "👍", true).await.unwrap();
    let reacted = db.react(ann, LOBBY, 1, "🎉", true).await.unwrap();
    let shape = |message: &Message| {
        let of = |r: &Reaction| (r.emoji.clone(), r.people.clone());
        message.reactions.iter().map(of).collect::<Vec<_>>()
    };
    let both = [("👍".to_owned(), vec![ben, ann]), ("🎉".to_owned(), vec![ann])];
    assert_eq!(shape(&reacted), both);
    assert_eq!((reacted.rev, reacted.edited), (sent.rev + 3, None));
    let changes = db.changes(ben, LOBBY, sent.rev, 10).await.unwrap();
    assert_eq!(changes, std::slice::from_ref(&reacted));
    assert_eq!(room(&db, ben, LOBBY).await.last, Some(reacted.clone()));
    assert_eq!(reacted.people().collect::<Vec<_>>(), [ann, ben, ann, ann]);

    let edited = db.edit(ann, LOBBY, 1, Kind::Text, "new", 9_000).await.unwrap();
    assert_eq!(shape(&edited), both, "they stay");
    let less = db.react(ann, LOBBY, 1, "🎉", false).await.unwrap();
    assert_eq!(shape(&less), both[..1]);
    assert!(is_not_found(db.react(ann, LOBBY, 2, "👍", true).await));
    let direct = db.open_direct(ann, ann, 9_000).await.unwrap();
    send(&db, ann, direct, 2).await;
    assert!(is_not_found(db.react(ben, direct, 1, "👍", true).await), "a stranger");
    let (deleted, _) = db.delete(ann, LOBBY, 1, 9_100).await.unwrap();
    assert_eq!(deleted.reactions, []);
    assert!(is_not_found(db.react(ben, LOBBY, 1, "👍", true).await));
}

async fn what_a_message_said_before_is_for_its_sender_and_who_manages(db: Db) {
    let [ann, ben, cat] = [user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cat").await];
    let group = Description::parse("Books", "", false).unwrap();
    let actor = Actor { user: ann, now: 5_000, client_id: client_id(90) };
    let books = db.create_group(&actor, &group).await.unwrap();
    let actor = Actor { client_id: client_id(91), ..actor };
    db.add_members(&actor, books, &[ben, cat]).await.unwrap();
    let sent = send(&db, ben, books, 1).await;
    for (body, at) in [("two", 6_000), ("two", 6_500), ("three", 7_000)] {
        db.edit(ben, books, sent.seq, Kind::Text, body, at).await.unwrap();
    }
    let caller = |id, is_admin| Caller { id, is_admin };
    let edits = async |caller| db.edits(caller, books, sent.seq).await;
    let before = edits(caller(ben, false)).await.unwrap();
    let before: Vec<_> = before.iter().map(|edit| (edit.body.as_str(), edit.written)).collect();
    assert_eq!(before, [("m1", 2_000), ("two", 6_000)]);
    assert_eq!(edits(caller(ann, false)).await.unwrap().len(), 2, "she owns the group");
    assert_eq!(edits(caller(cat, false)).await, Err(Error::Forbidden));
    assert_eq!(edits(caller(cat, true)).await.unwrap().len(), 2);
    let stranger = user(&db, "Dan").await;
    assert!(is_not_found(edits(caller(stranger, true)).await));
    for at in 0..100 {
        db.edit(ben, books, sent.seq, Kind::Text, &at.to_string(), 7_000 + at).await.unwrap();
    }
    let last = edits(caller(ben, false)).await.unwrap();
    assert_eq!((last.len(), &*last[0].body, &*last[99].body), (100, "three", "98"), "no more");
    db.delete(ben, books, sent.seq, 8_000).await.unwrap();
    assert!(is_not_found(edits(caller(ben, false)).await), "they go with the message");
}
