//! Emoji to choose from: what they are found by, and which were chosen before.

use super::api::emojis;
use crate::{error::Error, i18n::Lang};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// So many of those chosen before are kept.
pub const RECENT_MAX: usize = 24;
/// How many skin tones there are to choose from, the one without a tone among them.
pub const TONES: u8 = 6;

/// Emoji that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmojiGroup {
    /// `SmileysAndEmotion`, `PeopleAndBody` …: Unicode's groups.
    pub name: String,
    pub emoji: Vec<Emoji>,
}

/// One emoji, in all its tones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emoji {
    pub emoji: String,
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its shortcodes, such as `tada`: GitHub's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// What else it is found by, in both languages; lower case.
    pub words: Vec<String>,
    /// The same in five skin tones, from light to dark; or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tones: Vec<String>,
}

impl Emoji {
    /// Its name in this language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }

    /// It in this tone, 1 to 5; as it is for 0, or if it has no tones.
    #[must_use]
    pub fn toned(&self, tone: u8) -> &str {
        let tone = usize::from(tone).checked_sub(1);
        tone.and_then(|tone| self.tones.get(tone)).unwrap_or(&self.emoji)
    }

    /// Whether this is the emoji, in whichever tone.
    #[must_use]
    pub fn is(&self, emoji: &str) -> bool {
        self.emoji == emoji || self.tones.iter().any(|toned| toned == emoji)
    }

    /// How well this lower-case text names it, 0 best; nothing if it does not.
    fn rank(&self, text: &str) -> Option<u8> {
        let names = [self.en.to_ascii_lowercase(), self.zh.clone()];
        let code = text.replace(' ', "_");
        let all = || names.iter().chain(&self.words).chain(&self.codes);
        let begins = |word: &String| word.split([' ', '_']).any(|part| part.starts_with(text));
        if self.codes.contains(&code) || names.iter().any(|name| name == text) {
            Some(0)
        } else if names.iter().chain(&self.codes).any(|name| name.starts_with(text)) {
            Some(1)
        } else if self.words.iter().any(|word| word == text) {
            Some(2)
        } else if all().any(begins) {
            Some(3)
        } else {
            let holds = |part: &str| all().any(|word| word.contains(part));
            text.split_whitespace().all(holds).then_some(4)
        }
    }
}

/// The table; asked for once in the life of a page.
///
/// # Errors
/// Those of [`emojis`].
pub async fn table() -> Result<&'static [EmojiGroup], Error> {
    static TABLE: OnceLock<Vec<EmojiGroup>> = OnceLock::new();
    match TABLE.get() {
        Some(table) => Ok(table),
        None => {
            let table = emojis().await?;
            Ok(TABLE.get_or_init(|| table))
        }
    }
}

/// Those that this lower-case text names in either language, the best ones first.
#[must_use]
pub fn found<'a>(groups: &'a [EmojiGroup], text: &str) -> Vec<&'a Emoji> {
    let all = groups.iter().flat_map(|group| &group.emoji);
    let mut found: Vec<_> = all.filter_map(|emoji| Some((emoji.rank(text)?, emoji))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, emoji)| emoji).collect()
}

/// The emoji of exactly this shortcode.
#[must_use]
pub fn coded<'a>(groups: &'a [EmojiGroup], code: &str) -> Option<&'a Emoji> {
    let mut all = groups.iter().flat_map(|group| &group.emoji);
    all.find(|emoji| emoji.codes.iter().any(|known| known == code))
}

/// Puts an emoji before those that were chosen earlier.
pub fn chosen(recent: &mut Vec<String>, emoji: &str) {
    recent.retain(|known| known != emoji);
    recent.insert(0, emoji.to_owned());
    recent.truncate(RECENT_MAX);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_last_is_first_once_and_so_many_are_kept() {
        let mut recent = vec![];
        for emoji in ["a", "b", "a"] {
            chosen(&mut recent, emoji);
        }
        assert_eq!(recent, ["a", "b"]);
        (0..50).for_each(|number| chosen(&mut recent, &number.to_string()));
        assert_eq!(recent.len(), RECENT_MAX);
        assert_eq!((recent[0].as_str(), recent[23].as_str()), ("49", "26"));
    }
}
