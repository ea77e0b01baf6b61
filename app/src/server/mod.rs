//! What only the server has.

pub mod account;
pub mod admin;
pub mod answer;
pub mod backup;
pub mod db;
pub mod emoji;
pub mod groups;
pub mod housekeeping;
pub mod hub;
pub mod invitation;
pub mod limits;
pub mod media;
pub mod pace;
pub mod password;
pub mod people;
pub mod presence;
pub mod private;
pub mod search;
pub mod session;
pub mod settings;
pub mod shell;
pub mod sync;

use crate::{error::Error, ids::UserId, message::Message};
use axum::http::{header::HOST, request::Parts, uri::Authority};
use leptos::prelude::*;
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, LazyLock},
    time::{Instant, SystemTime, UNIX_EPOCH},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

pub use housekeeping::spawn_housekeeping;
pub use settings::{Registration, Settings};

/// All that the server's functions share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What [`App`] points to.
pub struct Inner {
    /// As the command line gave them; what may have been set since is in [`App::rules`].
    pub settings: Settings,
    pub current: settings::Current,
    pub db: db::Db,
    pub hub: hub::Hub,
    pub people: people::People,
    pub presence: presence::Tracker,
    pub sessions: session::Sessions,
    pub limits: limits::Limits,
    pub media: media::Media,
    pub pace: pace::Pace,
    pub counted: admin::overview::Counted,
    /// What an administrator is to be shown once, on the next page.
    pub shown_once: admin::page::ShownOnce,
    /// Cancelled when the server is asked to end: polls that are held are answered then.
    pub closing: CancellationToken,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// The application over an open, migrated database.
    #[must_use]
    pub fn new(settings: Settings, db: db::Db) -> Self {
        // Milliseconds are fine enough to tell two lives of a server apart.
        let hub = hub::Hub::new(now().unsigned_abs(), settings.online_max);
        let presence = presence::Tracker::new(settings.online_ttl, settings.online_max);
        let sessions = session::Sessions::new(settings.online_max.saturating_mul(2));
        let limits = limits::Limits::default();
        let media = media::Media::new(&settings.data);
        let current = settings::Current::of(&settings);
        let (people, pace, closing, counted, shown_once) = Default::default();
        Self(Arc::new(Inner {
            settings,
            current,
            db,
            hub,
            people,
            presence,
            sessions,
            limits,
            media,
            pace,
            counted,
            shown_once,
            closing,
        }))
    }

    /// Tells the rooms' members of committed changes.
    pub fn publish(&self, changes: &[db::Change]) {
        for change in changes {
            self.tell(*change, None);
        }
    }

    /// Tells the room's members of a message as it was committed.
    pub fn publish_message(&self, message: &Message) {
        let change = db::Change { room: message.room, rev: message.rev };
        // Whoever counts unread messages, and those that mention them, has to look at one that was
        // deleted or edited.
        let counts_as_sent = !message.deleted && message.edited.is_none();
        self.tell(change, counts_as_sent.then(|| Arc::new(message.clone())));
    }

    fn tell(&self, change: db::Change, message: Option<Arc<Message>>) {
        let app = self.clone();
        let tell = move |db::Change { room, rev }| app.hub.publish(room, rev, message.clone());
        db::steps::publish(change, tell);
    }

    /// The address of this server, as the browser has it that sent a request of these parts; on the machine
    /// itself, what others reach it by.
    #[must_use]
    pub fn origin(&self, parts: &Parts) -> String {
        let scheme = if Peer::of(parts).https { "https" } else { "http" };
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or(parts.uri.authority().map(Authority::as_str)).unwrap_or("localhost");
        let authority = host.parse::<Authority>().ok();
        let name = authority.as_ref().map_or("", Authority::host);
        match &self.settings.lan {
            Some(lan) if ["localhost", "127.0.0.1", "[::1]"].contains(&name) => lan.clone(),
            _ => format!("{scheme}://{host}"),
        }
    }

    /// Tells everyone that a person is new, or that their shown name, introduction or picture is
    /// another now.
    pub fn profile_changed(&self, user: UserId) {
        self.people.forget(user);
        self.hub.profile_changed(user);
    }
}

/// The application that answers this request.
///
/// # Errors
/// [`Error::Internal`] outside of a request.
pub fn app() -> Result<App, Error> {
    use_context().ok_or(Error::Internal)
}

/// The application, and who calls it.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn enter() -> Result<(App, session::Caller), Error> {
    // From the context before the first await.
    let app = app()?;
    Ok((app, session::caller().await?))
}

/// Where a request came from; the outermost layer puts it into the request's extensions, having
/// looked through a trusted proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    pub address: IpAddr,
    /// Whether the browser speaks https, to us or to the proxy.
    pub https: bool,
}

impl Peer {
    /// Of these request parts; a plain local one where no layer has set it.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let unknown = Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), https: false };
        parts.extensions.get().copied().unwrap_or(unknown)
    }
}

/// Does what changes anything to its end, also when the connection of who asked for it breaks meanwhile:
/// what has been committed is then published too.
///
/// # Errors
/// [`Error::Internal`] while the server ends.
pub async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Error> {
    // In the request's span, so that its log lines carry its id.
    match tokio::spawn(work.in_current_span()).await {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(Error::Internal),
    }
}

/// Milliseconds since 1970, UTC.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since it was first asked, by a clock that nobody sets: for what is a matter of seconds.
#[must_use]
pub fn uptime() -> i64 {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    i64::try_from(BEGUN.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// Remembers a choice in a cookie for a year; scripts of the page may read it.
///
/// # Errors
/// [`Error::Internal`] outside of a request.
pub fn remember(name: &'static str, value: &str) -> Result<(), Error> {
    use axum::http::{HeaderValue, header::SET_COOKIE};
    let response: leptos_axum::ResponseOptions = use_context().ok_or(Error::Internal)?;
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    let cookie = HeaderValue::try_from(cookie).map_err(|_| Error::Internal)?;
    response.append_header(SET_COOKIE, cookie);
    Ok(())
}
