//! Sessions: who a request comes from. The cookie holds a random token; memory and the database
//! know its SHA-256 only.

mod own;

use super::{
    App, Peer, app,
    db::{
        admin::By,
        sessions::{Session, TokenHash},
    },
    hub::Reader,
    now, uptime,
};
use crate::{error::Error, ids::UserId};
use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE, USER_AGENT},
    request::Parts,
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use std::sync::{
    Arc, Weak,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

/// How long a session lives without use, in milliseconds: 30 days.
const LIFETIME: i64 = 30 * 24 * 60 * 60 * 1000;
/// How long memory is believed before the database is asked again, in milliseconds: an hour.
const BELIEVED: i64 = 60 * 60 * 1000;
/// When a session was last used is known to within this time, in milliseconds: a minute.
const FRESH: i64 = 60 * 1000;
/// The cookie's age in seconds: 400 days, the most that browsers keep (RFC 6265bis, 5.5). It
/// outlives the session, whose end the server alone decides and moves on with use.
const COOKIE_AGE: i64 = 400 * 24 * 60 * 60;
/// Random bytes of a token.
pub const TOKEN_BYTES: usize = 32;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub id: UserId,
    pub is_admin: bool,
}

impl Caller {
    /// Refuses whoever is not the person whose page asks, if it says so: somebody else may have logged in
    /// in its browser since it was opened.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub fn require(self, me: Option<UserId>) -> Result<(), Error> {
        match me {
            Some(me) if me != self.id => Err(Error::Unauthenticated),
            _ => Ok(()),
        }
    }
}

/// Who asks this server function.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn caller() -> Result<Caller, Error> {
    Visit::current()?.caller().await
}

/// Who sent the request of these parts.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn caller_of(app: &App, parts: &Parts) -> Result<Caller, Error> {
    let token = token_of(&parts.headers, Peer::of(parts).https).ok_or(Error::Unauthenticated)?;
    app.sessions.find(app, &token, now()).await?.ok_or(Error::Unauthenticated)
}

/// Who sent the request of these parts, if they administer the server; anybody else learns no more than
/// of what is not there.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn administrator_of(app: &App, parts: &Parts) -> Result<By, Error> {
    match caller_of(app, parts).await {
        Ok(caller) if caller.is_admin => Ok(By::person(caller.id, now())),
        Ok(_) | Err(Error::Unauthenticated) => Err(Error::NotFound),
        Err(error) => Err(error),
    }
}

/// Whether the request of these parts names a session, be it one that has ended.
#[must_use]
pub fn names_session(parts: &Parts) -> bool {
    token_of(&parts.headers, Peer::of(parts).https).is_some()
}

/// Who sent a request with these headers, and the reader that they poll with, if memory knows both and
/// may be believed. The session remembers its reader: one look-up where a poll would need two.
#[must_use]
pub fn known(app: &App, headers: &HeaderMap, https: bool) -> Option<(UserId, Arc<Reader>)> {
    let token = token_of(headers, https)?;
    let seen = app.sessions.seen.get(&token)?;
    let now = now();
    if !seen.holds(now, app.sessions.epoch()) {
        return None;
    }
    let user = seen.user;
    let known = seen.reader.upgrade().filter(|reader| !reader.is_forgotten());
    let is_due = known.is_none() || seen.is_stale(now);
    let reader = known.or_else(|| app.hub.reader(user))?;
    if is_due {
        app.sessions.keep(token, Seen { used: now, reader: Arc::downgrade(&reader), ..seen });
    }
    Some((user, reader))
}

/// A request to a server function: all of its context, taken before the first `await`.
pub struct Visit {
    pub app: App,
    pub parts: Parts,
    response: ResponseOptions,
}

impl Visit {
    /// The request that is being answered.
    ///
    /// # Errors
    /// [`Error::Internal`] outside of a request.
    pub fn current() -> Result<Self, Error> {
        let parts = use_context().ok_or(Error::Internal)?;
        let response = use_context().ok_or(Error::Internal)?;
        Ok(Self { app: app()?, parts, response })
    }

    /// The request of these parts, whose answer is no function's.
    #[must_use]
    pub fn of(app: &App, parts: &Parts) -> Self {
        Self { app: app.clone(), parts: parts.clone(), response: ResponseOptions::default() }
    }

    /// Who asks, if they administer the server: see [`administrator_of`].
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn administrator(&self) -> Result<By, Error> {
        administrator_of(&self.app, &self.parts).await
    }

    /// Who asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn caller(&self) -> Result<Caller, Error> {
        caller_of(&self.app, &self.parts).await
    }

    /// Leads a form that was posted without JavaScript back to `page`, which says that it was done.
    pub fn done(&self, page: &str) {
        leptos_axum::redirect(&format!("{page}?__path={}", self.parts.uri.path()));
    }

    /// Begins a session with a new token, of whoever has proved that they know the password with this
    /// hash; the one that the request came with ends.
    ///
    /// # Errors
    /// [`Error::WrongLogin`] if they have another password by now, or are disabled.
    pub async fn log_in(&self, user: UserId, password: &str) -> Result<(), Error> {
        self.end().await?;
        let token = random_token()?;
        let agent = self.parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let (hash, now) = (hash_of(&token), now());
        let agent = agent.unwrap_or_default();
        self.app.db.create_session(&hash, user, now, now + LIFETIME, agent).await?;
        // After it was stored: what ended all sessions since the password was looked at ended this one,
        // or is seen here.
        if !self.app.db.has_password(user, password).await? {
            self.app.db.delete_session(&hash).await?;
            return Err(Error::WrongLogin);
        }
        self.set_cookie(hex(&token), COOKIE_AGE)
    }

    /// Ends the session that the request came with, if any.
    ///
    /// # Errors
    /// Those of the database; the session has not ended then.
    pub async fn log_out(&self) -> Result<(), Error> {
        self.end().await?;
        self.set_cookie(String::new(), 0)
    }

    async fn end(&self) -> Result<(), Error> {
        let https = Peer::of(&self.parts).https;
        let Some(token) = token_of(&self.parts.headers, https) else { return Ok(()) };
        let ended = self.app.sessions.find(&self.app, &token, now()).await?;
        self.app.db.delete_session(&token).await?;
        self.app.sessions.forget(&token);
        if let Some(ended) = ended {
            self.app.hub.forget(ended.id);
            self.app.presence.leave(ended.id, uptime());
        }
        Ok(())
    }

    fn set_cookie(&self, value: String, age: i64) -> Result<(), Error> {
        let https = Peer::of(&self.parts).https;
        let cookie = HeaderValue::from_str(&cookie(value, age, https)).map_err(|_| Error::Internal);
        self.response.append_header(SET_COOKIE, cookie?);
        Ok(())
    }
}

/// The sessions that were seen lately, so that a poll needs no SQL.
pub struct Sessions {
    seen: Cache<TokenHash, Seen>,
    /// Grows when sessions have been ended somewhere: what was seen before is not believed.
    epoch: AtomicU32,
    /// The database knows of each session when it was last used up to this time; milliseconds since 1970.
    noted: AtomicI64,
}

/// What the database said of a session. It lies in the cache itself, and is replaced there to change: behind
/// a pointer it would be a line more that every poll fetches.
#[derive(Clone)]
struct Seen {
    user: UserId,
    is_admin: bool,
    epoch: u32,
    /// How long that is believed.
    until: i64,
    /// Who polls by it; nobody until they do.
    reader: Weak<Reader>,
    /// When it was last used since then, to within [`FRESH`]; 0 if it was not. The database is told once an
    /// hour, not at each poll.
    used: i64,
}

impl Seen {
    fn new(session: Session, at: i64, epoch: u32) -> Self {
        Self {
            user: session.user,
            is_admin: session.is_admin,
            epoch,
            until: session.expires.min(at + BELIEVED),
            reader: Weak::new(),
            used: 0,
        }
    }

    fn holds(&self, now: i64, epoch: u32) -> bool {
        self.epoch == epoch && now < self.until
    }

    /// Whether it is to be noted that it is used now.
    fn is_stale(&self, now: i64) -> bool {
        now - self.used >= FRESH
    }

    fn caller(&self) -> Caller {
        Caller { id: self.user, is_admin: self.is_admin }
    }
}

impl App {
    /// Believes no session that was seen before: some have been ended, here or by another process.
    pub fn end_believing(&self) {
        self.sessions.epoch.fetch_add(1, Ordering::AcqRel);
        self.hub.wake_all();
    }
}

impl Sessions {
    /// Room for this many sessions; more are asked for in the database.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { seen: Cache::new(capacity), epoch: AtomicU32::new(0), noted: AtomicI64::new(0) }
    }

    /// Grows when what was seen before is not believed any more.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch.load(Ordering::Acquire)
    }

    /// A session that ended. One who is reading it at this moment cannot bring it back: removing
    /// also removes the place that they are about to fill.
    fn forget(&self, token: &TokenHash) {
        self.seen.remove(token);
    }

    /// What is known of a session, changed; unless it has ended meanwhile.
    fn keep(&self, token: TokenHash, seen: Seen) {
        // Refused if it is not there any more.
        let _ = self.seen.replace(token, seen, true);
    }

    async fn find(&self, app: &App, token: &TokenHash, now: i64) -> Result<Option<Caller>, Error> {
        let epoch = self.epoch();
        self.seen.remove_if(token, |seen| !seen.holds(now, epoch));
        let place = match self.seen.get_value_or_guard_async(token).await {
            Ok(seen) => {
                let caller = seen.caller();
                if seen.is_stale(now) {
                    self.keep(*token, Seen { used: now, ..seen });
                }
                return Ok(Some(caller));
            }
            Err(place) => place,
        };
        let Some(mut session) = app.db.session(token, now).await? else { return Ok(None) };
        // Not at every reading, so that logging in is not followed by a second write.
        if session.expires < now + LIFETIME - BELIEVED {
            session.expires = now + LIFETIME;
            app.db.extend_session(token, now, session.expires).await?;
        }
        // Refused if the session was ended meanwhile; this request came before that.
        let seen = Seen::new(session, now, epoch);
        let caller = seen.caller();
        let _ = place.insert(seen);
        Ok(Some(caller))
    }
}

/// `__Host-` makes browsers refuse the cookie from any other host or path (RFC 6265bis, 4.1.3),
/// but exists under https only.
fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-sampleim" } else { "sampleim" }
}

fn cookie(value: String, age: i64, https: bool) -> String {
    let mut cookie = Cookie::new(cookie_name(https), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(https);
    format!("{cookie}; Max-Age={age}")
}

/// A new token.
pub(super) fn random_token() -> Result<[u8; TOKEN_BYTES], Error> {
    let mut token = [0; TOKEN_BYTES];
    getrandom::fill(&mut token).map_err(|error| {
        tracing::error!("no random bytes: {error}");
        Error::Internal
    })?;
    Ok(token)
}

/// The hash of the token in the request's cookie, if there is one of the right form.
fn token_of(headers: &HeaderMap, https: bool) -> Option<TokenHash> {
    Some(hash_of(&unhex(&cookie_of(headers, cookie_name(https))?)?))
}

/// The value of a cookie of the request.
pub(super) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The SHA-256 of a token: all that is stored of it.
pub(super) fn hash_of(token: &[u8; TOKEN_BYTES]) -> TokenHash {
    Sha256::digest(token).into()
}

/// Two hexadecimal digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The token that these digits stand for.
pub(super) fn unhex(text: &str) -> Option<[u8; TOKEN_BYTES]> {
    let digits = text.as_bytes();
    // All are looked at, whatever the first are: no processor can guess where random digits branch.
    let are_digits = digits.iter().fold(true, |are, digit| are & digit.is_ascii_hexdigit());
    if digits.len() != 2 * TOKEN_BYTES || !are_digits {
        return None;
    }
    // The low half of an ASCII digit is its value; that of a letter is nine less.
    let value = |digit: u8| (digit & 0xf) + 9 * (digit >> 6);
    let mut bytes = [0; TOKEN_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0]) << 4 | value(pair[1]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_in(cookie: &str, https: bool) -> Option<TokenHash> {
        token_of(&HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())]), https)
    }

    #[test]
    fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let plain = cookie("ab".into(), 60, false);
        assert_eq!(plain, "sampleim=ab; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        let secure = cookie("ab".into(), 60, true);
        assert_eq!(
            secure,
            "__Host-sampleim=ab; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
    }

    #[test]
    fn only_the_cookie_of_the_scheme_is_read() {
        let token = hex(&[7; TOKEN_BYTES]);
        let expected = Some(hash_of(&[7; TOKEN_BYTES]));
        assert_eq!(token_in(&format!("a=b; sampleim={token}"), false), expected);
        assert_eq!(token_in(&format!("sampleim={token}"), true), None);
        assert_eq!(token_in(&format!("__Host-sampleim={token}"), true), expected);
        for wrong in ["", "sampleim=", "sampleim=zz", &format!("sampleim={token}0")] {
            assert_eq!(token_in(wrong, false), None, "{wrong}");
        }
        assert_eq!(unhex(&"é".repeat(32)), None);
    }

    #[test]
    fn memory_is_believed_for_an_hour_and_not_beyond_the_end() {
        let session = Session { user: UserId(1), is_admin: false, expires: 10 * BELIEVED };
        let seen = Seen::new(session, 1_000, 3);
        assert!(seen.holds(1_000 + BELIEVED - 1, 3));
        assert!(!seen.holds(1_000 + BELIEVED, 3));
        assert!(!seen.holds(1_000, 4), "sessions have been ended since");
        let late = Seen::new(session, 10 * BELIEVED - 10, 3);
        assert!(late.holds(10 * BELIEVED - 1, 3));
        assert!(!late.holds(10 * BELIEVED, 3));
    }

    #[tokio::test]
    async fn one_who_reads_an_ending_session_does_not_bring_it_back() {
        let sessions = Sessions::new(10);
        let session = Session { user: UserId(1), is_admin: false, expires: i64::MAX };
        let Err(place) = sessions.seen.get_value_or_guard_async(&[1; 32]).await else {
            panic!("nothing was there");
        };
        sessions.forget(&[1; 32]);
        assert!(place.insert(Seen::new(session, 0, 0)).is_err());
        assert!(sessions.seen.get(&[1; 32]).is_none());
        sessions.seen.insert([2; 32], Seen::new(session, 0, 0));
        sessions.forget(&[2; 32]);
        sessions.keep([2; 32], Seen::new(session, 0, 0));
        assert!(sessions.seen.get(&[2; 32]).is_none(), "nor one who notes that it is used");
    }
}
