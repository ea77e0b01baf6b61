//! A database that is down: 503 with a typed error and `Retry-After`, and the server recovers by
//! itself.

use crate::{
    database,
    harness::{Engine, Person, Server, client_id, refusal},
};
use app::{
    error::Error,
    ids::RoomId,
    message::{Kind, Message, NewMessage, Page},
    server::Settings,
};
use reqwest::{Response, header::RETRY_AFTER};
use serde_json::json;
use sqlx::{Connection, MySqlConnection, SqliteConnection};
use std::sync::Arc;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

async fn send(person: &Person) -> Response {
    let id = client_id(1);
    let fields = [("room", "1"), ("client_id", id.as_str()), ("body", "not lost")];
    person.form("send", &fields).await
}

async fn unavailable(response: Response) {
    let headers = response.headers().clone();
    let (status, error) = refusal(response).await;
    assert_eq!((status, &error["error"]), (503, &json!("unavailable")));
    assert!(error["message"].as_str().is_some_and(|words| !words.is_empty()));
    assert!(headers.contains_key(RETRY_AFTER));
}

/// A MySQL server as seen through this can be taken away and given back.
struct Link {
    there: String,
    port: u16,
    serving: Option<tokio::task::JoinHandle<()>>,
}

impl Link {
    async fn to(there: String) -> Self {
        let mut link = Self { there, port: 0, serving: None };
        link.give().await;
        link
    }

    async fn give(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.expect("a port");
        self.port = listener.local_addr().expect("an address").port();
        let there = self.there.clone();
        self.serving = Some(tokio::spawn(async move {
            // Dropped with this task, and every connection with it.
            let mut connections = JoinSet::new();
            while let Ok((mut here, _)) = listener.accept().await {
                let there = there.clone();
                connections.spawn(async move {
                    if let Ok(mut there) = TcpStream::connect(there).await {
                        let _ = copy_bidirectional(&mut here, &mut there).await;
                    }
                });
            }
        }));
    }

    async fn take(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }
}

#[tokio::test]
async fn a_mysql_that_goes_away_is_503_and_the_server_goes_on_when_it_is_back() {
    let data = Arc::new(tempfile::tempdir().expect("a temporary folder"));
    let direct = database::fresh(Engine::MySql, data.path()).await;
    let (start, name) = direct.rsplit_once('/').expect("a database's name");
    let (user, place) = start.rsplit_once('@').expect("a user");
    let mut link = Link::to(place.to_owned()).await;
    let url = format!("{user}@127.0.0.1:{}/{name}", link.port);
    let server = Server::over(url, data, Settings::default(), &[]).await;
    let (ada, stranger) = (server.person("ada").await, server.client());
    assert_eq!(ada.get("/healthz").send().await.expect("an answer").status(), 200);
    let cursor = ada.ask::<app::sync::Snapshot>("snapshot").await.cursor;
    link.take().await;
    let idle: Option<app::sync::Update> = ada.ask(&format!("poll?cursor={cursor}")).await;
    assert_eq!(idle, None, "who is in, and has no news, notices nothing");
    let login = [("name", "ada"), ("password", "whatever it is")];
    // At once, for each is answered when its patience with the database ends.
    let (sent, login, media, health, page) = tokio::join!(
        send(&ada),
        stranger.form("login", &login),
        ada.get("/media/1").send(),
        ada.get("/healthz").send(),
        ada.get("/room/1").send(),
    );
    for response in [sent, login, media.expect("an answer")] {
        unavailable(response).await;
    }
    assert_eq!(health.expect("an answer").status(), 503);
    assert_eq!(page.expect("an answer").status(), 503, "a page that says so");
    link.give().await;
    let sent: Message = send(&ada).await.json().await.expect("the same message, now stored");
    assert_eq!((sent.seq, sent.body.as_str()), (1, "not lost"));
    assert_eq!(ada.get("/healthz").send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_sqlite_file_that_another_program_holds_is_503_until_it_is_let_go() {
    let server = Server::plain(Engine::Sqlite).await;
    let ada = server.person("ada").await;
    let mut holder = SqliteConnection::connect(server.url()).await.expect("the database opens");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.expect("the writer's lock");
    unavailable(send(&ada).await).await;
    sqlx::query("ROLLBACK").execute(&mut holder).await.expect("the lock is let go");
    let sent: Message = send(&ada).await.json().await.expect("the same message, now stored");
    assert_eq!(sent.seq, 1);
}

/// As many as MySQL's pool has connections (`server/db/open.rs`) wait for one room that somebody
/// else has locked.
#[tokio::test]
async fn when_all_connections_wait_the_next_request_is_503_until_one_is_free() {
    const CONNECTIONS: usize = 20;
    let server = Server::plain(Engine::MySql).await;
    let ada = server.person("ada").await;
    assert_eq!(send(&ada).await.status(), 200);
    let mut people = Vec::new();
    for number in 0..CONNECTIONS {
        people.push(server.person(&format!("writer{number}")).await.id);
    }
    let mut holder = MySqlConnection::connect(server.url()).await.expect("the database opens");
    sqlx::query("BEGIN").execute(&mut holder).await.expect("a transaction");
    let lock = "SELECT id FROM rooms WHERE id = 1 FOR UPDATE";
    sqlx::query(lock).execute(&mut holder).await.expect("the room's lock");
    let mut waiting = JoinSet::new();
    for person in people {
        let db = server.app().db.clone();
        waiting.spawn(async move { db.delete(person, RoomId(1), 1, 0).await });
    }
    unavailable(ada.get("/api/history?room=1").send().await.expect("an answer")).await;
    sqlx::query("ROLLBACK").execute(&mut holder).await.expect("the lock is let go");
    let page: Page = ada.ask("history?room=1").await;
    assert_eq!(page.messages.len(), 1);
    let outcomes = waiting.join_all().await;
    assert!(outcomes.iter().all(|outcome| *outcome == Err(Error::Forbidden)), "{outcomes:?}");
}

/// More than the queue of messages that wait to be stored holds (`server/db/writer.rs`).
#[tokio::test]
async fn a_message_too_many_is_refused_at_once_and_those_that_wait_are_stored() {
    const SENT: u32 = 1_300;
    let server = Server::plain(Engine::Sqlite).await;
    let ada = server.person("ada").await;
    let mut holder = SqliteConnection::connect(server.url()).await.expect("the database opens");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.expect("the writer's lock");
    let mut sends = JoinSet::new();
    for number in 0..SENT {
        let client_id = client_id(number).try_into().expect("a client id");
        let new = NewMessage {
            client_id,
            kind: Kind::Text,
            body: "one of many".into(),
            media: vec![],
            reply_to: None,
            forwarded: None,
        };
        let (db, id) = (server.app().db.clone(), ada.id);
        sends.spawn(async move { db.send(id, RoomId(1), &new, 0).await });
    }
    let refused = sends.join_next().await.expect("sends").expect("no panic");
    assert_eq!(refused, Err(Error::Unavailable), "while the others wait");
    sqlx::query("ROLLBACK").execute(&mut holder).await.expect("the lock is let go");
    let outcomes = sends.join_all().await;
    let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!((1_024..SENT as usize).contains(&stored), "{stored} of {SENT}");
    let rooms = server.app().db.rooms(ada.id).await.expect("rooms");
    assert_eq!(rooms[0].last_seq, i64::try_from(stored).expect("a number"));
}
