//! What was set in the administration area.

use super::{By, audit::note};
use crate::{
    admin::Action,
    error::Error,
    server::db::{Db, users::REVOKE},
};

const ALL: &str = "SELECT name, value FROM settings";
const UNSET: &str = "DELETE FROM settings WHERE name = ?";
const SET: &str = "INSERT INTO settings (name, value) VALUES (?, ?)";

impl Db {
    /// All that was set, as `(name, value)`.
    pub async fn settings(&self) -> Result<Vec<(String, String)>, Error> {
        Ok(reading!(self, pool => sqlx::query_as(ALL).fetch_all(pool).await)?)
    }

    /// Sets these; `detail` says to what, for the log. Other processes hear of it as of sessions that
    /// were ended.
    pub async fn set_settings(
        &self,
        by: &By,
        values: &[(&str, String)],
        detail: &str,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            for (name, value) in values {
                sqlx::query(UNSET).bind(*name).execute(&mut *tx).await?;
                sqlx::query(SET).bind(*name).bind(value.as_str()).execute(&mut *tx).await?;
            }
            note!(tx, by, Action::Settings, "", detail);
        })?;
        Ok(())
    }
}
