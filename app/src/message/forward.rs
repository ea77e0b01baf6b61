//! Sending what a message says and carries to other conversations.

use super::api::forward;
use crate::{
    account::Person,
    error::Error,
    i18n::{Lang, use_lang},
    ids::{ClientId, MediaId, RoomId, UserId},
    room::{Room, api::open_direct, sidebar::MorePeople},
    search::looking::bring_people,
    sync::store::{Store, Wake, random, use_store},
    ui::{
        address::closed_by_back,
        avatar::{Avatar, AvatarSize},
        confirm::opened,
        erased::{Line, effect, keyed_list, live, memo, shown_if, when},
        icon::{Icon, IconName},
        page,
        search::SearchField,
    },
};
use leptos::{ev::MouseEvent, html::Input, prelude::*, task::spawn_local};
use std::collections::HashMap;

/// Where a message can go: a group of one's own, or somebody, whether one has talked to them or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Target {
    Group(RoomId),
    Person(UserId),
}

/// A target as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    target: Target,
    title: String,
    /// What it is found by, lower case.
    names: String,
    picture: Option<MediaId>,
}

/// The message at the place `seq` of `room`, and where it can go, over the page while `asked` holds.
#[component]
pub fn ForwardTo(room: RoomId, seq: i64, asked: RwSignal<bool>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let draw = move || {
        let dialog = opened();
        let field = NodeRef::<Input>::new();
        effect(move || {
            if let Some(field) = field.get() {
                // Fails only for an element that takes no focus.
                let _ = field.focus();
            }
        });
        let end = move || {
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
        };
        closed_by_back(end);
        let close = when(move |_: MouseEvent| end());
        let wanted = RwSignal::new(String::new());
        bring_people(store, wanted);
        // Kept while the search hides their rows.
        let sendings = StoredValue::new(HashMap::<_, Sending>::new());
        let owner = Owner::current().unwrap_or_default();
        let sending = move |target| {
            let made = || owner.with(Sending::new);
            sendings.try_update_value(|all| *all.entry(target).or_insert_with(made))
        };
        // Where each stood first: what is sent moves a conversation up, but no other row below the mouse.
        let places = StoredValue::new(HashMap::new());
        let found = memo(move || {
            let wanted = wanted.with(|text| page::lower(text.trim()));
            let mut targets = targets(store, lang);
            targets.sort_by_cached_key(|shown| {
                places.try_update_value(|places| {
                    let next = places.len();
                    *places.entry(shown.target).or_insert(next)
                })
            });
            targets.retain(|shown| shown.names.contains(&wanted));
            targets
        });
        let lines = move || {
            let line = |shown: Shown| {
                let key = match shown.target {
                    Target::Group(id) => (0, id.0.unsigned_abs(), 0),
                    Target::Person(id) => (1, id.0.unsigned_abs(), 0),
                };
                let sending = sending(shown.target);
                Line::new(key, move || {
                    sending
                        .map(|sending| view! { <Row shown sending origin=(room, seq)/> })
                        .into_any()
                })
            };
            found.get().into_iter().map(line).collect()
        };
        let nobody = shown_if(
            move || found.with(Vec::is_empty),
            move || view! { <p class="none">{lang.no_results()}</p> }.into_any(),
        );
        view! {
            <dialog
                class="sheet"
                node_ref=dialog
                aria-label=lang.forward_to()
                on:close=when(move |_| asked.set(false))
            >
                <header>
                    <h2>{lang.forward_to()}</h2>
                    <button type="button" class="icon-button" on:click=close aria-label=lang.close()>
                        <Icon name=IconName::X/>
                    </button>
                </header>
                <div class="pick">
                    <SearchField text=wanted label=lang.field_search() field/>
                    <ul>{keyed_list(lines)}</ul>
                    <div role="status">{nobody}</div>
                    <MorePeople/>
                </div>
            </dialog>
        }
        .into_any()
    };
    shown_if(move || asked.get(), draw)
}

/// Everywhere a message can go: where one has talked last comes first, then everybody by name.
fn targets(store: Store, lang: Lang) -> Vec<Shown> {
    let me = store.me.with(|me| me.id);
    let mut rooms: Vec<_> = store.rooms.with(|rooms| rooms.values().cloned().collect());
    rooms.retain(|room| !room.archived);
    rooms.sort_by_key(Room::place);
    let groups = rooms.iter().map(|room| match room.peer {
        Some(peer) => Target::Person(peer),
        None => Target::Group(room.id),
    });
    let mut order: Vec<Target> = groups.collect();
    let mut people: Vec<Person> = store
        .people
        .with(|people| people.values().filter(|person| !person.is_gone()).cloned().collect());
    people.sort_by_cached_key(|person| (page::lower(&person.display_name), person.id));
    let others = people.iter().map(|person| Target::Person(person.id));
    let others: Vec<_> = others.filter(|target| !order.contains(target)).collect();
    order.extend(others);
    let shown = |target| match target {
        Target::Group(id) => {
            let room = rooms.iter().find(|room| room.id == id)?;
            let title = store.title(room, lang);
            Some(Shown { target, names: page::lower(&title), title, picture: room.avatar })
        }
        Target::Person(id) => {
            let person = people.iter().find(|person| person.id == id)?;
            let title = match id == me {
                true => lang.notes().to_owned(),
                false => person.display_name.clone(),
            };
            let names = page::lower(&format!("{title}\n{}", person.name));
            Some(Shown { target, title, names, picture: person.avatar })
        }
    };
    order.into_iter().filter_map(shown).collect()
}

/// How far it is with one target.
#[derive(Clone, Copy)]
struct Sending {
    /// The same when it is tried again: the server may have it, and its answer was lost.
    id: StoredValue<ClientId>,
    pending: RwSignal<bool>,
    answer: RwSignal<Option<Result<(), Error>>>,
}

impl Sending {
    fn new() -> Self {
        let id = StoredValue::new(ClientId::from_bytes(random()));
        Self { id, pending: RwSignal::new(false), answer: RwSignal::new(None) }
    }
}

/// Where a message can go, and whether it went there.
#[component]
fn Row(shown: Shown, sending: Sending, origin: (RoomId, i64)) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let Sending { id, pending, answer } = sending;
    let target = shown.target;
    let is_sent = memo(move || matches!(answer.get(), Some(Ok(()))));
    let send = when(move |_: MouseEvent| {
        if pending.get_untracked() || is_sent.get_untracked() {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            let sent = send(store, target, id.get_value(), origin).await;
            // The sheet may have been closed meanwhile.
            pending.try_set(false);
            answer.try_set(Some(sent));
        });
    });
    let title = shown.title.clone();
    let word = move || if is_sent.get() { lang.sent() } else { lang.send() };
    let label = live(move || format!("{}: {title}", word()));
    let failed = live(move || {
        let error = answer.get()?.err()?;
        Some(view! { <p class="form-error">{lang.error(&error)}</p> }.into_any())
    });
    let is_group = matches!(target, Target::Group(_));
    view! {
        <li>
            <div class="row">
                <Avatar name=shown.title.clone() picture=shown.picture size=AvatarSize::Small group=is_group/>
                <span class="what"><span class="name" dir="auto">{shown.title}</span></span>
                <button
                    type="button"
                    class="secondary"
                    aria-label=label
                    // Not `disabled`, with which the focus would go.
                    aria-disabled=live(move || (pending.get() || is_sent.get()).to_string())
                    on:click=send
                >
                    {live(word)}
                </button>
            </div>
            <div role="alert">{failed}</div>
        </li>
    }
    .into_any()
}

/// Sends the message at `origin` there; whoever was never talked to gets a conversation first.
async fn send(
    store: Store,
    target: Target,
    id: ClientId,
    (from, seq): (RoomId, i64),
) -> Result<(), Error> {
    let room = match target {
        Target::Group(room) => room,
        Target::Person(person) => open_direct(person).await?,
    };
    forward(room, id, from, seq).await?;
    store.wake_poll(Wake::Soon);
    Ok(())
}
