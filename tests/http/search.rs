//! What is found over the interface, and by whom it is found no more.

use crate::{
    database,
    harness::{Engine, Person, Server, client_id, on_both_engines, refusal},
    media::uploaded,
};
use app::{ids::RoomId, message::Message, room::GroupsPage, search::Found};
use reqwest::{RequestBuilder, Url};
use serde_json::json;

on_both_engines!(
    a_removed_member_finds_nothing_from_that_moment,
    edits_and_deletions_are_followed,
    what_is_typed_is_never_syntax,
    people_groups_and_messages_are_found_at_once,
    a_file_is_found_by_its_name_which_is_shown,
    answers_come_in_pages_and_too_many_are_refused,
    a_restored_messenger_is_indexed_anew,
    the_page_without_javascript_shows_what_was_found,
);

async fn say(person: &Person, room: RoomId, number: u32, body: &str) -> Message {
    let (room, id) = (room.to_string(), client_id(number));
    person.done("send", &[("room", room.as_str()), ("client_id", &id), ("body", body)]).await
}

fn asking(person: &Person, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
    let address = Url::parse_with_params(&format!("{}{path}", person.base), query);
    person.client.get(address.expect("an address"))
}

async fn find(person: &Person, text: &str) -> Found {
    find_with(person, &[("text", text)]).await
}

async fn find_with(person: &Person, query: &[(&str, &str)]) -> Found {
    let response = asking(person, "/api/search", query).send().await.expect("an answer");
    let (status, text) = (response.status(), response.text().await.expect("text"));
    assert_eq!(status, 200, "{query:?}: {text}");
    serde_json::from_str(&text).expect("what was found")
}

fn excerpts(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.excerpt.as_str()).collect()
}

async fn private_group(owner: &Person, member: &Person) -> RoomId {
    let room: RoomId = owner.done("create_group", &[("name", "Books 书")]).await;
    let _: () = owner.done("add_members", &[("room", room.0), ("people[0]", member.id.0)]).await;
    room
}

async fn a_removed_member_finds_nothing_from_that_moment(engine: Engine) {
    let server = Server::plain(engine).await;
    let [ada, bob, eve] =
        [server.person("ada").await, server.person("bob").await, server.person("eve").await];
    let room = private_group(&ada, &bob).await;
    let said = say(&ada, room, 1, "the swordfish 剑鱼").await;
    let found = find(&bob, "剑").await;
    assert_eq!((found.hits[0].room, found.hits[0].seq), (room, said.seq));
    assert_eq!(find(&bob, "books").await.groups.len(), 1);
    for text in ["swordfish", "剑", "剑鱼", "books", "sword"] {
        let found = find(&eve, text).await;
        assert!(found.hits.is_empty() && found.groups.is_empty(), "{text}, a stranger: {found:?}");
    }
    let _: () = ada.done("remove_member", &[("room", room.0), ("user", bob.id.0)]).await;
    for text in ["swordfish", "剑", "剑鱼", "books", "sword"] {
        let found = find(&bob, text).await;
        assert!(found.hits.is_empty() && found.groups.is_empty(), "{text}, removed: {found:?}");
    }
    let room = room.to_string();
    let inside = [("text", "swordfish"), ("room", room.as_str())];
    for person in [&bob, &eve] {
        let response = asking(person, "/api/search", &inside).send().await.expect("an answer");
        assert_eq!(
            refusal(response).await.1,
            json!({"error": "not_found", "message": "It does not exist, or you are not a member."})
        );
    }
    assert_eq!(find_with(&ada, &inside).await.hits.len(), 1);

    let disable = format!("UPDATE users SET disabled = TRUE WHERE id = {}", ada.id);
    database::execute(server.url(), &disable).await;
    server.app().end_believing();
    let response = ada.get("/api/search?text=swordfish").send().await.expect("an answer");
    assert_eq!(refusal(response).await.0, 401, "disabled");
    assert!(find(&bob, "ada").await.people.is_empty(), "nor is who is disabled found");
}

async fn edits_and_deletions_are_followed(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    say(&ada, RoomId(1), 1, "Wir treffen uns im Café, 在上海东边").await;
    for text in ["cafe", "CAFÉ", "caf", "上", "海东", "东边 cafe", "wir 上海", "Ｃafé"] {
        let found = find(&bob, text).await;
        assert_eq!(found.hits.len(), 1, "{text}");
        assert!(!found.hits[0].marks.is_empty(), "{text}");
    }
    let found = find(&bob, "上海").await;
    let (excerpt, mark) = (&found.hits[0].excerpt, found.hits[0].marks[0]);
    let marked: String =
        excerpt.chars().skip(mark.0 as usize).take((mark.1 - mark.0) as usize).collect();
    assert_eq!((marked.as_str(), found.senders[0].id), ("上海", ada.id));
    let _: Message =
        ada.done("edit", &[("room", "1"), ("seq", "1"), ("body", "in Peking 北京")]).await;
    for gone in ["cafe", "上", "海东"] {
        assert!(find(&bob, gone).await.hits.is_empty(), "{gone}");
    }
    assert_eq!(excerpts(&find(&bob, "京").await), ["in Peking 北京"]);
    let _: Message = ada.done("delete", &[("room", "1"), ("seq", "1")]).await;
    assert!(find(&bob, "peking").await.hits.is_empty());

    // As they are read, not as they were typed.
    say(&ada, RoomId(1), 2, "the **big** `tent`, 明天**八点**见, sail**cloth**").await;
    let plain = "the big tent, 明天八点见, sailcloth";
    for text in ["big", "tent", "明天八点", "点见", "sailcloth"] {
        assert_eq!(excerpts(&find(&bob, text).await), [plain], "{text}");
    }
}

async fn what_is_typed_is_never_syntax(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    say(&ada, RoomId(1), 1, "plain words and nothing else").await;
    for text in [
        "\"",
        "'",
        "*",
        "**",
        "a*",
        "\"words",
        "words\" OR \"x",
        "AND",
        "OR",
        "NOT words",
        "NEAR(a b)",
        "+words",
        "-words",
        "words -nothing",
        "(words",
        "words:and",
        "%",
        "_",
        "\\",
        "'; DROP TABLE messages; --",
        "\u{0}",
        "\u{202E}words",
        "words)",
        "~words",
        "<b>",
        "@",
        "@6",
        "{words}",
        "^words",
    ] {
        let found = find(&ada, text).await;
        let typed_words = text.contains("words")
            && !text.contains([':', '-'])
            && !text.contains("OR")
            && !text.contains("NOT");
        assert!(!typed_words || found.hits.len() == 1, "{text}: {found:?}");
    }
    assert!(find(&ada, "words not nothing").await.hits.is_empty(), "a word as any other");
    assert_eq!(find(&ada, "words AND nothing").await.hits.len(), 1);
    for text in ["x".repeat(10_000), "字".repeat(201)] {
        let response =
            asking(&ada, "/api/search", &[("text", &text)]).send().await.expect("an answer");
        let (status, told) = refusal(response).await;
        assert_eq!((status, &told["problems"][0]["field"]), (422, &json!("search")));
    }
    assert!(find(&ada, &"字".repeat(200)).await.hits.is_empty());
    assert_eq!(find(&ada, "").await, Found::default());
}

async fn people_groups_and_messages_are_found_at_once(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let named = [("display_name", "图书 Bob"), ("introduction", "")];
    let _: () = bob.done("update_profile", &named).await;
    let public = [("name", "图书馆"), ("public", "true")];
    let library: RoomId = bob.done("create_group", &public).await;
    say(&bob, RoomId(1), 1, "去图书馆吗").await;
    say(&bob, library, 2, "图书馆里").await;
    let found = find(&ada, "图书").await;
    assert_eq!(found.people.iter().map(|person| person.id).collect::<Vec<_>>(), [bob.id]);
    assert_eq!(
        found.groups.iter().map(|group| (group.id, group.is_member)).collect::<Vec<_>>(),
        [(library, false)]
    );
    assert_eq!(excerpts(&found), ["去图书馆吗"], "not of a group that one is not in");
    let all: GroupsPage = ada.ask("groups").await;
    assert!(all.groups.contains(&found.groups[0]));
    let narrowed = find_with(&bob, &[("text", "图书"), ("sender", "BOB"), ("room", "1")]).await;
    assert_eq!((excerpts(&narrowed), narrowed.people.len()), (vec!["去图书馆吗"], 0));
    for nobody in ["ada", "nobody"] {
        let found = find_with(&bob, &[("text", "图书"), ("sender", nobody)]).await;
        assert!(found.hits.is_empty(), "{nobody}");
    }
    let now = app::server::now();
    let (past, future) = ((now - 60_000).to_string(), (now + 60_000).to_string());
    assert_eq!(
        find_with(&bob, &[("text", "图"), ("since", &past), ("until", &future)]).await.hits.len(),
        2
    );
    assert!(find_with(&bob, &[("text", "图"), ("since", &future)]).await.hits.is_empty());
    assert!(find_with(&bob, &[("text", "图"), ("until", &past)]).await.hits.is_empty());
    assert!(find_with(&bob, &[("picture", "true")]).await.hits.is_empty());
}

async fn a_file_is_found_by_its_name_which_is_shown(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let file = uploaded(&ada, "message", "季度 Report-7.png").await;
    let media = file.id.to_string();
    let fields = [("room", "1"), ("client_id", &client_id(1)), ("body", ""), ("media[0]", &media)];
    let _: Message = ada.done("send", &fields).await;
    for (text, marks) in
        [("报", None), ("季度 rep", Some(vec![(0, 2), (3, 6)])), ("7", Some(vec![(10, 11)]))]
    {
        let found = find(&bob, text).await;
        let seen: Vec<_> =
            found.hits.iter().map(|hit| (hit.excerpt.as_str(), &hit.marks)).collect();
        assert_eq!(
            seen,
            marks.iter().map(|marks| ("季度 Report-7.png", marks)).collect::<Vec<_>>()
        );
    }
    let all = find_with(&bob, &[("picture", "true")]).await;
    assert_eq!(excerpts(&all), [""], "nothing was typed");
}

async fn answers_come_in_pages_and_too_many_are_refused(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for number in 1..=25 {
        say(&ada, RoomId(1), number, &format!("number {number} 号")).await;
    }
    let first = find(&ada, "号").await;
    let before = first.before.expect("more").to_string();
    let second = find_with(&ada, &[("text", "号"), ("before", &before)]).await;
    assert_eq!((first.hits.len(), second.hits.len(), second.before), (20, 5, None));
    let seqs: Vec<i64> = first.hits.iter().chain(&second.hits).map(|hit| hit.seq).collect();
    assert_eq!(seqs, (1..=25).rev().collect::<Vec<_>>());
    for _ in 0..100 {
        let response = ada.get("/api/search?text=a").send().await.expect("an answer");
        if response.status() == 429 {
            return;
        }
    }
    panic!("nobody types so fast");
}

async fn a_restored_messenger_is_indexed_anew(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for number in 1..=10 {
        say(&ada, RoomId(1), number, &format!("old 消息 {number}")).await;
    }
    // As a restore leaves it: without what search finds by.
    for forget in ["DELETE FROM message_words", "UPDATE messages SET search_id = NULL"] {
        database::execute(server.url(), forget).await;
    }
    let found = find(&ada, "消息").await;
    assert!(found.hits.is_empty() && found.indexing);
    say(&ada, RoomId(1), 11, "new 消息").await;
    assert_eq!(excerpts(&find(&ada, "消息").await), ["new 消息"]);
    server.app().index_rest().await;
    let found = find(&ada, "消息").await;
    assert_eq!((found.hits.len(), found.indexing), (11, false));
}

async fn the_page_without_javascript_shows_what_was_found(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for number in 1..=22 {
        say(&ada, RoomId(1), number, &format!("<b>bold</b> 书 {number}")).await;
    }
    let page =
        asking(&ada, "/search", &[("text", "书"), ("picture", "")]).send().await.expect("a page");
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("text");
    assert!(page.contains("<mark>书<") && page.contains("&lt;b&gt;bold"), "{page}");
    assert!(page.contains(r#"href="/room/1?at=22#m-22""#), "{page}");
    assert!(page.contains(r#"name="before""#), "{page}");
    let page = ada.get("/search?text=x&room=999&since=2026-02-30x").send().await.expect("a page");
    assert_eq!(page.status(), 404);
    let page = ada.get("/search").send().await.expect("a page");
    assert_eq!(page.status(), 200, "nothing asked");
}
