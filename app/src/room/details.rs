//! What there is to know of a room: its introduction and its people.

use super::api::members;
use crate::{
    account::Person,
    i18n::use_lang,
    ids::RoomId,
    sync::store::use_store,
    ui::{
        avatar::{Avatar, AvatarSize},
        erased::{Line, effect, keyed_list, live, shown_if, when},
        icon::{Icon, IconName},
    },
};
use leptos::{html::Dialog, prelude::*, task::spawn_local};

/// A sheet with a room's details; `shown` opens it.
#[component]
pub fn Details(id: RoomId, shown: RwSignal<bool>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let dialog = NodeRef::<Dialog>::new();
    let people = RwSignal::new(Vec::<Person>::new());
    let after = RwSignal::new(None::<String>);
    let load = move |from: Option<String>| {
        spawn_local(async move {
            if let Ok(page) = members(id, from).await {
                people.update(|people| people.extend(page.people));
                after.set(page.after);
            }
        });
    };
    effect(move || {
        if let (Some(dialog), true) = (dialog.get(), shown.get()) {
            // Fails only if it is open already.
            let _ = dialog.show_modal();
            people.set(vec![]);
            load(None);
        }
    });
    let close = when(move |_| {
        if let Some(dialog) = dialog.get() {
            dialog.close();
        }
    });
    let room = Memo::new(move |_| store.rooms.with(|rooms| rooms.get(&id).cloned()));
    let title =
        Memo::new(move |_| room.get().map(|room| store.title(&room, lang)).unwrap_or_default());
    let is_group = store.is_group(id);
    let peer = Memo::new(move |_| room.with(|room| store.peer(room.as_ref()?)));
    let introduction = live(move || {
        let own =
            room.with(|room| room.as_ref().map(|r| r.introduction.clone()).unwrap_or_default());
        peer.with(|peer| peer.as_ref().map_or(own, Person::about))
    });
    let facts = live(move || {
        let room = room.get()?;
        let zone = store.zone.get();
        let since = zone.local(room.created).date(zone.local(store.now.get()), lang);
        let creator =
            store.people.with(|people| Some(people.get(&room.creator?)?.display_name.clone()));
        let creator = creator.filter(|_| is_group).map(|name| {
            view! { <dt>{lang.created_by()}</dt> <dd dir="auto">{name}</dd> }
        });
        Some(
            view! {
                <dl class="facts">
                    <dt>{lang.since()}</dt>
                    <dd>{since}</dd>
                    {creator}
                </dl>
            }
            .into_any(),
        )
    });
    let lines = move || {
        let line = |person: Person| {
            let key = (0, person.id.0.unsigned_abs(), 0);
            Line::new(key, move || view! { <li class="row"><Member person/></li> }.into_any())
        };
        people.get().into_iter().map(line).collect()
    };
    let more = shown_if(
        move || after.with(Option::is_some),
        move || {
            let more = when(move |_| load(after.get_untracked()));
            view! { <button type="button" class="more" on:click=more>{lang.more_people()}</button> }
                .into_any()
        },
    );
    view! {
        <dialog class="sheet" node_ref=dialog aria-label=lang.details() on:close=when(move |_| shown.set(false))>
            <header>
                <h2>{lang.details()}</h2>
                <button class="icon-button" on:click=close aria-label=lang.close()>
                    <Icon name=IconName::X/>
                </button>
            </header>
            <div class="face">
                <Avatar
                    name=title
                    picture=Signal::derive(move || peer.with(|peer| peer.as_ref()?.avatar))
                    group=is_group
                    size=AvatarSize::Large
                />
                <strong dir="auto">{title}</strong>
                <p dir="auto">{introduction}</p>
                </div>
            {facts}
            <h3>{lang.members()}</h3>
            <ul class="members">{keyed_list(lines)}</ul>
            {more}
        </dialog>
    }
    .into_any()
}

#[component]
fn Member(person: Person) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let id = person.id;
    let presence = Signal::derive(move || Some(store.presence_of(id)));
    let about = person.about();
    view! {
        <Avatar name=person.display_name.clone() picture=person.avatar presence/>
        <span class="what">
            <span class="top"><span class="name" dir="auto">{person.display_name}</span></span>
            <span class="bottom">
                <span class="last" dir="auto">
                    {live(move || lang.presence(store.presence_of(id)))}
                    {format!(" · {about}")}
                </span>
            </span>
        </span>
    }
}
