//! Whom messages mention: found by the names of a room's members, and a row for each in `mentions`.

use super::{
    Db,
    run::{LIST_MAX, push_list},
};
use crate::{
    error::Error,
    ids::{RoomId, UserId},
    message::{
        markdown::{parse, words},
        mentions::{ALL, ALL_NAMES, mentions, possible},
    },
    server::account::fold,
};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};

pub(super) const MENTION: &str = "INSERT INTO mentions (room_id, user_id, seq, sender_id) ";
pub(super) const FORGET: &str = "DELETE FROM mentions WHERE room_id = ? AND seq = ?";
/// Members of a room, by their folded names.
const NAMED: (&str, &str) = (
    "SELECT u.name_key, u.id FROM memberships s JOIN users u ON u.id = s.user_id \
    WHERE u.disabled = FALSE AND s.room_id = ",
    " AND u.name_key IN ",
);

/// Inserts the rows `(room, user, seq, sender)`.
macro_rules! mention {
    ($tx:ident, $rows:expr) => {{
        let rows: Vec<(i64, i64, i64, i64)> = $rows.collect();
        for rows in $crate::server::db::run::in_powers_of_two(&rows) {
            let mut query = sqlx::QueryBuilder::new($crate::server::db::mentions::MENTION);
            query.push_values(rows, |mut row, (room, user, seq, sender)| {
                row.push_bind(*room).push_bind(*user).push_bind(*seq).push_bind(*sender);
            });
            query.build().execute(&mut *$tx).await?;
        }
    }};
}
pub(super) use mention;

/// Who said what is answered, in a group that they are in, if they can log in.
const ANSWERED: &str = "SELECT m.sender_id FROM messages m \
    JOIN rooms r ON r.id = m.room_id AND r.kind = 'group' \
    JOIN memberships s ON s.room_id = m.room_id AND s.user_id = m.sender_id \
    JOIN users u ON u.id = m.sender_id AND u.disabled = FALSE \
    WHERE m.room_id = ? AND m.seq = ? AND m.kind <> 'event' AND m.deleted IS NULL";

impl Db {
    /// Whom these words of `sender`'s mention in the room, other than in code and addresses, and, in a group,
    /// whom they answer: others who are members of it.
    pub(super) async fn mentioned(
        &self,
        sender: UserId,
        room: RoomId,
        body: &str,
        reply_to: Option<i64>,
    ) -> Result<Vec<UserId>, Error> {
        let body = &words(&parse(body));
        let keys: BTreeSet<String> = possible(body).into_iter().map(fold).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let mut known: HashMap<String, i64> = HashMap::new();
        for keys in keys.chunks(LIST_MAX) {
            known.extend::<Vec<(String, i64)>>(reading!(self, pool => {
                let mut query = QueryBuilder::new(NAMED.0);
                query.push_bind(room.0).push(NAMED.1);
                push_list(&mut query, keys.iter().map(String::as_str));
                query.build_query_as().fetch_all(pool).await
            })?);
        }
        let who = |name: &str| match ALL_NAMES.contains(&fold(name).as_str()) {
            true => Some(ALL),
            false => known.get(&fold(name)).map(|id| UserId(*id)),
        };
        let answered: Option<i64> = match reply_to {
            Some(seq) => reading!(self, pool => {
                sqlx::query_scalar(ANSWERED).bind(room.0).bind(seq).fetch_optional(pool).await
            })?,
            None => None,
        };
        let named = mentions(body, who).into_iter().map(|(_, user)| user);
        let mut mentioned = vec![];
        for user in named.chain(answered.map(UserId)) {
            if user != sender && !mentioned.contains(&user) {
                mentioned.push(user);
            }
        }
        Ok(mentioned)
    }
}
