//! What happened to a group, as its conversation tells it.

use super::Role;
use crate::{
    i18n::{Lang, fill},
    ids::UserId,
};
use serde::{Deserialize, Serialize};

/// What the sender of an event did. It is stored as JSON, as the words of a message of the kind
/// [`crate::message::Kind::Event`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Created,
    Joined,
    /// Joined by a link, which `by` made.
    Invited {
        by: UserId,
    },
    /// With the new owner, if the one who left had been it.
    Left {
        owner: Option<UserId>,
    },
    Added {
        people: Vec<UserId>,
    },
    Removed {
        person: UserId,
    },
    Renamed {
        name: String,
    },
    /// Its introduction, or who may find it.
    Described,
    Pictured,
    Archived,
    Reopened,
    /// An owner who makes somebody else the owner becomes an administrator.
    RoleSet {
        person: UserId,
        role: Role,
    },
}

/// What an event carries, whatever it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Carried {
    owner: Option<UserId>,
    people: Vec<UserId>,
    person: Option<UserId>,
    by: Option<UserId>,
    name: Option<String>,
    role: Option<Role>,
}

/// So many of those who were added are named.
const NAMED: usize = 5;

impl Event {
    /// The event of these words; nothing if this version does not know it. What serde derives for that
    /// is several times the code, which the page loads first.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        let (name, carried) = match words.strip_prefix("{\"") {
            Some(field) => {
                let (name, carried) = field.strip_suffix('}')?.split_once("\":")?;
                (name, serde_json::from_slice(carried.as_bytes()).ok()?)
            }
            None => (words.trim_matches('"'), Carried::default()),
        };
        let Carried { owner, people, person, by, name: called, role } = carried;
        Some(match name {
            "created" => Self::Created,
            "joined" => Self::Joined,
            "invited" => Self::Invited { by: by? },
            "left" => Self::Left { owner },
            "added" => Self::Added { people },
            "removed" => Self::Removed { person: person? },
            "renamed" => Self::Renamed { name: called? },
            "described" => Self::Described,
            "pictured" => Self::Pictured,
            "archived" => Self::Archived,
            "reopened" => Self::Reopened,
            "role_set" => Self::RoleSet { person: person?, role: role? },
            _ => return None,
        })
    }

    /// As it is stored.
    #[must_use]
    pub fn words(&self) -> String {
        // Fails never: it has neither maps nor floating-point numbers.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Who came in by it without doing anything for it.
    #[must_use]
    pub fn added(&self) -> &[UserId] {
        if let Self::Added { people } = self { people } else { &[] }
    }

    /// Whom it names beside its sender.
    #[must_use]
    pub fn people(&self) -> Vec<UserId> {
        match self {
            Self::Added { people } => people.iter().take(NAMED).copied().collect(),
            Self::Removed { person } | Self::RoleSet { person, .. } => vec![*person],
            Self::Left { owner } => owner.iter().copied().collect(),
            Self::Invited { by } => vec![*by],
            Self::Created
            | Self::Joined
            | Self::Renamed { .. }
            | Self::Described
            | Self::Pictured
            | Self::Archived
            | Self::Reopened => {
                vec![]
            }
        }
    }

    /// The sentence that tells it: `who` did it.
    #[must_use]
    pub fn tell(&self, lang: Lang, who: &str, name: impl Fn(UserId) -> String) -> String {
        let mut more = 0;
        let (sentence, called) = match self {
            Self::Created => (lang.event_created(), String::new()),
            Self::Joined => (lang.event_joined(), String::new()),
            Self::Invited { by } => (lang.event_invited(), name(*by)),
            Self::Left { owner: None } => (lang.event_left(), String::new()),
            Self::Left { owner: Some(owner) } => (lang.event_owner_left(), name(*owner)),
            Self::Added { people } => {
                let named: Vec<_> = self.people().into_iter().map(name).collect();
                more = people.len().saturating_sub(NAMED);
                let sentence = if more == 0 { lang.event_added() } else { lang.event_added_many() };
                (sentence, named.join(lang.between_names()))
            }
            Self::Removed { person } => (lang.event_removed(), name(*person)),
            Self::Renamed { name } => (lang.event_renamed(), name.clone()),
            Self::Described => (lang.event_described(), String::new()),
            Self::Pictured => (lang.event_pictured(), String::new()),
            Self::Archived => (lang.event_archived(), String::new()),
            Self::Reopened => (lang.event_reopened(), String::new()),
            Self::RoleSet { person, role } => {
                let sentence = match role {
                    Role::Owner => lang.event_owner(),
                    Role::Administrator => lang.event_promoted(),
                    Role::Member => lang.event_demoted(),
                };
                (sentence, name(*person))
            }
        };
        fill(sentence, &[("who", &who), ("name", &called), ("more", &more)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_went_and_an_unknown_one_is_none() {
        let person = UserId(7);
        let told = |event: &Event, lang| event.tell(lang, "Ann", |id| format!("p{id}"));
        for event in [
            Event::Created,
            Event::Joined,
            Event::Invited { by: person },
            Event::Left { owner: Some(person) },
            Event::Left { owner: None },
            Event::Added { people: vec![person] },
            Event::Removed { person },
            Event::Renamed { name: "读书会 \"x\": []".into() },
            Event::Described,
            Event::Pictured,
            Event::Archived,
            Event::Reopened,
            Event::RoleSet { person, role: Role::Administrator },
        ] {
            for lang in [Lang::En, Lang::Zh] {
                let sentence = told(&event, lang);
                assert!(sentence.contains("Ann") && !sentence.contains(['{', '}']), "{sentence}");
            }
            assert_eq!(Event::parse(&event.words()), Some(event));
        }
        assert_eq!(Event::Created.words(), "\"created\"");
        for words in ["{\"launched\":{}}", "{\"removed\":{}}", "{\"", "", "{\"left\":7}"] {
            assert_eq!(Event::parse(words), None, "{words}");
        }
    }

    #[test]
    fn many_who_were_added_are_named_in_part() {
        let tell = |count: i64| {
            let event = Event::Added { people: (1..=count).map(UserId).collect() };
            event.tell(Lang::En, "Ann", |id| format!("p{id}"))
        };
        assert_eq!(tell(2), "Ann added p1, p2");
        assert_eq!(tell(7), "Ann added p1, p2, p3, p4, p5 and 2 more");
    }
}
