//! Links to the server.

use crate::{
    i18n::use_lang,
    invitation::page::{Coded, list, new_link},
    server::now,
};
use leptos::prelude::*;

/// A new link, and those that there are.
pub fn invitations(links: Vec<Coded>) -> AnyView {
    let lang = use_lang();
    view! {
        <section class="panel">
            <p class="hint">{lang.invitations_words()}</p>
            {new_link(lang, "/api/admin_create_invitation", vec![], links.len())}
        </section>
        <section class="panel">
            {list(lang, "/api/admin_revoke_invitation", Vec::new, links, now())}
        </section>
    }
    .into_any()
}
