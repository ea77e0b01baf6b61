//! What messages carry beside their words: what is known of it, and its addresses.

pub mod chooser;
pub mod lightbox;
pub mod parcel;
pub mod strip;
pub mod upload;
pub mod view;
pub mod waiting;

use crate::{ids::MediaId, named::named, record::record};

/// The most attachments of one message.
pub const ATTACHMENTS_MAX: usize = 10;

record! {
    /// What a message carries: a picture, or a file. Sizes are in pixels, of a picture turned upright; 0
    /// for anything else.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Attachment {
        pub id: MediaId,
        pub kind: AttachmentKind,
        /// The name of the file that was chosen, without folders; may be empty.
        pub name: String,
        /// Size of the file.
        pub bytes: u64,
        pub width: u32,
        pub height: u32,
        /// Size of the thumbnail, so that its place is kept from the first paint.
        pub thumb_width: u32,
        pub thumb_height: u32,
    }
}

named! {
    /// How an attachment is shown: by its content, never by its name.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum AttachmentKind {
        Picture = "picture",
        Video = "video",
        Audio = "audio",
        /// As a name to download.
        File = "file",
    }
}

impl AttachmentKind {
    /// What an upload of this media type is: what browsers draw or play, in place; anything else, which
    /// may do something where it is shown, is downloaded.
    #[must_use]
    pub fn of(content_type: &str) -> Self {
        match content_type {
            "image/jpeg" | "image/png" | "image/gif" | "image/webp" => Self::Picture,
            "video/mp4" | "video/webm" => Self::Video,
            "audio/mpeg" | "audio/mp4" | "audio/ogg" | "audio/wav" | "audio/webm" => Self::Audio,
            _ => Self::File,
        }
    }
}

named! {
    /// What an upload is for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Purpose {
        /// A message: seen by the members of the room that it is sent in.
        Message = "message",
        /// A profile's avatar: seen by everyone who is logged in.
        Avatar = "avatar",
        /// A group's picture: seen by whoever may see the group.
        Room = "room",
    }
}

/// Where the whole file is.
#[must_use]
pub fn address(id: MediaId) -> String {
    format!("/media/{id}")
}

/// Where a picture's thumbnail is.
#[must_use]
pub fn thumb_address(id: MediaId) -> String {
    format!("/media/{id}/thumb")
}
