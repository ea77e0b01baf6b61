//! What cannot be read is refused, each error has its own status and a sentence, and no redirect
//! leads to another host.

use crate::harness::{Person, Server};
use app::error::Error;
use axum::{Router, extract::DefaultBodyLimit, routing::any};
use leptos::server;
use reqwest::{Response, StatusCode, header};
use sampleim::boundary::{BODY_LIMIT, Bodies, call, local};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Gives back what it is given, or fails as it is told to.
#[server(prefix = "/api", endpoint = "test_echo", input = leptos::server_fn::codec::Json)]
async fn test_echo(text: String) -> Result<String, Error> {
    match text.as_str() {
        "busy" => Err(Error::Unavailable),
        "often" => Err(Error::TooMany { retry_after: 7 }),
        "panic" => panic!("of a test"),
        _ => Ok(text),
    }
}

/// The same as a form.
#[server(prefix = "/api", endpoint = "test_form")]
async fn test_form(text: String) -> Result<String, Error> {
    if text == "wrong" { Err(Error::WrongLogin) } else { Ok(text) }
}

/// Leads to another page.
#[server(prefix = "/api", endpoint = "test_leave")]
async fn test_leave(to: String) -> Result<(), Error> {
    leptos_axum::redirect(&to);
    Ok(())
}

async fn server() -> Server {
    receiving(Bodies::default()).await
}

async fn receiving(bodies: Bodies) -> Server {
    let functions = Router::new()
        .route("/api/{*function}", any(move |request| call(|| (), bodies, request)))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    Server::layered(functions, &[]).await
}

async fn refused(response: Response, status: u16, error: &str) -> Value {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let body: Value = response.json().await.expect("an error is JSON");
    assert_eq!(body["error"], error);
    assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    body
}

async fn posted(
    person: &Person,
    path: &str,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> Response {
    let request = person.post(path).header(header::CONTENT_TYPE, kind).body(body);
    request.send().await.expect("an answer")
}

#[tokio::test]
async fn what_cannot_be_read_is_400() {
    let server = server().await;
    let person = server.client();
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let cases: [(&str, &str, &[u8]); 10] = [
        ("/api/test_echo", json, b"{"),
        ("/api/test_echo", json, b"{}"),
        ("/api/test_echo", json, b""),
        ("/api/test_echo", json, br#"{"text":7}"#),
        ("/api/test_echo", json, b"{\"text\":\"\xff\"}"),
        ("/api/test_echo", form, b"text=a"),
        ("/api/test_echo", "text/plain", br#"{"text":"a"}"#),
        ("/api/test_form", form, b"other=a"),
        ("/api/test_form", form, b"text=\xff"),
        ("/api/test_form", form, b""),
    ];
    for (path, kind, body) in cases {
        let response = posted(&person, path, kind, body).await;
        assert_eq!(response.status(), 400, "{path} {kind} {:?}", String::from_utf8_lossy(body));
        refused(response, 400, "malformed").await;
    }
    // Percent-encoded bytes that are not UTF-8.
    refused(posted(&person, "/api/test_form", form, "text=%ff").await, 400, "malformed").await;
    let form = person.post("/api/test_form").form(&[("text", "你好 100%")]);
    assert_eq!(
        form.send().await.expect("an answer").json::<String>().await.expect("JSON"),
        "你好 100%"
    );
    let fine = person.call("test_echo", &json!({"text": "你好"})).send().await.expect("an answer");
    assert_eq!(fine.json::<String>().await.expect("JSON"), "你好");
}

#[tokio::test]
async fn large_bodies_that_do_not_come_leave_room_for_small_ones_and_go() {
    let server = receiving(Bodies::new(4)).await;
    let person = server.client();
    let host = person.base.strip_prefix("http://").expect("an address");
    let mut slow = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(host).await.expect("a connection");
        let head = format!(
            "POST /api/test_echo HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: 200000\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).await.expect("written");
        slow.push(stream);
    }
    let (small, large) = (json!({"text": "a"}), json!({"text": "a".repeat(20_000)}));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let answer = person.call("test_echo", &large).send().await.expect("an answer");
    refused(answer, 503, "unavailable").await;
    let answer = person.call("test_echo", &small).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    // Nor does one without a body need a place.
    refused(person.post("/api/test_form").send().await.expect("an answer"), 400, "malformed").await;
    drop(slow);
    let answer = person.call("test_echo", &large).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_one_at_the_limit_is_read() {
    let server = server().await;
    let person = server.client();
    let around = r#"{"text":""}"#.len();
    let of = |length| json!({ "text": "a".repeat(length) });
    let fits = person.call("test_echo", &of(BODY_LIMIT - around)).send().await.expect("an answer");
    assert_eq!(fits.status(), 200);
    let over = person.call("test_echo", &of(BODY_LIMIT - around + 1)).send().await;
    let body = refused(over.expect("an answer"), 413, "too_large").await;
    assert_eq!(body["limit"], BODY_LIMIT);
}

#[tokio::test]
async fn an_unknown_function_is_404_and_a_wrong_method_405() {
    let server = server().await;
    let person = server.client();
    let unknown = person.call("nothing", &json!({})).send().await.expect("an answer");
    refused(unknown, 404, "not_found").await;
    let wrong = person.get("/api/test_echo").send().await.expect("an answer");
    assert_eq!(wrong.headers()[header::ALLOW], "POST");
    refused(wrong, 405, "malformed").await;
}

#[tokio::test]
async fn an_error_has_its_status_its_pause_and_the_reader_s_language() {
    let server = server().await;
    let person = server.client();
    let call = |text: &str| person.call("test_echo", &json!({ "text": text }));
    let busy = call("busy").header("accept-language", "zh-CN").send().await.expect("an answer");
    assert!(busy.headers().contains_key(header::RETRY_AFTER));
    let busy = refused(busy, 503, "unavailable").await;
    assert_eq!(busy["message"], app::i18n::Lang::Zh.error_unavailable());
    let often = call("often").header("accept-language", "zh").header("cookie", "a=b; lang=en");
    let often = often.send().await.expect("an answer");
    assert_eq!(often.headers()[header::RETRY_AFTER], "7");
    let often = refused(often, 429, "too_many").await;
    assert_eq!(often["message"], app::i18n::Lang::En.error_too_many(7));
    assert_eq!(often["retry_after"], 7);
}

#[tokio::test]
async fn a_panic_is_500_and_the_server_goes_on() {
    let server = server().await;
    let person = server.client();
    let call = |text: &str| person.call("test_echo", &json!({ "text": text })).send();
    let broken = refused(call("panic").await.expect("an answer"), 500, "internal").await;
    assert!(!broken.to_string().contains("of a test"));
    assert_eq!(call("fine").await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn another_site_s_post_is_403() {
    let server = server().await;
    let person = server.client();
    let call = || person.call("test_echo", &json!({"text": "a"}));
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
    ] {
        refused(call().header(name, value).send().await.expect("an answer"), 403, "cross_site")
            .await;
    }
    let own = call().header("origin", person.base.as_str()).send().await.expect("an answer");
    assert_eq!(own.status(), 200);
}

#[tokio::test]
async fn a_form_without_javascript_is_led_back_and_never_to_another_host() {
    let server = server().await;
    let person = server.client();
    let post = async |path: &str, field: (&str, &str), referer: Option<&str>| {
        let mut request = person.post(path).header("accept", "text/html").form(&[field]);
        if let Some(referer) = referer {
            request = request.header("referer", referer);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        response.headers()[header::LOCATION].to_str().expect("text").to_owned()
    };
    let page = format!("{}/room/1?before=7", person.base);
    let fine = ("text", "a");
    assert_eq!(post("/api/test_form", fine, Some(&page)).await, "/room/1?before=7");
    assert_eq!(
        post("/api/test_form", fine, Some("http://evil.example//evil.example/")).await,
        "/evil.example/?"
    );
    assert_eq!(post("/api/test_form", fine, Some("javascript:alert(1)")).await, "/?");
    let wrong = post("/api/test_form", ("text", "wrong"), None).await;
    assert!(wrong.starts_with("/?__path=") && wrong.contains("__err="), "{wrong}");
    for (to, there) in [
        ("/chat", "/chat"),
        ("//evil.example/x", "/evil.example/x"),
        ("https://evil.example/x?y", "/x?y"),
    ] {
        assert_eq!(post("/api/test_leave", ("to", to), None).await, there);
    }
}

#[test]
fn an_address_is_reduced_to_this_host() {
    for (address, here) in [
        ("http://a.b/c?d=e", "/c?d=e"),
        ("https://a.b", "/"),
        ("http://a.b?c", "/?c"),
        ("/c", "/c"),
        ("//a.b/c", "/a.b/c"),
        ("/\\a.b", "/a.b"),
        ("/\t/a.b", "/a.b"),
        ("http://a.b///c", "/c"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ] {
        assert_eq!(local(address), here, "{address:?}");
    }
}
