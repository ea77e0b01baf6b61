//! Local times. Pure: the zone is an argument; in the browser it asks the device, for the server
//! it is the offset that the browser told.

use super::browser;
use crate::i18n::Lang;

/// Where local time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Minutes ahead of UTC, whatever the date: what the server knows.
    Fixed(i32),
    /// The device's own, with its summer times.
    Device,
}

/// A local date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// Days since 1970-01-01.
    pub day_number: i64,
    pub hour: u32,
    pub minute: u32,
}

const DAY_MS: i64 = 86_400_000;

impl Zone {
    /// When the day `2026-11-26`, or so many days after it, begins; nothing if it is none.
    #[must_use]
    pub fn start_of(self, date: &str, days_after: i64) -> Option<i64> {
        let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
        let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        let within = |number: i64, most| (1..=most).contains(&number).then_some(());
        within(year, 9_999).and(within(month, 12)).and(within(day, 31))?;
        let start = (days(year, month, day) + days_after) * DAY_MS;
        let offset = match self {
            Self::Fixed(minutes) => minutes,
            Self::Device => browser::offset_at(start),
        };
        Some(start - i64::from(offset) * 60_000)
    }

    /// The local date and time at `time` (milliseconds since 1970, UTC).
    #[must_use]
    pub fn local(self, time: i64) -> Local {
        let offset = match self {
            Self::Fixed(minutes) => minutes,
            Self::Device => browser::offset_at(time),
        };
        let local = time.saturating_add(i64::from(offset) * 60_000);
        let day_number = local.div_euclid(DAY_MS);
        let minutes = (local.rem_euclid(DAY_MS) / 60_000) as u32;
        let (year, month, day) = civil(day_number);
        Local { year, month, day, day_number, hour: minutes / 60, minute: minutes % 60 }
    }
}

/// The date of a day number: `civil_from_days` of Howard Hinnant's "chrono-Compatible Low-Level
/// Date Algorithms" (2013).
fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day number of a date: `days_from_civil` of the same.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl Local {
    /// `14:02`.
    #[must_use]
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// The day as people say it: today, yesterday, a weekday within the week, else the date.
    #[must_use]
    pub fn day_name(self, now: Self, lang: Lang) -> String {
        match now.day_number - self.day_number {
            0 => lang.today().into(),
            1 => lang.yesterday().into(),
            2..=6 => lang.weekday(self.day_number).into(),
            _ => self.date(now, lang),
        }
    }

    /// The date, with its year if it is another one.
    #[must_use]
    pub fn date(self, now: Self, lang: Lang) -> String {
        let Self { year, month, day, .. } = self;
        match (lang, year == now.year) {
            (Lang::Zh, true) => format!("{month}月{day}日"),
            (Lang::Zh, false) => format!("{year}年{month}月{day}日"),
            (Lang::En, true) => format!("{day} {}", MONTHS[month as usize - 1]),
            (Lang::En, false) => format!("{day} {} {year}", MONTHS[month as usize - 1]),
        }
    }

    /// What a list shows: the clock today, the day before.
    #[must_use]
    pub fn short(self, now: Self, lang: Lang) -> String {
        if self.day_number == now.day_number { self.clock() } else { self.day_name(now, lang) }
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS_EN: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_ZH: [&str; 7] =
    ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"];

impl Lang {
    /// The weekday of a day number.
    fn weekday(self, day_number: i64) -> &'static str {
        // 1970-01-01 was a Thursday.
        let index = (day_number + 3).rem_euclid(7) as usize;
        match self {
            Self::En => WEEKDAYS_EN[index],
            Self::Zh => WEEKDAYS_ZH[index],
        }
    }
}

/// `2026-11-22T06:54:54.000Z`, for `<time datetime>`.
#[must_use]
pub fn iso(time: i64) -> String {
    let at = Zone::Fixed(0).local(time);
    let ms = time.rem_euclid(60_000);
    let Local { year, month, day, hour, minute, .. } = at;
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}Z",
        ms / 1_000,
        ms % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T06:54:54Z, a Sunday.
    const NOW: i64 = 1_795_330_494_000;

    #[test]
    fn a_time_is_shown_where_its_reader_is() {
        assert_eq!(iso(NOW), "2026-11-22T06:54:54.000Z");
        assert_eq!(Zone::Fixed(480).local(NOW).clock(), "14:54");
        assert_eq!(Zone::Fixed(-480).local(NOW).day, 21);
        assert_eq!(iso(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00.000Z");
    }

    #[test]
    fn a_day_begins_where_its_reader_is() {
        let start = |date: &str, zone: i32, after| Zone::Fixed(zone).start_of(date, after);
        assert_eq!(start("2026-11-22", 0, 0), Some(NOW - NOW % DAY_MS));
        assert_eq!(start("2026-11-22", 480, 1), Some(NOW - NOW % DAY_MS + DAY_MS - 480 * 60_000));
        assert_eq!(start("2000-02-29", 0, 0), Some(951_782_400_000));
        for wrong in ["", "2026-13-01", "2026-11", "x-y-z", "99999999999-1-1"] {
            assert_eq!(start(wrong, 0, 0), None, "{wrong}");
        }
        for number in (-9_000..30_000).step_by(7) {
            let (year, month, day) = civil(number);
            assert_eq!(days(year, i64::from(month), i64::from(day)), number);
        }
    }

    #[test]
    fn days_have_the_names_that_people_use() {
        let now = Zone::Fixed(0).local(NOW);
        let name = |days: i64, lang| Zone::Fixed(0).local(NOW - days * DAY_MS).day_name(now, lang);
        assert_eq!(name(0, Lang::En), "Today");
        assert_eq!(name(1, Lang::Zh), "昨天");
        assert_eq!(name(2, Lang::En), "Friday");
        assert_eq!(name(6, Lang::Zh), "星期一");
        assert_eq!(name(7, Lang::En), "15 Nov");
        assert_eq!(name(365, Lang::Zh), "2025年11月22日");
    }
}
