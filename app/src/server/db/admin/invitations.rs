//! Invitations to the server: into no group but the default ones.

use super::{By, audit::note};
use crate::{
    admin::Action,
    error::Error,
    ids::InvitationId,
    invitation::Terms,
    server::db::{
        Db,
        invitations::{LinkRow, create_link, select_links},
    },
};

const OF_SERVER: &str = select_links!("i.room_id IS NULL");
const COUNT: &str = "SELECT COUNT(*) FROM invitations WHERE room_id IS NULL";
const REVOKE: &str = "DELETE FROM invitations WHERE id = ? AND room_id IS NULL";

impl Db {
    /// Makes a link to the server.
    ///
    /// # Errors
    /// [`Error::Forbidden`] if there are [`crate::invitation::LINKS_MAX`] links.
    pub async fn invite_to_server(&self, by: &By, token: &str, terms: Terms) -> Result<(), Error> {
        let user = by.user.ok_or(Error::NotFound)?;
        changing!(self, tx => {
            let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut *tx).await?;
            create_link!(tx, count, token, None::<i64>, user, by.now, terms);
            note!(tx, by, Action::Invite, "", &told(terms));
        })?;
        Ok(())
    }

    /// The links to the server, newest first.
    pub async fn server_invitations(&self) -> Result<Vec<LinkRow>, Error> {
        Ok(reading!(self, pool => sqlx::query_as(OF_SERVER).fetch_all(pool).await)?)
    }

    /// Revokes a link to the server.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn revoke_server_invitation(
        &self,
        by: &By,
        invitation: InvitationId,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            let revoke = sqlx::query(REVOKE).bind(invitation.0).execute(&mut *tx);
            if revoke.await?.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
            note!(tx, by, Action::RevokeInvitation, "", &invitation.to_string());
        })?;
        Ok(())
    }
}

/// For the log; the token is not for it.
fn told(terms: Terms) -> String {
    let number = |number: Option<i64>| number.map_or_else(|| "-".to_owned(), |it| it.to_string());
    format!("milliseconds={} uses={}", number(terms.lifetime), number(terms.max_uses))
}
