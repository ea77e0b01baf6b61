//! What the browser keeps across reloads, and what tabs share: the outbox and drafts, one key each,
//! so that two tabs never overwrite each other's; who asks the server, and what there is to hear of.
//! In `localStorage`, whose events tell the other tabs of each change. Where there is no storage (a
//! private window, say) nothing is kept or shared, and everything else works.

use super::{lease::Lease, outbox::Entry, store::Link};
use crate::{
    ids::{ClientId, RoomId, UserId},
    message::emoji::chosen,
    notice::Choice,
    preference::Theme,
    ui::browser,
};
use leptos::prelude::window;
use web_sys::{Storage, StorageEvent};

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept under this key.
fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// What another tab changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Shared {
    /// Who asks the server.
    Lease,
    /// The tab that asks has heard of something, or of nothing any more.
    News(Link),
    /// The session has ended, or somebody else has logged in.
    LoggedOut,
    /// An entry of the outbox is new, or has another state.
    Kept(Entry),
    /// The server has this entry.
    Settled(ClientId),
    /// Its person dropped this entry.
    Discarded(ClientId),
    Draft(RoomId, String),
    /// What the draft answers.
    Answered(RoomId, Option<i64>),
    Theme(Theme),
}

/// What this event tells, if it concerns this person.
#[must_use]
pub fn change(user: UserId, event: &StorageEvent) -> Option<Shared> {
    let (key, value) = (event.key()?, event.new_value());
    if key == THEME {
        return Some(Shared::Theme(Theme::parse(&value?).unwrap_or_default()));
    }
    if key == WHOSE {
        return is_another_s(user).then_some(Shared::LoggedOut);
    }
    let (kind, rest) = key.split_once('.')?;
    let (owner, rest) = rest.split_once('.').unwrap_or((rest, ""));
    if owner.parse() != Ok(user) {
        return None;
    }
    match (kind, value) {
        ("lease", _) => Some(Shared::Lease),
        ("news", Some(value)) => Some(Shared::News(link(&value))),
        ("left", Some(_)) => Some(Shared::LoggedOut),
        ("outbox", Some(value)) => serde_json::from_slice(value.as_bytes()).ok().map(Shared::Kept),
        ("outbox", None) => rest.to_owned().try_into().ok().map(Shared::Settled),
        ("discarded", Some(id)) => id.try_into().ok().map(Shared::Discarded),
        ("draft", value) => Some(match rest.strip_suffix(ANSWERS) {
            Some(room) => {
                Shared::Answered(room.parse().ok()?, value.and_then(|seq| seq.parse().ok()))
            }
            None => Shared::Draft(rest.parse().ok()?, value.unwrap_or_default()),
        }),
        _ => None,
    }
}

/// Sets a key to a text that it did not have, so that other tabs hear of it.
fn announce(key: &str, text: &str) {
    if let Some(storage) = storage() {
        // A full storage: the other tabs hear of it by what they ask themselves.
        let _ = storage.set_item(key, text);
    }
}

/// Who asks the server, if a tab does.
#[must_use]
pub fn lease(user: UserId) -> Option<Lease> {
    kept(&format!("lease.{user}"))?.parse().ok()
}

/// Takes or renews the lease.
pub fn set_lease(user: UserId, lease: &Lease) {
    announce(&format!("lease.{user}"), &lease.to_string());
}

/// Gives the lease up.
pub fn drop_lease(user: UserId) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("lease.{user}"));
    }
}

/// Tells the other tabs that there is news, or that the server does not answer.
pub fn tell(user: UserId, link: Link) {
    let link = match link {
        Link::Up => "up",
        Link::Offline => "offline",
        Link::Reconnecting => "reconnecting",
    };
    announce(&format!("news.{user}"), &format!("{link}.{}", (js_sys::Math::random() * 1e9) as u32));
}

fn link(text: &str) -> Link {
    match text.split('.').next() {
        Some("offline") => Link::Offline,
        Some("reconnecting") => Link::Reconnecting,
        _ => Link::Up,
    }
}

/// Tells the other tabs that the session has ended.
pub fn tell_logged_out(user: UserId) {
    announce(&format!("left.{user}"), &browser::now().to_string());
}

const WHOSE: &str = "whose";

/// Says whose page this browser opened last: pages of somebody else's are to be left.
pub fn come(user: UserId) {
    announce(WHOSE, &user.to_string());
}

/// Whether this browser is somebody else's by now.
#[must_use]
pub fn is_another_s(user: UserId) -> bool {
    kept(WHOSE).is_some_and(|whose| whose.parse() != Ok(user))
}

/// What this device does about news.
#[must_use]
pub fn notices(user: UserId) -> Choice {
    let kept = kept(&format!("notices.{user}"));
    kept.and_then(|kept| serde_json::from_slice(kept.as_bytes()).ok()).unwrap_or_default()
}

/// Keeps what this device does about news.
pub fn keep_notices(user: UserId, choice: &Choice) {
    announce(&format!("notices.{user}"), &serde_json::to_string(choice).unwrap_or_default());
}

/// Drops what was typed and not sent, in every room: whoever logs out leaves nothing of it behind.
pub fn forget_drafts(user: UserId) {
    let Some(storage) = storage() else { return };
    let prefix = format!("draft.{user}.");
    let keys: Vec<_> = (0..storage.length().unwrap_or(0))
        .filter_map(|index| storage.key(index).ok().flatten())
        .filter(|key| key.starts_with(&prefix))
        .collect();
    for key in keys {
        let _ = storage.remove_item(&key);
    }
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.clear();
    }
}

const THEME: &str = "theme";

/// Tells the other tabs which colours were chosen.
pub fn tell_theme(theme: Theme) {
    announce(THEME, theme.as_str());
}

/// Drops an entry that its person does not want to be sent any more.
pub fn discard(user: UserId, id: &ClientId) {
    announce(&format!("discarded.{user}"), id.as_str());
    drop(user, id);
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

/// Keeps an entry until it is dropped; whether that could be done. A full storage keeps it from
/// surviving a reload, and from being sent by another tab.
pub fn keep(user: UserId, entry: &Entry) -> bool {
    let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(entry)) else { return false };
    storage.set_item(&outbox_key(user, entry.client_id.as_str()), &text).is_ok()
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

/// Ends the key of what a draft answers, which begins as that of the draft.
const ANSWERS: &str = ".answers";

fn answered_key(user: UserId, room: RoomId) -> String {
    draft_key(user, room) + ANSWERS
}

/// The place of the message that the draft of this room answers.
#[must_use]
pub fn answered(user: UserId, room: RoomId) -> Option<i64> {
    kept(&answered_key(user, room))?.parse().ok()
}

/// Keeps what the draft of this room answers.
pub fn set_answered(user: UserId, room: RoomId, seq: Option<i64>) {
    let Some(storage) = storage() else { return };
    let key = answered_key(user, room);
    let _ = match seq {
        Some(seq) => storage.set_item(&key, &seq.to_string()),
        None => storage.remove_item(&key),
    };
}

/// What was typed in this room and not sent.
#[must_use]
pub fn draft(user: UserId, room: RoomId) -> Option<String> {
    kept(&draft_key(user, room))
}

/// Keeps what is typed; nothing typed, nothing kept.
pub fn set_draft(user: UserId, room: RoomId, text: &str) {
    let Some(storage) = storage() else { return };
    let key = draft_key(user, room);
    let _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
}

fn going_key(user: UserId, room: RoomId) -> String {
    format!("going.{user}.{room}")
}

/// The words that this tab was sending in this room with files that were not up yet.
#[must_use]
pub fn going(user: UserId, room: RoomId) -> Option<String> {
    window().session_storage().ok()??.get_item(&going_key(user, room)).ok()?
}

/// Keeps them as long as the tab is open; nothing, nothing kept.
pub fn keep_going(user: UserId, room: RoomId, words: &str) {
    let Some(storage) = window().session_storage().ok().flatten() else { return };
    let key = going_key(user, room);
    let _ =
        if words.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, words) };
}

fn emoji_key(user: UserId) -> String {
    format!("emoji.{user}")
}

/// The emoji that were chosen before, the last one first.
#[must_use]
pub fn recent_emoji(user: UserId) -> Vec<String> {
    kept(&emoji_key(user)).unwrap_or_default().split_whitespace().map(ToOwned::to_owned).collect()
}

/// Keeps that this emoji was chosen.
pub fn emoji_chosen(user: UserId, emoji: &str) {
    let mut recent = recent_emoji(user);
    chosen(&mut recent, emoji);
    announce(&emoji_key(user), &recent.join(" "));
}

fn tone_key(user: UserId) -> String {
    format!("tone.{user}")
}

/// The skin tone of emoji that was chosen last, 1 to 5; 0 for none.
#[must_use]
pub fn tone(user: UserId) -> u8 {
    kept(&tone_key(user)).and_then(|tone| tone.parse().ok()).unwrap_or_default()
}

/// Keeps the skin tone.
pub fn set_tone(user: UserId, tone: u8) {
    announce(&tone_key(user), &tone.to_string());
}
