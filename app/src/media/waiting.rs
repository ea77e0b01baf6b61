//! What composers know of files that are to be sent; the rest is loaded with the first of them
//! (`parcel.rs`).

use super::Attachment;
use crate::ids::RoomId;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::File;

/// The picture that is shown large, if one is, and its room.
#[derive(Clone, Copy)]
pub struct Lightbox(pub RwSignal<Option<(RoomId, Attachment)>>);

/// Files on their way to the server, of the whole page: they go on when another room is opened.
#[derive(Clone, Copy)]
pub struct Uploads {
    /// Chosen files that nobody has looked at yet.
    pub brought: RwSignal<Vec<(RoomId, SendWrapper<File>)>>,
    /// Rooms in which files wait to be sent.
    pub waiting: RwSignal<Vec<RoomId>>,
    /// Rooms in which something was sent, and is not up yet.
    pub going: RwSignal<Vec<RoomId>>,
    /// All that waits in this room is to be sent with these words.
    pub sending: RwSignal<Option<(RoomId, String)>>,
    /// What the field of this room holds from now on.
    pub typed: RwSignal<Option<(RoomId, String)>>,
    /// Uploads live as long as the page, not as the view that began them.
    pub owner: StoredValue<Owner>,
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            brought: RwSignal::default(),
            waiting: RwSignal::default(),
            going: RwSignal::default(),
            sending: RwSignal::new(None),
            typed: RwSignal::new(None),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// Whether files wait in this room to be sent.
    #[must_use]
    pub fn wait_in(self, room: RoomId) -> bool {
        self.waiting.with(|rooms| rooms.contains(&room))
            || self.brought.with(|brought| brought.iter().any(|(of, _)| *of == room))
    }

    /// Whether something that was sent in this room is not up yet.
    #[must_use]
    pub fn go_in(self, room: RoomId) -> bool {
        self.going.with(|rooms| rooms.contains(&room))
    }

    /// Brings files into this room. What shows them takes them in, and begins their upload.
    pub fn bring(self, room: RoomId, files: Vec<File>) {
        let files = files.into_iter().map(|file| (room, SendWrapper::new(file)));
        self.brought.update(|brought| brought.extend(files));
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new()
    }
}
