//! How a body of statements is run on either database, and what its errors become.

use crate::error::Error;
use sqlx::{Database, Encode, QueryBuilder, Type, error::DatabaseError};
use std::time::Duration;

/// Evaluates one body on whichever database is open; `$pool` is where to read.
macro_rules! reading {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::server::db::Db::Sqlite(sqlite) => {
                let $pool = &sqlite.read;
                $body
            }
            $crate::server::db::Db::MySql(mysql) => {
                let $pool = &mysql.pool;
                $body
            }
        }
    };
}

/// Runs one body in a transaction of whichever database is open, commits it, and gives the body's
/// value or a [`Failure`]. `?` and `return Err(…)` in the body roll back. The body is run again
/// after a deadlock, so it must change nothing outside of the database.
macro_rules! changing {
    (@retry $begin:expr, $tx:ident => $body:block) => {{
        let mut attempt = 0;
        loop {
            let outcome = async {
                let mut transaction = $begin.await?;
                let $tx = &mut *transaction;
                let value = $body;
                $crate::server::db::steps::commit(transaction).await?;
                Ok::<_, $crate::server::db::run::Failure>(value)
            }
            .await;
            match outcome {
                Err(failure) if failure.may_repeat(attempt) => {
                    attempt += 1;
                    tokio::time::sleep($crate::server::db::run::pause(attempt)).await;
                }
                outcome => break outcome,
            }
        }
    }};
    ($db:expr, $tx:ident => $body:block) => {
        match $db {
            $crate::server::db::Db::Sqlite(sqlite) => changing!(
                @retry sqlite.write.begin_with($crate::server::db::dialect::SQLITE_BEGIN),
                $tx => $body
            ),
            $crate::server::db::Db::MySql(mysql) => {
                changing!(@retry mysql.pool.begin(), $tx => $body)
            }
        }
    };
}

/// How often a transaction is run again after a deadlock or a lock's time-out.
const RETRIES: u32 = 6;

/// How long to wait before the `attempt`-th repetition: 5, 10, 20 … milliseconds.
pub fn pause(attempt: u32) -> Duration {
    Duration::from_millis(5 << attempt.min(RETRIES).saturating_sub(1))
}

/// Why a transaction was rolled back.
#[derive(Debug)]
pub enum Failure {
    /// By our own rules.
    Known(Error),
    /// By the database.
    Sql(sqlx::Error),
}

impl Failure {
    /// Whether a unique key was there already.
    pub fn is_duplicate(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        error.as_database_error().is_some_and(DatabaseError::is_unique_violation)
    }

    /// Whether what a row names is not there.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Sql(error) if is_foreign_key(error))
    }

    /// Whether the connection broke, so that nobody knows what became of a commit.
    pub fn is_connection_lost(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Io(_) | sqlx::Error::Protocol(_)))
    }

    /// Whether the same may succeed later.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Sql(error) if is_unavailable(error) || is_full(error))
    }

    /// Whether the transaction was the victim of another one and may be run again.
    pub fn may_repeat(&self, attempt: u32) -> bool {
        const DEADLOCK: u32 = 1213;
        const LOCK_WAIT: u32 = 1205;
        let Self::Sql(error) = self else { return false };
        attempt < RETRIES && matches!(mysql_code(error), Some(DEADLOCK | LOCK_WAIT))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Known(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Known(error) => error,
            Failure::Sql(error) => error.into(),
        }
    }
}

/// The one place where a driver's error is logged. Statements are bound, so its text holds neither
/// bodies nor secrets but, on a duplicate key, the key; those are told apart before they get here.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_full(&error) {
            tracing::warn!(%error, "the database's disk is full");
            Self::NoSpace
        } else if is_unavailable(&error) {
            // The program ends.
            if !matches!(error, sqlx::Error::PoolClosed) {
                tracing::warn!(%error, "the database does not answer");
            }
            Self::Unavailable
        } else {
            tracing::error!(%error, "the database refused a statement");
            Self::Internal
        }
    }
}

/// Whether a row that another one names is missing, or is named still.
pub fn is_foreign_key(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(DatabaseError::is_foreign_key_violation)
}

/// Whether the database, not the statement, is at fault: the same may succeed later.
fn is_unavailable(error: &sqlx::Error) -> bool {
    use sqlx::Error as E;
    match error {
        E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => true,
        // Half an answer, from a server that was killed while it wrote it.
        E::Protocol(_) | E::BeginFailed => true,
        E::Database(_) => {
            mysql_code(error).is_some_and(is_mysql_unavailable)
                || sqlite_code(error).is_some_and(is_sqlite_unavailable)
        }
        _ => false,
    }
}

/// Whether there is no room for more: disk or table full.
fn is_full(error: &sqlx::Error) -> bool {
    mysql_code(error).is_some_and(|code| matches!(code, 1021 | 1114))
        || sqlite_code(error).is_some_and(|code| code & 0xff == 13)
}

/// Numbers of <https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html>.
fn is_mysql_unavailable(code: u32) -> bool {
    matches!(
        code,
        1041 // out of memory
        | 1040 | 1203 // too many connections
        | 1045 | 1044 | 1049 // the account or the database is gone
        | 1053 | 1077 | 1079 | 1927 // shutting down, connection killed
        | 1205 | 1213 // locks, after all repetitions
        | 1290 | 1836 // read only
    )
}

/// Primary result codes of <https://www.sqlite.org/rescode.html>.
fn is_sqlite_unavailable(code: u32) -> bool {
    // BUSY, LOCKED, NOMEM, READONLY, IOERR, CANTOPEN; the upper bytes say more.
    matches!(code & 0xff, 5 | 6 | 7 | 8 | 10 | 14)
}

fn mysql_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    Some(error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()?.number().into())
}

fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    error.code()?.parse().ok()
}

/// How many entries go into one list of a statement: SQLite takes at most 500 `SELECT`s in one, and
/// 32,766 parameters.
pub const LIST_MAX: usize = 256;

/// These entries and the last one again, up to a power of two. So there are few lengths of lists,
/// and all statements stay prepared: a connection that forgets one tells MySQL so and waits for no
/// answer; then its next packet waits for the acknowledgement of that one, 40 ms on Linux (sqlx
/// sets no `TCP_NODELAY`).
pub fn padded<T: Copy>(entries: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = entries.into_iter().collect();
    if let Some(last) = list.last().copied() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}

/// The same in parts, each as long as a power of two, for the reason of [`padded`].
pub fn in_powers_of_two<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let (part, after) = rest.split_at(1 << rest.len().checked_ilog2()?);
        rest = after;
        Some(part)
    })
}

/// Adds `(?, ?, …)` with these values bound, [`padded`]; there must be at least one.
pub fn push_list<DB, T>(query: &mut QueryBuilder<DB>, values: impl IntoIterator<Item = T>)
where
    DB: Database,
    T: Copy + for<'q> Encode<'q, DB> + Type<DB>,
{
    query.push("(");
    let mut list = query.separated(", ");
    for value in padded(values) {
        list.push_bind(value);
    }
    query.push(")");
}

/// Adds `SELECT ? AS one, ? AS other UNION ALL SELECT ?, ?…`: a table of these pairs, [`padded`];
/// there must be at least one.
pub fn push_pairs<DB, T>(query: &mut QueryBuilder<DB>, pairs: impl IntoIterator<Item = (i64, T)>)
where
    DB: Database,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
    T: Copy + for<'q> Encode<'q, DB> + Type<DB>,
{
    for (place, (one, other)) in padded(pairs).into_iter().enumerate() {
        let (first, second, third) = match place {
            0 => ("SELECT ", " AS one, ", " AS other"),
            _ => (" UNION ALL SELECT ", ", ", ""),
        };
        query.push(first).push_bind(one).push(second).push_bind(other).push(third);
    }
}

/// The first `max` characters.
pub fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}
