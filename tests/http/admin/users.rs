//! Users: out within one poll, the last administrator, one-time links, deletion.

use super::{get, post, say, upload};
use crate::{
    database,
    harness::{Engine, Person, Server, on_both_engines, refusal},
    poll::Tab,
};
use app::{
    admin::api::Created,
    ids::RoomId,
    presence::Presence,
    room::Role,
    server::{db::admin::By, now, uptime},
    sync::{PACE, Snapshot, Update},
};
use std::{future::IntoFuture, time::Duration};
use tokio::time::{sleep, timeout};

on_both_engines!(
    who_is_disabled_is_out_within_one_poll,
    who_is_signed_out_or_deleted_is_out_within_one_poll,
    the_last_administrator_stays,
    who_is_no_administrator_any_more_sees_nothing_at_once,
    what_another_process_did_is_heard_of,
    a_one_time_link_lets_its_person_choose_a_password_once,
    a_user_without_a_password_gets_a_link,
    who_is_deleted_leaves_words_or_none,
);

const PASSWORD: &str = "correct horse battery staple";

/// Somebody's held poll, while `act` is done: answered at once, with this status.
async fn answered<T>(person: &Person, act: impl Future<Output = T>) -> u16 {
    let (tab, _) = Tab::open(person).await;
    let held = format!("/api/poll?cursor={}&hold=20000&hidden=true&pace={PACE}", tab.cursor);
    let waiting = tokio::spawn(person.get(&held).send().into_future());
    sleep(Duration::from_millis(200)).await;
    assert!(!waiting.is_finished(), "it is held");
    act.await;
    let answered = timeout(Duration::from_secs(5), waiting).await.expect("answered in time");
    answered.expect("not cancelled").expect("an answer").status().as_u16()
}

/// Nothing is there any more for who was logged in so.
async fn is_out(server: &Server, person: &Person, picture: &str) {
    let status = async |path: &str| get(person, path).await.0;
    for path in ["/api/snapshot", "/api/poll?cursor=0.0.0", "/api/people", picture] {
        assert_eq!(status(path).await, 401, "{path}");
    }
    assert_eq!(status("/").await, 303);
    let send = [("room", "1"), ("client_id", &"a".repeat(32)), ("body", "x")];
    assert_eq!(person.form("send", &send).await.status(), 401);
    server.app().presence.sweep(uptime() + 4_000);
    let (_, present) = server.app().presence.all();
    assert!(present.iter().all(|(user, at)| *user != person.id || *at == Presence::Offline));
}

async fn who_is_disabled_is_out_within_one_poll(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let again = server.session(bob.id).await;
    let picture = format!("/media/{}", upload(&bob).await.id);
    assert_eq!(get(&bob, &picture).await.0, 200);
    let user = bob.id.to_string();
    let fields = [("user", user.as_str()), ("disabled", "true")];
    let disable = root.done::<()>("admin_disable_user", &fields);
    assert_eq!(answered(&bob, disable).await, 401);
    is_out(&server, &bob, &picture).await;
    is_out(&server, &again, &picture).await;
    let start: Snapshot = root.ask("snapshot").await;
    assert!(start.people.iter().all(|person| person.id != bob.id), "not to be talked to");
    assert_eq!(start.rooms[0].members, 2, "a place in groups stays");
    let _: () = root.done("admin_disable_user", &[("user", user)]).await;
    is_out(&server, &bob, &picture).await;
}

async fn who_is_signed_out_or_deleted_is_out_within_one_poll(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let picture = format!("/media/{}", upload(&bob).await.id);
    let user = [("user", bob.id.0)];
    assert_eq!(answered(&bob, root.done::<()>("admin_end_sessions", &user)).await, 401);
    is_out(&server, &bob, &picture).await;
    let bob = server.session(bob.id).await;
    assert_eq!(get(&bob, "/api/snapshot").await.0, 200, "may log in again");
    assert_eq!(answered(&bob, root.done::<()>("admin_delete_user", &user)).await, 401);
    is_out(&server, &bob, &picture).await;
    assert_eq!(get(&root, &format!("/admin/users/{}", bob.id)).await.0, 404);
}

async fn the_last_administrator_stays(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let id = root.id.to_string();
    for (function, more) in [
        ("admin_disable_user", "&disabled=true"),
        ("admin_set_admin", ""),
        ("admin_delete_user", ""),
    ] {
        let refused = refusal(post(&root, function, format!("user={id}{more}")).await).await;
        assert_eq!(
            (refused.0, refused.1["error"].as_str()),
            (403, Some("forbidden")),
            "{function}"
        );
    }
    assert_eq!(get(&root, "/admin").await.0, 200);
    let _: () = root
        .done("admin_set_admin", &[("user", bob.id.to_string()), ("admin", "true".into())])
        .await;
    assert_eq!(get(&bob, "/admin").await.0, 200, "at once");
    let start: Snapshot = bob.ask("snapshot").await;
    assert!(start.is_admin);
    let _: () = root.done("admin_delete_user", &[("user", id)]).await;
    assert_eq!(get(&root, "/admin").await.0, 404);
}

async fn who_is_no_administrator_any_more_sees_nothing_at_once(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, ann) = (server.administrator("root").await, server.administrator("ann").await);
    assert_eq!(get(&ann, "/admin/users").await.0, 200);
    let _: () = root.done("admin_set_admin", &[("user", ann.id.0)]).await;
    assert_eq!(get(&ann, "/admin/users").await.0, 404);
    assert_eq!(get(&ann, "/api/snapshot").await.0, 200, "and stays logged in");
}

async fn what_another_process_did_is_heard_of(engine: Engine) {
    let server = Server::plain(engine).await;
    let ann = server.person("ann").await;
    let (mut tab, start) = Tab::open(&ann).await;
    assert_eq!(start.rooms[0].role, Role::Member);
    // As by `sampleim user admin ann`.
    let by = By::command_line(now());
    server.app().db.set_admin(&by, ann.id, true).await.expect("it is set");
    server.app().hear_of_others().await.expect("heard");
    assert_eq!(tab.delta().await.rooms[0].room.role, Role::Administrator);
    let again: Snapshot = ann.ask("snapshot").await;
    assert_eq!(again.rooms[0].role, Role::Administrator);
}

async fn choose(server: &Server, token: &str, password: &str) -> (u16, Person) {
    let person = server.client();
    let fields = [("token", token), ("password", password)];
    (person.form("reset_password", &fields).await.status().as_u16(), person)
}

async fn a_one_time_link_lets_its_person_choose_a_password_once(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let link: String = root.done("admin_reset_link", &[("user", bob.id.0)]).await;
    let token = link.strip_prefix("/reset/").expect("a path").to_owned();
    assert_eq!(get(&bob, "/api/snapshot").await.0, 200, "until it is used");
    let (status, page) = get(&server.client(), &link).await;
    assert!(status == 200 && page.contains("For @bob."), "{page}");
    let page = get(&root, &format!("/admin/users/{}", bob.id)).await.1;
    assert!(page.contains(&format!("{}{link}", root.base)), "shown");
    let page = get(&root, &format!("/admin/users/{}", bob.id)).await.1;
    assert!(!page.contains(&token), "once");
    let stored = database::blobs(server.url(), "SELECT token_hash FROM reset_links").await;
    assert!(stored.iter().all(|hash| hash.len() == 32 && !token.contains(&hex(hash))));

    let guessed = "0".repeat(64);
    for wrong in [guessed.as_str(), "", "x", &token[1..]] {
        assert_eq!(choose(&server, wrong, PASSWORD).await.0, 404, "{wrong}");
        let (status, page) = get(&server.client(), &format!("/reset/{wrong}")).await;
        assert!(status == 404 && !page.contains("@bob"), "{wrong}");
    }
    assert_eq!(choose(&server, &token, "12345678").await.0, 422, "the rules are the same");
    let (status, person) = choose(&server, &token, PASSWORD).await;
    assert_eq!(status, 200);
    let start: Snapshot = person.ask("snapshot").await;
    assert_eq!(start.me.id, bob.id, "logged in");
    assert_eq!(get(&bob, "/api/snapshot").await.0, 401, "all sessions ended");
    assert_eq!(choose(&server, &token, PASSWORD).await.0, 404, "used");
    assert_eq!(get(&server.client(), &link).await.0, 404);
    let fields = [("name", "bob"), ("password", PASSWORD)];
    assert_eq!(server.client().form("login", &fields).await.status(), 200);

    let link: String = root.done("admin_reset_link", &[("user", bob.id.0)]).await;
    database::execute(server.url(), "UPDATE reset_links SET expires = 1").await;
    let token = link.strip_prefix("/reset/").expect("a path");
    assert_eq!(choose(&server, token, PASSWORD).await.0, 404, "expired");
    let link: String = root.done("admin_reset_link", &[("user", bob.id.0)]).await;
    let user = bob.id.to_string();
    let _: () =
        root.done("admin_disable_user", &[("user", user.as_str()), ("disabled", "true")]).await;
    assert_eq!(get(&server.client(), &link).await.0, 404, "disabled");
    let (status, error) = refusal(root.form("admin_reset_link", &[("user", bob.id.0)]).await).await;
    assert!(status == 403 && error["error"] == "forbidden", "it would lead nowhere: {error}");
    let log = get(&root, "/admin/log").await.1;
    assert!(!log.contains(token) && log.contains("chose a password by a link"), "{log}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn a_user_without_a_password_gets_a_link(engine: Engine) {
    let server = Server::plain(engine).await;
    let root = server.administrator("root").await;
    let tab = Tab::open(&root).await.0;
    let made: Created = root.done("admin_create_user", &[("name", "李雷")]).await;
    let link = made.link.expect("a link");
    let Some(Update::Delta(news)) = ({
        let mut tab = tab;
        tab.poll().await
    }) else {
        panic!("no delta")
    };
    assert!(news.people.iter().any(|person| person.id == made.id), "everyone hears of them");
    let fields = [("name", "李雷"), ("password", "")];
    assert_eq!(server.client().form("login", &fields).await.status(), 401);
    let token = link.strip_prefix("/reset/").expect("a path");
    assert_eq!(choose(&server, token, PASSWORD).await.0, 200);
    let with = [("name", "han"), ("password", PASSWORD)];
    let made: Created = root.done("admin_create_user", &with).await;
    assert_eq!(made.link, None);
    assert_eq!(server.client().form("login", &with).await.status(), 200);
    assert_eq!(root.form("admin_create_user", &with).await.status(), 409, "taken");
    let weak = [("name", "a b"), ("password", "12345678")];
    assert_eq!(root.form("admin_create_user", &weak).await.status(), 422);
    assert_eq!(root.form("admin_create_user", &[("name", "a b")]).await.status(), 422);
}

async fn who_is_deleted_leaves_words_or_none(engine: Engine) {
    let server = Server::plain(engine).await;
    let root = server.administrator("root").await;
    let (keep, erase) = (server.person("keep").await, server.person("erase").await);
    say(&keep, RoomId(1), 1, "kept words", "").await;
    for number in 1..=130 {
        // Past the limit of one person's messages a second.
        let message = app::message::NewMessage {
            client_id: app::ids::ClientId::from_bytes([number; 16]),
            kind: app::message::Kind::Text,
            body: "erased words".to_owned(),
            media: vec![],
            reply_to: None,
            forwarded: None,
        };
        let sent = server.app().db.send(erase.id, RoomId(1), &message, now()).await.expect("sent");
        server.app().publish_message(&sent);
    }
    let mut tab = Tab::open(&root).await.0;
    let _: () = root.done("admin_delete_user", &[("user", keep.id.0)]).await;
    let fields = [("user", erase.id.to_string()), ("erase", "true".to_owned())];
    let _: () = root.done("admin_delete_user", &fields).await;
    let alive = "SELECT COUNT(*) FROM messages WHERE deleted IS NULL AND kind <> 'event'";
    let erased = async {
        while database::number(server.url(), alive).await > 1 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), erased).await.expect("erased");
    let bodies = "SELECT body FROM messages WHERE kind <> 'event' AND body <> ''";
    assert_eq!(database::texts(server.url(), bodies).await, ["kept words"]);
    sleep(Duration::from_millis(100)).await;
    let Some(Update::Delta(news)) = tab.poll().await else { panic!("no delta") };
    assert!(!news.rooms.is_empty(), "the others hear of it");
    let gone: Vec<_> = news.people.iter().filter(|person| person.display_name.is_empty()).collect();
    assert_eq!(gone.len(), 2, "named no more");
    let marks = "SELECT COUNT(*) FROM users WHERE erasing = TRUE";
    let done = async {
        while database::number(server.url(), marks).await > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), done).await.expect("noted as done");
}
