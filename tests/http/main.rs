//! The server over real connections: one test binary, one module per part.

// A page is one deeply nested type.
#![recursion_limit = "256"]

mod account;
mod admin;
mod api_doc;
mod authorisation;
mod backup;
mod bad_input;
mod boundary;
mod config;
mod connections;
mod database;
mod files;
mod groups;
mod harness;
mod headers;
mod hold;
mod idle;
mod invitations;
mod media;
mod outage;
mod pages;
mod peer;
mod poll;
mod poll_sql;
mod search;
mod send;
mod site;
mod sync_property;
mod upgrade;
