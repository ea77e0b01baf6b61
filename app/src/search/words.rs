//! What texts are found by: pure, and the same on both databases.
//!
//! A text is folded ([`folded`]) and cut into words and runs. A run is of characters that stand for
//! themselves (Han, kana, hangul, emoji), written without spaces: it is found by each of its
//! characters and each pair of neighbours. What an index gets is spelled with `a` to `z` and digits
//! alone, begins with `x` and has three letters at least: so no database takes it for two words, for
//! too short, or for a stopword, and nothing that a person types is syntax.

use crate::{
    ids::{RoomId, UserId},
    media::{Attachment, AttachmentKind},
    message::text::unmarked,
};
use std::{collections::BTreeSet, fmt::Write};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// A word of the index is at most a little longer; MySQL leaves out what is longer than 84.
const WORD_MAX: usize = 60;

/// A character as it is compared, and where in the text that is which it was made of, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded {
    pub letter: char,
    pub start: u32,
    pub end: u32,
}

/// A word, or a run of characters that stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit<'a> {
    Word(&'a [Folded]),
    Run(&'a [Folded]),
}

/// Each character as it is compared: NFKC, lower case, without accents.
#[must_use]
pub fn folded(text: &str) -> Vec<Folded> {
    let mut all = Vec::with_capacity(text.len());
    let mut end = 0;
    for cluster in text.graphemes(true) {
        let start = end;
        let mut letters = cluster.chars();
        let (first, rest) = (letters.next(), letters.count());
        end += 1 + rest as u32;
        let mut add = |letter| all.push(Folded { letter, start, end });
        match first {
            Some(first) if rest == 0 && first.is_ascii() => add(first.to_ascii_lowercase()),
            Some(first) if rest == 0 && is_han(first) => add(first),
            _ => plain(cluster).for_each(add),
        }
    }
    all
}

fn plain(cluster: &str) -> impl Iterator<Item = char> {
    let lower = cluster.nfkd().flat_map(char::to_lowercase).nfkd();
    lower.filter(|c| !is_accent(*c)).map(|c| if c == 'ς' { 'σ' } else { c }).nfkc()
}

/// A name, or what is looked for in names, as it is compared; white space is one space.
#[must_use]
pub fn name_key(text: &str) -> String {
    let letters: String = folded(text).iter().map(|folded| folded.letter).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names by which the same is found, a line each.
#[must_use]
pub fn name_keys(names: &[&str]) -> String {
    let keys: BTreeSet<_> = names.iter().map(|name| name_key(name)).collect();
    keys.into_iter().collect::<Vec<_>>().join("\n")
}

/// The words and runs of a folded text, in its order.
pub fn units(text: &[Folded]) -> impl Iterator<Item = Unit<'_>> {
    let of = |folded: &Folded| (stands_alone(folded.letter), folded.letter.is_alphanumeric());
    let same = move |one: &Folded, other: &Folded| match (of(one), of(other)) {
        ((true, _), (true, _)) => true,
        ((false, one), (false, other)) => one == other,
        _ => false,
    };
    text.chunk_by(same).filter_map(move |chunk| match of(chunk.first()?) {
        (true, _) => Some(Unit::Run(chunk)),
        (_, true) => Some(Unit::Word(chunk)),
        _ => None,
    })
}

/// What a message is found by: its words as they are read, without marks, and the names of what it carries,
/// each on a line.
#[must_use]
pub fn text_of(body: &str, attachments: &[Attachment]) -> String {
    let words = unmarked(body);
    let words = (!words.is_empty()).then_some(words.as_str());
    let names = attachments.iter().map(|attachment| attachment.name.as_str());
    words.into_iter().chain(names).collect::<Vec<_>>().join("\n")
}

/// What the index holds of a message: its words, where and by whom it was sent, and, added to that, what it
/// [`carries`].
#[must_use]
pub fn entry(room: RoomId, sender: UserId, body: &str) -> String {
    format!("{} {}{}", of_room(room), of_sender(sender), spelling(&unmarked(body)))
}

/// What the index holds of a text, each after a space.
fn spelling(text: &str) -> String {
    let mut words = BTreeSet::new();
    for unit in units(&folded(text)) {
        match unit {
            Unit::Word(word) => {
                words.insert(spelled(WORD, word));
            }
            Unit::Run(run) => {
                words.extend(run.chunks(1).map(|one| spelled(ONE, one)));
                words.extend(run.windows(2).map(|pair| spelled(PAIR, pair)));
            }
        }
    }
    words.into_iter().map(|word| format!(" {word}")).collect()
}

/// What stands before a word, one character that stands for itself, and a pair of them.
pub const WORD: &str = "xw";
pub const ONE: &str = "xc";
pub const PAIR: &str = "xb";
/// What a message with a picture, and one with anything else, has.
pub const PICTURE: &str = "xpicture";
pub const FILE: &str = "xfile";

/// What these attachments add to an entry: of what kinds they are, and their names.
#[must_use]
pub fn carries(attachments: &[Attachment]) -> String {
    let is_picture = |attachment: &Attachment| attachment.kind == AttachmentKind::Picture;
    let pictures = attachments.iter().any(is_picture).then_some(PICTURE);
    let files = (!attachments.iter().all(is_picture)).then_some(FILE);
    let kinds = [pictures, files].into_iter().flatten().map(|word| format!(" {word}"));
    kinds.chain([spelling(&text_of("", attachments))]).collect()
}

/// What each message of a room has.
#[must_use]
pub fn of_room(room: RoomId) -> String {
    format!("xr{room}")
}

/// What each message of a person has.
#[must_use]
pub fn of_sender(sender: UserId) -> String {
    format!("xu{sender}")
}

/// A word of the index. The beginning of a word is spelled as the beginning of its spelling.
#[must_use]
pub fn spelled(before: &str, letters: &[Folded]) -> String {
    let mut word = before.to_owned();
    for Folded { letter, .. } in letters {
        if word.len() >= WORD_MAX {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            word.push(*letter);
        } else {
            // A String takes all.
            let _ = write!(word, "{:x}", u32::from(*letter));
        }
    }
    word
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{2F7FF}')
}

/// Blocks of Unicode whose characters are written without spaces between words, and emoji.
fn stands_alone(c: char) -> bool {
    is_han(c)
        || matches!(c,
            '\u{1100}'..='\u{11FF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
            | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303C}' | '\u{3041}'..='\u{3096}'
            | '\u{3099}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
            | '\u{3105}'..='\u{312F}' | '\u{3131}'..='\u{318E}' | '\u{31A0}'..='\u{31BF}'
            | '\u{31F0}'..='\u{31FF}' | '\u{A960}'..='\u{A97C}' | '\u{AC00}'..='\u{D7FB}'
            | '\u{F900}'..='\u{FAFF}' | '\u{1B000}'..='\u{1B16F}' | '\u{30000}'..='\u{323AF}'
            | '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Marks that a reader may leave out: Combining Diacritical Marks and their supplements, vowels and
/// points of Arabic and Hebrew. The voiced sounds of kana are other sounds, and stay.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'..='\u{5C2}'
        | '\u{5C4}'..='\u{5C5}' | '\u{5C7}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}')
}
