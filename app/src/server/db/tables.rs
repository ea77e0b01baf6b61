//! What a backup holds of the database: tables and columns, alike on SQLite and MySQL.
//!
//! A new table or column belongs here; a test compares this list with both schemas.

use crate::server::backup::is_plain;
use serde_json::Value;

/// A table of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    /// Columns of its primary key, as in `ORDER BY`.
    pub key: &'static str,
    pub columns: &'static [Column],
}

/// A column of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 64 bits.
    Number,
    Flag,
    Text,
    /// Text: the name of a file below the media folder, with `/`; empty: none.
    File,
    /// The id of a row that is stored later: set when all are.
    Later,
}

/// A row: a value for each column; `null`, a number, true or false, or text.
pub type Row = Vec<Value>;

/// All tables, each after those that it refers to.
pub const TABLES: [Table; 12] = [
    Table {
        name: "users",
        key: "id",
        columns: &[
            number("id"),
            text("name"),
            text("name_key"),
            text("display_name"),
            text("introduction"),
            text("password"),
            flag("is_admin"),
            flag("disabled"),
            number("created"),
            Column { name: "avatar_id", kind: Kind::Later },
            number("deleted"),
            flag("erasing"),
        ],
    },
    Table {
        name: "media",
        key: "id",
        columns: &[
            number("id"),
            number("owner_id"),
            text("purpose"),
            text("content_type"),
            text("thumb_type"),
            text("name"),
            number("bytes"),
            number("width"),
            number("height"),
            number("thumb_width"),
            number("thumb_height"),
            file("path"),
            file("thumb_path"),
            number("created"),
        ],
    },
    Table {
        name: "rooms",
        key: "id",
        columns: &[
            number("id"),
            text("kind"),
            text("name"),
            text("introduction"),
            number("creator_id"),
            number("created"),
            text("visibility"),
            number("members"),
            number("last_seq"),
            number("last_rev"),
            text("direct_key"),
            number("avatar_id"),
            flag("archived"),
            number("retention"),
            number("kept_after"),
            number("deleted"),
        ],
    },
    Table {
        name: "memberships",
        key: "room_id, user_id",
        columns: &[
            number("room_id"),
            number("user_id"),
            text("role"),
            number("joined"),
            number("last_read_seq"),
            number("joined_seq"),
            flag("muted"),
            flag("pinned"),
            flag("silent"),
        ],
    },
    Table {
        name: "invitations",
        key: "id",
        columns: &[
            number("id"),
            text("token"),
            number("room_id"),
            number("creator_id"),
            number("created"),
            number("expires"),
            number("max_uses"),
            number("uses"),
        ],
    },
    Table {
        name: "messages",
        key: "room_id, seq",
        columns: &[
            number("room_id"),
            number("seq"),
            number("rev"),
            number("sender_id"),
            text("client_id"),
            text("kind"),
            text("body"),
            number("media_id"),
            number("reply_seq"),
            number("created"),
            number("edited"),
            number("deleted"),
            text("attachments"),
            text("reactions"),
            text("mentions"),
            number("forwarded"),
        ],
    },
    Table {
        name: "message_media",
        key: "media_id, room_id, seq",
        columns: &[number("media_id"), number("room_id"), number("seq")],
    },
    Table {
        name: "edits",
        key: "room_id, seq, rev",
        columns: &[
            number("room_id"),
            number("seq"),
            number("rev"),
            text("body"),
            number("written"),
        ],
    },
    Table {
        name: "mentions",
        key: "room_id, user_id, seq",
        columns: &[number("room_id"), number("user_id"), number("seq"), number("sender_id")],
    },
    Table { name: "server_state", key: "name", columns: &[text("name"), number("value")] },
    Table { name: "settings", key: "name", columns: &[text("name"), text("value")] },
    Table {
        name: "audit",
        key: "id",
        columns: &[
            number("id"),
            number("at"),
            number("actor_id"),
            text("actor"),
            text("action"),
            text("subject"),
            text("detail"),
        ],
    },
];

/// The tables of users' sessions and one-time links, which no backup holds: an old cookie must not come
/// alive.
pub const LEFT_OUT: [&str; 2] = ["sessions", "reset_links"];

/// Whether this is of the index of search: it is made anew from the rest.
pub fn is_index(table: &str, column: &str) -> bool {
    table.starts_with("message_words") || ["search_id", "find_key"].contains(&column)
}

impl Table {
    /// The table of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// Its column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<Column> {
        self.columns.iter().copied().find(|column| column.name == name)
    }
}

impl Kind {
    /// Whether a column of this kind may hold this value.
    #[must_use]
    pub fn takes(self, value: &Value) -> bool {
        value.is_null()
            || match self {
                Self::Number | Self::Later => value.is_i64(),
                Self::Flag => value.is_boolean(),
                Self::Text => value.is_string(),
                Self::File => value.as_str().is_some_and(|name| name.is_empty() || is_plain(name)),
            }
    }
}

/// The names of files in this row of these columns.
pub fn files<'r>(columns: &[Column], row: &'r [Value]) -> impl Iterator<Item = &'r str> {
    let fields = columns.iter().zip(row);
    let names = fields.filter(|(column, _)| column.kind == Kind::File);
    names.filter_map(|(_, value)| value.as_str()).filter(|name| !name.is_empty())
}

const fn number(name: &'static str) -> Column {
    Column { name, kind: Kind::Number }
}

const fn flag(name: &'static str) -> Column {
    Column { name, kind: Kind::Flag }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

const fn file(name: &'static str) -> Column {
    Column { name, kind: Kind::File }
}
