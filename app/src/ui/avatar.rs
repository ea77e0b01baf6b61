//! Avatars: a picture, or the first character of the name on a colour of its own.

use super::erased::live;
use crate::{ids::MediaId, media, presence::Presence};
use leptos::prelude::*;

/// How many colours there are: the classes `hue-0` to `hue-11` of the style sheet.
const HUES: u32 = 12;

/// How large an avatar stands: 28, 40 or 72 CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AvatarSize {
    Small,
    #[default]
    Medium,
    Large,
}

/// A person's or a group's avatar. Mere decoration: the name stands beside it, so it is hidden
/// from screen readers. So whoever shows `presence` says it in words too.
#[component]
pub fn Avatar(
    /// Whose: chooses character and colour.
    #[prop(into)]
    name: Signal<String>,
    /// The chosen picture, if any.
    #[prop(optional, into)]
    picture: Signal<Option<MediaId>>,
    /// Shown as a dot on the corner; `None` for no dot.
    #[prop(optional, into)]
    presence: Signal<Option<Presence>>,
    /// Groups are square with round corners, people are round.
    #[prop(optional)]
    group: bool,
    #[prop(optional)] size: AvatarSize,
) -> impl IntoView {
    let size = match size {
        AvatarSize::Small => "small",
        AvatarSize::Medium => "medium",
        AvatarSize::Large => "large",
    };
    let group = if group { " group" } else { "" };
    let class = live(move || format!("avatar {size}{group} hue-{}", name.with(|name| hue(name))));
    let dot = live(move || {
        presence.get().map(|presence| match presence {
            Presence::Online => "on",
            Presence::Away => "away",
            Presence::Offline => "off",
        })
    });
    let face = live(move || match picture.get() {
        Some(id) => view! { <img src=media::thumb_address(id) alt="" loading="lazy" /> }.into_any(),
        None => name.with(|name| initial(name)).into_any(),
    });
    view! { <span class=class data-presence=dot aria-hidden="true">{face}</span> }
}

/// The number of the colour for this name, below [`HUES`]. Always the same for the same name, in
/// every browser: FNV-1a, 32 bits (draft-eastlake-fnv).
#[must_use]
pub fn hue(name: &str) -> u32 {
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // The low bits of FNV-1a mix worst; fold the high ones in.
    (hash ^ (hash >> 16)) % HUES
}

/// What stands for the name: its first character, with what joins onto it (accents, variation
/// selectors, joined emoji), or `?` for an empty name. The style makes it a capital.
#[must_use]
pub fn initial(name: &str) -> String {
    let mut characters = name.trim().chars();
    let Some(first) = characters.next() else {
        return "?".to_owned();
    };
    let mut initial: String = first.into();
    let mut joined = false;
    for character in characters {
        let joiner = character == '\u{200d}';
        // Combining marks, variation selectors, skin tones.
        let mark = matches!(character, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
        if !(joiner || mark || joined) {
            break;
        }
        initial.push(character);
        joined = joiner;
    }
    initial
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_name_keeps_its_hue() {
        // From the definition: the empty input hashes to the offset basis.
        assert_eq!(hue(""), (0x811c_9dc5_u32 ^ 0x811c) % 12);
        assert_eq!(hue("林雨"), 8);
    }

    #[test]
    fn names_spread_over_all_hues() {
        let hues: HashSet<u32> = (0..200).map(|n| hue(&format!("user{n}"))).collect();
        assert_eq!(hues, (0..HUES).collect());
    }

    #[test]
    fn the_initial_is_one_visible_character() {
        for (name, expected) in [
            ("marta", "m"),
            ("  林雨", "林"),
            ("", "?"),
            ("e\u{301}va", "e\u{301}"),
            ("👩‍💻 dev", "👩‍💻"),
            ("👍🏽ok", "👍🏽"),
        ] {
            assert_eq!(initial(name), expected, "{name}");
        }
    }
}
