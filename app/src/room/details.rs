//! What there is to know of a room, and what one can do about it.

use super::{
    Role, Room,
    add_people::AddPeople,
    arrange::{ArchiveGroup, Arrange, LeaveGroup},
    describe::DescribeGroup,
    members::{MemberList, Members},
};
use crate::{
    account::Person,
    i18n::use_lang,
    ids::RoomId,
    invitation::sheet::InviteByLink,
    later,
    sync::store::use_store,
    ui::{
        address::closed_by_back,
        avatar::{Avatar, AvatarSize},
        erased::{effect, live, memo, shown_if, when},
        icon::{Icon, IconName},
    },
};
use leptos::{
    html::{Dialog, H2},
    prelude::*,
};

/// What the sheet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Overview,
    Describe,
    AddPeople,
    Invite,
}

/// A sheet with a room's details; `shown` opens it.
#[component]
pub fn Details(id: RoomId, shown: RwSignal<bool>) -> impl IntoView {
    let lang = use_lang();
    let dialog = NodeRef::<Dialog>::new();
    let heading = NodeRef::<H2>::new();
    let page = RwSignal::new(Page::Overview);
    effect(move || {
        if let (Some(dialog), true) = (dialog.get(), shown.get()) {
            // Fails only if it is open already.
            let _ = dialog.show_modal();
        }
    });
    let turn = move |to: Page| {
        page.set(to);
        // What had the focus is gone.
        if let Some(heading) = heading.get_untracked() {
            let _ = heading.focus();
        }
    };
    let end = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let close = when(move |_| end());
    let closed = when(move |_| {
        shown.set(false);
        page.set(Page::Overview);
    });
    let title = live(move || match page.get() {
        Page::Overview => lang.details(),
        Page::Describe => lang.edit_group(),
        Page::AddPeople => lang.add_people(),
        Page::Invite => lang.invite_by_link(),
    });
    let back = shown_if(
        move || page.get() != Page::Overview,
        move || {
            let back = when(move |_| turn(Page::Overview));
            view! {
                <button type="button" class="icon-button" on:click=back aria-label=lang.back()>
                    <Icon name=IconName::BACK/>
                </button>
            }
            .into_any()
        },
    );
    let content = shown_if(
        move || shown.get(),
        move || {
            closed_by_back(end);
            later::details(Sheet { id, page, turn: Callback::new(turn) })
        },
    );
    view! {
        <dialog class="sheet" node_ref=dialog aria-label=lang.details() on:close=closed>
            <header>
                {back}
                <h2 tabindex="-1" node_ref=heading>{title}</h2>
                <button class="icon-button" on:click=close aria-label=lang.close()>
                    <Icon name=IconName::X/>
                </button>
            </header>
            {content}
        </dialog>
    }
    .into_any()
}

/// The sheet of a room, at one of its pages.
#[derive(Clone, Copy)]
pub struct Sheet {
    id: RoomId,
    page: RwSignal<Page>,
    turn: Callback<Page>,
}

/// What is in the sheet, while it is open.
#[component]
pub fn DetailsSheet(sheet: Sheet) -> impl IntoView {
    let store = use_store();
    let Sheet { id, page, turn } = sheet;
    let members = Members::of(id);
    let overview = move || {
        // Closed meanwhile, it turns nowhere.
        turn.try_run(Page::Overview);
    };
    // Whoever manages no longer is led back.
    let manages =
        memo(move || store.rooms.with(|rooms| rooms.get(&id).is_some_and(Room::is_managed)));
    live(move || match page.get() {
        Page::Describe if manages.get() => {
            let room = store.rooms.with_untracked(|rooms| rooms.get(&id).cloned());
            room.map(|room| view! { <DescribeGroup room done=overview/> }.into_any())
        }
        Page::AddPeople if manages.get() => {
            Some(view! { <AddPeople room=id members done=overview/> }.into_any())
        }
        Page::Invite if manages.get() => Some(view! { <InviteByLink room=id/> }.into_any()),
        _ => Some(view! { <Overview sheet members manages/> }.into_any()),
    })
}

#[component]
fn Overview(sheet: Sheet, members: Members, manages: Memo<bool>) -> impl IntoView {
    let Sheet { id, turn, .. } = sheet;
    let lang = use_lang();
    let store = use_store();
    let room = memo(move || store.rooms.with(|rooms| rooms.get(&id).cloned()));
    let title = memo(move || room.get().map(|room| store.title(&room, lang)).unwrap_or_default());
    let is_group = store.is_group(id);
    let peer = memo(move || room.with(|room| store.peer(room.as_ref()?)));
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
        let own = (room.role != Role::Member).then(|| {
            view! { <dt>{lang.your_role()}</dt> <dd>{lang.role(room.role)}</dd> }
        });
        Some(
            view! {
                <dl class="facts">
                    <dt>{lang.since()}</dt>
                    <dd>{since}</dd>
                    {creator}
                    {own}
                </dl>
            }
            .into_any(),
        )
    });
    let manage = shown_if(
        move || manages.get(),
        move || {
            view! {
                <div class="buttons">
                    <button type="button" class="secondary" on:click=when(move |_| turn.run(Page::AddPeople))>
                        <Icon name=IconName::PLUS/>
                        {lang.add_people()}
                    </button>
                    <button type="button" class="secondary" on:click=when(move |_| turn.run(Page::Invite))>
                        <Icon name=IconName::LINK/>
                        {lang.invite_by_link()}
                    </button>
                    <button type="button" class="secondary" on:click=when(move |_| turn.run(Page::Describe))>
                        <Icon name=IconName::PENCIL/>
                        {lang.edit_group()}
                    </button>
                </div>
            }
            .into_any()
        },
    );
    let archive = shown_if(
        move || room.with(|room| room.as_ref().is_some_and(|room| room.role == Role::Owner)),
        move || view! { <ArchiveGroup room/> }.into_any(),
    );
    let leave = is_group.then(|| view! { <LeaveGroup room/> });
    view! {
        <div class="face">
            <Avatar
                name=title
                picture=Signal::derive(move || room.with(|room| store.picture(room.as_ref()?)))
                group=is_group
                size=AvatarSize::Large
            />
            <strong dir="auto">{title}</strong>
            <p dir="auto">{introduction}</p>
        </div>
        {facts}
        <Arrange room/>
        {manage}
        <MemberList members/>
        {archive}
        {leave}
    }
}
