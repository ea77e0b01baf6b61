//! Where one chooses a picture of oneself, or of a group.

use super::{Purpose, upload};
use crate::{
    error::Error,
    i18n::use_lang,
    ids::MediaId,
    ui::{
        avatar::{Avatar, AvatarSize},
        erased::{live, shown_if, when},
    },
};
use leptos::prelude::*;

/// The picture, and what one can do about it: `set` is given what was uploaded, or nothing to remove
/// it; `error` is why that was refused.
#[component]
pub fn PictureChooser(
    purpose: Purpose,
    name: Signal<String>,
    picture: Signal<Option<MediaId>>,
    set: impl Fn(Option<MediaId>) + Copy + Send + 'static,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let lang = use_lang();
    let failed = RwSignal::new(None::<Error>);
    let progress = RwSignal::new(None::<u32>);
    let input = NodeRef::<leptos::html::Input>::new();
    let chosen = when(move |_| {
        let Some(file) =
            input.get().and_then(|input| upload::take_files(&input).into_iter().next())
        else {
            return;
        };
        failed.set(None);
        progress.set(Some(0));
        let on_progress = move |percent| progress.set(Some(percent));
        upload::start(&file, purpose, on_progress, move |answer| {
            progress.set(None);
            match answer {
                Ok(upload) => set(Some(upload.id)),
                Err(error) => failed.set(error),
            }
        });
    });
    let words = live(move || {
        let error = failed.get().or_else(|| error.get())?;
        Some(view! { <p class="form-error">{lang.error(&error)}</p> }.into_any())
    });
    let remove = shown_if(
        move || picture.get().is_some(),
        move || {
            view! {
                <button class="secondary needs-script" type="button" on:click=when(move |_| set(None))>
                    {lang.remove_picture()}
                </button>
            }
            .into_any()
        },
    );
    view! {
        <div class="avatar-row">
            <Avatar name picture group=purpose == Purpose::Room size=AvatarSize::Large/>
            <label class="secondary needs-script">
                <input
                    class="visually-hidden"
                    type="file"
                    accept="image/jpeg,image/png,image/gif,image/webp"
                    node_ref=input
                    on:change=chosen
                />
                {live(move || match progress.get() {
                    Some(percent) => format!("{percent} %"),
                    None => lang.choose_picture().to_owned(),
                })}
            </label>
            {remove}
            <div role="alert">{words}</div>
        </div>
    }
}
