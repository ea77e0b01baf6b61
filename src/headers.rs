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
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    // For whatever is not a page: nothing in it may load or run, and nobody may frame it.
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

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
    for (name, value) in ALWAYS.into_iter().chain(https.then_some(HTTPS)) {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
}
