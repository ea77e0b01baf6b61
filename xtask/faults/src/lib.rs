//! What other programs that measure or break a server share with this one.

pub mod server;
