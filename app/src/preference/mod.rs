//! How a person likes the page: language, colours. Kept in cookies, so that the first paint is
//! right, before and without a log-in.

pub mod api;
pub mod view;

use crate::{i18n::Lang, named::named};

named! {
    /// The colours of the page, as written in the cookie and in `<html data-theme>`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Theme {
        /// As the device is set.
        #[default]
        System = "system",
        Light = "light",
        Dark = "dark",
    }
}

impl Theme {
    /// The cookie that remembers the choice.
    pub const COOKIE: &str = "theme";
}

/// The cookie with the browser's minutes ahead of UTC, so that the server's first paint has local
/// times from the second visit on.
pub const OFFSET_COOKIE: &str = "utc_offset";

/// How the page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preferences {
    pub lang: Lang,
    pub theme: Theme,
    /// Minutes ahead of UTC.
    pub offset: i32,
}

impl Preferences {
    /// What a request's headers ask for: the cookies' choice, else the browser's language.
    #[must_use]
    pub fn from_headers(cookies: &str, accept_language: &str) -> Self {
        let cookie = |name| {
            cookies
                .split(';')
                .filter_map(|pair| pair.trim().split_once('='))
                .find_map(|(key, value)| (key == name).then_some(value))
        };
        Self {
            lang: cookie(Lang::COOKIE)
                .and_then(Lang::from_tag)
                .or_else(|| Lang::from_accept_language(accept_language))
                .unwrap_or_default(),
            theme: cookie(Theme::COOKIE).and_then(Theme::parse).unwrap_or_default(),
            offset: cookie(OFFSET_COOKIE)
                .and_then(|minutes| minutes.parse().ok())
                .filter(|minutes| (-1_440..=1_440).contains(minutes))
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_goes_before_the_browser_s_language() {
        let of = |cookies| Preferences::from_headers(cookies, "zh-CN,zh;q=0.9");
        assert_eq!(of("").lang, Lang::Zh);
        let chosen = of("a=b; lang=en; theme=dark; utc_offset=480");
        assert_eq!(chosen, Preferences { lang: Lang::En, theme: Theme::Dark, offset: 480 });
        let nonsense = of("lang=xx;theme=pink;utc_offset=99999;=;;");
        assert_eq!(nonsense, Preferences { lang: Lang::Zh, ..Preferences::default() });
    }
}
