//! Invitations: what a link opens, to whom, and for how long; and registration by invitation.

use crate::{
    database,
    harness::{Engine, Person, Server, on_both_engines, refusal},
    media::PNG,
};
use app::{
    account::Admission,
    ids::RoomId,
    invitation::{Invitation, QrPicture},
    media::Attachment,
    message::Page,
    room::event::Event,
    server::{Registration, Settings, db::admin::By, now},
    sync::Snapshot,
};
use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, HOST, LOCATION, REFERER},
    multipart::{Form, Part},
};
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

on_both_engines!(
    a_stranger_sees_the_group_and_registers_into_it,
    who_logs_in_by_a_link_is_in_the_group,
    who_is_in_is_asked_and_joins_by_a_button,
    what_does_not_work_is_one_page,
    a_link_for_ten_lets_ten_of_fifty_in,
    only_who_manages_now_sees_makes_and_revokes,
    by_invitation_one_registers_with_a_link_alone,
    a_refused_form_keeps_the_invitation,
    tokens_are_not_guessed_without_end,
    links_to_the_server_are_made_by_its_administrators,
    a_link_that_is_made_on_the_machine_itself_leads_others_to_it,
);

async fn a_link_that_is_made_on_the_machine_itself_leads_others_to_it(engine: Engine) {
    let lan = Some("http://192.168.1.5:3000".to_owned());
    let server = Server::start(engine, Settings { lan, ..Settings::default() }).await;
    let bob = server.person("bob").await;
    let room = group(&bob).await;
    let fields = [("room", room.to_string()), ("hours", "1".into()), ("uses", "1".into())];
    let links: Vec<Invitation> = bob.done("create_invitation", &fields).await;
    assert!(links[0].link.starts_with("http://192.168.1.5:3000/join/"), "{}", links[0].link);
    let request = bob.get(&format!("/api/invitations?room={room}")).header(HOST, "im.example:80");
    let links: Vec<Invitation> =
        request.send().await.expect("an answer").json().await.expect("links");
    assert!(links[0].link.starts_with("http://im.example:80/join/"), "{}", links[0].link);
}

const PASSWORD: &str = "correct horse battery staple";

/// Bob's group.
async fn group(owner: &Person) -> RoomId {
    owner.done("create_group", &[("name", "Books & <b>Films</b>")]).await
}

/// A new link into a group: its id and token.
async fn invite(person: &Person, room: RoomId, uses: &str) -> (i64, String) {
    let fields = [("room", room.to_string().as_str()), ("hours", "1"), ("uses", uses)]
        .map(|(name, value)| (name, value.to_owned()));
    let links: Vec<Invitation> = person.done("create_invitation", &fields).await;
    (links[0].id.0, token_of(person, &links[0]))
}

fn token_of(person: &Person, link: &Invitation) -> String {
    let path = link.link.strip_prefix(&person.base).expect("this server's address");
    path.strip_prefix("/join/").expect("a link").to_owned()
}

async fn get(person: &Person, path: &str) -> (u16, String) {
    let response = person.get(path).send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("text"))
}

async fn led_to(person: &Person, path: &str) -> String {
    let response = person.get(path).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
    response.headers()[LOCATION].to_str().expect("text").to_owned()
}

/// Sends a form as a browser without JavaScript does from this page.
async fn plainly(person: &Person, function: &str, page: &str, fields: &[(&str, &str)]) -> Response {
    let request = person.post(&format!("/api/{function}")).header(ACCEPT, "text/html");
    let request = request.header(REFERER, format!("{}{page}", person.base)).form(fields);
    request.send().await.expect("an answer")
}

fn location(response: &Response) -> &str {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()[LOCATION].to_str().expect("text")
}

async fn register(person: &Person, name: &str, token: &str) -> Response {
    let fields = [("name", name), ("password", PASSWORD), ("invitation", token)];
    person.form("register", &fields).await
}

async fn accept(person: &Person, token: &str) -> Response {
    person.form("accept_invitation", &[("token", token)]).await
}

async fn rooms(person: &Person) -> BTreeSet<RoomId> {
    let start: Snapshot = person.ask("snapshot").await;
    start.rooms.iter().map(|room| room.id).collect()
}

async fn newest_event(person: &Person, room: RoomId) -> Option<Event> {
    let page: Page = person.ask(&format!("history?room={room}")).await;
    Event::parse(&page.messages.last()?.body)
}

async fn a_stranger_sees_the_group_and_registers_into_it(engine: Engine) {
    let server = Server::plain(engine).await;
    let bob = server.person("bob").await;
    let room = group(&bob).await;
    let (_, token) = invite(&bob, room, "10").await;
    let stranger = server.client();
    let join = format!("/join/{token}");
    let (status, page) = get(&stranger, &join).await;
    assert_eq!(status, 200);
    for text in ["Books &amp; &lt;b&gt;Films&lt;/b&gt;", "Members: 1"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    for way in ["/register", "/login"] {
        assert!(page.contains(&format!("href=\"{way}?invitation={token}\"")), "{page}");
    }
    assert!(!page.contains("<b>Films") && !page.contains("wasm\" as=\"fetch"), "{page}");
    assert!(!page.contains("/picture"), "it has none");
    assert_eq!(get(&stranger, &format!("{join}/picture")).await.0, 404);
    let form = Form::new().part("file", Part::bytes(PNG).file_name("a.png"));
    let request = bob.post("/api/media?purpose=room").multipart(form);
    let face: Attachment = request.send().await.expect("an answer").json().await.expect("one");
    let fields = [("room", room.0), ("media", face.id.0)];
    let _: () = bob.done("set_group_picture", &fields).await;
    assert!(get(&stranger, &join).await.1.contains(&format!("src=\"{join}/picture\"")));
    let picture = stranger.get(&format!("{join}/picture")).send().await.expect("an answer");
    let kind = picture.headers()["content-type"].to_str().expect("text");
    assert!(picture.status() == 200 && kind.starts_with("image/"), "{kind}");
    assert_eq!(get(&stranger, &format!("/media/{}", face.id)).await.0, 401, "by no other address");

    let (_, page) = get(&stranger, &format!("/register?invitation={token}")).await;
    assert!(page.contains("You are invited to Books &amp; &lt;b&gt;Films"), "{page}");
    let fields = [("name", "ada"), ("password", PASSWORD), ("invitation", token.as_str())];
    let page = format!("/register?invitation={token}");
    let led = plainly(&stranger, "register", &page, &fields).await;
    assert_eq!(location(&led), format!("/room/{room}"));
    assert_eq!(rooms(&stranger).await, BTreeSet::from([RoomId(1), room]));
    assert_eq!(newest_event(&bob, room).await, Some(Event::Invited { by: bob.id }));
}

async fn who_logs_in_by_a_link_is_in_the_group(engine: Engine) {
    let server = Server::plain(engine).await;
    let bob = server.person("bob").await;
    let room = group(&bob).await;
    let (id, token) = invite(&bob, room, "1").await;
    let ada = server.client();
    assert_eq!(register(&ada, "ada", "").await.status(), 200, "an empty one is none");
    assert_eq!(rooms(&ada).await, BTreeSet::from([RoomId(1)]));
    let page = format!("/login?invitation={token}");
    let log_in = async |token: &str| {
        let fields = [("name", "ada"), ("password", PASSWORD), ("invitation", token)];
        plainly(&ada, "login", &page, &fields).await
    };
    assert_eq!(location(&log_in(&token).await), format!("/room/{room}"));
    assert!(rooms(&ada).await.contains(&room));
    assert_eq!(location(&log_in(&token).await), format!("/room/{room}"), "a member is led there");
    let fields = [("room", room.0), ("id", id)];
    let _: () = bob.done("revoke_invitation", &fields).await;
    assert_eq!(
        location(&log_in(&token).await),
        format!("/join/{token}"),
        "which says what is wrong"
    );
    assert_eq!(rooms(&ada).await.len(), 2, "they have logged in all the same");
    for evil in ["//evil.example", "x\r\ny"] {
        assert_eq!(location(&log_in(evil).await), "/", "{evil}");
    }
    let (status, page) = get(&server.client(), &page).await;
    assert!(status == 404 && page.contains("This invitation does not work"), "{page}");
}

async fn who_is_in_is_asked_and_joins_by_a_button(engine: Engine) {
    let server = Server::plain(engine).await;
    let (bob, ada) = (server.person("bob").await, server.person("ada").await);
    let room = group(&bob).await;
    let (_, token) = invite(&bob, room, "1").await;
    let join = format!("/join/{token}");
    let (status, page) = get(&ada, &join).await;
    assert!(status == 200 && page.contains("action=\"/api/accept_invitation\""), "{page}");
    assert!(!page.contains("/register?"), "{page}");
    assert!(!rooms(&ada).await.contains(&room), "to look is not to join");
    assert_eq!(led_to(&ada, &format!("/login?invitation={token}")).await, join);
    let cursor = async |person: &Person| person.ask::<Snapshot>("snapshot").await.cursor;
    let before = cursor(&bob).await;
    let led = plainly(&ada, "accept_invitation", &join, &[("token", &token)]).await;
    assert_eq!(location(&led), format!("/room/{room}"));
    assert_eq!(led_to(&ada, &join).await, format!("/room/{room}"), "a member is led there");
    assert_eq!(accept(&ada, &token).await.status(), 200, "though it is used up");
    let news = get(&bob, &format!("/api/poll?cursor={before}")).await.1;
    assert!(news.contains("invited"), "who is there hears of it: {news}");
    let _: () = bob.done("remove_member", &[("room", room.0), ("user", ada.id.0)]).await;
    assert!(!rooms(&ada).await.contains(&room));
    assert_eq!(accept(&ada, &token).await.status(), 404, "used up");
    assert_eq!(get(&ada, &join).await.0, 404);
}

/// A page without what is of this answer alone.
async fn told(person: &Person, path: &str) -> (u16, String) {
    let (status, text) = get(person, path).await;
    let (before, rest) = text.split_once("<script nonce").unwrap_or((&text, ""));
    (status, format!("{before}{}", rest.len()))
}

async fn what_does_not_work_is_one_page(engine: Engine) {
    let server = Server::plain(engine).await;
    let (bob, ada) = (server.person("bob").await, server.person("ada").await);
    let (room, archived) = (group(&bob).await, group(&bob).await);
    let (_, used_up) = invite(&bob, room, "1").await;
    assert_eq!(accept(&server.person("cem").await, &used_up).await.status(), 200);
    let (id, revoked) = invite(&bob, room, "0").await;
    let _: () = bob.done("revoke_invitation", &[("room", room.0), ("id", id)]).await;
    let (id, expired) = invite(&bob, room, "0").await;
    let expire = format!("UPDATE invitations SET expires = 1 WHERE id = {id}");
    assert_eq!(database::execute(server.url(), &expire).await, 1);
    let (_, in_archive) = invite(&bob, archived, "0").await;
    let fields = [("room", archived.to_string()), ("archived", "true".to_owned())];
    let _: () = bob.done("archive_group", &fields).await;
    let unknown = "0123456789abcdefghijkl".to_owned();
    for person in [&server.client(), &ada] {
        let expected = told(person, &format!("/join/{unknown}")).await;
        assert_eq!(expected.0, 404);
        assert!(expected.1.contains("This invitation does not work"), "{}", expected.1);
        for token in [&used_up, &revoked, &expired, &in_archive, &"x".to_owned()] {
            assert_eq!(told(person, &format!("/join/{token}")).await, expected);
            assert_eq!(get(person, &format!("/join/{token}/picture")).await.0, 404);
            let page = format!("/register?invitation={token}");
            assert_eq!(told(person, &page).await, expected);
        }
    }
    let expected = refusal(accept(&ada, &unknown).await).await;
    assert_eq!(expected.0, 404);
    for token in [&used_up, &revoked, &expired, &in_archive, &"x".to_owned()] {
        assert_eq!(refusal(accept(&ada, token).await).await, expected);
        assert_eq!(refusal(register(&server.client(), "new", token).await).await, expected);
    }
    let people = "SELECT COUNT(*) FROM users WHERE name = 'new'";
    assert_eq!(database::number(server.url(), people).await, 0);
}

async fn a_link_for_ten_lets_ten_of_fifty_in(engine: Engine) {
    let server = Server::plain(engine).await;
    let bob = server.person("bob").await;
    let room = group(&bob).await;
    let (_, token) = invite(&bob, room, "10").await;
    let mut tries = JoinSet::new();
    for number in 0..50 {
        let person = server.person(&format!("p{number}")).await;
        let token = token.clone();
        tries.spawn(async move { accept(&person, &token).await.status().as_u16() });
    }
    let outcomes = tries.join_all().await;
    let count = |status: u16| outcomes.iter().filter(|outcome| **outcome == status).count();
    assert_eq!((count(200), count(404)), (10, 40), "{outcomes:?}");
    let start: Snapshot = bob.ask("snapshot").await;
    let seen = start.rooms.iter().find(|seen| seen.id == room).expect("the group");
    assert_eq!(seen.members, 11);
}

async fn only_who_manages_now_sees_makes_and_revokes(engine: Engine) {
    let server = Server::plain(engine).await;
    let people = ["bob", "member", "exmanager", "exmember", "disabled", "stranger"];
    let mut all = Vec::new();
    for name in people {
        all.push(server.person(name).await);
    }
    let [bob, member, exmanager, exmember, disabled, stranger] = &all[..] else { panic!() };
    let room = group(bob).await;
    let give = async |person: &Person, role: &str| {
        let fields = [("room", room.0), ("people[0]", person.id.0)];
        let _: () = bob.done("add_members", &fields).await;
        let (room, user) = (room.to_string(), person.id.to_string());
        let fields = [("room", room.as_str()), ("user", &user), ("role", role)];
        let _: () = bob.done("set_role", &fields).await;
    };
    give(member, "member").await;
    for person in [exmanager, exmember, disabled] {
        give(person, "administrator").await;
        invite(person, room, "0").await;
    }
    give(exmanager, "member").await;
    let fields = [("room", room.0), ("user", exmember.id.0)];
    let _: () = bob.done("remove_member", &fields).await;
    let (id, _) = invite(bob, room, "0").await;
    let by = By::person(bob.id, now());
    server.app().db.set_disabled(&by, disabled.id, true).await.expect("disabled");
    server.app().send_away(disabled.id);
    let page = format!("/room/{room}/invitations");
    let (new, of) = ([("hours", "1"), ("uses", "1")], ("room", room.to_string()));
    let statuses = async |person: &Person| {
        let new: Vec<_> = [of.clone()]
            .into_iter()
            .chain(new.map(|(name, value)| (name, value.to_owned())))
            .collect();
        let revoke = [of.clone(), ("id", id.to_string())];
        [
            get(person, &format!("/api/invitations?room={room}")).await.0,
            person.form("create_invitation", &new).await.status().as_u16(),
            person.form("revoke_invitation", &revoke).await.status().as_u16(),
            get(person, &page).await.0,
        ]
    };
    for (person, refused) in [
        (member, [403, 403, 403, 404]),
        (exmanager, [403, 403, 403, 404]),
        (exmember, [404, 404, 404, 404]),
        (stranger, [404, 404, 404, 404]),
        (disabled, [401, 401, 401, 303]),
        (&server.client(), [401, 401, 401, 303]),
    ] {
        assert_eq!(statuses(person).await, refused);
    }
    let (_, shown) = get(bob, &page).await;
    assert_eq!(shown.matches("/join/").count(), 4, "{shown}");
    assert_eq!(shown.matches("class=\"qr\"").count(), 3, "not of who is disabled: {shown}");
    for wrong in [[("hours", "2"), ("uses", "1")], [("hours", "1"), ("uses", "-1")]] {
        let fields: Vec<_> = wrong.into_iter().chain([("room", of.1.as_str())]).collect();
        assert_eq!(bob.form("create_invitation", &fields).await.status(), 400);
    }
    assert_eq!(statuses(bob).await, [200; 4]);
    let code: QrPicture = bob.ask("qr_code?text=http://a.example").await;
    assert!(code.size >= 21 && code.path.starts_with("M0 0h7v1h-7z"), "{code:?}");
    let long = format!("/api/qr_code?text={}", "x".repeat(501));
    assert_eq!(get(bob, &long).await.0, 413);
}

async fn by_invitation_one_registers_with_a_link_alone(engine: Engine) {
    let settings = Settings { registration: Registration::Invitation, ..Settings::default() };
    let server = Server::start(engine, settings).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let gate: Admission = server.client().ask("gate").await;
    assert!(gate.by_invitation && !gate.registration_open);
    for token in ["", "0123456789abcdefghijkl"] {
        let (status, error) = refusal(register(&server.client(), "ada", token).await).await;
        let expected =
            if token.is_empty() { (403, "registration_closed") } else { (404, "not_found") };
        assert_eq!((status, error["error"].as_str()), (expected.0, Some(expected.1)));
    }
    let (status, page) = get(&server.client(), "/register").await;
    assert!(status == 200 && page.contains("By invitation only"), "{page}");
    assert!(!page.contains("action=\"/api/register\""), "{page}");
    let room = group(&bob).await;
    let (_, token) = invite(&bob, room, "1").await;
    let (_, page) = get(&server.client(), &format!("/register?invitation={token}")).await;
    assert!(page.contains("action=\"/api/register\""), "{page}");
    assert_eq!(register(&server.client(), "ada", &token).await.status(), 200);
    assert_eq!(register(&server.client(), "eve", &token).await.status(), 404, "used up");
    let (_, token) = invite(&bob, room, "0").await;
    let settings =
        [("registration", "closed"), ("upload_limit", "1000"), ("retention", "0"), ("banner", "")];
    let _: () = root.done("admin_settings", &settings).await;
    let (status, error) = refusal(register(&server.client(), "eve", &token).await).await;
    assert_eq!((status, error["error"].as_str()), (403, Some("registration_closed")));
    let (_, page) = get(&server.client(), &format!("/join/{token}")).await;
    assert!(page.contains("/login?invitation=") && !page.contains("/register"), "{page}");
}

async fn a_refused_form_keeps_the_invitation(engine: Engine) {
    let server = Server::plain(engine).await;
    let bob = server.person("bob").await;
    let (_, token) = invite(&bob, group(&bob).await, "1").await;
    let hidden = format!("<input type=\"hidden\" name=\"invitation\" value=\"{token}\"");
    for (function, page) in [("register", "/register"), ("login", "/login")] {
        let page = format!("{page}?invitation={token}");
        let (_, shown) = get(&server.client(), &page).await;
        assert!(shown.contains(&hidden), "{shown}");
        let fields = [("name", "ada"), ("password", "1234"), ("invitation", token.as_str())];
        let refused = plainly(&server.client(), function, &page, &fields).await;
        let back = location(&refused).to_owned();
        assert!(back.starts_with(&format!("{page}&__path=")), "{back}");
        let (_, shown) = get(&server.client(), &back).await;
        assert!(shown.contains(&hidden) && shown.contains("role=\"alert\""), "{shown}");
    }
}

async fn tokens_are_not_guessed_without_end(engine: Engine) {
    let server = Server::plain(engine).await;
    let (bob, ada) = (server.person("bob").await, server.person("ada").await);
    let (_, token) = invite(&bob, group(&bob).await, "1").await;
    let mut guesses = 0;
    while get(&server.client(), "/join/0123456789abcdefghijkl").await.0 == 404 {
        guesses += 1;
        assert!(guesses < 2_000, "guesses without end");
    }
    assert!(guesses >= 300, "{guesses}: a class opens the same link");
    // One a second goes on.
    let mut accepted = Vec::new();
    for _ in 0..3 {
        accepted.push(refusal(accept(&ada, &token).await).await);
    }
    let too_many = |(status, error): &(u16, Value)| *status == 429 && error["error"] == "too_many";
    assert!(accepted.iter().any(too_many), "right or wrong: {accepted:?}");
    for path in [format!("/join/{token}"), format!("/join/{token}/picture")] {
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            seen.insert(get(&server.client(), &path).await.0);
        }
        assert!(seen.contains(&429), "{path}: {seen:?}");
    }
    assert_eq!(get(&ada, "/").await.0, 200, "nothing else is held up");
}

async fn links_to_the_server_are_made_by_its_administrators(engine: Engine) {
    let settings = Settings { registration: Registration::Invitation, ..Settings::default() };
    let server = Server::start(engine, settings).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let new = [("hours", "24"), ("uses", "1")];
    assert_eq!(bob.form("admin_create_invitation", &new).await.status(), 404);
    let made = plainly(&root, "admin_create_invitation", "/admin/invitations", &new).await;
    assert_eq!(location(&made), "/admin/invitations?done");
    let links: Vec<Invitation> = root.done("admin_create_invitation", &new).await;
    assert_eq!(links.len(), 2);
    let token = token_of(&root, &links[0]);
    let (_, page) = get(&root, "/admin/invitations").await;
    assert!(page.contains(&links[0].link) && page.contains("class=\"qr\""), "{page}");
    let (_, page) = get(&server.client(), &format!("/join/{token}")).await;
    assert!(page.contains("You are invited") && page.contains("/register?invitation="), "{page}");
    assert_eq!(led_to(&bob, &format!("/join/{token}")).await, "/", "they are here");
    let ada = server.client();
    assert_eq!(register(&ada, "ada", &token).await.status(), 200);
    assert_eq!(rooms(&ada).await, BTreeSet::from([RoomId(1)]), "the default group alone");
    assert_eq!(get(&server.client(), &format!("/join/{token}")).await.0, 404, "used up");
    let id = links[1].id.to_string();
    let _: () = root.done("admin_revoke_invitation", &[("id", &id)]).await;
    assert_eq!(root.form("admin_revoke_invitation", &[("id", &id)]).await.status(), 404);
    let told = "SELECT action FROM audit ORDER BY id";
    let told = database::texts(server.url(), told).await;
    assert_eq!(told, ["invite", "invite", "revoke_invitation"]);
}
