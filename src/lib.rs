//! The server around the `app` crate: the command line, the addresses, the HTTP boundary. It holds
//! no rule of the product; those are `app`'s.

// A page is one deeply nested type.
#![recursion_limit = "256"]

pub mod boundary;
pub mod command;
pub mod config;
pub mod connections;
pub mod encoding;
pub mod headers;
pub mod idle;
pub mod lan;
pub mod logging;
pub mod pages;
pub mod peer;
pub mod platform;
pub mod router;
pub mod serve;
pub mod setup;
pub mod site;
