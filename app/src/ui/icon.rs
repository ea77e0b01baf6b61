//! Icons, inline: one component, one path each.
//!
//! The drawings are Lucide's (<https://lucide.dev>, 24 units square, shapes joined into one path),
//! except the speech bubble, which is the product's own.
//! Lucide is under the ISC licence: Copyright (c) Lucide Icons and Contributors. Permission to use,
//! copy, modify, and/or distribute this software for any purpose with or without fee is hereby
//! granted, provided that the above copyright notice and this permission notice appear in all
//! copies. The software is provided "as is" and the author disclaims all warranties with regard to
//! this software including all implied warranties of merchantability and fitness. In no event shall
//! the author be liable for any special, direct, indirect, or consequential damages or any damages
//! whatsoever resulting from loss of use, data or profits, whether in an action of contract,
//! negligence or other tortious action, arising out of or in connection with the use or performance
//! of this software. Parts derive from Feather: Copyright (c) 2013-present Cole Bemis, MIT licence.

use super::erased::when;
use leptos::prelude::*;

/// An icon. It says nothing to a screen reader: what it stands in carries the label.
#[component]
pub fn Icon(
    /// Which one.
    name: IconName,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=name.0></path>
        </svg>
    }
}

/// A button that shows an icon alone, and says what it does to who points at it, or hears it.
pub fn icon_button(label: &'static str, icon: IconName, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button
            type="button"
            class="icon-button"
            title=label
            aria-label=label
            on:click=when(move |_| act())
        >
            <Icon name=icon/>
        </button>
    }
    .into_any()
}

/// An icon's outline in SVG path syntax, to be stroked, not filled: named after the drawing, or after the deed
/// where only one deed uses it. Constants, so that a part of the page has only those that it draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IconName(&'static str);

impl IconName {
    pub const BACK: Self = Self("M15 18l-6-6 6-6");
    pub const SEARCH: Self = Self("M21 21l-4.34-4.34M3 11a8 8 0 1 0 16 0a8 8 0 1 0-16 0");
    pub const PLUS: Self = Self("M5 12h14M12 5v14");
    pub const MINUS: Self = Self("M5 12h14");
    pub const INFO: Self = Self("M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M12 16v-4M12 8h.01");
    pub const PAPERCLIP: Self = Self(
        "M16 6l-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657\
         l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551",
    );
    pub const SMILE: Self = Self(
        "M15 10V9M16.472 15a6 6 0 01-8.943 0M9 10V9M2 12a10 10 0 1 0 20 0\
         a10 10 0 1 0-20 0",
    );
    pub const SEND: Self = Self("M5 12l7-7 7 7M12 19V5");
    pub const PENCIL: Self = Self(
        "M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352\
         a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497zM15 5l4 4",
    );
    pub const TRASH: Self = Self(
        "M10 11v6M14 11v6M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M3 6h18M8 6V4\
         a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2",
    );
    pub const X: Self = Self("M18 6 6 18M6 6l12 12");
    pub const CHECK: Self = Self("M20 6 9 17l-5-5");
    pub const CHECK_CHECK: Self = Self("M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16");
    pub const CLOCK: Self = Self("M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M12 6v6l4 2");
    pub const ALERT_CIRCLE: Self =
        Self("M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M12 8L12 12M12 16L12.01 16");
    pub const REFRESH_CW: Self = Self(
        "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8M21 3v5h-5M21 12\
         a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16M8 16H3v5",
    );
    pub const SETTINGS: Self = Self(
        "M9.671 4.136\
         a2.34 2.34 0 0 1 4.659 0 2.34 2.34 0 0 0 3.319 1.915 2.34 2.34 0 0 1 2.33 \
         4.033 2.34 2.34 0 0 0 0 3.831 2.34 2.34 0 0 1-2.33 4.033 2.34 2.34 0 0 \
         0-3.319 1.915 2.34 2.34 0 0 1-4.659 0 2.34 2.34 0 0 0-3.32-1.915 2.34 2.34 0 \
         0 1-2.33-4.033 2.34 2.34 0 0 0 0-3.831A2.34 2.34 0 0 1 6.35 6.051\
         a2.34 2.34 0 0 0 3.319-1.915M9 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
    );
    pub const LOG_OUT: Self = Self("M16 17l5-5-5-5M21 12H9M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4");
    pub const SUN: Self = Self(
        "M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0M12 2v2M12 20v2M4.93 4.93l1.41 1.41\
         M17.66 17.66l1.41 1.41M2 12h2M20 12h2M6.34 17.66l-1.41 1.41M19.07 4.93\
         l-1.41 1.41",
    );
    pub const MOON: Self = Self(
        "M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803\
         a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401",
    );
    pub const MONITOR: Self = Self(
        "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2\
         M8 21L16 21M12 17L12 21",
    );
    pub const LANGUAGES: Self = Self("M5 8l6 6M4 14l6-6 2-3M2 5h12M7 2h1M22 22l-5-10-5 10M14 18h6");
    pub const IMAGE: Self = Self(
        "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2\
         M7 9a2 2 0 1 0 4 0a2 2 0 1 0-4 0M21 15l-3.086-3.086a2 2 0 0 0-2.828 0L6 21",
    );
    pub const IMAGE_OFF: Self = Self(
        "M2 2L22 22M10.41 10.41a2 2 0 1 1-2.83-2.83M13.5 13.5L6 21M18 12L21 15\
         M3.59 3.59A1.99 1.99 0 0 0 3 5v14a2 2 0 0 0 2 2h14c.55 0 1.052-.22 1.41-.59\
         M21 15V5a2 2 0 0 0-2-2H9",
    );
    pub const CHEVRON_DOWN: Self = Self("M6 9l6 6 6-6");
    pub const ARROW_DOWN: Self = Self("M12 5v14M19 12l-7 7-7-7");
    pub const WIFI_OFF: Self = Self(
        "M12 20h.01M8.5 16.429a5 5 0 0 1 7 0M5 12.859a10 10 0 0 1 5.17-2.69M19 12.859\
         a10 10 0 0 0-2.007-1.523M2 8.82a15 15 0 0 1 4.177-2.643M22 8.82\
         a15 15 0 0 0-11.288-3.764M2 2l20 20",
    );
    pub const DOWNLOAD: Self =
        Self("M12 15V3M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5");
    pub const MORE_HORIZONTAL: Self = Self(
        "M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M4 12\
         a1 1 0 1 0 2 0a1 1 0 1 0-2 0",
    );
    pub const PIN: Self = Self(
        "M12 17v5M9 10.76a2 2 0 0 1-1.11 1.79l-1.78.9A2 2 0 0 0 5 15.24V16a1 1 0 0 0 1 1h12\
         a1 1 0 0 0 1-1v-.76a2 2 0 0 0-1.11-1.79l-1.78-.9A2 2 0 0 1 15 10.76V7a1 1 0 0 1 1-1 \
         2 2 0 0 0 0-4H8a2 2 0 0 0 0 4 1 1 0 0 1 1 1z",
    );
    pub const BELL_OFF: Self = Self(
        "M10.268 21a2 2 0 0 0 3.464 0M17 17H4a1 1 0 0 1-.74-1.673C4.59 13.956 6 12.499 6 8\
         a6 6 0 0 1 .258-1.742M2 2l20 20M8.668 3.01A6 6 0 0 1 18 8c0 2.687.77 4.653 1.707 6.05",
    );
    pub const USERS: Self = Self(
        "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M16 3.128a4 4 0 0 1 0 7.744M22 21v-2\
         a4 4 0 0 0-3-3.87M5 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    );
    pub const USER: Self =
        Self("M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2M8 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0");
    pub const COPY: Self = Self(
        "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-10\
         a2 2 0 0 1 2 -2M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2",
    );
    pub const LINK: Self = Self(
        "M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71\
         M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71",
    );
    pub const REPLY: Self = Self("M20 18v-2a4 4 0 0 0-4-4H4M9 17l-5-5 5-5");
    pub const FORWARD: Self = Self("M4 18v-2a4 4 0 0 1 4-4h12M15 17l5-5-5-5");
    pub const MESSAGE_CIRCLE: Self = Self("M21 12a8 8 0 0 1-8 8H4l2.2-3A8 8 0 1 1 21 12Z");
}
