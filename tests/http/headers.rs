//! Headers that every answer has, and that do not replace a handler's own.

use crate::harness::Server;
use axum::{Json, Router, routing::get};

#[tokio::test]
async fn every_answer_is_guarded_and_a_page_keeps_its_own_policy() {
    let own = [("content-security-policy", "script-src 'nonce-1'"), ("cache-control", "private")];
    let routes = Router::new()
        .route("/plain", get("ok"))
        .route("/page", get((own, "page")))
        .route("/data", get(Json(1)));
    let trusted = ["127.0.0.1".parse().expect("an address")];
    let server = Server::layered(routes, &trusted).await;
    let person = server.client();
    for path in ["/plain", "/page", "/missing"] {
        let response = person.get(path).send().await.expect("an answer");
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert!(headers.contains_key("permissions-policy"), "{path}");
        assert!(!headers.contains_key("strict-transport-security"), "{path}");
        assert!(!headers.contains_key("cross-origin-opener-policy"), "{path}: plain http");
        let policy = &headers["content-security-policy"];
        if path == "/page" {
            assert_eq!(policy, own[0].1);
            assert_eq!(headers["cache-control"], own[1].1);
        } else {
            assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{path}");
            assert_eq!(headers["cache-control"], "no-store", "{path}");
        }
    }
    let data = person.get("/data").send().await.expect("an answer");
    assert_eq!(data.headers()["x-content-type-options"], "nosniff");
    assert_eq!(data.headers()["cache-control"], "no-store");
    let of_pages =
        ["content-security-policy", "referrer-policy", "x-frame-options", "permissions-policy"];
    for name in of_pages {
        assert!(!data.headers().contains_key(name), "{name} is for what is shown as a page");
    }
    let secure = person.get("/plain").header("x-forwarded-proto", "https").send().await;
    let secure = secure.expect("an answer");
    assert_eq!(secure.headers()["cross-origin-opener-policy"], "same-origin");
}
