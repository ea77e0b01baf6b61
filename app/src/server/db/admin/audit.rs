//! The log of what administrators did.

use super::{By, PART, Part};
use crate::{
    admin::Action,
    error::Error,
    server::db::{Db, admin::rows::Entry, run::cut},
};
use sqlx::QueryBuilder;

const SUBJECT_MAX: usize = 300;
const DETAIL_MAX: usize = 1_000;

pub(in crate::server::db) const NOTE: &str = "INSERT INTO audit \
    (at, actor_id, actor, action, subject, detail) \
    VALUES (?, ?, COALESCE((SELECT u.name FROM users u WHERE u.id = ?), ''), ?, ?, ?)";
const LIST: &str = "SELECT at, actor, action, subject, detail FROM audit WHERE TRUE";

/// Notes what is done in this transaction. No passwords, no texts of messages.
macro_rules! note {
    ($tx:ident, $by:expr, $action:expr, $subject:expr, $detail:expr) => {{
        let user = $by.user.map(|user| user.0);
        sqlx::query($crate::server::db::admin::audit::NOTE)
            .bind($by.now)
            .bind(user)
            .bind(user)
            .bind($action.as_str())
            .bind($crate::server::db::admin::audit::subject($subject))
            .bind($crate::server::db::admin::audit::detail($detail))
            .execute(&mut *$tx)
            .await?;
    }};
}
pub(in crate::server::db) use note;

pub(in crate::server::db) fn subject(text: &str) -> String {
    cut(text, SUBJECT_MAX)
}

pub(in crate::server::db) fn detail(text: &str) -> String {
    cut(text, DETAIL_MAX)
}

impl Db {
    /// Notes what was done elsewhere.
    pub async fn note(
        &self,
        by: &By,
        action: Action,
        subject: &str,
        detail: &str,
    ) -> Result<(), Error> {
        changing!(self, tx => { note!(tx, by, action, subject, detail) })?;
        Ok(())
    }

    /// What was done, newest first; of one action, and by one actor's name, if these are given. Whether
    /// there is more.
    pub async fn audit(
        &self,
        action: &str,
        actor: &str,
        part: Part,
    ) -> Result<(Vec<Entry>, bool), Error> {
        let rows: Vec<Entry> = reading!(self, pool => {
            let mut query = QueryBuilder::new(LIST);
            for (column, wanted) in [(" AND action = ", action), (" AND actor = ", actor)] {
                if !wanted.is_empty() {
                    query.push(column).push_bind(wanted);
                }
            }
            query.push(" ORDER BY id DESC LIMIT ").push_bind(part.limit());
            query.push(" OFFSET ").push_bind(part.offset());
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(shown(rows))
    }
}

/// A part's lines, and whether there is more.
pub(super) fn shown<T>(mut rows: Vec<T>) -> (Vec<T>, bool) {
    let is_more = rows.len() > PART as usize;
    rows.truncate(PART as usize);
    (rows, is_more)
}
