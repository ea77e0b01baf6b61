//! Pages, as many at once ask for them.

use crate::harness::{Engine, Person, Server};
use app::ids::RoomId;
use reqwest::{Response, header::LOCATION};

const PASSWORD: &str = "correct horse battery staple";

fn led_to(response: &Response) -> &str {
    response.headers().get(LOCATION).map_or("", |place| place.to_str().expect("text"))
}

#[tokio::test]
async fn who_has_no_session_is_led_to_the_log_in_and_back() {
    let server = Server::plain(Engine::Sqlite).await;
    let ada = server.client();
    let get = async |person: &Person, path: &str| person.get(path).send().await.expect("an answer");
    assert_eq!(led_to(&get(&ada, "/").await), "/login");
    assert_eq!(led_to(&get(&ada, "/room/1?before=3").await), "/login?next=/room/1");
    assert_eq!(led_to(&get(&ada, "/room/1?at=3").await), "/login?next=/room/1?at=3");
    let ended = server.client();
    ended.set_cookie(&format!("sampleim={}; Path=/", "0".repeat(64)));
    let place = led_to(&get(&ended, "/settings").await).to_owned();
    assert_eq!(place, "/login?next=/settings&ended");
    let page = get(&ended, &place).await.text().await.expect("text");
    assert!(page.contains("You were logged out here"), "{page}");
    assert!(page.contains(r#"name="next" value="/settings""#), "{page}");
    let page = get(&ada, "/login").await.text().await.expect("text");
    assert!(!page.contains("You were logged out here"), "{page}");

    let account = [("name", "ada"), ("password", PASSWORD)];
    assert_eq!(ada.form("register", &account).await.status(), 200);
    for (next, place) in [
        ("/room/1?at=3", "/room/1?at=3#m-3"),
        ("/settings", "/settings"),
        ("", "/"),
        ("https://evil.example/room/1", "/"),
        ("/rōom/1\r\nx: y", "/"),
    ] {
        let form = [account[0], account[1], ("next", next)];
        let request = server.client().post("/api/login").header("accept", "text/html").form(&form);
        assert_eq!(led_to(&request.send().await.expect("an answer")), place, "{next}");
    }
    assert_eq!(led_to(&get(&ada, "/login?next=/room/1").await), "/room/1", "is in already");
    assert_eq!(led_to(&get(&ada, "/login?next=/room/1?at=3").await), "/room/1?at=3#m-3");

    // A newcomer's way is the same.
    let bob = server.client();
    let page = get(&bob, "/login?next=/room/1").await.text().await.expect("text");
    assert!(page.contains(r#"href="/register?next=/room/1""#), "{page}");
    let page = get(&bob, "/login?next=/room/1?at=3").await.text().await.expect("text");
    assert!(page.contains(r#"href="/register?next=/room/1?at=3""#), "{page}");
    let page = get(&bob, "/register?next=/room/1").await.text().await.expect("text");
    assert!(page.contains(r#"name="next" value="/room/1""#), "{page}");
    assert!(page.contains(r#"href="/login?next=/room/1""#), "{page}");
    let form = [("name", "bob"), account[1], ("next", "/room/1")];
    let request = bob.post("/api/register").header("accept", "text/html").form(&form);
    assert_eq!(led_to(&request.send().await.expect("an answer")), "/room/1");
}

#[tokio::test]
async fn a_name_does_not_end_the_title() {
    let server = Server::plain(Engine::Sqlite).await;
    let root = server.administrator("root").await;
    let name = "</title><meta name=x>&lt;";
    let room: RoomId = root.done("create_group", &[("name", name)]).await;
    for page in [format!("/room/{room}"), format!("/admin/groups/{room}")] {
        let page = root.get(&page).send().await.expect("an answer").text().await.expect("text");
        assert!(page.contains("<title>&lt;/title>&lt;meta name=x>&amp;lt; · "), "{page}");
        assert!(!page.contains("<meta name=x>"), "{page}");
    }
}

/// What is worked out after a page is drawn must not ask for the page's signals: with many pages at
/// once they are gone by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_pages_at_once_are_all_whole() {
    let server = Server::plain(Engine::Sqlite).await;
    let ada = server.person("ada").await;
    for _ in 0..20 {
        let pages: Vec<_> = (0..16)
            .map(|number| {
                let path = ["/", "/room/1", "/settings", "/room/99"][number % 4];
                let page = ada.get(path).send();
                tokio::spawn(async move {
                    let page = page.await.expect("an answer");
                    let status = page.status().as_u16();
                    (path, status, page.text().await.expect("text"))
                })
            })
            .collect();
        for page in pages {
            let (path, status, html) = page.await.expect("a page");
            assert_eq!(status, if path == "/room/99" { 404 } else { 200 }, "{path}: {html}");
            let title = if path == "/room/1" { "<title>Lobby" } else { "<title>" };
            assert!(html.contains(title) && html.contains("</html>"), "{path}: {html}");
        }
    }
}
