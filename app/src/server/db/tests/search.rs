//! What is found, by whom, and what is not found any more.

use super::*;
use crate::{
    account::Profile,
    room::{Description, Visibility},
    search::{phrase::Phrase, words},
    server::db::{admin::By, groups::Actor, search::Lookup},
};

on_both! {
    a_message_is_found_by_its_words_in_one_s_own_rooms
    an_edit_and_a_deletion_are_followed
    what_an_administrator_removes_is_found_no_more
    an_upload_that_was_removed_is_looked_for_in_vain
    what_a_message_carries_is_found_by_its_name
    filters_and_pages
    the_newest_come_first_whatever_their_room
    what_was_there_before_is_made_ready
    messages_of_any_time_are_made_ready
    people_and_groups_are_found_by_a_part_of_their_name
    who_has_many_rooms_finds_as_much
}

fn lookup(text: &str) -> Lookup {
    let (room, sender) = (None, None);
    let asked = Phrase::parse(text).asked();
    Lookup { asked, room, sender, picture: false, file: false, since: i64::MIN, until: i64::MAX }
}

async fn found_by(db: &Db, user: UserId, lookup: &Lookup) -> Vec<String> {
    let found = db.candidates(user, lookup, i64::MAX, 50).await.expect("an answer");
    found.into_iter().map(|found| found.body).collect()
}

async fn found(db: &Db, user: UserId, text: &str) -> Vec<String> {
    found_by(db, user, &lookup(text)).await
}

async fn say(db: &Db, from: UserId, room: RoomId, number: u32, body: &str) -> Message {
    db.send(from, room, &text(number, body), i64::from(number) * 1_000).await.expect("sent")
}

fn actor(user: UserId, number: u32) -> Actor {
    Actor { user, now: 5_000, client_id: client_id(900_000 + number) }
}

fn named(name: &str, visibility: Visibility) -> Description {
    Description { name: name.into(), introduction: String::new(), visibility }
}

async fn a_message_is_found_by_its_words_in_one_s_own_rooms(db: Db) {
    let [ann, ben, eve] = [user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await];
    let private = db.open_direct(ann, ben, 1_000).await.unwrap();
    let secret = "Treffen an der Café-Theke，上海东边的图书馆 a";
    say(&db, ann, private, 1, secret).await;
    for words in ["cafe", "CAFÉ theke", "the", "theke a", "上", "上海", "图书馆", "a", "馆 treff"]
    {
        assert_eq!(found(&db, ben, words).await, [secret], "{words}");
        assert!(found(&db, eve, words).await.is_empty(), "{words}: a stranger");
    }
    for words in ["thekes", "海上", "x", "is", "上海东边的图书馆里"] {
        assert!(found(&db, ben, words).await.is_empty(), "{words}");
    }
    let own = Lookup { room: Some(private), ..lookup("cafe") };
    assert_eq!(found_by(&db, ben, &own).await.len(), 1);
    assert!(is_not_found(db.candidates(eve, &own, i64::MAX, 9).await));

    let group =
        db.create_group(&actor(ann, 1), &named("Books", Visibility::Private)).await.unwrap();
    db.add_members(&actor(ann, 2), group, &[ben]).await.unwrap();
    say(&db, ann, group, 2, "only here").await;
    assert_eq!(found(&db, ben, "only").await.len(), 1);
    db.remove_member(&actor(ann, 3), group, ben).await.unwrap();
    assert!(found(&db, ben, "only").await.is_empty(), "removed");
    for word in ["removed", "created", "added", "member"] {
        assert!(found(&db, ann, word).await.is_empty(), "{word}: events are not found");
    }
}

async fn an_edit_and_a_deletion_are_followed(db: Db) {
    let ann = user(&db, "Ann").await;
    say(&db, ann, LOBBY, 1, "the first wording").await;
    db.edit(ann, LOBBY, 1, Kind::Text, "another 说法", 9_000).await.unwrap();
    assert!(found(&db, ann, "wording").await.is_empty());
    for words in ["another", "说", "说法"] {
        assert_eq!(found(&db, ann, words).await, ["another 说法"]);
    }
    db.edit(ann, LOBBY, 1, Kind::Text, "a third", 9_000).await.unwrap();
    assert_eq!(found(&db, ann, "third").await.len(), 1);
    db.delete(ann, LOBBY, 1, 9_100).await.unwrap();
    for words in ["another", "third", "wording"] {
        assert!(found(&db, ann, words).await.is_empty());
    }
    assert!(!db.is_indexing().await.unwrap(), "nothing is left for later");
}

async fn what_an_administrator_removes_is_found_no_more(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let by = By::person(ann, 5_000);
    for number in 1..=3 {
        say(&db, ben, LOBBY, number, &format!("unfit {number}")).await;
    }
    db.remove_message(&by, LOBBY, 1, "the rules").await.unwrap();
    assert_eq!(found(&db, ann, "unfit").await, ["unfit 3", "unfit 2"]);
    assert!(found(&db, ann, "rules").await.is_empty(), "nor is the reason");
    db.bury(LOBBY, &[2], 6_000).await.unwrap();
    assert_eq!(found(&db, ann, "unfit").await, ["unfit 3"]);
    assert_eq!(entries(&db).await, 1, "the index forgets it, too");

    let group = db.create_group(&actor(ben, 1), &named("Books", Visibility::Public)).await.unwrap();
    say(&db, ben, group, 4, "unfit as well").await;
    db.delete_group(&by, group).await.unwrap();
    assert_eq!(found(&db, ben, "unfit").await, ["unfit 3"]);
    assert!(db.groups_named(ben, "books", 9).await.unwrap().is_empty());
    db.delete_user(&by, ben, false, &client_id(98)).await.unwrap();
    assert!(db.people_named("ben", 9).await.unwrap().is_empty());
}

/// How many messages the index has.
async fn entries(db: &Db) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM message_words";
    reading!(db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await).unwrap()
}

async fn an_upload_that_was_removed_is_looked_for_in_vain(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let picture = upload(&db, ben, Purpose::Message).await;
    let shown = NewMessage { body: "look at this".into(), ..image(1, picture.id) };
    db.send(ben, LOBBY, &shown, 1_000).await.unwrap();
    db.send(ben, LOBBY, &image(2, picture.id), 2_000).await.unwrap();
    let pictures = Lookup { picture: true, ..lookup("") };
    assert_eq!(found_by(&db, ann, &pictures).await, ["", "look at this"]);
    db.remove_upload(&By::person(ann, 5_000), picture.id).await.unwrap();
    assert!(found_by(&db, ann, &pictures).await.is_empty());
    assert_eq!(found(&db, ann, "look").await, ["look at this"]);
    assert_eq!(entries(&db).await, 1, "the index forgets what is a tombstone now");
}

async fn what_a_message_carries_is_found_by_its_name(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let picture = upload(&db, ben, Purpose::Message).await;
    assert_eq!(picture.name, "猫 😀.png");
    db.send(ben, LOBBY, &image(1, picture.id), 1_000).await.unwrap();
    let shown = NewMessage { body: "look at this".into(), ..image(2, picture.id) };
    db.send(ben, LOBBY, &shown, 2_000).await.unwrap();
    assert_eq!(found(&db, ann, "猫").await, ["look at this", ""]);
    assert_eq!(found(&db, ann, "png look").await, ["look at this"]);
    db.edit(ben, LOBBY, 2, Kind::Text, "or not", 3_000).await.unwrap();
    assert_eq!(found(&db, ann, "猫 not").await, ["or not"]);
    db.delete(ben, LOBBY, 1, 4_000).await.unwrap();
    assert_eq!(found(&db, ann, "PNG").await, ["or not"]);
    // Stored before names were looked at.
    changing!(&db, tx => {
        sqlx::query("UPDATE messages SET search_id = NULL").execute(&mut *tx).await?;
        sqlx::query("DELETE FROM message_words").execute(&mut *tx).await?;
    })
    .unwrap();
    assert!(found(&db, ann, "猫").await.is_empty());
    while db.index_some(1).await.unwrap() {}
    assert_eq!(found(&db, ann, "猫").await, ["or not"]);
}

async fn filters_and_pages(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let private = db.open_direct(ann, ben, 1_000).await.unwrap();
    for number in 1..=30 {
        let (from, room) = if number % 3 == 0 { (ben, private) } else { (ann, LOBBY) };
        say(&db, from, room, number, &format!("word number{number}")).await;
    }
    let picture = upload(&db, ann, Purpose::Message).await;
    let shown = NewMessage { body: "word 猫".into(), ..image(31, picture.id) };
    db.send(ann, LOBBY, &shown, 31_000).await.unwrap();
    let all = lookup("word");
    assert_eq!(found_by(&db, ben, &all).await.len(), 31);
    assert_eq!(found_by(&db, ben, &Lookup { sender: Some(ben), ..all.clone() }).await.len(), 10);
    assert_eq!(found_by(&db, ben, &Lookup { room: Some(LOBBY), ..all.clone() }).await.len(), 21);
    let pictures = Lookup { picture: true, ..all.clone() };
    assert_eq!(found_by(&db, ben, &pictures).await, ["word 猫"]);
    let pictures = Lookup { asked: vec![], ..pictures };
    assert_eq!(found_by(&db, ben, &pictures).await, ["word 猫"], "without a word");
    let files = Lookup { file: true, ..all.clone() };
    assert!(found_by(&db, ben, &files).await.is_empty());
    let nothing = Lookup { asked: vec![], ..all.clone() };
    assert!(found_by(&db, ben, &nothing).await.is_empty());
    let some = Lookup { since: 5_000, until: 8_000, ..all.clone() };
    assert_eq!(found_by(&db, ben, &some).await, ["word number7", "word number6", "word number5"]);

    let (mut before, mut seen) = (i64::MAX, Vec::new());
    loop {
        let page = db.candidates(ben, &all, before, 7).await.unwrap();
        seen.extend(page.iter().map(|found| found.created / 1_000));
        match page.last() {
            Some(last) if page.len() == 7 => before = last.search_id,
            _ => break,
        }
    }
    assert_eq!(seen, (1..=31).rev().collect::<Vec<_>>());
}

async fn the_newest_come_first_whatever_their_room(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let private = db.open_direct(ann, ben, 1_000).await.unwrap();
    // All of one moment, many at once, and one from before it that waited.
    let sends: Vec<_> = (0..40)
        .map(|number| {
            let db = db.clone();
            let room = if number % 2 == 0 { LOBBY } else { private };
            let now = if number == 20 { 6_000 } else { 7_000 };
            tokio::spawn(async move {
                db.send(ann, room, &text(number, &format!("at once {number}")), now).await
            })
        })
        .collect();
    for send in sends {
        send.await.unwrap().unwrap();
    }
    assert_eq!(found(&db, ben, "once").await.len(), 40);
    say(&db, ben, LOBBY, 50, "once more").await;
    assert_eq!(found(&db, ann, "once").await[0], "once more");
}

/// As an older program, or a restore, leaves it.
async fn forget_index(db: &Db) {
    const FORGET: [&str; 4] = [
        "DELETE FROM message_words",
        "UPDATE messages SET search_id = NULL",
        "UPDATE users SET find_key = NULL",
        "UPDATE rooms SET find_key = NULL",
    ];
    for statement in FORGET {
        match db {
            Db::Sqlite(sqlite) => {
                sqlx::query(statement).execute(&sqlite.write).await.unwrap();
            }
            Db::MySql(mysql) => {
                sqlx::query(statement).execute(&mysql.pool).await.unwrap();
            }
        }
    }
}

async fn what_was_there_before_is_made_ready(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let group =
        db.create_group(&actor(ann, 1), &named("读书会", Visibility::Public)).await.unwrap();
    for number in 1..=20 {
        // Some of one moment.
        let room = if number % 4 == 0 { group } else { LOBBY };
        let message = text(number, &format!("old 消息{number}"));
        db.send(ann, room, &message, 4_000 + i64::from(number / 3)).await.unwrap();
    }
    db.delete(ann, LOBBY, 1, 9_000).await.unwrap();
    forget_index(&db).await;
    assert!(found(&db, ann, "old").await.is_empty() && db.is_indexing().await.unwrap());
    // Meanwhile somebody writes, edits and deletes.
    say(&db, ben, LOBBY, 30, "old and new").await;
    db.edit(ann, LOBBY, 2, Kind::Text, "old, changed", 9_000).await.unwrap();
    assert_eq!(found(&db, ann, "old").await, ["old and new"]);
    let mut rounds = 0;
    while db.index_some(5).await.unwrap() {
        rounds += 1;
        assert!(rounds < 20);
    }
    assert!(rounds >= 4 && !db.is_indexing().await.unwrap());
    let all = found(&db, ann, "old").await;
    assert_eq!((all.len(), all[0].as_str()), (20, "old and new"));
    assert_eq!(found(&db, ann, "消").await.len(), 18);
    assert_eq!(found(&db, ann, "changed").await, ["old, changed"]);
    let times = db.candidates(ann, &lookup("old"), i64::MAX, 50).await.unwrap();
    assert!(times.is_sorted_by_key(|found| std::cmp::Reverse(found.created)));
    assert_eq!(db.people_named("an", 9).await.unwrap()[0].id, ann);
    assert_eq!(db.groups_named(ben, "书会", 9).await.unwrap()[0].id, group);
}

async fn messages_of_any_time_are_made_ready(db: Db) {
    let ann = user(&db, "Ann").await;
    for (number, time) in (1..).zip([i64::MAX, i64::MIN, -5, 0, 1, 1, i64::MAX - 1, 5_000]) {
        db.send(ann, LOBBY, &text(number, "whenever"), time).await.unwrap();
    }
    forget_index(&db).await;
    while db.index_some(3).await.unwrap() {}
    let anytime = Lookup { since: i64::MIN, until: i64::MAX, ..lookup("whenever") };
    // The end of time itself is not before it.
    assert_eq!(found_by(&db, ann, &anytime).await.len(), 7);
}

async fn people_and_groups_are_found_by_a_part_of_their_name(db: Db) {
    // The default group has its name from a migration.
    while db.index_some(9).await.unwrap() {}
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "banjo").await);
    let profile = Profile { display_name: "李 Zoë".into(), introduction: String::new() };
    db.set_profile(ben, &profile).await.unwrap();
    let people = async |text: &str| -> Vec<UserId> {
        let found = db.people_named(&words::name_key(text), 9).await.unwrap();
        found.into_iter().map(|person| person.id).collect()
    };
    assert_eq!(people("AN").await, [ann, ben], "first whose name begins so");
    for text in ["李", "zoe", "BANJO", "李 z"] {
        assert_eq!(people(text).await, [ben], "{text}");
    }
    assert!(people("%").await.is_empty() && people("李雷").await.is_empty());

    let private = db.create_group(&actor(ann, 1), &named("Book Club", Visibility::Private)).await;
    let private = private.unwrap();
    let public = db.create_group(&actor(ben, 2), &named("Booking", Visibility::Public)).await;
    let public = public.unwrap();
    let groups = async |user, text: &str| -> Vec<(RoomId, bool)> {
        let found = db.groups_named(user, &words::name_key(text), 9).await.unwrap();
        found.into_iter().map(|group| (group.id, group.is_member)).collect()
    };
    assert_eq!(groups(ann, "book").await, [(private, true), (public, false)]);
    assert_eq!(groups(ben, "book").await, [(public, true)], "not the private one");
    assert_eq!(groups(ben, "大厅").await, [(LOBBY, true)], "in either language");
    db.describe_group(&actor(ann, 3), private, &named("Films", Visibility::Private)).await.unwrap();
    assert!(groups(ann, "club").await.is_empty());
    assert_eq!(groups(ann, "film").await, [(private, true)]);
    db.archive_group(&actor(ben, 4), public, true).await.unwrap();
    assert!(groups(ann, "booking").await.is_empty());
    assert_eq!(groups(ben, "booking").await.len(), 1, "one's own");
}

async fn who_has_many_rooms_finds_as_much(db: Db) {
    let (ann, eve) = (user(&db, "Ann").await, user(&db, "Eve").await);
    for number in 0..40 {
        let group = named(&format!("G{number}"), Visibility::Private);
        let room = db.create_group(&actor(ann, number), &group).await.unwrap();
        say(&db, ann, room, number + 1, "common word").await;
    }
    let secret = db.create_group(&actor(eve, 50), &named("S", Visibility::Private)).await.unwrap();
    say(&db, eve, secret, 100, "common word").await;
    assert_eq!(found(&db, ann, "common word").await.len(), 40);
    assert_eq!(found(&db, eve, "common word").await.len(), 1);
    let page = db.candidates(ann, &lookup("wor"), i64::MAX, 3).await.unwrap();
    assert_eq!(page.iter().map(|m| m.created).collect::<Vec<_>>(), [40_000, 39_000, 38_000]);
}
