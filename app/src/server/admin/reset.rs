//! One-time links by which somebody chooses a password: the link holds a random token, the database its
//! SHA-256 only.

use crate::{
    error::Error,
    ids::UserId,
    server::{
        App, Peer,
        account::require_fine,
        db::admin::By,
        now, password,
        session::{TOKEN_BYTES, Visit, hash_of, hex, random_token, unhex},
    },
};

/// How long a link can be used, in milliseconds: a day.
pub const LIFETIME: i64 = 24 * 60 * 60 * 1000;

impl App {
    /// The path of a new link for a user; those before do not count any more.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn new_reset_link(&self, by: &By, user: UserId) -> Result<String, Error> {
        let token = random_token()?;
        self.db.create_reset_link(by, user, &hash_of(&token), by.now + LIFETIME).await?;
        Ok(format!("/reset/{}", hex(&token)))
    }

    /// The name of whom this link lets choose a password; nothing if it is unknown, used or expired.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn named_by_link(&self, token: &str) -> Result<Option<String>, Error> {
        let Some(token) = unhex(token) else { return Ok(None) };
        let found = self.db.reset_link(&hash_of(&token), now()).await?;
        Ok(found.map(|(_, name)| name))
    }
}

/// Uses a link, and logs in.
///
/// # Errors
/// Those of [`crate::account::api::reset_password`].
pub async fn use_link(visit: &Visit, token: &str, password: &str) -> Result<(), Error> {
    let app = &visit.app;
    app.limits.check_register(Peer::of(&visit.parts).address)?;
    let token: [u8; TOKEN_BYTES] = unhex(token).ok_or(Error::NotFound)?;
    let hash = hash_of(&token);
    let (_, name) = app.db.reset_link(&hash, now()).await?.ok_or(Error::NotFound)?;
    require_fine(&name, password).await?;
    let password = password::hash(password).await?;
    let user = app.db.use_reset_link(&hash, &password, now()).await?;
    app.end_believing();
    app.hub.forget(user);
    visit.log_in(user, &password).await
}
