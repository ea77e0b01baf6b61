//! Users.

use super::{
    Change, Db,
    dialect::Inserted,
    media::require_own,
    members::{join, role_text},
    run::{LIST_MAX, push_list},
};
use crate::{
    account::{Person, Profile},
    error::Error,
    ids::{MediaId, RoomId, UserId},
    media::Purpose,
    room::Role,
};

/// A user to be created. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub name: String,
    /// `name` folded (NFKC, lower case): what is unique.
    pub name_key: String,
    /// The password's hash in PHC form.
    pub password: String,
    pub is_admin: bool,
    pub now: i64,
}

/// What logging in needs to know of a user.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: UserId,
    pub password: String,
    pub disabled: bool,
}

/// The columns of a [`PersonRow`], then the rest of the statement.
macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.name, u.name_key, u.display_name, u.introduction, u.avatar_id FROM ",
            $rest
        )
    };
}
pub(super) use select_person;

/// A person as read, with the folded name to go on from.
#[derive(sqlx::FromRow)]
pub(super) struct PersonRow {
    id: i64,
    name: String,
    pub(super) name_key: String,
    display_name: String,
    introduction: String,
    avatar_id: Option<i64>,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            id: UserId(row.id),
            name: row.name,
            display_name: row.display_name,
            introduction: row.introduction,
            avatar: row.avatar_id.map(MediaId),
        }
    }
}

/// At most `limit` of these rows, and the last one's folded name if there are more.
pub(super) fn page_by_name<R, T: From<R>>(
    rows: Vec<R>,
    limit: u32,
    name_key: impl Fn(&R) -> &str,
) -> (Vec<T>, Option<String>) {
    let limit = limit as usize;
    let next = (rows.len() > limit && limit > 0).then(|| name_key(&rows[limit - 1]).to_owned());
    (rows.into_iter().take(limit).map(T::from).collect(), next)
}

const CREATE: &str = "INSERT INTO users \
    (name, name_key, display_name, password, is_admin, created) VALUES (?, ?, ?, ?, ?, ?)";
const DEFAULT_ROOMS: &str = "SELECT id FROM rooms WHERE visibility = 'default' ORDER BY id";
const TAKE_REV: &str = "UPDATE rooms SET last_rev = last_rev + 1 WHERE id = ?";
const ROOM_REV: &str = "SELECT last_rev FROM rooms WHERE id = ?";
const ANY_USER: &str = "SELECT id FROM users LIMIT 1";
const ACCOUNT: &str = "SELECT id, password, disabled FROM users WHERE name_key = ?";
const PEOPLE: &str = select_person!(
    "users u WHERE u.disabled = FALSE AND u.name_key > ? ORDER BY u.name_key LIMIT ?"
);
const PEOPLE_BY_ID: &str = select_person!("users u WHERE u.id IN ");
const SET_PROFILE: &str = "UPDATE users SET display_name = ?, introduction = ? WHERE id = ?";
const SET_AVATAR: &str = "UPDATE users SET avatar_id = ? WHERE id = ?";
const ADMINS: &str = "SELECT name_key FROM users WHERE is_admin = TRUE AND disabled = FALSE";
const SET_ADMIN: &str = "UPDATE users SET is_admin = ? WHERE name_key = ?";
const DEFAULT_ROLE: &str = "UPDATE memberships SET role = ? \
    WHERE user_id = (SELECT id FROM users WHERE name_key = ?) \
    AND room_id IN (SELECT id FROM rooms WHERE visibility = 'default')";
const TAKE_DEFAULT_REVS: &str =
    "UPDATE rooms SET last_rev = last_rev + 1 WHERE visibility = 'default'";
const SET_PASSWORD: &str = "UPDATE users SET password = ? WHERE name_key = ?";
const END_SESSIONS: &str =
    "DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE name_key = ?)";
const REVOKE: &str = "UPDATE server_state SET value = value + 1 WHERE name = 'revocations'";

impl Db {
    /// Stores a user (shown name = name) and makes them a member of every default room, having
    /// read all that is there; an administrator of the server administers these, too. Returns the
    /// rooms' changes.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub async fn create_user(&self, user: &NewUser) -> Result<(UserId, Vec<Change>), Error> {
        let role = default_role(user.is_admin);
        let created = changing!(self, tx => {
            let id = sqlx::query(CREATE)
                .bind(user.name.as_str())
                .bind(user.name_key.as_str())
                .bind(user.name.as_str())
                .bind(user.password.as_str())
                .bind(user.is_admin)
                .bind(user.now)
                .execute(&mut *tx)
                .await?
                .id();
            let rooms: Vec<i64> = sqlx::query_scalar(DEFAULT_ROOMS).fetch_all(&mut *tx).await?;
            let mut changes = Vec::new();
            for room in rooms {
                sqlx::query(TAKE_REV).bind(room).execute(&mut *tx).await?;
                join!(tx, RoomId(room), id, role, user.now);
                let rev: i64 = sqlx::query_scalar(ROOM_REV).bind(room).fetch_one(&mut *tx).await?;
                changes.push(Change { room: RoomId(room), rev });
            }
            (UserId(id), changes)
        });
        match created {
            Err(failure) if failure.is_duplicate() => Err(Error::NameTaken),
            created => Ok(created?),
        }
    }

    /// Whether there is no user yet.
    pub async fn has_no_users(&self) -> Result<bool, Error> {
        let any: Option<i64> =
            reading!(self, pool => sqlx::query_scalar(ANY_USER).fetch_optional(pool).await)?;
        Ok(any.is_none())
    }

    /// The account of this folded name.
    pub async fn account(&self, name_key: &str) -> Result<Option<Account>, Error> {
        let row: Option<(i64, String, bool)> = reading!(self, pool => {
            sqlx::query_as(ACCOUNT).bind(name_key).fetch_optional(pool).await
        })?;
        Ok(row.map(|(id, password, disabled)| Account { id: UserId(id), password, disabled }))
    }

    /// People who are not disabled, by folded name, those after `after`, at most `limit`. The text
    /// is the last one's folded name if there are more.
    pub async fn people(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<Person>, Option<String>), Error> {
        let after = after.unwrap_or_default();
        let rows = reading!(self, pool => {
            sqlx::query_as(PEOPLE).bind(after).bind(i64::from(limit) + 1).fetch_all(pool).await
        })?;
        Ok(page_by_name(rows, limit, |row: &PersonRow| &row.name_key))
    }

    /// These people, in any order; unknown ids are left out. Disabled ones are included: their
    /// messages stay.
    pub async fn people_by_id(&self, ids: &[UserId]) -> Result<Vec<Person>, Error> {
        let mut people = Vec::with_capacity(ids.len());
        for ids in ids.chunks(LIST_MAX) {
            let ids = ids.iter().map(|id| id.0);
            let rows: Vec<PersonRow> = reading!(self, pool => {
                let mut query = sqlx::QueryBuilder::new(PEOPLE_BY_ID);
                push_list(&mut query, ids);
                query.build_query_as().fetch_all(pool).await
            })?;
            people.extend(rows.into_iter().map(Person::from));
        }
        Ok(people)
    }

    /// Stores a profile.
    pub async fn set_profile(&self, user: UserId, profile: &Profile) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(SET_PROFILE)
                .bind(profile.display_name.as_str())
                .bind(profile.introduction.as_str())
                .bind(user.0)
                .execute(&mut *tx)
                .await?;
        })?;
        Ok(())
    }

    /// Sets or removes the avatar; the media must be an avatar that `user` uploaded.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_avatar(&self, user: UserId, media: Option<MediaId>) -> Result<(), Error> {
        let media = media.map(|media| media.0);
        changing!(self, tx => {
            if let Some(media) = media {
                require_own!(tx, media, user, Purpose::Avatar);
            }
            sqlx::query(SET_AVATAR).bind(media).bind(user.0).execute(&mut *tx).await?;
        })?;
        Ok(())
    }

    /// Sets a password's hash, and ends all of the user's sessions in the same transaction.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_password(&self, name_key: &str, password: &str) -> Result<(), Error> {
        changing!(self, tx => {
            let set = sqlx::query(SET_PASSWORD).bind(password).bind(name_key);
            if set.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
            sqlx::query(END_SESSIONS).bind(name_key).execute(&mut *tx).await?;
            sqlx::query(REVOKE).execute(&mut *tx).await?;
        })?;
        Ok(())
    }

    /// Makes a user an administrator, of the default rooms too, or takes that back; their sessions are
    /// looked at anew.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] for the last administrator who can log in.
    pub async fn set_admin(&self, name_key: &str, is_admin: bool) -> Result<(), Error> {
        changing!(self, tx => {
            // First, for its lock: two at once cannot take the last two administrators.
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            let admins: Vec<String> = sqlx::query_scalar(ADMINS).fetch_all(&mut *tx).await?;
            if !is_admin && admins == [name_key] {
                return Err(Error::Forbidden.into());
            }
            let set = sqlx::query(SET_ADMIN).bind(is_admin).bind(name_key);
            if set.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Error::NotFound.into());
            }
            sqlx::query(TAKE_DEFAULT_REVS).execute(&mut *tx).await?;
            let role = sqlx::query(DEFAULT_ROLE).bind(role_text(default_role(is_admin)));
            role.bind(name_key).execute(&mut *tx).await?;
        })?;
        Ok(())
    }
}

/// What an administrator of the server, or somebody else, is in the default rooms.
fn default_role(is_admin: bool) -> Role {
    if is_admin { Role::Administrator } else { Role::Member }
}
