//! Pictures: what is known of one, and its addresses.

pub mod chooser;
pub mod upload;
pub mod view;

use crate::ids::MediaId;
use serde::{Deserialize, Serialize};

/// A picture in a message. Sizes are in pixels, of the picture turned upright.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub id: MediaId,
    /// The name of the file that was chosen, without folders; may be empty.
    pub name: String,
    pub width: u32,
    pub height: u32,
    /// Size of the thumbnail, so that its place is kept from the first paint.
    pub thumb_width: u32,
    pub thumb_height: u32,
}

/// What an upload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A message: seen by the members of the room that it is sent in.
    Message,
    /// A profile's avatar: seen by everyone who is logged in.
    Avatar,
    /// A group's picture: seen by whoever may see the group.
    Room,
}

impl Purpose {
    /// Its name in an address, and as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Avatar => "avatar",
            Self::Room => "room",
        }
    }
}

/// Where the whole picture is.
#[must_use]
pub fn address(id: MediaId) -> String {
    format!("/media/{id}")
}

/// Where its thumbnail is.
#[must_use]
pub fn thumb_address(id: MediaId) -> String {
    format!("/media/{id}/thumb")
}
