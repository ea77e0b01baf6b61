//! What is an emoji: the table stays on the server.

use crate::{
    error::{Error, Field, Rule},
    message::{
        Kind,
        emoji::{Emoji, EmojiGroup},
    },
};
use emojis::{EmojiVersion, SkinTone};
use std::{collections::HashMap, sync::LazyLock};
use unicode_segmentation::UnicodeSegmentation;

/// A message of at most this many emoji and nothing else is shown large.
const LARGE: usize = 3;

/// The kind of a message with this text and nothing else.
#[must_use]
pub fn kind(body: &str) -> Kind {
    let mut clusters = body.graphemes(true).filter(|cluster| !cluster.trim().is_empty());
    let are_emoji = clusters.by_ref().take(LARGE).all(|cluster| emojis::get(cluster).is_some());
    match are_emoji && clusters.next().is_none() && !body.is_empty() {
        true => Kind::Emoji,
        false => Kind::Text,
    }
}

/// The emoji that this text is.
///
/// # Errors
/// [`Error::Invalid`] if it is anything else.
pub fn one(text: &str) -> Result<&'static str, Error> {
    let emoji = emojis::get(text).ok_or(Error::invalid(Field::Reactions, Rule::Characters))?;
    Ok(emoji.as_str())
}

/// The newest emoji that are offered: those of 2022. Many devices show a box for later ones.
const NEWEST: EmojiVersion = EmojiVersion::new(15, 0);

/// The skin tones that one chooses from. Couples of two tones are typed, not chosen.
const TONES: [SkinTone; 5] = [
    SkinTone::Light,
    SkinTone::MediumLight,
    SkinTone::Medium,
    SkinTone::MediumDark,
    SkinTone::Dark,
];

/// The emoji to choose from, by group.
#[must_use]
pub fn groups() -> Vec<EmojiGroup> {
    emojis::Group::iter()
        .map(|group| EmojiGroup {
            name: format!("{group:?}"),
            emoji: group.emojis().filter(|e| e.emoji_version() <= NEWEST).map(offered).collect(),
        })
        .collect()
}

fn offered(emoji: &emojis::Emoji) -> Emoji {
    let (zh, words) = WORDS.get(&plain(emoji.as_str())).copied().unwrap_or((emoji.name(), ""));
    let tone = |tone| Some(emoji.with_skin_tone(tone)?.as_str().to_owned());
    Emoji {
        emoji: emoji.as_str().to_owned(),
        en: emoji.name().to_owned(),
        zh: zh.to_owned(),
        codes: emoji.shortcodes().map(ToOwned::to_owned).collect(),
        words: words.split(['\t', '|']).filter(|word| !word.is_empty()).map(Into::into).collect(),
        tones: TONES.into_iter().filter_map(tone).collect(),
    }
}

/// By emoji: the Chinese name, and the words of both languages.
static WORDS: LazyLock<HashMap<String, (&str, &str)>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let (emoji, rest) = line.split_once('\t')?;
        Some((plain(emoji), rest.split_once('\t')?))
    };
    include_str!("emoji.txt").lines().filter_map(line).collect()
});

/// An emoji without the mark that asks for its coloured form, which lists write or leave out.
fn plain(emoji: &str) -> String {
    emoji.replace('\u{FE0F}', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::emoji::{coded, found};

    #[test]
    fn one_to_three_emoji_alone_are_of_their_own_kind() {
        for emoji in ["🎉", "🎉 🎉", "👍🏽", "👨‍👩‍👧", "🇨🇳🇬🇧😀", "❤️"]
        {
            assert_eq!(kind(emoji), Kind::Emoji, "{emoji}");
        }
        for text in ["", "1", "好", "🎉!", "😀😀😀😀", "#"] {
            assert_eq!(kind(text), Kind::Text, "{text}");
        }
    }

    fn all() -> Vec<Emoji> {
        groups().into_iter().flat_map(|group| group.emoji).collect()
    }

    #[test]
    fn the_panel_offers_what_devices_can_show() {
        let offered = |emoji: &str| all().iter().any(|known| known.emoji == emoji);
        for (emoji, version) in [("😺", "0.6"), ("🫠", "14.0"), ("🫨", "15.0")] {
            assert!(offered(emoji), "{emoji} {version}");
        }
        for (emoji, version) in [("🐦‍🔥", "15.1"), ("🍋‍🟩", "15.1"), ("\u{1FAE9}", "16.0")]
        {
            assert!(!offered(emoji), "{emoji} {version}");
        }
    }

    #[test]
    fn the_panel_has_every_group() {
        let groups = groups();
        assert!(groups.len() >= 8);
        assert!(groups.iter().all(|group| !group.emoji.is_empty()));
    }

    #[test]
    fn each_has_a_name_or_a_word_in_chinese() {
        for emoji in all() {
            let mut named = std::iter::once(&emoji.zh).chain(&emoji.words);
            assert!(named.any(|word| !word.is_ascii()), "{}: {}", emoji.emoji, emoji.zh);
        }
    }

    #[test]
    fn one_emoji_has_no_tones_or_five() {
        for emoji in all() {
            assert!(matches!(emoji.tones.len(), 0 | 5), "{}", emoji.emoji);
            assert!(emoji.tones.iter().all(|tone| kind(tone) == Kind::Emoji), "{}", emoji.emoji);
        }
        let hand = all().into_iter().find(|emoji| emoji.emoji == "👍").expect("it is offered");
        assert_eq!(hand.tones, ["👍🏻", "👍🏼", "👍🏽", "👍🏾", "👍🏿"]);
    }

    fn first(text: &str, count: usize) -> Vec<String> {
        found(&groups(), text).into_iter().take(count).map(|e| e.emoji.clone()).collect()
    }

    #[test]
    fn an_emoji_is_found_by_names_words_and_shortcodes_of_both_languages() {
        for (text, emoji) in [
            ("grinning cat", "😺"),
            ("tada", "🎉"),
            ("party po", "🎉"),
            ("+1", "👍"),
            ("smile", "😄"),
            ("猫脸", "🐱"),
            ("拉炮", "🎉"),
            ("lobster", "🦞"),
            ("flag: china", "🇨🇳"),
        ] {
            assert_eq!(first(text, 1), [emoji], "{text}");
        }
        for (text, emoji) in [("生日", "🎂"), ("笑", "😂"), ("猫", "🐈"), ("birthday", "🎂")]
        {
            assert!(first(text, 40).contains(&emoji.to_owned()), "{text}");
        }
        assert!(first("no emoji is called this", 1).is_empty());
    }

    #[test]
    fn a_shortcode_is_exact() {
        let groups = groups();
        assert_eq!(coded(&groups, "tada").map(|e| e.emoji.as_str()), Some("🎉"));
        assert_eq!(coded(&groups, "tad"), None);
        assert_eq!(coded(&groups, ""), None);
    }

    #[test]
    fn a_tone_is_taken_by_what_has_tones() {
        let groups = groups();
        let hand = coded(&groups, "+1").unwrap();
        assert_eq!((hand.toned(0), hand.toned(1), hand.toned(5)), ("👍", "👍🏻", "👍🏿"));
        assert_eq!(hand.toned(200), "👍");
        assert!(hand.is("👍🏽") && !hand.is("👎🏽"));
        assert_eq!(coded(&groups, "tada").unwrap().toned(3), "🎉");
    }
}
