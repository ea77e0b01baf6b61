//! What this device does about news, to be chosen.

use super::{Choice, view::choice};
use crate::{
    i18n::use_lang,
    sync::{storage, store::use_store},
    ui::{
        erased::{live, shown_if, when},
        notice::{self as browser, Allowed},
    },
};
use leptos::prelude::*;

/// The panel of the settings.
#[component]
pub fn NoticePanel() -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let chosen = RwSignal::new(Choice::default());
    let allowed = RwSignal::new(Allowed::Unasked);
    Effect::new(move || {
        chosen.set(choice(store));
        allowed.set(browser::allowed());
    });
    let change = move |change: &dyn Fn(&mut Choice)| {
        chosen.update(|choice| change(choice));
        let me = store.me.with_untracked(|me| me.id);
        chosen.with_untracked(|choice| storage::keep_notices(me, choice));
    };
    let desktop = when(move |event| {
        let wanted = event_target_checked(&event);
        change(&|choice| choice.desktop = wanted);
        if wanted {
            browser::ask(move |answer| allowed.set(answer));
        }
    });
    let sound = when(move |event| {
        let wanted = event_target_checked(&event);
        change(&|choice| choice.sound = wanted);
        if wanted {
            browser::sound();
        }
    });
    let quiet = when(move |event| {
        let wanted = event_target_checked(&event);
        change(&|choice| choice.quiet = wanted.then_some(NIGHT));
    });
    let hours =
        move |label: &'static str, get: fn((u32, u32)) -> u32, set: fn(&mut (u32, u32), u32)| {
            let value = move || {
                let minute = chosen.with(|choice| choice.quiet).map(get).unwrap_or_default();
                format!("{:02}:{:02}", minute / 60, minute % 60)
            };
            let on = when(move |event| {
                if let Some(minute) = minute_of(&event_target_value(&event)) {
                    change(&|choice| {
                        if let Some(hours) = &mut choice.quiet {
                            set(hours, minute);
                        }
                    });
                }
            });
            view! {
                <label class="field">
                    <span class="label">{label}</span>
                    <input type="time" required prop:value=live(value) on:change=on/>
                </label>
            }
            .into_any()
        };
    let is_quiet = move || chosen.with(|choice| choice.quiet.is_some());
    let words = move || match allowed.get() {
        Allowed::Never => Some(lang.notices_never()),
        Allowed::Refused => Some(lang.notices_refused()),
        Allowed::Unasked | Allowed::Granted => None,
    };
    view! {
        <section class="panel needs-script" aria-labelledby="notices">
            <h2 id="notices">{lang.notices()}</h2>
            <p>{lang.notices_words()}</p>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=live(move || chosen.with(|choice| choice.desktop))
                    disabled=live(move || allowed.get() == Allowed::Never)
                    on:change=desktop
                />
                {lang.notices_desktop()}
            </label>
            {live(move || words().map(|words| view! { <p class="hint">{words}</p> }.into_any()))}
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=live(move || chosen.with(|choice| choice.sound))
                    on:change=sound
                />
                {lang.notices_sound()}
            </label>
            <label class="check">
                <input type="checkbox" prop:checked=live(is_quiet) on:change=quiet/>
                {lang.quiet_hours()}
            </label>
            {shown_if(
                is_quiet,
                move || {
                    view! {
                        <div class="hours">
                            {hours(lang.quiet_from(), |hours| hours.0, |hours, minute| hours.0 = minute)}
                            {hours(lang.quiet_to(), |hours| hours.1, |hours, minute| hours.1 = minute)}
                        </div>
                    }
                    .into_any()
                },
            )}
        </section>
    }
    .into_any()
}

/// The quiet hours that are proposed: from ten in the evening to seven, in minutes of the day.
const NIGHT: (u32, u32) = (22 * 60, 7 * 60);

/// The minute of the day of `22:00`.
fn minute_of(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    Some(hour.parse::<u32>().ok()? * 60 + minute.get(..2)?.parse::<u32>().ok()?)
}
