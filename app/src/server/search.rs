//! Finding people, groups and messages, and making ready what was there before search was.

use super::{App, db::search::Lookup};
use crate::{
    error::Error,
    ids::UserId,
    search::{
        Found, HITS, Hit, NAMES, Wanted,
        phrase::{Phrase, excerpt},
        words,
    },
};
use std::{collections::BTreeSet, time::Duration};

/// Messages that are read at once to look at their texts, and how often more are read.
const CANDIDATES: u32 = 64;
const ROUNDS: usize = 16;
/// Messages, or names, that are indexed by one transaction: some milliseconds of it.
const INDEXED: u32 = 128;
/// Between two of these, so that who writes goes first.
const INDEX_PAUSE: Duration = Duration::from_millis(10);
/// After the database refused.
const INDEX_RETRY: Duration = Duration::from_secs(5);

impl App {
    /// What this user finds.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they look into a room that is not theirs; [`Error::Unavailable`].
    pub async fn search(&self, user: UserId, wanted: &Wanted) -> Result<Found, Error> {
        let mut found = Found { indexing: self.db.is_indexing().await?, ..Found::default() };
        let name = words::name_key(&wanted.text);
        if !name.is_empty() && !wanted.is_narrowed() && wanted.before.is_none() {
            found.people = self.db.people_named(&name, NAMES).await?;
            found.groups = self.db.groups_named(user, &name, NAMES).await?;
        }
        self.find_messages(user, wanted, &mut found).await?;
        let senders: BTreeSet<_> = found.hits.iter().map(|hit| hit.sender).collect();
        found.senders = self.people(senders).await?;
        Ok(found)
    }

    /// The index gives messages that may be meant; their texts decide.
    async fn find_messages(
        &self,
        user: UserId,
        wanted: &Wanted,
        found: &mut Found,
    ) -> Result<(), Error> {
        let phrase = Phrase::parse(&wanted.text);
        // Typed, but nothing that could be found.
        if phrase.is_empty() && !wanted.text.trim().is_empty() {
            return Ok(());
        }
        let sender = match &wanted.sender {
            Some(name) => match self.db.account(&super::account::fold(name)).await? {
                Some(account) => Some(account.id),
                None => return Ok(()),
            },
            None => None,
        };
        let lookup = Lookup {
            asked: phrase.asked(),
            room: wanted.room,
            sender,
            picture: wanted.picture,
            file: wanted.file,
            since: wanted.since.unwrap_or(i64::MIN),
            until: wanted.until.unwrap_or(i64::MAX),
        };
        let mut before = wanted.before.unwrap_or(i64::MAX);
        for _ in 0..ROUNDS {
            let rows = self.db.candidates(user, &lookup, before, CANDIDATES).await?;
            let is_last = rows.len() < CANDIDATES as usize;
            for row in rows {
                // Nothing typed, nothing to show of the names.
                let attachments = if phrase.is_empty() { &[] } else { &row.attachments[..] };
                let plain = words::text_of(&row.body, attachments);
                let Some(places) = phrase.find(&plain) else {
                    before = row.search_id;
                    continue;
                };
                if found.hits.len() == HITS {
                    found.before = Some(before);
                    return Ok(());
                }
                before = row.search_id;
                let (excerpt, marks) = excerpt(&plain, &places);
                found.hits.push(Hit {
                    room: row.room,
                    seq: row.seq,
                    sender: row.sender,
                    created: row.created,
                    kind: row.kind,
                    excerpt,
                    marks,
                });
            }
            if is_last {
                return Ok(());
            }
        }
        found.before = Some(before);
        Ok(())
    }

    /// Makes ready what was stored by an older program, or restored. It goes on where it was when
    /// the server ended.
    pub async fn index_rest(&self) {
        loop {
            match self.db.index_some(INDEXED).await {
                Ok(true) => tokio::time::sleep(INDEX_PAUSE).await,
                Ok(false) => return,
                // The database has logged why.
                Err(_) => tokio::time::sleep(INDEX_RETRY).await,
            }
        }
    }
}
