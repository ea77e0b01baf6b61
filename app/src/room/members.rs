//! Who is in a room, and what one may do about them.

use super::{
    Member, Role,
    api::{members, open_direct, remove_member, set_role},
    sidebar::show_room,
};
use crate::{
    error::Error,
    i18n::{Lang, use_lang},
    ids::{RoomId, UserId},
    message::Kind,
    sync::store::use_store,
    ui::{
        address::Address,
        avatar::Avatar,
        erased::{Key, Line, effect, keyed_list, live, memo, shown_if, when},
        form::Form,
        icon::{Icon, IconName},
        sure::SureButton,
    },
};
use leptos::{prelude::*, task::spawn_local};

/// The members of a room, as far as they were asked for; cheap to copy.
#[derive(Clone, Copy)]
pub struct Members {
    room: RoomId,
    list: RwSignal<Vec<Member>>,
    after: RwSignal<Option<String>>,
    failed: RwSignal<Option<Error>>,
}

impl Members {
    /// Those of `room`, asked for now and whenever they change.
    #[must_use]
    pub fn of(room: RoomId) -> Self {
        let store = use_store();
        let members = Self {
            room,
            list: RwSignal::default(),
            after: RwSignal::default(),
            failed: RwSignal::default(),
        };
        let timeline = store.timeline(room);
        let newest_event = move || {
            timeline.with(|timeline| {
                let mut events = timeline.messages().rev().filter(|m| m.kind == Kind::Event);
                events.next().map(|event| event.seq)
            })
        };
        let count = move || store.rooms.with(|rooms| rooms.get(&room).map(|room| room.members));
        let changes = memo(move || (newest_event(), count()));
        effect(move || {
            // Read, not just tracked: what nobody reads is not worked out.
            changes.get();
            members.load(None);
        });
        members
    }

    /// Whether somebody is among them.
    #[must_use]
    pub fn contains(self, person: UserId) -> bool {
        self.list.with(|list| list.iter().any(|member| member.person.id == person))
    }

    /// Asks for those after `from`; from the first one on in place of all that there are.
    fn load(self, from: Option<String>) {
        let Self { room, list, after, failed } = self;
        spawn_local(async move {
            match members(room, from.clone(), None).await {
                // Asked for twice, it is taken in once.
                Ok(_) if from.is_some() && after.try_get_untracked() != Some(from.clone()) => {}
                Ok(page) => {
                    list.try_update(|list| {
                        if from.is_none() {
                            list.clear();
                        }
                        list.extend(page.members);
                    });
                    after.try_set(page.after);
                    failed.try_set(None);
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    }
}

/// The list of them.
#[component]
pub fn MemberList(members: Members) -> impl IntoView {
    let lang = use_lang();
    let Members { room, list, after, failed } = members;
    let lines = move || {
        let line = |member: Member| {
            Line::new(key(&member), move || {
                view! { <li><MemberRow room member failed/></li> }.into_any()
            })
        };
        list.get().into_iter().map(line).collect()
    };
    let more = shown_if(
        move || after.with(Option::is_some),
        move || {
            let more = when(move |_| members.load(after.get_untracked()));
            view! { <button type="button" class="more" on:click=more>{lang.more_people()}</button> }
                .into_any()
        },
    );
    view! {
        <h3>{lang.members()}</h3>
        <ul class="members">{keyed_list(lines)}</ul>
        <p role="alert">{live(move || failed.get().map(|error| lang.error(&error)))}</p>
        {more}
    }
}

/// A member is drawn anew when their role changes.
fn key(member: &Member) -> Key {
    (member.role as u8, member.person.id.0.unsigned_abs(), 0)
}

#[component]
fn MemberRow(room: RoomId, member: Member, failed: RwSignal<Option<Error>>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let Member { person, role } = member;
    let id = person.id;
    let presence = Signal::derive(move || Some(store.presence_of(id)));
    let own = memo(move || {
        store.rooms.with(|rooms| rooms.get(&room).map_or(Role::Member, |room| room.role))
    });
    let (name, about) = (person.display_name.clone(), person.about());
    let deeds = shown_if(
        move || own.get().may_remove(role),
        move || view! { <MemberDeeds room id role own name=name.clone()/> }.into_any(),
    );
    let badge =
        (role != Role::Member).then(|| view! { <span class="role">{lang.role(role)}</span> });
    let address: Address = expect_context();
    let label = lang.write_to(&person.display_name);
    let write = move || {
        spawn_local(async move {
            match open_direct(id).await {
                Ok(room) => show_room(store, address, room),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    view! {
        <button
            type="button"
            class="row"
            title=label
            disabled=!store.is_group(room)
            on:click=when(move |_| write())
        >
            <Avatar name=person.display_name.clone() picture=person.avatar presence/>
            <span class="what">
                <span class="top">
                    <span class="name" dir="auto">{person.display_name}</span>
                    {badge}
                </span>
                <span class="bottom">
                    <span class="last" dir="auto">
                        {live(move || lang.presence(store.presence_of(id)))}
                        {format!(" · {about}")}
                    </span>
                </span>
            </span>
        </button>
        {deeds}
    }
}

/// What one may do about a member of a lower role.
#[component]
fn MemberDeeds(
    room: RoomId,
    id: UserId,
    role: Role,
    own: Memo<Role>,
    name: String,
) -> impl IntoView {
    let lang = use_lang();
    let form = Form::new("");
    let error = form.error();
    let give = move |role| form.send(set_role(room, id, role));
    let (change, to) = match role {
        Role::Administrator => (lang.make_member(), Role::Member),
        Role::Member | Role::Owner => (lang.make_administrator(), Role::Administrator),
    };
    let (over, out) = (lang.hand_over_really(&name), lang.remove_really(&name));
    let of_owner = shown_if(
        move || own.get() == Role::Owner,
        move || {
            view! {
                <button type="button" class="secondary" on:click=when(move |_| give(to))>{change}</button>
                <SureButton
                    label=lang.hand_over()
                    question=over.clone()
                    act=move || give(Role::Owner)
                />
            }
            .into_any()
        },
    );
    let label = lang.member_actions(name);
    let shown = RwSignal::new(false);
    let deeds = shown_if(
        move || shown.get(),
        move || {
            view! {
                <div class="deeds">
                    {of_owner.clone()}
                    <SureButton
                        label=lang.remove_member()
                        question=out.clone()
                        act=move || form.send(remove_member(room, id))
                    />
                    <p role="alert">{live(move || error.get().map(|error| lang.error(&error)))}</p>
                </div>
            }
            .into_any()
        },
    );
    view! {
        <button
            type="button"
            class="icon-button"
            title=label.clone()
            aria-label=label
            aria-expanded=live(move || shown.get().to_string())
            on:click=when(move |_| shown.update(|shown| *shown = !*shown))
        >
            <Icon name=IconName::MORE_HORIZONTAL/>
        </button>
        {deeds}
    }
}

impl Lang {
    /// What a role is called; nothing for one that is nothing special.
    #[must_use]
    pub fn role(self, role: Role) -> &'static str {
        match role {
            Role::Owner => self.owner(),
            Role::Administrator => self.administrator(),
            Role::Member => "",
        }
    }
}
