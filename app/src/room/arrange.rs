//! What one does with a room as a whole.

use super::{
    Notify, Role, Room, RoomKind, Visibility,
    api::{archive_group, leave_group, pin_room, set_notify},
};
use crate::{
    i18n::use_lang,
    ui::{
        address::Address,
        erased::{live, memo, when},
        form::Form,
        icon::{Icon, IconName},
        sure::SureButton,
    },
};
use leptos::prelude::*;

/// Pins the room to the top of one's list, and sets what in it makes a stir.
#[component]
pub fn Arrange(room: Memo<Option<Room>>) -> impl IntoView {
    let lang = use_lang();
    // One does not wait for the other.
    let (pinning, choosing) = (Form::new(""), Form::new(""));
    let error = move || pinning.error().get().or_else(|| choosing.error().get());
    let pinned = move || room.with(|room| room.as_ref().is_some_and(|room| room.pinned));
    let pin = when(move |_| {
        if let Some(room) = room.get_untracked() {
            pinning.send(pin_room(room.id, !room.pinned));
        }
    });
    let choice = move |notify: Notify, words: &'static str| {
        let chosen = move || room.with(|room| room.as_ref().is_some_and(|r| r.notify == notify));
        let choose = when(move |_| {
            if let Some(room) = room.get_untracked() {
                choosing.send(set_notify(room.id, notify));
            }
        });
        view! {
            <label>
                <input type="radio" name="notify" prop:checked=live(chosen) on:change=choose/>
                <span>{words}</span>
            </label>
        }
        .into_any()
    };
    // In private everything is said to one.
    let is_group =
        room.with_untracked(|room| room.as_ref().is_some_and(|room| room.kind == RoomKind::Group));
    view! {
        <div class="buttons">
            <button
                type="button"
                class="secondary"
                aria-pressed=live(move || pinned().to_string())
                on:click=pin
            >
                <Icon name=IconName::PIN/>
                {lang.pin_room()}
            </button>
        </div>
        <div class="notify">
            <span id="notify">{lang.notify()}</span>
            <div class="segmented" role="radiogroup" aria-labelledby="notify">
                {choice(Notify::All, lang.notify_all())}
                {is_group.then(|| choice(Notify::Mentions, lang.notify_mentions()))}
                {choice(Notify::Nothing, lang.notify_nothing())}
            </div>
            <p role="alert">{live(move || error().map(|error| lang.error(&error)))}</p>
        </div>
    }
}

/// Archives the group, or reopens it.
#[component]
pub fn ArchiveGroup(room: Memo<Option<Room>>) -> impl IntoView {
    let lang = use_lang();
    let form = Form::new("");
    let error = form.error();
    let archived = move || room.with(|room| room.as_ref().is_some_and(|room| room.archived));
    let turn = when(move |_| {
        if let Some(room) = room.get_untracked() {
            form.send(archive_group(room.id, !room.archived));
        }
    });
    view! {
        <div class="buttons">
            <button type="button" class="secondary" on:click=turn>
                {live(move || if archived() { lang.reopen_group() } else { lang.archive_group() })}
            </button>
            <p role="alert">{live(move || error.get().map(|error| lang.error(&error)))}</p>
        </div>
    }
}

/// Leaves the group.
#[component]
pub fn LeaveGroup(room: Memo<Option<Room>>) -> impl IntoView {
    let lang = use_lang();
    let address: Address = expect_context();
    let form = Form::new("");
    let error = form.error();
    let leave = move || {
        if let Some(Room { id, .. }) = room.get_untracked() {
            form.send(async move {
                leave_group(id).await?;
                address.go("/");
                Ok(())
            });
        }
    };
    let question = memo(move || {
        room.with(|room| {
            match room.as_ref().map(|room| (room.members, room.role, room.visibility)) {
                // The group that everyone joins stays.
                Some((1, _, Visibility::Private | Visibility::Public)) => lang.leave_as_last(),
                Some((_, Role::Owner, _)) => lang.leave_as_owner(),
                _ => lang.leave_really(),
            }
        })
    });
    let button = live(move || {
        let question = question.get();
        view! { <SureButton label=lang.leave_group() question act=leave/> }.into_any()
    });
    view! {
        <div class="buttons">
            {button}
            <p role="alert">{live(move || error.get().map(|error| lang.error(&error)))}</p>
        </div>
    }
}
