//! Above the composer: what the word that is being typed can be completed to.

use super::{
    choice::{Choice, LINES, everybody},
    completion::{Sign, Word, closed_at, word_at},
    emoji::{EmojiGroup, coded, found, table},
};
use crate::{
    account::Person,
    i18n::use_lang,
    ids::{RoomId, UserId},
    room::api::members,
    sync::{
        storage,
        store::{Store, use_store},
    },
    ui::{
        browser::is_composing,
        erased::{effect, live, memo, when},
        page,
        typing::{self, Field},
    },
};
use leptos::{
    ev::{self, KeyboardEvent, MouseEvent},
    html::Textarea,
    prelude::*,
    task::spawn_local,
};
use std::time::Duration;

/// How long one pauses before the server is asked for people.
const PAUSE: Duration = Duration::from_millis(150);
const LIST: &str = "completion";

/// Where one types, and to whom.
#[derive(Clone, Copy)]
pub struct Completed {
    pub room: RoomId,
    pub field: NodeRef<Textarea>,
}

#[derive(Clone, Copy)]
struct Completer {
    room: RoomId,
    field: NodeRef<Textarea>,
    store: Store,
    me: UserId,
    word: RwSignal<Option<Word>>,
    choices: Memo<Vec<Choice>>,
    /// What the arrows led to; Enter takes that, wherever it stands by then, or the first line.
    picked: RwSignal<Option<Choice>>,
    /// Where the word begins whose list was closed.
    closed: StoredValue<Option<u32>>,
    emoji: RwSignal<Option<&'static [EmojiGroup]>>,
    /// Members that the server has found, and by what.
    people: RwSignal<Option<(String, Vec<Person>)>>,
    /// Counts what was asked: an answer to anything but the last is dropped.
    number: StoredValue<u32>,
}

/// The list, while there is a word to complete.
#[component]
pub fn Completions(completed: Completed) -> impl IntoView {
    let completer = Completer::new(completed);
    let lang = use_lang();
    effect(move || {
        if let Some(field) = completed.field.get() {
            completer.listen(&field);
        }
    });
    effect(move || {
        if let Some(word) = completer.word.get() {
            completer.ask(word);
        }
    });
    effect(move || {
        let is_open = completer.choices.with(|choices| !choices.is_empty());
        let line = is_open.then(|| line_id(completer.at()));
        if let Some(field) = completed.field.get() {
            typing::combine(&field, LIST, line.as_deref());
        }
    });
    live(move || {
        let choices = completer.choices.get();
        (!choices.is_empty()).then(|| {
            let line = |(at, choice)| completer.line(at, choice);
            let lines: Vec<_> = choices.iter().enumerate().map(line).collect();
            // The field keeps the focus.
            let hold = when(|event: MouseEvent| event.prevent_default());
            view! {
                <ul id=LIST class="completion" role="listbox" aria-label=lang.completions() on:mousedown=hold>
                    {lines}
                </ul>
            }
            .into_any()
        })
    })
}

fn line_id(at: usize) -> String {
    format!("{LIST}-{at}")
}

impl Completer {
    fn new(Completed { room, field }: Completed) -> Self {
        let store = use_store();
        let lang = use_lang();
        let me = store.me.with_untracked(|me| me.id);
        let (word, emoji, people) =
            (RwSignal::new(None::<Word>), RwSignal::new(None), RwSignal::new(None));
        let choices = memo(move || {
            let Some(word) = word.get() else { return vec![] };
            let text = page::lower(&word.text);
            match word.sign {
                Sign::Emoji => {
                    let found = found(emoji.get().unwrap_or_default(), &text);
                    found.into_iter().take(LINES).map(Choice::Emoji).collect()
                }
                Sign::Person => {
                    let found = people.get().filter(|(by, _)| *by == text).map(|(_, found)| found);
                    everybody(store, room, me, &text, found, lang)
                }
            }
        });
        Self {
            room,
            field,
            store,
            me,
            word,
            choices,
            picked: RwSignal::new(None),
            closed: StoredValue::new(None),
            emoji,
            people,
            number: StoredValue::new(0),
        }
    }

    /// Follows what is typed, from now on.
    fn listen(self, field: &Field) {
        let keys = typing::before_keys(field, move |event| self.key(&event));
        let input = typing::after(field, ev::input, move |event| {
            if typing::is_composed(&event) {
                self.close();
            } else if typing::typed(&event).as_deref() != Some(":") || !self.close_code() {
                self.look();
            }
        });
        let others = [
            typing::after(field, ev::compositionend, move |_| self.look()),
            typing::after(field, ev::click, move |_| self.look()),
            typing::after(field, ev::keyup, move |event: KeyboardEvent| {
                if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight" | "Home" | "End") {
                    self.look();
                }
            }),
            typing::after(field, ev::blur, move |_| self.close()),
        ];
        on_cleanup(move || {
            drop((keys, input, others));
            if let Some(field) = self.field.try_get_untracked().flatten() {
                typing::combine(&field, LIST, None);
            }
        });
        self.look();
    }

    /// Finds the word at the caret. What happened to the field is heard of a moment later, when it may be gone.
    fn look(self) {
        let Some(Some(field)) = self.field.try_get_untracked() else { return };
        let word = typing::caret(&field).and_then(|caret| word_at(&field.value(), caret));
        let is_asked = |word: &Word| word.sign == Sign::Emoji || self.store.is_group(self.room);
        let word = word.filter(is_asked);
        let start = word.as_ref().map(|word| word.start);
        let Some(closed) = self.closed.try_get_value() else { return };
        if closed != start {
            self.closed.set_value(None);
        }
        let word = word.filter(|_| closed != start);
        if self.word.with_untracked(|held| *held != word) {
            self.picked.set(None);
            self.word.set(word);
        }
    }

    fn close(self) {
        if self.word.try_with_untracked(Option::is_some) == Some(true) {
            self.word.set(None);
        }
    }

    /// Makes an emoji of the shortcode that a colon has just closed; whether there was one.
    fn close_code(self) -> bool {
        let Some(Some(field)) = self.field.try_get_untracked() else { return false };
        let word = typing::caret(&field).and_then(|caret| closed_at(&field.value(), caret));
        let table = self.emoji.get_untracked().unwrap_or_default();
        match word.and_then(|word| Some((coded(table, &word.text)?, word))) {
            Some((emoji, word)) => {
                self.put(&word, &Choice::Emoji(emoji));
                true
            }
            None => false,
        }
    }

    /// Brings what the word needs: the table, or members of the room.
    fn ask(self, word: Word) {
        if word.sign == Sign::Emoji {
            if self.emoji.with_untracked(Option::is_none) {
                spawn_local(async move {
                    // Without it there is no list, and what is typed stays.
                    if let Ok(table) = table().await {
                        self.emoji.try_set(Some(table));
                    }
                });
            }
            return;
        }
        self.number.update_value(|number| *number += 1);
        let number = self.number.get_value();
        let is_last = move || self.number.try_get_value() == Some(number);
        let text = page::lower(&word.text);
        let bring = move || {
            spawn_local(async move {
                if !is_last() {
                    return;
                }
                // Without an answer there are those who are known.
                if let Ok(page) = members(self.room, None, Some(text.clone())).await
                    && is_last()
                {
                    let found: Vec<_> = page.members.into_iter().map(|one| one.person).collect();
                    self.people.try_set(Some((text, found)));
                }
            });
        };
        set_timeout(bring, PAUSE);
    }

    fn key(self, event: &KeyboardEvent) {
        let count = self.choices.with_untracked(Vec::len);
        if count == 0 || is_composing(event) || event.ctrl_key() || event.alt_key() {
            return;
        }
        let at = untrack(|| self.at());
        match event.key().as_str() {
            "ArrowDown" => self.pick((at + 1) % count),
            "ArrowUp" => self.pick((at + count - 1) % count),
            // Nothing is left to complete: the message is sent.
            "Enter" if self.is_whole(at) => return self.close(),
            "Enter" | "Tab" if !event.shift_key() => self.take(at),
            "Escape" => {
                let start = self.word.with_untracked(|word| word.as_ref().map(|word| word.start));
                self.closed.set_value(start);
                self.close();
            }
            _ => return,
        }
        typing::take(event);
    }

    /// The line that Enter takes.
    fn at(self) -> usize {
        let picked = self.picked.get();
        let is_picked = |choice: &Choice| Some(choice) == picked.as_ref();
        self.choices.with(|choices| choices.iter().position(is_picked)).unwrap_or_default()
    }

    fn pick(self, at: usize) {
        self.picked.set(self.choices.with_untracked(|choices| choices.get(at).cloned()));
    }

    /// Whether this line is what was typed.
    fn is_whole(self, at: usize) -> bool {
        let typed = self.word.with_untracked(|word| {
            word.as_ref().map(|word| page::lower(&word.text)).unwrap_or_default()
        });
        self.choices.with_untracked(|choices| choices.get(at).is_some_and(|it| it.is_whole(&typed)))
    }

    fn take(self, at: usize) {
        let choice = self.choices.with_untracked(|choices| choices.get(at).cloned());
        let word = self.word.get_untracked();
        // Another tab may have typed meanwhile.
        self.look();
        if let (Some(choice), Some(word)) = (choice, word)
            && self.word.with_untracked(|held| held.as_ref() == Some(&word))
        {
            self.put(&word, &choice);
        }
    }

    /// Types a choice in place of the word.
    fn put(self, word: &Word, choice: &Choice) {
        let text = choice.typed(storage::tone(self.me));
        if let Choice::Emoji(_) = choice {
            storage::emoji_chosen(self.me, &text);
        }
        self.close();
        if let Some(field) = self.field.get_untracked() {
            typing::type_over(&field, word.start, word.end, &text);
        }
    }

    fn line(self, at: usize, choice: &Choice) -> AnyView {
        view! {
            <li
                id=line_id(at)
                role="option"
                aria-selected=live(move || (self.at() == at).to_string())
                on:click=when(move |_| self.take(at))
            >
                {choice.drawn(storage::tone(self.me), use_lang())}
            </li>
        }
        .into_any()
    }
}
