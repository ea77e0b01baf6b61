//! What a message carries, on the page: pictures as a grid, videos and sounds to play in place, files
//! to download.

use super::{Attachment, AttachmentKind, address, thumb_address, waiting::Lightbox};
use crate::{
    i18n::{Lang, use_lang},
    ids::RoomId,
    sync::{
        backoff,
        store::{Link, use_store},
    },
    ui::{
        bytes,
        erased::{effect, live, when},
        icon::{Icon, IconName},
        page,
    },
};
use leptos::prelude::*;
use std::time::Duration;

/// So often something that could not be loaded is asked for again by itself.
const ATTEMPTS: u32 = 2;

/// All that a message of this room carries.
#[component]
pub fn Attachments(room: RoomId, attachments: Vec<Attachment>) -> impl IntoView {
    let lang = use_lang();
    let (pictures, others): (Vec<_>, Vec<_>) =
        attachments.into_iter().partition(|one| one.kind == AttachmentKind::Picture);
    let one = pictures.len() == 1;
    let pictures = (!pictures.is_empty()).then(|| {
        let draw = |picture| view! { <PictureView room picture/> }.into_any();
        let pictures: Vec<_> = pictures.into_iter().map(draw).collect();
        view! { <div class="pictures" class:one=one>{pictures}</div> }
    });
    let draw = |one: Attachment| match one.kind {
        AttachmentKind::Video | AttachmentKind::Audio => view! { <Player one/> }.into_any(),
        AttachmentKind::Picture | AttachmentKind::File => file(&one, lang),
    };
    view! {
        {pictures}
        {others.into_iter().map(draw).collect::<Vec<_>>()}
    }
    .into_any()
}

/// A picture: its thumbnail, in its place from the first paint; a click shows it large.
#[component]
fn PictureView(room: RoomId, picture: Attachment) -> impl IntoView {
    let lang = use_lang();
    let Lightbox(shown) = expect_context();
    let broken = Broken::not();
    let label = name_of(&picture, lang);
    let id = picture.id;
    let (width, height) = (picture.thumb_width, picture.thumb_height);
    let open = when(move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        shown.set(Some((room, picture.clone())));
    });
    let image = live(move || {
        if broken.now.get() {
            return view! { <Icon name=IconName::IMAGE_OFF/> {lang.picture_gone()} }.into_any();
        }
        view! {
            <img
                src=thumb_address(id)
                alt=label.clone()
                width=width
                height=height
                on:error=when(move |_| broken.fail())
            />
        }
        .into_any()
    });
    view! {
        <a class="picture-link" class:broken=broken.now href=address(id) target="_blank" on:click=open>
            {image}
        </a>
    }
}

/// Something that could not be loaded.
#[derive(Clone, Copy)]
struct Broken {
    now: RwSignal<bool>,
    failures: StoredValue<u32>,
}

impl Broken {
    /// Nothing yet. What is broken is asked for again when the server answers again.
    fn not() -> Self {
        let (store, now) = (use_store(), RwSignal::new(false));
        effect(move || {
            if store.link.get() == Link::Up {
                now.set(false);
            }
        });
        Self { now, failures: StoredValue::new(0) }
    }

    /// It could not be loaded: asked for again after a pause, some times.
    fn fail(self) {
        self.now.set(true);
        let failures = self.failures.get_value();
        self.failures.set_value(failures + 1);
        if failures < ATTEMPTS {
            let pause = backoff::pause(failures, js_sys::Math::random());
            let again = move || {
                self.now.try_set(false);
            };
            set_timeout(again, Duration::from_millis(pause.into()));
        }
    }
}

/// A video or a sound to play in place; what this browser cannot play is a file to it.
#[component]
fn Player(one: Attachment) -> impl IntoView {
    let lang = use_lang();
    let broken = Broken::not();
    let fail = move || when(move |_| broken.fail());
    live(move || {
        let (from, label) = (address(one.id), name_of(&one, lang));
        match one.kind {
            AttachmentKind::Video if !broken.now.get() => view! {
                <video controls playsinline preload="metadata" src=from aria-label=label on:error=fail()></video>
            }
            .into_any(),
            AttachmentKind::Audio if !broken.now.get() => view! {
                {file(&one, lang)}
                <audio controls preload="metadata" src=from aria-label=label on:error=fail()></audio>
            }
            .into_any(),
            _ => file(&one, lang),
        }
    })
}

/// A file by its name and size, to download.
fn file(one: &Attachment, lang: Lang) -> AnyView {
    let name = name_of(one, lang);
    let saved = name.clone();
    view! {
        <a class="file" href=address(one.id) download=saved>
            {drawing(&one.name)}
            <span class="name" dir="auto">{name}</span>
            <span class="size">{bytes(one.bytes)}</span>
        </a>
    }
    .into_any()
}

/// Its name, or what it is.
#[must_use]
pub fn name_of(one: &Attachment, lang: Lang) -> String {
    if !one.name.is_empty() {
        return one.name.clone();
    }
    match one.kind {
        AttachmentKind::Picture => lang.field_picture(),
        AttachmentKind::Video => lang.video(),
        AttachmentKind::Audio => lang.audio(),
        AttachmentKind::File => lang.file(),
    }
    .to_owned()
}

/// A drawing for a file of this name (Lucide's, as those of `ui/icon.rs`). It is but a hint: what a
/// file is, its content tells.
#[must_use]
pub fn drawing(name: &str) -> AnyView {
    const SHEET: &str =
        "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8l6 6v12a2 2 0 0 1-2 2zM14 2v5a1 1 0 0 0 1 1h5";
    let ending = page::lower(name.rsplit_once('.').map_or("", |(_, ending)| ending));
    let mark = match ending.as_str() {
        "pdf" | "txt" | "md" | "doc" | "docx" | "odt" | "rtf" => "M10 9H8M16 13H8M16 17H8",
        "xls" | "xlsx" | "ods" | "csv" => "M8 13h2M14 13h2M8 17h2M14 17h2",
        "zip" | "gz" | "tar" | "7z" | "rar" | "xz" => "M10 12v-1M10 18v-2M10 7V6",
        "mp3" | "m4a" | "ogg" | "oga" | "opus" | "wav" | "flac" => {
            "M9 18V12l5-1v6M7 18a1 1 0 1 0 2 0a1 1 0 1 0-2 0M12 17a1 1 0 1 0 2 0a1 1 0 1 0-2 0"
        }
        "mp4" | "webm" | "mov" | "mkv" | "avi" => "M10 11l5 3-5 3z",
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "heic" | "svg" => {
            "M8 13a1 1 0 1 0 2 0a1 1 0 1 0-2 0M18 18l-3-3-6 6"
        }
        _ => "",
    };
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=[SHEET, mark].concat()></path>
        </svg>
    }
    .into_any()
}
