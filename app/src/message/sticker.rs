//! Stickers: drawings of the project's own (`public/sticker`), each sent as a message by its name.

use super::{Kind, reply::bracketed};
use crate::{
    error::{Error, Field, Rule},
    i18n::{Lang, use_lang},
    ids::{MediaId, RoomId},
    sync::store::use_store,
    ui::erased::when,
};
use leptos::prelude::*;

/// Each by its name, which is its file's, with what it says in English and Chinese.
pub const STICKERS: [(&str, &str, &str); 12] = [
    ("hello", "Hello", "你好"),
    ("thanks", "Thanks", "谢谢"),
    ("well-done", "Well done", "真棒"),
    ("yes", "Yes", "好的"),
    ("no", "No", "不行"),
    ("thinking", "Thinking", "想一想"),
    ("laughing", "Laughing", "哈哈"),
    ("sad", "Sad", "难过"),
    ("congratulations", "Congratulations", "恭喜"),
    ("good-night", "Good night", "晚安"),
    ("coffee", "Coffee break", "喝杯咖啡"),
    ("on-my-way", "On my way", "马上到"),
];

/// What the sticker of this name says; nothing for one that this version does not know.
#[must_use]
pub fn says(name: &str, lang: Lang) -> Option<&'static str> {
    let (_, en, zh) = STICKERS.iter().find(|sticker| sticker.0 == name)?;
    Some(match lang {
        Lang::En => en,
        Lang::Zh => zh,
    })
}

/// What a message of this text is that was sent as a sticker.
///
/// # Errors
/// [`Error::Invalid`] if there is no such sticker, or it carries something.
pub fn kind(name: &str, media: &[MediaId]) -> Result<Kind, Error> {
    match says(name, Lang::En) {
        Some(_) if media.is_empty() => Ok(Kind::Sticker),
        _ => Err(Error::invalid(Field::Body, Rule::Wrong)),
    }
}

/// The drawing.
pub fn drawn(name: &str, lang: Lang) -> AnyView {
    match says(name, lang) {
        Some(says) => view! { <img src=address(name) alt=says loading="lazy"/> }.into_any(),
        None => bracketed(name).into_any(),
    }
}

fn address(name: &str) -> String {
    ["/sticker/", name, ".svg"].concat()
}

/// All stickers; one that is clicked is sent to `room` at once.
#[component]
pub fn StickerGrid(room: RoomId, close: Callback<()>) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let sticker = |(name, _, _): (&'static str, _, _)| {
        let send = when(move |_| {
            let reply_to = store.take_answered(room);
            store.send(room, Kind::Sticker, name.to_owned(), vec![], reply_to);
            close.run(());
        });
        let says = says(name, lang);
        view! {
            <button type="button" title=says aria-label=says on:click=send>
                <img src=address(name) alt="" width="72" height="72"/>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="emoji-grid stickers">
            {STICKERS.into_iter().map(sticker).collect_view()}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn each_sticker_has_its_drawing_and_no_drawing_is_left_over() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/sticker");
        for (name, ..) in STICKERS {
            let drawing = std::fs::read_to_string(folder.join(format!("{name}.svg"))).unwrap();
            // A strict policy for pages draws nothing else.
            assert!(!drawing.contains("<style") && !drawing.contains("style="), "{name}");
            assert!(!drawing.contains("<script") && !drawing.contains("href"), "{name}");
        }
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), STICKERS.len());
    }

    #[test]
    fn a_sticker_speaks_both_languages() {
        assert_eq!(says("well-done", Lang::En), Some("Well done"));
        assert_eq!(says("well-done", Lang::Zh), Some("真棒"));
        assert_eq!(says("../icon", Lang::En), None);
    }
}
