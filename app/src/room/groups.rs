//! The pane of groups: a new one, and those that one may join.

use super::{
    ADDED_MAX, Group,
    add_people::PickPeople,
    api::{add_members, create_group, groups, join_group},
    describe::GroupFields,
    header::LinkBanner,
    sidebar::{page_title, show_room},
};
use crate::{
    account::gate::FormError,
    error::Error,
    i18n::use_lang,
    ids::{RoomId, UserId},
    sync::{naming::group_name, store::use_store},
    ui::{
        address::Address,
        avatar::Avatar,
        erased::{Line, effect, keyed_list, live, memo, shown_if, when},
        form::{Fields, Form},
        icon::{Icon, IconName},
        page,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// The pane.
#[component]
pub fn GroupsPane() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    view! {
        {page::title(move || page_title(store, lang.groups()))}
        <main class="settings" id="main" tabindex="-1">
            <LinkBanner/>
            <header>
                <a class="icon-button back" href="/" aria-label=lang.back()>
                    <Icon name=IconName::BACK/>
                </a>
                <h1>{lang.groups()}</h1>
            </header>
            <NewGroup/>
            <PublicGroups/>
        </main>
    }
    .into_any()
}

#[component]
fn NewGroup() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let address: Address = expect_context();
    let form = Form::new("/api/create_group");
    let error = form.error();
    let me = store.me.with_untracked(|me| me.id);
    let picked = RwSignal::new(BTreeSet::<UserId>::new());
    let opened = RwSignal::new(false);
    let people = shown_if(
        move || opened.get(),
        move || {
            view! {
                <div class="pick">
                    <PickPeople picked is_in=move |person| person == me/>
                </div>
            }
            .into_any()
        },
    );
    let count = live(move || match picked.with(BTreeSet::len) {
        0 => lang.add_people().to_owned(),
        count => format!("{} · {count}", lang.add_people()),
    });
    let create = when(move |event: SubmitEvent| {
        let fields = Fields::of(&event);
        let (name, introduction) = (fields.text("name"), fields.text("introduction"));
        let public = fields.is_true("public");
        let people: Vec<_> = picked.get_untracked().into_iter().collect();
        form.send(async move {
            let room = create_group(name, introduction, public).await?;
            for people in people.chunks(ADDED_MAX) {
                // The group is there, and says who was added: others can be later.
                if add_members(room, people.to_vec()).await.is_err() {
                    break;
                }
            }
            show_room(store, address, room);
            Ok(())
        });
    });
    view! {
        <section class="panel" aria-labelledby="new-group">
            <h2 id="new-group">{lang.new_group()}</h2>
            <form id="create-group" method="post" action="/api/create_group" on:submit=create>
                <FormError error/>
                <GroupFields error/>
            </form>
            <button
                type="button"
                class="secondary with-people needs-script"
                aria-expanded=live(move || opened.get().to_string())
                on:click=when(move |_| opened.update(|opened| *opened = !*opened))
            >
                {count}
            </button>
            {people}
            <button class="primary" form="create-group" prop:disabled=form.pending>
                {lang.create_group()}
            </button>
        </section>
    }
}

#[component]
fn PublicGroups() -> impl IntoView {
    let lang = use_lang();
    let found = RwSignal::new(None::<Vec<Group>>);
    let before = RwSignal::new(None::<RoomId>);
    let failed = RwSignal::new(None::<Error>);
    let load = move || {
        spawn_local(async move {
            let from = before.get_untracked();
            match groups(from).await {
                // Asked for twice, it is taken in once.
                Ok(_) if before.try_get_untracked() != Some(from) => {}
                Ok(page) => {
                    found.update(|found| found.get_or_insert_default().extend(page.groups));
                    before.set(page.before);
                    failed.set(None);
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    effect(load);
    let lines = move || {
        let line = |group: Group| {
            let key = (0, group.id.0.unsigned_abs(), 0);
            Line::new(key, move || view! { <li class="row"><GroupRow group/></li> }.into_any())
        };
        found.get().unwrap_or_default().into_iter().map(line).collect()
    };
    let waiting = live(move || {
        let words = match (failed.get(), found.with(|found| found.as_ref().map(Vec::len))) {
            (Some(error), _) => lang.error(&error),
            (None, Some(0)) => lang.no_groups().to_owned(),
            (None, Some(_)) => return None,
            (None, None) => return Some(view! { <div class="skeleton"></div> }.into_any()),
        };
        Some(view! { <p class="none">{words}</p> }.into_any())
    });
    let more = shown_if(
        move || before.get().is_some(),
        move || {
            view! {
                <button type="button" class="secondary" on:click=when(move |_| load())>
                    {lang.more_groups()}
                </button>
            }
            .into_any()
        },
    );
    view! {
        <section class="panel" aria-labelledby="public-groups">
            <h2 id="public-groups">{lang.public_groups()}</h2>
            <p>{lang.public_groups_words()}</p>
            <p class="scriptless">{lang.groups_need_script()}</p>
            <ul class="rows">{keyed_list(lines)}</ul>
            <div class="needs-script" role="status">{waiting}</div>
            {more}
        </section>
    }
}

#[component]
fn GroupRow(group: Group) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let address: Address = expect_context();
    let form = Form::new("");
    let error = form.error();
    let id = group.id;
    let name = group_name(&group.name, lang);
    let about = match group.introduction.as_str() {
        "" => lang.member_count(group.members),
        words => format!("{} · {words}", lang.member_count(group.members)),
    };
    let is_member = memo(move || store.rooms.with(|rooms| rooms.contains_key(&id)));
    let label = lang.join_named(&name);
    let deed = live(move || {
        if is_member.get() {
            let address = format!("/room/{id}");
            return view! { <a class="secondary" href=address>{lang.open_group()}</a> }.into_any();
        }
        let join = when(move |event: SubmitEvent| {
            event.prevent_default();
            form.send(async move {
                join_group(id).await?;
                show_room(store, address, id);
                Ok(())
            });
        });
        view! {
            <form method="post" action="/api/join_group" on:submit=join>
                <input type="hidden" name="room" value=id.to_string()/>
                <button class="secondary" aria-label=label.clone() prop:disabled=form.pending>
                    {lang.join_group()}
                </button>
            </form>
        }
        .into_any()
    });
    view! {
        <Avatar name=name.clone() picture=group.avatar group=true/>
        <span class="what">
            <span class="top"><span class="name" dir="auto">{name}</span></span>
            <span class="bottom"><span class="last" dir="auto">{about}</span></span>
            <span role="alert">{live(move || error.get().map(|error| lang.error(&error)))}</span>
        </span>
        {deed}
    }
}
