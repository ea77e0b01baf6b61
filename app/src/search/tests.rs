use super::{
    phrase::{Phrase, excerpt},
    words::{Folded, Unit, entry, folded, name_key, name_keys, units},
};
use crate::{
    ids::{RoomId, UserId},
    message::text::unmarked,
};
use proptest::prelude::*;

fn entry_of(text: &str) -> Vec<String> {
    entry(RoomId(1), UserId(2), text).split(' ').map(str::to_owned).collect()
}

/// What is marked in a text.
fn found(phrase: &str, text: &str) -> Option<Vec<String>> {
    let letters: Vec<char> = text.chars().collect();
    let places = Phrase::parse(phrase).find(text)?;
    let marked = |from: u32, to: u32| letters[from as usize..to as usize].iter().collect();
    Some(places.into_iter().map(|place| marked(place.start, place.end)).collect())
}

/// Whether the index would give it.
fn is_given(phrase: &str, text: &str) -> bool {
    let entry = entry_of(text);
    Phrase::parse(phrase).asked().iter().all(|asked| {
        let is_asked = |word: &String| match asked.is_beginning {
            true => word.starts_with(&asked.word),
            false => *word == asked.word,
        };
        entry.iter().any(is_asked)
    })
}

fn letters(text: &[Folded]) -> String {
    text.iter().map(|folded| folded.letter).collect()
}

/// Texts as people write them: both languages, marks, emoji, and anything else.
fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-zA-Z]{1,8}",
        "[äéÑçüřİßﬁÅ]{1,4}",
        "[我家在上海东边的图书馆]{1,8}",
        "[カガハパひらがな한국어]{1,5}",
        "[яйΣςαا\u{64E}]{1,5}",
        "[😀👩\u{200D}💻🇨🇳]{1,3}",
        "[0-9.,'\"*()+:-]{1,4}",
        "\\PC{0,6}",
    ];
    prop::collection::vec((word, prop_oneof!["", " ", "，", "\n"]), 0..8)
        .prop_map(|words| words.into_iter().map(|(word, gap)| word + &gap).collect())
}

proptest! {
    #[test]
    fn what_is_found_is_in_the_index(text in texts(), other in texts(), at in 0usize..20, len in 1usize..12) {
        let part: String = text.chars().skip(at).take(len).collect();
        let read = unmarked(&text);
        for phrase in [&part, &other, &text] {
            if found(phrase, &read).is_some() {
                prop_assert!(is_given(phrase, &text), "{phrase:?} in {text:?}");
            }
        }
    }

    #[test]
    fn a_text_is_found_by_each_of_its_words_and_any_part_of_its_runs(text in texts()) {
        for unit in units(&folded(&text)) {
            match unit {
                Unit::Word(word) => {
                    for count in 2..=word.len() {
                        let beginning = letters(&word[..count]);
                        prop_assert!(found(&beginning, &text).is_some(), "{beginning:?}");
                    }
                }
                Unit::Run(run) => {
                    for (from, count) in (0..run.len()).zip(1..4) {
                        let part = letters(&run[from..(from + count).min(run.len())]);
                        prop_assert!(found(&part, &text).is_some(), "{part:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_index_s_words_are_plain_and_neither_short_nor_long(text in texts()) {
        for word in entry_of(&text) {
            prop_assert!(word.starts_with('x') && (3..=84).contains(&word.len()), "{word}");
            prop_assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{word}");
        }
    }

    #[test]
    fn folding_again_changes_nothing(text in texts()) {
        let once = letters(&folded(&text));
        prop_assert_eq!(letters(&folded(&once)), once);
    }

    #[test]
    fn an_excerpt_is_a_part_with_its_marks(text in texts(), more in texts(), phrase in texts()) {
        let text = format!("{more}{}{text}", "filling ".repeat(20));
        let places = Phrase::parse(&phrase).find(&text).unwrap_or_default();
        let (shown, marks) = excerpt(&text, &places);
        let count = shown.chars().count();
        prop_assert!(count <= 122 && !shown.contains('\n'));
        let mut last = 0;
        for (from, to) in marks {
            prop_assert!(last <= from && from < to && to as usize <= count);
            last = to;
        }
    }
}

#[test]
fn chinese_of_any_length_from_one_character_on() {
    let text = "我家在上海东边";
    for part in ["上", "上海", "我家在上海东边", "海东"] {
        assert_eq!(found(part, text), Some(vec![part.to_owned()]), "{part}");
        assert!(is_given(part, text));
    }
    assert_eq!(found("海上", text), None);
    // Both pairs are there, but not beside each other.
    assert_eq!(found("上海东", "海东和上海"), None);
    assert_eq!(found("海 家", text), Some(vec!["家".into(), "海".into()]), "in any order");
}

#[test]
fn any_case_accents_and_both_languages() {
    assert_eq!(found("RESUME", "my résumé"), Some(vec!["résumé".into()]));
    assert_eq!(
        found("résumé", "my re\u{301}sume\u{301}"),
        Some(vec!["re\u{301}sume\u{301}".into()])
    );
    assert_eq!(found("ａｂｃ", "ABC"), Some(vec!["ABC".into()]));
    assert_eq!(found("wifi密码", "WiFi密码是 42"), Some(vec!["WiFi密码".into()]));
    assert_eq!(found("密码 wifi", "WiFi密码是 42"), Some(vec!["WiFi密码".into()]));
    assert_eq!(found("がぎ", "かき"), None, "other sounds");
    assert_eq!(found("한국", "한국어"), Some(vec!["한국".into()]));
    assert_eq!(found("😀", "well 😀!"), Some(vec!["😀".into()]));
    assert_eq!(
        found("snake_case", "a snake_case, a case"),
        Some(vec!["snake_case".into(), "case".into()])
    );
}

#[test]
fn only_the_last_word_may_go_on() {
    assert_eq!(found("lib", "the library"), Some(vec!["lib".into()]));
    assert_eq!(found("lib ", "the library"), None, "a space ends it");
    assert_eq!(found("lib the", "the library"), None);
    assert_eq!(found("t", "the library"), None, "one letter is a word");
    assert_eq!(found("i", "so I said"), Some(vec!["I".into()]));
}

#[test]
fn nothing_that_is_typed_is_syntax() {
    for text in ["\"", "*", "'", "--", "()", "+-", "", " "] {
        assert!(Phrase::parse(text).is_empty(), "{text}");
    }
    assert_eq!(found("a AND b", "a b"), None);
    assert_eq!(found("a AND b", "b and a"), Some(vec!["b".into(), "and".into(), "a".into()]));
    let asked = Phrase::parse("NEAR(a, 2) OR \"x*\" ^y").asked();
    assert!(asked.iter().all(|asked| asked.word.bytes().all(|b| b.is_ascii_alphanumeric())));
    assert!(Phrase::parse(&"字词".repeat(5_000)).asked().len() <= 24);
}

#[test]
fn names_are_compared_by_what_is_read() {
    assert_eq!(name_key("  Zoë\u{3000}  LEE "), "zoe lee");
    assert_eq!(name_keys(&["李雷", "Léi", "lei"]), "lei\n李雷");
}
