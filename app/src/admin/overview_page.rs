//! The numbers at a glance.

use super::{Overview, chart};
use crate::{
    i18n::use_lang,
    server::now,
    ui::{bytes, time::Zone},
};
use leptos::prelude::*;

/// The overview.
pub fn overview(overview: &Overview) -> AnyView {
    let lang = use_lang();
    let numbers = overview.numbers;
    let size = |count: i64| bytes(count.unsigned_abs());
    let tile = |name: &'static str, value: String, more: String| {
        view! { <div class="tile"><dt>{name}</dt><dd>{value}</dd><dd class="more">{more}</dd></div> }
            .into_any()
    };
    let disabled = match numbers.disabled {
        0 => String::new(),
        disabled => lang.of_these_disabled(disabled),
    };
    let tiles = [
        tile(lang.people_in_all(), grouped(numbers.people), disabled),
        tile(lang.online_now(), overview.online.to_string(), String::new()),
        tile(lang.groups_in_all(), grouped(numbers.groups), String::new()),
        tile(lang.messages_in_all(), grouped(numbers.messages), String::new()),
        tile(lang.uploads_take(), size(numbers.upload_bytes), lang.files(numbers.uploads)),
        tile(lang.database_takes(), size(overview.database), String::new()),
    ];
    let counts: Vec<i64> = overview.days.iter().map(|(_, count)| *count).collect();
    let most = counts.iter().copied().max().unwrap_or_default();
    let today = counts.last().copied().unwrap_or_default();
    let now = Zone::Fixed(0).local(now());
    let date = |day: Option<&(i64, i64)>| {
        let day = day.map_or(0, |(day, _)| *day);
        Zone::Fixed(0).local(day * 24 * 3_600_000).date(now, lang)
    };
    let (first, last) = (date(overview.days.first()), date(overview.days.last()));
    let summary = lang.chart_summary(&first, &last, grouped(most), grouped(today));
    let label = format!("{}: {summary}", lang.messages_a_day());
    view! {
        <dl class="tiles">{tiles.into_iter().collect_view()}</dl>
        <section class="panel" aria-labelledby="chart">
            <h2 id="chart">{lang.messages_a_day()}</h2>
            {chart::bars(&counts, label, grouped(most), first, last)}
            <p class="hint">{summary} " " {lang.at_most_a_minute_old()}</p>
        </section>
    }
    .into_any()
}

/// `1234567` as `1 234 567`, with spaces that do not break.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202F}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1\u{202F}234\u{202F}567");
    }
}
