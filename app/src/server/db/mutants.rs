//! The steps of `steps.rs`, each with a known mistake: the environment variable `SAMPLEIM_MUTANT`
//! names the one that this server makes. Only in a build with the feature `mutants`, which is never
//! to be used for anything but to show that the fault scenarios notice.

use super::{Change, Db};
use sqlx::{AssertSqlSafe, Database, Executor, MySqlConnection, SqliteConnection, Transaction};
use std::{
    sync::{
        LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, sync::RwLock, task::block_in_place, time::sleep};

/// A message, an edit or a deletion is answered, then committed; it is told of after that.
const ANSWER_BEFORE_COMMIT: &str = "answer-before-commit";
/// It is told of, then committed; it is answered after that.
const PUBLISH_BEFORE_COMMIT: &str = "publish-before-commit";
/// Numbers are given out as by an auto-increment column: the room's row is not locked until commit,
/// so that a lower number can be committed after a higher one.
const NUMBERS_WITHOUT_LOCK: &str = "numbers-without-lock";
/// Nothing keeps a client id from being stored again.
const NO_UNIQUE_CLIENT_ID: &str = "no-unique-client-id";
/// A commit does not wait for the disk.
const SYNCHRONOUS_OFF: &str = "synchronous-off";
/// An edited message keeps its revision.
const EDIT_KEEPS_REVISION: &str = "edit-keeps-revision";
/// Some changes are not told of: who waits for news misses them until the room's next one.
const CHANGE_NOT_TOLD: &str = "change-not-told";

static MUTANT: LazyLock<String> =
    LazyLock::new(|| std::env::var("SAMPLEIM_MUTANT").unwrap_or_default());

/// How late a late commit is.
const LATE: Duration = Duration::from_millis(15);
/// Of how many changes one is not told of.
const SILENT_ONE_OF: u64 = 2;

/// Held for reading by each commit that is late.
static COMMITS: RwLock<()> = RwLock::const_new(());
/// Whether anyone has sent a message: accounts and rooms are made without mistakes, so that there is
/// somebody to notice.
static IN_USE: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);

const SQLITE_OFF: &str = "PRAGMA synchronous = OFF";
const SQLITE_TABLE: &str = "SELECT sql FROM sqlite_schema WHERE name = 'messages'";
const SQLITE_UNIQUE: &str = ",\n    UNIQUE (sender_id, client_id)";
const DROP_TABLE: &str = "DROP TABLE messages";
const SQLITE_INDEX: &str = "CREATE INDEX messages_by_rev ON messages (room_id, rev)";
/// The foreign key of the sender wants some index.
const MYSQL_LOOSEN: &str = "ALTER TABLE messages \
    ADD KEY IF NOT EXISTS messages_by_sender (sender_id), DROP KEY IF EXISTS messages_by_client_id";

fn makes(mistake: &str) -> bool {
    *MUTANT == mistake
}

/// Says which mistake this server makes, and prepares the database for it.
///
/// # Errors
/// The database's.
pub async fn opened(db: &Db) -> Result<(), sqlx::Error> {
    tracing::warn!(mutant = *MUTANT, "this server makes a mistake on purpose");
    match db {
        Db::Sqlite(sqlite) if makes(SYNCHRONOUS_OFF) => {
            sqlite.write.execute(SQLITE_OFF).await?;
        }
        Db::Sqlite(sqlite) if makes(NO_UNIQUE_CLIENT_ID) => {
            let table: String = sqlx::query_scalar(SQLITE_TABLE).fetch_one(&sqlite.write).await?;
            // Not at a second start.
            if table.contains(SQLITE_UNIQUE) {
                sqlite.write.execute(DROP_TABLE).await?;
                let loose = table.replace(SQLITE_UNIQUE, "");
                sqlite.write.execute(AssertSqlSafe(loose)).await?;
                sqlite.write.execute(SQLITE_INDEX).await?;
            }
        }
        Db::MySql(mysql) if makes(NO_UNIQUE_CLIENT_ID) => {
            mysql.pool.execute(MYSQL_LOOSEN).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Stores for good what a transaction did, or says so and does it a little later.
///
/// # Errors
/// If it is not stored, or nobody knows.
pub async fn commit<DB: Database>(
    transaction: Transaction<'static, DB>,
) -> Result<(), sqlx::Error> {
    let is_late = makes(ANSWER_BEFORE_COMMIT) || makes(PUBLISH_BEFORE_COMMIT);
    if !is_late || !IN_USE.load(Ordering::Relaxed) {
        return transaction.commit().await;
    }
    let pending = COMMITS.read().await;
    tokio::spawn(async move {
        sleep(LATE).await;
        if let Err(error) = transaction.commit().await {
            tracing::warn!(%error, "a late commit failed");
        }
        drop(pending);
    });
    Ok(())
}

/// A connection that can let go of what its transaction has locked.
pub trait LetGo {
    /// Commits what was done so far, and begins another transaction after a while.
    fn let_go(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

impl LetGo for SqliteConnection {
    /// Its one writer would let nobody in between.
    async fn let_go(&mut self) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

impl LetGo for MySqlConnection {
    async fn let_go(&mut self) -> Result<(), sqlx::Error> {
        self.execute("COMMIT").await?;
        // Some take longer than others, and so come later.
        sleep(Duration::from_millis(COUNT.fetch_add(1, Ordering::Relaxed) % 4 * 10)).await;
        self.execute("BEGIN").await?;
        Ok(())
    }
}

/// After a message took its room's numbers: keeps the lock of the room's row, or not.
///
/// # Errors
/// The database's.
pub async fn numbered<C: LetGo>(connection: &mut C) -> Result<(), sqlx::Error> {
    IN_USE.store(true, Ordering::Relaxed);
    if makes(NUMBERS_WITHOUT_LOCK) {
        connection.let_go().await?;
    }
    Ok(())
}

/// What is stored under a client id already, or nothing.
pub fn stored<T>(row: Option<T>) -> Option<T> {
    row.filter(|_| !makes(NO_UNIQUE_CLIENT_ID))
}

/// The revision of a message that had `before` and is changed by the room's revision `taken`.
pub fn raised(before: i64, taken: i64) -> i64 {
    if makes(EDIT_KEEPS_REVISION) { before } else { taken }
}

/// Lets a change be told of: when it is committed, before that, or not.
pub fn publish(change: Change, tell: impl Fn(Change) + Send + 'static) {
    if makes(ANSWER_BEFORE_COMMIT) {
        tokio::spawn(async move {
            drop(COMMITS.write().await);
            tell(change);
        });
    } else if makes(PUBLISH_BEFORE_COMMIT) {
        tell(change);
        // The answer waits for the commit.
        block_in_place(|| drop(Handle::current().block_on(COMMITS.write())));
    } else if !makes(CHANGE_NOT_TOLD)
        || !COUNT.fetch_add(1, Ordering::Relaxed).is_multiple_of(SILENT_ONE_OF)
    {
        tell(change);
    }
}
