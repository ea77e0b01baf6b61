//! What is found while one types, in place of the lists.

use super::{
    Found, Wanted,
    looking::{Filters, Looking, PAUSE, ask},
    results::{FilterFields, Results},
};
use crate::{
    error::Error,
    i18n::use_lang,
    sync::store::use_store,
    ui::{
        address::Address,
        browser,
        erased::{Line, effect, keyed_list, live, memo, shown_if, when},
        steps,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

/// The search of one page.
#[derive(Clone, Copy)]
struct Asking {
    wanted: Memo<Wanted>,
    found: RwSignal<Option<Result<Found, Error>>>,
    busy: RwSignal<bool>,
    /// Counts what was asked: an answer to anything but the last is dropped.
    number: StoredValue<u32>,
}

impl Asking {
    /// What is wanted now, after a pause.
    fn begin(self) {
        let number = self.next();
        self.busy.set(true);
        let ask = move || {
            if self.is_last(number) {
                self.bring(number, self.wanted.get_untracked(), None);
            }
        };
        set_timeout(ask, PAUSE);
    }

    /// The messages before those that are shown.
    fn more(self, so_far: Found) {
        self.busy.set(true);
        let before = so_far.before;
        let wanted = Wanted { before, ..self.wanted.get_untracked() };
        self.bring(self.next(), wanted, Some(so_far));
    }

    fn bring(self, number: u32, wanted: Wanted, so_far: Option<Found>) {
        spawn_local(async move {
            let answer = ask(wanted).await;
            if !self.is_last(number) {
                return;
            }
            let answer = answer.map(|more| match so_far {
                Some(mut all) => {
                    all.hits.extend(more.hits);
                    Found { before: more.before, senders: more.senders, ..all }
                }
                None => more,
            });
            self.found.try_set(Some(answer));
            self.busy.try_set(false);
        });
    }

    fn next(self) -> u32 {
        self.number.update_value(|number| *number += 1);
        self.number.get_value()
    }

    fn is_last(self, number: u32) -> bool {
        self.number.try_get_value() == Some(number)
    }
}

/// The filters, and what was found.
#[component]
pub fn SearchResults() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let looking: Looking = expect_context();
    let address: Address = expect_context();
    let filters =
        RwSignal::new(Filters { room: looking.room.get_untracked(), ..Filters::default() });
    // The room is also chosen above a conversation.
    effect(move || {
        let room = looking.room.get();
        filters.update(|filters| filters.room = room);
    });
    let wanted = memo(move || {
        let text = looking.text.with(|text| text.trim_start().to_owned());
        filters.with(|filters| filters.wanted(text, store.zone.get()))
    });
    let asking = Asking {
        wanted,
        found: RwSignal::new(None),
        busy: RwSignal::new(true),
        number: StoredValue::new(0),
    };
    effect(move || {
        wanted.track();
        asking.begin();
    });
    steps::follow(move || looking.end());
    let change = move |set: fn(&mut Filters, String), value: String| {
        filters.update(|filters| set(filters, value));
        // First: a search of nothing ends, and its filters with it.
        looking.narrowed.set(filters.with_untracked(Filters::is_set));
        looking.room.set(filters.with_untracked(|filters| filters.room));
    };
    // How often they were removed: then the fields are drawn anew, without what was typed into them.
    let cleared = RwSignal::new(0_u64);
    let clear = when(move |_| {
        filters.set(Filters::default());
        cleared.update(|times| *times += 1);
        looking.narrowed.set(false);
        looking.room.set(None);
    });
    let fields = keyed_list(move || {
        let draw = move || {
            view! { <FilterFields filters=filters.get_untracked() room=looking.room change/> }
                .into_any()
        };
        vec![Line::new((0, cleared.get(), 0), draw)]
    });
    let outcome = live(move || match asking.found.get() {
        None => view! { <div class="skeleton"></div> }.into_any(),
        Some(Ok(found)) => view! { <Results found/> }.into_any(),
        Some(Err(error)) => {
            let again = when(move |_| asking.begin());
            view! {
                <p class="none" role="alert">{lang.error(&error)}</p>
                <button type="button" class="more" on:click=again>{lang.retry()}</button>
            }
            .into_any()
        }
    });
    let before =
        move || asking.found.with(|found| matches!(found, Some(Ok(Found { before: Some(_), .. }))));
    let more = shown_if(before, move || {
        let more = when(move |_| {
            // Not disabled meanwhile: it would lose the focus.
            if let Some(Ok(found)) = asking.found.get_untracked()
                && !asking.busy.get_untracked()
            {
                asking.more(found);
            }
        });
        let is_busy = live(move || asking.busy.get().to_string());
        view! {
            <button type="button" class="more" on:click=more aria-disabled=is_busy>
                {lang.more_results()}
            </button>
        }
        .into_any()
    });
    let is_narrowed = memo(move || filters.with(Filters::is_set));
    let end = when(move |_| looking.end());
    // Of messages one may want the next one too; a person or a group was what was looked for.
    let was_chosen = StoredValue::new(false);
    let choose = when(move |event: MouseEvent| {
        was_chosen.set_value(browser::is_within(&event, ".row:not(.hit)"));
    });
    effect(move || {
        address.path.track();
        if was_chosen.get_value() {
            looking.end();
        }
    });
    view! {
        <button type="button" class="text-button wide" on:click=end>{lang.end_search()}</button>
        <details class="filters" prop:open=is_narrowed>
            <summary>{lang.filters()}</summary>
            <div class="grid">
                {fields}
                <button type="button" class="text-button wide" on:click=clear>
                    {lang.remove_filters()}
                </button>
            </div>
        </details>
        <div aria-busy=live(move || asking.busy.get().to_string()) on:click=choose>{outcome} {more}</div>
    }
    .into_any()
}
