//! Answers: what a message answers stands above it, and leads to its place in the conversation.

use super::{Kind, Message, sticker::says, text::unmarked};
use crate::{
    i18n::{Lang, use_lang},
    ids::RoomId,
    sync::store::{Store, use_store},
    ui::{
        erased::{live, memo, when},
        icon::{Icon, IconName},
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// So many characters of a message stand in its summary.
const SUMMARY: usize = 120;

/// The words of a message in one line.
#[must_use]
pub fn summary(store: Store, message: &Message, lang: Lang) -> String {
    match message.kind {
        Kind::Event => store.event(message, lang),
        _ if message.deleted => tombstone(&message.body, lang),
        Kind::Sticker => carried(Kind::Sticker, &message.body, lang),
        _ if !message.body.is_empty() => {
            let start: String = message.body.chars().take(SUMMARY).collect();
            unmarked(&start)
        }
        kind => {
            let names = message.attachments.first().filter(|_| kind == Kind::File);
            let names = names.map(|file| [" ", &file.name].concat()).unwrap_or_default();
            carried(kind, "", lang) + &names
        }
    }
}

/// What stands for a message of this kind without words, or for the sticker of this name.
#[must_use]
pub fn carried(kind: Kind, name: &str, lang: Lang) -> String {
    match kind {
        Kind::Sticker => bracketed(says(name, lang).unwrap_or(name)),
        Kind::Image => bracketed(lang.field_picture()),
        Kind::Video => bracketed(lang.video()),
        Kind::Audio => bracketed(lang.audio()),
        _ => bracketed(lang.file()),
    }
}

/// What stands in a deleted message's place. Its words are why an administrator removed it.
pub fn tombstone(why: &str, lang: Lang) -> String {
    match why {
        "" => lang.deleted_message().to_owned(),
        why => lang.removed_message(why),
    }
}

/// What stands in place of a drawing.
pub(super) fn bracketed(what: &str) -> String {
    ["[", what, "]"].concat()
}

/// The message at this place, by its sender and its words, above an answer to it. A click leads there.
#[component]
pub fn Quote(room: RoomId, seq: i64) -> impl IntoView {
    let store = use_store();
    let go = when(move |event: MouseEvent| {
        event.prevent_default();
        store.find.set(Some((room, seq)));
    });
    let href = format!("/room/{room}?at={seq}#m-{seq}");
    view! { <a class="quote" href=href on:click=go>{origin(room, seq)}</a> }.into_any()
}

/// Who said what at this place.
fn origin(room: RoomId, seq: i64) -> AnyView {
    let lang = use_lang();
    let store = use_store();
    let timeline = store.timeline(room);
    let said = memo(move || timeline.with(|held| held.origin(seq).cloned()));
    let name = live(move || {
        let sender = said.with(|said| said.as_ref().map(|said| said.sender));
        sender.map(|sender| store.name(sender)).unwrap_or_default()
    });
    let words = live(move || {
        said.with(|said| said.as_ref().map(|said| summary(store, said, lang))).unwrap_or_default()
    });
    view! { <b dir="auto">{name}</b> <span dir="auto">{words}</span> }.into_any()
}

/// Above the field: what is being answered, until it is sent, or given up.
#[component]
pub fn Answering(room: RoomId, seq: i64) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    view! {
        <div class="answering">
            <Icon name=IconName::REPLY/>
            <span class="quote"><span class="visually-hidden">{lang.answering()}</span>{origin(room, seq)}</span>
            <button
                type="button"
                class="icon-button"
                title=lang.cancel()
                aria-label=lang.cancel()
                on:click=when(move |_| store.answer(room, None))
            >
                <Icon name=IconName::X/>
            </button>
        </div>
    }
    .into_any()
}
