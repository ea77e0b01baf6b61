//! What is an emoji: the table stays on the server.

use crate::{
    error::{Error, Field, Rule},
    message::{EmojiGroup, Kind},
};
use emojis::EmojiVersion;
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

/// The emoji to choose from, by group.
#[must_use]
pub fn groups() -> Vec<EmojiGroup> {
    emojis::Group::iter()
        .map(|group| EmojiGroup {
            name: format!("{group:?}"),
            emoji: group
                .emojis()
                .filter(|e| e.emoji_version() <= NEWEST)
                .map(|e| (e.as_str().to_owned(), e.name().to_owned()))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_panel_offers_what_devices_can_show() {
        let offered = |emoji: &str| {
            groups().iter().any(|group| group.emoji.iter().any(|(known, _)| known == emoji))
        };
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
}
