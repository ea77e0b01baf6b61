//! Where one writes.

use super::{
    BODY_MAX, Kind,
    actions::Acting,
    completer::Completed,
    completion::may_complete,
    emoji_panel::{Above, Pick, Picker},
    seen::NewestOwn,
};
use crate::{
    i18n::use_lang,
    ids::RoomId,
    later,
    media::{
        upload::{carries, list, take_files},
        waiting::Uploads,
    },
    sync::{
        storage::{self, Shared},
        store::use_store,
        typing,
    },
    ui::{
        browser::{self, is_composing},
        erased::{effect, live, memo, shown_if, when},
        icon::{Icon, IconName},
    },
};
use leptos::{
    ev::{ClipboardEvent, KeyboardEvent, SubmitEvent},
    html::{Button, Input, Textarea},
    prelude::*,
};

/// From this many characters before the limit on, the rest is counted.
const COUNT_FROM: usize = 500;

/// How many lines a field of this text needs: 1 to 10.
#[must_use]
pub fn lines(text: &str) -> u32 {
    text.matches('\n').count().min(9) as u32 + 1
}

/// Whether a word was typed that can be completed: what completes words is loaded with the first.
#[derive(Clone, Copy)]
pub struct Completing(RwSignal<bool>);

impl Completing {
    /// Nothing was typed yet.
    pub fn nothing() -> Self {
        Self(RwSignal::new(false))
    }

    /// Somebody typed, and this is the text.
    pub fn typed(self, text: &str) {
        if !self.0.get_untracked() && may_complete(text) {
            self.0.set(true);
        }
    }

    /// What the word at the caret of `field` can be completed to.
    pub fn list(self, room: RoomId, field: NodeRef<Textarea>) -> AnyView {
        let list = move || later::above(Above::Completions(Completed { room, field }));
        live(move || self.0.get().then(list)).into_any()
    }
}

/// Writes into `room`, which is called `title`.
#[component]
pub fn Composer(room: RoomId, #[prop(into)] title: Signal<String>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let uploads: Uploads = expect_context();
    let acting: Acting = expect_context();
    let NewestOwn(newest_own) = expect_context();
    let text = RwSignal::new(String::new());
    let emoji_shown = RwSignal::new(false);
    let completing = Completing::nothing();
    let field = NodeRef::<Textarea>::new();
    let files = NodeRef::<Input>::new();
    let opener = NodeRef::<Button>::new();
    let me = store.me.with_untracked(|me| me.id);
    // Rather than that the page begins with it.
    let is_opened = store.awake.get_untracked();
    let write = move |value: String| {
        storage::set_draft(me, room, &value);
        text.set(value);
    };
    let told = StoredValue::new(0);
    let tell_typing = move || {
        let now = browser::now();
        if now - told.get_value() >= i64::from(typing::TOLD)
            && !text.with_untracked(String::is_empty)
        {
            told.set_value(now);
            typing::tell(room);
        }
    };
    let answering = memo(move || store.answering.with(|all| all.get(&room).copied()));
    effect(move || {
        if let Some(seq) = storage::answered(me, room) {
            store.answer(room, Some(seq));
        }
    });
    effect(move || {
        // What was typed before the page was awake goes before what was kept.
        let typed = field.get().map(|field| field.value()).unwrap_or_default();
        let kept = storage::draft(me, room).unwrap_or_default();
        let now = if typed.is_empty() { kept } else { typed };
        // What was on its way when the page was loaded anew comes back; its files do not.
        let is_going = untrack(|| uploads.go_in(room));
        match storage::going(me, room).filter(|_| !is_going) {
            Some(words) => {
                storage::keep_going(me, room, "");
                write(words + &now);
            }
            None => text.set(now),
        }
        // Whoever opens a conversation writes next; a touch screen's keyboard would cover it.
        if is_opened
            && browser::has_mouse()
            && let Some(field) = field.get()
        {
            let _ = field.focus();
        }
    });
    // The same person types in another tab.
    effect(move || {
        let typing = window_event_listener(leptos::ev::storage, move |event| {
            if let Some(Shared::Draft(typed_in, value)) = storage::change(me, &event)
                && typed_in == room
            {
                text.set(value);
            }
        });
        on_cleanup(move || typing.remove());
    });
    let length = memo(move || text.with(|text| text.chars().count()));
    let too_long = move || length.get() > BODY_MAX as usize;
    let empty = move || {
        write(String::new());
        emoji_shown.set(false);
    };
    let send = move || {
        let body = text.get_untracked().trim_end().to_owned();
        if too_long() {
            return;
        }
        if uploads.wait_in(room) {
            uploads.sending.set(Some((room, body)));
        } else if !body.trim().is_empty() {
            store.send(room, Kind::Text, body, vec![], store.take_answered(room));
            empty();
        }
    };
    effect(move || {
        if let Some((_, typed)) = uploads.typed.get().filter(|(of, _)| *of == room) {
            uploads.typed.set(None);
            empty();
            write(typed);
        }
    });
    let on_submit = when(move |event: SubmitEvent| {
        event.prevent_default();
        send();
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let on_key = when(move |event: KeyboardEvent| {
        // The keyboard of a touch screen has nothing else for a new line; there the button sends.
        if event.key() == "Enter"
            && !event.shift_key()
            && !is_composing(&event)
            && browser::has_mouse()
        {
            event.prevent_default();
            send();
        }
        if event.key() == "ArrowUp"
            && !is_composing(&event)
            && text.with_untracked(String::is_empty)
            && !uploads.wait_in(room)
            && let Some(seq) = newest_own.get_untracked()
            && browser::is_there(&format!("#m-{seq}"))
        {
            event.prevent_default();
            acting.point(seq);
            acting.edit.set(true);
        }
        if event.key() == "Escape" && answering.get_untracked().is_some() && !is_composing(&event) {
            store.answer(room, None);
        }
    });
    let on_paste = when(move |event: ClipboardEvent| {
        let Some(data) = event.clipboard_data() else { return };
        let pasted = data.files().map(|files| list(&files)).unwrap_or_default();
        // Cells and paragraphs come with a picture of themselves.
        let is_text = carries(&data, "text/plain") && carries(&data, "text/html");
        if !pasted.is_empty() && !is_text {
            event.prevent_default();
            uploads.bring(room, pasted);
        }
    });
    let on_files = when(move |_| {
        if let Some(input) = files.get() {
            uploads.bring(room, take_files(&input));
        }
    });
    let close = move || {
        emoji_shown.set(false);
        if let Some(opener) = opener.get_untracked() {
            let _ = opener.focus();
        }
    };
    let note = live(move || {
        let rest = BODY_MAX as i64 - length.get() as i64;
        (rest < COUNT_FROM as i64).then(|| {
            let words =
                if rest < 0 { lang.characters_over(-rest) } else { lang.characters_left(rest) };
            view! { <p class="note" class:over=rest < 0>{words}</p> }.into_any()
        })
    });
    let picker = Picker {
        pick: Pick::Write(field),
        close: Callback::new(move |()| close()),
        stickers: Some(room),
    };
    let emoji = shown_if(move || emoji_shown.get(), move || later::above(Above::Panel(picker)));
    let form_id = store.form_id.get_value();
    view! {
        <div class="composer">
            {shown_if(move || uploads.wait_in(room) || uploads.go_in(room), move || later::waiting(room))}
            {live(move || answering.get().map(|seq| later::answering((room, seq))))}
            {note}
            {emoji}
            {completing.list(room, field)}
            <form method="post" action="/api/send" on:submit=on_submit>
                <input type="hidden" name="room" value=room.to_string()/>
                <input type="hidden" name="client_id" value=form_id.as_str().to_owned()/>
                <label class="icon-button needs-script" title=lang.attach()>
                    <Icon name=IconName::PAPERCLIP/>
                    <span class="visually-hidden">{lang.attach()}</span>
                    <input
                        class="visually-hidden"
                        type="file"
                        multiple
                        node_ref=files
                        on:change=on_files
                    />
                </label>
                <textarea
                    name="body"
                    rows="1"
                    dir="auto"
                    required=live(move || !uploads.wait_in(room))
                    node_ref=field
                    placeholder=live(move || lang.write_to(title.get()))
                    aria-label=live(move || lang.write_to(title.get()))
                    prop:value=text
                    prop:rows=live(move || text.with(|text| lines(text)))
                    on:input=when(move |event| {
                        let value = event_target_value(&event);
                        completing.typed(&value);
                        write(value);
                        tell_typing();
                    })
                    on:keydown=on_key
                    on:paste=on_paste
                ></textarea>
                <button
                    type="button"
                    class="icon-button needs-script"
                    title=lang.emoji()
                    node_ref=opener
                    aria-label=lang.emoji()
                    aria-expanded=live(move || emoji_shown.get().to_string())
                    on:click=when(move |_| emoji_shown.update(|shown| *shown = !*shown))
                >
                    <Icon name=IconName::SMILE/>
                </button>
                <button
                    class="icon-button send"
                    title=lang.send()
                    aria-label=lang.send()
                    prop:disabled=live(too_long)
                >
                    <Icon name=IconName::SEND/>
                </button>
            </form>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_field_grows_with_its_text_up_to_ten_lines() {
        assert_eq!([lines(""), lines("a\nb"), lines(&"\n".repeat(50))], [1, 2, 10]);
    }
}
