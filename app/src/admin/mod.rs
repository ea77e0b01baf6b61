//! The administration area: pages that the server alone draws, with plain forms. They load no WASM and
//! need no script.

pub mod api;
pub mod chart;
pub mod frame;
pub mod group_pages;
pub mod invitation_page;
pub mod log_page;
pub mod message_pages;
pub mod overview_page;
pub mod settings_page;
pub mod upload_pages;
pub mod user_pages;
mod words;

pub use crate::server::db::admin::rows::{
    Entry, FoundMessage, GroupLine, MemberLine, Numbers, Place, Sum, Upload, User, Wanted,
};
use crate::{
    error::{Error, Field},
    invitation::page::Coded,
    server::settings::Rules,
    ui::percent_encoded,
};
use std::{fmt::Write, sync::Arc};

/// The longest reason for removing a message, in characters.
pub const REASON_MAX: u32 = 200;
/// The longest announcement, in characters.
pub const BANNER_MAX: u32 = 300;
/// The most days that can be set: a hundred years.
pub const DAYS_MAX: u32 = 36_500;
/// The smallest and the largest limit of uploads, in bytes, as on the command line.
pub const UPLOAD_LIMITS: (u64, u64) = (1_000, 1_000_000_000);

/// What can be done, as the log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    CreateUser,
    DisableUser,
    EnableUser,
    EndSessions,
    ResetLink,
    UseLink,
    SetPassword,
    MakeAdmin,
    RevokeAdmin,
    DeleteUser,
    SetRole,
    AddMember,
    RemoveMember,
    ArchiveGroup,
    ReopenGroup,
    DeleteGroup,
    GroupRetention,
    RemoveMessage,
    ReadPrivate,
    RemoveUpload,
    Invite,
    RevokeInvitation,
    Settings,
}

impl Action {
    /// All, each as it is stored.
    pub const ALL: &[(Self, &str)] = &[
        (Self::CreateUser, "create_user"),
        (Self::DisableUser, "disable_user"),
        (Self::EnableUser, "enable_user"),
        (Self::EndSessions, "end_sessions"),
        (Self::ResetLink, "reset_link"),
        (Self::UseLink, "use_link"),
        (Self::SetPassword, "set_password"),
        (Self::MakeAdmin, "make_admin"),
        (Self::RevokeAdmin, "revoke_admin"),
        (Self::DeleteUser, "delete_user"),
        (Self::SetRole, "set_role"),
        (Self::AddMember, "add_member"),
        (Self::RemoveMember, "remove_member"),
        (Self::ArchiveGroup, "archive_group"),
        (Self::ReopenGroup, "reopen_group"),
        (Self::DeleteGroup, "delete_group"),
        (Self::GroupRetention, "group_retention"),
        (Self::RemoveMessage, "remove_message"),
        (Self::ReadPrivate, "read_private"),
        (Self::RemoveUpload, "remove_upload"),
        (Self::Invite, "invite"),
        (Self::RevokeInvitation, "revoke_invitation"),
        (Self::Settings, "settings"),
    ];

    /// As it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, text)| text)
    }

    /// The one that is stored so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, stored)| *stored == text).map(|(one, _)| *one)
    }
}

/// The numbers at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub numbers: Numbers,
    pub online: usize,
    /// Bytes of the database.
    pub database: i64,
    /// Messages of each of the last days, by the day's number since 1970-01-01 UTC, oldest first.
    pub days: Vec<(i64, i64)>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    pub lines: Vec<T>,
    /// From 1 on.
    pub part: u32,
    pub is_more: bool,
}

/// What a page of the area shows.
#[derive(Debug, Clone)]
pub enum Page {
    Overview(Overview),
    Users(Listed<User>),
    /// With a one-time link, if one was made a moment ago.
    User(User, Option<String>),
    Groups(Listed<GroupLine>),
    Group(GroupLine, Listed<MemberLine>),
    /// Where to look on, if anywhere.
    Messages(Vec<FoundMessage>, Option<Place>),
    /// Those of people, and of rooms, that take the most.
    Uploads(Listed<Upload>, Vec<Sum>, Vec<Sum>),
    Invitations(Vec<Coded>),
    Log(Listed<Entry>),
    Settings(Arc<Rules>),
}

/// What an address of the area asks for beside its path: forms leave fields empty.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A part of a name.
    pub find: String,
    pub page: String,
    pub words: String,
    pub sender: String,
    pub group: String,
    pub room: String,
    /// Days, as `2026-11-26`.
    pub from: String,
    pub until: String,
    pub private: String,
    /// [`Place`], as `created.room.seq`.
    pub before: String,
    pub sort: String,
    pub action: String,
    pub actor: String,
    /// There if a form has just been done.
    pub done: Option<String>,
}

impl Asked {
    /// Which part of a list.
    #[must_use]
    pub fn part(&self) -> u32 {
        self.page.parse().unwrap_or(1).clamp(1, 100_000)
    }

    /// The address of the same list at another part, or place.
    #[must_use]
    pub fn address(&self, path: &str, key: &str, value: &str) -> String {
        let fields = [
            ("find", &self.find),
            ("words", &self.words),
            ("sender", &self.sender),
            ("group", &self.group),
            ("room", &self.room),
            ("from", &self.from),
            ("until", &self.until),
            ("private", &self.private),
            ("sort", &self.sort),
            ("action", &self.action),
            ("actor", &self.actor),
        ];
        let mut address = format!("{path}?{key}={value}");
        for (name, value) in fields.iter().filter(|(name, value)| *name != key && !value.is_empty())
        {
            let _ = write!(address, "&{name}={}", percent_encoded(value));
        }
        address
    }
}

impl Place {
    /// As an address holds it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}.{}", self.created, self.room, self.seq)
    }

    /// The place that an address holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|number| number.parse().ok());
        let place =
            Self { created: numbers.next()??, room: numbers.next()??, seq: numbers.next()?? };
        numbers.next().is_none().then_some(place)
    }
}

/// A reason or an announcement: one line, within its length.
///
/// # Errors
/// [`Error::Invalid`].
pub fn sentence(text: &str, max: u32, required: bool) -> Result<String, Error> {
    crate::account::line(text, Field::Body, max, required)
        .map_err(|problem| Error::Invalid { problems: vec![problem] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_what_was_asked_for() {
        let asked = Asked { find: "a&b 王".into(), page: "3".into(), ..Asked::default() };
        assert_eq!(asked.part(), 3);
        let address = asked.address("/admin/users", "page", "4");
        assert_eq!(address, "/admin/users?page=4&find=a%26b%20%E7%8E%8B");
        let place = Place { created: 5, room: 6, seq: 7 };
        assert_eq!(Place::parse(&place.text()), Some(place));
        assert_eq!(Place::parse("5.6"), None);
        assert_eq!(Asked { page: "-1".into(), ..Asked::default() }.part(), 1);
    }

    #[test]
    fn every_action_is_read_as_it_is_stored() {
        for (action, text) in Action::ALL {
            assert_eq!((action.as_str(), Action::parse(text)), (*text, Some(*action)));
        }
    }
}
