//! Whom a text mentions: `@` and a name. Pure.

use crate::{account::NAME_MAX, ids::UserId};
use std::ops::Range;

/// Who stands for everybody in the room.
pub const ALL: UserId = UserId(0);
/// What mentions everybody.
pub const ALL_NAMES: [&str; 2] = ["all", "所有人"];
/// So many times a text is looked at for a name.
const MENTIONS_MAX: usize = 20;

/// Whom `who` knows of those whose names stand after an `@` in this text, and where: the `@` and the
/// name, in bytes. Of several names that could be meant, the longest one.
pub fn mentions<T>(text: &str, who: impl Fn(&str) -> Option<T>) -> Vec<(Range<usize>, T)> {
    let found = places(text).filter_map(|(at, rest)| {
        names(rest).into_iter().rev().find_map(|name| Some((at..at + 1 + name.len(), who(name)?)))
    });
    let mut apart: Vec<(Range<usize>, T)> = vec![];
    for (place, person) in found {
        if apart.last().is_none_or(|(last, _)| last.end <= place.start) {
            apart.push((place, person));
        }
    }
    apart
}

/// Every name that a text could mention somebody by.
#[must_use]
pub fn possible(text: &str) -> Vec<&str> {
    places(text).flat_map(|(_, rest)| names(rest)).collect()
}

/// Each `@` that does not follow a letter, as it does in the address of a mail, and what follows it.
fn places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let begins = |at: &usize| !text[..*at].chars().next_back().is_some_and(is_letter);
    let places = text.match_indices('@').map(|(at, _)| at).filter(begins).take(MENTIONS_MAX);
    places.map(|at| (at, &text[at + 1..]))
}

/// The beginnings of this text that could be a name, the shortest first: of the letters of a word,
/// all or none.
fn names(text: &str) -> Vec<&str> {
    let mut names = vec![];
    for (at, last) in text.char_indices().take(NAME_MAX as usize) {
        if last.is_control() {
            break;
        }
        let end = at + last.len_utf8();
        let next = text[end..].chars().next();
        let in_word = is_letter(last) && next.is_some_and(is_letter);
        if last != ' ' && !in_word {
            names.push(&text[..end]);
        }
    }
    names
}

/// Whether words of such letters have spaces between them: Latin, Greek, Cyrillic, digits.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || ('\u{C0}'..'\u{530}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        let known = ["ada", "ada lovelace", "小明", "иван", "d.k-x"];
        let found = mentions(text, |name| known.contains(&name).then_some(()));
        found.into_iter().map(|(place, ())| &text[place]).collect()
    }

    #[test]
    fn a_name_after_an_at_is_a_mention() {
        assert_eq!(found("@ada hello"), ["@ada"]);
        assert_eq!(found("hello (@ada), @小明!"), ["@ada", "@小明"]);
        assert_eq!(found("你好@小明你在吗"), ["@小明"]);
        assert_eq!(found("@ada lovelace and @ada"), ["@ada lovelace", "@ada"]);
        assert_eq!(found("@ada你好"), ["@ada"]);
        assert_eq!(found("@d.k-x."), ["@d.k-x"]);
        assert_eq!(found("@ada\n@ada"), ["@ada", "@ada"]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in ["me@ada.example", "@adam", "@ada_b", "@ иван", "@иванов", "@", "ada", "@bob"]
        {
            assert!(found(text).is_empty(), "{text}");
        }
        assert_eq!(found(&"@ada ".repeat(30)).len(), MENTIONS_MAX);
    }

    proptest! {
        #[test]
        fn who_is_found_was_possible(text in "(@|ada|小明| |иван|\\PC){0,40}") {
            let possible = possible(&text);
            let found = mentions(&text, |name| Some(name.to_owned()));
            let mut end = 0;
            for (place, name) in found {
                prop_assert!(possible.contains(&name.as_str()) && place.start >= end);
                prop_assert_eq!(&text[place.clone()], format!("@{name}"));
                end = place.end;
            }
        }
    }
}
