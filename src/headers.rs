//! Headers that every answer has. What a handler has set itself stays: a page brings its own
//! Content-Security-Policy with its nonce, a file its own caching.

use app::server::Peer;
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// For all answers.
const ALWAYS: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// For whatever a browser might show as a page: unless it says so itself, nothing in it may load or run, and
/// nobody may frame it.
const SHOWN: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// What no browser shows as a page: polls and the page's own files, where those headers would be more than half
/// of an answer.
const INERT: [&str; 4] = ["application/json", "application/wasm", "text/css", "text/javascript"];

/// Browsers ignore it on plain http, and say so in each page's console.
const HTTPS: (HeaderName, &str) =
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin");

/// The layer that completes each answer.
pub async fn add(request: Request, next: Next) -> Response {
    let https = request.extensions().get::<Peer>().is_some_and(|peer| peer.https);
    let mut response = next.run(request).await;
    complete(&mut response, https);
    response
}

/// Adds the headers that this answer does not have.
pub fn complete(response: &mut Response, https: bool) {
    let headers = response.headers_mut();
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_inert = content_type
        .is_some_and(|found| INERT.iter().any(|inert| found.starts_with(inert.as_bytes())));
    let shown = SHOWN.into_iter().filter(|_| !is_inert);
    for (name, value) in ALWAYS.into_iter().chain(shown).chain(https.then_some(HTTPS)) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
