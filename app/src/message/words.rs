//! A message's text as it is drawn.

use super::{
    markdown::{Block, Inline, Item, may_be_marked, parse},
    mentions::{ALL, ALL_NAMES, mentions},
    text::{Piece, pieces},
};
use crate::{
    i18n::use_lang,
    ids::UserId,
    later,
    sync::store::use_store,
    ui::{
        browser,
        erased::{live, when},
        icon::{Icon, IconName},
        page::lower,
    },
};
use leptos::{html::Code, prelude::*};

/// A text with its marks, links and whom it mentions.
#[component]
pub fn Text(body: String, mentions: Vec<UserId>) -> impl IntoView {
    match mentions.is_empty() && !may_be_marked(&body) {
        true => plain_text(&body),
        false => later::marked_text(body, mentions),
    }
}

/// A text as it was typed, with its links.
pub fn plain_text(body: &str) -> AnyView {
    let drawn = |piece| match piece {
        Piece::Words(words) => words.to_owned().into_any(),
        Piece::Link(address) => drawn_link(address.to_owned(), address.to_owned()),
    };
    let line = pieces(body).into_iter().map(drawn).collect_view();
    view! { <p>{line}</p> }.into_any()
}

/// A text with its marks, links and whom it mentions.
#[component]
pub fn MarkedText(body: String, mentions: Vec<UserId>) -> impl IntoView {
    let store = use_store();
    let me = store.me.with_untracked(|me| me.id);
    let mentioned = store.people.with_untracked(|people| {
        let people = mentions.iter().filter_map(|user| people.get(user));
        people
            .map(|person| (lower(&person.name), person.display_name.clone(), person.id == me))
            .collect()
    });
    let mentioned = Mentioned { people: mentioned, all: mentions.contains(&ALL) };
    drawn_blocks(parse(&body), &mentioned)
}

/// Whom a message mentions: the name in lower case, the shown name, whether it is the reader; and whether
/// it mentions everybody.
struct Mentioned {
    people: Vec<(String, String, bool)>,
    all: bool,
}

impl Mentioned {
    /// What is shown of somebody who is mentioned by this name, and whether it is the reader.
    fn shown(&self, name: &str) -> Option<(String, bool)> {
        let key = lower(name);
        if self.all && ALL_NAMES.contains(&key.as_str()) {
            return Some((name.to_owned(), true));
        }
        let (_, shown, is_me) = self.people.iter().find(|(known, ..)| *known == key)?;
        Some((shown.clone(), *is_me))
    }

    fn drawn(&self, words: String) -> AnyView {
        let mut views = vec![];
        let mut end = 0;
        // An empty text would be drawn as a space.
        let part = |part: &str| (!part.is_empty()).then(|| part.to_owned().into_any());
        for (place, (shown, is_me)) in mentions(&words, |name| self.shown(name)) {
            views.extend(part(&words[end..place.start]));
            end = place.end;
            let typed = words[place].to_owned();
            let name = view! { <bdi class="mention" class:me=is_me title=typed>{format!("@{shown}")}</bdi> };
            views.push(name.into_any());
        }
        views.extend(part(&words[end..]));
        views.into_any()
    }
}

fn drawn_link(label: String, address: String) -> AnyView {
    let title = (label != address).then(|| address.clone());
    view! {
        <a href=address title=title target="_blank" rel="noopener noreferrer nofollow">{label}</a>
    }
    .into_any()
}

fn drawn_blocks(blocks: Vec<Block>, mentioned: &Mentioned) -> AnyView {
    blocks.into_iter().map(|block| drawn_block(block, mentioned)).collect_view().into_any()
}

fn drawn_block(block: Block, mentioned: &Mentioned) -> AnyView {
    match block {
        Block::Lines(line) => view! { <p>{drawn_line(line, mentioned)}</p> }.into_any(),
        Block::Quote(inner) => {
            view! { <blockquote>{drawn_blocks(inner, mentioned)}</blockquote> }.into_any()
        }
        Block::Code { language, code } => view! { <CodeBlock language code/> }.into_any(),
        Block::List(items) => {
            let has_numbers = items.iter().any(|item| item.number.is_some());
            let items = items
                .into_iter()
                .map(|Item { number, blocks }| {
                    view! { <li value=number.map(|n| n.to_string())>{drawn_blocks(blocks, mentioned)}</li> }
                        .into_any()
                })
                .collect_view();
            match has_numbers {
                true => view! { <ol>{items}</ol> }.into_any(),
                false => view! { <ul>{items}</ul> }.into_any(),
            }
        }
    }
}

fn drawn_line(line: Vec<Inline>, mentioned: &Mentioned) -> AnyView {
    let inside = |inner| drawn_line(inner, mentioned);
    let drawn = |inline| match inline {
        Inline::Words(words) => mentioned.drawn(words),
        Inline::Code(code) => view! { <code>{code}</code> }.into_any(),
        Inline::Link { label, address } => drawn_link(label, address),
        Inline::Strong(inner) => view! { <strong>{inside(inner)}</strong> }.into_any(),
        Inline::Emphasis(inner) => view! { <em>{inside(inner)}</em> }.into_any(),
        Inline::Strike(inner) => view! { <s>{inside(inner)}</s> }.into_any(),
    };
    line.into_iter().map(drawn).collect_view().into_any()
}

#[component]
fn CodeBlock(language: String, code: String) -> impl IntoView {
    let lang = use_lang();
    let shown = NodeRef::<Code>::new();
    let copied = RwSignal::new(false);
    let copy = when(move |_| {
        if let Some(shown) = shown.get() {
            copied.set(browser::copy(&shown));
        }
    });
    let label = move || if copied.get() { lang.copied() } else { lang.copy() };
    let icon = live(move || {
        let name = if copied.get() { IconName::CHECK } else { IconName::COPY };
        view! { <Icon name/> }.into_any()
    });
    view! {
        <div class="code" dir="ltr">
            <span class="language">{language}</span>
            <button
                type="button"
                class="icon-button"
                title=live(label)
                aria-label=live(label)
                on:click=copy
                on:blur=when(move |_| copied.set(false))
            >
                {icon}
            </button>
            <pre tabindex="0"><code node_ref=shown>{code}</code></pre>
        </div>
    }
    .into_any()
}
