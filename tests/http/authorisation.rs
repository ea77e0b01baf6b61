//! Every route, asked by everybody who must not use it, and by one who may.

use crate::{
    harness::{Engine, Person, Server, client_id, on_both_engines},
    media::PNG,
};
use app::{
    ids::RoomId, invitation::Invitation, media::Attachment, message::Message,
    server::db::admin::By, sync::Snapshot,
};
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{
    RequestBuilder,
    cookie::CookieStore,
    header::CONTENT_TYPE,
    multipart::{Form, Part},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

on_both_engines!(every_route_answers_everybody_as_the_table_says);

const PASSWORD: &str = "correct horse battery staple";
/// What only the two in the private room have read.
const SECRET: &str = "swordfish";
/// Names of ids that a stranger knows nothing of.
const SECRET_IDS: [&str; 6] =
    ["{room}", "{picture}", "{avatar}", "{group}", "{face}", "{invitation}"];
/// An id that nothing has.
const UNKNOWN: i64 = 987_654;

/// The body of a request.
#[derive(Clone, Copy)]
enum Body {
    Query(&'static str),
    Form(&'static str),
    Json(&'static str),
    Picture,
}
use Body::{Form as F, Json as J, Picture as P, Query as Q};

/// A route, a request that its member may send, and the status that each gets: without a session
/// (an ended one is the same), a stranger to the room, a member, another site's page.
type Row = (&'static str, &'static str, Body, [u16; 4]);

/// In `{}`: ids of the private room, its picture, Ada's avatar, Ada's group with Bob, its picture, a
/// public group, a link into Ada's, and a new number each time.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("POST", "/api/register", F("name=new{n}&password=correct+horse+battery"), [200, 200, 200, 403]),
    ("POST", "/api/login", F("name={me}&password=correct+horse+battery+staple"), [401, 200, 200, 403]),
    ("GET", "/api/gate", Q(""), [200, 200, 200, 200]),
    ("POST", "/api/set_lang", F("lang=Zh"), [200, 200, 200, 403]),
    ("POST", "/api/set_theme", F("theme=dark"), [200, 200, 200, 403]),
    ("GET", "/api/people", Q(""), [401, 200, 200, 200]),
    ("GET", "/api/people_by_id", Q("ids[0]=1"), [401, 200, 200, 200]),
    ("GET", "/api/snapshot", Q("open={room}"), [401, 200, 200, 200]),
    ("GET", "/api/poll", Q("cursor=0.0.0"), [401, 200, 200, 200]),
    ("POST", "/api/resync", J(r#"{"held":[[{room},0]]}"#), [401, 200, 200, 403]),
    ("GET", "/api/quoted", Q("room={room}&places[0]=1"), [401, 404, 200, 200]),
    ("GET", "/api/search", Q("text=swordfish"), [401, 200, 200, 200]),
    ("GET", "/api/search", Q("text=swordfish&room={room}"), [401, 404, 200, 200]),
    ("GET", "/search", Q("text=sword"), [303, 200, 200, 200]),
    ("GET", "/search", Q("text=sword&room={room}"), [303, 404, 200, 200]),
    ("GET", "/api/emojis", Q(""), [401, 200, 200, 200]),
    ("POST", "/api/leave", F(""), [401, 200, 200, 403]),
    ("POST", "/api/update_profile", F("display_name=Me&introduction="), [401, 200, 200, 403]),
    ("POST", "/api/open_direct", F("user=1"), [401, 200, 200, 403]),
    ("GET", "/api/members", Q("room={room}"), [401, 404, 200, 200]),
    ("GET", "/api/members", Q("room={room}&named=a"), [401, 404, 200, 200]),
    ("GET", "/api/groups", Q(""), [401, 200, 200, 200]),
    ("POST", "/api/create_group", F("name=Books"), [401, 200, 200, 403]),
    ("POST", "/api/join_group", F("room={group}"), [401, 404, 200, 403]),
    ("POST", "/api/join_group", F("room={public}"), [401, 200, 200, 403]),
    ("POST", "/api/describe_group", F("room={group}&name=Films"), [401, 404, 200, 403]),
    ("POST", "/api/describe_group", F("room={public}&name=Films"), [401, 403, 403, 403]),
    ("POST", "/api/set_group_picture", F("room={group}&media={face}"), [401, 404, 200, 403]),
    ("POST", "/api/set_role", F("room={group}&user=1&role=administrator"), [401, 404, 200, 403]),
    ("POST", "/api/set_role", F("room={public}&user=1&role=member"), [401, 403, 403, 403]),
    ("POST", "/api/archive_group", F("room={group}&archived=true"), [401, 404, 200, 403]),
    ("POST", "/api/archive_group", F("room={public}&archived=true"), [401, 403, 403, 403]),
    ("POST", "/api/describe_group", F("room={group}&name=Films"), [401, 404, 409, 403]),
    ("POST", "/api/archive_group", F("room={group}&archived=false"), [401, 404, 200, 403]),
    ("POST", "/api/add_members", F("room={group}&people[0]=1"), [401, 404, 200, 403]),
    ("POST", "/api/add_members", F("room={public}&people[0]=1"), [401, 403, 403, 403]),
    ("POST", "/api/remove_member", F("room={public}&user=1"), [401, 403, 403, 403]),
    ("POST", "/api/remove_member", F("room={group}&user=1"), [401, 404, 200, 403]),
    ("GET", "/api/invitations", Q("room={group}"), [401, 404, 200, 200]),
    ("GET", "/api/invitations", Q("room={public}"), [401, 403, 403, 403]),
    ("GET", "/room/{group}/invitations", Q(""), [303, 404, 200, 200]),
    ("POST", "/api/create_invitation", F("room={group}&hours=1&uses=1"), [401, 404, 200, 403]),
    ("POST", "/api/create_invitation", F("room={public}&hours=1&uses=1"), [401, 403, 403, 403]),
    ("POST", "/api/revoke_invitation", F("room={public}&id={invitation}"), [401, 403, 403, 403]),
    ("POST", "/api/revoke_invitation", F("room={group}&id={invitation}"), [401, 404, 200, 403]),
    ("POST", "/api/accept_invitation", F("token={n}"), [401, 404, 404, 403]),
    ("GET", "/api/qr_code", Q("text=x"), [401, 200, 200, 200]),
    ("GET", "/join/{n}", Q(""), [404, 404, 404, 404]),
    ("GET", "/join/{n}/picture", Q(""), [404, 404, 404, 404]),
    ("GET", "/media/{face}", Q(""), [401, 404, 200, 200]),
    ("GET", "/room/{group}", Q(""), [303, 404, 200, 200]),
    ("POST", "/api/leave_group", F("room={group}"), [401, 404, 200, 403]),
    ("GET", "/api/history", Q("room={room}"), [401, 404, 200, 200]),
    ("POST", "/api/mark_read", F("room={room}&seq=1"), [401, 404, 200, 403]),
    ("POST", "/api/pin_room", F("room={room}&pinned=true"), [401, 404, 200, 403]),
    ("POST", "/api/typing", F("room={room}"), [401, 404, 200, 403]),
    ("POST", "/api/set_notify", F("room={room}&notify=nothing"), [401, 404, 200, 403]),
    ("POST", "/api/send", F("room={room}&client_id={id}&body=hello"), [401, 404, 200, 403]),
    ("POST", "/api/send", F("room={room}&client_id={id}&body=hello&sticker=true"), [401, 404, 200, 403]),
    ("GET", "/api/readers", Q("room={room}&seq=1"), [401, 404, 200, 200]),
    ("POST", "/api/edit", F("room={room}&seq=1&body=swordfish,+again"), [401, 404, 200, 403]),
    ("POST", "/api/react", F("room={room}&seq=1&emoji=%F0%9F%91%8D&on=true"), [401, 404, 200, 403]),
    ("GET", "/api/edits", Q("room={room}&seq=1"), [401, 404, 200, 200]),
    ("POST", "/api/media", P, [401, 200, 200, 403]),
    ("GET", "/media/{picture}", Q(""), [401, 404, 200, 200]),
    ("GET", "/media/{picture}/thumb", Q(""), [401, 404, 200, 200]),
    ("POST", "/api/set_avatar", F("media={avatar}"), [401, 404, 200, 403]),
    ("POST", "/api/send", F("room=1&client_id={id}&body=&media[0]={picture}"), [401, 404, 200, 403]),
    ("POST", "/api/forward", F("room={room}&client_id={id}&from={room}&seq=2"), [401, 404, 200, 403]),
    ("POST", "/api/forward", F("room={room}&client_id={id}&from=1&seq=1"), [401, 404, 200, 403]),
    ("POST", "/api/delete", F("room={room}&seq=1"), [401, 404, 200, 403]),
    ("POST", "/api/reset_password", F("token=x&password=correct+horse+battery"), [404, 404, 404, 403]),
    ("GET", "/reset/{n}", Q(""), [404, 404, 404, 404]),
    ("GET", "/api/sessions", Q(""), [401, 200, 200, 200]),
    ("POST", "/api/end_session", F("id=00"), [401, 404, 404, 403]),
    ("POST", "/api/close_banner", F("banner=1"), [200, 200, 200, 403]),
    ("GET", "/settings/sessions", Q(""), [303, 200, 200, 200]),
    // Nobody here administers the server; who does: `admin.rs`.
    ("POST", "/api/admin_create_user", F("name=new{n}"), [404, 404, 404, 403]),
    ("POST", "/api/admin_disable_user", F("user=1&disabled=true"), [404, 404, 404, 403]),
    ("POST", "/api/admin_set_admin", F("user=1&admin=true"), [404, 404, 404, 403]),
    ("POST", "/api/admin_end_sessions", F("user=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_reset_link", F("user=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_delete_user", F("user=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_place_member", F("room=1&name=bob&role=member"), [404, 404, 404, 403]),
    ("POST", "/api/admin_remove_member", F("room=1&user=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_archive_group", F("room=1&archived=true"), [404, 404, 404, 403]),
    ("POST", "/api/admin_set_retention", F("room=1&days=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_delete_group", F("room={public}"), [404, 404, 404, 403]),
    ("POST", "/api/admin_remove_message", F("room=1&seq=1&reason=x"), [404, 404, 404, 403]),
    ("POST", "/api/admin_remove_upload", F("media=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_create_invitation", F("hours=1&uses=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_revoke_invitation", F("id=1"), [404, 404, 404, 403]),
    ("POST", "/api/admin_settings", F("registration=closed&upload_limit=1000&retention=0"), [404, 404, 404, 403]),
    ("GET", "/admin", Q(""), [404, 404, 404, 404]),
    ("GET", "/admin/", Q(""), [404, 404, 404, 404]),
    ("GET", "/admin/{n}", Q(""), [404, 404, 404, 404]),
    ("GET", "/admin/{n}/{n}", Q(""), [404, 404, 404, 404]),
    ("POST", "/api/change_password", F("current=correct+horse+battery+staple&new=an+entirely+other+sentence"), [401, 200, 200, 403]),
    ("POST", "/api/end_other_sessions", F(""), [401, 200, 200, 403]),
    ("POST", "/api/logout", F(""), [200, 200, 200, 403]),
    ("GET", "/healthz", Q(""), [200, 200, 200, 200]),
    ("GET", "/pkg/a.js", Q(""), [200, 200, 200, 200]),
    ("GET", "/robots.txt", Q(""), [200, 200, 200, 200]),
    ("GET", "/login", Q(""), [200, 303, 303, 303]),
    ("GET", "/register", Q(""), [200, 200, 200, 200]),
    ("GET", "/", Q(""), [303, 200, 200, 200]),
    ("GET", "/groups", Q(""), [303, 200, 200, 200]),
    ("GET", "/settings", Q(""), [303, 200, 200, 200]),
    ("GET", "/room/{room}", Q(""), [303, 404, 200, 200]),
    ("GET", "/no/such/page", Q(""), [404, 404, 404, 404]),
];

/// The ids that a row's request speaks of.
#[derive(Clone, Copy)]
struct Ids {
    room: i64,
    picture: i64,
    avatar: i64,
    group: i64,
    face: i64,
    public: i64,
    invitation: i64,
}

impl Ids {
    /// The public group is no secret: it stays.
    const fn unknown(self) -> Self {
        let (room, picture, avatar) = (UNKNOWN, UNKNOWN, UNKNOWN);
        let (group, face, invitation) = (UNKNOWN, UNKNOWN, UNKNOWN);
        Self { room, picture, avatar, group, face, invitation, ..self }
    }

    fn fill(self, text: &str, me: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        text.replace("{room}", &self.room.to_string())
            .replace("{picture}", &self.picture.to_string())
            .replace("{avatar}", &self.avatar.to_string())
            .replace("{group}", &self.group.to_string())
            .replace("{face}", &self.face.to_string())
            .replace("{public}", &self.public.to_string())
            .replace("{invitation}", &self.invitation.to_string())
            .replace("{me}", me)
            .replace("{id}", &client_id(1_000 + number))
            .replace("{n}", &number.to_string())
    }
}

fn request(person: &Person, (method, path, body, _): &Row, ids: Ids, me: &str) -> RequestBuilder {
    let path = ids.fill(path, me);
    let request = if *method == "GET" { person.get(&path) } else { person.post(&path) };
    match body {
        Q("") => request,
        Q(query) => person.get(&format!("{path}?{}", ids.fill(query, me))),
        F(form) => request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(ids.fill(form, me)),
        J(json) => request.header(CONTENT_TYPE, "application/json").body(ids.fill(json, me)),
        P => {
            let file = Part::bytes(PNG).file_name("a.png");
            person
                .post(&format!("{path}?purpose=message"))
                .multipart(Form::new().part("file", file))
        }
    }
}

/// Status and body of an answer. There are more rows than one person may change at once: it waits.
async fn answer(mut request: RequestBuilder) -> (u16, String) {
    let response = loop {
        let again = request.try_clone();
        let response = request.send().await.expect("an answer");
        match again {
            Some(again) if response.status() == 429 => request = again,
            _ => break response,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a body");
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

async fn every_route_answers_everybody_as_the_table_says(engine: Engine) {
    let server = Server::plain(engine).await;
    assert_table_and_routes_are_one();
    let bob = server.person("bob").await;
    let [ada, eve] = [account(&server, "ada").await, account(&server, "eve").await];
    let [fay, gil] = [account(&server, "fay").await, account(&server, "gil").await];
    let ids = private_room(&ada, &bob, [&fay, &gil]).await;
    let ended = ended_session(&server).await;
    let disabled = disabled_session(&server, &gil).await;
    // Where Fay was a member: the group, which has the same words and picture.
    let former = Ids { room: ids.group, ..ids };
    for row in TABLE {
        let [anonymous, stranger, member, elsewhere] = row.3;
        let what = format!("{} {}", row.0, row.1);
        let cross = request(&server.session(ada.id).await, row, ids, "ada")
            .header("sec-fetch-site", "cross-site")
            .header("origin", "http://evil.example");
        if row.0 == "POST" {
            assert_eq!(answer(cross).await.0, elsewhere, "{what}, another site's");
        } else {
            // Without the cookie: `SameSite=Lax` keeps it back.
            assert_eq!(elsewhere, member, "{what} changes nothing");
        }
        let with_ended = server.client();
        with_ended.set_cookie(&ended);
        let with_disabled = server.client();
        with_disabled.set_cookie(&disabled);
        for (who, person, me) in [
            ("nobody", server.client(), "nobody"),
            ("an ended session", with_ended, "nobody"),
            ("who is disabled", with_disabled, "gil"),
        ] {
            let (status, body) = answer(request(&person, row, former, me)).await;
            assert_eq!(status, anonymous, "{what}, {who}: {body}");
            assert!(!body.contains(SECRET), "{what}, {who}: {body}");
        }
        let removed = request(&server.session(fay.id).await, row, former, "fay");
        let (status, body) = answer(removed).await;
        assert_eq!(status, stranger, "{what}, who was removed: {body}");
        assert!(!body.contains(SECRET), "{what}, who was removed: {body}");
        // A session of its own for each request: some end it.
        let (status, body) = answer(request(&server.session(eve.id).await, row, ids, "eve")).await;
        assert_eq!(status, stranger, "{what}, a stranger: {body}");
        assert!(!body.contains(SECRET), "{what}, a stranger: {body}");
        if row_names_something(row) {
            let unknown = request(&server.session(eve.id).await, row, ids.unknown(), "eve");
            let unknown = answer(unknown).await;
            assert_eq!(unknown.0, status, "{what}, unknown");
            assert_eq!(told(&unknown.1), told(&body), "{what}: unknown and not yours are alike");
        }
        let (status, body) = answer(request(&server.session(ada.id).await, row, ids, "ada")).await;
        assert_eq!(status, member, "{what}, a member: {body}");
    }
}

/// A route without a row, and a row without a route.
fn assert_table_and_routes_are_one() {
    let functions = server_fn_paths().filter(|(path, _)| !path.starts_with("/api/test_"));
    let mut routes: BTreeSet<(String, String)> =
        functions.map(|(path, method)| (method.to_string(), path.to_owned())).collect();
    let router = include_str!("../../src/router.rs");
    for (at, _) in router.match_indices(".route(") {
        let rest = &router[at + ".route(".len()..];
        let path = rest.split('"').nth(1).expect("a path");
        let method =
            if rest.split_once("\n        .").map_or(rest, |(this, _)| this).contains("post(") {
                "POST"
            } else {
                "GET"
            };
        routes.insert((method.to_owned(), shape(path)));
    }
    routes.insert(("GET".to_owned(), shape("/{*fallback}")));
    // The functions behind it are each named above.
    assert!(routes.remove(&("GET".to_owned(), shape("/api/{*function}"))));
    let mut rows: BTreeSet<(String, String)> =
        TABLE.iter().map(|(method, path, ..)| ((*method).to_owned(), shape(path))).collect();
    // Two ways through one route: a file of the site, and no page.
    for fallback in ["/robots.txt", "/no/such/page"] {
        assert!(rows.remove(&("GET".to_owned(), fallback.to_owned())));
    }
    rows.insert(("GET".to_owned(), shape("/{*fallback}")));
    assert_eq!(rows, routes, "left: rows of the table; right: routes of the server");
}

/// A path whose variable parts have no name, and the site's files as one.
fn shape(path: &str) -> String {
    let path = path.replace("/pkg/a.js", "/pkg/{*file}");
    let part = |part: &str| {
        if part.starts_with('{') || part.starts_with(':') {
            "{}".to_owned()
        } else {
            part.to_owned()
        }
    };
    let shape: Vec<_> = path.split('/').map(part).collect();
    let shape = shape.join("/");
    if shape.is_empty() { "/".to_owned() } else { shape }
}

fn row_names_something((_, path, body, _): &Row) -> bool {
    let (Q(text) | F(text) | J(text)) = body else { return false };
    // A page holds its own address; that nothing of the room is in it is looked at for all.
    !path.starts_with("/room/")
        && [path, text].iter().any(|text| SECRET_IDS.iter().any(|name| text.contains(name)))
}

/// What an answer tells, without what differs from one moment to the next.
fn told(body: &str) -> Value {
    let mut json: Value = serde_json::from_str(body).unwrap_or_default();
    if let Some(fields) = json.as_object_mut() {
        for moment in ["now", "form_id", "cursor"] {
            fields.remove(moment);
        }
    }
    json
}

/// Somebody with a password.
async fn account(server: &Server, name: &str) -> Person {
    let person = server.client();
    let response = person.form("register", &[("name", name), ("password", PASSWORD)]).await;
    assert_eq!(response.status(), 200);
    let start: Snapshot = person.ask("snapshot").await;
    Person { id: start.me.id, ..person }
}

/// The cookie of somebody who has logged out.
async fn ended_session(server: &Server) -> String {
    let person = server.session(server.person("cyd").await.id).await;
    let cookie = person.jar.cookies(&person.base.parse().expect("an address")).expect("a cookie");
    let _: () = person.done("logout", &[("", "")]).await;
    format!("{}; Path=/", cookie.to_str().expect("text"))
}

/// The cookie of a session that began before its user was disabled.
async fn disabled_session(server: &Server, person: &Person) -> String {
    let cookie = person.jar.cookies(&person.base.parse().expect("an address")).expect("a cookie");
    let by = By::person(person.id, 1_000);
    server.app().db.set_disabled(&by, person.id, true).await.expect("disabled");
    server.app().send_away(person.id);
    format!("{}; Path=/", cookie.to_str().expect("text"))
}

/// A private room with a secret in words and a picture, Ada's avatar, and the groups. The two others
/// are in Ada's group, where the picture was forwarded to; then the first is removed.
async fn private_room(ada: &Person, bob: &Person, others: [&Person; 2]) -> Ids {
    let room: RoomId = ada.done("open_direct", &[("user", bob.id.0)]).await;
    let upload = async |purpose: &str| {
        let form = Form::new().part("file", Part::bytes(PNG).file_name("a.png"));
        let request = ada.post(&format!("/api/media?purpose={purpose}")).multipart(form);
        let picture: Attachment =
            request.send().await.expect("an answer").json().await.expect("one");
        picture.id.0
    };
    let (picture, avatar) = (upload("message").await, upload("avatar").await);
    let say = async |number: u32, body: &str, media: String| {
        let fields = [
            ("room", room.to_string()),
            ("client_id", client_id(number)),
            ("body", body.to_owned()),
            ("media[0]", media),
        ];
        let fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let _: Message = ada.done("send", &fields).await;
    };
    say(1, SECRET, String::new()).await;
    say(2, SECRET, picture.to_string()).await;
    let group: RoomId = ada.done("create_group", &[("name", SECRET)]).await;
    let face = upload("room").await;
    let [fay, gil] = others.map(|person| person.id.0);
    let people = [("people[0]", bob.id.0), ("people[1]", fay), ("people[2]", gil)];
    let added: Vec<_> = [("room", group.0)].into_iter().chain(people).collect();
    let _: () = ada.done("add_members", &added).await;
    for (seq, number) in [(1, 3), (2, 4)] {
        let (to, from) = (group.to_string(), room.to_string());
        let fields = [("room", to), ("client_id", client_id(number)), ("from", from)];
        let fields: Vec<_> = fields.into_iter().chain([("seq", seq.to_string())]).collect();
        let _: Message = ada.done("forward", &fields).await;
    }
    let _: () = ada.done("remove_member", &[("room", group.0), ("user", fay)]).await;
    let public: RoomId = bob.done("create_group", &[("name", "All"), ("public", "true")]).await;
    let new = [("room", group.0), ("hours", 1), ("uses", 1)];
    let links: Vec<Invitation> = ada.done("create_invitation", &new).await;
    let (group, public, invitation) = (group.0, public.0, links[0].id.0);
    Ids { room: room.0, picture, avatar, group, face, public, invitation }
}
