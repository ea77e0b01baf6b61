//! Administration of what is written and uploaded, and of groups.

use super::*;
use crate::{
    admin::{Place, Wanted},
    room::Description,
    server::db::{admin::messages::LOOKED_THROUGH, groups::Actor},
};

on_both! {
    messages_are_found_newest_first_and_private_ones_only_when_asked_for
    a_look_ends_and_goes_on
    a_removed_message_keeps_its_place_and_says_why
    an_upload_goes_from_wherever_it_is_shown
    an_upload_that_answered_somebody_mentions_them_no_more
    old_messages_become_tombstones_some_at_a_time
    a_group_is_changed_by_who_is_not_in_it
    a_deleted_group_is_gone_for_all
    numbers_are_counted
}

fn actor(user: UserId, number: u32) -> Actor {
    Actor { user, now: 4_000, client_id: client_id(number) }
}

fn wanted() -> Wanted {
    Wanted {
        words: String::new(),
        sender: None,
        room: None,
        group: String::new(),
        from: 0,
        until: i64::MAX / 2,
        private: false,
        before: None,
    }
}

async fn say(db: &Db, from: UserId, room: RoomId, number: u32, body: &str, at: i64) -> Message {
    db.send(from, room, &text(number, body), at).await.expect("sent")
}

async fn group(db: &Db, owner: UserId, name: &str, number: u32) -> RoomId {
    let group = Description::parse(name, "", true).unwrap();
    db.create_group(&actor(owner, number), &group).await.unwrap()
}

async fn messages_are_found_newest_first_and_private_ones_only_when_asked_for(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let direct = db.open_direct(ann, ben, 1_000).await.unwrap();
    let books = group(&db, ann, "读书会", 90).await;
    say(&db, ann, LOBBY, 1, "Hello 你好 100%", 1_000).await;
    say(&db, ben, LOBBY, 1, "hello again", 2_000).await;
    say(&db, ann, direct, 2, "hello, secretly", 3_000).await;
    say(&db, ann, books, 3, "hello readers", 4_000).await;
    let found = async |wanted: Wanted| {
        let (found, next) = db.find_messages(&wanted).await.unwrap();
        assert_eq!(next, None);
        found.into_iter().map(|message| message.created).collect::<Vec<_>>()
    };
    assert_eq!(found(wanted()).await, [4_000, 2_000, 1_000]);
    assert_eq!(found(Wanted { private: true, ..wanted() }).await, [4_000, 3_000, 2_000, 1_000]);
    assert_eq!(found(Wanted { words: "你好".into(), ..wanted() }).await, [1_000]);
    assert_eq!(found(Wanted { words: "0%".into(), ..wanted() }).await, [1_000]);
    assert_eq!(found(Wanted { words: "0_".into(), ..wanted() }).await, [0_i64; 0]);
    assert_eq!(found(Wanted { sender: Some(ben), ..wanted() }).await, [2_000]);
    assert_eq!(found(Wanted { room: Some(LOBBY), ..wanted() }).await, [2_000, 1_000]);
    assert_eq!(found(Wanted { room: Some(direct), ..wanted() }).await, [0_i64; 0], "not asked for");
    assert_eq!(found(Wanted { group: "读".into(), ..wanted() }).await, [4_000]);
    assert_eq!(found(Wanted { from: 2_000, until: 4_000, ..wanted() }).await, [2_000]);
    let ecole = group(&db, ann, "École", 91).await;
    say(&db, ann, ecole, 4, "Привет всем", 5_000).await;
    say(&db, ann, ecole, 5, "ПРИВЕТ", 6_000).await;
    for words in ["Привет", "привет", "ПРИВЕТ"] {
        assert_eq!(found(Wanted { words: words.into(), ..wanted() }).await, [6_000, 5_000]);
    }
    for group in ["École", "école", "ecole"] {
        assert_eq!(found(Wanted { group: group.into(), ..wanted() }).await, [6_000, 5_000]);
    }
}

async fn a_look_ends_and_goes_on(db: Db) {
    let ann = user(&db, "Ann").await;
    // At one time, so that only the rest of the place tells one from the next.
    for number in 1..=120 {
        say(&db, ann, LOBBY, number, "x", 1_000).await;
    }
    let (mut wanted, mut seqs) = (wanted(), Vec::new());
    loop {
        let (found, next) = db.find_messages(&wanted).await.unwrap();
        assert!(found.len() <= 50);
        seqs.extend(found.into_iter().map(|message| message.seq));
        wanted.before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(seqs, (1..=120).rev().collect::<Vec<i64>>());
    assert_eq!(Place::before(7), Place { created: 7, room: 0, seq: 0 });
    assert_eq!(LOOKED_THROUGH, 20_000, "the page says so");
}

async fn a_removed_message_keeps_its_place_and_says_why(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let picture = upload(&db, ben, Purpose::Message).await;
    let sent = db.send(ben, LOBBY, &image(1, picture.id), 2_000).await.unwrap();
    let (change, freed) = db.remove_message(&by(ann), LOBBY, 1, "not here").await.unwrap();
    assert_eq!((change.rev, freed.as_slice()), (sent.rev + 1, &[picture.id][..]));
    let changes = db.changes(ben, LOBBY, sent.rev, 10).await.unwrap();
    let gone = &changes[0];
    assert_eq!(
        (gone.deleted, gone.body.as_str(), gone.attachments.as_slice()),
        (true, "not here", &[][..])
    );
    assert_eq!(room(&db, ben, LOBBY).await.unread, 0);
    assert_eq!(db.take_media(&freed).await.unwrap().len(), 1, "nothing uses it any more");
    assert!(db.take_media(&freed).await.unwrap().is_empty());
    assert!(is_not_found(db.remove_message(&by(ann), LOBBY, 1, "again").await));
    assert!(is_not_found(db.remove_message(&by(ann), LOBBY, 2, "none").await));
    let books = group(&db, ben, "Books", 90).await;
    assert!(is_not_found(db.remove_message(&by(ann), books, 1, "an event").await));
    let (entries, _) = db.audit("remove_message", "Ann", Part(1)).await.unwrap();
    assert_eq!((entries.len(), entries[0].detail.as_str()), (1, "Ben: not here"));
    assert_eq!(entries[0].subject, "Lobby (1) #1");
}

async fn an_upload_goes_from_wherever_it_is_shown(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let (bare, worded) =
        (upload(&db, ben, Purpose::Message).await, upload(&db, ben, Purpose::Message).await);
    let face = upload(&db, ben, Purpose::Avatar).await;
    db.set_avatar(ben, Some(face.id)).await.unwrap();
    db.send(ben, LOBBY, &image(1, bare.id), 2_000).await.unwrap();
    let words = NewMessage { body: "a cat".into(), ..image(2, worded.id) };
    db.send(ben, LOBBY, &words, 2_000).await.unwrap();
    let (all, is_more) = db.uploads(false, Part(1)).await.unwrap();
    let ids: Vec<i64> = all.iter().map(|upload| upload.id).collect();
    assert_eq!((ids, is_more), (vec![face.id.0, worded.id.0, bare.id.0], false), "newest first");
    assert_eq!((all[0].room_id, all[1].room_id), (None, Some(LOBBY.0)));
    assert_eq!(db.uploads(true, Part(1)).await.unwrap().0.len(), 3);
    let (people, rooms) = db.upload_sums().await.unwrap();
    assert_eq!((people[0].name.as_str(), people[0].uploads, people[0].bytes), ("Ben", 3, 37_035));
    assert_eq!((rooms.len(), rooms[0].id, rooms[0].bytes), (1, LOBBY.0, 24_690));

    for media in [bare.id, worded.id, face.id] {
        let (changes, owner, stored) = db.remove_upload(&by(ann), media).await.unwrap();
        assert_eq!(
            (changes.len(), owner, stored.path.as_str()),
            (usize::from(media != face.id), ben, "ab/cd.png")
        );
        assert!(is_not_found(db.remove_upload(&by(ann), media).await));
        assert!(is_not_found(db.media(ben, media).await));
    }
    let page = db.history(ann, LOBBY, Stretch::Newest, 10).await.unwrap().messages;
    let seen: Vec<_> = page.iter().map(|m| (m.deleted, m.kind, m.body.as_str())).collect();
    assert_eq!(seen, [(true, Kind::Image, ""), (false, Kind::Text, "a cat")]);
    assert!(page.iter().all(|message| message.attachments.is_empty()));
    assert_eq!(db.people_by_id(&[ben]).await.unwrap()[0].avatar, None);
}

async fn an_upload_that_answered_somebody_mentions_them_no_more(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    send(&db, ann, LOBBY, 1).await;
    let picture = upload(&db, ben, Purpose::Message).await;
    let answer = NewMessage { reply_to: Some(1), ..image(2, picture.id) };
    db.send(ben, LOBBY, &answer, 2_000).await.unwrap();
    let counted = async || {
        let seen = room(&db, ann, LOBBY).await;
        (seen.unread, seen.mentions)
    };
    assert_eq!(counted().await, (1, 1));
    db.remove_upload(&by(ann), picture.id).await.unwrap();
    assert_eq!(counted().await, (0, 0));
}

async fn old_messages_become_tombstones_some_at_a_time(db: Db) {
    const DAY: i64 = 86_400_000;
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let books = group(&db, ben, "Books", 90).await;
    let now = 100 * DAY;
    for (number, age) in (1..).zip([50, 40, 30, 2, 1]) {
        say(&db, ben, LOBBY, number, "old or not", now - age * DAY).await;
    }
    say(&db, ben, books, 9, "kept for ever", now - 99 * DAY).await;
    db.delete(ben, LOBBY, 2, now).await.unwrap();
    assert!(db.overdue(0, now).await.unwrap().is_empty(), "0: for ever");
    db.set_retention(&by(ann), books, Some(0)).await.unwrap();
    assert_eq!(db.overdue(30, now).await.unwrap(), [(LOBBY, 30)]);
    let before = room(&db, ann, LOBBY).await;
    let (change, freed) = db.retire(LOBBY, 30, 2, now).await.unwrap();
    assert_eq!((change.unwrap().rev, freed.len()), (before.last_rev + 1, 0), "one of the two was");
    assert!(db.overdue(30, now).await.unwrap().is_empty(), "30 days are not more than 30");
    let later = now + DAY;
    assert_eq!(db.overdue(30, later).await.unwrap(), [(LOBBY, 30)]);
    let (change, _) = db.retire(LOBBY, 30, 100, later).await.unwrap();
    assert_eq!(change.unwrap().rev, before.last_rev + 2);
    assert_eq!(db.retire(LOBBY, 30, 100, later).await.unwrap().0, None);
    let page = db.history(ann, LOBBY, Stretch::Newest, 10).await.unwrap().messages;
    let seen: Vec<_> = page.iter().map(|m| (m.seq, m.deleted, m.body.is_empty())).collect();
    let expected =
        [(1, true, true), (2, true, true), (3, true, true), (4, false, false), (5, false, false)];
    assert_eq!(seen, expected, "every place is there");
    let mut revs: Vec<_> = page.iter().map(|message| message.rev).collect();
    revs.sort_unstable();
    revs.dedup();
    assert_eq!(revs.len(), 5, "each with a revision of its own");
    db.set_retention(&by(ann), books, Some(7)).await.unwrap();
    assert_eq!(db.overdue(0, now).await.unwrap(), [(books, 7)], "its own days go before");
    let (change, _) = db.retire(books, 7, 100, now).await.unwrap();
    let last = room(&db, ben, books).await;
    assert_eq!((change.unwrap().rev, last.last.unwrap().deleted), (last.last_rev, true));
    let event = db.messages_at(ben, books, &[1]).await.unwrap().remove(0);
    assert_eq!((event.kind, event.deleted), (Kind::Event, false), "what happened stays");
    db.set_retention(&by(ann), LOBBY, None).await.unwrap();
    assert!(is_not_found(db.set_retention(&by(ann), STRANGE, None).await));
}

async fn a_group_is_changed_by_who_is_not_in_it(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let cem = user(&db, "Cem").await;
    let books = group(&db, ben, "Books", 90).await;
    let role = async |person| {
        let members = db.group_members(books, Part(1)).await.unwrap().0;
        members.into_iter().find(|member| member.id == person).map(|member| member.role)
    };
    let (_, joined) = db.place_member(&actor(ann, 1), books, cem, Role::Owner).await.unwrap();
    assert!(joined);
    let seen = room(&db, cem, books).await;
    assert_eq!((seen.unread, seen.mentions), (1, 1), "that he was added");
    assert_eq!(
        (role(cem).await, role(ben).await),
        (Some("owner".into()), Some("administrator".into()))
    );
    let (change, joined) = db.place_member(&actor(ann, 2), books, cem, Role::Member).await.unwrap();
    assert!(!joined);
    assert_eq!(change.rev, room(&db, cem, books).await.last_rev);
    let event = Event::parse(&room(&db, cem, books).await.last.unwrap().body);
    assert_eq!(event, Some(Event::RoleSet { person: cem, role: Role::Member }));
    db.take_out(&actor(ann, 3), books, cem).await.unwrap();
    assert_eq!(role(cem).await, None);
    assert!(is_not_found(db.take_out(&actor(ann, 4), books, cem).await));
    assert!(is_not_found(db.place_member(&actor(ann, 5), STRANGE, cem, Role::Member).await));
    assert!(is_not_found(db.place_member(&actor(ann, 5), books, UserId(999), Role::Member).await));
    let owner = db.place_member(&actor(ann, 5), LOBBY, cem, Role::Owner).await;
    assert_eq!(owner, Err(Error::Forbidden), "a default group has none");
    db.put_away(&actor(ann, 6), books, true).await.unwrap();
    assert!(room(&db, ben, books).await.archived);
    let new = db.place_member(&actor(ann, 7), books, cem, Role::Member).await;
    assert_eq!(new, Err(Error::Archived));
    db.put_away(&actor(ann, 8), books, false).await.unwrap();
    assert!(!room(&db, ben, books).await.archived);
    let (found, _) = db.find_groups("boo", Part(1)).await.unwrap();
    assert_eq!((found.len(), found[0].members), (1, 1));
    db.place_member(&actor(ann, 9), books, cem, Role::Owner).await.unwrap();
    db.take_out(&actor(ann, 10), books, cem).await.unwrap();
    assert_eq!(role(ben).await, Some("owner".into()), "no group is left without one");
    let (found, _) = db.find_groups("boo", Part(1)).await.unwrap();
    assert_eq!(db.group(books).await.unwrap(), found[0]);
    assert!(is_not_found(db.group(STRANGE).await));
}

async fn a_deleted_group_is_gone_for_all(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let books = group(&db, ben, "Books", 90).await;
    let picture = upload(&db, ben, Purpose::Message).await;
    db.send(ben, books, &image(1, picture.id), 2_000).await.unwrap();
    for number in 2..=6 {
        send(&db, ben, books, number).await;
    }
    assert_eq!(db.delete_group(&by(ann), LOBBY).await, Err(Error::Forbidden));
    assert!(is_not_found(db.delete_group(&by(ann), STRANGE).await));
    db.delete_group(&by(ann), books).await.unwrap();
    assert!(is_not_found(db.send(ben, books, &text(7, "x"), 2_000).await));
    assert!(is_not_found(db.group(books).await));
    assert!(is_not_found(db.join_group(&actor(ann, 1), books).await));
    assert!(is_not_found(db.delete_group(&by(ann), books).await));
    let mut freed = Vec::new();
    let mut turns = 0;
    while let Some(some) = db.clear_deleted_group(3).await.unwrap() {
        freed.extend(some);
        turns += 1;
    }
    assert_eq!((turns, freed.as_slice()), (4, &[picture.id][..]), "7 messages, then the group");
    assert_eq!(db.take_media(&freed).await.unwrap().len(), 1);
    assert_eq!(db.numbers().await.unwrap().groups, 1);
}

async fn numbers_are_counted(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    upload(&db, ben, Purpose::Message).await;
    for (number, at) in (1..).zip([1_000, 2_000, 3_000]) {
        say(&db, ben, LOBBY, number, "x", at).await;
    }
    db.set_disabled(&by(ann), ben, true).await.unwrap();
    let numbers = db.numbers().await.unwrap();
    assert_eq!((numbers.people, numbers.disabled, numbers.groups), (2, 1, 1));
    assert_eq!((numbers.messages, numbers.uploads, numbers.upload_bytes), (3, 1, 12_345));
    assert_eq!(db.messages_between(2_000, 3_000).await.unwrap(), 1);
    assert!(db.size().await.unwrap() > 0);
}
