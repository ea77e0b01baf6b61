//! What is typed into the page's search field, and what it is narrowed to.

use super::{Found, Wanted, api::search};
use crate::{
    error::Error,
    ids::RoomId,
    sync::store::Store,
    ui::{address::Address, browser, erased::effect, time::Zone},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// The search of this page; from context.
#[derive(Clone, Copy)]
pub struct Looking {
    pub text: RwSignal<String>,
    /// The room that is looked into alone.
    pub room: RwSignal<Option<RoomId>>,
    /// Whether its filters narrow it, of which the view of what was found knows.
    pub narrowed: RwSignal<bool>,
}

/// How long one pauses before what was typed is looked for.
pub const PAUSE: Duration = Duration::from_millis(200);
/// Where one types what is looked for.
const FIELD: &str = ".side [type=search]";

impl Looking {
    /// For nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            room: RwSignal::new(None),
            narrowed: RwSignal::new(false),
        }
    }

    /// Whether anything is looked for.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.narrowed.get()
            || self.room.with(Option::is_some)
            || self.text.with(|text| !text.trim().is_empty())
    }

    /// Gives the field the focus; on a narrow page the list is shown for that.
    pub fn begin(self, address: Address) {
        browser::focus(FIELD);
        if !browser::is_focused(FIELD) {
            address.go("/");
            request_animation_frame(|| browser::focus(FIELD));
        }
    }

    /// Shows the lists again.
    pub fn end(self) {
        self.text.set(String::new());
        self.room.set(None);
        self.narrowed.set(false);
    }
}

impl Default for Looking {
    fn default() -> Self {
        Self::new()
    }
}

/// What a search is narrowed to, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    pub room: Option<RoomId>,
    /// A name to log in with.
    pub sender: String,
    /// Dates as `2026-11-26`: the first and the last day.
    pub since: String,
    pub until: String,
    pub picture: bool,
    pub file: bool,
}

impl Filters {
    /// Whether there is one.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// What is looked for with these, by somebody in this zone.
    #[must_use]
    pub fn wanted(&self, text: String, zone: Zone) -> Wanted {
        let sender = self.sender.trim().trim_start_matches('@');
        Wanted {
            text,
            room: self.room,
            sender: (!sender.is_empty()).then(|| sender.to_owned()),
            since: zone.start_of(&self.since, 0),
            until: zone.start_of(&self.until, 1),
            picture: self.picture,
            file: self.file,
            before: None,
        }
    }
}

/// Asks the server.
///
/// # Errors
/// Those of [`search`].
pub async fn ask(wanted: Wanted) -> Result<Found, Error> {
    let Wanted { text, room, sender, since, until, picture, file, before } = wanted;
    search(text, room, sender, since, until, picture, file, before).await
}

/// Brings people of whom only the server knows, by what is typed here, after a pause.
pub fn bring_people(store: Store, typed: RwSignal<String>) {
    effect(move || {
        let text = typed.with(|text| text.trim().to_owned());
        if text.is_empty() || store.people_after.with_untracked(Option::is_none) {
            return;
        }
        let bring = move || {
            if typed.try_with_untracked(|now| now.trim() == text) == Some(true) {
                spawn_local(async move {
                    // Without an answer there are those whom the page knows.
                    if let Ok(found) = ask(Wanted { text, ..Wanted::default() }).await {
                        store.meet(found.people);
                    }
                });
            }
        };
        set_timeout(bring, PAUSE);
    });
}
