//! Whom messages mention, and how many unread ones mention somebody.

use super::*;
use crate::{message::mentions::ALL, server::db::admin::By};

on_both! {
    members_are_mentioned_by_their_name_and_counted
    an_edit_and_a_deletion_are_counted_anew
    what_is_drawn_as_a_mention_is_one
    who_removes_a_message_removes_its_mentions
    an_answer_in_a_group_mentions_whom_it_answers
}

async fn say(db: &Db, from: UserId, number: u32, body: &str) -> Message {
    db.send(from, LOBBY, &text(number, body), 2_000).await.expect("sent")
}

/// What is unread, and how much of it mentions this user.
async fn counts(db: &Db, viewer: UserId) -> (i64, i64) {
    let room = room(db, viewer, LOBBY).await;
    (room.unread, room.mentions)
}

async fn members_are_mentioned_by_their_name_and_counted(db: Db) {
    let [ann, ben, eve] = [user(&db, "Ann").await, user(&db, "小明").await, user(&db, "Eve").await];
    let both = say(&db, ann, 1, "@小明你好, @EVE! @ann @小明 @nobody").await;
    assert_eq!(both.mentions, [ben, eve], "not oneself, nobody twice");
    assert_eq!(say(&db, ann, 2, "for @all, and @小明").await.mentions, [ALL, ben]);
    assert_eq!(say(&db, ann, 3, "ann@eve.example").await.mentions, []);
    say(&db, ben, 4, "@所有人").await;
    assert_eq!(counts(&db, ben).await, (3, 2), "one that mentions twice is one");
    assert_eq!(counts(&db, eve).await, (4, 3));
    assert_eq!(counts(&db, ann).await, (1, 1));
    db.mark_read(eve, LOBBY, 2).await.unwrap();
    assert_eq!(counts(&db, eve).await, (2, 1));
    let again = say(&db, ann, 1, "@小明你好").await;
    assert_eq!(again, both, "what was stored");

    let private = db.open_direct(ann, ben, 1_000).await.unwrap();
    let message = db.send(ann, private, &text(5, "@Eve and @小明"), 2_000).await.unwrap();
    assert_eq!(message.mentions, [ben], "whoever is not there is not mentioned");
    let page = db.history(ben, private, Stretch::Newest, 10).await.unwrap();
    assert_eq!(page.messages, [message]);
}

async fn an_edit_and_a_deletion_are_counted_anew(db: Db) {
    let [ann, ben, eve] = [user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await];
    say(&db, ann, 1, "hello @ben").await;
    let edited = db.edit(ann, LOBBY, 1, Kind::Text, "hello @eve", 3_000).await.unwrap();
    assert_eq!(edited.mentions, [eve]);
    assert_eq!((counts(&db, ben).await, counts(&db, eve).await), ((1, 0), (1, 1)));
    db.react(ben, LOBBY, 1, "👍", true).await.unwrap();
    assert_eq!(counts(&db, eve).await, (1, 1), "another change leaves them");
    let (gone, _) = db.delete(ann, LOBBY, 1, 4_000).await.unwrap();
    assert_eq!((gone.mentions, counts(&db, eve).await), (vec![], (0, 0)));
}

async fn what_is_drawn_as_a_mention_is_one(db: Db) {
    let [ann, ben, eve] = [user(&db, "Ann").await, user(&db, "小明").await, user(&db, "Eve").await];
    for (number, body) in [
        (1, "`@all` https://a.example/@eve"),
        (2, "```\n@eve\n```"),
        (3, "[@eve](https://a.example)"),
    ] {
        assert_eq!(say(&db, ann, number, body).await.mentions, [], "{body}");
    }
    let marked = say(&db, ann, 4, "> **@eve**\n- see @小明, *or*").await;
    assert_eq!(marked.mentions, [eve, ben], "in quotations, lists and marks");
}

async fn who_removes_a_message_removes_its_mentions(db: Db) {
    let [ann, ben] = [user(&db, "Ann").await, user(&db, "Ben").await];
    say(&db, ann, 1, "@all").await;
    assert_eq!(counts(&db, ben).await, (1, 1));
    db.remove_message(&By::person(ben, 5_000), LOBBY, 1, "unkind").await.unwrap();
    assert_eq!(counts(&db, ben).await, (0, 0));
    let page = db.history(ben, LOBBY, Stretch::Newest, 10).await.unwrap();
    assert_eq!(page.messages[0].mentions, []);
}

async fn an_answer_in_a_group_mentions_whom_it_answers(db: Db) {
    let [ann, ben, eve] = [user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await];
    let answer = async |from, room, number, seq, body: &str| {
        let answer = NewMessage { reply_to: Some(seq), ..text(number, body) };
        db.send(from, room, &answer, 2_000).await.expect("sent").mentions
    };
    say(&db, ann, 1, "who comes?").await;
    assert_eq!(answer(ben, LOBBY, 2, 1, "I do").await, [ann]);
    assert_eq!(answer(ben, LOBBY, 3, 1, "@eve and @ann").await, [eve, ann], "once");
    assert_eq!(answer(ann, LOBBY, 4, 1, "so do I").await, [], "not oneself");
    assert_eq!(counts(&db, ann).await, (2, 2));
    let edited = db.edit(ben, LOBBY, 2, Kind::Text, "I do not", 3_000).await.unwrap();
    assert_eq!(edited.mentions, [ann], "whatever it says now");
    db.delete(ann, LOBBY, 1, 4_000).await.unwrap();
    assert_eq!(answer(ben, LOBBY, 5, 1, "what was it?").await, []);
    let private = db.open_direct(ann, ben, 1_000).await.unwrap();
    db.send(ann, private, &text(6, "between us"), 2_000).await.unwrap();
    assert_eq!(answer(ben, private, 7, 1, "yes").await, [], "there is nobody else");
    say(&db, eve, 8, "before I go").await;
    let by = By::person(ann, 5_000);
    db.set_disabled(&by, eve, true).await.unwrap();
    assert_eq!(answer(ben, LOBBY, 10, 6, "where is she?").await, [], "who cannot log in");
    db.delete_user(&by, eve, true, &client_id(900)).await.unwrap();
    assert_eq!(answer(ben, LOBBY, 9, 6, "a pity").await, [], "nobody to turn to");
}
