//! Steps on which the promise hangs that nothing acknowledged is lost, doubled or out of order.
//!
//! Each is a function of its own so that a build with the feature `mutants` can take it wrongly:
//! `mutants.rs` stands in this file's place then. `cargo xtask faults --mutants` makes such a build,
//! and shows that the fault scenarios notice each mistake.

use super::{Change, Db};
use sqlx::{Database, Transaction};

/// After the schema is complete.
///
/// # Errors
/// None here.
pub async fn opened(_: &Db) -> Result<(), sqlx::Error> {
    Ok(())
}

/// Stores for good what a transaction did.
///
/// # Errors
/// If it is not stored, or nobody knows.
pub async fn commit<DB: Database>(
    transaction: Transaction<'static, DB>,
) -> Result<(), sqlx::Error> {
    transaction.commit().await
}

/// After a message took its room's numbers, with the lock of the room's row, in the transaction of
/// this connection.
///
/// # Errors
/// None here.
pub async fn numbered<C>(_: &mut C) -> Result<(), sqlx::Error> {
    Ok(())
}

/// What is stored under a client id already.
pub fn stored<T>(row: Option<T>) -> Option<T> {
    row
}

/// The revision of a message that had `_before` and is changed by the room's revision `taken`.
pub fn raised(_before: i64, taken: i64) -> i64 {
    taken
}

/// Lets a committed change be told of.
pub fn publish(change: Change, tell: impl Fn(Change)) {
    tell(change);
}
