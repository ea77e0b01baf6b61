//! Where server functions meet HTTP. `server_fn` answers each error with 500 and its JSON; here it
//! gets its own status, a `message` in the reader's language and `Retry-After`. What could not be
//! read is refused before it is called.

use app::{
    error::Error,
    i18n::Lang,
    preference::Preferences,
    server::{
        answer::{refusal, status},
        to_its_end,
    },
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{
            ACCEPT, ACCEPT_LANGUAGE, ALLOW, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, LOCATION,
            REFERER, RETRY_AFTER, TRANSFER_ENCODING,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::future::OptionFuture;
use leptos::server_fn;
use serde::de::IgnoredAny;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::timeout};

/// The largest body of a server function, in bytes: a message of 8,000 characters is 32,000 bytes
/// of UTF-8, and six times as many at the most as a form.
pub const BODY_LIMIT: usize = 256_000;

/// A body up to this size, as nearly all are, is received without a place; bytes.
const SMALL: u64 = 16_000;
/// Larger ones that are received at once, by anybody: 64 MB at the most.
const PLACES: usize = 256;
/// How long a larger one waits for its place.
const PLACE_WITHIN: Duration = Duration::from_secs(2);
/// How long a body may take to come.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// What `server_fn` marks its errors with.
const ERROR_HEADER: &str = "serverfnerror";

/// An error's JSON is far smaller.
const ERROR_LIMIT: usize = 64_000;

/// Receives bodies. They are read before it is known who sends them, so what they take of memory is limited
/// for all together.
#[derive(Clone)]
pub struct Bodies(Arc<Semaphore>);

impl Default for Bodies {
    fn default() -> Self {
        Self::new(PLACES)
    }
}

impl Bodies {
    /// With so many places for large ones.
    #[must_use]
    pub fn new(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places)))
    }

    async fn receive(&self, request: Request) -> Result<Bytes, Error> {
        let headers = request.headers();
        let length =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        // Without either there is no body (RFC 9112, 6.3).
        let is_large = length.is_some_and(|bytes: u64| bytes > SMALL)
            || headers.contains_key(TRANSFER_ENCODING);
        let place = OptionFuture::from(is_large.then(|| self.0.acquire()));
        let _place = timeout(PLACE_WITHIN, place).await.map_err(|_| Error::Unavailable)?;
        let body = timeout(BODY_WITHIN, Bytes::from_request(request, &())).await;
        body.map_err(|_| Error::Malformed)?.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge { limit: BODY_LIMIT as u64 },
            _ => Error::Malformed,
        })
    }
}

/// Calls the server function that the request names, with `context` provided to it.
pub async fn call(
    context: impl Fn() + Clone + Send + 'static,
    bodies: Bodies,
    request: Request,
) -> Response {
    let methods = methods(request.uri().path());
    if methods.is_empty() {
        return refusal(&Error::NotFound);
    }
    if !methods.contains(request.method()) {
        return wrong_method(&methods);
    }
    match readable(&bodies, request).await {
        Ok(mut request) => {
            keep_referer_here(request.headers_mut());
            let changes = request.method() == Method::POST;
            let answer = async {
                leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
            };
            let response = match changes {
                true => to_its_end(answer).await.unwrap_or_else(|error| refusal(&error)),
                false => answer.await,
            };
            keep_location_here(response)
        }
        Err(error) => refusal(&error),
    }
}

/// The layer that completes every JSON error: its own status in place of 500, a sentence in the
/// reader's language, `Retry-After`. The sentence stands beside the typed fields, where the
/// browser's part of the app does not look.
pub async fn explain(request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let response = next.run(request).await;
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|t| t == "application/json");
    let answered = response.status();
    if !is_json || !(answered.is_client_error() || answered.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, ERROR_LIMIT).await.unwrap_or_default();
    let Ok(error) = serde_json::from_slice::<Error>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    // A server function that cannot read its arguments says what the browser says of an answer
    // that it cannot read.
    let error = if error == Error::NoAnswer { Error::Malformed } else { error };
    if answered == StatusCode::INTERNAL_SERVER_ERROR {
        parts.status = status(&error);
    }
    if let Some(seconds) = retry_after(&error) {
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(with_message(&error, lang)))
}

/// The reader's language: what was chosen, else what the browser asks for, else English.
#[must_use]
pub fn language(headers: &HeaderMap) -> Lang {
    // A client may send its cookies in several lines (RFC 9113, 8.2.3).
    let all = |name| {
        let lines = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
        lines.collect::<Vec<_>>()
    };
    let accepted = all(ACCEPT_LANGUAGE).join(",");
    Preferences::from_headers(&all(COOKIE).join(";"), &accepted).lang
}

/// The part of an address that stays on this host: path and query, never `//host`, nor what a
/// browser would read as that.
#[must_use]
pub fn local(address: &str) -> String {
    // Browsers skip tabs and line ends inside an address, and take `\` for `/`.
    let address: String = address.chars().filter(|c| !c.is_control() && *c != ' ').collect();
    let rest = match address.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
            rest.find(['/', '\\', '?', '#']).map_or("", |at| &rest[at..])
        }
        _ if address.starts_with(['/', '\\', '?']) => &address,
        _ => "",
    };
    format!("/{}", rest.trim_start_matches(['/', '\\']))
}

/// The methods of the server functions at this path.
fn methods(path: &str) -> Vec<Method> {
    let all = server_fn::axum::server_fn_paths();
    all.filter(|(known, _)| *known == path).map(|(_, method)| method).collect()
}

fn wrong_method(methods: &[Method]) -> Response {
    let allowed: Vec<_> = methods.iter().map(Method::as_str).collect();
    let mut response = refusal(&Error::Malformed);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// The same request with its body read: within the limit, a form or JSON, and UTF-8.
async fn readable(bodies: &Bodies, request: Request) -> Result<Request, Error> {
    let (parts, body) = request.into_parts();
    let body = bodies.receive(Request::from_parts(parts.clone(), body)).await?;
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    let is_readable = match kind.to_ascii_lowercase().as_str() {
        "application/json" => is_json(&body),
        "application/x-www-form-urlencoded" => is_form(&body),
        _ => body.is_empty(),
    };
    if is_readable && is_form(parts.uri.query().unwrap_or_default().as_bytes()) {
        Ok(Request::from_parts(parts, Body::from(body)))
    } else {
        Err(Error::Malformed)
    }
}

/// Whether these bytes are JSON, of whichever shape. A function that takes a form does not look.
fn is_json(body: &[u8]) -> bool {
    let text = std::str::from_utf8(body);
    text.is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

/// Whether a form or a query is UTF-8 once its percent-encoding is undone; its parser would put
/// U+FFFD where it is not.
fn is_form(mut rest: &[u8]) -> bool {
    let mut plain = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                plain.push(byte);
                rest = &after[2..];
            }
            _ => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    std::str::from_utf8(&plain).is_ok()
}

/// A form without JavaScript is answered with a redirect to its `Referer`, which carries its error.
/// A browser that sends none is led to the first page.
fn keep_referer_here(headers: &mut HeaderMap) {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if text(ACCEPT).contains("text/html") {
        let here = format!("http://localhost{}", without_outcome(&local(text(REFERER))));
        if let Ok(here) = HeaderValue::from_str(&here) {
            headers.insert(REFERER, here);
        }
    }
}

/// An address without what the form before left in it.
fn without_outcome(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let is_outcome = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        ["__path", "__err", "done"].contains(&name)
    };
    let rest: Vec<_> = query.split('&').filter(|pair| !is_outcome(pair)).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

/// Reduces `Location` to this host, and makes a form's redirect the 303 that asks for a GET.
fn keep_location_here(mut response: Response) -> Response {
    if let Some(location) = response.headers().get(LOCATION) {
        let here = local(location.to_str().unwrap_or_default());
        let here = HeaderValue::from_str(&here).unwrap_or(HeaderValue::from_static("/"));
        response.headers_mut().insert(LOCATION, here);
    }
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
        // The error is in the address; a browser shows no body of a redirect.
        response.headers_mut().remove(ERROR_HEADER);
    }
    response
}

/// Seconds after which the same request may succeed.
fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::TooMany { retry_after } => Some(*retry_after),
        Error::Unavailable => Some(1),
        _ => None,
    }
}

fn with_message(error: &Error, lang: Lang) -> String {
    let mut json = serde_json::to_value(error).unwrap_or_default();
    if let Some(fields) = json.as_object_mut() {
        fields.insert("message".into(), lang.error(error).into());
    }
    json.to_string()
}
