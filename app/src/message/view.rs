//! One message on the page.

use super::{
    Kind, Message,
    actions::{Acted, Acting},
    api::edit,
    reply::{Quote, tombstone},
    seen::{NewestOwn, Sent},
    sticker::drawn,
    words::Text,
};
use crate::{
    error::Error,
    i18n::use_lang,
    ids::{RoomId, UserId},
    later,
    media::Attachment,
    sync::{
        outbox::{Entry, State},
        store::{Wake, use_store},
    },
    ui::{
        avatar::Avatar,
        browser::{self, is_composing},
        erased::{effect, live, memo, shown_if, when},
        icon::{Icon, IconName},
        time::iso,
    },
};
use leptos::{prelude::*, task::spawn_local};

/// A message that the server has.
#[component]
pub fn MessageView(
    message: Message,
    mine: bool,
    /// Whether it is the first, and the last, of its group.
    ends: Memo<(bool, bool)>,
) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let (room, seq) = (message.room, message.seq);
    let is_kept = store.edit.get_untracked() == Some((room, seq));
    let editing = RwSignal::new(is_kept && !message.deleted);
    let sender = message.sender;
    let person = memo(move || store.people.with(|people| people.get(&sender).cloned()));
    let name = memo(move || {
        person.with(|p| p.as_ref().map(|p| p.display_name.clone()).unwrap_or_default())
    });
    let created = message.created;
    let (deleted, edited) = (message.deleted, message.edited.is_some());
    let NewestOwn(newest_own) = expect_context();
    let Acting { seq: acting, .. } = expect_context();
    let failed = RwSignal::new(None::<String>);
    let first = move || ends.get().0;
    let who = live(move || {
        first().then(|| {
            let clock = live(move || store.zone.get().local(created).clock());
            view! {
                <div class="who">
                    <b dir="auto">{name}</b>
                    <time datetime=iso(created)>{clock}</time>
                </div>
            }
            .into_any()
        })
    });
    let avatar = live(move || {
        (first() && !mine).then(|| {
            view! {
                <Avatar
                    name=name
                    picture=Signal::derive(move || person.with(|person| person.as_ref()?.avatar))
                />
            }
            .into_any()
        })
    });
    let message = StoredValue::new(message);
    let bubble = live(move || {
        if editing.get() {
            later::editor(message.get_value(), editing)
        } else {
            view! { <Bubble message=message.get_value()/> }.into_any()
        }
    });
    // What hardly any message has keeps one place in the page, rather than one each.
    let is_acted_on = move || !deleted && acting.get() == Some(seq);
    let below = shown_if(
        move || is_acted_on() || failed.with(Option::is_some),
        move || {
            view! {
                {shown_if(
                    is_acted_on,
                    move || later::actions(Acted { message: message.get_value(), editing, failed }),
                )}
                {live(move || failed.get().map(|why| {
                    view! { <p class="state failed" role="alert">{why}</p> }.into_any()
                }))}
            }
            .into_any()
        },
    );
    view! {
        <li
            class="msg"
            class:mine=mine
            class:first=live(first)
            class:last-of=live(move || ends.get().1)
            class:deleted=deleted
            id=format!("m-{seq}")
            tabindex="-1"
        >
            {avatar}
            {who}
            {bubble}
            {(edited && !deleted).then(|| view! { <span class="edited">{lang.edited()}</span> })}
            {(mine && !deleted).then(|| shown_if(
                move || newest_own.get() == Some(seq),
                move || view! { <Sent room seq/> }.into_any(),
            ))}
            {below}
        </li>
    }
    .into_any()
}

#[component]
fn Bubble(message: Message) -> impl IntoView {
    let lang = use_lang();
    if message.deleted {
        return view! { <div class="bubble">{tombstone(&message.body, lang)}</div> }.into_any();
    }
    let Message { room, kind, body, attachments, reply_to, mentions, forwarded, .. } = message;
    let above = match (reply_to, forwarded) {
        (Some(seq), _) => Some(view! { <Quote room seq/> }.into_any()),
        (None, Some(author)) => Some(forwarded_from(author)),
        (None, None) => None,
    };
    said(room, kind, (body, mentions), attachments, above)
}

/// Who wrote first what was forwarded.
fn forwarded_from(author: UserId) -> AnyView {
    let lang = use_lang();
    let store = use_store();
    let words = live(move || lang.forwarded_from(store.name(author)));
    view! { <p class="forwarded" dir="auto"><Icon name=IconName::FORWARD/> {words}</p> }.into_any()
}

/// What a message says: what stands `above`, what it carries, its words and whom they mention.
fn said(
    room: RoomId,
    kind: Kind,
    (body, mentions): (String, Vec<UserId>),
    attachments: Vec<Attachment>,
    above: Option<AnyView>,
) -> AnyView {
    if attachments.is_empty() {
        let big = matches!(kind, Kind::Emoji | Kind::Sticker);
        let words = match kind {
            Kind::Sticker => drawn(&body, use_lang()),
            _ => view! { <Text body mentions/> }.into_any(),
        };
        return view! { <div class="bubble" class:big=big dir="auto">{above}{words}</div> }
            .into_any();
    }
    let caption = (!body.is_empty())
        .then(|| view! { <div class="caption" dir="auto"><Text body mentions/></div> });
    view! { <div class="bubble picture">{above}{later::attached(room, attachments)}{caption}</div> }
        .into_any()
}

/// A message's words while they are changed.
#[component]
pub fn Editor(message: Message, editing: RwSignal<bool>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let (room, seq) = (message.room, message.seq);
    let text = RwSignal::new(match store.edit.get_untracked() == Some((room, seq)) {
        true => store.edit_text.get_value(),
        false => message.body.clone(),
    });
    let completing = super::composer::Completing::nothing();
    let failed = RwSignal::new(None::<Error>);
    let field = NodeRef::<leptos::html::Textarea>::new();
    effect(move || {
        if let Some(field) = field.get() {
            // At the end of the words, where one goes on. Neither fails for a field of the page.
            let _ = field.focus();
            let end = field.text_length();
            let _ = field.set_selection_range(end, end);
        }
    });
    let close = move || {
        if store.edit.get_untracked() == Some((room, seq)) {
            store.edit.set(None);
        }
        // The focus would go with the field, or has gone to the message as it was drawn anew.
        if browser::is_focused(&format!(".editing *, #m-{seq}")) {
            browser::focus(".composer textarea");
        }
        editing.set(false);
    };
    let before = StoredValue::new(message.body.clone());
    let pending = RwSignal::new(false);
    let save = move || {
        if pending.get_untracked() {
            return;
        }
        if before.get_value() == text.get_untracked() {
            return close();
        }
        pending.set(true);
        // The change may be heard of before the answer: the message is then drawn as it is, not to be changed.
        store.edit.set(None);
        let words = text.get_untracked();
        spawn_local(async move {
            let saved = edit(room, seq, words.clone()).await;
            // The message may be out of sight by now.
            pending.try_set(false);
            match saved {
                Ok(_) => {
                    close();
                    store.wake_poll(Wake::Soon);
                }
                Err(error) => {
                    // Unless another one is being changed by now.
                    if store.edit.get_untracked().is_none() {
                        store.edit.set(Some((room, seq)));
                        store.edit_text.set_value(words);
                    }
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let on_key = when(move |event: leptos::ev::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" if !event.shift_key() && browser::has_mouse() => {
                event.prevent_default();
                save();
            }
            "Escape" => close(),
            _ => {}
        }
    });
    let quote = message.reply_to.map(|seq| view! { <Quote room seq/> }.into_any());
    view! {
        <div class="bubble editing">
            {quote}
            <textarea
                dir="auto"
                node_ref=field
                aria-label=lang.edit()
                prop:value=text
                prop:readOnly=pending
                prop:rows=live(move || super::composer::lines(&text.get()))
                on:input=when(move |event| {
                    let value = event_target_value(&event);
                    completing.typed(&value);
                    store.edit.set(Some((room, seq)));
                    store.edit_text.set_value(value.clone());
                    text.set(value);
                })
                on:keydown=on_key
            >
                {message.body}
            </textarea>
            {completing.list(room, field)}
            <div role="alert">
                {live(move || failed.get().map(|error| view! { <p class="form-error">{lang.error(&error)}</p> }.into_any()))}
            </div>
            <div class="edit-actions">
                <button type="button" class="text-button" on:click=when(move |_| close())>
                    {lang.cancel()}
                </button>
                <button type="button" class="text-button" on:click=when(move |_| save())>
                    {lang.save()}
                </button>
            </div>
        </div>
    }
}

/// A message on its way.
#[component]
pub fn PendingView(entry: Entry, last: bool) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let failed = match &entry.state {
        State::Failed(error) => Some(error.clone()),
        State::Waiting | State::Sent => None,
    };
    let is_sent = entry.state == State::Sent;
    let id = StoredValue::new(entry.client_id.clone());
    let discard = move |_| {
        store.discard(&id.get_value());
        browser::focus(".timeline");
    };
    let state = match failed.clone() {
        Some(error) => view! {
            <div class="state failed">
                <Icon name=IconName::ALERT_CIRCLE/>
                <span role="alert">{lang.not_sent(lang.usual_error(&error))}</span>
            </div>
            <div class="failed-actions">
                <button type="button" class="text-button" on:click=when(move |_| store.retry(&id.get_value()))>
                    {lang.retry()}
                </button>
                <button type="button" class="text-button" on:click=when(discard)>
                    {lang.discard()}
                </button>
            </div>
        }
        .into_any(),
        None if is_sent => view! {
            <div class="state"><Icon name=IconName::CHECK/> {lang.sent()}</div>
        }
        .into_any(),
        None => view! {
            <div class="state"><Icon name=IconName::CLOCK/> {lang.sending()}</div>
        }
        .into_any(),
    };
    let kind = if entry.sticker { Kind::Sticker } else { Kind::Text };
    let room = entry.room;
    let quote = entry.reply_to.map(|seq| view! { <Quote room seq/> }.into_any());
    let bubble = said(room, kind, (entry.body, vec![]), entry.attachments, quote);
    view! {
        <li
            class="msg mine first"
            class:sending=failed.is_none() && !is_sent
            class:failed=failed.is_some()
            class:last-of=last
            tabindex="-1"
        >
            {bubble}
            {state}
        </li>
    }
    .into_any()
}
