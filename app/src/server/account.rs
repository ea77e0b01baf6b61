//! What registering, logging in and a new password do.

use super::{
    App, Peer, Registration, Settings,
    db::users::{Account, NewUser},
    now, password,
    session::Visit,
    sync::random_client_id,
};
use crate::{
    account::{Admission, NAME_MAX, Name},
    error::{Error, Field, Problem, Rule},
    ids::{RoomId, UserId},
    message::mentions::ALL_NAMES,
};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, MutexGuard};
use unicode_normalization::UnicodeNormalization;

/// Held while the very first account is made, so that two at once do not both administer.
static FIRST: Mutex<()> = Mutex::const_new(());

/// What is unique of a name: NFKC (Unicode Annex 15), lower case.
#[must_use]
pub fn fold(name: &str) -> String {
    name.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Checks a name and a password together; returns the name with its folded form.
///
/// # Errors
/// [`Error::Invalid`] with every broken rule; [`Error::NameTaken`].
pub async fn check(name: &str, password: &str) -> Result<(Name, String), Error> {
    let parsed = parse_name(name);
    let mut problems = password::check(name.trim(), password).await?;
    match parsed {
        Ok(name) if problems.is_empty() => require_own(&name.1).map(|()| name),
        Ok(_) => Err(Error::Invalid { problems }),
        Err(problem) => {
            problems.insert(0, problem);
            Err(Error::Invalid { problems })
        }
    }
}

impl App {
    /// Whether, and how, one can register here.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn admission(&self) -> Result<Admission, Error> {
        let has_code = self.settings.setup_code.is_some();
        let registration = self.rules().registration;
        Ok(Admission {
            registration_open: registration == Registration::Open,
            by_invitation: registration == Registration::Invitation,
            needs_setup_code: has_code && self.db.has_no_users().await?,
        })
    }
}

/// Registers an account, by an invitation if there is one, and logs it in. The group that it was invited
/// to.
///
/// # Errors
/// Those of [`crate::account::api::register`].
pub async fn register(
    visit: &Visit,
    name: &str,
    password: &str,
    setup_code: Option<&str>,
    invitation: Option<&str>,
) -> Result<Option<RoomId>, Error> {
    let app = &visit.app;
    app.limits.check_register(Peer::of(&visit.parts).address)?;
    let first = first_account(visit).await?;
    let is_admitted = match app.rules().registration {
        Registration::Open => true,
        Registration::Invitation => invitation.is_some(),
        Registration::Closed => false,
    };
    if first.is_none() && !is_admitted {
        return Err(Error::RegistrationClosed);
    }
    if let Some(token) = invitation {
        // Before the work of hashing; what counts is found when the user is made.
        let invited = app.invited(token, Peer::of(&visit.parts).address).await?;
        invited.ok_or(Error::NotFound)?;
    }
    let checked = check(name, password).await;
    let code = match first {
        Some(_) => check_code(&app.settings, setup_code),
        None => Ok(()),
    };
    let (name, name_key) = with_problem(checked, code)?;
    let user = NewUser {
        name: name.as_str().to_owned(),
        name_key,
        password: password::hash(password).await?,
        is_admin: first.is_some(),
        now: now(),
    };
    let event = random_client_id()?;
    let invitation = invitation.map(|token| (token, &event));
    let (id, changes, group) = app.db.create_invited_user(&user, invitation).await?;
    drop(first);
    app.publish(&changes);
    app.profile_changed(id);
    visit.log_in(id, &user.password).await?;
    Ok(group)
}

/// Logs in; who that is.
///
/// # Errors
/// Those of [`crate::account::api::login`].
pub async fn log_in(visit: &Visit, name: &str, password: &str) -> Result<UserId, Error> {
    let name_key = attempt(name);
    visit.app.limits.check_login(&name_key, Peer::of(&visit.parts).address)?;
    let account = authenticate(&visit.app, &name_key, password).await?;
    visit.log_in(account.id, &account.password).await?;
    Ok(account.id)
}

/// Sets a new password; all sessions of the user end, and this browser gets a new one.
///
/// # Errors
/// Those of [`crate::account::api::change_password`].
pub async fn change_password(
    visit: &Visit,
    user: UserId,
    current: &str,
    new: &str,
) -> Result<(), Error> {
    let app = &visit.app;
    app.limits.check_password(user)?;
    let people = app.db.people_by_id(&[user]).await?;
    let name = &people.first().ok_or(Error::Unauthenticated)?.name;
    let name_key = fold(name);
    let wrong = |error| match error {
        Error::WrongLogin => Error::invalid(Field::CurrentPassword, Rule::Wrong),
        error => error,
    };
    let known = authenticate(app, &name_key, current).await.map_err(wrong)?;
    if new == current {
        return Err(Error::invalid(Field::Password, Rule::Unchanged));
    }
    require_fine(name, new).await?;
    let new = password::hash(new).await?;
    app.db.replace_password(user, &known.password, &new).await.map_err(wrong)?;
    app.end_believing();
    visit.log_in(user, &new).await
}

/// Refuses a password that breaks a rule for somebody of this name.
///
/// # Errors
/// [`Error::Invalid`] with every broken rule.
pub async fn require_fine(name: &str, password: &str) -> Result<(), Error> {
    match password::check(name, password).await? {
        problems if problems.is_empty() => Ok(()),
        problems => Err(Error::Invalid { problems }),
    }
}

/// The account of this name and password. A disabled account is as an unknown one.
async fn authenticate(app: &App, name_key: &str, password: &str) -> Result<Account, Error> {
    let account = app.db.account(name_key).await?.filter(|account| !account.disabled);
    let hash = account.as_ref().map(|account| account.password.clone());
    let matches = password::verify(hash, password).await?;
    account.filter(|_| matches).ok_or(Error::WrongLogin)
}

/// The folded form of a name that somebody tries to log in with, cut where no account's can be.
fn attempt(name: &str) -> String {
    fold(name).chars().take(NAME_MAX as usize + 1).collect()
}

/// Some while there is no user yet on a server with a set-up code: hold it until the user is made.
async fn first_account(visit: &Visit) -> Result<Option<MutexGuard<'static, ()>>, Error> {
    if visit.app.settings.setup_code.is_none() {
        return Ok(None);
    }
    let guard = FIRST.lock().await;
    Ok(visit.app.db.has_no_users().await?.then_some(guard))
}

/// A name that may be registered, and its folded form.
///
/// # Errors
/// The broken rule.
pub fn parse_name(text: &str) -> Result<(Name, String), Problem> {
    let name = Name::parse(text)?;
    let key = fold(name.as_str());
    // Some characters stand for eighteen when folded; the database has room for NAME_MAX.
    if key.chars().count() > NAME_MAX as usize {
        return Err(Problem { field: Field::Name, rule: Rule::TooLong { max: NAME_MAX } });
    }
    Ok((name, key))
}

/// Refuses the folded names that mean everybody: nobody else of that name could be mentioned.
///
/// # Errors
/// [`Error::NameTaken`].
pub fn require_own(key: &str) -> Result<(), Error> {
    if ALL_NAMES.contains(&key) { Err(Error::NameTaken) } else { Ok(()) }
}

/// Compares hashes, so that the time tells nothing about how much of the code was right.
fn check_code(settings: &Settings, given: Option<&str>) -> Result<(), Problem> {
    let problem = |rule| Err(Problem { field: Field::SetupCode, rule });
    // However it was written down: `BGCR-NZTV`, `bgcr nztv`.
    let plain = |code: &str| -> String {
        code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
    };
    let given = plain(given.unwrap_or_default());
    let expected = plain(settings.setup_code.as_deref().unwrap_or_default());
    match given.as_str() {
        "" => problem(Rule::Required),
        _ if Sha256::digest(&given) == Sha256::digest(&expected) => Ok(()),
        _ => problem(Rule::Wrong),
    }
}

/// `checked` with one more problem, if there is one.
fn with_problem<T>(checked: Result<T, Error>, more: Result<(), Problem>) -> Result<T, Error> {
    let Err(problem) = more else { return checked };
    let mut problems = match checked {
        Ok(_) => Vec::new(),
        Err(Error::Invalid { problems }) => problems,
        Err(other) => return Err(other),
    };
    problems.push(problem);
    Err(Error::Invalid { problems })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_read_the_same_are_one_name() {
        for (one, other) in [("Ada", " ADA "), ("ａｄａ", "ada"), ("José", "jose\u{301}")] {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("ada"), fold("adá"));
        let long = parse_name(&"\u{FDFA}".repeat(2)).unwrap_err();
        assert_eq!(long.rule, Rule::TooLong { max: NAME_MAX });
    }

    #[tokio::test]
    async fn every_broken_rule_is_named_at_once() {
        let checked = check("a b", "1234").await;
        let settings = Settings { setup_code: Some("K7-X".into()), ..Settings::default() };
        assert_eq!(check_code(&settings, Some(" K7-X ")), Ok(()));
        let Err(Error::Invalid { problems }) =
            with_problem(checked, check_code(&settings, Some("x")))
        else {
            panic!("refused");
        };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields.first(), Some(&Field::Name));
        assert_eq!(fields.last(), Some(&Field::SetupCode));
        assert_eq!(problems.last().map(|problem| problem.rule), Some(Rule::Wrong));
        assert!(fields[1..fields.len() - 1].iter().all(|field| *field == Field::Password));
        assert!(fields.len() >= 5, "too short, only digits, common: {problems:?}");
    }
}
