//! Who writes at the moment, as the others see it.

use super::{Delta, store::Store};
use crate::{ids::RoomId, ui::browser};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use web_sys::UrlSearchParams;

/// Whoever writes says so at most once in this time, in milliseconds.
pub const TOLD: u32 = 3_000;
/// How long that is shown, in milliseconds, unless it is said again.
pub const SHOWN: u32 = 6_000;

/// Tells the others in a room that one writes: by a beacon, for nobody waits for an answer.
pub fn tell(room: RoomId) {
    let fields = UrlSearchParams::new_with_str(&format!("room={room}"));
    // Of no use later, if it fails now.
    let _ = fields.and_then(|fields| {
        let navigator = window().navigator();
        navigator.send_beacon_with_opt_url_search_params("/api/typing", Some(&fields))
    });
}

impl Store {
    /// Shows who writes, until they said it or stopped.
    pub(super) fn hear_typing(self, delta: &Delta) {
        let is_shown = self.typing.with_untracked(|typing| !typing.is_empty());
        if delta.typing.is_empty() && !is_shown {
            return;
        }
        let messages = delta.rooms.iter().flat_map(|change| &change.messages);
        let said = messages.map(|message| (message.room, message.sender));
        let over: Vec<_> = said.chain(delta.typing.iter().copied()).collect();
        let until = browser::now() + i64::from(SHOWN);
        self.typing.update(|typing| {
            typing.retain(|(room, who, _)| !over.contains(&(*room, *who)));
            typing.extend(delta.typing.iter().map(|(room, who)| (*room, *who, until)));
        });
        spawn_local(async move {
            TimeoutFuture::new(SHOWN).await;
            self.typing.update(|typing| typing.retain(|(.., until)| *until > browser::now()));
        });
    }
}
