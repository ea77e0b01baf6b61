//! Accounts: who a person is, and the rules for names, passwords and profiles.

pub mod api;
pub mod gate;
pub mod sessions;
pub mod settings;

use crate::{
    error::{Error, Field, Problem, Rule},
    ids::{MediaId, UserId},
    record::record,
};

record! {
    /// A user as other users see them.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Person {
        pub id: UserId,
        /// The name to log in with; unique whatever the case.
        pub name: String,
        /// The name that is shown; never empty.
        pub display_name: String,
        /// A line about oneself; may be empty.
        pub introduction: String,
        /// The picture, if one was uploaded.
        pub avatar: Option<MediaId>,
    }
}

impl Person {
    /// Whether they were deleted: what they are called then has a space, as no name has that was registered.
    /// Their words stay theirs, but they are nobody to turn to.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.name.contains(' ')
    }

    /// `@name`, which tells them from others of the same shown name, and the introduction; of who was deleted
    /// nothing.
    #[must_use]
    pub fn about(&self) -> String {
        if self.is_gone() {
            return String::new();
        }
        match self.introduction.as_str() {
            "" => format!("@{}", self.name),
            words => format!("@{} · {words}", self.name),
        }
    }
}

record! {
    /// Whether, and how, one can register.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Admission {
        /// Anybody can.
        pub registration_open: bool,
        /// Whoever has an invitation can.
        pub by_invitation: bool,
        /// The very first account has to give the set-up code that the server printed.
        pub needs_setup_code: bool,
    }
}

record! {
    /// One of one's own sessions. Times are milliseconds since 1970, UTC.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SessionLine {
        pub id: String,
        /// The browser's own description.
        pub device: String,
        pub created: i64,
        pub last_used: i64,
        /// Whether it is the one that asks.
        pub is_this: bool,
    }
}

/// The cookie that remembers which announcement was closed.
pub const BANNER_COOKIE: &str = "banner";

/// The longest name, in characters.
pub const NAME_MAX: u32 = 30;
/// The longest shown name, in characters.
pub const DISPLAY_NAME_MAX: u32 = 40;
/// The longest introduction, in characters.
pub const INTRODUCTION_MAX: u32 = 300;
/// The shortest password, in characters (Django's rule, and NIST SP 800-63B's).
pub const PASSWORD_MIN: u32 = 8;
/// The longest password, in characters: bounds the work of hashing.
pub const PASSWORD_MAX: u32 = 200;

/// Trims `text` and checks its length and characters.
///
/// # Errors
/// The broken rule: empty although `required`, longer than `max` characters, or with control
/// characters.
pub fn line(text: &str, field: Field, max: u32, required: bool) -> Result<String, Problem> {
    let text = text.trim();
    let problem = |rule| Err(Problem { field, rule });
    if text.is_empty() && required {
        return problem(Rule::Required);
    }
    if text.chars().count() > max as usize {
        return problem(Rule::TooLong { max });
    }
    if text.chars().any(char::is_control) {
        return problem(Rule::Characters);
    }
    Ok(text.to_owned())
}

/// A profile as it may be stored: trimmed and within its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub display_name: String,
    pub introduction: String,
}

impl Profile {
    /// Checks what a person typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that breaks a rule.
    pub fn parse(display_name: &str, introduction: &str) -> Result<Self, Error> {
        let (display_name, introduction) =
            described(display_name, Field::DisplayName, DISPLAY_NAME_MAX, introduction)?;
        Ok(Self { display_name, introduction })
    }
}

/// The name, which `field` holds, and the introduction of somebody or of a group: trimmed and within
/// their limits.
///
/// # Errors
/// [`Error::Invalid`] with every field that breaks a rule.
pub fn described(
    name: &str,
    field: Field,
    max: u32,
    introduction: &str,
) -> Result<(String, String), Error> {
    let name = line(name, field, max, true).and_then(|name| visible(name, field));
    let introduction = line(introduction, Field::Introduction, INTRODUCTION_MAX, false);
    match (name, introduction) {
        (Ok(name), Ok(introduction)) => Ok((name, introduction)),
        (name, introduction) => Err(Error::Invalid {
            problems: [name.err(), introduction.err()].into_iter().flatten().collect(),
        }),
    }
}

/// `text`, if it shows something, and does not turn the text around it.
fn visible(text: String, field: Field) -> Result<String, Problem> {
    if is_blank(&text) {
        return Err(Problem { field, rule: Rule::Required });
    }
    let turns = |c| matches!(c, '\u{61C}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if text.chars().any(turns) {
        return Err(Problem { field, rule: Rule::Characters });
    }
    Ok(text)
}

/// Whether a text shows nothing.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// A name that may be registered: trimmed, 1 to [`NAME_MAX`] characters, each visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Checks what a person typed.
    ///
    /// # Errors
    /// The broken rule: empty, too long, or with white space, control or invisible characters
    /// (two names that look the same must not be two people).
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = line(text, Field::Name, NAME_MAX, true)?;
        if text.chars().any(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(Problem { field: Field::Name, rule: Rule::Characters });
        }
        Ok(Self(text))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that show nothing or turn the text around them: Unicode's
/// Default_Ignorable_Code_Point (DerivedCoreProperties.txt), the format characters beside them,
/// and the blank Braille pattern.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}'
        | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFC}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// The password rules that need no word list, as the browser can check them too; all rules are in
/// `server::password`.
#[must_use]
pub fn password_rules(password: &str) -> Vec<Rule> {
    let length = password.chars().count();
    let mut broken = Vec::new();
    if length < PASSWORD_MIN as usize {
        broken.push(Rule::TooShort { min: PASSWORD_MIN });
    }
    if length > PASSWORD_MAX as usize {
        broken.push(Rule::TooLong { max: PASSWORD_MAX });
    }
    if !password.is_empty() && password.chars().all(char::is_numeric) {
        broken.push(Rule::OnlyDigits);
    }
    broken
}

record! {
    /// A page of people, by name.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PeoplePage {
        pub people: Vec<Person>,
        /// Where to go on, if there are more.
        pub after: Option<String>,
    }
}

/// How many people a page holds.
pub const PEOPLE_PAGE: u32 = 100;
/// How many people can be asked for by id at once.
pub const PEOPLE_BY_ID_MAX: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_up_to_thirty_visible_characters() {
        let broken = |text: &str| Name::parse(text).err().map(|problem| problem.rule);
        for fine in ["a", "  Ada ", "李雷", "José", "o'neil-2", &"字".repeat(30), "<b>x</b>", "😀"]
        {
            assert_eq!(broken(fine), None, "{fine}");
        }
        assert_eq!(Name::parse(" Ada\n").map(|name| name.0), Ok("Ada".into()));
        assert_eq!(broken(" \u{3000} "), Some(Rule::Required));
        assert_eq!(broken(&"字".repeat(31)), Some(Rule::TooLong { max: 30 }));
        for wrong in
            ["a b", "a\u{3000}b", "a\0b", "a\u{202E}b", "a\u{200B}", "a\u{2066}b", "\u{3164}"]
        {
            assert_eq!(broken(wrong), Some(Rule::Characters), "{wrong:?}");
        }
    }

    #[test]
    fn a_shown_name_shows_something_and_turns_nothing_around() {
        let broken = |name: &str| Profile::parse(name, "").err();
        let rule = |rule| Some(Error::invalid(Field::DisplayName, rule));
        for fine in ["Ada L.", "李 雷", "👩\u{200D}💻 Ada", "e\u{301}"] {
            assert_eq!(broken(fine), None, "{fine}");
        }
        for blank in ["\u{200D}", "\u{3164}", " \u{2060} "] {
            assert_eq!(broken(blank), rule(Rule::Required), "{blank:?}");
        }
        assert_eq!(broken("\u{202E}adA"), rule(Rule::Characters));
    }

    #[test]
    fn every_broken_rule_of_a_password_is_named() {
        let short = Rule::TooShort { min: PASSWORD_MIN };
        assert_eq!(password_rules("1234567"), [short, Rule::OnlyDigits]);
        assert_eq!(password_rules("١٢٣٤٥٦٧٨"), [Rule::OnlyDigits]);
        assert_eq!(password_rules(""), [short]);
        assert_eq!(password_rules("一二三四五六七八九"), []);
        assert_eq!(password_rules(&"x".repeat(201)), [Rule::TooLong { max: 200 }]);
    }
}
