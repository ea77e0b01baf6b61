//! Pages, as many at once ask for them.

use crate::harness::{Engine, Server};

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
