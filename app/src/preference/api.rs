//! Server functions that remember a choice in a cookie. They need no log-in.

use super::Theme;
use crate::{error::Error, i18n::Lang};
use leptos::prelude::*;

/// Remembers the language.
#[server(prefix = "/api", endpoint = "set_lang")]
pub async fn set_lang(lang: Lang) -> Result<(), Error> {
    crate::server::remember(Lang::COOKIE, lang.tag())
}

/// Remembers the colours.
#[server(prefix = "/api", endpoint = "set_theme")]
pub async fn set_theme(theme: Theme) -> Result<(), Error> {
    crate::server::remember(Theme::COOKIE, theme.as_str())
}
