//! Storing messages, many by one transaction and with as many statements as one takes.
//!
//! First the rows of their rooms are locked, then all is read that decides about them, then
//! [`decide`] does, then the rooms' numbers are moved and what is new is inserted.

use super::{
    dialect::{MYSQL_LOCK, SQLITE_BEGIN},
    indexing::{INSERT_WORDS, free_ids},
    mentions::mention,
    message_row::{MessageRow, OwnMedia, kind_with, select_message, text_of_list},
    run::{Failure, LIST_MAX, in_powers_of_two, push_list, push_pairs},
    steps,
};
use crate::{
    error::Error,
    ids::{ClientId, MediaId, RoomId, UserId},
    media::Attachment,
    message::{Message, NewMessage},
    search::words::carries,
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
const MEDIA: &str = "SELECT f.owner_id, f.id, f.content_type, f.name, f.bytes, f.width, f.height, \
    f.thumb_width, f.thumb_height FROM media f JOIN (";
const ARE_OWN: &str =
    ") wanted ON f.owner_id = wanted.one AND f.id = wanted.other WHERE f.purpose = 'message'";
const TAKE_SEQS: &str = "UPDATE rooms SET last_seq = last_seq + ";
const AND_REVS: &str = ", last_rev = last_rev + ";
const OF_ROOMS: &str = " WHERE id IN ";
const INSERT: &str = "INSERT INTO messages \
    (room_id, seq, rev, sender_id, client_id, kind, body, attachments, mentions, reply_seq, forwarded, created, search_id) ";
const NAME: &str = "INSERT INTO message_media (media_id, room_id, seq) ";

/// A message to be stored. `now`: milliseconds since 1970, UTC.
#[derive(Debug, Clone)]
pub struct Submission {
    pub user: UserId,
    pub room: RoomId,
    pub message: NewMessage,
    pub now: i64,
    /// What it is found by, but for what it carries.
    pub words: String,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
}

/// What the database says about a batch.
#[derive(Debug, Default)]
pub struct Found {
    /// `last_seq` and `last_rev` of each room, and whether it is archived.
    pub ends: HashMap<RoomId, (i64, i64, bool)>,
    pub members: HashSet<(RoomId, UserId)>,
    /// Stored before, in whichever room.
    pub stored: HashMap<(UserId, ClientId), Message>,
    /// Uploads for messages, by who uploaded them.
    pub media: HashMap<(UserId, MediaId), Attachment>,
}

/// What becomes of a submission.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// To be inserted.
    New(Message),
    /// Stored before, or by an earlier one of the same batch.
    Stored(Message),
    /// Its sender is no member of the room, an upload is not theirs, there is no message that it
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
        let NewMessage { client_id, kind, body, media, reply_to, forwarded } = &send.message;
        let key = (send.user, client_id.clone());
        if let Some(message) = steps::stored(found.stored.get(&key).cloned()) {
            // Who is in its room no more gets nothing of it, be it their own.
            return match found.members.contains(&(message.room, send.user)) {
                true => Fate::Stored(message),
                false => Fate::Refused(Error::NotFound),
            };
        }
        let carried = |media: &MediaId| found.media.get(&(owner(send), *media)).cloned();
        let Some(attachments) = media.iter().map(carried).collect::<Option<Vec<_>>>() else {
            return Fate::Refused(Error::NotFound);
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
            kind: kind_with(*kind, &attachments),
            body: body.clone(),
            attachments,
            reply_to: *reply_to,
            created: send.now,
            edited: None,
            deleted: false,
            reactions: vec![],
            mentions: send.mentions.clone(),
            forwarded: forwarded.map(|forwarded| forwarded.author),
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

        let mut query = QueryBuilder::new(STORED);
        let ids = sends.iter().map(|send| (send.user.0, send.message.client_id.as_str()));
        push_pairs(&mut query, ids);
        let query = query.push(WERE_SENT).build_query_as();
        found.stored.extend(query.fetch_all(&mut *$tx).await?.into_iter().map(stored));

        let mut query = QueryBuilder::new(MEMBERS);
        let before = found.stored.values().map(|message| (message.room.0, message.sender.0));
        push_pairs(&mut query, sends.iter().map(|send| (send.room.0, send.user.0)).chain(before));
        let query = query.push(ARE_WANTED).build_query_as();
        found.members.extend(query.fetch_all(&mut *$tx).await?.into_iter().map(member));

        let media: BTreeSet<(i64, i64)> = sends.iter().flat_map(|send| named_by(send)).collect();
        for media in media.into_iter().collect::<Vec<_>>().chunks(LIST_MAX) {
            let mut query = QueryBuilder::new(MEDIA);
            push_pairs(&mut query, media.iter().copied());
            let query = query.push(ARE_OWN).build_query_as();
            found.media.extend(query.fetch_all(&mut *$tx).await?.into_iter().map(attachment));
        }

        let fates = decide(sends, found);
        for (count, rooms) in taken(&fates) {
            let mut query = QueryBuilder::new(TAKE_SEQS);
            query.push_bind(count).push(AND_REVS).push_bind(count).push(OF_ROOMS);
            push_list(&mut query, rooms);
            query.build().execute(&mut *$tx).await?;
        }
        let new = fates.iter().zip(sends);
        let new = new.filter_map(|(fate, send)| Some((fate.to_insert()?, &send.words)));
        let new: Vec<(&Message, &String)> = new.collect();
        let mut new_ids = 0..0;
        if let Some(latest) = new.iter().map(|(message, _)| message.created).max() {
            steps::numbered(&mut *$tx).await?;
            let first = free_ids!($tx, latest, new.len() as i64);
            new_ids = first..first + new.len() as i64;
        }
        let new: Vec<(i64, &Message, &String)> =
            new_ids.zip(new).map(|(id, (message, words))| (id, message, words)).collect();
        for rows in in_powers_of_two(&new) {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(rows, |mut row, (id, message, _)| {
                row.push_bind(message.room.0)
                    .push_bind(message.seq)
                    .push_bind(message.rev)
                    .push_bind(message.sender.0)
                    .push_bind(message.client_id.as_str())
                    .push_bind(message.kind.as_str())
                    .push_bind(message.body.as_str())
                    .push_bind(text_of_list(&message.attachments))
                    .push_bind(text_of_list(&message.mentions))
                    .push_bind(message.reply_to)
                    .push_bind(message.forwarded.map(|author| author.0))
                    .push_bind(message.created)
                    .push_bind(*id);
            });
            query.build().execute(&mut *$tx).await?;
        }
        for rows in in_powers_of_two(&new) {
            let mut query = QueryBuilder::new(INSERT_WORDS);
            query.push_values(rows, |mut row, (id, message, words)| {
                row.push_bind(*id)
                    .push_bind([words.as_str(), &carries(&message.attachments)].concat());
            });
            query.build().execute(&mut *$tx).await?;
        }
        let names: Vec<_> = new.iter().flat_map(|(_, message, _)| names(message)).collect();
        for rows in in_powers_of_two(&names) {
            let mut query = QueryBuilder::new(NAME);
            query.push_values(rows, |mut row, (media, room, seq)| {
                row.push_bind(*media).push_bind(*room).push_bind(*seq);
            });
            query.build().execute(&mut *$tx).await?;
        }
        mention!($tx, new.iter().flat_map(|(_, message, _)| mentioned(message)));
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

fn attachment(row: OwnMedia) -> ((UserId, MediaId), Attachment) {
    let owner = UserId(row.owner_id);
    let attachment = Attachment::from(row);
    ((owner, attachment.id), attachment)
}

/// Whose uploads a submission carries.
fn owner(send: &Submission) -> UserId {
    send.message.forwarded.and_then(|forwarded| forwarded.owner).unwrap_or(send.user)
}

/// The uploads that a submission names: whose they must be, and which.
fn named_by(send: &Submission) -> impl Iterator<Item = (i64, i64)> {
    send.message.media.iter().map(|media| (owner(send).0, media.0))
}

/// Rows of `message_media`.
fn names(message: &Message) -> impl Iterator<Item = (i64, i64, i64)> {
    message.attachments.iter().map(|attachment| (attachment.id.0, message.room.0, message.seq))
}

/// The rows of whom a message mentions.
fn mentioned(message: &Message) -> impl Iterator<Item = (i64, i64, i64, i64)> {
    let Message { room, seq, sender, mentions, .. } = message;
    mentions.iter().map(|user| (room.0, user.0, *seq, sender.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{media::AttachmentKind, message::Kind};

    fn send(user: i64, room: i64, id: u8) -> Submission {
        let client_id = ClientId::from_bytes([id; 16]);
        let (kind, body) = (Kind::Text, format!("message {id}"));
        let message =
            NewMessage { client_id, kind, body, media: vec![], reply_to: None, forwarded: None };
        Submission {
            user: UserId(user),
            room: RoomId(room),
            message,
            now: 7,
            words: String::new(),
            mentions: vec![],
        }
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
    fn each_attachment_must_be_ones_own() {
        let own = |id, kind| Attachment {
            id: MediaId(id),
            kind,
            name: "cat".into(),
            bytes: 9,
            width: 4,
            height: 3,
            thumb_width: 4,
            thumb_height: 3,
        };
        let [cat, dog, song] = [
            own(5, AttachmentKind::Picture),
            own(6, AttachmentKind::Picture),
            own(7, AttachmentKind::Audio),
        ];
        let media = [&cat, &dog, &song].map(|own| ((UserId(1), own.id), own.clone()));
        let carrying = |user, id, media: &[i64]| {
            let mut send = send(user, 1, id);
            send.message.media = media.iter().copied().map(MediaId).collect();
            send
        };
        let sends = [
            carrying(1, 1, &[6, 5]),
            carrying(1, 2, &[5, 7]),
            carrying(2, 3, &[5]),
            carrying(1, 4, &[5, 8]),
        ];
        let fates = decided(&sends, Found { media: media.into(), ..found() });
        let stored = |place: usize| fates[place].to_insert().unwrap();
        assert_eq!(stored(0).attachments, [dog, cat.clone()], "in their sender's order");
        assert_eq!(names(stored(0)).collect::<Vec<_>>(), [(6, 1, 11), (5, 1, 11)]);
        assert_eq!(stored(1).attachments, [cat, song], "one upload in two messages");
        assert_eq!((stored(0).kind, stored(1).kind), (Kind::Image, Kind::File));
        assert_eq!(fates[2..], [Error::NotFound, Error::NotFound].map(Fate::Refused));
    }
}
