//! Above the field: what was chosen and waits to be sent with the words, and how far it is.

use super::{
    ATTACHMENTS_MAX, AttachmentKind, Purpose, thumb_address, upload,
    view::drawing,
    waiting::{Chosen, State, Uploads},
};
use crate::{
    i18n::use_lang,
    ids::RoomId,
    sync::{
        backoff,
        store::{Store, use_store},
    },
    ui::{
        bytes,
        erased::{Line, keyed_list, live, memo, when},
        icon::{Icon, IconName},
    },
};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

/// What waits in this room.
#[component]
pub fn Strip(room: RoomId) -> impl IntoView {
    let lang = use_lang();
    let uploads: Uploads = expect_context();
    let note = live(move || {
        let is_ready = uploads.ready.with(|ready| ready.iter().any(|(held, _)| *held == room));
        let too_many = uploads.too_many.get() == Some(room);
        let words = match (too_many, is_ready) {
            (true, _) => lang.too_many_files(ATTACHMENTS_MAX),
            (_, true) => lang.sent_when_up().to_owned(),
            _ => return ().into_any(),
        };
        view! { <p class="note" class:over=too_many>{words}</p> }.into_any()
    });
    let lines = move || {
        let line = |one: Chosen| {
            Line::new((0, one.key.into(), 0), move || view! { <One one/> }.into_any())
        };
        uploads
            .chosen
            .with(|all| all.iter().filter(|one| one.room == room).cloned().map(line).collect())
    };
    view! {
        <div class="strip" role="group" aria-label=lang.attached()>{keyed_list(lines)}</div>
        <div role="status">{note}</div>
    }
    .into_any()
}

/// One of it.
#[component]
fn One(one: Chosen) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let uploads: Uploads = expect_context();
    if one.state.get_untracked() == State::Chosen {
        start(uploads, store, &one);
    }
    let (state, key, name) = (one.state, one.key, one.file.name());
    let size = bytes(one.file.size() as u64);
    let label = lang.remove_file(&name);
    let stop = {
        let one = one.clone();
        when(move |_| {
            if let (State::Uploading(_), Some(upload)) =
                (one.state.get_untracked(), one.upload.get_value())
            {
                upload.cancel();
            }
            uploads.drop(key);
            uploads.settle(store, one.room);
        })
    };
    let picture = memo(move || {
        state.with(|state| match state {
            State::Up(up) if up.kind == AttachmentKind::Picture => Some(up.id),
            _ => None,
        })
    });
    let ending = name.clone();
    let thumb = live(move || match picture.get() {
        Some(id) => view! { <img src=thumb_address(id) alt=""/> }.into_any(),
        None => view! { <span class="thumb">{drawing(&ending)}</span> }.into_any(),
    });
    let one = StoredValue::new(one);
    let again = move || {
        let again = when(move |_| one.with_value(|one| start(uploads, store, one)));
        view! {
            <button type="button" class="icon-button" on:click=again aria-label=lang.retry()>
                <Icon name=IconName::RefreshCw/>
            </button>
        }
        .into_any()
    };
    let percent = move || match state.get() {
        State::Uploading(percent) => percent,
        _ => 0,
    };
    // Drawn anew when it is another, not with each per cent.
    let stage = memo(move || match state.get() {
        State::Uploading(_) => State::Chosen,
        other => other,
    });
    let how_far = live(move || match stage.get() {
        State::Chosen | State::Uploading(_) => view! {
            <progress max="100" value=live(percent) aria-label=lang.uploading()></progress>
            <span class="percent">{live(move || format!("{} %", percent()))}</span>
        }
        .into_any(),
        State::Up(_) => view! { <span class="percent">{size.clone()}</span> }.into_any(),
        State::Failed(error) => view! {
            <span class="why" role="alert">{lang.error(&error)}</span>
            {error.is_temporary().then(again)}
        }
        .into_any(),
    });
    let has_failed = live(move || stage.with(|stage| matches!(stage, State::Failed(_))));
    view! {
        <div class="upload" class:failed=has_failed>
            {thumb}
            <span class="name" dir="auto">{name}</span>
            {how_far}
            <button type="button" class="icon-button" on:click=stop aria-label=label.clone() title=label>
                <Icon name=IconName::X/>
            </button>
        </div>
    }
}

fn start(uploads: Uploads, store: Store, one: &Chosen) {
    let Chosen { key, room, state, .. } = *one;
    state.set(State::Uploading(0));
    let upload = upload::start(
        &one.file,
        Purpose::Message,
        move |now| state.set(State::Uploading(now)),
        move |answer| match answer {
            Ok(attachment) => {
                state.set(State::Up(attachment));
                uploads.settle(store, room);
            }
            // Cancelled: it is gone.
            Err(None) => {}
            Err(Some(error)) => {
                match error.is_temporary() {
                    true => try_again_later(uploads, store, key),
                    false => uploads.hold(room),
                }
                state.set(State::Failed(error));
            }
        },
    );
    one.upload.set_value(upload.map(SendWrapper::new));
}

/// Begins a broken upload again after a pause, unless its person has done so, or dropped it.
fn try_again_later(uploads: Uploads, store: Store, key: u32) {
    let find =
        move || uploads.chosen.with_untracked(|all| all.iter().find(|c| c.key == key).cloned());
    let Some(one) = find() else { return };
    let attempt = one.attempts.try_update_value(|attempts| {
        *attempts += 1;
        *attempts - 1
    });
    let pause = backoff::pause(attempt.unwrap_or_default(), js_sys::Math::random());
    let again = move || {
        let has_failed = |one: &Chosen| matches!(one.state.get_untracked(), State::Failed(_));
        if let Some(one) = find().filter(has_failed) {
            start(uploads, store, &one);
        }
    };
    set_timeout(again, std::time::Duration::from_millis(pause.into()));
}
