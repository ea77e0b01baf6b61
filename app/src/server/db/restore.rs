//! An empty database is filled with the rows of a backup, all of them or none.

use super::{
    Db,
    dialect::SQLITE_BEGIN,
    run::LIST_MAX,
    steps,
    tables::{Column, Kind, LEFT_OUT, Row, TABLES, Table},
};
use sqlx::{AssertSqlSafe, Database, Encode, QueryBuilder, Transaction, Type};

/// A restore that is under way; dropped, it leaves the database as it was.
pub struct Restoration {
    open: Open,
    /// The database's `revocations` before.
    revocations: i64,
    /// What [`Kind::Later`] puts off: table, column, the row's id, value.
    later: Vec<(&'static str, &'static str, i64, i64)>,
}

enum Open {
    Sqlite(Transaction<'static, sqlx::Sqlite>),
    MySql(Transaction<'static, sqlx::MySql>),
}

/// Evaluates one body in whichever transaction it is.
macro_rules! within {
    ($open:expr, $tx:ident => $body:expr) => {
        match $open {
            Open::Sqlite(transaction) => {
                let $tx = &mut **transaction;
                $body
            }
            Open::MySql(transaction) => {
                let $tx = &mut **transaction;
                $body
            }
        }
    };
}

/// Tables whose ids browsers remember, and more of them than a server gives between two backups.
const COUNTED: [&str; 3] = ["users", "rooms", "media"];
const SKIPPED: i64 = 1_000_000;
/// SQLite begins to count with a table's first row.
const BEGIN: &str = "INSERT INTO sqlite_sequence (name, seq) SELECT ?, 0 \
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)";
const SKIP: &str =
    "UPDATE sqlite_sequence SET seq = seq + ? WHERE name IN ('users', 'rooms', 'media')";
const COUNT: &str = "SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM messages)";
const REVOCATIONS: &str =
    "SELECT COALESCE(MAX(value), 0) FROM server_state WHERE name = 'revocations'";
/// What messages of a backup carry in which each could have one picture: as the migrations 0051 and
/// 0053 do.
const PICTURES: [&str; 2] = [
    include_str!("../../../../migrations/sqlite/0051_message_media_known.sql"),
    include_str!("../../../../migrations/sqlite/0053_message_attachments_known.sql"),
];
/// The number of the messenger that the backup is of, which may go on beside this one.
const ANEW: &str = "DELETE FROM server_state WHERE name = 'messenger'";
/// More than both numbers were: so whoever remembers either notices.
const REVOKE: &str = "UPDATE server_state SET value = value + ? + 1 WHERE name = 'revocations'";

impl Db {
    /// Leaves out the ids that were given after the backup was taken: browsers keep pictures, and unsent
    /// texts, by them.
    ///
    /// # Errors
    /// A sentence for the person at the terminal.
    pub async fn skip_ids(&self) -> Result<(), String> {
        match self {
            Self::Sqlite(sqlite) => {
                for table in COUNTED {
                    let begin = sqlx::query(BEGIN).bind(table).bind(table);
                    begin.execute(&sqlite.write).await.map_err(failed)?;
                }
                let skip = sqlx::query(SKIP).bind(SKIPPED).execute(&sqlite.write).await;
                skip.map(drop).map_err(failed)
            }
            Self::MySql(mysql) => {
                for table in COUNTED {
                    let last = AssertSqlSafe(format!("SELECT COALESCE(MAX(id), 0) FROM {table}"));
                    let last: i64 =
                        sqlx::query_scalar(last).fetch_one(&mysql.pool).await.map_err(failed)?;
                    let next = last + SKIPPED;
                    let skip = format!("ALTER TABLE {table} AUTO_INCREMENT = {next}");
                    let skip = sqlx::query(AssertSqlSafe(skip)).execute(&mysql.pool).await;
                    skip.map_err(failed)?;
                }
                Ok(())
            }
        }
    }

    /// Begins to restore: takes out what the migrations put in.
    ///
    /// # Errors
    /// A sentence for the person at the terminal: there are users or messages already, or the
    /// database does not answer.
    pub async fn restoration(&self) -> Result<Restoration, String> {
        let mut open = match self {
            Self::Sqlite(sqlite) => {
                Open::Sqlite(sqlite.write.begin_with(SQLITE_BEGIN).await.map_err(failed)?)
            }
            Self::MySql(mysql) => Open::MySql(mysql.pool.begin().await.map_err(failed)?),
        };
        let count: i64 = within!(&mut open, tx => sqlx::query_scalar(COUNT).fetch_one(tx).await)
            .map_err(failed)?;
        if count > 0 {
            return Err(
                "the database has users already: a backup is restored into a new one".into()
            );
        }
        let revocations =
            within!(&mut open, tx => sqlx::query_scalar(REVOCATIONS).fetch_one(tx).await)
                .map_err(failed)?;
        for table in LEFT_OUT.into_iter().chain(TABLES.iter().rev().map(|table| table.name)) {
            let delete = AssertSqlSafe(format!("DELETE FROM {table}"));
            within!(&mut open, tx => sqlx::query(delete).execute(tx).await.map(drop))
                .map_err(failed)?;
        }
        Ok(Restoration { open, revocations, later: Vec::new() })
    }
}

impl Restoration {
    /// Stores rows of these columns of a table. Columns that are not named get their defaults.
    ///
    /// # Errors
    /// A sentence for the person at the terminal: a row is not one of this table, or refers to what
    /// is not there.
    pub async fn insert(
        &mut self,
        table: &'static Table,
        columns: &[Column],
        rows: &[Row],
    ) -> Result<(), String> {
        let fits = |row: &Row| {
            row.len() == columns.len()
                && columns.iter().zip(row).all(|(column, value)| column.kind.takes(value))
        };
        if !rows.iter().all(fits) {
            return Err(format!("the backup has a row that is none of {}", table.name));
        }
        for rows in rows.chunks(LIST_MAX) {
            within!(&mut self.open, tx => {
                insert(table, columns, rows).build().execute(tx).await.map(drop)
            })
            .map_err(failed)?;
        }
        for row in rows {
            let fields = || columns.iter().zip(row);
            let id = fields().find(|(column, _)| column.name == "id");
            let Some(id) = id.and_then(|(_, value)| value.as_i64()) else { continue };
            let later = fields().filter(|(column, _)| column.kind == Kind::Later);
            let later = later.filter_map(|(column, value)| Some((column.name, value.as_i64()?)));
            self.later.extend(later.map(|(column, value)| (table.name, column, id, value)));
        }
        Ok(())
    }

    /// Sets what was put off, and stores all for good.
    ///
    /// # Errors
    /// A sentence for the person at the terminal; then nothing is stored.
    pub async fn commit(mut self) -> Result<(), String> {
        for (table, column, id, value) in self.later {
            let update = AssertSqlSafe(format!("UPDATE {table} SET {column} = ? WHERE id = ?"));
            within!(&mut self.open, tx => {
                sqlx::query(update).bind(value).bind(id).execute(tx).await.map(drop)
            })
            .map_err(failed)?;
        }
        for statement in PICTURES {
            within!(&mut self.open, tx => sqlx::query(statement).execute(tx).await.map(drop))
                .map_err(failed)?;
        }
        within!(&mut self.open, tx => sqlx::query(ANEW).execute(tx).await.map(drop))
            .map_err(failed)?;
        within!(&mut self.open, tx => {
            sqlx::query(REVOKE).bind(self.revocations).execute(tx).await.map(drop)
        })
        .map_err(failed)?;
        match self.open {
            Open::Sqlite(transaction) => steps::commit(transaction).await,
            Open::MySql(transaction) => steps::commit(transaction).await,
        }
        .map_err(failed)
    }
}

/// `INSERT` of at most [`LIST_MAX`] rows.
fn insert<DB>(table: &Table, columns: &[Column], rows: &[Row]) -> QueryBuilder<DB>
where
    DB: Database,
    for<'q> Option<i64>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<bool>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<&'q str>: Encode<'q, DB> + Type<DB>,
{
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let mut query = QueryBuilder::new("INSERT INTO ");
    query.push(table.name).push(" (").push(names.join(", ")).push(") ");
    query.push_values(rows, |mut list, row| {
        for (column, value) in columns.iter().zip(row) {
            match column.kind {
                Kind::Number => list.push_bind(value.as_i64()),
                Kind::Flag => list.push_bind(value.as_bool()),
                Kind::Text | Kind::File => list.push_bind(value.as_str()),
                Kind::Later => list.push_bind(None::<i64>),
            };
        }
    });
    query
}

fn failed(error: sqlx::Error) -> String {
    format!("the database could not be filled: {error}")
}
