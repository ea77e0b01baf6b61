//! What is looked for, where it stands in a text, and the part of the text that shows it. Pure.

use super::words::{Folded, ONE, PAIR, Unit, WORD, folded, spelled, units};
use std::ops::Range;

/// So many words of the index are asked for at most; the text itself is looked at for all.
const ASKED_MAX: usize = 24;
/// Characters of a message that are shown, and how many of them before the first hit.
const SHOWN: usize = 120;
const BEFORE: usize = 30;

/// What is looked for: all of it has to be in a text, in any order.
#[derive(Debug, Clone, Default)]
pub struct Phrase {
    terms: Vec<Term>,
}

#[derive(Debug, Clone)]
enum Term {
    Word(Vec<Folded>),
    /// The beginning of a word: the last one, while it is being typed.
    Beginning(Vec<Folded>),
    /// Characters that stand beside each other.
    Run(Vec<Folded>),
}

/// A word of the index, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub word: String,
    pub is_beginning: bool,
}

impl Asked {
    /// A whole word.
    #[must_use]
    pub fn word(word: String) -> Self {
        Self { word, is_beginning: false }
    }
}

impl Phrase {
    /// What a person typed. A last word of two letters or more may go on.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = folded(text);
        let end = text.last().map(|last| last.end);
        let term = |unit| match unit {
            Unit::Run(run) => Term::Run(run.to_vec()),
            Unit::Word(word) if word.len() > 1 && word.last().map(|last| last.end) == end => {
                Term::Beginning(word.to_vec())
            }
            Unit::Word(word) => Term::Word(word.to_vec()),
        };
        Self { terms: units(&text).map(term).collect() }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What every text that [`Phrase::find`] finds has in the index; some others may have it too.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        let mut asked = Vec::new();
        for term in &self.terms {
            match term {
                Term::Word(word) => asked.push(Asked::word(spelled(WORD, word))),
                Term::Beginning(word) => {
                    asked.push(Asked { word: spelled(WORD, word), is_beginning: true });
                }
                Term::Run(run) if run.len() == 1 => asked.push(Asked::word(spelled(ONE, run))),
                Term::Run(run) => {
                    asked.extend(run.windows(2).map(|pair| Asked::word(spelled(PAIR, pair))));
                }
            }
        }
        asked.truncate(ASKED_MAX);
        asked
    }

    /// Where a text shows it, in characters, ascending and apart from each other, by more than one mark
    /// such as `_`; nothing if a part is missing.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Vec<Range<u32>>> {
        let text = folded(text);
        let mut places = Vec::new();
        for term in &self.terms {
            let before = places.len();
            for unit in units(&text) {
                term.places(unit, &mut places);
            }
            if places.len() == before {
                return None;
            }
        }
        places.sort_unstable_by_key(|place| (place.start, place.end));
        let mut apart: Vec<Range<u32>> = Vec::with_capacity(places.len());
        let is_joined = |end: u32, start: u32| {
            let between = text.binary_search_by_key(&end, |folded| folded.start);
            let between = between.ok().and_then(|place| text.get(place));
            start <= end
                || between.is_some_and(|one| one.end == start && !one.letter.is_whitespace())
        };
        for place in places {
            match apart.last_mut() {
                Some(last) if is_joined(last.end, place.start) => {
                    last.end = last.end.max(place.end);
                }
                _ => apart.push(place),
            }
        }
        Some(apart)
    }
}

impl Term {
    /// Adds where it stands in a unit.
    fn places(&self, unit: Unit<'_>, places: &mut Vec<Range<u32>>) {
        let is_same = |one: &[Folded], other: &[Folded]| {
            one.iter().map(|folded| folded.letter).eq(other.iter().map(|folded| folded.letter))
        };
        let mut add = |found: &[Folded]| {
            if let [first, .., last] | [first @ last] = found {
                places.push(first.start..last.end);
            }
        };
        match (self, unit) {
            (Self::Word(word), Unit::Word(found)) if is_same(word, found) => add(found),
            (Self::Beginning(word), Unit::Word(found)) => {
                if let Some(found) = found.get(..word.len()).filter(|found| is_same(word, found)) {
                    add(found);
                }
            }
            (Self::Run(run), Unit::Run(found)) => {
                found.windows(run.len()).filter(|found| is_same(run, found)).for_each(add);
            }
            _ => {}
        }
    }
}

/// The part of a text around the first of these places, in one line, and the places in it.
#[must_use]
pub fn excerpt(text: &str, places: &[Range<u32>]) -> (String, Vec<(u32, u32)>) {
    let letters: Vec<char> =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let first = places.first().map_or(0, |place| place.start as usize);
    let latest = letters.len().saturating_sub(SHOWN);
    let mut start = first.saturating_sub(BEFORE).min(latest);
    // Not in the middle of a word, if one begins before the hit.
    if start > 0 {
        let space = letters[start..first.max(start)].iter().position(|c| *c == ' ');
        start += space.map_or(0, |space| space + 1);
    }
    let end = (start + SHOWN).min(letters.len());
    let mut shown = String::new();
    if start > 0 {
        shown.push('…');
    }
    shown.extend(&letters[start..end]);
    if end < letters.len() {
        shown.push('…');
    }
    let moved = |at: u32| {
        let at = (at as usize).clamp(start, end) - start;
        (at + usize::from(start > 0)) as u32
    };
    let marks = places.iter().map(|place| (moved(place.start), moved(place.end)));
    (shown, marks.filter(|(start, end)| start < end).collect())
}
