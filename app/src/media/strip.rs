//! Above the field: what was chosen and waits to be sent with the words, and how far it is.

use super::{
    ATTACHMENTS_MAX, AttachmentKind,
    parcel::{Chosen, Parcel, Parcels, State},
    thumb_address,
    view::drawing,
    waiting::Uploads,
};
use crate::{
    i18n::use_lang,
    ids::RoomId,
    sync::store::use_store,
    ui::{
        browser, bytes,
        erased::{Line, effect, keyed_list, live, memo, when},
        icon::{Icon, IconName},
    },
};
use leptos::{html::Div, prelude::*};

/// What waits in this room.
#[component]
pub fn Strip(room: RoomId) -> impl IntoView {
    let lang = use_lang();
    let uploads: Uploads = expect_context();
    let all = Parcels::of(uploads, use_store());
    // Why not all that was chosen goes with the message, or why that is not sent.
    let note = RwSignal::new(None::<String>);
    effect(move || {
        if uploads.brought.with(|brought| brought.iter().any(|(of, _)| *of == room)) {
            let fits = all.take_in(room);
            note.set((!fits).then(|| lang.too_many_files(ATTACHMENTS_MAX)));
        }
    });
    effect(move || {
        if let Some((_, words)) = uploads.sending.get().filter(|(of, _)| *of == room) {
            uploads.sending.set(None);
            note.set(all.send(room, words).err().map(|name| lang.refused_file(name)));
        }
    });
    let noted = live(move || {
        note.get().map(|words| view! { <p class="note over" dir="auto">{words}</p> }.into_any())
    });
    let sent = live(move || {
        let line = |parcel: &Parcel| {
            let words = parcel.words.clone();
            view! { <p class="note">{lang.sent_when_up()}<span dir="auto">{words}</span></p> }
                .into_any()
        };
        let parcels = all.parcels.get();
        parcels.iter().filter(|one| one.room == room).map(line).collect::<Vec<_>>().into_any()
    });
    let lines = move || {
        let line = |one: Chosen| {
            Line::new((0, one.key.into(), 0), move || view! { <One one all note/> }.into_any())
        };
        let here = |one: &&Chosen| one.room == room;
        all.chosen.with(|chosen| chosen.iter().filter(here).cloned().map(line).collect())
    };
    view! {
        <div class="strip" role="group" aria-label=lang.attached()>{keyed_list(lines)}</div>
        <div role="status">{noted}{sent}</div>
    }
    .into_any()
}

/// One of it.
#[component]
fn One(one: Chosen, all: Parcels, note: RwSignal<Option<String>>) -> impl IntoView {
    let lang = use_lang();
    if one.state.get_untracked() == State::Chosen {
        all.start(&one);
    }
    let (state, key, name) = (one.state, one.key, one.file.name());
    let size = bytes(one.file.size() as u64);
    let label = lang.remove_file(&name);
    let stop = {
        let one = one.clone();
        when(move |_| {
            note.set(None);
            all.remove(&one);
            // The button is gone.
            request_animation_frame(|| browser::focus(".strip .icon-button, .composer textarea"));
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
        let again = when(move |_| one.with_value(|one| all.start(one)));
        view! {
            <button type="button" class="icon-button" on:click=again aria-label=lang.retry()>
                <Icon name=IconName::REFRESH_CW/>
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
    let has_failed = move || stage.with(|stage| matches!(stage, State::Failed(_)));
    let line = NodeRef::<Div>::new();
    effect(move || {
        // It may be below what is seen of many.
        if has_failed()
            && let Some(line) = line.get()
        {
            line.scroll_into_view_with_bool(false);
        }
    });
    let is_sent = live(move || {
        let is_this = |one: &Chosen| one.key == key && one.parcel.is_some();
        all.chosen.with(|chosen| chosen.iter().any(is_this))
    });
    view! {
        <div class="upload" node_ref=line class:failed=live(has_failed) class:sent=is_sent>
            {thumb}
            <span class="name" dir="auto">{name}</span>
            {how_far}
            <button type="button" class="icon-button" on:click=stop aria-label=label.clone() title=label>
                <Icon name=IconName::X/>
            </button>
        </div>
    }
}
