//! What stands above a conversation.

use crate::{
    i18n::use_lang,
    ids::RoomId,
    search::looking::Looking,
    sync::store::{Link, use_store},
    ui::{
        address::Address,
        avatar::Avatar,
        erased::{live, memo, when},
        icon::{Icon, IconName},
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// Whom or what one is in, and the way to the details.
#[component]
pub fn Header(id: RoomId, title: Memo<String>, details: RwSignal<bool>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let (looking, address) = (expect_context::<Looking>(), expect_context::<Address>());
    let room = memo(move || store.rooms.with(|rooms| rooms.get(&id).cloned()));
    let is_group = store.is_group(id);
    let peer = memo(move || room.with(|room| store.peer(room.as_ref()?)));
    let presence = Signal::derive(move || room.with(|room| store.presence_in(room.as_ref()?)));
    let words = live(move || {
        let writing = store.typing.with(|typing| {
            let here = typing.iter().filter(|(room, ..)| *room == id);
            let names = here.map(|(_, user, _)| store.name(*user));
            let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
            let all = names.join(lang.between_names());
            match names.len() {
                0 => None,
                1 => Some(lang.is_typing(all)),
                _ => Some(lang.are_typing(all)),
            }
        });
        if let Some(writing) = writing {
            return writing;
        }
        let (first, second) = match peer.get() {
            Some(peer) => (lang.presence(store.presence_of(peer.id)).to_owned(), peer.about()),
            None if room.with(|room| room.as_ref().is_some_and(|room| store.is_notes(room))) => {
                (lang.notes_words().to_owned(), String::new())
            }
            None => room.with(|room| {
                let room = room.as_ref();
                let members = room.map_or(0, |room| room.members);
                (
                    lang.member_count(members),
                    room.map(|r| r.introduction.clone()).unwrap_or_default(),
                )
            }),
        };
        if second.is_empty() { first } else { format!("{first} · {second}") }
    });
    view! {
        <header>
            <a class="icon-button back" href="/" aria-label=lang.back()>
                <Icon name=IconName::BACK/>
            </a>
            <Avatar
                name=title
                picture=Signal::derive(move || room.with(|room| store.picture(room.as_ref()?)))
                presence
                group=is_group
            />
            <div class="grow">
                <h1 dir="auto">{title}</h1>
                <p dir="auto">{words}</p>
            </div>
            <a
                class="icon-button"
                href=format!("/search?room={id}")
                title=lang.find_here()
                aria-label=lang.find_here()
                on:click=when(move |event: MouseEvent| {
                    event.prevent_default();
                    looking.room.set(Some(id));
                    looking.begin(address);
                })
            >
                <Icon name=IconName::SEARCH/>
            </a>
            <button
                type="button"
                class="icon-button needs-script"
                title=lang.details()
                aria-label=lang.details()
                on:click=when(move |_| details.set(true))
            >
                <Icon name=IconName::INFO/>
            </button>
        </header>
    }
    .into_any()
}

/// Says when the server does not answer.
#[component]
pub fn LinkBanner() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let banner = live(move || match store.link.get() {
        Link::Up => ().into_any(),
        Link::Offline => view! {
            <div class="banner"><Icon name=IconName::WIFI_OFF/> {lang.device_offline()}</div>
        }
        .into_any(),
        Link::Reconnecting => view! {
            <div class="banner reconnecting">
                <Icon name=IconName::REFRESH_CW/> {lang.reconnecting()}
            </div>
        }
        .into_any(),
    });
    view! { <div role="status">{banner}</div> }
}
