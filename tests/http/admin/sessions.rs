//! One's own sessions.

use super::get;
use crate::harness::{Engine, Server, on_both_engines};
use app::account::SessionLine;
use std::time::Duration;
use tokio::time::sleep;

on_both_engines!(
    ones_own_sessions_are_listed_and_ended,
    a_use_is_known_without_a_statement_and_noted_later,
);

async fn ones_own_sessions_are_listed_and_ended(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let (phone, laptop) = (server.session(ann.id).await, server.session(ann.id).await);
    let list: Vec<SessionLine> = ann.ask("sessions").await;
    assert_eq!(list.iter().filter(|line| line.is_this).count(), 1);
    assert_eq!((list.len(), list[0].is_this), (3, true));
    let of_phone: Vec<SessionLine> = phone.ask("sessions").await;
    let id = of_phone[0].id.clone();
    assert!(list.iter().any(|line| line.id == id));
    let page = get(&ann, "/settings/sessions").await.1;
    assert!(page.contains(&id) && !page.contains("/pkg/a.js"), "plain: {page}");
    assert_eq!(bob.form("end_session", &[("id", &id)]).await.status(), 404, "not theirs");
    let _: () = ann.done("end_session", &[("id", &id)]).await;
    assert_eq!(get(&phone, "/api/snapshot").await.0, 401);
    assert_eq!(get(&laptop, "/api/snapshot").await.0, 200);
    assert_eq!(ann.form("end_session", &[("id", &id)]).await.status(), 404, "again");
    let _: () = ann.done("end_other_sessions", &[("", "")]).await;
    assert_eq!(get(&laptop, "/api/snapshot").await.0, 401);
    assert_eq!(get(&ann, "/api/snapshot").await.0, 200);
    assert_eq!(get(&bob, "/api/snapshot").await.0, 200);
}

async fn a_use_is_known_without_a_statement_and_noted_later(engine: Engine) {
    let server = Server::plain(engine).await;
    let ann = server.person("ann").await;
    let [first] = <[SessionLine; 1]>::try_from(ann.ask::<Vec<_>>("sessions").await).expect("one");
    let stored = async || {
        let own = server.app().db.sessions(ann.id, app::server::now()).await.expect("an answer");
        own[0].last_used
    };
    let before = stored().await;
    sleep(Duration::from_millis(30)).await;
    assert_eq!(get(&ann, "/api/poll?cursor=0.0.0").await.0, 200);
    assert_eq!(stored().await, before, "no statement at a poll");
    let [now] = <[SessionLine; 1]>::try_from(ann.ask::<Vec<_>>("sessions").await).expect("one");
    assert!(now.last_used >= first.created + 30, "{now:?}");
    server.app().note_last_used().await.expect("noted");
    assert!(stored().await >= first.created + 30);
}
