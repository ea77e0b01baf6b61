//! Invitations: links that let people into a group, or onto the server.

pub mod api;
pub mod page;
pub mod parts;
pub mod sheet;

use crate::{
    error::Error,
    ids::{InvitationId, RoomId},
};
use serde::{Deserialize, Serialize};

/// For how many hours a link can be made to work; 0: for ever.
pub const HOURS: [u32; 5] = [1, 24, 7 * 24, 30 * 24, 0];
/// How many people a link can be made to let in; 0: any number.
pub const USES: [u32; 4] = [1, 10, 100, 0];
/// How many links a group, or the server, has at most.
pub const LINKS_MAX: i64 = 50;
/// Characters of a token: letters and digits, which hold 128 random bits.
pub const TOKEN_LENGTH: usize = 22;

const HOUR: i64 = 60 * 60 * 1000;

/// How long a link works, in milliseconds, and how often; without end where there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub lifetime: Option<i64>,
    pub max_uses: Option<i64>,
}

impl Terms {
    /// Of what was chosen among [`HOURS`] and [`USES`].
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else.
    pub fn parse(hours: u32, uses: u32) -> Result<Self, Error> {
        if !HOURS.contains(&hours) || !USES.contains(&uses) {
            return Err(Error::Malformed);
        }
        let limit = |number: u32| Some(i64::from(number)).filter(|number| *number > 0);
        Ok(Self { lifetime: limit(hours).map(|hours| hours * HOUR), max_uses: limit(uses) })
    }
}

/// A link, as those see it who may revoke it. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    /// The address that it is opened at.
    pub link: String,
    /// The shown name of who made it.
    pub by: String,
    pub expires: Option<i64>,
    pub max_uses: Option<i64>,
    /// How many people it has let in.
    pub uses: i64,
    /// Whether it is neither over nor used up, and who made it can log in.
    pub works: bool,
}

/// What an invitation that works opens, as it is told to whoever has the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    pub token: String,
    /// Nothing for an invitation to the server alone.
    pub group: Option<InvitedGroup>,
}

/// The group that somebody is invited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitedGroup {
    pub id: RoomId,
    pub name: String,
    pub members: i64,
    pub has_picture: bool,
}

/// A QR code: its modules on each side, and the dark ones as an SVG path of squares of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrPicture {
    pub size: u32,
    pub path: String,
}

/// Whether a text has the form of a token.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_chosen_is_taken() {
        let terms = |lifetime, max_uses| Ok(Terms { lifetime, max_uses });
        assert_eq!(Terms::parse(1, 10), terms(Some(3_600_000), Some(10)));
        assert_eq!(Terms::parse(0, 0), terms(None, None));
        assert_eq!(Terms::parse(2, 10), Err(Error::Malformed));
        assert_eq!(Terms::parse(1, 11), Err(Error::Malformed));
    }

    #[test]
    fn a_token_is_letters_and_digits() {
        assert!(is_token("0123456789abcdefABCDEF"));
        for wrong in ["", "0123456789abcdefABCDE", "../456789abcdefABCDEF/", "字字字字字字字1"]
        {
            assert!(!is_token(wrong), "{wrong}");
        }
    }
}
