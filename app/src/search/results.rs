//! What was found, in three sections: the same in the page and on the page without JavaScript.

use super::{Found, Hit, looking::Filters};
use crate::{
    account::Person,
    i18n::use_lang,
    ids::RoomId,
    message::{Kind, reply::carried},
    room::{Group, Room, sidebar::PersonRow},
    sync::{naming::group_name, store::use_store},
    ui::{
        address::Address,
        avatar::{Avatar, AvatarSize},
        erased::{live, when},
        time::iso,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// People, groups and messages; nothing of a section that is empty.
#[component]
pub fn Results(found: Found) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let Found { people, groups, hits, senders, indexing, .. } = found;
    store.meet(senders.into_iter().chain(people.iter().cloned()).collect());
    let nothing = people.is_empty() && groups.is_empty() && hits.is_empty();
    let section = |title: &'static str, rows: Vec<AnyView>| {
        let rows = (!rows.is_empty()).then_some(rows)?;
        Some(view! { <h2>{title}</h2> <ul>{rows}</ul> }.into_any())
    };
    let people =
        people.into_iter().map(|person| view! { <li><PersonRow id=person.id/></li> }.into_any());
    let groups = groups.into_iter().map(|group| view! { <GroupRow group/> }.into_any());
    let hits = hits.into_iter().map(|hit| view! { <HitRow hit/> }.into_any());
    view! {
        {section(lang.people(), people.collect())}
        {section(lang.groups(), groups.collect())}
        {section(lang.messages(), hits.collect())}
        <div role="status">
            {nothing.then(|| view! { <p class="none">{lang.no_results()}</p> }.into_any())}
            {indexing.then(|| view! { <p class="none">{lang.indexing()}</p> }.into_any())}
        </div>
    }
    .into_any()
}

/// A group: one's own leads there; others are joined where groups are.
#[component]
fn GroupRow(group: Group) -> impl IntoView {
    let lang = use_lang();
    let name = group_name(&group.name, lang);
    let href = if group.is_member { format!("/room/{}", group.id) } else { "/groups".to_owned() };
    view! {
        <li>
            <a class="row" href=href>
                <Avatar name=name.clone() picture=group.avatar group=true/>
                <span class="what">
                    <span class="top"><span class="name" dir="auto">{name}</span></span>
                    <span class="bottom">
                        <span class="last">{lang.member_count(group.members)}</span>
                        {(!group.is_member).then(|| view! { <span class="role">{lang.join_group()}</span> }.into_any())}
                    </span>
                </span>
            </a>
        </li>
    }
    .into_any()
}

#[component]
fn HitRow(hit: Hit) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let address: Address = expect_context();
    let Hit { room, seq, sender, created, .. } = hit;
    let title =
        store.rooms.with_untracked(|rooms| rooms.get(&room).map(|room| store.title(room, lang)));
    let name = store.name(sender);
    let zone = store.zone.get_untracked();
    let time = zone.local(created).short(zone.local(store.now.get_untracked()), lang);
    let go = when(move |event: MouseEvent| {
        event.prevent_default();
        store.find.set(Some((room, seq)));
        address.go(&format!("/room/{room}"));
    });
    let picture = store.people.with_untracked(|people| people.get(&sender)?.avatar);
    let words = match hit.excerpt.as_str() {
        name if name.is_empty() || hit.kind == Kind::Sticker => {
            carried(hit.kind, name, lang).into_any()
        }
        excerpt => marked(excerpt, &hit.marks),
    };
    view! {
        <li>
            <a class="row hit" href=format!("/room/{room}?at={seq}#m-{seq}") on:click=go>
                <Avatar name=name.clone() picture size=AvatarSize::Small/>
                <span class="what">
                    <span class="top">
                        <span class="name" dir="auto">{name}</span>
                        <time datetime=iso(created)>{time}</time>
                    </span>
                    <span class="excerpt" dir="auto">{words}</span>
                    <span class="last" dir="auto">{title}</span>
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// A text with these places of it marked.
fn marked(text: &str, marks: &[(u32, u32)]) -> AnyView {
    let letters: Vec<char> = text.chars().collect();
    let part = |from: usize, to: usize| -> String {
        letters.get(from..to).map(|part| part.iter().collect()).unwrap_or_default()
    };
    let mut views = Vec::new();
    let mut last = 0;
    for (from, to) in marks.iter().map(|(from, to)| (*from as usize, *to as usize)) {
        // An empty text would be drawn as a space.
        views.extend((last < from).then(|| part(last, from).into_any()));
        views.push(view! { <mark>{part(from, to)}</mark> }.into_any());
        last = to;
    }
    views.extend((last < letters.len()).then(|| part(last, letters.len()).into_any()));
    views.into_any()
}

/// The fields that narrow a search. `change` is given what to do with the value of one; `room` follows
/// a room that is chosen elsewhere.
#[component]
pub fn FilterFields(
    filters: Filters,
    #[prop(optional)] room: Option<RwSignal<Option<RoomId>>>,
    change: impl Fn(fn(&mut Filters, String), String) + Copy + 'static,
) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let of_room = |room: &Room| (store.title(room, lang), room.id);
    let mut rooms: Vec<_> =
        store.rooms.with_untracked(|rooms| rooms.values().map(of_room).collect());
    rooms.sort_unstable();
    let chosen = filters.room;
    let option = |(title, id): (String, RoomId)| {
        let is_chosen = chosen == Some(id);
        view! { <option value=id.to_string() selected=is_chosen>{title}</option> }.into_any()
    };
    let rooms: Vec<_> = rooms.into_iter().map(option).collect();
    let of_person = |person: &Person| {
        let (name, shown) = (person.name.clone(), person.display_name.clone());
        view! { <option value=name>{shown}</option> }.into_any()
    };
    let people: Vec<_> =
        store.people.with_untracked(|people| people.values().map(of_person).collect());
    let on = move |set: fn(&mut Filters, String)| {
        when(move |event| change(set, event_target_value(&event)))
    };
    let tick = move |set: fn(&mut Filters, String)| {
        when(move |event| {
            let ticked = if event_target_checked(&event) { "true" } else { "" };
            change(set, ticked.to_owned());
        })
    };
    let in_room =
        live(move || room.and_then(|room| room.get()).map(|id| id.to_string()).unwrap_or_default());
    view! {
        <label class="field wide">
            <span class="label">{lang.look_in()}</span>
            <select
                name="room"
                prop:value=in_room
                on:change=on(|filters, value| filters.room = value.parse().ok())
            >
                <option value="">{lang.all_conversations()}</option>
                {rooms}
            </select>
        </label>
        <label class="field wide">
            <span class="label">{lang.sent_by()}</span>
            <input
                name="sender"
                list="senders"
                maxlength="30"
                autocomplete="off"
                placeholder=lang.field_name()
                value=filters.sender
                on:input=on(|filters, value| filters.sender = value)
            />
        </label>
        <datalist id="senders">{people}</datalist>
        <label class="field">
            <span class="label">{lang.from_day()}</span>
            <input
                type="date"
                name="since"
                value=filters.since
                on:input=on(|filters, value| filters.since = value)
            />
        </label>
        <label class="field">
            <span class="label">{lang.to_day()}</span>
            <input
                type="date"
                name="until"
                value=filters.until
                on:input=on(|filters, value| filters.until = value)
            />
        </label>
        <label class="check">
            <input
                type="checkbox"
                name="picture"
                value="true"
                checked=filters.picture
                on:change=tick(|filters, value| filters.picture = !value.is_empty())
            />
            {lang.with_picture()}
        </label>
        <label class="check">
            <input
                type="checkbox"
                name="file"
                value="true"
                checked=filters.file
                on:change=tick(|filters, value| filters.file = !value.is_empty())
            />
            {lang.with_file()}
        </label>
    }
    .into_any()
}
