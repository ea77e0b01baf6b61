//! One's own sessions: listed, and ended. When each was last used is known in memory, and stored once an
//! hour.

use super::{App, Peer, Visit, hex, token_of};
use crate::{
    account::SessionLine,
    error::Error,
    server::{db::sessions::TokenHash, now},
};
use std::{cmp::Reverse, sync::atomic::Ordering};

impl Visit {
    /// One's own sessions, the one used last first.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn sessions(&self) -> Result<Vec<SessionLine>, Error> {
        let caller = self.caller().await?;
        let this = token_of(&self.parts.headers, Peer::of(&self.parts).https);
        let mut lines: Vec<_> = self
            .app
            .db
            .sessions(caller.id, now())
            .await?
            .into_iter()
            .map(|one| {
                let used = self.app.sessions.seen.peek(&one.token);
                let used = used.map_or(0, |seen| seen.used);
                SessionLine {
                    id: id_of(&one.token),
                    device: one.agent,
                    created: one.created,
                    last_used: one.last_used.max(used),
                    is_this: this == Some(one.token),
                }
            })
            .collect();
        lines.sort_by_key(|line| Reverse((line.is_this, line.last_used)));
        Ok(lines)
    }

    /// Ends the one of one's own sessions that has this id; without an id, all but this one. Whether this
    /// one ended.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn end_sessions(&self, id: Option<&str>) -> Result<bool, Error> {
        let caller = self.caller().await?;
        let this = token_of(&self.parts.headers, Peer::of(&self.parts).https);
        let all = self.app.db.sessions(caller.id, now()).await?.into_iter().map(|one| one.token);
        let ended: Vec<TokenHash> = match id {
            Some(id) => all.filter(|token| id_of(token) == id).collect(),
            None => all.filter(|token| Some(*token) != this).collect(),
        };
        if id.is_some() && ended.is_empty() {
            return Err(Error::NotFound);
        }
        for token in &ended {
            self.app.db.delete_session(token).await?;
            self.app.sessions.forget(token);
        }
        self.app.hub.forget(caller.id);
        Ok(ended.iter().any(|token| Some(*token) == this))
    }
}

impl App {
    /// Tells the database when sessions were last used, where it does not know.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn note_last_used(&self) -> Result<(), Error> {
        let (noted, begun) = (self.sessions.noted.load(Ordering::Relaxed), now());
        let used = self.sessions.seen.iter().map(|(token, seen)| (token, seen.used));
        let used: Vec<_> = used.filter(|(_, used)| *used > noted).collect();
        for part in used.chunks(100) {
            self.db.note_last_used(part).await?;
        }
        // One that is used in this millisecond is noted once more.
        self.sessions.noted.store(begun - 1, Ordering::Relaxed);
        Ok(())
    }
}

/// What a session is called, so that its person can end it: the first half of its token's hash.
fn id_of(token: &TokenHash) -> String {
    hex(&token[..16])
}
