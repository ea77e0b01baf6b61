//! What one does with a room as a whole.

use super::{
    Room,
    api::{archive_group, leave_group, mute_room, pin_room},
};
use crate::{
    i18n::use_lang,
    ids::RoomId,
    ui::{
        address::Address,
        erased::{live, when},
        form::Form,
        icon::{Icon, IconName},
        sure::SureButton,
    },
};
use leptos::prelude::*;

/// Pins the room to the top of one's list, and mutes it.
#[component]
pub fn Arrange(room: Memo<Option<Room>>) -> impl IntoView {
    let lang = use_lang();
    let form = Form::new("");
    let error = form.error();
    let button = move |icon, words, is_on: fn(&Room) -> bool, press: fn(Form, &Room)| {
        let pressed = move || room.with(|room| room.as_ref().is_some_and(is_on)).to_string();
        let press = when(move |_| {
            room.with_untracked(|room| room.iter().for_each(|room| press(form, room)));
        });
        view! {
            <button type="button" class="secondary" aria-pressed=live(pressed) on:click=press>
                <Icon name=icon/>
                {words}
            </button>
        }
        .into_any()
    };
    let pin = |form: Form, room: &Room| form.send(pin_room(room.id, !room.pinned));
    let mute = |form: Form, room: &Room| form.send(mute_room(room.id, !room.muted));
    view! {
        <div class="buttons">
            {button(IconName::Pin, lang.pin_room(), |room| room.pinned, pin)}
            {button(IconName::BellOff, lang.mute_room(), |room| room.muted, mute)}
            <p role="alert">{live(move || error.get().map(|error| lang.error(&error)))}</p>
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
pub fn LeaveGroup(id: RoomId) -> impl IntoView {
    let lang = use_lang();
    let address: Address = expect_context();
    let form = Form::new("");
    let error = form.error();
    let leave = move || {
        form.send(async move {
            leave_group(id).await?;
            address.go("/");
            Ok(())
        });
    };
    view! {
        <div class="buttons">
            <SureButton label=lang.leave_group() question=lang.leave_really() act=leave/>
            <p role="alert">{live(move || error.get().map(|error| lang.error(&error)))}</p>
        </div>
    }
}
