//! What the browser keeps across reloads: the outbox and drafts, in `localStorage`, one key each,
//! so that two tabs never overwrite each other's. Where there is no storage (a private window,
//! say) nothing is kept, and everything else works.

use super::outbox::Entry;
use crate::ids::{ClientId, RoomId, UserId};
use leptos::prelude::window;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn outbox_key(user: UserId, id: &str) -> String {
    format!("outbox.{user}.{id}")
}

/// The entries that this person's outbox kept.
#[must_use]
pub fn entries(user: UserId) -> Vec<Entry> {
    let Some(storage) = storage() else { return vec![] };
    let prefix = outbox_key(user, "");
    (0..storage.length().unwrap_or(0))
        .filter_map(|index| storage.key(index).ok().flatten())
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| storage.get_item(&key).ok().flatten())
        .filter_map(|text| serde_json::from_slice(text.as_bytes()).ok())
        .collect()
}

/// Keeps an entry until it is dropped.
pub fn keep(user: UserId, entry: &Entry) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(entry)) {
        // A full storage keeps the message from surviving a reload, not from being sent.
        let _ = storage.set_item(&outbox_key(user, entry.client_id.as_str()), &text);
    }
}

/// Drops a kept entry.
pub fn drop(user: UserId, id: &ClientId) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&outbox_key(user, id.as_str()));
    }
}

fn draft_key(user: UserId, room: RoomId) -> String {
    format!("draft.{user}.{room}")
}

/// What was typed in this room and not sent.
#[must_use]
pub fn draft(user: UserId, room: RoomId) -> Option<String> {
    storage()?.get_item(&draft_key(user, room)).ok()?
}

/// Keeps what is typed; nothing typed, nothing kept.
pub fn set_draft(user: UserId, room: RoomId, text: &str) {
    let Some(storage) = storage() else { return };
    let key = draft_key(user, room);
    let _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
}
