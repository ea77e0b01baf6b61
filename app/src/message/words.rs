//! A message's text as it is drawn.

use super::{
    markdown::{Block, Inline, Item, may_be_marked, parse},
    text::{Piece, pieces},
};
use crate::{
    i18n::use_lang,
    later,
    ui::{
        browser,
        erased::{live, when},
        icon::{Icon, IconName},
    },
};
use leptos::{html::Code, prelude::*};

/// A text with its marks and links.
#[component]
pub fn Text(body: String) -> impl IntoView {
    if may_be_marked(&body) { later::marked_text(body) } else { plain_text(&body) }
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

/// A text with its marks and links.
#[component]
pub fn MarkedText(body: String) -> impl IntoView {
    drawn_blocks(parse(&body))
}

fn drawn_link(label: String, address: String) -> AnyView {
    let title = (label != address).then(|| address.clone());
    view! {
        <a href=address title=title target="_blank" rel="noopener noreferrer nofollow">{label}</a>
    }
    .into_any()
}

fn drawn_blocks(blocks: Vec<Block>) -> AnyView {
    blocks.into_iter().map(drawn_block).collect_view().into_any()
}

fn drawn_block(block: Block) -> AnyView {
    match block {
        Block::Lines(line) => view! { <p>{drawn_line(line)}</p> }.into_any(),
        Block::Quote(inner) => view! { <blockquote>{drawn_blocks(inner)}</blockquote> }.into_any(),
        Block::Code { language, code } => view! { <CodeBlock language code/> }.into_any(),
        Block::List(items) => {
            let has_numbers = items.iter().any(|item| item.number.is_some());
            let items = items
                .into_iter()
                .map(|Item { number, blocks }| {
                    view! { <li value=number.map(|n| n.to_string())>{drawn_blocks(blocks)}</li> }
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

fn drawn_line(line: Vec<Inline>) -> AnyView {
    let drawn = |inline| match inline {
        Inline::Words(words) => words.into_any(),
        Inline::Code(code) => view! { <code>{code}</code> }.into_any(),
        Inline::Link { label, address } => drawn_link(label, address),
        Inline::Strong(inner) => view! { <strong>{drawn_line(inner)}</strong> }.into_any(),
        Inline::Emphasis(inner) => view! { <em>{drawn_line(inner)}</em> }.into_any(),
        Inline::Strike(inner) => view! { <s>{drawn_line(inner)}</s> }.into_any(),
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
        let name = if copied.get() { IconName::Check } else { IconName::Copy };
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
