//! What can be done with a message.

use super::{Kind, Message, api::delete, edits::Edits, forward::ForwardTo, reactions::Choose};
use crate::{
    i18n::use_lang,
    ids::UserId,
    room::{Role, RoomKind, api::open_direct, sidebar::show_room},
    sync::store::{Wake, use_store},
    ui::{
        address::Address,
        browser,
        confirm::Confirm,
        erased::{effect, live, memo, shown_if, when},
        icon::{Icon, IconName, icon_button},
    },
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// From context: the place of the message that was pointed at or given the focus last, as by a touch. That one
/// has the buttons: a conversation has many messages, and its person two hands.
#[derive(Debug, Clone, Copy)]
pub struct Acting {
    pub seq: RwSignal<Option<i64>>,
    /// Whether it is asked if the message is to be deleted, and where it is to go. Kept here, so that a change
    /// of the message, which is then drawn anew, closes neither.
    pub deleting: RwSignal<bool>,
    pub forwarding: RwSignal<bool>,
    /// Whether it is to be edited, as the keyboard asks for from elsewhere.
    pub edit: RwSignal<bool>,
    /// Waits whether the mouse stays where it is.
    passing: StoredValue<Option<TimeoutHandle>>,
}

/// What a message's buttons open below it.
const OPEN: &str = ".msg > .choose, .msg > .edits";
/// A mouse that is over a message for a shorter time passes it on its way to the buttons of another.
const PASSING: Duration = Duration::from_millis(120);

impl Acting {
    /// Nobody points at a message yet.
    #[must_use]
    pub fn nowhere() -> Self {
        Self {
            seq: RwSignal::new(None),
            deleting: RwSignal::new(false),
            forwarding: RwSignal::new(false),
            edit: RwSignal::new(false),
            passing: StoredValue::new(None),
        }
    }

    /// The mouse comes over the message at this place.
    pub fn approach(self, seq: i64) {
        if let Some(passing) = self.passing.try_update_value(Option::take).flatten() {
            passing.clear();
        }
        if self.seq.get_untracked().is_none_or(|at| at == seq) {
            return self.point(seq);
        }
        // What is open, or is about to be, stays while new messages move others below a mouse that rests.
        if self.edit.get_untracked() || browser::is_there(OPEN) {
            return;
        }
        let stay = move || {
            // The room may have been left meanwhile.
            if self.edit.try_get_untracked() == Some(false) {
                self.point(seq);
            }
        };
        self.passing.set_value(set_timeout_with_handle(stay, PASSING).ok());
    }

    /// The message at this place is pointed at.
    pub fn point(self, seq: i64) {
        if self.seq.get_untracked() != Some(seq) {
            self.deleting.set(false);
            self.forwarding.set(false);
            self.edit.set(false);
            self.seq.set(Some(seq));
        }
    }
}

/// A message, and what its buttons change about it.
#[derive(Debug, Clone)]
pub struct Acted {
    pub message: Message,
    pub editing: RwSignal<bool>,
    pub failed: RwSignal<Option<String>>,
}

/// What is open below a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Below {
    Choose,
    Edits,
}

/// The buttons of a message, and what they open below it.
#[component]
pub fn Actions(acted: Acted) -> impl IntoView {
    let Acted { message, editing, failed } = acted;
    let lang = use_lang();
    let store = use_store();
    let Acting { seq: at, deleting, forwarding, edit, .. } = expect_context();
    let below = RwSignal::new(None::<Below>);
    let (room, seq, sender) = (message.room, message.seq, message.sender);
    let mine = store.me.with_untracked(|me| me.id == sender);
    let (role, kind) = store.rooms.with_untracked(|rooms| {
        rooms.get(&room).map_or((Role::Member, RoomKind::Group), |room| (room.role, room.kind))
    });
    let is_open = memo(move || store.rooms.with(|all| all.get(&room).is_some_and(|r| !r.archived)));
    let has_words = !message.body.is_empty() && message.kind != Kind::Sticker;
    let may_edit = mine && has_words && message.forwarded.is_none();
    effect(move || {
        // The buttons that were here before are about to go.
        if edit.get() && at.get_untracked() == Some(seq) {
            edit.set(false);
            editing.set(may_edit && is_open.get_untracked());
        }
    });
    let may_look_back = message.edited.is_some() && (mine || role.manages());
    let link = format!("{}/room/{room}?at={seq}#m-{seq}", browser::origin());
    let answer = move || {
        store.answer(room, Some(seq));
        browser::focus(".composer textarea");
    };
    let open = move |what| {
        below.update(|below| *below = (*below != Some(what)).then_some(what));
        if below.get_untracked() == Some(Below::Choose) {
            request_animation_frame(|| browser::focus(".choose button"));
        }
    };
    let remove = move || {
        spawn_local(async move {
            match delete(room, seq).await {
                Ok(_) => store.wake_poll(Wake::Soon),
                Err(error) => {
                    failed.try_set(Some(lang.error(&error)));
                }
            }
        });
    };
    let words = message.body.clone();
    let opened = live(move || {
        below.get().map(|below| match below {
            Below::Choose => {
                let close = Callback::new(move |()| {
                    open(Below::Choose);
                    browser::focus(&format!("#m-{seq} .actions button"));
                });
                view! { <Choose room seq close failed/> }.into_any()
            }
            Below::Edits => view! { <Edits room seq/> }.into_any(),
        })
    });
    let is_heard = move || {
        let peer = store.rooms.with(|rooms| store.peer(rooms.get(&room)?));
        is_open.get() && !peer.is_some_and(|peer| peer.is_gone())
    };
    let answering = shown_if(is_heard, move || {
        view! {
            {icon_button(lang.react(), IconName::SMILE, move || open(Below::Choose))}
            {icon_button(lang.answer(), IconName::REPLY, answer)}
        }
        .into_any()
    });
    let changing = shown_if(
        move || mine && is_open.get(),
        move || {
            view! {
                {may_edit.then(|| icon_button(lang.edit(), IconName::PENCIL, move || editing.set(true)))}
                {icon_button(lang.delete(), IconName::TRASH, move || deleting.set(true))}
            }
            .into_any()
        },
    );
    let is_there =
        store.people.with_untracked(|all| all.get(&sender).is_some_and(|one| !one.is_gone()));
    let is_other = !mine && kind == RoomKind::Group && is_there;
    let (in_bar, on_avatar) = is_other.then(|| write_to(sender, failed)).unzip();
    view! {
        <div class="actions">
            {answering}
            {icon_button(lang.forward(), IconName::FORWARD, move || forwarding.set(true))}
            {has_words.then(|| view! { <CopyButton text=words label=lang.copy() icon=IconName::COPY/> })}
            <CopyButton text=link label=lang.copy_link() icon=IconName::LINK/>
            {may_look_back
                .then(|| icon_button(lang.earlier_versions(), IconName::CLOCK, move || open(Below::Edits)))}
            {changing}
            {in_bar}
        </div>
        {on_avatar}
        {opened}
        <ForwardTo room seq asked=forwarding/>
        {mine.then(|| view! {
            <Confirm asked=deleting question=lang.delete_really() yes=lang.delete() act=remove/>
        })}
    }
    .into_any()
}

/// Opens the private conversation with a message's sender: a button for the bar, and for the mouse one that
/// lies over their picture.
fn write_to(sender: UserId, failed: RwSignal<Option<String>>) -> (AnyView, AnyView) {
    let lang = use_lang();
    let (store, address) = (use_store(), expect_context::<Address>());
    let write = move || {
        spawn_local(async move {
            match open_direct(sender).await {
                Ok(room) => show_room(store, address, room),
                Err(error) => drop(failed.try_set(Some(lang.error(&error)))),
            }
        });
    };
    let label = lang.write_to(store.name(sender));
    let button = |class, icon: Option<IconName>| {
        let is_double = icon.is_none();
        view! {
            <button
                type="button"
                class=class
                title=label.clone()
                aria-label=label.clone()
                aria-hidden=is_double.then_some("true")
                tabindex=is_double.then_some("-1")
                on:click=when(move |_| write())
            >
                {icon.map(|name| view! { <Icon name/> })}
            </button>
        }
        .into_any()
    };
    (button("icon-button", Some(IconName::MESSAGE_CIRCLE)), button("author", None))
}

/// Copies a text, and says so until the focus leaves it.
#[component]
fn CopyButton(text: String, label: &'static str, icon: IconName) -> impl IntoView {
    let lang = use_lang();
    let copied = RwSignal::new(false);
    let label = move || if copied.get() { lang.copied() } else { label };
    let icon = live(move || {
        let name = if copied.get() { IconName::CHECK } else { icon };
        view! { <Icon name/> }.into_any()
    });
    view! {
        <button
            type="button"
            class="icon-button"
            title=live(label)
            aria-label=live(label)
            on:click=when(move |_| copied.set(browser::copy_text(&text)))
            on:blur=when(move |_| copied.set(false))
        >
            {icon}
        </button>
    }
    .into_any()
}
