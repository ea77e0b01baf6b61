//! Which word is being typed that could be completed: `:smi` to an emoji, `@ann` to somebody. Pure.

/// What a word begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `:`, before the shortcode or a name of an emoji.
    Emoji,
    /// `@`, before somebody's name.
    Person,
}

/// A word from its sign to the caret. Places are in UTF-16 code units, as the browser counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub sign: Sign,
    /// What stands after the sign, as it was typed.
    pub text: String,
    /// Where the sign stands.
    pub start: u32,
    /// Where the caret stands.
    pub end: u32,
}

/// A longer word names nobody, and no emoji.
const LONGEST: usize = 40;

/// Whether a text may hold a word to complete: a cheap look, before anything is loaded for it.
#[must_use]
pub fn may_complete(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Neither a space, a bracket nor an address follows the colon.
    let begins = |next: &[u8]| next[0] == b':' && next[1] > b'*' && next[1] != b'/';
    bytes.contains(&b'@') || bytes.windows(3).any(begins)
}

/// The word that ends at the caret, if it can be completed.
#[must_use]
pub fn word_at(text: &str, caret: u32) -> Option<Word> {
    let word = begun(text, caret, caret)?;
    // A smiley is no shortcode: `:D`, `:)`. A character of Chinese is a word.
    let is_enough = word.text.len() > 1 || word.sign == Sign::Person;
    is_enough.then_some(word)
}

/// The shortcode that the colon before the caret has just closed, from colon to colon.
#[must_use]
pub fn closed_at(text: &str, caret: u32) -> Option<Word> {
    let before = head(text, caret)?.strip_suffix(':')?;
    let word = begun(before, caret - 1, caret)?;
    (word.sign == Sign::Emoji && !word.text.is_empty()).then_some(word)
}

/// The word before `caret`, that reaches to `end`.
fn begun(text: &str, caret: u32, end: u32) -> Option<Word> {
    let before = head(text, caret)?;
    let sign_of = |c| match c {
        ':' => Some(Sign::Emoji),
        '@' => Some(Sign::Person),
        _ => None,
    };
    let last = before.char_indices().rev().take(LONGEST);
    let mut word = last.skip_while(|(_, c)| goes_on(*c));
    let (at, c) = word.next()?;
    let sign = sign_of(c)?;
    let text = before[at + 1..].to_owned();
    let is_code = sign == Sign::Person || !text.contains('.');
    let is_begin = match before[..at].chars().next_back() {
        None => true,
        Some(c) => begins_after(c, sign),
    };
    (is_code && is_begin).then(|| Word { sign, start: units(&before[..at]), text, end })
}

/// Whether a word may hold this character after its sign.
fn goes_on(c: char) -> bool {
    match c {
        '_' | '-' | '+' | '.' => true,
        _ if c.is_ascii() => c.is_ascii_alphanumeric(),
        // Punctuation of Unicode, of Chinese, and of full width.
        '\u{2000}'..='\u{206F}'
        | '\u{3000}'..='\u{303F}'
        | '\u{FF00}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}'
        | '\u{FF3B}'..='\u{FF40}'
        | '\u{FF5B}'..='\u{FF65}' => false,
        _ => !c.is_whitespace(),
    }
}

/// Whether a word with this sign may stand after this character: not within an address, a time or an
/// explanation. Chinese puts no space before a name.
fn begins_after(c: char, sign: Sign) -> bool {
    let is_apart =
        c.is_whitespace() || matches!(c, ',' | '(' | '[' | '"' | '\'' | '（' | '“' | '「');
    is_apart || (sign == Sign::Person && !c.is_ascii())
}

/// What stands before a place in UTF-16 code units; nothing for one within a character, or beyond.
fn head(text: &str, place: u32) -> Option<&str> {
    let mut at = 0;
    for (index, c) in text.char_indices() {
        if at >= place {
            return (at == place).then(|| &text[..index]);
        }
        at += c.len_utf16() as u32;
    }
    (at == place).then_some(text)
}

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at_end(text: &str) -> Option<(Sign, String)> {
        word_at(text, units(text)).map(|word| (word.sign, word.text))
    }

    #[test]
    fn a_word_is_completed_from_its_sign_on() {
        for (text, sign, word) in [
            (":smi", Sign::Emoji, "smi"),
            ("well (:+1", Sign::Emoji, "+1"),
            ("a\n:smile_cat", Sign::Emoji, "smile_cat"),
            ("好的 :猫", Sign::Emoji, "猫"),
            ("@", Sign::Person, ""),
            ("hi @ann", Sign::Person, "ann"),
            ("hi,@ann.b", Sign::Person, "ann.b"),
            ("你好@王小", Sign::Person, "王小"),
            ("😀@x", Sign::Person, "x"),
        ] {
            assert_eq!(at_end(text), Some((sign, word.to_owned())), "{text}");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "",
            ":",
            ":D",
            "x :)",
            "10:30",
            "https://a",
            "note:smile",
            "注意:好的",
            "ann@home",
            "a.b@c",
            "@ann ",
            "@ann,",
            "：笑脸",
            "@a，",
            ":smi le",
            ":a.b",
            "a@@b:",
            "@@",
        ] {
            assert_eq!(at_end(text), None, "{text}");
        }
        assert_eq!(at_end(&format!("@{}", "x".repeat(LONGEST))), None);
    }

    #[test]
    fn the_caret_ends_the_word() {
        assert_eq!(
            word_at("😀 :smile", 6).map(|w| (w.text, w.start, w.end)),
            Some(("sm".into(), 3, 6))
        );
        assert_eq!(word_at("😀 :smile", 1), None, "within a character");
        assert_eq!(word_at(":smile", 99), None, "beyond the end");
    }

    #[test]
    fn a_colon_closes_a_shortcode() {
        let closed = |text: &str| closed_at(text, units(text)).map(|w| (w.text, w.start, w.end));
        assert_eq!(closed("so :tada:"), Some(("tada".into(), 3, 9)));
        assert_eq!(closed(":x:"), Some(("x".into(), 0, 3)));
        for text in ["::", "10:30:", "a:b:", "tada:", "@ann:", ":ta da:", ""] {
            assert_eq!(closed(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_is_loaded_for_a_text_without_a_sign() {
        for text in ["", "hello", "so: yes", "🎉", "a:b", "http://a", ":"] {
            assert!(!may_complete(text), "{text}");
        }
        assert!(may_complete(":sm") && may_complete("@") && may_complete(":笑"));
    }

    proptest! {
        #[test]
        fn what_is_replaced_is_the_word_and_nothing_else(
            text in "([a-z@:_ ,.+😀好：]|\\PC){0,24}",
            caret in 0u32..40,
            with in "\\PC{0,8}",
        ) {
            let all: Vec<u16> = text.encode_utf16().collect();
            for word in [word_at(&text, caret), closed_at(&text, caret)].into_iter().flatten() {
                let (start, end) = (word.start as usize, word.end as usize);
                prop_assert_eq!(word.end, caret);
                let part = String::from_utf16(&all[start..end]).unwrap();
                let sign = if word.sign == Sign::Emoji { ':' } else { '@' };
                prop_assert_eq!(part.strip_suffix(':').filter(|_| part.len() > 1).unwrap_or(&part), format!("{sign}{}", word.text));
                let before = String::from_utf16(&all[..start]).unwrap();
                let after = String::from_utf16(&all[end..]).unwrap();
                prop_assert_eq!(format!("{before}{part}{after}"), text.clone());
                let replaced = [&all[..start], &with.encode_utf16().collect::<Vec<_>>(), &all[end..]].concat();
                prop_assert_eq!(String::from_utf16(&replaced).unwrap(), format!("{before}{with}{after}"));
            }
        }

        #[test]
        fn what_can_be_completed_is_looked_at(text in "[a-c@: 好]{0,12}", caret in 0u32..14) {
            let is_word = word_at(&text, caret).is_some() || closed_at(&text, caret).is_some_and(|w| w.text.len() > 1);
            prop_assert!(!is_word || may_complete(&text));
        }
    }
}
