//! An error as the answer to a request.

use crate::error::Error;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// The error as JSON with its status. A layer of the server completes it: a sentence in the
/// reader's language, and `Retry-After`.
#[must_use]
pub fn refusal(error: &Error) -> Response {
    (status(error), Json(error)).into_response()
}

/// The status of an error.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
