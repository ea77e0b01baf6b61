//! What a message said before it was edited.

use super::{Version, api::edits};
use crate::{
    i18n::use_lang,
    ids::RoomId,
    sync::store::use_store,
    ui::{erased::live, time::iso},
};
use leptos::{prelude::*, task::spawn_local};

/// Its earlier versions, the oldest first, each with when it was written.
#[component]
pub fn Edits(room: RoomId, seq: i64) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let known = RwSignal::new(None);
    spawn_local(async move {
        // It may have been closed meanwhile.
        known.try_set(Some(edits(room, seq).await));
    });
    let list = live(move || match known.get() {
        None => view! { <p class="skeleton"></p> }.into_any(),
        Some(Err(error)) => {
            view! { <p class="note error" role="alert">{lang.error(&error)}</p> }.into_any()
        }
        Some(Ok(edits)) => {
            let now = store.zone.get().local(store.now.get());
            let version = |edit: Version| {
                let written = store.zone.get().local(edit.written);
                let when = format!("{} {}", written.day_name(now, lang), written.clock());
                view! {
                    <li>
                        <time datetime=iso(edit.written)>{when}</time>
                        <p dir="auto">{edit.body}</p>
                    </li>
                }
                .into_any()
            };
            view! { <ol>{edits.into_iter().map(version).collect_view()}</ol> }.into_any()
        }
    });
    view! { <section class="edits" aria-label=lang.earlier_versions()>{list}</section> }.into_any()
}
