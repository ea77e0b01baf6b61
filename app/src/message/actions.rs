//! What can be done with a message.

use super::{Message, api::delete};
use crate::{
    error::Error,
    i18n::use_lang,
    sync::store::{Wake, use_store},
    ui::{
        browser,
        confirm::Confirm,
        erased::{live, when},
        icon::{Icon, IconName, icon_button},
    },
};
use leptos::{prelude::*, task::spawn_local};

/// From context: the place of the message that was pointed at, touched or given the focus last. That one
/// has the buttons: a conversation has many messages, and its person two hands.
#[derive(Debug, Clone, Copy)]
pub struct Acting(pub RwSignal<Option<i64>>);

/// A message, and what its buttons change about it.
#[derive(Debug, Clone)]
pub struct Acted {
    pub message: Message,
    pub editing: RwSignal<bool>,
    pub failed: RwSignal<Option<Error>>,
}

/// The buttons of a message.
#[component]
pub fn Actions(acted: Acted) -> impl IntoView {
    let Acted { message, editing, failed } = acted;
    let lang = use_lang();
    let store = use_store();
    let asked = RwSignal::new(false);
    let (room, seq) = (message.room, message.seq);
    let mine = store.me.with_untracked(|me| me.id == message.sender);
    let may_edit = mine && !message.body.is_empty();
    let copied = RwSignal::new(false);
    let words = message.body;
    let may_copy = !words.is_empty();
    let copy = when(move |_| copied.set(browser::copy_text(&words)));
    let copy_label = move || if copied.get() { lang.copied() } else { lang.copy() };
    let copy_icon = live(move || {
        let name = if copied.get() { IconName::Check } else { IconName::Copy };
        view! { <Icon name/> }.into_any()
    });
    let answer = move || {
        store.answer(room, Some(seq));
        browser::focus(".composer textarea");
    };
    let remove = move || {
        spawn_local(async move {
            match delete(room, seq).await {
                Ok(_) => store.wake_poll(Wake::Soon),
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <div class="actions">
            {icon_button(lang.answer(), IconName::Reply, answer)}
            {may_copy.then(|| view! {
                <button
                    type="button"
                    class="icon-button"
                    title=live(copy_label)
                    aria-label=live(copy_label)
                    on:click=copy
                >
                    {copy_icon}
                </button>
            })}
            {may_edit.then(|| icon_button(lang.edit(), IconName::Pencil, move || editing.set(true)))}
            {mine.then(|| icon_button(lang.delete(), IconName::Trash, move || asked.set(true)))}
        </div>
        {mine.then(|| view! {
            <Confirm asked question=lang.delete_really() yes=lang.delete() act=remove/>
        })}
    }
    .into_any()
}
