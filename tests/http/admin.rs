//! The administration area: who gets in, and what becomes of those whom it concerns.

mod content;
mod sessions;
mod users;

use crate::{
    database,
    harness::{Engine, Person, Server, client_id, on_both_engines, refusal},
    media::PNG,
};
use app::{
    ids::RoomId,
    invitation::Invitation,
    media::Attachment,
    message::Message,
    server::{Registration, db::Db, spawn_housekeeping},
};
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, LOCATION, REFERER},
    multipart::{Form, Part},
};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::{sleep, timeout};

on_both_engines!(
    every_route_is_there_for_administrators_alone,
    a_page_that_one_may_not_see_is_one_that_is_not_there,
    a_plain_form_is_led_back_with_what_became_of_it,
    settings_hold_at_once_and_after_a_restart,
    what_another_process_sets_holds_soon,
    an_announcement_stands_on_everyone_s_page_until_it_is_closed,
);

/// Each function, with a form that does something. In `{}`: somebody else, their group with another, a
/// message of theirs there, an upload of theirs.
const FORMS: &[(&str, &str)] = &[
    ("admin_create_user", "name=new{n}"),
    ("admin_set_admin", "user={user}&admin=true"),
    ("admin_set_admin", "user={user}&admin=false"),
    ("admin_end_sessions", "user={user}"),
    ("admin_reset_link", "user={user}"),
    ("admin_disable_user", "user={user}&disabled=true"),
    ("admin_disable_user", "user={user}&disabled=false"),
    ("admin_place_member", "room={room}&name=cem&role=administrator"),
    ("admin_remove_member", "room={room}&user={other}"),
    ("admin_archive_group", "room={room}&archived=true"),
    ("admin_archive_group", "room={room}&archived=false"),
    ("admin_set_retention", "room={room}&days=30"),
    ("admin_remove_message", "room={room}&seq={seq}&reason=spam"),
    ("admin_remove_upload", "media={media}"),
    ("admin_create_invitation", "hours=1&uses=1"),
    ("admin_revoke_invitation", "id={invitation}"),
    ("admin_delete_group", "room={room}"),
    ("admin_settings", "registration=open&upload_limit=1000000&retention=0&banner="),
    ("admin_delete_user", "user={user}&erase=true"),
];

const PAGES: [&str; 13] = [
    "/admin",
    "/admin/",
    "/admin/users",
    "/admin/users?find=b&page=2",
    "/admin/users/{user}",
    "/admin/groups",
    "/admin/groups/{room}",
    "/admin/messages",
    "/admin/messages?words=x&sender=bob&from=2020-01-01&until=2030-01-01&private=1",
    "/admin/uploads?sort=size",
    "/admin/invitations",
    "/admin/log?action=settings&actor=root",
    "/admin/settings",
];

async fn post(person: &Person, function: &str, form: String) -> Response {
    let request = person.post(&format!("/api/{function}"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    request.send().await.expect("an answer")
}

async fn get(person: &Person, path: &str) -> (u16, String) {
    let response = person.get(path).send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("text"))
}

/// Status and text of a page, without what is of this answer alone: its nonce.
async fn page(person: &Person, path: &str) -> (u16, String) {
    let (status, text) = get(person, path).await;
    let (before, rest) = text.split_once("<script nonce").expect("a nonce");
    (status, format!("{before}{}", rest.len()))
}

async fn upload(person: &Person) -> Attachment {
    let form = Form::new().part("file", Part::bytes(PNG).file_name("a.png"));
    let request = person.post("/api/media?purpose=message").multipart(form);
    request.send().await.expect("an answer").json().await.expect("a picture")
}

async fn say(person: &Person, room: RoomId, number: u32, body: &str, media: &str) -> Message {
    let (room, id) = (room.to_string(), client_id(number));
    let fields = [("room", room.as_str()), ("client_id", &id), ("body", body), ("media[0]", media)];
    let fields: Vec<_> = fields
        .into_iter()
        .filter(|(name, value)| *name != "media[0]" || !value.is_empty())
        .collect();
    person.done("send", &fields).await
}

async fn every_route_is_there_for_administrators_alone(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let (cem, out) = (server.person("cem").await, server.administrator("out").await);
    let room: RoomId = bob.done("create_group", &[("name", "Books")]).await;
    let add = [("room", room.0), ("people[0]", cem.id.0)];
    let _: () = bob.done("add_members", &add).await;
    let picture = upload(&bob).await;
    let message = say(&bob, room, 1, "words", &picture.id.to_string()).await;
    let also = upload(&bob).await;
    let new = [("hours", "1"), ("uses", "1")];
    let links: Vec<Invitation> = root.done("admin_create_invitation", &new).await;
    let fill = |text: &str| {
        text.replace("{user}", &bob.id.to_string())
            .replace("{other}", &cem.id.to_string())
            .replace("{room}", &room.to_string())
            .replace("{seq}", &message.seq.to_string())
            .replace("{media}", &also.id.to_string())
            .replace("{invitation}", &links[0].id.to_string())
            .replace("{n}", "")
    };
    // Disabled: with a session that the page still has a cookie of.
    server.app().db.set_disabled(&by(&root), out.id, true).await.expect("disabled");
    server.app().send_away(out.id);

    for page in PAGES.map(fill) {
        assert_eq!(get(&root, &page).await.0, 200, "{page}");
        for other in [&out, &bob, &server.client()] {
            assert_eq!(get(other, &page).await.0, 404, "{page}");
        }
    }
    for page in ["/admin/nothing", "/admin/users/999", "/admin/users/x", "/admin/groups/999"] {
        assert_eq!(get(&root, page).await.0, 404, "{page}");
    }
    for (function, form) in FORMS {
        for other in [&out, &cem, &server.client()] {
            let refused = post(other, function, fill(form)).await;
            assert_eq!(refused.status(), 404, "{function}");
        }
        let request = root.post(&format!("/api/{function}")).header("sec-fetch-site", "cross-site");
        let cross = request.header("origin", "http://evil.example").send().await;
        assert_eq!(cross.expect("an answer").status(), 403, "{function}");
        let done = post(&root, function, fill(form)).await;
        let status = done.status();
        assert_eq!(status, 200, "{function}: {}", done.text().await.expect("text"));
    }
    let tried: BTreeSet<_> = FORMS.iter().map(|(name, _)| format!("/api/{name}")).collect();
    let all = server_fn_paths().map(|(path, _)| path.to_owned());
    let all: BTreeSet<_> = all.filter(|path| path.starts_with("/api/admin_")).collect();
    assert_eq!(tried, all);
}

fn by(person: &Person) -> app::server::db::admin::By {
    app::server::db::admin::By::person(person.id, app::server::now())
}

async fn a_page_that_one_may_not_see_is_one_that_is_not_there(engine: Engine) {
    let server = Server::plain(engine).await;
    let bob = server.person("bob").await;
    for person in [&bob, &server.client()] {
        let [there, nowhere] = ["/admin/users", "/no/such/page"].map(|path| page(person, path));
        assert_eq!(there.await, nowhere.await);
    }
    let there = refusal(bob.form("admin_end_sessions", &[("user", "1")]).await).await;
    assert_eq!(there, refusal(bob.form("no_such_function", &[("user", "1")]).await).await);
}

async fn a_plain_form_is_led_back_with_what_became_of_it(engine: Engine) {
    let server = Server::plain(engine).await;
    let root = server.administrator("root").await;
    let send = async |referer: &str, form: &[(&str, &str)]| {
        let request = root.post("/api/admin_set_admin").header(ACCEPT, "text/html").form(form);
        let referer = format!("{}{referer}", root.base);
        let response = request.header(REFERER, referer).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        response.headers()[LOCATION].to_str().expect("text").to_owned()
    };
    let (page, id) = (format!("/admin/users/{}", root.id), root.id.to_string());
    let back = send(&page, &[("user", &id)]).await;
    assert!(back.starts_with(&format!("{page}?__path=")), "{back}");
    assert!(get(&root, &back).await.1.contains("This is the last administrator"));
    let again = send(&back, &[("user", &id)]).await;
    assert_eq!(again, back, "one error is left in the address, not two");
    let back = send(&again, &[("user", &id), ("admin", "true")]).await;
    assert_eq!(back, format!("{page}?done"));
    let (_, shown) = get(&root, &back).await;
    assert!(shown.contains("Done.") && !shown.contains("role=\"alert\""), "{shown}");
    let elsewhere =
        [("room", "1"), ("seq", "1"), ("reason", "x"), ("back", "//evil.example/admin/")];
    let refused = root.form("admin_remove_message", &elsewhere).await;
    assert_eq!(refused.status(), 404, "nothing is there to be removed");
}

async fn set(root: &Person, registration: &str, upload_limit: &str, banner: &str) -> u16 {
    let fields = [
        ("registration", registration),
        ("upload_limit", upload_limit),
        ("retention", "0"),
        ("banner", banner),
    ];
    root.form("admin_settings", &fields).await.status().as_u16()
}

async fn settings_hold_at_once_and_after_a_restart(engine: Engine) {
    let mut server = Server::plain(engine).await;
    let root = server.administrator("root").await;
    assert_eq!(set(&root, "closed", "1000", "").await, 200);
    for name in ["bob", "cem"] {
        let fields = [("name", "eve"), ("password", "correct horse battery staple")];
        let (status, error) = refusal(server.client().form("register", &fields).await).await;
        assert_eq!((status, error["error"].as_str()), (403, Some("registration_closed")));
        let bob = server.person(name).await;
        let start: app::sync::Snapshot = bob.ask("snapshot").await;
        assert_eq!((start.upload_limit, start.is_admin), (1_000, false));
        let form = Form::new().part("file", Part::bytes(PNG).file_name("a.png"));
        let request = bob.post("/api/media?purpose=message").multipart(form);
        assert_eq!(request.send().await.expect("an answer").status(), 413);
        server = server.restarted().await;
    }
    let root = server.session(root.id).await;
    for (registration, limit) in [("nonsense", "1000"), ("open", "999"), ("open", "x")] {
        assert_eq!(set(&root, registration, limit, "").await, 400, "{registration} {limit}");
    }
    assert_eq!(set(&root, "open", "1000", &"x".repeat(301)).await, 422);
    assert_eq!(server.app().rules().registration, Registration::Closed, "nothing was set");
    let actions = "SELECT detail FROM audit ORDER BY id";
    let details = database::texts(server.url(), actions).await;
    assert_eq!(details, ["registration=closed upload_limit=1000"]);
    let names = database::texts(server.url(), "SELECT name FROM settings ORDER BY name").await;
    assert_eq!(names, ["registration", "upload_limit"], "the rest is as the command line says");
}

async fn what_another_process_sets_holds_soon(engine: Engine) {
    let server = Server::plain(engine).await;
    let root = server.administrator("root").await;
    spawn_housekeeping(server.app().clone());
    let other = Db::connect(server.url()).await.expect("the database opens");
    sleep(Duration::from_millis(300)).await;
    let closed = [("registration", "closed".to_owned())];
    other.set_settings(&by(&root), &closed, "").await.expect("set");
    let is_closed = async {
        while server.app().rules().registration == Registration::Open {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(4), is_closed).await.expect("within two seconds or so");
    other.close().await;
}

async fn an_announcement_stands_on_everyone_s_page_until_it_is_closed(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let shown = async |person: &Person| {
        get(person, "/")
            .await
            .1
            .contains("<b>Lunch</b>".replace('<', "&lt;").replace('>', "&gt;").as_str())
    };
    assert!(!shown(&bob).await);
    assert_eq!(set(&root, "open", "1000", "<b>Lunch</b>").await, 200);
    assert!(shown(&bob).await && shown(&root).await, "as text");
    let id = server.app().rules().banner_at.to_string();
    let _: () = bob.done("close_banner", &[("banner", &id)]).await;
    assert!(!shown(&bob).await && shown(&root).await);
    assert_eq!(set(&root, "closed", "1000", "<b>Lunch</b>").await, 200);
    assert!(!shown(&bob).await, "the same one");
    sleep(Duration::from_millis(5)).await;
    assert_eq!(set(&root, "open", "1000", "<b>Lunch</b> again").await, 200);
    assert!(shown(&bob).await, "another one");
    assert_eq!(set(&root, "open", "1000", "").await, 200);
    assert!(!shown(&root).await);
}
