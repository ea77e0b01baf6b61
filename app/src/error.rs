//! The one error on the wire. Which error where:
//! a server function returns [`Error`]; the database layer turns a driver's error into
//! [`Error::Unavailable`] or [`Error::Internal`] and logs the detail once; the HTTP boundary sets
//! the status from [`Error::status`] and adds a sentence in the reader's language
//! (`i18n::Lang::error`).

use crate::{named::named, record::record};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What can go wrong with a request, as a person can understand it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case", from = "Flat")]
#[non_exhaustive]
pub enum Error {
    /// 401: no session, or one that has ended.
    #[error("not logged in")]
    Unauthenticated,
    /// 401: the name is unknown or the password is wrong; the same answer for both.
    #[error("wrong name or password")]
    WrongLogin,
    /// 403: it exists and may be seen, but is not the caller's to change.
    #[error("not allowed")]
    Forbidden,
    /// 403: this server takes no new accounts.
    #[error("registration is closed")]
    RegistrationClosed,
    /// 403: a request that another site's page made the browser send.
    #[error("cross-site request")]
    CrossSite,
    /// 404: unknown, or not the caller's: the two are not told apart.
    #[error("not found")]
    NotFound,
    /// 409: the name has been taken, whatever the case.
    #[error("the name is taken")]
    NameTaken,
    /// 400: not the form that the interface asks for (JSON, form, multipart, UTF-8).
    #[error("malformed request")]
    Malformed,
    /// 409: the group is archived; its owner can reopen it.
    #[error("the group is archived")]
    Archived,
    /// 413: the body is larger than `limit` bytes; 0 if a proxy before the server said so.
    #[error("larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// 415: by its content, not a JPEG, PNG, GIF or WebP picture.
    #[error("not a picture of a known type")]
    NotAPicture,
    /// 422: a picture's content is broken.
    #[error("the picture is broken")]
    BrokenPicture,
    /// 422: more than `pixels` pixels or `frames` frames.
    #[error("a picture of more than {pixels} pixels or {frames} frames")]
    PictureTooBig { pixels: u64, frames: u32 },
    /// 422: fields that break rules, each named.
    #[error("invalid: {problems:?}")]
    Invalid { problems: Vec<Problem> },
    /// 429: too many attempts; try again after `retry_after` seconds.
    #[error("too many attempts")]
    TooMany { retry_after: u64 },
    /// 503: the database does not answer now; the same request may be sent again.
    #[error("unavailable")]
    Unavailable,
    /// 507: the server's disk is full.
    #[error("the disk is full")]
    NoSpace,
    /// 500: a fault of ours; the log has it.
    #[error("internal error")]
    Internal,
    /// In the browser only: no answer came.
    #[error("no answer")]
    NoAnswer,
    /// In the browser only: what was chosen is a folder, or has changed or gone since.
    #[error("the file cannot be read")]
    UnreadableFile,
}

record! {
    /// One field that breaks one rule.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Problem {
        pub field: Field,
        pub rule: Rule,
    }
}

named! {
    /// A form's field.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Field {
        Name = "name",
        Password = "password",
        /// The one so far, where a new one is set.
        CurrentPassword = "current_password",
        DisplayName = "display_name",
        Introduction = "introduction",
        GroupName = "group_name",
        SetupCode = "setup_code",
        Body = "body",
        Picture = "picture",
        Reactions = "reactions",
        Search = "search",
    }
}

/// A rule that a field can break. Lengths are in characters (Unicode scalar values).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    Required,
    TooShort {
        min: u32,
    },
    TooLong {
        max: u32,
    },
    /// Holds a control character, or (a name) white space.
    Characters,
    /// Password: too like the name.
    LikeName,
    /// Password: one that is often used, or easily guessed.
    Common,
    /// Password: only digits.
    OnlyDigits,
    /// The new password is the present one.
    Unchanged,
    /// Not the right one (set-up code, present password).
    Wrong,
}

impl Error {
    /// The error of one field that breaks one rule.
    #[must_use]
    pub fn invalid(field: Field, rule: Rule) -> Self {
        Self::Invalid { problems: vec![Problem { field, rule }] }
    }

    /// The HTTP status of this error.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated | Self::WrongLogin => 401,
            Self::Forbidden | Self::RegistrationClosed | Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::NameTaken | Self::Archived => 409,
            Self::TooLarge { .. } => 413,
            Self::NotAPicture => 415,
            Self::BrokenPicture
            | Self::PictureTooBig { .. }
            | Self::Invalid { .. }
            | Self::UnreadableFile => 422,
            Self::TooMany { .. } => 429,
            Self::Internal => 500,
            Self::NoSpace => 507,
            Self::Unavailable | Self::NoAnswer => 503,
        }
    }

    /// Whether the same request may succeed later without a change: no answer, 5xx or 429.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.status() >= 500 || matches!(self, Self::TooMany { .. })
    }
}

/// An [`Error`] as it is read. To read a tagged enum itself, serde keeps any value in memory first: 5 kB
/// of the page's program.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Flat {
    error: String,
    limit: u64,
    pixels: u64,
    frames: u32,
    problems: Vec<Problem>,
    retry_after: u64,
}

impl From<Flat> for Error {
    /// What this version does not know is no answer to it.
    fn from(flat: Flat) -> Self {
        match flat.error.as_str() {
            "unauthenticated" => Self::Unauthenticated,
            "wrong_login" => Self::WrongLogin,
            "forbidden" => Self::Forbidden,
            "registration_closed" => Self::RegistrationClosed,
            "cross_site" => Self::CrossSite,
            "not_found" => Self::NotFound,
            "name_taken" => Self::NameTaken,
            "malformed" => Self::Malformed,
            "archived" => Self::Archived,
            "too_large" => Self::TooLarge { limit: flat.limit },
            "not_a_picture" => Self::NotAPicture,
            "broken_picture" => Self::BrokenPicture,
            "picture_too_big" => Self::PictureTooBig { pixels: flat.pixels, frames: flat.frames },
            "invalid" => Self::Invalid { problems: flat.problems },
            "too_many" => Self::TooMany { retry_after: flat.retry_after },
            "unavailable" => Self::Unavailable,
            "internal" => Self::Internal,
            "no_space" => Self::NoSpace,
            _ => Self::NoAnswer,
        }
    }
}

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::Malformed,
            // In the browser: the fetch failed, or something that is not our server answered.
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => Self::NoAnswer,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_read_as_it_was_written() {
        let all = [
            Error::Unauthenticated,
            Error::WrongLogin,
            Error::Forbidden,
            Error::RegistrationClosed,
            Error::CrossSite,
            Error::NotFound,
            Error::NameTaken,
            Error::Malformed,
            Error::Archived,
            Error::TooLarge { limit: 1 },
            Error::NotAPicture,
            Error::BrokenPicture,
            Error::PictureTooBig { pixels: 2, frames: 3 },
            Error::invalid(Field::GroupName, Rule::TooLong { max: 4 }),
            Error::TooMany { retry_after: 5 },
            Error::Unavailable,
            Error::Internal,
            Error::NoSpace,
            Error::NoAnswer,
        ];
        for error in all {
            let written = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<Error>(&written).unwrap(), error, "{written}");
        }
    }
}
