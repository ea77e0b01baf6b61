//! Passwords: their rules, and their hashes (argon2id in PHC form).

use crate::{
    account::{NAME_MAX, PASSWORD_MAX, password_rules},
    error::{Error, Field, Problem, Rule},
};
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Hashing takes 19 MiB and tens of milliseconds of a processor each time, by design: no more than
/// two at once, so that a storm of log-ins leaves room for everything else.
static WORK: Semaphore = Semaphore::const_new(2);
/// How many may wait or work: beyond it somebody would wait for longer than two seconds.
static QUEUE: Semaphore = Semaphore::const_new(64);

/// The hash of an account that has no password yet: none has it.
pub const NONE: &str = DUMMY;

/// A hash that no password has, with the same parameters as real ones.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Every rule that `password` breaks for someone of this name: the four of Django's
/// `AUTH_PASSWORD_VALIDATORS`, and a highest length.
///
/// # Errors
/// [`Error::Unavailable`] if too many wait already; [`Error::Internal`] if the work could not be done.
pub async fn check(name: &str, password: &str) -> Result<Vec<Problem>, Error> {
    let (name, password) = (name.to_owned(), password.to_owned());
    let rules = work(move || broken_rules(&name, &password)).await?;
    Ok(rules.into_iter().map(|rule| Problem { field: Field::Password, rule }).collect())
}

/// The hash to store, with a new random salt.
///
/// # Errors
/// [`Error::Unavailable`] if too many wait already; [`Error::Internal`] if the work could not be done.
pub async fn hash(password: &str) -> Result<String, Error> {
    let password = password.to_owned();
    // The default is one of OWASP's (Password Storage Cheat Sheet): argon2id, 19 MiB, t 2, p 1.
    work(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
        .await?
        .map_err(internal)
}

/// Whether `password` belongs to `hash`. Without a hash (no such account) the answer is no, after
/// the same work, so that the time does not tell which names exist.
///
/// # Errors
/// [`Error::Unavailable`] if too many wait already; [`Error::Internal`] if the work could not be done.
pub async fn verify(hash: Option<String>, password: &str) -> Result<bool, Error> {
    let password = password.to_owned();
    work(move || {
        let matches = Argon2::default()
            .verify_password(password.as_bytes(), hash.as_deref().unwrap_or(DUMMY))
            .is_ok();
        matches && hash.is_some()
    })
    .await
}

/// Runs `job` off the runtime's threads, at most two at once; when too many wait already, none more.
async fn work<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let _place = QUEUE.try_acquire().map_err(|_| Error::Unavailable)?;
    let _permit = WORK.acquire().await.map_err(internal)?;
    spawn_blocking(job).await.map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> Error {
    tracing::error!("password work failed: {error}");
    Error::Internal
}

fn broken_rules(name: &str, password: &str) -> Vec<Rule> {
    let mut broken = password_rules(password);
    if password.chars().count() > PASSWORD_MAX as usize {
        return broken;
    }
    // No name is longer; comparing takes the product of both lengths.
    let name: &str = &name.chars().take(NAME_MAX as usize).collect::<String>();
    if is_like(&name.to_lowercase(), &password.to_lowercase()) {
        broken.push(Rule::LikeName);
    }
    // A score of 0 or 1 is "too guessable" or "very guessable": under 10^6 guesses.
    if !password.is_empty() && zxcvbn::zxcvbn(password, &[name]).score() <= zxcvbn::Score::One {
        broken.push(Rule::Common);
    }
    broken
}

/// As Django's `UserAttributeSimilarityValidator`: at least 0.7 alike; or the whole name within
/// the password, if it is long enough for that to say something.
fn is_like(name: &str, password: &str) -> bool {
    let contains = name.chars().count() >= 4 && password.contains(name);
    !name.is_empty() && (contains || strsim::normalized_levenshtein(name, password) >= 0.7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_a_password() {
        const SHORT: Rule = Rule::TooShort { min: 8 };
        let table: &[(&str, &str, &[Rule])] = &[
            ("ada", "correct horse battery staple", &[]),
            ("ada", "k7f!x2qp", &[]),
            ("ada", "正确的马电池订书钉", &[]),
            ("ada", "password123", &[Rule::Common]),
            ("ada", "qwertyuiop", &[Rule::Common]),
            ("ada", "iloveyou1", &[Rule::Common]),
            ("ada", "12345678", &[Rule::OnlyDigits, Rule::Common]),
            ("ada", "8391750264719", &[Rule::OnlyDigits]),
            ("ada", "k7f!", &[SHORT, Rule::Common]),
            ("lovelace", "LoveLac3", &[Rule::LikeName, Rule::Common]),
            ("lovelace", "xK9-lovelace-vT2", &[Rule::LikeName]),
            ("lovelace", "lovelace", &[Rule::LikeName, Rule::Common]),
            ("ada", "adamant-Quokka-19", &[]),
            (&"a".repeat(120_000), &"ab".repeat(60_000), &[Rule::TooLong { max: PASSWORD_MAX }]),
            (&"long-name-".repeat(12_000), "k7f!x2qp", &[]),
        ];
        for (name, password, rules) in table {
            assert_eq!(broken_rules(name, password), *rules, "{name} {password}");
        }
    }

    #[tokio::test]
    async fn only_the_right_password_is_verified() {
        let stored = hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_ne!(stored, hash("correct horse").await.unwrap(), "a salt of its own");
        assert_eq!(verify(Some(stored.clone()), "correct horse").await, Ok(true));
        assert_eq!(verify(Some(stored), "Correct horse").await, Ok(false));
        assert_eq!(verify(None, "correct horse").await, Ok(false));
    }

    #[test]
    fn an_unknown_name_takes_the_same_work() {
        let hash = Argon2::default().hash_password(b"anything").unwrap().to_string();
        let parameters = |phc: &str| phc.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parameters(DUMMY), parameters(&hash));
        assert_eq!(DUMMY.len(), hash.len());
        let refused = Argon2::default().verify_password(b"anything", DUMMY);
        // Refused because of the password, not because the text could not be read.
        assert_eq!(refused, Err(argon2::password_hash::Error::PasswordInvalid));
    }
}
