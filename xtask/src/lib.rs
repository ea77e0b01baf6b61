//! What the project's own commands are made of; `bench` and `faults` use some of it too.
#![expect(clippy::print_stdout, reason = "the terminal is where these commands report")]

pub mod bench;
pub mod command;
mod compress;
pub mod dev;
pub mod faults;
pub mod frontend;
mod invariants;
pub mod lint;
pub mod mariadb;
mod results;
pub mod serve;
mod site;
mod slim;
pub mod test;
pub mod tools;
mod workspace;
