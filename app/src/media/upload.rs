//! Uploading from the browser, with progress: `fetch` cannot tell how far an upload is, so this is
//! an `XMLHttpRequest`.

use super::{Attachment, Purpose};
use crate::error::Error;
use leptos::{
    prelude::{on_cleanup, window_event_listener_untyped},
    task::spawn_local,
};
use std::{cell::Cell, rc::Rc};
use web_sys::{
    DataTransfer, DragEvent, File, FormData, HtmlInputElement, ProgressEvent, XmlHttpRequest,
    wasm_bindgen::{JsCast, closure::Closure},
};

/// An upload that can be given up.
#[derive(Clone)]
pub struct Upload {
    request: XmlHttpRequest,
    cancelled: Rc<Cell<bool>>,
}

impl Upload {
    /// Stops it; `on_end` is told `Err(None)`.
    pub fn cancel(&self) {
        self.cancelled.set(true);
        // Fails never: aborting what has ended does nothing.
        let _ = self.request.abort();
    }
}

/// The files that a person chose; the field is emptied, so that the same file can be chosen again.
#[must_use]
pub fn take_files(input: &HtmlInputElement) -> Vec<File> {
    let files = input.files().map(|files| list(&files)).unwrap_or_default();
    input.set_value("");
    files
}

/// Whether what is pasted or dragged has this kind of content: `Files`, or a media type.
#[must_use]
pub fn carries(data: &DataTransfer, kind: &str) -> bool {
    data.types().includes(&kind.into(), 0)
}

/// From now on a file that is dropped beside a conversation is not opened in the page's place.
pub fn keep_files_out() {
    for name in ["dragover", "drop"] {
        let handle = window_event_listener_untyped(name, |event| {
            if drags_files(event.unchecked_ref()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    }
}

/// Whether files are dragged, not words of a page.
#[must_use]
pub fn drags_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| carries(&data, "Files"))
}

/// The files of a list, as dropped or pasted.
#[must_use]
pub fn list(files: &web_sys::FileList) -> Vec<File> {
    (0..files.length()).filter_map(|index| files.get(index)).collect()
}

/// Sends a file. `on_progress` is told per cent; `on_end` what was stored, or the error, or no
/// error when it was cancelled.
pub fn start(
    file: &File,
    purpose: Purpose,
    on_progress: impl Fn(u32) + 'static,
    on_end: impl FnOnce(Result<Attachment, Option<Error>>) + 'static,
) -> Option<Upload> {
    let request = XmlHttpRequest::new().ok()?;
    let form = FormData::new().ok()?;
    form.append_with_blob_and_filename("file", file, &file.name()).ok()?;
    request.open("POST", &format!("/api/media?purpose={}", purpose.as_str())).ok()?;

    let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            on_progress((event.loaded() / event.total() * 100.0) as u32);
        }
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let cancelled = Rc::new(Cell::new(false));
    // `loadend` comes last whatever happened, exactly once; the closures are freed with it.
    let end = Closure::once_into_js({
        let (request, cancelled, file) = (request.clone(), Rc::clone(&cancelled), file.clone());
        move || {
            drop(progress);
            spawn_local(async move {
                let answer = match answer(&request) {
                    // The browser does not say why nothing went out.
                    Err(Error::NoAnswer) if !is_readable(&file).await => Err(Error::UnreadableFile),
                    answer => answer,
                };
                on_end(if cancelled.get() { Err(None) } else { answer.map_err(Some) });
            });
        }
    });
    request.set_onloadend(Some(end.unchecked_ref()));
    request.send_with_opt_form_data(Some(&form)).ok()?;
    Some(Upload { request, cancelled })
}

/// Whether the file is still what was chosen. A folder can be dropped, but not read.
async fn is_readable(file: &File) -> bool {
    match file.slice_with_i32_and_i32(0, 1) {
        Ok(start) => js_sys::futures::JsFuture::from(start.array_buffer()).await.is_ok(),
        Err(_) => false,
    }
}

fn answer(request: &XmlHttpRequest) -> Result<Attachment, Error> {
    let body = request.response_text().ok().flatten().unwrap_or_default();
    match request.status() {
        Ok(200) => serde_json::from_slice(body.as_bytes()).map_err(|_| Error::NoAnswer),
        // What is not our error came from something between, or nothing came at all.
        status => Err(serde_json::from_slice(body.as_bytes()).unwrap_or(match status {
            Ok(413) => Error::TooLarge { limit: 0 },
            Ok(408 | 429) => Error::NoAnswer,
            Ok(400..500) => Error::Malformed,
            _ => Error::NoAnswer,
        })),
    }
}
