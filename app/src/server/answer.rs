//! An error as the answer to a request.

use crate::{error::Error, i18n::Lang};
use axum::{
    Json,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT_LANGUAGE, CACHE_CONTROL, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use serde::Serialize;

/// Seconds after which a client may ask a server again whose database did not answer.
const UNAVAILABLE_RETRY: u64 = 2;

/// The error as JSON with `message`, a sentence in the language that these request headers ask
/// for; with its status, never cached, and with `Retry-After` (seconds) if waiting helps.
#[must_use]
pub fn error_response(error: &Error, headers: &HeaderMap) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        #[serde(flatten)]
        error: &'a Error,
        message: String,
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = Json(Body { error, message: language(headers).error(error) });
    let mut response = (status, [(CACHE_CONTROL, "no-store")], body).into_response();
    let retry_after = match error {
        Error::TooMany { retry_after } => Some(*retry_after),
        Error::Unavailable => Some(UNAVAILABLE_RETRY),
        _ => None,
    };
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// The reader's language: by the cookie `lang` (chosen by hand), else by the browser's setting,
/// else English.
#[must_use]
pub fn language(headers: &HeaderMap) -> Lang {
    let jar = CookieJar::from_headers(headers);
    let chosen = jar.get("lang").and_then(|cookie| Lang::from_tag(cookie.value()));
    let accepted = || Lang::from_accept_language(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
    chosen.or_else(accepted).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, header::COOKIE};

    #[test]
    fn an_error_speaks_the_reader_s_language() {
        let mut headers = HeaderMap::new();
        assert_eq!(language(&headers), Lang::En);
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("zh-CN,en;q=0.5"));
        assert_eq!(language(&headers), Lang::Zh);
        headers.insert(COOKIE, HeaderValue::from_static("x=1; lang=en"));
        assert_eq!(language(&headers), Lang::En);
    }

    #[test]
    fn waiting_is_told_in_seconds() {
        let response = error_response(&Error::TooMany { retry_after: 7 }, &HeaderMap::new());
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    }
}
