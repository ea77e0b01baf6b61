//! Idle polls are answered ahead of the router: in the same words, and only they.

use crate::{
    harness::{Engine, Person, Server, client_id, on_both_engines},
    poll::Tab,
};
use app::{message::Message, server::Settings, sync::PACE};
use axum::{
    Router,
    http::{HeaderMap, StatusCode, header::DATE},
};
use sampleim::idle::IdlePolls;

on_both_engines!(
    an_idle_poll_is_answered_as_the_router_answers_it,
    what_is_not_idle_or_not_known_reaches_the_router,
);

async fn head(person: &Person, address: &str) -> (StatusCode, HeaderMap, String) {
    let answer = person.get(address).send().await.expect("an answer");
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(DATE);
    (status, headers, answer.text().await.expect("a body"))
}

async fn an_idle_poll_is_answered_as_the_router_answers_it(engine: Engine) {
    let server = Server::start(engine, Settings::default()).await;
    let ada = server.person("ada").await;
    let (mut tab, _) = Tab::open(&ada).await;
    tab.poll().await;
    let idle = format!("/api/poll?cursor={}", tab.cursor);
    let ahead = head(&ada, &idle).await;
    assert_eq!(ahead.2, "null");
    // A field that the page does not send is ignored by the router, which alone knows that.
    assert_eq!(ahead, head(&ada, &format!("{idle}&other=1")).await);
}

async fn what_is_not_idle_or_not_known_reaches_the_router(engine: Engine) {
    let server = Server::start(engine, Settings::default()).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (mut tab, _) = Tab::open(&ada).await;
    tab.poll().await;
    let app = server.app().clone();
    let behind = Router::new().fallback(async || StatusCode::IM_A_TEAPOT);
    let alone = Server::of(IdlePolls::before(behind, app, &[])).await;
    let teapot = alone.client().base;
    let ada_there = Person { base: teapot.clone(), ..ada.clone() };
    let idle = format!("/api/poll?cursor={}", tab.cursor);
    for address in [idle.clone(), format!("{idle}&hold=10&hidden=false&pace={PACE}")] {
        assert_eq!(head(&ada_there, &address).await.0, StatusCode::OK, "{address}");
    }
    let mut beyond = vec![
        "/api/poll".to_owned(),
        "/api/poll?hold=0".into(),
        "/api/poll?cursor=1.2".into(),
        "/api/poll?cursor=1.2.3".into(),
        "/api/polls?cursor=1.2.3".into(),
        format!("{idle}&hidden=1"),
        format!("{idle}&pace=7"),
        format!("{idle}&other=1"),
    ];
    let nobody = Person { base: teapot, ..server.client() };
    assert_eq!(head(&nobody, &idle).await.0, StatusCode::IM_A_TEAPOT, "no session");
    let id = client_id(1);
    let sent = [("room", "1"), ("client_id", id.as_str()), ("body", "news")];
    let _: Message = bob.done("send", &sent).await;
    beyond.extend([idle.clone(), format!("{idle}&hold=60000")]);
    for address in beyond {
        assert_eq!(head(&ada_there, &address).await.0, StatusCode::IM_A_TEAPOT, "{address}");
    }
    let (mut tab, _) = Tab::open(&ada).await;
    tab.poll().await;
    let idle = format!("/api/poll?cursor={}", tab.cursor);
    assert_eq!(head(&ada_there, &idle).await.0, StatusCode::OK, "up to date again");
    let _: () = ada.done("logout", &[("", "")]).await;
    let known = Person { base: ada_there.base, ..server.session(bob.id).await };
    assert_eq!(head(&known, &idle).await.0, StatusCode::IM_A_TEAPOT, "not in memory yet");
}
