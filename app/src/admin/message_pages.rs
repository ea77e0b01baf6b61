//! Messages: found, and removed.

use super::{
    Asked, FoundMessage, Place, REASON_MAX,
    frame::{field, hidden, labelled, room, user, when},
};
use crate::{
    i18n::{Lang, use_lang},
    message::{Kind, reply},
};
use leptos::prelude::*;

const PATH: &str = "/admin/messages";

/// What was found, and the form that asks for it.
pub fn messages(found: Vec<FoundMessage>, next: Option<Place>, asked: &Asked) -> AnyView {
    let lang = use_lang();
    let here = asked.address(PATH, "before", &asked.before);
    let is_empty = found.is_empty();
    let lines = found.into_iter().map(|message| line(lang, message, &here)).collect_view();
    let further = next.map(|place| {
        let href = asked.address(PATH, "before", &place.text());
        view! { <p class="parts"><a class="secondary" href=href rel="next">{lang.look_further_back()}</a></p> }
    });
    view! {
        {wanted(lang, asked)}
        {is_empty.then(|| view! { <p class="none">{lang.none_found()}</p> })}
        <ul class="found">{lines}</ul>
        {further}
    }
    .into_any()
}

fn wanted(lang: Lang, asked: &Asked) -> AnyView {
    let date = |label, name: &'static str, value: &String| {
        let id = format!("field-{name}");
        field(label, name, view! { <input id=id name=name type="date" value=value.clone()/> })
    };
    let is_private = !asked.private.is_empty();
    let only = (!asked.room.is_empty()).then(|| {
        view! {
            <label class="tick">
                <input type="checkbox" name="room" value=asked.room.clone() checked/>
                {lang.only_in_group(&asked.room)}
            </label>
        }
    });
    view! {
        <form class="find wide" method="get" action=PATH role="search">
            {labelled(lang.words_in_it(), "words", &asked.words)}
            {labelled(lang.sender_s_name(), "sender", &asked.sender)}
            {labelled(lang.group_s_name(), "group", &asked.group)}
            {date(lang.from_day(), "from", &asked.from)}
            {date(lang.to_day(), "until", &asked.until)}
            {only}
            <label class="tick">
                <input type="checkbox" name="private" value="1" checked=is_private/>
                {lang.also_private()}
            </label>
            <button class="primary">{lang.look_for()}</button>
            <p class="hint">{lang.messages_words()}</p>
        </form>
    }
    .into_any()
}

/// A message, with a form that removes it.
fn line(lang: Lang, message: FoundMessage, here: &str) -> AnyView {
    let FoundMessage { room_id, seq, created, body, attachments, sender_id, sender, .. } = &message;
    let kind = Kind::parse(&message.kind).unwrap_or(Kind::Text);
    let carried = attachments.is_some().then(|| format!("{} ", reply::carried(kind, "", lang)));
    let words = match kind {
        Kind::Sticker => reply::carried(kind, body, lang),
        _ => body.clone(),
    };
    let fields =
        vec![("room", room_id.to_string()), ("seq", seq.to_string()), ("back", here.to_owned())];
    let id = format!("reason-{room_id}-{seq}");
    let of = id.clone();
    view! {
        <li>
            <p class="of">
                {user(sender_id, sender)} " · " {room(lang, *room_id, &message.room_kind, &message.room)}
                " · " {when(lang, *created)}
            </p>
            <p class="said" dir="auto">{carried}{words}</p>
            <details>
                <summary>{lang.remove_message()}</summary>
                <form class="find" method="post" action="/api/admin_remove_message">
                    {hidden(fields)}
                    <div class="field">
                        <label class="label" for=of>{lang.reason()}</label>
                        <input id=id name="reason" required maxlength=REASON_MAX.to_string() autocomplete="off"/>
                    </div>
                    <button class="danger">{lang.remove_message()}</button>
                    <p class="hint">{lang.reason_words()}</p>
                </form>
            </details>
        </li>
    }
    .into_any()
}
