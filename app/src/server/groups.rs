//! What the server functions of groups share.

use super::{
    App,
    db::{Change, groups::Actor},
    now,
    session::Caller,
    sync::random_client_id,
};
use crate::{error::Error, ids::UserId};

impl App {
    /// Who changes a group now. Each change is told to all members: so many are allowed as messages.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn actor(&self, caller: Caller) -> Result<Actor, Error> {
        self.limits.check_send(caller.id)?;
        Ok(Actor { user: caller.id, now: now(), client_id: random_client_id()? })
    }

    /// Tells of a group's change. Those who joined or left hear of it by another list of rooms: what
    /// memory knows of theirs is forgotten first, so that who left hears of nothing more.
    ///
    /// # Errors
    /// The change's own.
    pub fn group_changed(
        &self,
        change: Result<Change, Error>,
        joined_or_left: &[UserId],
    ) -> Result<(), Error> {
        self.list_changed(&change, joined_or_left);
        self.publish(&[change?]);
        Ok(())
    }

    /// Forgets what memory knows of these people's rooms, if a change of theirs was stored.
    pub fn list_changed<T>(&self, change: &Result<T, Error>, people: &[UserId]) {
        // A commit whose answer was lost may have happened.
        if matches!(change, Ok(_) | Err(Error::Unavailable)) {
            people.iter().for_each(|user| self.hub.forget(*user));
        }
    }
}
