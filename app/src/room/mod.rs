//! Rooms: groups and private conversations.

pub mod add_people;
pub mod api;
pub mod arrange;
pub mod conversation;
pub mod describe;
pub mod details;
mod edges;
pub mod event;
pub mod groups;
pub mod header;
mod loading;
pub mod members;
mod reading;
pub mod sidebar;

use crate::{
    account::{Person, described},
    error::{Error, Field},
    ids::{MediaId, RoomId, UserId},
    message::Message,
    named::named,
    record::record,
};
use std::cmp::Reverse;

named! {
    /// Whether a room is a group, or a private conversation of two or with oneself.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum RoomKind {
        Group = "group",
        Direct = "direct",
    }
}

named! {
    /// Who may find a group.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Visibility {
        /// Everyone, and whoever registers joins it.
        Default = "default",
        /// Everyone may find and join it.
        Public = "public",
        /// Whoever is added to it; every private conversation, too.
        Private = "private",
    }
}

named! {
    /// What a member may do in a group; the later ones more.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Role {
        Member = "member",
        Administrator = "administrator",
        /// One at most.
        Owner = "owner",
    }
}

impl Role {
    /// Whether it may describe the group and add people.
    #[must_use]
    pub fn manages(self) -> bool {
        self >= Self::Administrator
    }

    /// Whether it may remove somebody of the role `other`.
    #[must_use]
    pub fn may_remove(self, other: Self) -> bool {
        self.manages() && self > other
    }
}

named! {
    /// What makes a stir for somebody: in the title, in the list, and as a notice.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Notify {
        All = "all",
        /// What mentions them.
        Mentions = "mentions",
        Nothing = "nothing",
    }
}

record! {
    /// A room as one of its members sees it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Room {
        pub id: RoomId,
        pub kind: RoomKind,
        /// A group's name; empty for a private conversation, which is named after its other member.
        pub name: String,
        pub introduction: String,
        /// A group's picture.
        pub avatar: Option<MediaId>,
        pub visibility: Visibility,
        /// A group that is read and nothing more, until its owner reopens it.
        pub archived: bool,
        /// The viewer's.
        pub role: Role,
        /// Who made it; nobody for the default group.
        pub creator: Option<UserId>,
        /// Milliseconds since 1970, UTC.
        pub created: i64,
        /// The other member of a private conversation; oneself, if it is one's notes.
        pub peer: Option<UserId>,
        /// How many members it has.
        pub members: i64,
        /// The newest message's place; 0 while there is none.
        pub last_seq: i64,
        /// The revision of its newest change; 0 while there is none.
        pub last_rev: i64,
        /// Whether it stands first in the viewer's list.
        pub pinned: bool,
        /// What in it makes a stir.
        pub notify: Notify,
        /// Up to where the viewer has read.
        pub last_read_seq: i64,
        /// Messages of others after `last_read_seq` that are not deleted, of events those alone that
        /// added the viewer; at most [`UNREAD_MAX`].
        pub unread: i64,
        /// How many of these mention the viewer.
        pub mentions: i64,
        /// The newest message.
        pub last: Option<Message>,
    }
}

impl Room {
    /// Its place in the list: pinned ones first, archived ones at the end, by newest activity.
    #[must_use]
    pub fn place(&self) -> (bool, Reverse<(bool, i64, RoomId)>) {
        let active = self.last.as_ref().map_or(self.created, |last| last.created);
        (self.archived, Reverse((self.pinned, active, self.id)))
    }

    /// Whether `me` need not know of it yet: a private conversation that the other one opened, and
    /// in which nothing was ever said.
    #[must_use]
    pub fn is_unspoken(&self, me: UserId) -> bool {
        self.last_seq == 0 && self.peer.is_some() && self.creator != Some(me)
    }

    /// How many of its unread messages make a stir.
    #[must_use]
    pub fn stir(&self) -> i64 {
        match self.notify {
            Notify::All => self.unread,
            Notify::Mentions => self.mentions,
            Notify::Nothing => 0,
        }
    }

    /// Whether the viewer may describe it and add people.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        self.role.manages() && !self.archived
    }
}

record! {
    /// Somebody in a room.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Member {
        pub person: Person,
        pub role: Role,
    }
}

record! {
    /// A page of members, by name.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct MembersPage {
        pub members: Vec<Member>,
        /// Where to go on, if there are more.
        pub after: Option<String>,
    }
}

record! {
    /// A group as everyone may find it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Group {
        pub id: RoomId,
        pub name: String,
        pub introduction: String,
        pub avatar: Option<MediaId>,
        /// How many members it has.
        pub members: i64,
        pub is_member: bool,
    }
}

record! {
    /// A page of groups, newest first.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct GroupsPage {
        pub groups: Vec<Group>,
        /// Where to go on, if there are more.
        pub before: Option<RoomId>,
    }
}

/// The longest name of a group, in characters.
pub const NAME_MAX: u32 = 60;
/// How many people can be added at once.
pub const ADDED_MAX: usize = 200;
/// How many members are found by a name at once.
pub const NAMED_MAX: u32 = 20;

/// What a group says of itself: trimmed and within its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub name: String,
    pub introduction: String,
    pub visibility: Visibility,
}

impl Description {
    /// Checks what a person typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that breaks a rule.
    pub fn parse(name: &str, introduction: &str, public: bool) -> Result<Self, Error> {
        let (name, introduction) = described(name, Field::GroupName, NAME_MAX, introduction)?;
        let visibility = if public { Visibility::Public } else { Visibility::Private };
        Ok(Self { name, introduction, visibility })
    }
}

record! {
    /// Who has seen a message: members other than its sender who were there when it was sent, and whose
    /// reading position is there or beyond.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub struct Readers {
        pub count: i64,
        /// The first hundred by name.
        pub people: Vec<Person>,
    }
}

/// After a jump of the reading position, the senders of so many messages hear at once that they
/// were seen.
pub const SEEN_MAX: i64 = 50;

/// Where counting unread messages stops: shown as "999+".
pub const UNREAD_MAX: i64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::{Problem, Rule},
        samples::{self, message},
    };

    #[test]
    fn what_makes_a_stir_is_each_member_s_to_choose() {
        let room =
            Room { unread: 5, mentions: 2, ..samples::room(message(RoomId(1), 5, UserId(2))) };
        let stir = |notify| Room { notify, ..room.clone() }.stir();
        assert_eq!([Notify::All, Notify::Mentions, Notify::Nothing].map(stir), [5, 2, 0]);
    }

    #[test]
    fn a_conversation_is_the_other_one_s_alone_until_something_is_said() {
        let (me, other) = (UserId(1), UserId(2));
        let silent = Room {
            peer: Some(other),
            creator: Some(other),
            last_seq: 0,
            ..samples::room(message(RoomId(1), 1, other))
        };
        assert!(silent.is_unspoken(me));
        assert!(!Room { creator: Some(me), ..silent.clone() }.is_unspoken(me));
        assert!(!Room { last_seq: 1, ..silent.clone() }.is_unspoken(me));
        assert!(!Room { peer: None, ..silent }.is_unspoken(me), "a group is joined");
    }

    #[test]
    fn the_higher_role_removes_the_lower_and_a_member_nobody() {
        use Role::{Administrator, Member, Owner};
        let roles = [Member, Administrator, Owner];
        let may: Vec<_> = roles.map(|one| roles.map(|other| one.may_remove(other))).into();
        assert_eq!(may, [[false; 3], [true, false, false], [true, true, false]]);
    }

    #[test]
    fn a_group_needs_a_name_that_shows_something() {
        let parse = |name: &str| Description::parse(name, " about books ", true);
        let fine = parse(" 读书会 2 ").unwrap();
        assert_eq!((fine.name.as_str(), fine.introduction.as_str()), ("读书会 2", "about books"));
        assert_eq!(fine.visibility, Visibility::Public);
        let problem = |field, rule| Problem { field, rule };
        let long = Description::parse("\u{3164}", &"字".repeat(301), false);
        let problems = vec![
            problem(Field::GroupName, Rule::Required),
            problem(Field::Introduction, Rule::TooLong { max: 300 }),
        ];
        assert_eq!(long, Err(Error::Invalid { problems }));
        assert!(parse(&"字".repeat(60)).is_ok() && parse(&"字".repeat(61)).is_err());
    }
}
