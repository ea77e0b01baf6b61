//! The whole database as it was at one moment, read while others write.

use super::{
    Db, SQLITE_MIGRATIONS,
    dialect::{MYSQL_SNAPSHOT, SQLITE_SNAPSHOT},
    tables::{Kind, Row, Table},
};
use futures::TryStreamExt;
use serde_json::Value;
use sqlx::{
    AssertSqlSafe, ColumnIndex, ConnectOptions, Decode, Executor, MySqlConnection,
    SqliteConnection, Type,
};

const SCHEMA: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";

/// A connection that sees one moment; dropped, it is closed.
pub enum Snapshot {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
}

/// Evaluates one body on whichever connection it is.
macro_rules! seeing {
    ($snapshot:expr, $connection:ident => $body:expr) => {
        match $snapshot {
            Snapshot::Sqlite($connection) => $body,
            Snapshot::MySql($connection) => $body,
        }
    };
}

/// The number of the newest migration that this program knows; both databases have the same.
#[must_use]
pub fn newest_schema() -> i64 {
    SQLITE_MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

impl Db {
    /// A snapshot of this moment. It holds nobody up; while it lives, SQLite's log only grows.
    ///
    /// # Errors
    /// A sentence for the person at the terminal.
    pub async fn snapshot(&self) -> Result<Snapshot, String> {
        // A connection of its own, which does not warn that reading all takes long.
        let (mut snapshot, begin) = match self {
            Self::Sqlite(sqlite) => {
                let options = sqlite.read.connect_options().as_ref().clone();
                let connection = options.disable_statement_logging().connect().await;
                (Snapshot::Sqlite(connection.map_err(unread)?), &SQLITE_SNAPSHOT[..])
            }
            Self::MySql(mysql) => {
                let options = mysql.pool.connect_options().as_ref().clone();
                let connection = options.disable_statement_logging().connect().await;
                (Snapshot::MySql(connection.map_err(unread)?), &MYSQL_SNAPSHOT[..])
            }
        };
        for statement in begin {
            seeing!(&mut snapshot, c => c.execute(*statement).await.map(drop)).map_err(unread)?;
        }
        Ok(snapshot)
    }
}

impl Snapshot {
    /// The number of the newest migration that the database has.
    ///
    /// # Errors
    /// A sentence for the person at the terminal: there may be no messenger in this database.
    pub async fn schema(&mut self) -> Result<i64, String> {
        seeing!(self, c => sqlx::query_scalar(SCHEMA).fetch_one(c).await).map_err(unread)
    }

    /// Gives each row of a table to `each`, in the order of its key. Rows come as they are taken,
    /// so that no more than a few are in memory.
    ///
    /// # Errors
    /// A sentence for the person at the terminal; that of `each`.
    pub async fn read(
        &mut self,
        table: &Table,
        mut each: impl FnMut(Row) -> Result<(), String>,
    ) -> Result<(), String> {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let select =
            format!("SELECT {} FROM {} ORDER BY {}", names.join(", "), table.name, table.key);
        seeing!(self, connection => {
            let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(connection);
            while let Some(row) = rows.try_next().await.map_err(unread)? {
                let fields = (0..).zip(table.columns);
                let values = fields.map(|(place, column)| value(&row, place, column.kind));
                each(values.collect::<Result<_, _>>().map_err(unread)?)?;
            }
        });
        Ok(())
    }
}

/// What a row holds at this place.
fn value<R: sqlx::Row>(row: &R, place: usize, kind: Kind) -> Result<Value, sqlx::Error>
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
{
    Ok(match kind {
        Kind::Number | Kind::Later => row.try_get::<Option<i64>, _>(place)?.into(),
        Kind::Flag => row.try_get::<Option<bool>, _>(place)?.into(),
        Kind::Text | Kind::File => row.try_get::<Option<String>, _>(place)?.into(),
    })
}

fn unread(error: sqlx::Error) -> String {
    format!("the database could not be read: {error}")
}
