//! Fills a fresh database with people, groups and messages, straight through the schema: the
//! server's own way in would take a day for a million messages.

use crate::{
    people::{Person, hex},
    texts,
};
use anyhow::{Context, Result, bail};
use app::{
    ids::{RoomId, UserId},
    search::words::entry,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, SqliteConnection};
use std::{
    ops::Range,
    time::{SystemTime, UNIX_EPOCH},
};

/// The group that everyone joins, which the migrations make.
pub const LOBBY: i64 = 1;

/// Rows in one statement.
const ROWS: usize = 500;
/// Between two messages of a group, in milliseconds.
const BETWEEN: i64 = 20_000;
/// Of so many messages of a group, one has a word that few have.
const RARELY: i64 = 10_000;
/// A session outlives any measurement: 30 days, in milliseconds.
const SESSION: i64 = 30 * 24 * 60 * 60 * 1000;

/// What there is to be. The same plan gives the same rows, but for the times.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// People, by number from 1 on: each with a session, and all of them in [`LOBBY`].
    pub people: i64,
    /// Messages in [`LOBBY`].
    pub lobby: i64,
    /// Further groups, by number from 2 on.
    pub groups: Vec<Group>,
    /// Whether messages can be found; without, nothing is found in them.
    pub found: bool,
}

/// A group, owned by the first of its members.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its members' numbers.
    pub members: Range<i64>,
    pub messages: i64,
}

/// The arguments of the command that fills a database.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// sqlite://PATH or mysql://USER:PASSWORD@HOST:PORT/NAME, just migrated and empty
    #[arg(long, value_name = "URL")]
    pub database_url: String,
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    people: i64,
    /// Groups beside the one that everyone joins
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    groups: i64,
    /// Members of each
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    members: i64,
    /// Over all groups; each has half as many as the one before, until there are few
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
    messages: i64,
}

impl Arguments {
    /// What they ask for.
    pub fn plan(&self) -> Plan {
        let Self { people, groups, members, .. } = *self;
        let mut rest = self.messages;
        let mut share = |left: i64| {
            let own = if left <= 1 { rest } else { (rest / 2).max(rest / left).min(rest) };
            rest -= own;
            own
        };
        let lobby = share(groups + 1);
        let group = |place: i64| {
            let most = (people - members).max(0);
            let first = 1 + place * most / groups.max(1);
            Group {
                members: first..(first + members).min(people + 1),
                messages: share(groups - place),
            }
        };
        Plan { people, lobby, groups: (0..groups).map(group).collect(), found: true }
    }
}

/// An open database of either kind.
enum Database {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
}

/// Writes all of it into a database that was just migrated. Messages are read by all members.
///
/// # Errors
/// If the database refuses.
pub async fn fill(url: &str, plan: &Plan) -> Result<()> {
    let mut database = Database::open(url).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis().try_into()?;
    database.run("BEGIN".into()).await?;
    let people = (1..=plan.people).map(|id| {
        format!(
            "({id}, 'person{id}', 'person{id}', 'Person {id}', 'Likes number {id}.', '!', {now}, \
            'person{id}\nperson {id}')"
        )
    });
    let columns =
        "users (id, name, name_key, display_name, introduction, password, created, find_key)";
    database.insert(columns, people).await?;
    let sessions = (1..=plan.people).map(|id| {
        let hash = hex(&Sha256::digest(Person(id).token()));
        format!("(x'{hash}', {id}, {now}, {now}, {}, 'generated')", now + SESSION)
    });
    let columns = "sessions (token_hash, user_id, created, last_used, expires, agent)";
    database.insert(columns, sessions).await?;

    let groups = plan.groups.iter().zip(LOBBY + 1..).map(|(_, id)| {
        let visibility = if id % 2 == 0 { "public" } else { "private" };
        format!(
            "({id}, 'group', 'Group {id}', 'Talks about {id}.', {now}, '{visibility}', 'group {id}')"
        )
    });
    let columns = "rooms (id, kind, name, introduction, created, visibility, find_key)";
    database.insert(columns, groups).await?;
    let lobby = Group { members: 1..plan.people + 1, messages: plan.lobby };
    for (group, id) in std::iter::once(&lobby).chain(&plan.groups).zip(LOBBY..) {
        let Group { members, messages } = group;
        let joined = members.clone().map(|user| {
            // The group that everyone joins has no owner.
            let is_owner = id != LOBBY && user == members.start;
            let role = if is_owner { "owner" } else { "member" };
            format!("({id}, {user}, '{role}', {now}, {messages})")
        });
        let columns = "memberships (room_id, user_id, role, joined, last_read_seq)";
        database.insert(columns, joined).await?;
        let count = members.end - members.start;
        database
            .run(format!(
                "UPDATE rooms SET members = {count}, last_seq = {messages}, last_rev = {messages} \
                WHERE id = {id}"
            ))
            .await?;
        let said = messages_of(group, id, now).map(|said| said.row(plan.found));
        database.insert(MESSAGES, said).await?;
        if plan.found {
            let said = messages_of(group, id, now).map(|said| said.words());
            database.insert("message_words (rowid, words)", said).await?;
        }
    }
    database.run("COMMIT".into()).await?;
    database.close().await
}

const MESSAGES: &str = "messages \
    (room_id, seq, rev, sender_id, client_id, kind, body, created, search_id)";

/// A message.
struct Said {
    room: i64,
    seq: i64,
    sender: i64,
    client_id: u128,
    body: String,
    created: i64,
}

impl Said {
    /// As an id grows with its time; no two messages are of one moment.
    fn id(&self) -> i64 {
        (self.created << 12) + 1
    }

    fn row(&self, found: bool) -> String {
        let Self { room, seq, sender, client_id, body, created } = self;
        let id = if found { self.id() } else { 0 };
        format!(
            "({room}, {seq}, {seq}, {sender}, '{client_id:032x}', 'text', '{body}', {created}, {id})"
        )
    }

    fn words(&self) -> String {
        let (room, sender) = (RoomId(self.room), UserId(self.sender));
        format!("({}, '{}')", self.id(), entry(room, sender, &self.body))
    }
}

fn messages_of(group: &Group, room: i64, now: i64) -> impl Iterator<Item = Said> {
    let mut random = SmallRng::seed_from_u64(room.unsigned_abs());
    let Group { members, messages } = group.clone();
    (1..=messages).map(move |seq| {
        let sender = random.random_range(members.clone());
        let client_id: u128 = random.random();
        let mut body = texts::words(&mut random);
        if seq % RARELY == RARELY / 2 {
            body = format!("{body} {}", texts::RARE);
        }
        // Seven has no factor in common with the time between: a moment of its own for each room.
        let created = now - (messages - seq) * BETWEEN - room * 7 % BETWEEN;
        Said { room, seq, sender, client_id, body, created }
    })
}

impl Database {
    async fn open(url: &str) -> Result<Self> {
        if url.starts_with("sqlite://") {
            let mut database = Self::Sqlite(SqliteConnection::connect(url).await?);
            // If the machine dies now, the file is thrown away.
            for pragma in ["PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000"] {
                database.run(pragma.into()).await?;
            }
            Ok(database)
        } else if url.starts_with("mysql://") {
            let mut database = Self::MySql(MySqlConnection::connect(url).await?);
            let checks = "SET SESSION unique_checks = 0, foreign_key_checks = 0";
            database.run(checks.into()).await?;
            Ok(database)
        } else {
            bail!("the database URL must start with sqlite:// or mysql://");
        }
    }

    async fn run(&mut self, sql: String) -> Result<()> {
        let start = sql.get(..80).unwrap_or(&sql).to_owned();
        let statement = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Self::Sqlite(connection) => {
                statement.execute(connection).await.context(start)?;
            }
            Self::MySql(connection) => {
                statement.execute(connection).await.context(start)?;
            }
        }
        Ok(())
    }

    /// Inserts these rows, each in parentheses.
    async fn insert(&mut self, into: &str, rows: impl Iterator<Item = String>) -> Result<()> {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let some: Vec<_> = rows.by_ref().take(ROWS).collect();
            self.run(format!("INSERT INTO {into} VALUES {}", some.join(", "))).await?;
        }
        Ok(())
    }

    async fn close(mut self) -> Result<()> {
        if let Self::Sqlite(connection) = &mut self {
            // What is measured afterwards does not begin with a log of this size.
            let checkpoint = AssertSqlSafe("PRAGMA wal_checkpoint(TRUNCATE)");
            sqlx::raw_sql(checkpoint).execute(connection).await?;
        }
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::MySql(connection) => connection.close().await?,
        }
        Ok(())
    }
}
