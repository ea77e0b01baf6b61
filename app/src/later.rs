//! What is no part of the first load. Each function here becomes a file of its own, with all that
//! only it needs, and is loaded when it is first shown (`xtask/src/frontend.rs` cuts them off). On
//! the server it is called as it stands.

use crate::{
    account::settings::SettingsPane,
    app::{Pane, Start},
    error::Error,
    i18n::use_lang,
    ids::{RoomId, UserId},
    media::{Attachment, address, lightbox::LightboxView, strip::Strip, view::Attachments},
    message::{
        Message,
        actions::{Acted, Actions},
        completer::Completions,
        emoji_panel::{Above, EmojiPanel},
        markdown::may_be_marked,
        reactions::{Reacted, Reactions},
        reply::Answering,
        seen::{SeenBy, sent},
        view::Editor,
        words::{MarkedText, plain_text},
    },
    notice::{Seen, view::Notices},
    room::{
        details::{DetailsSheet, Sheet},
        groups::GroupsPane,
        sidebar::PeopleEnd,
    },
    search::view::SearchResults,
    ui::{browser, erased::live},
};
use futures::{FutureExt, future::join};
use gloo_timers::future::TimeoutFuture;
use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// Draws a view of what it is given.
type Draw<A> = fn(A) -> AnyView;
type Part<A> = Result<Draw<A>, SplitLoaderError>;
type Drawn = Box<dyn Fn() -> AnyView + Send>;

/// How often, and after how many milliseconds each, it is looked whether the style is there.
const STYLE_TRIES: u32 = 100;
const STYLE_PAUSE: u32 = 20;

#[wasm_split(settings, fallible, wasm_split_path = leptos::wasm_split)]
fn settings_part() -> Part<()> {
    Ok(|()| view! { <SettingsPane/> }.into_any())
}

#[wasm_split(groups, fallible, wasm_split_path = leptos::wasm_split)]
fn groups_part() -> Part<()> {
    Ok(|()| view! { <GroupsPane/> }.into_any())
}

#[wasm_split(details, fallible, wasm_split_path = leptos::wasm_split)]
fn details_part() -> Part<Sheet> {
    Ok(|sheet| view! { <DetailsSheet sheet/> }.into_any())
}

#[wasm_split(emoji, fallible, wasm_split_path = leptos::wasm_split)]
fn above_part() -> Part<Above> {
    Ok(|above| match above {
        Above::Panel(picker) => view! { <EmojiPanel picker/> }.into_any(),
        Above::Completions(completed) => view! { <Completions completed/> }.into_any(),
    })
}

#[wasm_split(editor, fallible, wasm_split_path = leptos::wasm_split)]
fn editor_part() -> Part<(Message, RwSignal<bool>)> {
    Ok(|(message, editing)| view! { <Editor message editing/> }.into_any())
}

#[wasm_split(actions, fallible, wasm_split_path = leptos::wasm_split)]
fn actions_part() -> Part<Acted> {
    Ok(|acted| view! { <Actions acted/> }.into_any())
}

#[wasm_split(actions, fallible, wasm_split_path = leptos::wasm_split)]
fn answering_part() -> Part<(RoomId, i64)> {
    Ok(|(room, seq)| view! { <Answering room seq/> }.into_any())
}

#[wasm_split(actions, fallible, wasm_split_path = leptos::wasm_split)]
fn reactions_part() -> Part<Reacted> {
    Ok(|reacted| view! { <Reactions reacted/> }.into_any())
}

#[wasm_split(seen, fallible, wasm_split_path = leptos::wasm_split)]
fn seen_part() -> Part<(RoomId, i64)> {
    Ok(|(room, seq)| view! { <SeenBy room seq/> }.into_any())
}

#[wasm_split(people, fallible, wasm_split_path = leptos::wasm_split)]
fn people_part() -> Part<()> {
    Ok(|()| view! { <PeopleEnd/> }.into_any())
}

#[wasm_split(search, fallible, wasm_split_path = leptos::wasm_split)]
fn search_part() -> Part<()> {
    Ok(|()| view! { <SearchResults/> }.into_any())
}

#[wasm_split(notice, fallible, wasm_split_path = leptos::wasm_split)]
fn notices_part() -> Part<Vec<Seen>> {
    Ok(|known| view! { <Notices known/> }.into_any())
}

#[wasm_split(upload, fallible, wasm_split_path = leptos::wasm_split)]
fn waiting_part() -> Part<RoomId> {
    Ok(|room| view! { <Strip room/> }.into_any())
}

#[wasm_split(media, fallible, wasm_split_path = leptos::wasm_split)]
fn media_part() -> Part<(RoomId, Vec<Attachment>)> {
    Ok(|(room, attachments)| view! { <Attachments room attachments/> }.into_any())
}

#[wasm_split(lightbox, fallible, wasm_split_path = leptos::wasm_split)]
fn lightbox_part() -> Part<()> {
    Ok(|()| view! { <LightboxView/> }.into_any())
}

#[wasm_split(text, fallible, wasm_split_path = leptos::wasm_split)]
fn text_part() -> Part<(String, Vec<UserId>)> {
    Ok(|(body, mentions)| view! { <MarkedText body mentions/> }.into_any())
}

/// The settings.
pub fn settings() -> AnyView {
    shown(Box::pin(settings_part()), ())
}

/// The groups: a new one, and those that one may join.
pub fn groups() -> AnyView {
    shown(Box::pin(groups_part()), ())
}

/// What is in the sheet of a room's details.
pub fn details(sheet: Sheet) -> AnyView {
    shown(Box::pin(details_part()), sheet)
}

/// Emoji to pick from, or what the word that is being typed can be completed to.
pub fn above(above: Above) -> AnyView {
    match above {
        Above::Panel(_) => shown(Box::pin(above_part()), above),
        // Nothing until that is there.
        Above::Completions(_) => {
            shown_or(Box::pin(above_part()), above, Box::new(|_| ().into_any()))
        }
    }
}

/// Where a message's words are changed.
pub fn editor(message: Message, editing: RwSignal<bool>) -> AnyView {
    shown(Box::pin(editor_part()), (message, editing))
}

/// The buttons of a message; nothing until they are there.
pub fn actions(acted: Acted) -> AnyView {
    shown_or(Box::pin(actions_part()), acted, Box::new(|_| ().into_any()))
}

/// What is being answered: a message of this room and place.
pub fn answering(message: (RoomId, i64)) -> AnyView {
    shown_or(Box::pin(answering_part()), message, Box::new(|_| ().into_any()))
}

/// What people feel about a message.
pub fn reactions(of: Reacted) -> AnyView {
    shown_or(Box::pin(reactions_part()), of, Box::new(|_| ().into_any()))
}

/// By whom a message, of this room and place, was seen; until that is known, that it was sent.
pub fn seen_by(message: (RoomId, i64)) -> AnyView {
    shown_or(Box::pin(seen_part()), message, Box::new(|_| sent()))
}

/// What stands below the list of people.
pub fn people_end() -> AnyView {
    shown_or(Box::pin(people_part()), (), Box::new(|_| ().into_any()))
}

/// What was chosen for this room, and is on its way up.
pub fn waiting(room: RoomId) -> AnyView {
    shown(Box::pin(waiting_part()), room)
}

/// What a message of this room carries; until that can be drawn, links to it.
pub fn attached(room: RoomId, attachments: Vec<Attachment>) -> AnyView {
    let links = attachments.clone();
    let link = |attachment: Attachment| {
        view! { <a href=address(attachment.id)>{attachment.name}</a> }.into_any()
    };
    let otherwise = move |_| links.iter().cloned().map(link).collect::<Vec<_>>().into_any();
    shown_or(Box::pin(media_part()), (room, attachments), Box::new(otherwise))
}

/// What is found by what is typed into the search field.
pub fn search() -> AnyView {
    shown(Box::pin(search_part()), ())
}

/// What tells of news, from the first one on; `known` before it.
pub fn notices(known: Vec<Seen>) -> AnyView {
    shown_or(Box::pin(notices_part()), known, Box::new(|_| ().into_any()))
}

/// A picture over everything else.
pub fn lightbox() -> AnyView {
    shown_or(Box::pin(lightbox_part()), (), Box::new(|_| ().into_any()))
}

/// A text with marks or mentions; until they can be drawn, as it was typed.
pub fn marked_text(body: String, mentions: Vec<UserId>) -> AnyView {
    let typed = body.clone();
    shown_or(Box::pin(text_part()), (body, mentions), Box::new(move |_| plain_text(&typed)))
}

/// Loads what the page at this path begins with: it has to be there when the page comes to life.
pub async fn prepare(path: &str, start: &Start) {
    // If it fails, the pane says so.
    match Pane::at(path) {
        Pane::Settings => drop(settings_part().await),
        Pane::Groups => drop(groups_part().await),
        Pane::List | Pane::Room(_) => {}
    }
    prepare_messages(start.snapshot.open.iter().flat_map(|page| &page.messages)).await;
}

/// Loads what draws these messages, so that they do not grow when they are read.
pub async fn prepare_messages(messages: impl Iterator<Item = &Message>) {
    let (mut marked, mut carry, mut reacted) = (false, false, false);
    for message in messages {
        marked |= may_be_marked(&message.body) || !message.mentions.is_empty();
        carry |= !message.attachments.is_empty();
        reacted |= !message.reactions.is_empty();
    }
    // What fails is shown as it was typed, or as links.
    if marked {
        drop(text_part().await);
    }
    if carry {
        drop(media_part().await);
    }
    if reacted {
        drop(reactions_part().await);
    }
}

/// What a part draws, once it is there.
fn shown<A: Clone + Send + 'static>(
    part: Pin<Box<dyn Future<Output = Part<A>>>>,
    given: A,
) -> AnyView {
    let lang = use_lang();
    let otherwise = move |is_failed| match is_failed {
        false => view! { <p class="skeleton" aria-busy="true"></p> }.into_any(),
        true => view! { <p class="note error" role="alert">{lang.error(&Error::NoAnswer)}</p> }
            .into_any(),
    };
    shown_or(part, given, Box::new(otherwise))
}

/// What a part draws, once it is there; before, and if it fails (`true`), what `otherwise` does.
fn shown_or<A: Clone + Send + 'static>(
    part: Pin<Box<dyn Future<Output = Part<A>>>>,
    given: A,
    otherwise: Box<dyn Fn(bool) -> AnyView + Send>,
) -> AnyView {
    let drawn = async move {
        let draw = part.await.ok()?;
        Some(Box::new(move || draw(given.clone())) as Drawn)
    };
    drawn_or(Box::pin(drawn), otherwise)
}

/// The same for all parts, so that it is compiled once.
fn drawn_or(
    mut part: Pin<Box<dyn Future<Output = Option<Drawn>>>>,
    otherwise: Box<dyn Fn(bool) -> AnyView + Send>,
) -> AnyView {
    if let Some(Some(draw)) = (&mut part).now_or_never() {
        return draw();
    }
    let drawn = Arc::new(Mutex::new(None));
    let given = drawn.clone();
    let loaded = RwSignal::new(None::<bool>);
    spawn_local(async move {
        let part = join(part, styled()).await.0;
        let is_there = part.is_some();
        *given.lock().unwrap_or_else(PoisonError::into_inner) = part;
        // Its place may be gone meanwhile.
        loaded.try_set(Some(is_there));
    });
    live(move || {
        let held = loaded.get();
        let drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.as_ref().map_or_else(|| otherwise(held.is_some()), |draw| draw())
    })
    .into_any()
}

/// Waits for the style of what is not first shown. What fails is asked for again by the next part.
async fn styled() {
    let Some(style) = browser::later_style() else { return };
    for _ in 0..STYLE_TRIES {
        if style.sheet().is_some() {
            return;
        }
        TimeoutFuture::new(STYLE_PAUSE).await;
    }
    style.set_rel("alternate");
}
