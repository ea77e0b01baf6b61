//! Adding several people to a group at once.

use super::{ADDED_MAX, api::add_members, members::Members, sidebar::MorePeople};
use crate::{
    account::{Person, gate::FormError},
    i18n::use_lang,
    ids::{RoomId, UserId},
    search::looking::bring_people,
    sync::store::use_store,
    ui::{
        avatar::{Avatar, AvatarSize},
        erased::{Line, keyed_list, live, when},
        form::Form,
        page,
        search::SearchField,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};
use std::collections::BTreeSet;

/// Everybody who is not in `room` yet, to be picked; `done` is called when they were added.
#[component]
pub fn AddPeople(
    room: RoomId,
    members: Members,
    done: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let lang = use_lang();
    let form = Form::new("");
    let error = form.error();
    let picked = RwSignal::new(BTreeSet::<UserId>::new());
    let add = when(move |event: SubmitEvent| {
        event.prevent_default();
        let people: Vec<_> = picked.get_untracked().into_iter().take(ADDED_MAX).collect();
        form.send(async move {
            add_members(room, people).await?;
            done();
            Ok(())
        });
    });
    let count = move || picked.with(BTreeSet::len);
    view! {
        <form class="pick" on:submit=add>
            <PickPeople picked is_in=move |person| members.contains(person)/>
            <div class="buttons">
                <FormError error/>
                <button
                    class="primary"
                    prop:disabled=live(move || count() == 0 || form.pending.get())
                >
                    {live(move || match count() {
                        0 => lang.add_people().to_owned(),
                        count => lang.add_count(count),
                    })}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Everybody who is not there yet, to be picked.
#[component]
pub fn PickPeople(
    picked: RwSignal<BTreeSet<UserId>>,
    is_in: impl Fn(UserId) -> bool + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let wanted = RwSignal::new(String::new());
    bring_people(store, wanted);
    let strangers = move || {
        let wanted = wanted.with(|text| page::lower(text.trim()));
        store.people.with(|people| {
            let is_shown = |person: &&Person| {
                !is_in(person.id) && !person.is_gone() && person.is_called(&wanted)
            };
            let mut shown: Vec<Person> = people.values().filter(is_shown).cloned().collect();
            shown.sort_by_cached_key(|person| (page::lower(&person.display_name), person.id));
            shown
        })
    };
    let lines = move || {
        let line = |person: Person| {
            let key = (0, person.id.0.unsigned_abs(), 0);
            Line::new(key, move || view! { <li><Pick person picked/></li> }.into_any())
        };
        strangers().into_iter().map(line).collect()
    };
    let nobody = live(move || {
        let is_typed = !wanted.with(String::is_empty);
        let are_all = is_typed || store.people_after.with(Option::is_none);
        let words = if is_typed { lang.no_results() } else { lang.everyone_is_here() };
        (are_all && strangers().is_empty())
            .then(|| view! { <p class="none">{words}</p> }.into_any())
    });
    view! {
        <SearchField text=wanted label=lang.find_people()/>
        <ul>{keyed_list(lines)}</ul>
        <div role="status">{nobody}</div>
        <MorePeople/>
    }
    .into_any()
}

#[component]
fn Pick(person: Person, picked: RwSignal<BTreeSet<UserId>>) -> impl IntoView {
    let store = use_store();
    let id = person.id;
    let presence = Signal::derive(move || Some(store.presence_of(id)));
    let is_picked = live(move || picked.with(|picked| picked.contains(&id)));
    let pick = when(move |event| {
        let is_checked = event_target_checked(&event);
        picked.update(|picked| {
            if is_checked {
                picked.insert(id);
            } else {
                picked.remove(&id);
            }
        });
    });
    view! {
        <label class="row">
            <input type="checkbox" prop:checked=is_picked on:change=pick/>
            <Avatar name=person.display_name.clone() picture=person.avatar presence size=AvatarSize::Small/>
            <span class="what">
                <span class="name" dir="auto">{person.display_name}</span>
                <span class="last">{format!("@{}", person.name)}</span>
            </span>
        </label>
    }
}
