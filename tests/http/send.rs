//! Sending, editing and deleting.

use crate::harness::{Engine, Person, Server, client_id, on_both_engines, refusal};
use app::{
    ids::RoomId,
    message::{Kind, Message, Page},
};
use reqwest::header::RETRY_AFTER;
use serde_json::json;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

on_both_engines!(
    fifty_copies_at_once_are_one_message,
    after_a_restart_the_same_id_is_the_stored_message,
    a_body_keeps_its_rules,
    an_answer_names_an_earlier_message_of_its_room,
    too_many_messages_are_429_and_say_how_long_to_wait,
    only_the_sender_edits_and_deletes,
    the_kind_is_told_by_the_content,
    a_sticker_has_a_known_name_and_nothing_else,
);

/// The default group, which everyone joins.
const LOBBY: i64 = 1;

fn message(number: u32, body: &str) -> [(&'static str, String); 3] {
    [("room", LOBBY.to_string()), ("client_id", client_id(number)), ("body", body.to_owned())]
}

async fn history(person: &Person) -> Page {
    person.ask(&format!("history?room={LOBBY}")).await
}

async fn fifty_copies_at_once_are_one_message(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    // Thirty at once is what the limit lets through; it does not look which message it is.
    let mut copies = JoinSet::new();
    for _ in 0..50 {
        let ada = ada.clone();
        copies.spawn(async move { ada.form("send", &message(1, "once")).await });
    }
    let mut stored = Vec::new();
    for response in copies.join_all().await {
        match response.status().as_u16() {
            200 => stored.push(response.json::<Message>().await.expect("a message")),
            status => assert_eq!(status, 429),
        }
    }
    assert!(stored.len() >= 30, "{} of 50", stored.len());
    assert!(stored.iter().all(|message| *message == stored[0]));
    assert_eq!(history(&ada).await.messages, [stored[0].clone()]);
    let next: Message = server.person("bob").await.done("send", &message(1, "another's")).await;
    assert_eq!(next.seq, 2, "the same id of another sender is another message, the next one");
}

async fn after_a_restart_the_same_id_is_the_stored_message(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let first: Message = ada.done("send", &message(1, "before")).await;
    let server = server.restarted().await;
    let ada = server.session(ada.id).await;
    let again: Message = ada.done("send", &message(1, "before")).await;
    assert_eq!(again, first);
    let other: Message = ada.done("send", &message(2, "after")).await;
    assert_eq!((other.seq, other.rev), (2, first.rev + 1));
    assert_eq!(history(&ada).await.messages, [first, other]);
}

async fn a_body_keeps_its_rules(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for (body, rule) in [
        (String::new(), json!("required")),
        (" \r\n\t\u{3000}".into(), json!("required")),
        ("字".repeat(8_001), json!({"too_long": {"max": 8_000}})),
        ("a\0b".into(), json!("characters")),
        ("a\u{7}b".into(), json!("characters")),
        ("a\u{85}b".into(), json!("characters")),
    ] {
        let (status, error) = refusal(ada.form("send", &message(1, &body)).await).await;
        assert_eq!((status, &error["error"]), (422, &json!("invalid")), "{body:.20?}");
        assert_eq!(error["problems"], json!([{"field": "body", "rule": rule}]), "{body:.20?}");
    }
    assert_eq!(history(&ada).await.messages, [], "nothing was stored");
    let longest = "字".repeat(8_000);
    let sent: Message = ada.done("send", &message(1, &longest)).await;
    assert_eq!(sent.body, longest);
    let lines: Message = ada.done("send", &message(2, "\r\none\r\n\ttwo 😀\r\n")).await;
    assert_eq!(lines.body, "one\n\ttwo 😀");
    assert_eq!(history(&ada).await.messages, [sent, lines]);
}

async fn an_answer_names_an_earlier_message_of_its_room(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let _: Message = ada.done("send", &message(1, "who comes?")).await;
    let answer = |number, origin: &str| {
        let reply_to = ("reply_to", origin.to_owned());
        message(number, "me").into_iter().chain([reply_to]).collect::<Vec<_>>()
    };
    let sent: Message = bob.done("send", &answer(2, "1")).await;
    assert_eq!(sent.reply_to, Some(1));
    assert_eq!(history(&ada).await.messages[1], sent);
    for (number, origin) in [(3, "9"), (4, "0"), (5, "-1")] {
        let (status, _) = refusal(bob.form("send", &answer(number, origin)).await).await;
        assert_eq!(status, 404, "{origin}");
    }
    assert_eq!(bob.form("send", &answer(6, "one")).await.status(), 400);
    assert_eq!(history(&ada).await.messages.len(), 2);
}

async fn too_many_messages_are_429_and_say_how_long_to_wait(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    for number in 0..200 {
        // Counted before it is looked at; without words it needs no database, and is fast.
        let response = ada.form("send", &message(number, "")).await;
        if response.status() == 422 {
            continue;
        }
        assert!(number >= 30, "{number}");
        let wait = response.headers()[RETRY_AFTER].to_str().expect("text").to_owned();
        let (status, error) = refusal(response).await;
        assert_eq!((status, &error["error"]), (429, &json!("too_many")));
        assert_eq!(error["retry_after"].to_string(), wait);
        let _: Message = bob.done("send", &message(1, "another person is not held up")).await;
        return what_is_told_to_others_counts_as_messages(&ada).await;
    }
    panic!("200 messages in a moment were taken");
}

async fn what_is_told_to_others_counts_as_messages(sender: &Person) {
    let (place, id) = ([("room", "1"), ("seq", "999")], client_id(1));
    for (function, form) in [
        ("open_direct", vec![("user", "999")]),
        ("edit", [&place[..], &[("body", "x")]].concat()),
        ("react", [&place[..], &[("emoji", "👍"), ("on", "true")]].concat()),
        ("forward", [&place[..], &[("client_id", id.as_str()), ("from", "1")]].concat()),
        ("create_group", vec![("name", "Books")]),
    ] {
        let mut statuses = Vec::new();
        while !statuses.contains(&429) {
            assert!(statuses.len() < 50, "{function}: {statuses:?}");
            statuses.push(sender.form(function, &form).await.status().as_u16());
        }
    }
}

async fn only_the_sender_edits_and_deletes(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let eve = server.person("eve").await;
    let room: RoomId = ada.done("open_direct", &[("user", bob.id.0)]).await;
    let room = room.to_string();
    let fields = [("room", room.clone()), ("client_id", client_id(1)), ("body", "one".into())];
    let sent: Message = ada.done("send", &fields).await;
    let edit = [("room", room.as_str()), ("seq", "1"), ("body", "two")];
    let delete = [("room", room.as_str()), ("seq", "1")];
    for (person, expected) in [(&bob, (403, "forbidden")), (&eve, (404, "not_found"))] {
        for response in [person.form("edit", &edit).await, person.form("delete", &delete).await] {
            let (status, error) = refusal(response).await;
            assert_eq!((status, error["error"].as_str().expect("text")), expected);
        }
    }
    let page: Page = bob.ask(&format!("history?room={room}")).await;
    assert_eq!(page.messages, std::slice::from_ref(&sent), "as it was");
    let edited: Message = ada.done("edit", &edit).await;
    assert_eq!((edited.seq, edited.body.as_str(), edited.rev > sent.rev), (1, "two", true));
    assert!(edited.edited.is_some());
    let deleted: Message = ada.done("delete", &delete).await;
    assert!(deleted.deleted && deleted.body.is_empty() && deleted.rev > edited.rev);
    let again: Message = ada.done("delete", &delete).await;
    assert_eq!(again, deleted, "deleting twice is harmless");
    assert_eq!(refusal(ada.form("edit", &edit).await).await.0, 404, "a tombstone has no words");
    let page: Page = bob.ask(&format!("history?room={room}")).await;
    assert_eq!(page.messages, [deleted]);
}

async fn the_kind_is_told_by_the_content(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let mut kinds = BTreeSet::new();
    for (number, (body, kind)) in
        (1..).zip([("👍🏽🎉", Kind::Emoji), ("好", Kind::Text), ("<script>", Kind::Text)])
    {
        let sent: Message = ada.done("send", &message(number, body)).await;
        assert_eq!((sent.kind, sent.body.as_str(), sent.sender), (kind, body, ada.id));
        kinds.insert(sent.seq);
    }
    assert_eq!(kinds, BTreeSet::from([1, 2, 3]));
    // The sender comes from the session, whatever the form says.
    let forged = [("room", "1"), ("client_id", &client_id(9)), ("body", "x"), ("sender", "77")];
    let sent: Message = ada.done("send", &forged).await;
    assert_eq!(sent.sender, ada.id);
}

async fn a_sticker_has_a_known_name_and_nothing_else(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let sticker = |number, name| {
        let fields = message(number, name).into_iter();
        fields.chain([("sticker", "true".to_owned())]).collect::<Vec<_>>()
    };
    let sent: Message = ada.done("send", &sticker(1, "well-done")).await;
    assert_eq!((sent.kind, sent.body.as_str()), (Kind::Sticker, "well-done"));
    assert_eq!(history(&bob).await.messages, std::slice::from_ref(&sent));
    let again: Message = ada.done("send", &sticker(1, "well-done")).await;
    assert_eq!(again, sent);
    for name in ["Well-Done", "../icon", "👍"] {
        let (status, error) = refusal(ada.form("send", &sticker(2, name)).await).await;
        assert_eq!(status, 422, "{name}");
        assert_eq!(error["problems"], json!([{ "field": "body", "rule": "wrong" }]), "{name}");
    }
    let carrying = sticker(3, "hello").into_iter().chain([("media[0]", "1".to_owned())]);
    let (status, _) = refusal(ada.form("send", &carrying.collect::<Vec<_>>()).await).await;
    assert_eq!(status, 422, "with a file");
    let word: Message = ada.done("send", &message(4, "well-done")).await;
    assert_eq!(word.kind, Kind::Text, "a word is no sticker");

    let edit = [("room", LOBBY.to_string()), ("seq", "1".into()), ("body", "hello".into())];
    let (status, error) = refusal(ada.form("edit", &edit).await).await;
    assert_eq!((status, &error["error"]), (403, &json!("forbidden")));
    let place = [("room", LOBBY.to_string()), ("seq", "1".into())];
    let liked = place.iter().cloned().chain([("emoji", "👍".into()), ("on", "true".into())]);
    let liked: Message = bob.done("react", &liked.collect::<Vec<_>>()).await;
    assert_eq!((liked.kind, liked.reactions.len()), (Kind::Sticker, 1));
    let answer = message(5, "nice").into_iter().chain([("reply_to", "1".to_owned())]);
    let answer: Message = bob.done("send", &answer.collect::<Vec<_>>()).await;
    assert_eq!(answer.reply_to, Some(1));
    let deleted: Message = ada.done("delete", &place).await;
    assert!(deleted.deleted && deleted.body.is_empty());
}
