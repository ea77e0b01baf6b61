//! SampleIM's shared crate: types, pure logic, server functions and views, by feature.
//!
//! Each feature folder has the same rooms where it needs them: `mod.rs` (types, validation, pure
//! logic), `api.rs` (server functions), `view.rs` (components). What only the server has stands
//! behind the gate below, and so does the administration area, whose pages load no WASM.

// A page is one deeply nested type.
#![recursion_limit = "256"]

pub mod account;
mod app;
pub mod error;
pub mod i18n;
pub mod ids;
pub mod invitation;
pub mod later;
pub mod media;
pub mod message;
mod named;
pub mod notice;
pub mod preference;
pub mod presence;
mod record;
pub mod room;
#[cfg(test)]
mod samples;
pub mod search;
pub mod sync;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod admin;
#[cfg(feature = "ssr")]
pub mod server;

pub use app::{ChatPage, Pane, Start, landing, led_on};
