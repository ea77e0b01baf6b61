//! Users.

use super::{
    Change, Db,
    admin::{
        By,
        audit::note,
        users::{end_links, end_sessions, name_of},
    },
    dialect::Inserted,
    groups::{Actor, role, tell},
    indexing::person_key,
    invitations::{count_use, let_in, lock_group_of},
    media::require_own,
    members::join,
    run::{LIST_MAX, push_list},
};
use crate::{
    account::{Person, Profile},
    admin::Action,
    error::Error,
    ids::{ClientId, MediaId, RoomId, UserId},
    media::Purpose,
    room::{Role, event::Event},
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
    (name, name_key, display_name, password, is_admin, created, find_key) \
    VALUES (?, ?, ?, ?, ?, ?, ?)";
const DEFAULT_ROOMS: &str = "SELECT id FROM rooms WHERE visibility = 'default' ORDER BY id";
pub(super) const TAKE_REV: &str = "UPDATE rooms SET last_rev = last_rev + 1 WHERE id = ?";
pub(super) const ROOM_REV: &str = "SELECT last_rev FROM rooms WHERE id = ?";
const ANY_USER: &str = "SELECT id FROM users LIMIT 1";
const ACCOUNT: &str = "SELECT id, password, disabled FROM users WHERE name_key = ?";
const PEOPLE: &str = select_person!(
    "users u WHERE u.disabled = FALSE AND u.name_key > ? ORDER BY u.name_key LIMIT ?"
);
const PEOPLE_BY_ID: &str = select_person!("users u WHERE u.id IN ");
const SET_PROFILE: &str =
    "UPDATE users SET display_name = ?, introduction = ?, find_key = ? WHERE id = ?";
const NAME: &str = "SELECT name FROM users WHERE id = ?";
const SET_AVATAR: &str = "UPDATE users SET avatar_id = ? WHERE id = ?";
/// Administrators who can log in.
pub(super) const ADMINS: &str = "SELECT id FROM users WHERE is_admin = TRUE AND disabled = FALSE";
pub(super) const SET_PASSWORD: &str = "UPDATE users SET password = ? WHERE id = ?";
const REPLACE_PASSWORD: &str = "UPDATE users SET password = ? WHERE id = ? AND password = ?";
const HAS_PASSWORD: &str =
    "SELECT COUNT(*) FROM users WHERE id = ? AND password = ? AND disabled = FALSE";
pub(super) const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id = ?";
pub(super) const REVOKE: &str =
    "UPDATE server_state SET value = value + 1 WHERE name = 'revocations'";

impl Db {
    /// Stores a user (shown name = name) and makes them a member of every default room, having
    /// read all that is there; an administrator of the server administers these, too. Returns the
    /// rooms' changes.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub async fn create_user(&self, user: &NewUser) -> Result<(UserId, Vec<Change>), Error> {
        let (id, changes, _) = self.store_user(user, None, None).await?;
        Ok((id, changes))
    }

    /// The same, noted as done by somebody else.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub async fn create_user_by(
        &self,
        by: &By,
        user: &NewUser,
    ) -> Result<(UserId, Vec<Change>), Error> {
        let (id, changes, _) = self.store_user(user, None, Some(by)).await?;
        Ok((id, changes))
    }

    /// The same by an invitation, if there is one: its token, and the name of the event by which its
    /// group tells it. A use is counted, and the new user is in that group, which is returned too.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::NotFound`] if the invitation does not work.
    pub async fn create_invited_user(
        &self,
        user: &NewUser,
        invitation: Option<(&str, &ClientId)>,
    ) -> Result<(UserId, Vec<Change>, Option<RoomId>), Error> {
        self.store_user(user, invitation, None).await
    }

    async fn store_user(
        &self,
        user: &NewUser,
        invitation: Option<(&str, &ClientId)>,
        by: Option<&By>,
    ) -> Result<(UserId, Vec<Change>, Option<RoomId>), Error> {
        let created = changing!(self, tx => {
            if by.is_some() {
                // By another process, perhaps: the server hears of it.
                sqlx::query(REVOKE).execute(&mut *tx).await?;
            }
            let id = sqlx::query(CREATE)
                .bind(user.name.as_str())
                .bind(user.name_key.as_str())
                .bind(user.name.as_str())
                .bind(user.password.as_str())
                .bind(user.is_admin)
                .bind(user.now)
                .bind(person_key(&user.name, &user.name))
                .execute(&mut *tx)
                .await?
                .id();
            let rooms: Vec<i64> = sqlx::query_scalar(DEFAULT_ROOMS).fetch_all(&mut *tx).await?;
            let mut changes = Vec::new();
            for room in rooms {
                sqlx::query(TAKE_REV).bind(room).execute(&mut *tx).await?;
                join!(tx, RoomId(room), id, Role::Member, user.now);
                let rev: i64 = sqlx::query_scalar(ROOM_REV).bind(room).fetch_one(&mut *tx).await?;
                changes.push(Change { room: RoomId(room), rev });
            }
            let mut group = None;
            if let Some((token, client_id)) = invitation {
                let actor =
                    Actor { user: UserId(id), now: user.now, client_id: client_id.clone() };
                group = lock_group_of!(tx, token);
                let by = count_use!(tx, token, user.now);
                // A default group has them already.
                if let Some(room) = group
                    && role!(tx, room, actor.user).is_none()
                {
                    changes.push(let_in!(tx, actor, room, by));
                }
            }
            if let Some(by) = by {
                let detail = if user.is_admin { "administrator" } else { "" };
                note!(tx, by, Action::CreateUser, &user.name, detail);
            }
            (UserId(id), changes, group)
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
            let name = sqlx::query_scalar(NAME).bind(user.0).fetch_optional(&mut *tx).await?;
            let name: String = name.unwrap_or_default();
            sqlx::query(SET_PROFILE)
                .bind(profile.display_name.as_str())
                .bind(profile.introduction.as_str())
                .bind(person_key(&name, &profile.display_name))
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

    /// Sets a password's hash; all of the user's sessions end, and a link to choose another one does.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_password(&self, by: &By, user: UserId, password: &str) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            let name = name_of!(tx, user);
            sqlx::query(SET_PASSWORD).bind(password).bind(user.0).execute(&mut *tx).await?;
            end_sessions!(tx, user);
            end_links!(tx, user);
            note!(tx, by, Action::SetPassword, &name, "");
        })?;
        Ok(())
    }

    /// Replaces the password with the hash `known` by one's own choice, with the same effects.
    ///
    /// # Errors
    /// [`Error::WrongLogin`] if they have another one by now.
    pub async fn replace_password(
        &self,
        user: UserId,
        known: &str,
        password: &str,
    ) -> Result<(), Error> {
        changing!(self, tx => {
            sqlx::query(REVOKE).execute(&mut *tx).await?;
            let replace = sqlx::query(REPLACE_PASSWORD).bind(password).bind(user.0).bind(known);
            if replace.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Error::WrongLogin.into());
            }
            end_sessions!(tx, user);
            end_links!(tx, user);
        })?;
        Ok(())
    }

    /// Whether this user has the password with this hash, and is not disabled.
    pub async fn has_password(&self, user: UserId, hash: &str) -> Result<bool, Error> {
        let count: i64 = reading!(self, pool => {
            sqlx::query_scalar(HAS_PASSWORD).bind(user.0).bind(hash).fetch_one(pool).await
        })?;
        Ok(count > 0)
    }
}
