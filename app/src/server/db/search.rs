//! Finding people and groups by their names, and messages by the words of the index.

use super::{
    Db,
    dialect::{MYSQL_FIND, SQLITE_FIND, mysql_match, sqlite_match},
    groups::GroupRow,
    indexing::first_id,
    message_row::{kind_of, list_of},
    users::{PersonRow, select_person},
};
use crate::{
    account::Person,
    error::Error,
    ids::{RoomId, UserId},
    media::Attachment,
    message::Kind,
    room::Group,
    search::{phrase::Asked, words},
};

const PEOPLE: &str = select_person!(
    "users u WHERE u.disabled = FALSE AND INSTR(u.find_key, ?) > 0 \
    ORDER BY INSTR(u.find_key, ?), u.name_key LIMIT ?"
);
/// Of one's own, archived ones too, or such as everyone may find.
const GROUPS: &str = "SELECT r.id, r.name, r.introduction, r.avatar_id, r.members, \
    (SELECT COUNT(*) FROM memberships s WHERE s.room_id = r.id AND s.user_id = ?) AS is_member \
    FROM rooms r WHERE r.kind = 'group' AND INSTR(r.find_key, ?) > 0 AND (EXISTS \
    (SELECT 1 FROM memberships s WHERE s.room_id = r.id AND s.user_id = ?) \
    OR (r.visibility IN ('default', 'public') AND r.archived = FALSE AND r.members > 0)) \
    ORDER BY is_member DESC, INSTR(r.find_key, ?), r.id DESC LIMIT ?";
const OWN_ROOMS: &str = "SELECT room_id FROM memberships WHERE user_id = ?";

/// In so many rooms the index itself is asked for them.
const FEW_ROOMS: usize = 32;
/// With more, so many of the newest messages with these words are looked at first, whosever they are.
const NEWEST: i64 = 4_000;
/// The time of a message's row in the index may be so much later than its own, in milliseconds: it
/// waited to be stored.
const WAITED: i64 = 60_000;

/// What messages are to have.
#[derive(Debug, Clone)]
pub struct Lookup {
    pub asked: Vec<Asked>,
    pub room: Option<RoomId>,
    pub sender: Option<UserId>,
    pub picture: bool,
    pub file: bool,
    /// From this time on, and before that; milliseconds since 1970.
    pub since: i64,
    pub until: i64,
}

/// A message that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub search_id: i64,
    pub room: RoomId,
    pub seq: i64,
    pub sender: UserId,
    pub body: String,
    pub attachments: Vec<Attachment>,
    pub kind: Kind,
    pub created: i64,
}

type CandidateRow = (i64, i64, i64, i64, String, Option<String>, String, i64);

impl From<CandidateRow> for Candidate {
    fn from(row: CandidateRow) -> Self {
        let (search_id, room, seq, sender, body, attachments, kind, created) = row;
        let (room, sender, kind) = (RoomId(room), UserId(sender), kind_of(&kind));
        let attachments = list_of(attachments.as_deref());
        Self { search_id, room, seq, sender, body, attachments, kind, created }
    }
}

impl Lookup {
    /// The words of the index that all of them have.
    fn words(&self) -> Vec<Asked> {
        let room = self.room.map(words::of_room);
        let sender = self.sender.map(words::of_sender);
        let picture = self.picture.then(|| words::PICTURE.to_owned());
        let file = self.file.then(|| words::FILE.to_owned());
        let facets = [room, sender, picture, file].into_iter().flatten();
        self.asked.iter().cloned().chain(facets.map(Asked::word)).collect()
    }
}

impl Db {
    /// People who are not disabled, and have this folded text in a name: at most `limit`, first
    /// those whose name begins with it.
    pub async fn people_named(&self, text: &str, limit: u32) -> Result<Vec<Person>, Error> {
        let rows: Vec<PersonRow> = reading!(self, pool => {
            let find = sqlx::query_as(PEOPLE).bind(text).bind(text).bind(i64::from(limit));
            find.fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(Person::from).collect())
    }

    /// Groups of this user, and such as everyone may find, with this folded text in their name: at
    /// most `limit`, first those that the user is in.
    pub async fn groups_named(
        &self,
        user: UserId,
        text: &str,
        limit: u32,
    ) -> Result<Vec<Group>, Error> {
        let rows: Vec<GroupRow> = reading!(self, pool => {
            let find = sqlx::query_as(GROUPS).bind(user.0).bind(text).bind(user.0).bind(text);
            find.bind(i64::from(limit)).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(Group::from).collect())
    }

    /// Messages of this user's rooms that have all that is asked for, those whose `search_id` is
    /// below `before`, the newest first, at most `limit`. Fewer than that: there are no more. None if
    /// nothing is asked for but a time.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they are to be of a room that is not the user's.
    pub async fn candidates(
        &self,
        user: UserId,
        lookup: &Lookup,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Candidate>, Error> {
        let words = lookup.words();
        if let Some(room) = lookup.room {
            self.require_member(user, room).await?;
        }
        let rooms: Vec<i64> = match lookup.room {
            Some(_) => vec![],
            None => reading!(self, pool => {
                sqlx::query_scalar(OWN_ROOMS).bind(user.0).fetch_all(pool).await
            })?,
        };
        let rooms: Vec<String> = rooms.into_iter().map(|id| words::of_room(RoomId(id))).collect();
        if words.is_empty() {
            return Ok(vec![]);
        }
        if lookup.room.is_none() && rooms.len() > FEW_ROOMS {
            let found = self.matching(user, lookup, &words, &[], before, NEWEST, limit).await?;
            if found.len() == limit as usize {
                return Ok(found);
            }
        }
        self.matching(user, lookup, &words, &rooms, before, i64::MAX, limit).await
    }

    #[expect(clippy::too_many_arguments, reason = "what one statement is bound to")]
    async fn matching(
        &self,
        user: UserId,
        lookup: &Lookup,
        words: &[Asked],
        rooms: &[String],
        before: i64,
        newest: i64,
        limit: u32,
    ) -> Result<Vec<Candidate>, Error> {
        let (statement, matched) = match self {
            Self::Sqlite(_) => (SQLITE_FIND, sqlite_match(words, rooms)),
            Self::MySql(_) => (MYSQL_FIND, mysql_match(words)),
        };
        let first = first_id(lookup.since);
        let before = before.min(first_id(lookup.until.saturating_add(WAITED)));
        let rows: Vec<CandidateRow> = reading!(self, pool => {
            sqlx::query_as(statement)
                .bind(matched.as_str())
                .bind(before)
                .bind(first)
                .bind(newest)
                .bind(user.0)
                .bind(lookup.since)
                .bind(lookup.until)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await
        })?;
        Ok(rows.into_iter().map(Candidate::from).collect())
    }
}
