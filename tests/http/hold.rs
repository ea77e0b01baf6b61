//! Polls that are held: answered with the first news, and never with what their person may not see
//! any more.

use crate::{
    harness::{Engine, Person, Server, client_id, on_both_engines, refusal},
    poll::Tab,
};
use app::{
    ids::RoomId,
    message::Message,
    presence::Presence,
    server::{db::admin::By, now, uptime},
    sync::{PACE, PresenceDelta, Update},
};
use std::{
    future::IntoFuture,
    time::{Duration, Instant},
};
use tokio::{task::JoinHandle, time::timeout};

on_both_engines!(
    a_message_answers_a_held_poll,
    without_news_the_answer_comes_when_the_time_is_over,
    presence_answers_a_page_in_sight_and_no_hidden_one,
    a_room_that_the_other_opened_answers_a_held_poll,
    a_room_whose_making_was_not_told_is_told_when_it_is_opened_again,
    a_session_that_ended_meanwhile_gets_nothing,
    who_breaks_the_connection_is_offline_soon,
    the_server_s_end_answers_held_polls,
    another_pace_is_news,
    a_hidden_page_is_not_answered_at_once,
);

/// Far longer than any test lasts: an answer within it came by itself. Milliseconds.
const LONG: u32 = 20_000;

/// The address of a poll of this page that is held.
fn held(tab: &Tab, hold: u32, hidden: bool) -> String {
    format!("/api/poll?cursor={}&hold={hold}&hidden={hidden}&pace={PACE}", tab.cursor)
}

/// A poll that is being held by now.
async fn park(tab: &Tab, hidden: bool) -> JoinHandle<reqwest::Result<reqwest::Response>> {
    let waiting = tokio::spawn(tab.person.get(&held(tab, LONG, hidden)).send().into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished(), "it is held");
    waiting
}

async fn answer(waiting: JoinHandle<reqwest::Result<reqwest::Response>>) -> reqwest::Response {
    let answered = timeout(Duration::from_secs(5), waiting).await.expect("answered in time");
    answered.expect("not cancelled").expect("an answer")
}

/// A page that has heard of everybody's coming.
async fn settled(server: &Server, person: &Person) -> Tab {
    let (mut tab, _) = Tab::open(person).await;
    server.app().presence.sweep(uptime());
    tab.poll().await;
    tab
}

async fn a_message_answers_a_held_poll(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let tab = settled(&server, &ada).await;
    for (number, hidden) in [(1, false), (2, true)] {
        let tab = Tab { person: ada.clone(), cursor: Tab::open(&ada).await.0.cursor };
        let waiting = park(&tab, hidden).await;
        let id = client_id(number);
        let fields = [("room", "1"), ("client_id", id.as_str()), ("body", "news")];
        let sent: Message = bob.done("send", &fields).await;
        let Some(Update::Delta(delta)) = answer(waiting).await.json().await.expect("an update")
        else {
            panic!("no delta");
        };
        assert_eq!(delta.rooms[0].messages, [sent]);
    }
    drop(tab);
}

async fn without_news_the_answer_comes_when_the_time_is_over(engine: Engine) {
    let server = Server::plain(engine).await;
    let tab = settled(&server, &server.person("ada").await).await;
    let begun = Instant::now();
    let news: Option<Update> = tab.person.ask(&held(&tab, 300, false)["/api/".len()..]).await;
    assert_eq!(news, None);
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

async fn presence_answers_a_page_in_sight_and_no_hidden_one(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let tab = settled(&server, &ada).await;
    let (hidden, visible) = (park(&tab, true).await, park(&tab, false).await);
    Tab::open(&bob).await;
    server.app().presence.sweep(uptime());
    let Some(Update::Delta(delta)) = answer(visible).await.json().await.expect("an update") else {
        panic!("no delta");
    };
    let came = PresenceDelta::Changed(vec![(bob.id, Presence::Online)]);
    assert_eq!((delta.presence, delta.rooms.len()), (came, 0));
    // It hears of nothing sooner than a second after it asked.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!hidden.is_finished(), "a hidden page shows nobody");
    hidden.abort();
}

async fn a_room_that_the_other_opened_answers_a_held_poll(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let tab = settled(&server, &ada).await;
    let waiting = park(&tab, true).await;
    let _: RoomId = bob.done("open_direct", &[("user", ada.id.0)]).await;
    let update: Option<Update> = answer(waiting).await.json().await.expect("an update");
    assert_eq!(update, Some(Update::Resync));
}

async fn a_room_whose_making_was_not_told_is_told_when_it_is_opened_again(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let tab = settled(&server, &ada).await;
    let waiting = park(&tab, true).await;
    // As when the answer to the commit was lost.
    let made = server.app().db.open_direct(bob.id, ada.id, 1).await.expect("it is made");
    assert_eq!(bob.done::<RoomId>("open_direct", &[("user", ada.id.0)]).await, made);
    let update: Option<Update> = answer(waiting).await.json().await.expect("an update");
    assert_eq!(update, Some(Update::Resync));
}

async fn a_session_that_ended_meanwhile_gets_nothing(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let tab = settled(&server, &ada).await;
    let waiting = park(&tab, true).await;
    let _: () = ada.done("logout", &[("", "")]).await;
    let (status, error) = refusal(answer(waiting).await).await;
    assert_eq!((status, error["error"].as_str()), (401, Some("unauthenticated")));

    // By another process, say: `sampleim user password`.
    let ada = server.session(ada.id).await;
    let tab = settled(&server, &ada).await;
    let waiting = park(&tab, true).await;
    let by = By::command_line(now());
    server.app().db.set_password(&by, ada.id, "none").await.expect("it is set");
    server.app().end_believing();
    assert_eq!(refusal(answer(waiting).await).await.0, 401);
}

async fn who_breaks_the_connection_is_offline_soon(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let tab = settled(&server, &ada).await;
    let mut other = settled(&server, &bob).await;
    let waiting = park(&tab, true).await;
    waiting.abort();
    let presence = &server.app().presence;
    // Seen as soon as the connection's end has come to the server.
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        presence.sweep(uptime() + 3_001);
        if !presence.all().1.iter().any(|(id, _)| *id == ada.id) {
            return;
        }
        other.poll().await;
    }
    panic!("still there: {:?}", presence.all());
}

async fn the_server_s_end_answers_held_polls(engine: Engine) {
    let server = Server::plain(engine).await;
    let tab = settled(&server, &server.person("ada").await).await;
    let waiting = park(&tab, true).await;
    server.stop().await;
    let update: Option<Update> = answer(waiting).await.json().await.expect("an answer");
    assert_eq!(update, None);
}

async fn another_pace_is_news(engine: Engine) {
    let server = Server::plain(engine).await;
    let tab = settled(&server, &server.person("ada").await).await;
    let slow = held(&tab, LONG, false).replace("pace=1000", "pace=4000");
    let update: Option<Update> = tab.person.ask(&slow["/api/".len()..]).await;
    let Some(Update::Delta(delta)) = update else { panic!("no delta") };
    assert_eq!((delta.next_poll_ms, delta.rooms.len()), (PACE, 0));
}

/// Its browser lets no timer run: it asks again as soon as it is answered.
async fn a_hidden_page_is_not_answered_at_once(engine: Engine) {
    let server = Server::plain(engine).await;
    let tab = settled(&server, &server.person("ada").await).await;
    let unknown = Tab { person: tab.person.clone(), cursor: "1.1.1".parse().expect("a cursor") };
    let slow = held(&tab, LONG, true).replace("pace=1000", "pace=4000");
    for path in [slow, held(&unknown, LONG, true)] {
        let begun = Instant::now();
        let answer = tab.person.get(&path).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        assert!(begun.elapsed() >= Duration::from_millis(900), "{path}");
    }
}

/// What is too much for the server makes its timers late: here its one thread is kept busy.
#[tokio::test]
async fn a_server_that_is_late_slows_its_clients_and_lets_them_go_again() {
    let server = Server::plain(Engine::Sqlite).await;
    let mut tab = settled(&server, &server.person("ada").await).await;
    let app = server.app().clone();
    tokio::spawn(async move { app.pace.run().await });
    let pace_now = async |tab: &mut Tab, known: u32| {
        let update = tab.person.ask(&format!("poll?cursor={}&pace={known}", tab.cursor)).await;
        match update {
            Some(Update::Delta(delta)) => {
                tab.cursor = delta.cursor;
                delta.next_poll_ms
            }
            other => {
                assert_eq!(other, None);
                known
            }
        }
    };
    let mut pace = PACE;
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(700));
        pace = pace_now(&mut tab, pace).await;
    }
    assert!(pace >= 2 * PACE, "slowed to {pace}");
    let begun = Instant::now();
    while pace != PACE {
        assert!(begun.elapsed() < Duration::from_secs(60), "still {pace}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        pace = pace_now(&mut tab, pace).await;
    }
}
