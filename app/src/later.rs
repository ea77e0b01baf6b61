//! What is no part of the first load. Each function here becomes a file of its own, with all that
//! only it needs, and is loaded when it is first shown, however often that has to be tried
//! (`xtask/src/frontend.rs` cuts them off). On the server it is called as it stands.

use crate::{
    account::settings::SettingsPane,
    app::{Pane, Start},
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
use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// Draws a view of what it is given.
type Draw<A> = fn(A) -> AnyView;
type Part<A> = Pin<Box<dyn Future<Output = Draw<A>>>>;
type Drawn = Box<dyn Fn() -> AnyView + Send>;

/// How often, and after how many milliseconds each, it is looked whether the style is there.
const STYLE_TRIES: u32 = 100;
const STYLE_PAUSE: u32 = 20;

#[wasm_split(settings, wasm_split_path = leptos::wasm_split)]
fn settings_part() -> Draw<()> {
    |()| view! { <SettingsPane/> }.into_any()
}

#[wasm_split(groups, wasm_split_path = leptos::wasm_split)]
fn groups_part() -> Draw<()> {
    |()| view! { <GroupsPane/> }.into_any()
}

#[wasm_split(details, wasm_split_path = leptos::wasm_split)]
fn details_part() -> Draw<Sheet> {
    |sheet| view! { <DetailsSheet sheet/> }.into_any()
}

#[wasm_split(emoji, wasm_split_path = leptos::wasm_split)]
fn above_part() -> Draw<Above> {
    |above| match above {
        Above::Panel(picker) => view! { <EmojiPanel picker/> }.into_any(),
        Above::Completions(completed) => view! { <Completions completed/> }.into_any(),
    }
}

#[wasm_split(editor, wasm_split_path = leptos::wasm_split)]
fn editor_part() -> Draw<(Message, RwSignal<bool>)> {
    |(message, editing)| view! { <Editor message editing/> }.into_any()
}

#[wasm_split(actions, wasm_split_path = leptos::wasm_split)]
fn actions_part() -> Draw<Acted> {
    |acted| view! { <Actions acted/> }.into_any()
}

#[wasm_split(actions, wasm_split_path = leptos::wasm_split)]
fn answering_part() -> Draw<(RoomId, i64)> {
    |(room, seq)| view! { <Answering room seq/> }.into_any()
}

#[wasm_split(actions, wasm_split_path = leptos::wasm_split)]
fn reactions_part() -> Draw<Reacted> {
    |reacted| view! { <Reactions reacted/> }.into_any()
}

#[wasm_split(seen, wasm_split_path = leptos::wasm_split)]
fn seen_part() -> Draw<(RoomId, i64)> {
    |(room, seq)| view! { <SeenBy room seq/> }.into_any()
}

#[wasm_split(people, wasm_split_path = leptos::wasm_split)]
fn people_part() -> Draw<()> {
    |()| view! { <PeopleEnd/> }.into_any()
}

#[wasm_split(search, wasm_split_path = leptos::wasm_split)]
fn search_part() -> Draw<()> {
    |()| view! { <SearchResults/> }.into_any()
}

#[wasm_split(notice, wasm_split_path = leptos::wasm_split)]
fn notices_part() -> Draw<Vec<Seen>> {
    |known| view! { <Notices known/> }.into_any()
}

#[wasm_split(upload, wasm_split_path = leptos::wasm_split)]
fn waiting_part() -> Draw<RoomId> {
    |room| view! { <Strip room/> }.into_any()
}

#[wasm_split(media, wasm_split_path = leptos::wasm_split)]
fn media_part() -> Draw<(RoomId, Vec<Attachment>)> {
    |(room, attachments)| view! { <Attachments room attachments/> }.into_any()
}

#[wasm_split(lightbox, wasm_split_path = leptos::wasm_split)]
fn lightbox_part() -> Draw<()> {
    |()| view! { <LightboxView/> }.into_any()
}

#[wasm_split(text, wasm_split_path = leptos::wasm_split)]
fn text_part() -> Draw<(String, Vec<UserId>)> {
    |(body, mentions)| view! { <MarkedText body mentions/> }.into_any()
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
            shown_or(Box::pin(above_part()), above, Box::new(|| ().into_any()))
        }
    }
}

/// Where a message's words are changed.
pub fn editor(message: Message, editing: RwSignal<bool>) -> AnyView {
    shown(Box::pin(editor_part()), (message, editing))
}

/// The buttons of a message; nothing until they are there.
pub fn actions(acted: Acted) -> AnyView {
    shown_or(Box::pin(actions_part()), acted, Box::new(|| ().into_any()))
}

/// What is being answered: a message of this room and place.
pub fn answering(message: (RoomId, i64)) -> AnyView {
    shown_or(Box::pin(answering_part()), message, Box::new(|| ().into_any()))
}

/// What people feel about a message.
pub fn reactions(of: Reacted) -> AnyView {
    shown_or(Box::pin(reactions_part()), of, Box::new(|| ().into_any()))
}

/// By whom a message, of this room and place, was seen; until that is known, that it was sent.
pub fn seen_by(message: (RoomId, i64)) -> AnyView {
    shown_or(Box::pin(seen_part()), message, Box::new(sent))
}

/// What stands below the list of people.
pub fn people_end() -> AnyView {
    shown_or(Box::pin(people_part()), (), Box::new(|| ().into_any()))
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
    let otherwise = move || links.iter().cloned().map(link).collect::<Vec<_>>().into_any();
    shown_or(Box::pin(media_part()), (room, attachments), Box::new(otherwise))
}

/// What is found by what is typed into the search field.
pub fn search() -> AnyView {
    shown(Box::pin(search_part()), ())
}

/// What tells of news, from the first one on; `known` before it.
pub fn notices(known: Vec<Seen>) -> AnyView {
    shown_or(Box::pin(notices_part()), known, Box::new(|| ().into_any()))
}

/// A picture over everything else.
pub fn lightbox() -> AnyView {
    shown_or(Box::pin(lightbox_part()), (), Box::new(|| ().into_any()))
}

/// A text with marks or mentions; until they can be drawn, as it was typed.
pub fn marked_text(body: String, mentions: Vec<UserId>) -> AnyView {
    let typed = body.clone();
    shown_or(Box::pin(text_part()), (body, mentions), Box::new(move || plain_text(&typed)))
}

/// Loads what the page at this path begins with: it has to be there when the page comes to life.
pub async fn prepare(path: &str, start: &Start) {
    match Pane::at(path) {
        Pane::Settings => _ = settings_part().await,
        Pane::Groups => _ = groups_part().await,
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
    if marked {
        _ = text_part().await;
    }
    if carry {
        _ = media_part().await;
    }
    if reacted {
        _ = reactions_part().await;
    }
}

/// What a part draws, once it is there.
fn shown<A: Clone + Send + 'static>(part: Part<A>, given: A) -> AnyView {
    let otherwise = || view! { <p class="skeleton" aria-busy="true"></p> }.into_any();
    shown_or(part, given, Box::new(otherwise))
}

/// What a part draws, once it is there; before, what `otherwise` does.
fn shown_or<A: Clone + Send + 'static>(
    part: Part<A>,
    given: A,
    otherwise: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let drawn = async move {
        let draw = part.await;
        Box::new(move || draw(given.clone())) as Drawn
    };
    drawn_or(Box::pin(drawn), otherwise)
}

/// The same for all parts, so that it is compiled once.
fn drawn_or(
    mut part: Pin<Box<dyn Future<Output = Drawn>>>,
    otherwise: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    if let Some(draw) = (&mut part).now_or_never() {
        return draw();
    }
    let drawn = Arc::new(Mutex::new(None));
    let given = drawn.clone();
    let is_there = RwSignal::new(false);
    spawn_local(async move {
        let part = join(part, styled()).await.0;
        *given.lock().unwrap_or_else(PoisonError::into_inner) = Some(part);
        // Its place may be gone meanwhile.
        is_there.try_set(true);
    });
    live(move || {
        is_there.track();
        let drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.as_ref().map_or_else(&otherwise, |draw: &Drawn| draw())
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
