//! The list of conversations and people.

use super::{Notify, Room, RoomKind, api::open_direct, header::LinkBanner};
use crate::{
    account::{Person, api::people},
    i18n::{Lang, use_lang},
    ids::{RoomId, UserId},
    later,
    message::{Kind, reply::summary},
    presence::Presence,
    search::looking::Looking,
    sync::store::{Store, use_store},
    ui::{
        address::Address,
        avatar::{Avatar, AvatarSize},
        browser,
        erased::{Line, effect, keyed_list, live, memo, shown_if, when},
        icon::{Icon, IconName},
        page,
        search::{SearchField, on_keys},
        time::iso,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use std::time::Duration;

/// The side of the page: who and what there is. `open` is the room that is shown.
#[component]
pub fn Sidebar(open: Memo<Option<RoomId>>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let looking: Looking = expect_context();
    let address: Address = expect_context();
    effect(move || on_keys(move || looking.begin(address)));
    let is_looking = memo(move || looking.is_on());
    let pressed = pressed();
    let rooms = held(pressed, move || room_ids(store, open.get(), false));
    let archived = held(pressed, move || room_ids(store, open.get(), true));
    let people = held(pressed, move || person_ids(store));
    let online = live(move || {
        let me = store.me.with(|me| me.id);
        let count = store.presence.with(|all| all.keys().filter(|id| **id != me).count());
        (count > 0).then(|| lang.online_count(count))
    });
    let line = move |id: i64, draw: fn(i64, Memo<Option<RoomId>>) -> AnyView| {
        Line::new((0, id.unsigned_abs(), 0), move || draw(id, open))
    };
    let room_list = move |rooms: Memo<Vec<RoomId>>| {
        let row = |id, open| view! { <li><RoomRow id=RoomId(id) open/></li> }.into_any();
        keyed_list(move || rooms.with(|rooms| rooms.iter().map(|id| line(id.0, row)).collect()))
    };
    let archived_list = shown_if(
        move || archived.with(|rooms| !rooms.is_empty()),
        move || view! { <h2>{lang.archived()}</h2> <ul>{room_list(archived)}</ul> }.into_any(),
    );
    let person_lines = move || {
        let row = |id, _| view! { <li><PersonRow id=UserId(id)/></li> }.into_any();
        people.with(|people| people.iter().map(|id| line(id.0, row)).collect())
    };
    view! {
        <nav class="side" aria-label=lang.conversations()>
            <header>
                <span class="brand"><Icon name=IconName::MESSAGE_CIRCLE/></span>
                <strong class="grow">"SampleIM"</strong>
                <a class="icon-button" href="/groups" title=lang.groups() aria-label=lang.groups()>
                    <Icon name=IconName::USERS/>
                </a>
                <a class="me" href="/settings" aria-label=lang.settings()>
                    <Avatar
                        name=Signal::derive(move || store.me.with(|me| me.display_name.clone()))
                        picture=Signal::derive(move || store.me.with(|me| me.avatar))
                        size=AvatarSize::Small
                    />
                </a>
            </header>
            <LinkBanner/>
            <form
                class="look"
                role="search"
                action="/search"
                on:submit=when(|event: SubmitEvent| event.prevent_default())
            >
                <SearchField text=looking.text label=lang.field_search() name="text"/>
            </form>
            {shown_if(
                move || is_looking.get(),
                || view! { <div class="list found">{later::search()}</div> }.into_any(),
            )}
            <div class="list" hidden=is_looking>
                <h2>{lang.conversations()}</h2>
                <ul>{room_list(rooms)}</ul>
                {archived_list}
                <h2>
                    <span>{lang.people()}</span>
                    <span>{online}</span>
                </h2>
                <ul>{keyed_list(person_lines)}</ul>
                {shown_if(
                    move || store.awake.get() && (is_alone(store) || store.people_after.with(Option::is_some)),
                    later::people_end,
                )}
            </div>
        </nav>
    }
    .into_any()
}

/// Whether a button of the mouse is down.
fn pressed() -> RwSignal<bool> {
    let pressed = RwSignal::new(false);
    effect(move || {
        // After a menu of the browser's own, or a drag, no release is told.
        let ups = ["mouseup", "dragend", "contextmenu"].map(|name| (name, false));
        for (name, is_down) in [("mousedown", true)].into_iter().chain(ups) {
            // A click comes after its release, and is to find the list as it was.
            let set = move || set_timeout(move || pressed.set(is_down), Duration::ZERO);
            let handle = window_event_listener_untyped(name, move |_| set());
            on_cleanup(move || handle.remove());
        }
    });
    pressed
}

/// What this list gives, but as it was while the mouse is pressed: a row that moved away from under it
/// would lose the click.
fn held<T: Clone + PartialEq + Send + Sync + 'static>(
    pressed: RwSignal<bool>,
    list: impl Fn() -> Vec<T> + Send + Sync + 'static,
) -> Memo<Vec<T>> {
    Memo::new(move |before: Option<&Vec<T>>| match before {
        Some(before) if pressed.get() => before.clone(),
        _ => list(),
    })
}

/// Archived rooms, or the others, in the order of the list; of those that are [`Room::is_unspoken`], the
/// open one alone.
fn room_ids(store: Store, open: Option<RoomId>, archived: bool) -> Vec<RoomId> {
    let me = store.me.with(|me| me.id);
    store.rooms.with(|rooms| {
        let mut shown: Vec<_> = rooms
            .values()
            .filter(|room| {
                room.archived == archived && (open == Some(room.id) || !room.is_unspoken(me))
            })
            .map(|room| (room.place(), room.id))
            .collect();
        shown.sort_unstable();
        shown.into_iter().map(|(_, id)| id).collect()
    })
}

/// Everybody else: first who is here, then by name.
fn person_ids(store: Store) -> Vec<UserId> {
    let me = store.me.with(|me| me.id);
    store.people.with(|people| {
        store.presence.with(|presence| {
            let mut shown: Vec<_> = people
                .values()
                .filter(|person| person.id != me && !person.is_gone())
                .map(|person| {
                    (
                        !presence.contains_key(&person.id),
                        page::lower(&person.display_name),
                        person.id,
                    )
                })
                .collect();
            shown.sort_unstable();
            shown.into_iter().map(|(_, _, id)| id).collect()
        })
    })
}

#[component]
fn RoomRow(id: RoomId, open: Memo<Option<RoomId>>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let room = memo(move || store.rooms.with(|rooms| rooms.get(&id).cloned()));
    let title = Signal::derive(move || {
        room.with(|room| room.as_ref().map(|room| store.title(room, lang))).unwrap_or_default()
    });
    let is_group = store.is_group(id);
    let presence = Signal::derive(move || room.with(|room| store.presence_in(room.as_ref()?)));
    let is =
        move |what: fn(&Room) -> bool| move || room.with(|room| room.as_ref().is_some_and(what));
    let muted = is(|room| room.notify != Notify::All);
    let mark = move |is_marked, name, words| {
        let icon = move || {
            view! { <span class="mark" title=words><Icon name/><span class="visually-hidden">{words}</span></span> }
                .into_any()
        };
        shown_if(is_marked, icon)
    };
    let last = move || room.with(|room| room.as_ref()?.last.clone());
    let time = live(move || {
        let last = last()?;
        let zone = store.zone.get();
        let shown = zone.local(last.created).short(zone.local(store.now.get()), lang);
        Some(view! { <time datetime=iso(last.created)>{shown}</time> }.into_any())
    });
    let mentioned = live(move || {
        let count = room.with(|room| room.as_ref().map_or(0, |room| room.mentions));
        (count > 0).then(|| {
            let label = lang.mention_count(count);
            view! { <span class="badge at" role="img" title=label.clone() aria-label=label>"@"</span> }
                .into_any()
        })
    });
    let badge = live(move || {
        let count = room.with(|room| room.as_ref().map_or(0, |room| room.unread));
        (count > 0).then(|| {
            view! {
                <span class="badge" class:quiet=muted()>
                    <span aria-hidden="true">{badge_text(count)}</span>
                    <span class="visually-hidden">{lang.unread_count(count)}</span>
                </span>
            }
            .into_any()
        })
    });
    view! {
        <a
            class="row"
            class:unread=live(is(|room| room.stir() > 0))
            href=format!("/room/{id}")
            aria-current=live(move || (open.get() == Some(id)).then_some("page"))
        >
            <Avatar
                name=title
                picture=Signal::derive(move || room.with(|room| store.picture(room.as_ref()?)))
                presence
                group=is_group
            />
            <span class="what">
                <span class="top">
                    <span class="name" dir="auto">{title}</span>
                    {mark(is(|room| room.pinned), IconName::PIN, lang.pinned())}
                    {mark(muted, IconName::BELL_OFF, lang.muted())}
                    {time}
                </span>
                <span class="bottom">
                    <span class="last" dir="auto">
                        {live(move || room.with(|room| said(store, room.as_ref()?, lang)))}
                    </span>
                    {mentioned}
                    {badge}
                </span>
            </span>
        </a>
    }
    .into_any()
}

/// An unread count as its badge shows it.
fn badge_text(count: i64) -> String {
    if count >= super::UNREAD_MAX { "999+".into() } else { count.to_string() }
}

/// What was said last in a room, in a line: with its sender, unless only one can be meant.
fn said(store: Store, room: &Room, lang: Lang) -> Option<String> {
    let last = room.last.as_ref()?;
    let words = summary(store, last, lang);
    let mine = store.me.with(|me| me.id == last.sender);
    let is_plain = if mine { store.is_notes(room) } else { room.kind == RoomKind::Direct };
    if last.kind == Kind::Event || is_plain {
        return Some(words);
    }
    let who = if mine { lang.you().to_owned() } else { store.name(last.sender) };
    Some(lang.said(who, words))
}

/// Somebody whom the page knows; a click opens the conversation with them.
#[component]
pub fn PersonRow(id: UserId) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let person = memo(move || store.people.with(|people| people.get(&id).cloned()));
    let name = Signal::derive(move || {
        person.with(|p| p.as_ref().map(|p| p.display_name.clone()).unwrap_or_default())
    });
    let presence = Signal::derive(move || Some(store.presence_of(id)));
    let words = live(move || {
        let about = person.with(|p| p.as_ref().map(Person::about).unwrap_or_default());
        format!("{} · {about}", lang.presence(store.presence_of(id)))
    });
    view! {
        <form
            class="row-form"
            method="post"
            action="/api/open_direct"
            on:submit=when(open_conversation(id))
        >
            <input type="hidden" name="user" value=id.to_string()/>
            <button class="row">
                <Avatar
                    name=name
                    picture=Signal::derive(move || person.with(|person| person.as_ref()?.avatar))
                    presence
                />
                <span class="what">
                    <span class="top"><span class="name" dir="auto">{name}</span></span>
                    <span class="bottom"><span class="last" dir="auto">{words}</span></span>
                </span>
            </button>
        </form>
    }
    .into_any()
}

/// Opens the private conversation with somebody, in place of the form that would post it.
pub fn open_conversation(id: UserId) -> impl FnMut(SubmitEvent) {
    let store = use_store();
    let address: Address = expect_context();
    move |event| {
        event.prevent_default();
        spawn_local(async move {
            // Without an answer the page stays as it is, to be asked again; a banner says why.
            if let Ok(room) = open_direct(id).await {
                show_room(store, address, room);
            }
        });
    }
}

/// Shows a room that is one's own since this moment.
pub fn show_room(store: Store, address: Address, room: RoomId) {
    store.expect_room(room);
    address.go(&format!("/room/{room}"));
}

/// Brings the next people by name, while there are more.
#[component]
pub fn MorePeople() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let more = move || {
        let after = store.people_after.get_untracked();
        spawn_local(async move {
            if let Ok(page) = people(after).await {
                store.meet(page.people);
                store.people_after.set(page.after);
            }
        });
    };
    shown_if(
        move || store.people_after.with(Option::is_some),
        move || {
            let more = when(move |_| more());
            view! { <button type="button" class="more" on:click=more>{lang.more_people()}</button> }
                .into_any()
        },
    )
}

fn is_alone(store: Store) -> bool {
    store.people.with(|people| people.len() < 2)
}

/// Below the list of people: what brings more of them; while nobody else is here, the address to share.
#[component]
pub fn PeopleEnd() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let first_time = move || {
        view! {
            <div class="first-time">
                <p>{lang.nobody_yet()}</p>
                <code>{browser::origin()}</code>
            </div>
        }
        .into_any()
    };
    view! {
        <MorePeople/>
        {shown_if(move || is_alone(store), first_time)}
    }
}

impl Person {
    /// Whether a name of theirs holds this lower-case text.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        text.is_empty()
            || [&self.display_name, &self.name].iter().any(|name| page::lower(name).contains(text))
    }
}

impl Lang {
    /// What a dot says.
    #[must_use]
    pub fn presence(self, presence: Presence) -> &'static str {
        match presence {
            Presence::Online => self.online(),
            Presence::Away => self.away(),
            Presence::Offline => self.offline(),
        }
    }
}

/// The page's title while it shows what has this name: with how many unread messages make a stir.
#[must_use]
pub fn page_title(store: Store, name: &str) -> String {
    match unread_total(store) {
        0 => format!("{name} · SampleIM"),
        unread => format!("({unread}) {name} · SampleIM"),
    }
}

/// How many unread messages make a stir, in all rooms.
#[must_use]
pub fn unread_total(store: Store) -> i64 {
    store.rooms.with(|rooms| rooms.values().map(Room::stir).sum())
}
