//! The links into a group, in the sheet of its details.

use super::{
    Invitation, LINKS_MAX, QrPicture,
    api::{create_invitation, invitations, qr_code, revoke_invitation},
    parts::{about, code, terms},
};
use crate::{
    account::gate::FormError,
    error::Error,
    i18n::use_lang,
    ids::RoomId,
    sync::store::use_store,
    ui::{
        browser,
        erased::{Line, effect, keyed_list, live, memo, shown_if, when},
        form::{Fields, Form},
        sure::SureButton,
    },
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// Makes links, shows those that there are, and revokes them.
#[component]
pub fn InviteByLink(room: RoomId) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let links = RwSignal::new(None::<Vec<Invitation>>);
    let failed = RwSignal::new(None::<Error>);
    let members = memo(move || store.rooms.with(|rooms| rooms.get(&room).map(|room| room.members)));
    // Again whenever somebody joined: it may have been by one of these.
    effect(move || {
        // `track` alone would not work it out, and so hear of nothing.
        members.get();
        spawn_local(async move {
            match invitations(room).await {
                Ok(found) => drop(links.try_set(Some(found))),
                // What is shown may be old, and is better than nothing.
                Err(_) if links.try_with_untracked(Option::is_some) == Some(true) => {}
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    });
    let form = Form::new("");
    let error = form.error();
    let make = when(move |event: SubmitEvent| {
        let fields = Fields::of(&event);
        let number = |name| fields.text(name).parse().unwrap_or_default();
        let (hours, uses) = (number("hours"), number("uses"));
        form.send(async move {
            let made = create_invitation(room, hours, uses).await?;
            links.try_set(Some(made));
            Ok(())
        });
    });
    let is_full = memo(move || {
        links.with(|links| links.as_ref().is_some_and(|links| links.len() as i64 >= LINKS_MAX))
    });
    let enough = shown_if(
        move || is_full.get(),
        move || view! { <p>{lang.enough_links(LINKS_MAX)}</p> }.into_any(),
    );
    let is_held = memo(move || form.pending.get() || is_full.get());
    let lines = move || {
        let line = |link: Invitation| {
            let key = (u8::from(link.works), link.id.0.unsigned_abs(), 0);
            Line::new(key, move || {
                view! { <li class="link"><Link room links link/></li> }.into_any()
            })
        };
        links.get().unwrap_or_default().into_iter().map(line).collect()
    };
    let waiting =
        live(move || match (failed.get(), links.with(|links| links.as_ref().map(Vec::len))) {
            (Some(error), _) => Some(
                view! { <p class="form-error" role="alert">{lang.error(&error)}</p> }.into_any(),
            ),
            (None, Some(0)) => Some(view! { <p class="none">{lang.no_links()}</p> }.into_any()),
            (None, Some(_)) => None,
            (None, None) => Some(view! { <div class="skeleton"></div> }.into_any()),
        });
    view! {
        <div class="describe">
            <p>{lang.invite_words()}</p>
            <form on:submit=make>
                <FormError error/>
                {terms(lang)}
                <button class="primary" prop:disabled=is_held>
                    {lang.make_link()}
                </button>
                {enough}
            </form>
            <ul class="links">{keyed_list(lines)}</ul>
            {waiting}
        </div>
    }
    .into_any()
}

#[component]
fn Link(room: RoomId, links: RwSignal<Option<Vec<Invitation>>>, link: Invitation) -> impl IntoView {
    let lang = use_lang();
    let store = use_store();
    let form = Form::new("");
    let error = form.error();
    let id = link.id;
    let revoke = move || {
        form.send(async move {
            revoke_invitation(room, id).await?;
            links.update(|links| links.iter_mut().for_each(|links| links.retain(|it| it.id != id)));
            Ok(())
        });
    };
    let copied = RwSignal::new(false);
    let shown = RwSignal::new(false);
    let drawn = RwSignal::new(None::<QrPicture>);
    let address = StoredValue::new(link.link.clone());
    let show = when(move |_| {
        shown.update(|shown| *shown = !*shown);
        if drawn.with_untracked(Option::is_none) {
            form.send(async move {
                drawn.try_set(Some(qr_code(address.get_value()).await?));
                Ok(())
            });
        }
    });
    let picture =
        live(move || drawn.with(|drawn| Some(code(lang, drawn.as_ref().filter(|_| shown.get())?))));
    let (now, zone) = (store.now.get_untracked(), store.zone.get_untracked());
    let said = live(move || {
        let held = links.get()?;
        let link = held.iter().find(|link| link.id == id)?;
        Some(about(lang, link, zone, now))
    });
    let deeds = link.works.then(|| {
        view! {
            <button
                type="button"
                class="secondary"
                on:click=when(move |_| copied.set(browser::copy_text(&address.get_value())))
            >
                {live(move || if copied.get() { lang.copied() } else { lang.copy_link() })}
            </button>
            <button
                type="button"
                class="secondary"
                aria-expanded=live(move || shown.get().to_string())
                on:click=show
            >
                {lang.qr_code()}
            </button>
        }
        .into_any()
    });
    view! {
        <div class="field">
            <input readonly value=link.link.clone() aria-label=lang.invitation_link()/>
        </div>
        <p class="hint" dir="auto">{said}</p>
        {picture}
        <div class="buttons">
            {deeds}
            <SureButton label=lang.revoke_link() question=lang.revoke_really() act=revoke/>
        </div>
        <p role="alert">{live(move || error.get().map(|error| lang.error(&error)))}</p>
    }
    .into_any()
}
