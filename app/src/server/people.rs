//! Who people are, in memory: names and pictures go out with nearly every answer and rarely change.

use super::{App, now};
use crate::{account::Person, error::Error, ids::UserId, message::Page};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use std::{collections::BTreeSet, sync::Arc};

/// How many people are remembered.
const REMEMBERED: usize = 20_000;
/// People in a page's first list.
const FIRST: u32 = 100;
/// How long the first list is believed, in milliseconds: another process may have made an account.
const BELIEVED: i64 = 2_000;

/// The first of all people by name, and where to go on if there are more.
pub type FirstPeople = Arc<(Vec<Person>, Option<String>)>;

/// People as the database had them after the newest change that this process made.
pub struct People {
    known: Cache<UserId, Person>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Grows with every change: what was read before it is not remembered after it.
    changes: u64,
    /// With the time at which it was read, milliseconds since 1970.
    first: Option<(i64, FirstPeople)>,
}

impl Default for People {
    fn default() -> Self {
        Self { known: Cache::new(REMEMBERED), state: Mutex::default() }
    }
}

impl People {
    /// Forgets a person whose profile changed, or who is new. Call it after the commit.
    pub fn forget(&self, user: UserId) {
        let mut state = self.state.lock();
        state.changes += 1;
        state.first = None;
        self.known.remove(&user);
    }

    fn changes(&self) -> u64 {
        self.state.lock().changes
    }

    /// Remembers what was read when there had been so many changes.
    fn remember(&self, changes: u64, people: &[Person]) {
        let state = self.state.lock();
        if state.changes == changes {
            people.iter().for_each(|person| self.known.insert(person.id, person.clone()));
        }
    }
}

impl App {
    /// The page, with everyone whom it shows.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn introduced(&self, page: Page) -> Result<Page, Error> {
        let shown: BTreeSet<_> = page.shown().collect();
        Ok(Page { people: self.people(shown).await?, ..page })
    }

    /// These people, in any order; unknown ids are left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn people(
        &self,
        ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<Person>, Error> {
        let changes = self.people.changes();
        let (mut people, mut unknown) = (Vec::new(), Vec::new());
        for id in ids {
            match self.people.known.get(&id) {
                Some(person) => people.push(person),
                None => unknown.push(id),
            }
        }
        if !unknown.is_empty() {
            let read = self.db.people_by_id(&unknown).await?;
            self.people.remember(changes, &read);
            people.extend(read);
        }
        Ok(people)
    }

    /// The first hundred of all people by name, and where to go on if there are more.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn first_people(&self) -> Result<FirstPeople, Error> {
        let (now, changes) = {
            let (now, state) = (now(), self.people.state.lock());
            if let Some((_, first)) =
                state.first.as_ref().filter(|(at, _)| (0..BELIEVED).contains(&(now - at)))
            {
                return Ok(Arc::clone(first));
            }
            (now, state.changes)
        };
        let first = Arc::new(self.db.people(None, FIRST).await?);
        self.people.remember(changes, &first.0);
        let mut state = self.people.state.lock();
        if state.changes == changes {
            state.first = Some((now, Arc::clone(&first)));
        }
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: i64, name: &str) -> Person {
        Person {
            id: UserId(id),
            name: name.into(),
            display_name: name.into(),
            introduction: String::new(),
            avatar: None,
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let people = People::default();
        let before = people.changes();
        people.remember(before, &[person(1, "ada"), person(2, "bob")]);
        people.forget(UserId(1));
        people.remember(before, &[person(1, "ada as she was")]);
        assert_eq!(people.known.get(&UserId(1)), None);
        assert_eq!(people.known.get(&UserId(2)), Some(person(2, "bob")));
        people.remember(people.changes(), &[person(1, "ada as she is")]);
        assert_eq!(people.known.get(&UserId(1)).unwrap().name, "ada as she is");
    }
}
