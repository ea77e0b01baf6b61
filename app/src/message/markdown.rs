//! The marks in a message's text, a careful subset of Markdown, as a tree. Pure; never HTML.
//!
//! What is not closed, stands in the middle of a word (`snake_case`, `2*3`), follows a backslash or
//! is part of a face (`(*^_^*)`) stays as it was typed.

use super::text::{Piece, pieces};
use std::ops::Range;

/// How deep quotations and lists stand in each other, and marks in each other.
const DEPTH_MAX: usize = 6;
const FENCE: &str = "```";

/// A part of a text that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Plain lines, with their line feeds.
    Lines(Vec<Inline>),
    /// Lines that begin with `> `.
    Quote(Vec<Block>),
    /// What stands between two fences.
    Code { language: String, code: String },
    /// Either all of its items have a number, or none.
    List(Vec<Item>),
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub number: Option<u32>,
    pub blocks: Vec<Block>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    Words(String),
    Code(String),
    /// An `http` or `https` address, and what is to be read in its place: mostly itself.
    Link {
        label: String,
        address: String,
    },
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Strike(Vec<Inline>),
}

/// How much is drawn for one message. One that somebody made of thousands of marks would slow down the page
/// of everybody in its room: it stays as it was typed.
const WEIGHT_MAX: usize = 1_000;
/// What the heading and the button of a code block weigh, where a word without marks weighs one.
const CODE: usize = 20;

/// The tree of a text.
#[must_use]
pub fn parse(text: &str) -> Vec<Block> {
    let tree = blocks(&text.split('\n').collect::<Vec<_>>(), 0);
    if weight(&tree) > WEIGHT_MAX { vec![Block::Lines(bare_words(text))] } else { tree }
}

fn weight(blocks: &[Block]) -> usize {
    let of = |block: &Block| match block {
        Block::Lines(line) => weight_of(line),
        Block::Quote(inner) => weight(inner),
        Block::Code { .. } => CODE,
        Block::List(items) => items.iter().map(|item| 1 + weight(&item.blocks)).sum(),
    };
    blocks.iter().map(|block| 1 + of(block)).sum()
}

fn weight_of(line: &[Inline]) -> usize {
    let of = |inline: &Inline| match inline {
        Inline::Words(_) | Inline::Code(_) | Inline::Link { .. } => 0,
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Strike(inner) => weight_of(inner),
    };
    line.iter().map(|inline| 1 + of(inline)).sum()
}

/// Nothing but words and addresses.
fn bare_words(text: &str) -> Vec<Inline> {
    let inline = |piece: &Piece| match *piece {
        Piece::Words(words) => Inline::Words(words.to_owned()),
        Piece::Link(address) => {
            Inline::Link { label: address.to_owned(), address: address.to_owned() }
        }
    };
    pieces(text).iter().map(inline).collect()
}

/// The words of a tree, without its code and its addresses: each run of them on a line of its own.
#[must_use]
pub fn words(blocks: &[Block]) -> String {
    let inside = |block: &Block| match block {
        Block::Lines(line) => words_of(line),
        Block::Quote(inner) => words(inner),
        Block::Code { .. } => String::new(),
        Block::List(items) => items.iter().map(|item| words(&item.blocks)).collect(),
    };
    blocks.iter().map(inside).collect()
}

fn words_of(line: &[Inline]) -> String {
    let inside = |inline: &Inline| match inline {
        Inline::Words(words) => words.clone() + "\n",
        Inline::Code(_) | Inline::Link { .. } => String::new(),
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Strike(inner) => words_of(inner),
    };
    line.iter().map(inside).collect()
}

/// Whether a text may have marks. One that has none is only plain lines with links.
#[must_use]
pub fn may_be_marked(text: &str) -> bool {
    let mut before = ' ';
    let mut opens = |c: char| {
        // Of the letters that a mark in a word stands between, only those that take no table.
        let in_word = std::mem::replace(&mut before, c).is_ascii_alphanumeric();
        c == '`' || (matches!(c, '*' | '_' | '~') && !in_word)
    };
    text.contains("](")
        || text.chars().any(&mut opens)
        || text.split('\n').any(|line| quoted(line).is_some() || item(line).is_some())
}

fn blocks(lines: &[&str], depth: usize) -> Vec<Block> {
    let mut found = vec![];
    // Where the lines begin that belong to no block, and where one is looked for.
    let (mut plain, mut at) = (0, 0);
    // Up to here no quotation begins.
    let mut barren = 0;
    while at < lines.len() {
        if at >= barren {
            barren = at + bare(&lines[at..]);
        }
        match block(&lines[at..], depth, at >= barren) {
            Some((block, length)) => {
                found.extend(paragraph(&lines[plain..at]));
                found.push(block);
                at += length;
                plain = at;
            }
            None => at += 1,
        }
    }
    found.extend(paragraph(&lines[plain..]));
    found
}

fn paragraph(lines: &[&str]) -> Option<Block> {
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    (!text.is_empty()).then(|| Block::Lines(tree(&tokens(text), 0)))
}

/// The block that these lines begin with, and how many lines it has.
fn block(lines: &[&str], depth: usize, may_quote: bool) -> Option<(Block, usize)> {
    let quotation = || if may_quote { quote(lines, depth) } else { None };
    let nested = || quotation().or_else(|| list(lines, depth));
    code_block(lines).or_else(|| if depth < DEPTH_MAX { nested() } else { None })
}

fn code_block(lines: &[&str]) -> Option<(Block, usize)> {
    let (first, inner) = lines.split_first()?;
    let language = first.trim().strip_prefix(FENCE).filter(|language| !language.contains('`'))?;
    let length = inner.iter().position(|line| line.trim() == FENCE)?;
    let (language, code) = (language.trim().to_owned(), inner[..length].join("\n"));
    Some((Block::Code { language, code }, length + 2))
}

fn quote(lines: &[&str], depth: usize) -> Option<(Block, usize)> {
    let inner: Vec<&str> = lines.iter().map_while(|line| quoted(line)).collect();
    (!inner.is_empty()).then(|| (Block::Quote(blocks(&inner, depth + 1)), inner.len()))
}

/// How many lines have a quotation's mark alone, if there is nothing else in it: then it is none.
fn bare(lines: &[&str]) -> usize {
    let marks = lines.iter().map_while(|line| quoted(line));
    let count = marks.take_while(|words| words.trim().is_empty()).count();
    let goes_on = lines.get(count).is_some_and(|line| quoted(line).is_some());
    if goes_on { 0 } else { count }
}

/// What stands behind a quotation's mark.
fn quoted(line: &str) -> Option<&str> {
    let words = line.strip_prefix('>')?;
    let is_mark = words.is_empty() || words.starts_with([' ', '>']);
    is_mark.then(|| words.strip_prefix(' ').unwrap_or(words))
}

fn list(lines: &[&str], depth: usize) -> Option<(Block, usize)> {
    let has_numbers = item(lines.first()?)?.number.is_some();
    let (mut items, mut at) = (vec![], 0);
    while let Some(first) = lines.get(at).and_then(|line| item(line))
        && first.number.is_some() == has_numbers
    {
        let mut inner = vec![first.words];
        inner.extend(lines[at + 1..].iter().map_while(|line| first.continued(line)));
        at += inner.len();
        items.push(Item { number: first.number, blocks: blocks(&inner, depth + 1) });
    }
    Some((Block::List(items), at))
}

/// The first line of an item.
struct FirstLine<'a> {
    indent: &'a str,
    number: Option<u32>,
    words: &'a str,
}

impl FirstLine<'_> {
    /// What stands on a line that goes on with this item: one that is further in.
    fn continued<'a>(&self, line: &'a str) -> Option<&'a str> {
        let line = line.strip_prefix(self.indent)?;
        ["\t", "   ", "  "].into_iter().find_map(|indent| line.strip_prefix(indent))
    }
}

/// `- words`, `* words`, `1. words` or `1) words`.
fn item(line: &str) -> Option<FirstLine<'_>> {
    let trimmed = line.trim_start_matches(' ');
    let indent = &line[..line.len() - trimmed.len()];
    let digits = trimmed.len() - trimmed.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, words) = match digits {
        0 => (None, trimmed.strip_prefix(['-', '*'])?),
        // Four digits are a year.
        1..=3 => (trimmed[..digits].parse().ok(), trimmed[digits..].strip_prefix(['.', ')'])?),
        _ => return None,
    };
    let words = words.strip_prefix(' ').filter(|words| !words.trim().is_empty())?;
    (indent.len() < 4).then_some(FirstLine { indent, number, words })
}

/// A line in pieces.
enum Token<'a> {
    Words(&'a str),
    Code(&'a str),
    Link { label: &'a str, address: &'a str },
    Mark { run: &'a str, opens: bool, closes: bool },
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut links = links(text).into_iter().peekable();
    let mut tokens = vec![];
    // Where the words begin that are no token yet, and where one is looked for.
    let (mut words, mut at) = (0, 0);
    while let Some(first) = text[at..].chars().next() {
        while links.next_if(|link| link.start < at).is_some() {}
        let rest = &text[at..];
        let token = match first {
            _ if let Some(link) = links.next_if(|link| link.start == at) => {
                let address = &text[link.clone()];
                Some((Token::Link { label: address, address }, link.len()))
            }
            '`' => code(rest),
            '[' => labelled(rest),
            '*' | '_' | '~' => mark(text, at),
            _ => None,
        };
        match token {
            Some((token, length)) => {
                tokens.push(Token::Words(&text[words..at]));
                tokens.push(token);
                at += length;
                words = at;
            }
            None if first == '`' => at += run(rest).len(),
            None => at += first.len_utf8(),
        }
    }
    tokens.push(Token::Words(&text[words..]));
    tokens
}

/// Where the addresses are.
fn links(text: &str) -> Vec<Range<usize>> {
    let (mut links, mut at) = (vec![], 0);
    for piece in pieces(text) {
        let (Piece::Words(piece_text) | Piece::Link(piece_text)) = piece;
        if let Piece::Link(address) = piece {
            // Marks that are closed behind an address are none of it; one that it may end with only if it
            // was opened right before.
            let is_emphasised = text[..at].ends_with('_');
            let is_mark = |c| matches!(c, '*' | '~') || c == '_' && is_emphasised;
            links.push(at..at + address.trim_end_matches(is_mark).len());
        }
        at += piece_text.len();
    }
    links
}

/// The equal characters that a text begins with.
fn run(text: &str) -> &str {
    let first = text.chars().next().unwrap_or_default();
    &text[..text.len() - text.trim_start_matches(first).len()]
}

fn code(rest: &str) -> Option<(Token<'_>, usize)> {
    let ticks = run(rest).len();
    let inner = &rest[ticks..];
    let mut at = inner.find('`')?;
    while run(&inner[at..]).len() != ticks {
        at += run(&inner[at..]).len();
        at += inner[at..].find('`')?;
    }
    let code = &inner[..at];
    let bare = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
    Some((Token::Code(bare.unwrap_or(code)), ticks + at + ticks))
}

/// `[label](address)`. A label that looks like an address could name another one.
fn labelled(rest: &str) -> Option<(Token<'_>, usize)> {
    let label = &rest[1..][..rest[1..].find(['[', ']', '\n'])?];
    let address = rest[1 + label.len()..].strip_prefix("](")?;
    let address = &address[..end_of(address)?];
    let length = "[](".len() + label.len() + address.len();
    let is_closed = rest[length..].starts_with(')');
    let is_plain = pieces(label).iter().all(|piece| matches!(piece, Piece::Words(_)));
    let is_link = !label.trim().is_empty() && is_plain && pieces(address) == [Piece::Link(address)];
    (is_closed && is_link).then_some((Token::Link { label, address }, length + 1))
}

/// Where the bracket is closed that stands before an address; the address may have brackets of its own.
fn end_of(address: &str) -> Option<usize> {
    let mut open = 0;
    for (at, c) in address.char_indices() {
        match c {
            '(' => open += 1,
            ')' if open == 0 => return Some(at),
            ')' => open -= 1,
            ' ' | '\n' => return None,
            _ => {}
        }
    }
    None
}

fn mark(text: &str, at: usize) -> Option<(Token<'_>, usize)> {
    let run = run(&text[at..]);
    if !matches!(run, "*" | "**" | "***" | "_" | "__" | "~~") {
        return Some((Token::Words(run), run.len()));
    }
    let before = text[..at].chars().next_back().unwrap_or(' ');
    let after = text[at + run.len()..].chars().next().unwrap_or(' ');
    // A caret is an eye, as in (^_^).
    let beside = |c: char| !c.is_whitespace() && c != '^';
    let opens = beside(after) && !is_in_word(before) && before != '\\';
    let closes = beside(before) && !is_in_word(after) && before != '\\';
    Some((Token::Mark { run, opens, closes }, run.len()))
}

/// Chinese, Japanese and Korean have no spaces for a mark to stand between.
fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2e80}'
}

fn tree(tokens: &[Token], depth: usize) -> Vec<Inline> {
    let (mut found, mut at) = (vec![], 0);
    // Marks that nothing closes from here on: each is looked for once.
    let mut unclosed = vec![];
    while let Some(token) = tokens.get(at) {
        at += 1;
        match *token {
            Token::Words(words) => push_words(&mut found, words),
            Token::Code(code) => found.push(Inline::Code(code.to_owned())),
            Token::Link { label, address } => {
                found.push(Inline::Link { label: label.to_owned(), address: address.to_owned() });
            }
            Token::Mark { run, opens, .. } => {
                let may_open = opens && depth < DEPTH_MAX && !unclosed.contains(&run);
                let length = if may_open { closing(&tokens[at..], run) } else { None };
                match length.map(|length| &tokens[at..at + length]) {
                    Some(inner) if inner.iter().any(Token::is_readable) => {
                        found.push(marked(run, tree(inner, depth + 1)));
                        at += inner.len() + 1;
                    }
                    held => {
                        push_words(&mut found, run);
                        if may_open && held.is_none() {
                            unclosed.push(run);
                        }
                    }
                }
            }
        }
    }
    found
}

fn closing(tokens: &[Token], opening: &str) -> Option<usize> {
    tokens
        .iter()
        .position(|token| matches!(token, Token::Mark { run, closes: true, .. } if *run == opening))
}

impl Token<'_> {
    fn is_readable(&self) -> bool {
        match self {
            Self::Words(words) => words.contains(char::is_alphanumeric),
            Self::Code(_) | Self::Link { .. } => true,
            Self::Mark { .. } => false,
        }
    }
}

fn marked(run: &str, inner: Vec<Inline>) -> Inline {
    match run {
        "***" => Inline::Strong(vec![Inline::Emphasis(inner)]),
        "**" | "__" => Inline::Strong(inner),
        "~~" => Inline::Strike(inner),
        _ => Inline::Emphasis(inner),
    }
}

fn push_words(found: &mut Vec<Inline>, words: &str) {
    match found.last_mut() {
        _ if words.is_empty() => {}
        Some(Inline::Words(held)) => held.push_str(words),
        _ => found.push(Inline::Words(words.to_owned())),
    }
}

#[cfg(test)]
mod tests;
