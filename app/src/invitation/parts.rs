//! What the sheet of a group and the pages of links share.

use super::{HOURS, Invitation, QrPicture, USES};
use crate::{i18n::Lang, ui::time::Zone};
use leptos::prelude::*;

/// White around a QR code, in its modules (ISO/IEC 18004, 5.3.8).
const QUIET: u32 = 4;

/// The fields of a new link: for how long, and for how many.
pub fn terms(lang: Lang) -> AnyView {
    let hours = HOURS.map(|hours| (hours, lang.lifetime(hours)));
    let uses = USES.map(|uses| (uses, lang.number_of_uses(uses)));
    view! {
        {choice(lang.works_for(), "hours", &hours, 7 * 24)}
        {choice(lang.how_many_join(), "uses", &uses, 10)}
    }
    .into_any()
}

fn choice(
    label: &'static str,
    name: &'static str,
    choices: &[(u32, String)],
    first: u32,
) -> AnyView {
    let option = |(value, words): &(u32, String)| {
        let is_first = *value == first;
        view! { <option value=value.to_string() selected=is_first>{words.clone()}</option> }
            .into_any()
    };
    let options: Vec<_> = choices.iter().map(option).collect();
    view! {
        <div class="field">
            <label class="label" for=format!("field-{name}")>{label}</label>
            <select id=format!("field-{name}") name=name>{options}</select>
        </div>
    }
    .into_any()
}

/// How often a link was used, until when it works, and who made it.
pub fn about(lang: Lang, link: &Invitation, zone: Zone, now: i64) -> String {
    let uses = match link.max_uses {
        Some(max) => lang.let_in_of(link.uses, max),
        None => lang.let_in(link.uses),
    };
    let until = link.expires.map(|expires| {
        let end = zone.local(expires);
        lang.works_until(format!("{} {}", end.date(zone.local(now), lang), end.clock()))
    });
    let over = (!link.works).then(|| lang.works_no_more().to_owned());
    let by = (!link.by.is_empty()).then(|| lang.made_by(&link.by));
    let facts: Vec<String> = [over, Some(uses), until, by].into_iter().flatten().collect();
    facts.join(" · ")
}

/// A QR code, dark on white whatever the colours of the page: so readers expect it.
pub fn code(lang: Lang, code: &QrPicture) -> AnyView {
    let side = code.size + 2 * QUIET;
    view! {
        <svg
            class="qr"
            viewBox=format!("-{QUIET} -{QUIET} {side} {side}")
            role="img"
            aria-label=lang.qr_code()
            shape-rendering="crispEdges"
        >
            <path fill="#fff" d=format!("M-{QUIET} -{QUIET}h{side}v{side}h-{side}z")></path>
            <path fill="#000" d=code.path.clone()></path>
        </svg>
    }
    .into_any()
}

impl Lang {
    /// For how long a link works.
    #[must_use]
    pub fn lifetime(self, hours: u32) -> String {
        match hours {
            0 => self.no_end().to_owned(),
            1 => self.one_hour().to_owned(),
            24 => self.one_day().to_owned(),
            hours => self.days(hours / 24),
        }
    }

    /// How many people a link lets in.
    #[must_use]
    pub fn number_of_uses(self, uses: u32) -> String {
        match uses {
            0 => self.any_number().to_owned(),
            uses => uses.to_string(),
        }
    }
}
