//! The page of one's own sessions: drawn by the server alone, with plain forms.

use super::SessionLine;
use crate::{
    i18n::{Lang, use_lang},
    ui::{
        form::Left,
        icon::{Icon, IconName},
        page,
        time::{Zone, iso},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Where one is logged in. `done`: something was ended a moment ago; `now`: milliseconds since 1970.
#[component]
pub fn SessionsPage(
    sessions: Vec<SessionLine>,
    left: Option<Left>,
    done: bool,
    now: i64,
) -> impl IntoView {
    let lang = use_lang();
    let has_others = sessions.iter().any(|session| !session.is_this);
    let lines = sessions.into_iter().map(|session| line(lang, session, now)).collect_view();
    view! {
        <Title text=format!("{} · SampleIM", lang.own_sessions())/>
        <main class="settings" id="main" tabindex="-1">
            <header>
                <a class="icon-button" href="/settings" aria-label=lang.back()>
                    <Icon name=IconName::BACK/>
                </a>
                <h1>{lang.own_sessions()}</h1>
            </header>
            {left.and_then(|left| left.error).map(|error| view! { <p class="form-error" role="alert">{lang.error(&error)}</p> })}
            {done.then(|| view! { <p class="form-note" role="status">{lang.saved()}</p> })}
            <section class="panel">
                <p class="hint">{lang.own_sessions_words()}</p>
                <ul class="sessions">{lines}</ul>
                {has_others.then(|| view! {
                    <form method="post" action="/api/end_other_sessions">
                        <button class="danger">{lang.end_other_sessions()}</button>
                    </form>
                })}
            </section>
        </main>
    }
}

fn line(lang: Lang, session: SessionLine, now: i64) -> AnyView {
    let zone = Zone::Fixed(page::preferences().offset);
    let at = |time: i64| {
        let local = zone.local(time);
        let words = format!("{} {}", local.date(zone.local(now), lang), local.clock());
        view! { <time datetime=iso(time)>{words}</time> }
    };
    let device = device(&session.device).unwrap_or_else(|| lang.unknown_device().to_owned());
    let end = (!session.is_this).then(|| {
        view! {
            <form method="post" action="/api/end_session">
                <input type="hidden" name="id" value=session.id.clone()/>
                <button class="secondary">
                    {lang.end_session()} <span class="visually-hidden">" " {device.clone()}</span>
                </button>
            </form>
        }
    });
    view! {
        <li>
            <div class="grow">
                <strong>{device.clone()}</strong> " "
                {session.is_this.then(|| view! { <span class="role">{lang.this_session()}</span> })}
                <p class="hint">
                    {lang.session_used()} " " {at(session.last_used)} " · "
                    {lang.session_created()} " " {at(session.created)}
                </p>
            </div>
            {end}
        </li>
    }
    .into_any()
}

/// What a browser's own description says to a person: `Firefox · Windows`.
fn device(agent: &str) -> Option<String> {
    // Each names those before it too, so the order counts.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("MicroMessenger", "WeChat"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let parts: Vec<_> = [named(&browsers), named(&systems)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_is_named_as_people_know_it() {
        let table = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
                Some("Edge · Windows"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
                Some("Firefox · Linux"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                Some("Safari · iPhone"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
                Some("Chrome · Android"),
            ),
            ("curl/8.5.0", Some("curl")),
            ("", None),
        ];
        for (agent, name) in table {
            assert_eq!(device(agent).as_deref(), name, "{agent}");
        }
    }
}
