//! Chosen files, from the field to their message: they wait there, on their way up, until their person sends
//! them with the words, and both until all of it is up.

use super::{ATTACHMENTS_MAX, Attachment, Purpose, upload, waiting::Uploads};
use crate::{
    error::Error,
    ids::RoomId,
    message::Kind,
    sync::{
        backoff, storage,
        store::{Link, Store},
    },
    ui::erased::effect,
};
use leptos::{ev, prelude::*};
use send_wrapper::SendWrapper;
use std::{cell::OnceCell, time::Duration};
use web_sys::File;

/// A chosen file. Made in the browser only, in its one thread.
#[derive(Clone)]
pub struct Chosen {
    pub key: u32,
    pub room: RoomId,
    pub file: SendWrapper<File>,
    /// The parcel with which it is to go.
    pub parcel: Option<u32>,
    pub state: RwSignal<State>,
    /// How often it was begun again by itself.
    pub attempts: StoredValue<u32>,
    pub upload: StoredValue<Option<SendWrapper<upload::Upload>>>,
}

impl Chosen {
    /// Whether it waits in this room to be sent.
    #[must_use]
    pub fn waits_in(&self, room: RoomId) -> bool {
        self.room == room && self.parcel.is_none()
    }
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

/// What its person has sent, and what is not up yet: it becomes a message when all of it is.
#[derive(Clone)]
pub struct Parcel {
    pub key: u32,
    pub room: RoomId,
    pub words: String,
    /// The place of the message that it answers.
    pub reply_to: Option<i64>,
}

/// All that was chosen on this page.
#[derive(Clone, Copy)]
pub struct Parcels {
    pub chosen: RwSignal<Vec<Chosen>>,
    pub parcels: RwSignal<Vec<Parcel>>,
    uploads: Uploads,
    store: Store,
    made: StoredValue<u32>,
}

thread_local! {
    /// Made with the first file of the page.
    static ALL: OnceCell<Parcels> = const { OnceCell::new() };
}

impl Parcels {
    /// Those of this page.
    #[must_use]
    pub fn of(uploads: Uploads, store: Store) -> Self {
        let made = || uploads.owner.with_value(|owner| owner.with(|| Self::new(uploads, store)));
        ALL.with(|all| *all.get_or_init(made))
    }

    fn new(uploads: Uploads, store: Store) -> Self {
        let (chosen, parcels) = (RwSignal::new(vec![]), RwSignal::new(vec![]));
        let all = Self { chosen, parcels, uploads, store, made: StoredValue::new(0) };
        // A reload loses them: the browser asks first. This listens for as long as the page lives.
        let _ = window_event_listener(ev::beforeunload, move |event| {
            if chosen.with_untracked(|chosen| !chosen.is_empty()) {
                event.prevent_default();
            }
        });
        effect(move || {
            if store.link.get() == Link::Up {
                // The server answers again: what waits for a second try goes now.
                let failed = |one: &&Chosen| {
                    one.state.with_untracked(|state| match state {
                        State::Failed(error) => error.is_temporary(),
                        _ => false,
                    })
                };
                let waiting: Vec<_> = chosen.with_untracked(|all: &Vec<Chosen>| {
                    all.iter().filter(failed).cloned().collect()
                });
                waiting.iter().for_each(|one| all.start(one));
            }
        });
        all
    }

    /// Tells the composers what waits, and what is on its way; both before they look again.
    fn tell(self) {
        let waits = |one: &Chosen| one.parcel.is_none().then_some(one.room);
        let waiting = self.chosen.with_untracked(|all| all.iter().filter_map(waits).collect());
        let going = self.parcels.with_untracked(|all| all.iter().map(|one| one.room).collect());
        self.uploads.waiting.set(waiting);
        self.uploads.going.set(going);
    }

    /// Takes in the files that were brought into this room, as many as a message takes; whether that is
    /// all.
    pub fn take_in(self, room: RoomId) -> bool {
        let mut files = self.uploads.brought.get_untracked();
        files.retain(|(of, _)| *of == room);
        let held =
            self.chosen.with_untracked(|all| all.iter().filter(|one| one.waits_in(room)).count());
        let free = ATTACHMENTS_MAX.saturating_sub(held);
        let fits = files.len() <= free;
        let limit = self.store.upload_limit;
        for (_, file) in files.into_iter().take(free) {
            let state = match file.size() > limit as f64 {
                true => State::Failed(Error::TooLarge { limit }),
                false => State::Chosen,
            };
            let one = self.uploads.owner.with_value(|owner| {
                owner.with(|| Chosen {
                    key: self.new_key(),
                    room,
                    file,
                    parcel: None,
                    state: RwSignal::new(state),
                    attempts: StoredValue::new(0),
                    upload: StoredValue::new(None),
                })
            });
            self.chosen.update(|chosen| chosen.push(one));
        }
        self.tell();
        self.uploads.brought.update(|brought| brought.retain(|(of, _)| *of != room));
        fits
    }

    fn new_key(self) -> u32 {
        self.made.update_value(|made| *made += 1);
        self.made.get_value()
    }

    /// Begins to send a chosen file.
    pub fn start(self, one: &Chosen) {
        let Chosen { key, state, .. } = *one;
        state.set(State::Uploading(0));
        let upload = upload::start(
            &one.file,
            Purpose::Message,
            move |now| state.set(State::Uploading(now)),
            move |answer| match answer {
                Ok(attachment) => {
                    state.set(State::Up(attachment));
                    self.settle();
                }
                // Cancelled: it is gone.
                Err(None) => {}
                Err(Some(error)) => {
                    match error.is_temporary() {
                        true => self.try_again_later(key),
                        false => self.undo(key),
                    }
                    state.set(State::Failed(error));
                }
            },
        );
        one.upload.set_value(upload.map(SendWrapper::new));
    }

    /// Takes a chosen file away.
    pub fn remove(self, one: &Chosen) {
        if let (State::Uploading(_), Some(upload)) =
            (one.state.get_untracked(), one.upload.get_value())
        {
            upload.cancel();
        }
        self.chosen.update(|chosen| chosen.retain(|other| other.key != one.key));
        self.settle();
    }

    /// Sends all that waits in this room with these words in one message, as soon as it is up; not while a
    /// file among it was refused, as it then says.
    ///
    /// # Errors
    /// The name of that file.
    pub fn send(self, room: RoomId, words: String) -> Result<(), String> {
        let is_refused = |one: &Chosen| {
            let state = one.state.get_untracked();
            one.waits_in(room) && matches!(state, State::Failed(error) if !error.is_temporary())
        };
        let refused = |all: &Vec<Chosen>| Some(all.iter().find(|one| is_refused(one))?.file.name());
        if let Some(name) = self.chosen.with_untracked(refused) {
            return Err(name);
        }
        let key = self.new_key();
        let reply_to = self.store.take_answered(room);
        self.chosen.update(|all| {
            let waiting = all.iter_mut().filter(|one| one.waits_in(room));
            waiting.for_each(|one| one.parcel = Some(key));
        });
        self.parcels.update(|parcels| parcels.push(Parcel { key, room, words, reply_to }));
        self.keep(room);
        self.uploads.typed.set(Some((room, String::new())));
        self.settle();
        Ok(())
    }

    /// Keeps the words of this room that are on their way, for a reload.
    fn keep(self, room: RoomId) {
        let words =
            |parcel: &Parcel| (!parcel.words.is_empty()).then(|| parcel.words.clone() + "\n");
        let words: String = self.parcels.with_untracked(|all| {
            all.iter().filter(|one| one.room == room).filter_map(words).collect()
        });
        storage::keep_going(self.store.me.with_untracked(|me| me.id), room, &words);
    }

    /// Sends what is up of what is to be sent; what its person has taken away altogether is forgotten.
    fn settle(self) {
        for Parcel { key, room, words, reply_to } in self.parcels.get_untracked() {
            let attachments = self.chosen.with_untracked(|chosen| {
                let with_it = chosen.iter().filter(|one| one.parcel == Some(key));
                let up = with_it.map(|one| match one.state.get_untracked() {
                    State::Up(attachment) => Some(attachment),
                    _ => None,
                });
                up.collect::<Option<Vec<_>>>()
            });
            let Some(attachments) = attachments else { continue };
            self.parcels.update(|parcels| parcels.retain(|one| one.key != key));
            self.chosen.update(|chosen| chosen.retain(|one| one.parcel != Some(key)));
            self.keep(room);
            if !words.is_empty() || !attachments.is_empty() {
                self.store.send(room, Kind::Text, words, attachments, reply_to);
            }
        }
        self.tell();
    }

    /// Takes apart the parcel of a file that was refused: its words go back to what is being typed, and all
    /// of it waits to be sent once more.
    fn undo(self, key: u32) {
        let of_it = |one: &Chosen| (one.key == key).then_some(one.parcel?);
        let parcel = self.chosen.with_untracked(|all| all.iter().find_map(of_it));
        let undone = self.parcels.try_update(|parcels| {
            let place = parcels.iter().position(|one| Some(one.key) == parcel)?;
            Some(parcels.remove(place))
        });
        let Some(Parcel { key, room, words, reply_to }) = undone.flatten() else { return };
        self.chosen.update(|all| {
            all.iter_mut().filter(|one| one.parcel == Some(key)).for_each(|one| one.parcel = None);
        });
        if reply_to.is_some() {
            self.store.answer(room, reply_to);
        }
        let me = self.store.me.with_untracked(|me| me.id);
        let typed = storage::draft(me, room).filter(|typed| !typed.is_empty());
        let words = typed.map_or_else(|| words.clone(), |typed| [&words, "\n", &typed].concat());
        storage::set_draft(me, room, &words);
        self.keep(room);
        self.uploads.typed.set(Some((room, words)));
        self.tell();
    }

    /// Begins a broken upload again after a pause, unless its person has done so, or dropped it.
    fn try_again_later(self, key: u32) {
        let find =
            move || self.chosen.with_untracked(|all| all.iter().find(|c| c.key == key).cloned());
        let Some(one) = find() else { return };
        let attempt = one.attempts.try_update_value(|attempts| {
            *attempts += 1;
            *attempts - 1
        });
        let pause = backoff::pause(attempt.unwrap_or_default(), js_sys::Math::random());
        let again = move || {
            let has_failed = |one: &Chosen| matches!(one.state.get_untracked(), State::Failed(_));
            if let Some(one) = find().filter(has_failed) {
                self.start(&one);
            }
        };
        set_timeout(again, Duration::from_millis(pause.into()));
    }
}
