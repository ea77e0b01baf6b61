//! What administrators look at and do. They need no membership: that they administer is looked at by
//! who calls. Each deed is noted in the same transaction.

pub mod audit;
pub mod groups;
pub mod invitations;
pub mod links;
pub mod messages;
pub mod numbers;
pub mod retention;
pub mod rows;
pub mod settings;
pub mod uploads;
pub mod users;

use crate::ids::{MediaId, UserId};

/// Who does something, when: milliseconds since 1970. Nobody: the command line.
#[derive(Debug, Clone, Copy)]
pub struct By {
    pub user: Option<UserId>,
    pub now: i64,
}

impl By {
    /// A person.
    #[must_use]
    pub fn person(user: UserId, now: i64) -> Self {
        Self { user: Some(user), now }
    }

    /// The command line.
    #[must_use]
    pub fn command_line(now: i64) -> Self {
        Self { user: None, now }
    }
}

/// A page of a list, from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part(pub u32);

/// How many lines a part has.
pub const PART: u32 = 50;

impl Part {
    /// One more than is shown, so that it is known whether there are more.
    fn limit(self) -> i64 {
        i64::from(PART) + 1
    }

    fn offset(self) -> i64 {
        i64::from(PART) * i64::from(self.0.saturating_sub(1))
    }
}

/// What `LIKE … ESCAPE '!'` finds this text with, wherever it stands.
fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// Uploads that lost what used them.
type Freed = Vec<MediaId>;

#[cfg(test)]
mod tests {
    use super::anywhere;

    #[test]
    fn signs_of_a_pattern_stand_for_themselves() {
        assert_eq!(anywhere(" 100% a_b! "), "%100!% a!_b!!%");
        assert_eq!(anywhere(""), "%%");
    }
}
