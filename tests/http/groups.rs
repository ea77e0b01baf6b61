//! What the others of a group hear of a change, and what somebody removed hears no more.

use crate::{
    harness::{Engine, Person, Server, client_id, on_both_engines, refusal},
    media::PNG,
    poll::Tab,
};
use app::{
    ids::{RoomId, UserId},
    media::Attachment,
    message::{Kind, Message},
    room::{MembersPage, Notify, Role, event::Event},
    server::uptime,
    sync::{Delta, Update},
};
use reqwest::{
    header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH},
    multipart::{Form, Part},
};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    a_change_of_a_group_arrives_as_an_event,
    who_is_added_gets_the_group_and_who_is_removed_loses_it,
    a_held_poll_hears_of_a_removal_at_once_and_of_nothing_after_it,
    a_removed_member_s_picture_address_shows_nothing,
    who_was_removed_gets_nothing_of_what_they_sent_there,
    what_a_group_says_of_itself_is_checked,
    roles_are_told_to_all,
    an_archived_group_says_so_to_all_and_takes_nothing,
    a_pinned_and_quiet_room_is_so_in_ones_own_tabs_alone,
    members_are_found_by_a_part_of_a_name_by_members_alone,
);

async fn group(owner: &Person, people: &[&Person]) -> RoomId {
    let room: RoomId = owner.done("create_group", &[("name", "Books")]).await;
    let mut fields = vec![("room".to_owned(), room.0)];
    for (place, person) in people.iter().enumerate() {
        fields.push((format!("people[{place}]"), person.id.0));
    }
    let _: () = owner.done("add_members", &fields).await;
    room
}

async fn say(person: &Person, room: RoomId, number: u32) -> Message {
    let (room, id) = (room.to_string(), client_id(number));
    person.done("send", &[("room", room.as_str()), ("client_id", &id), ("body", "words")]).await
}

async fn remove(owner: &Person, room: RoomId, user: UserId) {
    let _: () = owner.done("remove_member", &[("room", room.0), ("user", user.0)]).await;
}

/// The one room of a delta, and the event that it brings.
fn event(delta: Delta) -> (app::room::Room, UserId, Event) {
    let [changed] = <[_; 1]>::try_from(delta.rooms).expect("one room");
    let [message] = <[_; 1]>::try_from(changed.messages).expect("one event");
    assert_eq!(message.kind, Kind::Event);
    (changed.room, message.sender, Event::parse(&message.body).expect("a known event"))
}

async fn who_was_removed_gets_nothing_of_what_they_sent_there(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = group(&ada, &[&bob]).await;
    let sent = say(&bob, room, 7).await;
    assert_eq!(say(&bob, room, 7).await, sent, "as long as they are in");
    remove(&ada, room, bob.id).await;
    let id = client_id(7);
    for to in [room, RoomId(1)] {
        let to = to.to_string();
        let again = [("room", to.as_str()), ("client_id", &id), ("body", "words")];
        assert_eq!(bob.form("send", &again).await.status(), 404, "room {to}");
    }
    let from = room.to_string();
    let forward = [("from", from.as_str()), ("seq", "1"), ("room", "1"), ("client_id", &id)];
    assert_eq!(bob.form("forward", &forward).await.status(), 404);
}

async fn a_change_of_a_group_arrives_as_an_event(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let eve = server.person("eve").await;
    let room = group(&ada, &[&bob]).await;
    let (mut tab, _) = Tab::open(&bob).await;
    let (mut stranger, _) = Tab::open(&eve).await;
    let id = room.to_string();
    let fields = [
        ("room", id.as_str()),
        ("name", "Films"),
        ("introduction", "on Fridays"),
        ("public", "true"),
    ];
    let _: () = ada.done("describe_group", &fields).await;
    let (seen, by, told) = event(tab.delta().await);
    assert_eq!((by, told), (ada.id, Event::Renamed { name: "Films".into() }));
    assert_eq!(
        (seen.name.as_str(), seen.introduction.as_str(), seen.unread),
        ("Films", "on Fridays", 1),
        "that he was added is unread, that it was described is not"
    );
    let _: () = ada.done("describe_group", &fields).await;
    assert_eq!(tab.poll().await, None, "the same again is no news");
    assert_eq!(stranger.poll().await, None, "a stranger hears nothing");
    let _: () = eve.done("join_group", &[("room", room.0)]).await;
    let delta = tab.delta().await;
    assert!(delta.people.iter().any(|person| person.id == eve.id));
    let (seen, by, told) = event(delta);
    assert_eq!((seen.members, by, told), (3, eve.id, Event::Joined));
    assert_eq!(stranger.poll().await, Some(Update::Resync));
    // What is said after an event is told with it, whatever memory holds of the room.
    let said = say(&ada, room, 1).await;
    assert_eq!(tab.delta().await.rooms[0].messages, [said]);
    let _: () = eve.done("leave_group", &[("room", room.0)]).await;
    let (seen, by, told) = event(tab.delta().await);
    assert_eq!((seen.members, by, told), (2, eve.id, Event::Left { owner: None }));
}

async fn who_is_added_gets_the_group_and_who_is_removed_loses_it(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (mut tab, _) = Tab::open(&bob).await;
    let room = group(&ada, &[&bob]).await;
    assert_eq!(tab.poll().await, Some(Update::Resync));
    let delta = tab.resync(&[]).await;
    let arrived = delta.rooms.iter().find(|delta| delta.room.id == room).expect("the group");
    assert_eq!((arrived.room.role, arrived.room.unread), (Role::Member, 1));
    assert!(delta.people.iter().any(|person| person.id == ada.id), "who added him");
    let said = say(&ada, room, 1).await;
    assert_eq!(tab.delta().await.rooms[0].messages, [said]);
    remove(&ada, room, bob.id).await;
    say(&ada, room, 2).await;
    assert_eq!(tab.poll().await, Some(Update::Resync));
    let delta = tab.resync(&[(room, 1)]).await;
    assert!(delta.rooms.iter().all(|delta| delta.room.id != room));
    say(&ada, room, 3).await;
    assert_eq!(tab.poll().await, None);
    let history = bob.get(&format!("/api/history?room={room}")).send().await;
    assert_eq!(refusal(history.expect("an answer")).await.0, 404);
    let page = bob.get(&format!("/room/{room}")).send().await.expect("a page");
    assert_eq!(page.status(), 404);
    assert!(!page.text().await.expect("text").contains("words"));
}

async fn a_held_poll_hears_of_a_removal_at_once_and_of_nothing_after_it(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = group(&ada, &[&bob]).await;
    let (tab, _) = Tab::open(&bob).await;
    // Whoever is here is known, so that presence is no news.
    server.app().presence.sweep(uptime());
    let (tab, _) = Tab::open(&tab.person).await;
    let path = format!("poll?cursor={}&hold=20000", tab.cursor);
    let held = tokio::spawn(async move { bob.ask::<Option<Update>>(&path).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!held.is_finished());
    remove(&ada, room, tab.person.id).await;
    say(&ada, room, 1).await;
    let answer = tokio::time::timeout(Duration::from_secs(5), held).await.expect("at once");
    assert_eq!(answer.expect("an answer"), Some(Update::Resync));
}

async fn a_removed_member_s_picture_address_shows_nothing(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = group(&ada, &[&bob]).await;
    let upload = async |purpose: &str| -> Attachment {
        let form = Form::new().part("file", Part::bytes(PNG).file_name("a.png"));
        let request = ada.post(&format!("/api/media?purpose={purpose}")).multipart(form);
        request.send().await.expect("an answer").json().await.expect("a picture")
    };
    let (shown, face) = (upload("message").await, upload("room").await);
    assert_eq!((face.width, face.height), (256, 256));
    let (id, media) = (client_id(1), shown.id.to_string());
    let fields = [
        ("room", room.to_string()),
        ("client_id", id),
        ("body", String::new()),
        ("media[0]", media),
    ];
    let _: Message = ada.done("send", &fields).await;
    let _: () = ada.done("set_group_picture", &[("room", room.0), ("media", face.id.0)]).await;
    let mut tags = Vec::new();
    for id in [shown.id, face.id] {
        for path in [format!("/media/{id}"), format!("/media/{id}/thumb")] {
            let answer = bob.get(&path).send().await.expect("an answer");
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()[CACHE_CONTROL]),
                (200, &"private, no-cache".parse().unwrap())
            );
            let tag = answer.headers()[ETAG].clone();
            let again = bob.get(&path).header(IF_NONE_MATCH, &tag).send().await.expect("an answer");
            assert_eq!((again.status().as_u16(), &again.headers()[ETAG]), (304, &tag));
            let other = bob.get(&path).header(IF_NONE_MATCH, "\"x\"").send().await;
            assert_eq!(other.expect("an answer").status(), 200);
            tags.push((path, tag));
        }
    }
    remove(&ada, room, bob.id).await;
    for (path, tag) in tags {
        let again = bob.get(&path).header(IF_NONE_MATCH, tag).send().await.expect("an answer");
        assert_eq!(again.status(), 404, "{path}: not even what his browser has kept");
    }
}

async fn what_a_group_says_of_itself_is_checked(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let long = "i".repeat(301);
    for name in ["", "  ", "\u{3164}", &"n".repeat(61), "a\u{202E}b"] {
        let (status, error) = refusal(ada.form("create_group", &[("name", name)]).await).await;
        assert_eq!((status, &error["problems"][0]["field"]), (422, &json!("group_name")), "{name}");
    }
    let fields = [("name", "Books"), ("introduction", long.as_str())];
    let (status, error) = refusal(ada.form("create_group", &fields).await).await;
    assert_eq!((status, &error["problems"][0]["field"]), (422, &json!("introduction")));
    let room: RoomId = ada.done("create_group", &[("name", " 读书会 2 ")]).await;
    let (_, start) = Tab::open(&ada).await;
    let seen = start.rooms.iter().find(|seen| seen.id == room).expect("the group");
    assert_eq!(seen.name, "读书会 2");
    let id = room.to_string();
    for (fields, status) in [
        (vec![("room", id.as_str()), ("user", "1"), ("role", "king")], 400),
        (vec![("room", id.as_str()), ("user", "999"), ("role", "owner")], 404),
    ] {
        assert_eq!(refusal(ada.form("set_role", &fields).await).await.0, status, "{fields:?}");
    }
    let many: Vec<_> = (0..300).map(|n| (format!("people[{n}]"), n)).collect();
    let fields: Vec<_> = [("room".to_owned(), room.0)].into_iter().chain(many).collect();
    let _: () = ada.done("add_members", &fields).await;
}

async fn roles_are_told_to_all(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let cem = server.person("cem").await;
    let room = group(&ada, &[&bob, &cem]).await;
    let (mut of_bob, _) = Tab::open(&bob).await;
    let (mut of_cem, _) = Tab::open(&cem).await;
    let (id, user) = (room.to_string(), bob.id.to_string());
    for (role, expected) in [("administrator", Role::Administrator), ("owner", Role::Owner)] {
        let fields = [("room", id.as_str()), ("user", &user), ("role", role)];
        let _: () = ada.done("set_role", &fields).await;
        let (seen, _, told) = event(of_bob.delta().await);
        assert_eq!(
            (seen.role, told),
            (expected, Event::RoleSet { person: bob.id, role: expected })
        );
        assert_eq!(event(of_cem.delta().await).0.role, Role::Member);
    }
    let page: MembersPage = cem.ask(&format!("members?room={room}")).await;
    let roles: Vec<_> = page.members.iter().map(|m| (m.person.id, m.role)).collect();
    let expected = [(ada.id, Role::Administrator), (bob.id, Role::Owner), (cem.id, Role::Member)];
    assert_eq!(roles, expected);
}

async fn an_archived_group_says_so_to_all_and_takes_nothing(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = group(&ada, &[&bob]).await;
    say(&bob, room, 1).await;
    let (mut tab, _) = Tab::open(&bob).await;
    let id = room.to_string();
    let mut turn = async |archived| -> (app::room::Room, UserId, Event) {
        let _: () =
            ada.done("archive_group", &[("room", id.as_str()), ("archived", archived)]).await;
        event(tab.delta().await)
    };
    let (seen, by, told) = turn("true").await;
    assert_eq!((seen.archived, seen.unread, by, told), (true, 1, ada.id, Event::Archived));
    let new = client_id(2);
    let send = [("room", id.as_str()), ("client_id", &new), ("body", "words")];
    let (status, error) = refusal(bob.form("send", &send).await).await;
    assert_eq!((status, &error["error"]), (409, &json!("archived")));
    let edit = [("room", id.as_str()), ("seq", "3"), ("body", "words")];
    assert_eq!(refusal(bob.form("edit", &edit).await).await.0, 409);
    let (seen, _, told) = turn("false").await;
    assert_eq!((seen.archived, told), (false, Event::Reopened));
    say(&bob, room, 2).await;
}

async fn a_pinned_and_quiet_room_is_so_in_ones_own_tabs_alone(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room: RoomId = ada.done("open_direct", &[("user", bob.id.0)]).await;
    let (mut of_ada, _) = Tab::open(&ada).await;
    let (mut of_bob, _) = Tab::open(&bob).await;
    say(&bob, room, 1).await;
    of_ada.delta().await;
    of_bob.delta().await;
    let id = room.to_string();
    for marked in [true, false] {
        let text = marked.to_string();
        let _: () = ada.done("pin_room", &[("room", &id), ("pinned", &text)]).await;
        let (notify, word) =
            if marked { (Notify::Mentions, "mentions") } else { (Notify::All, "all") };
        let _: () = ada.done("set_notify", &[("room", id.as_str()), ("notify", word)]).await;
        let [told] = <[_; 1]>::try_from(of_ada.delta().await.rooms).expect("one room");
        assert_eq!((told.room.pinned, told.room.notify, told.room.unread), (marked, notify, 1));
        assert!(told.messages.is_empty());
        assert_eq!(of_bob.poll().await, None);
        let (_, fresh) = Tab::open(&ada).await;
        assert_eq!(fresh.rooms.iter().find(|fresh| fresh.id == room), Some(&told.room));
    }
}

async fn members_are_found_by_a_part_of_a_name_by_members_alone(engine: Engine) {
    let server = Server::plain(engine).await;
    let [ada, bob, eve] =
        [server.person("ada").await, server.person("Bob").await, server.person("eve").await];
    let shown = [("display_name", "王小明 Ádám"), ("introduction", "")];
    let _: () = bob.done("update_profile", &shown).await;
    let room = group(&ada, &[&bob]).await;
    for (named, expected) in [
        ("BO", &["Bob"][..]),
        ("%E5%B0%8F%E6%98%8E", &["Bob"]),
        ("ada", &["ada", "Bob"]),
        ("", &["ada", "Bob"]),
        ("eve", &[]),
        ("%25", &[]),
    ] {
        let page: MembersPage = ada.ask(&format!("members?room={room}&named={named}")).await;
        let names: Vec<_> = page.members.iter().map(|one| one.person.name.as_str()).collect();
        assert_eq!((names.as_slice(), page.after), (expected, None), "{named}");
    }
    let asked = eve.get(&format!("/api/members?room={room}&named=bob")).send().await;
    assert_eq!(refusal(asked.expect("an answer")).await.0, 404, "a stranger");
}
