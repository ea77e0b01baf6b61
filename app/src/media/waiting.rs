//! What was chosen in composers and has not been sent: it waits there, on its way up, until its person
//! sends it with the words.

use super::{ATTACHMENTS_MAX, Attachment};
use crate::{error::Error, ids::RoomId, message::Kind, sync::storage, sync::store::Store};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::File;

/// The picture that is shown large, if one is, and its room.
#[derive(Clone, Copy)]
pub struct Lightbox(pub RwSignal<Option<(RoomId, Attachment)>>);

/// A chosen file. Made in the browser only, in its one thread.
#[derive(Clone)]
pub struct Chosen {
    pub key: u32,
    pub room: RoomId,
    pub file: SendWrapper<File>,
    pub state: RwSignal<State>,
    /// How often it was begun again by itself.
    pub attempts: StoredValue<u32>,
    pub upload: StoredValue<Option<SendWrapper<super::upload::Upload>>>,
}

/// How far a chosen file has come.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Not begun.
    Chosen,
    /// On its way: per cent.
    Uploading(u32),
    Up(Attachment),
    Failed(Error),
}

/// All that waits on this page. Uploads go on when another room is opened.
#[derive(Clone, Copy)]
pub struct Uploads {
    pub chosen: RwSignal<Vec<Chosen>>,
    /// Rooms whose person has said "send", with their words: it goes when all is up.
    pub ready: RwSignal<Vec<(RoomId, String)>>,
    /// A room for which more was chosen than a message takes.
    pub too_many: RwSignal<Option<RoomId>>,
    /// A room whose message has just gone.
    pub sent: RwSignal<Option<RoomId>>,
    made: StoredValue<u32>,
    /// Uploads live as long as the page, not as the view that began them.
    owner: StoredValue<Owner>,
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            chosen: RwSignal::default(),
            ready: RwSignal::default(),
            too_many: RwSignal::new(None),
            sent: RwSignal::new(None),
            made: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// Whether something waits in this room.
    #[must_use]
    pub fn wait_in(self, room: RoomId) -> bool {
        self.too_many.get() == Some(room)
            || self.chosen.with(|chosen| chosen.iter().any(|one| one.room == room))
    }

    /// Takes in files for this room, as many as a message takes. Who shows them begins their upload.
    pub fn add(self, store: Store, room: RoomId, files: Vec<File>) {
        let held = self.chosen.with_untracked(|all| all.iter().filter(|c| c.room == room).count());
        let free = ATTACHMENTS_MAX.saturating_sub(held);
        self.too_many.set((files.len() > free).then_some(room));
        for file in files.into_iter().take(free) {
            self.made.update_value(|made| *made += 1);
            let state = match file.size() > store.upload_limit as f64 {
                true => State::Failed(Error::TooLarge { limit: store.upload_limit }),
                false => State::Chosen,
            };
            let one = self.owner.with_value(|owner| {
                owner.with(|| Chosen {
                    key: self.made.get_value(),
                    room,
                    file: SendWrapper::new(file),
                    state: RwSignal::new(state),
                    attempts: StoredValue::new(0),
                    upload: StoredValue::new(None),
                })
            });
            self.chosen.update(|chosen| chosen.push(one));
        }
    }

    /// Sends all that waits in this room with these words in one message, as soon as it is up; nothing
    /// while a file among it was refused.
    pub fn send(self, store: Store, room: RoomId, body: String) {
        self.hold(room);
        self.too_many.set(None);
        let is_refused = |one: &Chosen| {
            let state = one.state.get_untracked();
            one.room == room && matches!(state, State::Failed(error) if !error.is_temporary())
        };
        if self.chosen.with_untracked(|chosen| chosen.iter().any(is_refused)) {
            return;
        }
        self.ready.update(|ready| ready.push((room, body)));
        self.settle(store, room);
    }

    /// Does not send what waits in this room: its person goes on writing, or a file was refused.
    pub fn hold(self, room: RoomId) {
        if self.ready.with_untracked(|ready| ready.iter().any(|(held, _)| *held == room)) {
            self.ready.update(|ready| ready.retain(|(held, _)| *held != room));
        }
    }

    /// Sends what waits in this room if it is to be sent, and up.
    pub fn settle(self, store: Store, room: RoomId) {
        let body = self.ready.with_untracked(|ready| {
            ready.iter().find(|(held, _)| *held == room).map(|(_, body)| body.clone())
        });
        let attachments = self.chosen.with_untracked(|chosen| {
            let here = chosen.iter().filter(|one| one.room == room);
            let up = here.map(|one| match one.state.get_untracked() {
                State::Up(attachment) => Some(attachment),
                _ => None,
            });
            up.collect::<Option<Vec<_>>>()
        });
        if let (Some(body), Some(attachments)) = (body, attachments) {
            self.hold(room);
            // All that was to be sent was taken away again.
            if body.is_empty() && attachments.is_empty() {
                return;
            }
            self.chosen.update(|chosen| chosen.retain(|one| one.room != room));
            storage::set_draft(store.me.with_untracked(|me| me.id), room, "");
            store.send(room, Kind::Text, body, attachments);
            self.sent.set(Some(room));
        }
    }

    /// Drops a chosen file.
    pub fn drop(self, key: u32) {
        self.too_many.set(None);
        self.chosen.update(|chosen| chosen.retain(|one| one.key != key));
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new()
    }
}
