//! Storing messages, many by one transaction and with as many statements as one takes.
//!
//! First the rows of their rooms are locked, then all is read that decides about them, then
//! [`decide`] does, then the rooms' numbers are moved and what is new is inserted.

use super::{
    dialect::{MYSQL_LOCK, SQLITE_BEGIN},
    message_row::{MessageRow, OwnPicture, select_message, text_of},
    run::{Failure, push_list, push_pairs},
    steps,
};
use crate::{
    error::Error,
    ids::{ClientId, MediaId, RoomId, UserId},
    media::Picture,
    message::{Message, NewMessage},
};
use sqlx::{MySqlPool, QueryBuilder, SqlitePool};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Ascending, so that two processes which lock several rooms do not wait for each other.
const ROOMS: &str = "SELECT id, last_seq, last_rev, archived FROM rooms WHERE id IN ";
const IN_ORDER: &str = " ORDER BY id";
const MEMBERS: &str = "SELECT s.room_id, s.user_id FROM memberships s JOIN (";
const ARE_WANTED: &str = ") wanted ON s.room_id = wanted.one AND s.user_id = wanted.other";
const STORED: &str = select_message!("JOIN (");
const WERE_SENT: &str = ") wanted ON m.sender_id = wanted.one AND m.client_id = wanted.other";
const PICTURES: &str = "SELECT f.owner_id, f.id, f.name, f.width, f.height, f.thumb_width, \
    f.thumb_height FROM media f JOIN (";
const ARE_OWN: &str =
    ") wanted ON f.owner_id = wanted.one AND f.id = wanted.other WHERE f.purpose = 'message'";
const TAKE_SEQS: &str = "UPDATE rooms SET last_seq = last_seq + ";
const AND_REVS: &str = ", last_rev = last_rev + ";
const OF_ROOMS: &str = " WHERE id IN ";
const INSERT: &str = "INSERT INTO messages \
    (room_id, seq, rev, sender_id, client_id, kind, body, media_id, reply_seq, created) ";

/// A message to be stored. `now`: milliseconds since 1970, UTC.
#[derive(Debug, Clone)]
pub struct Submission {
    pub user: UserId,
    pub room: RoomId,
    pub message: NewMessage,
    pub now: i64,
}

/// What the database says about a batch.
#[derive(Debug, Default)]
pub struct Found {
    /// `last_seq` and `last_rev` of each room, and whether it is archived.
    pub ends: HashMap<RoomId, (i64, i64, bool)>,
    pub members: HashSet<(RoomId, UserId)>,
    /// Stored before, in whichever room.
    pub stored: HashMap<(UserId, ClientId), Message>,
    pub pictures: HashMap<(UserId, MediaId), Picture>,
}

/// What becomes of a submission.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// To be inserted.
    New(Message),
    /// Stored before, or by an earlier one of the same batch.
    Stored(Message),
    /// Its sender is no member of the room, the picture is not theirs, there is no message that it
    /// could answer, or the room is archived.
    Refused(Error),
}

impl Fate {
    fn to_insert(&self) -> Option<&Message> {
        if let Self::New(message) = self { Some(message) } else { None }
    }

    /// What its sender is answered.
    pub fn answer(self) -> Result<Message, Error> {
        match self {
            Self::New(message) | Self::Stored(message) => Ok(message),
            Self::Refused(error) => Err(error),
        }
    }
}

/// Decides about each, in order, and numbers what is new.
pub fn decide(sends: &[&Submission], mut found: Found) -> Vec<Fate> {
    let decide = |send: &&Submission| {
        let NewMessage { client_id, kind, body, media, reply_to } = &send.message;
        let key = (send.user, client_id.clone());
        if let Some(message) = steps::stored(found.stored.get(&key).cloned()) {
            return Fate::Stored(message);
        }
        let picture = match media {
            Some(media) => match found.pictures.get(&(send.user, *media)) {
                Some(picture) => Some(picture.clone()),
                None => return Fate::Refused(Error::NotFound),
            },
            None => None,
        };
        let is_member = found.members.contains(&(send.room, send.user));
        let Some((seq, rev, archived)) = found.ends.get_mut(&send.room).filter(|_| is_member)
        else {
            return Fate::Refused(Error::NotFound);
        };
        if *archived {
            return Fate::Refused(Error::Archived);
        }
        // Places have no gap.
        if reply_to.is_some_and(|origin| !(1..=*seq).contains(&origin)) {
            return Fate::Refused(Error::NotFound);
        }
        *seq += 1;
        *rev += 1;
        let message = Message {
            room: send.room,
            seq: *seq,
            rev: *rev,
            sender: send.user,
            client_id: client_id.clone(),
            kind: *kind,
            body: body.clone(),
            picture,
            reply_to: *reply_to,
            created: send.now,
            edited: None,
            deleted: false,
        };
        found.stored.insert(key, message.clone());
        Fate::New(message)
    };
    sends.iter().map(decide).collect()
}

/// Stores the submissions `$sends` in the transaction `$tx`; evaluates to the fate of each. `?`
/// leaves the caller, and then nothing is changed. `$lock` ends a `SELECT` that locks.
macro_rules! store_all {
    ($tx:ident, $sends:expr, $lock:expr) => {{
        let sends: &[&Submission] = $sends;
        let mut found = Found::default();

        let rooms: BTreeSet<i64> = sends.iter().map(|send| send.room.0).collect();
        let mut query = QueryBuilder::new(ROOMS);
        push_list(&mut query, rooms);
        query.push(IN_ORDER).push($lock);
        let query = query.build_query_as();
        found.ends.extend(query.fetch_all(&mut *$tx).await?.into_iter().map(end));

        let mut query = QueryBuilder::new(MEMBERS);
        push_pairs(&mut query, sends.iter().map(|send| (send.room.0, send.user.0)));
        let query = query.push(ARE_WANTED).build_query_as();
        found.members.extend(query.fetch_all(&mut *$tx).await?.into_iter().map(member));

        let mut query = QueryBuilder::new(STORED);
        let ids = sends.iter().map(|send| (send.user.0, send.message.client_id.as_str()));
        push_pairs(&mut query, ids);
        let query = query.push(WERE_SENT).build_query_as();
        found.stored.extend(query.fetch_all(&mut *$tx).await?.into_iter().map(stored));

        let media = |send: &&Submission| Some((send.user.0, send.message.media?.0));
        let media: BTreeSet<(i64, i64)> = sends.iter().filter_map(media).collect();
        if !media.is_empty() {
            let mut query = QueryBuilder::new(PICTURES);
            push_pairs(&mut query, media);
            let query = query.push(ARE_OWN).build_query_as();
            found.pictures.extend(query.fetch_all(&mut *$tx).await?.into_iter().map(picture));
        }

        let fates = decide(sends, found);
        for (count, rooms) in taken(&fates) {
            let mut query = QueryBuilder::new(TAKE_SEQS);
            query.push_bind(count).push(AND_REVS).push_bind(count).push(OF_ROOMS);
            push_list(&mut query, rooms);
            query.build().execute(&mut *$tx).await?;
        }
        let new: Vec<&Message> = fates.iter().filter_map(Fate::to_insert).collect();
        if !new.is_empty() {
            steps::numbered(&mut *$tx).await?;
        }
        for rows in in_powers_of_two(&new) {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(rows, |mut row, message| {
                row.push_bind(message.room.0)
                    .push_bind(message.seq)
                    .push_bind(message.rev)
                    .push_bind(message.sender.0)
                    .push_bind(message.client_id.as_str())
                    .push_bind(text_of(message.kind))
                    .push_bind(message.body.as_str())
                    .push_bind(message.picture.as_ref().map(|picture| picture.id.0))
                    .push_bind(message.reply_to)
                    .push_bind(message.created);
            });
            query.build().execute(&mut *$tx).await?;
        }
        fates
    }};
}

/// Stores these in one transaction of SQLite's one writer.
///
/// # Errors
/// The database's; then none is stored, or nobody knows.
pub async fn store_in_sqlite(
    pool: &SqlitePool,
    sends: &[&Submission],
) -> Result<Vec<Fate>, Failure> {
    changing!(@retry pool.begin_with(SQLITE_BEGIN), tx => { store_all!(tx, sends, "") })
}

/// Stores these in one transaction of MySQL.
///
/// # Errors
/// The database's; then none is stored, or nobody knows.
pub async fn store_in_mysql(pool: &MySqlPool, sends: &[&Submission]) -> Result<Vec<Fate>, Failure> {
    changing!(@retry pool.begin(), tx => { store_all!(tx, sends, MYSQL_LOCK) })
}

/// The rooms that get new messages, by how many they get.
fn taken(fates: &[Fate]) -> BTreeMap<i64, Vec<i64>> {
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for message in fates.iter().filter_map(Fate::to_insert) {
        *counts.entry(message.room.0).or_default() += 1;
    }
    let mut rooms: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (room, count) in counts {
        rooms.entry(count).or_default().push(room);
    }
    rooms
}

/// The same in parts, each as long as a power of two, for the reason of [`super::run::padded`].
fn in_powers_of_two<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let (part, after) = rest.split_at(1 << rest.len().checked_ilog2()?);
        rest = after;
        Some(part)
    })
}

fn end((room, seq, rev, archived): (i64, i64, i64, bool)) -> (RoomId, (i64, i64, bool)) {
    (RoomId(room), (seq, rev, archived))
}

fn member((room, user): (i64, i64)) -> (RoomId, UserId) {
    (RoomId(room), UserId(user))
}

fn stored(row: MessageRow) -> ((UserId, ClientId), Message) {
    let message = Message::from(row);
    ((message.sender, message.client_id.clone()), message)
}

fn picture(row: OwnPicture) -> ((UserId, MediaId), Picture) {
    let owner = UserId(row.owner_id);
    let picture = Picture::from(row);
    ((owner, picture.id), picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Kind;

    fn send(user: i64, room: i64, id: u8) -> Submission {
        let client_id = ClientId::from_bytes([id; 16]);
        let (kind, body) = (Kind::Text, format!("message {id}"));
        let message = NewMessage { client_id, kind, body, media: None, reply_to: None };
        Submission { user: UserId(user), room: RoomId(room), message, now: 7 }
    }

    fn found() -> Found {
        let ends = [(1, 10, 20, false), (2, 0, 1, false)].map(end);
        let members = [(1, 1), (1, 2), (2, 1)].map(member);
        Found { ends: ends.into(), members: members.into(), ..Found::default() }
    }

    fn decided(sends: &[Submission], found: Found) -> Vec<Fate> {
        decide(&sends.iter().collect::<Vec<_>>(), found)
    }

    #[test]
    fn each_room_counts_on_for_its_members_alone() {
        let sends = [send(1, 1, 1), send(3, 1, 2), send(1, 2, 3), send(2, 1, 4), send(1, 9, 5)];
        let fates = decided(&sends, found());
        let numbers = fates.iter().map(|fate| fate.to_insert().map(|m| (m.room.0, m.seq, m.rev)));
        let expected = [Some((1, 11, 21)), None, Some((2, 1, 2)), Some((1, 12, 22)), None];
        assert_eq!(numbers.collect::<Vec<_>>(), expected);
        assert_eq!(taken(&fates), BTreeMap::from([(1, vec![2]), (2, vec![1])]));
        assert_eq!(fates[1], Fate::Refused(Error::NotFound));
    }

    #[test]
    fn an_archived_room_takes_nothing_new_and_tells_nobody_else_so() {
        let stored = decided(&[send(1, 1, 1)], found()).remove(0).answer().unwrap();
        let key = (stored.sender, stored.client_id.clone());
        let ends = [end((1, 11, 21, true))].into();
        let found = Found { ends, stored: [(key, stored.clone())].into(), ..found() };
        let fates = decided(&[send(1, 1, 1), send(1, 1, 2), send(3, 1, 3)], found);
        let refused = [Error::Archived, Error::NotFound].map(Fate::Refused);
        assert_eq!(fates[0], Fate::Stored(stored), "sent before it was archived");
        assert_eq!(fates[1..], refused);
    }

    #[test]
    fn copies_get_the_stored_message_and_take_no_number() {
        let sends = [send(1, 1, 1), send(1, 1, 1), send(2, 1, 1), send(1, 2, 1)];
        let fates = decided(&sends, found());
        let first = fates[0].to_insert().unwrap().clone();
        assert_eq!(fates[1], Fate::Stored(first.clone()));
        assert_eq!(fates[2].to_insert().unwrap().seq, 12, "the same id of another sender");
        assert_eq!(fates[3], Fate::Stored(first.clone()), "wherever it is sent again");
        let key = (first.sender, first.client_id.clone());
        let again =
            decided(&sends[..1], Found { stored: [(key, first.clone())].into(), ..found() });
        assert_eq!(again, [Fate::Stored(first)]);
    }

    #[test]
    fn an_answer_needs_an_earlier_message_of_its_room() {
        let answers = [(1, 1, 10), (2, 2, 12), (3, 1, 12), (4, 1, 0), (5, 1, -1)];
        let answers = answers.map(|(id, room, origin)| {
            let mut answer = send(1, room, id);
            answer.message.reply_to = Some(origin);
            answer
        });
        let fates = decided(&answers, found());
        let places = fates.iter().map(|fate| fate.to_insert().map(|m| (m.seq, m.reply_to)));
        assert_eq!(places.collect::<Vec<_>>(), [Some((11, Some(10))), None, None, None, None]);
    }

    #[test]
    fn parts_are_as_long_as_powers_of_two() {
        let numbers: Vec<_> = (0..11).collect();
        let parts: Vec<_> = in_powers_of_two(&numbers).collect();
        assert_eq!(parts, [&numbers[..8], &numbers[8..10], &numbers[10..]]);
        assert_eq!(in_powers_of_two::<u8>(&[]).count(), 0);
    }

    #[test]
    fn a_picture_must_be_ones_own() {
        let mut sends = [send(1, 1, 1), send(2, 1, 2)];
        for send in &mut sends {
            send.message.media = Some(MediaId(5));
        }
        let own = Picture {
            id: MediaId(5),
            name: "cat.png".into(),
            width: 4,
            height: 3,
            thumb_width: 4,
            thumb_height: 3,
        };
        let pictures = [((UserId(1), MediaId(5)), own.clone())].into();
        let fates = decided(&sends, Found { pictures, ..found() });
        assert_eq!(fates[0].to_insert().unwrap().picture, Some(own));
        assert_eq!(fates[1], Fate::Refused(Error::NotFound));
    }
}
