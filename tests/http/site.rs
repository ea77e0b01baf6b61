//! The page's files: the right form, type and caching.

use crate::harness;
use axum::{
    body::to_bytes,
    http::{HeaderMap, HeaderName, StatusCode},
    response::Response,
};

fn asked(path: &str, headers: &[(HeaderName, &str)]) -> Option<Response> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name.clone(), value.parse().expect("a header"));
    }
    harness::site().get(path, &map)
}

const ACCEPT: HeaderName = HeaderName::from_static("accept-encoding");
const NONE_MATCH: HeaderName = HeaderName::from_static("if-none-match");

#[tokio::test]
async fn the_stored_form_that_the_reader_accepts_is_sent() {
    for (accept, coding, bytes) in [
        ("gzip, br", Some("br"), "brotli script"),
        ("gzip;q=1, br;q=0.1", Some("gzip"), "gzip script"),
        ("br;q=0", None, "plain script"),
    ] {
        let response = asked("/pkg/a.js", &[(ACCEPT, accept)]).expect("a file");
        let headers = response.headers().clone();
        assert_eq!(
            headers.get("content-encoding").map(axum::http::HeaderValue::as_bytes),
            coding.map(str::as_bytes)
        );
        assert_eq!(headers["vary"], "accept-encoding");
        assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
        let body = to_bytes(response.into_body(), 1_000).await.expect("a body");
        assert_eq!(body, bytes, "{accept}");
    }
    let plain = asked("/pkg/a.wasm", &[(ACCEPT, "br")]).expect("a file");
    assert!(!plain.headers().contains_key("content-encoding"), "no such form is stored");
    assert_eq!(plain.headers()["content-type"], "application/wasm");
}

#[test]
fn a_hashed_file_is_kept_for_ever_and_others_are_asked_for_again() {
    let hashed = asked("/pkg/a.css", &[]).expect("a file");
    assert_eq!(hashed.headers()["cache-control"], "max-age=31536000, immutable");
    assert!(!hashed.headers().contains_key("etag"), "nobody asks again");
    let robots = asked("/robots.txt", &[]).expect("a file");
    assert_eq!(robots.headers()["cache-control"], "no-cache");
    let tag = robots.headers()["etag"].to_str().expect("text").to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let again = asked("/robots.txt", &[(NONE_MATCH, &known)]).expect("a file");
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(again.headers()["etag"], tag);
    }
    let other = asked("/robots.txt", &[(NONE_MATCH, "\"x\"")]).expect("a file");
    assert_eq!(other.status(), StatusCode::OK);
    let coded = asked("/robots.txt", &[(ACCEPT, "br")]).expect("a file");
    assert_ne!(coded.headers()["etag"], tag, "two forms, two tags");
}

#[test]
fn there_is_nothing_beside_the_files() {
    for path in
        ["/", "/pkg", "/pkg/", "/pkg/b.js", "/../Cargo.toml", "/manifest.json", "robots.txt"]
    {
        assert!(asked(path, &[]).is_none(), "{path}");
    }
}

#[test]
fn a_build_without_pages_says_so_in_one_sentence() {
    let sentence = sampleim::site::Site::default().assets().expect_err("no manifest");
    assert!(sentence.contains("cargo xtask serve"), "{sentence}");
    assert_eq!(harness::site().assets().expect("a manifest").js, "/pkg/a.js");
}
