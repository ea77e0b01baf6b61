//! Pictures on the page: on their way up, and large.

use super::{Picture, Purpose, address, thumb_address, upload};
use crate::{
    error::Error,
    i18n::use_lang,
    ids::RoomId,
    later,
    sync::{
        backoff,
        store::{Store, use_store},
    },
    ui::{
        bytes,
        erased::{Line, effect, keyed_list, live, when},
        icon::{Icon, IconName},
    },
};
use leptos::{html::Dialog, prelude::*};
use send_wrapper::SendWrapper;
use web_sys::File;

/// An upload that is on its way, or failed. Made in the browser only, in its one thread.
#[derive(Clone)]
pub struct Row {
    key: u32,
    room: RoomId,
    file: SendWrapper<File>,
    percent: RwSignal<u32>,
    failed: RwSignal<Option<Error>>,
    /// How often it was begun again by itself.
    attempts: StoredValue<u32>,
    upload: StoredValue<Option<SendWrapper<upload::Upload>>>,
}

/// All uploads of this page; they go on when another room is opened.
#[derive(Clone, Copy)]
pub struct Uploads {
    rows: RwSignal<Vec<Row>>,
    made: StoredValue<u32>,
    /// Uploads live as long as the page, not as the view that began them.
    owner: StoredValue<Owner>,
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            rows: RwSignal::default(),
            made: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// Uploads a picture, and sends it into `room` when it is up.
    pub fn add(self, store: Store, room: RoomId, file: File) {
        self.made.update_value(|made| *made += 1);
        let row = self.owner.with_value(|owner| {
            owner.with(|| Row {
                key: self.made.get_value(),
                room,
                file: SendWrapper::new(file),
                percent: RwSignal::new(0),
                failed: RwSignal::new(None),
                attempts: StoredValue::new(0),
                upload: StoredValue::new(None),
            })
        });
        self.rows.update(|rows| rows.push(row.clone()));
        if row.file.size() > store.upload_limit as f64 {
            row.failed.set(Some(Error::TooLarge { limit: store.upload_limit }));
        } else {
            self.start(store, &row);
        }
    }

    fn start(self, store: Store, row: &Row) {
        row.failed.set(None);
        row.percent.set(0);
        let Row { key, room, percent, failed, .. } = *row;
        let upload = upload::start(
            &row.file,
            Purpose::Message,
            move |now| percent.set(now),
            move |answer| match answer {
                Ok(picture) => {
                    self.remove(key);
                    store.send(room, String::new(), Some(picture));
                }
                Err(None) => self.remove(key),
                Err(Some(error)) => {
                    if error.is_temporary() {
                        self.try_again_later(store, key);
                    }
                    failed.set(Some(error));
                }
            },
        );
        row.upload.set_value(upload.map(SendWrapper::new));
    }

    /// Begins a broken upload again after a pause, unless its person has done so, or dropped it.
    fn try_again_later(self, store: Store, key: u32) {
        let find =
            move || self.rows.with_untracked(|rows| rows.iter().find(|r| r.key == key).cloned());
        let Some(row) = find() else { return };
        let attempt = row.attempts.try_update_value(|attempts| {
            *attempts += 1;
            *attempts - 1
        });
        let pause = backoff::pause(attempt.unwrap_or_default(), js_sys::Math::random());
        let again = move || {
            if let Some(row) = find().filter(|row| row.failed.get_untracked().is_some()) {
                self.start(store, &row);
            }
        };
        set_timeout(again, std::time::Duration::from_millis(pause.into()));
    }

    fn remove(self, key: u32) {
        self.rows.update(|rows| rows.retain(|row| row.key != key));
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new()
    }
}

/// The uploads into this room.
#[component]
pub fn UploadRows(room: RoomId) -> impl IntoView {
    let uploads: Uploads = expect_context();
    keyed_list(move || {
        let line = |row: Row| Line::new((0, row.key.into(), 0), move || later::upload(row));
        uploads
            .rows
            .with(|rows| rows.iter().filter(|row| row.room == room).cloned().map(line).collect())
    })
}

/// One of them: how far it is, or why it failed.
#[component]
pub fn UploadRow(row: Row) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let uploads: Uploads = expect_context();
    let (percent, failed) = (row.percent, row.failed);
    let name = format!("{} · {}", row.file.name(), bytes(row.file.size() as u64));
    let key = row.key;
    let stop = {
        let row = row.clone();
        when(move |_| match row.upload.get_value() {
            Some(upload) if row.failed.get_untracked().is_none() => upload.cancel(),
            _ => uploads.remove(key),
        })
    };
    let row = StoredValue::new(row);
    let retry = move || {
        let again = when(move |_| row.with_value(|row| uploads.start(store, row)));
        view! {
            <button type="button" class="icon-button" on:click=again aria-label=lang.retry()>
                <Icon name=IconName::RefreshCw/>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="upload" class:failed=live(move || failed.get().is_some())>
            <span class="name" dir="auto">{name}</span>
            {live(move || match failed.get() {
                None => {
                    view! {
                        <progress max="100" value=live(move || percent.get()) aria-label=lang.uploading()></progress>
                        <span class="percent">{live(move || format!("{} %", percent.get()))}</span>
                    }
                        .into_any()
                }
                Some(error) => {
                    view! {
                        <span class="why" role="alert">{lang.error(&error)}</span>
                        {error.is_temporary().then(retry)}
                    }
                        .into_any()
                }
            })}
            <button type="button" class="icon-button" on:click=stop aria-label=lang.cancel()>
                <Icon name=IconName::X/>
            </button>
        </div>
    }
}

/// The picture that is shown large, if one is.
#[derive(Clone, Copy)]
pub struct Lightbox(pub RwSignal<Option<Picture>>);

/// A message's picture: its thumbnail, at its size from the first paint.
#[component]
pub fn PictureView(picture: Picture) -> impl IntoView {
    let lang = use_lang();
    let Lightbox(shown) = expect_context();
    let broken = RwSignal::new(false);
    let label = match picture.name.as_str() {
        "" => lang.field_picture().to_owned(),
        name => name.to_owned(),
    };
    let id = picture.id;
    let (width, height) = (picture.thumb_width, picture.thumb_height);
    let open = when(move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        shown.set(Some(picture.clone()));
    });
    let image = live(move || {
        if broken.get() {
            return view! { <Icon name=IconName::ImageOff/> {lang.picture_gone()} }.into_any();
        }
        view! {
            <img
                src=thumb_address(id)
                alt=label.clone()
                width=width
                height=height
                on:error=when(move |_| broken.set(true))
            />
        }
        .into_any()
    });
    view! {
        <a class="picture-link" class:broken=broken href=address(id) target="_blank" on:click=open>
            {image}
        </a>
    }
}

/// Shows a picture large, over everything else.
#[component]
pub fn LightboxView() -> impl IntoView {
    let lang = use_lang();
    let Lightbox(shown) = expect_context();
    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        if let (Some(dialog), true) = (dialog.get(), shown.with(Option::is_some)) {
            // Fails only if it is open already.
            let _ = dialog.show_modal();
        }
    });
    let close = when(move |_| {
        if let Some(dialog) = dialog.get() {
            dialog.close();
        }
    });
    let content = live(move || {
        let picture = shown.get()?;
        let from = address(picture.id);
        Some(
            view! {
                <header>
                    <span class="grow" dir="auto">{picture.name.clone()}</span>
                    <a
                        class="icon-button"
                        href=from.clone()
                        download=picture.name.clone()
                        aria-label=lang.download()
                    >
                        <Icon name=IconName::Download/>
                    </a>
                    <button class="icon-button" aria-label=lang.close()>
                        <Icon name=IconName::X/>
                    </button>
                </header>
                <img src=from alt=picture.name width=picture.width height=picture.height/>
            }
            .into_any(),
        )
    });
    view! {
        <dialog
            class="lightbox"
            node_ref=dialog
            aria-label=lang.field_picture()
            on:close=when(move |_| shown.set(None))
            on:click=close
        >
            {content}
        </dialog>
    }
}
