//! One person's requests to the server.

use crate::wire::{Delta, Message, Page, Snapshot, Update};
use anyhow::{Context, Result, anyhow, bail, ensure};
use reqwest::{RequestBuilder, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// No answer within this time, beyond that for which it may be held, counts as none.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Pauses before a repetition; the product's begin at 1 s and grow to 30 s, so these ask harder.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Longer than any fault lasts, with the pauses after it.
const PATIENCE: Duration = Duration::from_secs(75);

/// Why a request has no result.
#[derive(Debug)]
pub enum Failure {
    /// No answer, a 5xx or a 429: the same request may be sent again, after the pause if one is
    /// named.
    Later(Option<Duration>),
    /// Any other answer: a fault of the server or of these clients.
    Refused(anyhow::Error),
}

/// What a request gives.
pub type Answer<T> = Result<T, Failure>;

/// How often the server did not do what it was asked to, over all clients.
#[derive(Debug, Default)]
pub struct Tally {
    pub no_answer: AtomicU64,
    /// 503.
    pub unavailable: AtomicU64,
    /// 507.
    pub no_space: AtomicU64,
    /// Any other 5xx.
    pub internal: AtomicU64,
    /// Differences that readers asked for because the server did not know their cursor.
    pub resyncs: AtomicU64,
    /// Changes of a room that were too many to be told to a reader.
    pub limited: AtomicU64,
}

impl Tally {
    /// A 500 is a fault of the server, whatever was broken below it: that is what 503 and 507 are for.
    ///
    /// # Errors
    /// If there was one.
    pub fn check_internal(&self) -> Result<()> {
        let internal = self.internal.load(Ordering::Relaxed);
        ensure!(internal == 0, "{internal} requests were answered with 500");
        Ok(())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let (none, unavailable) = (count(&self.no_answer), count(&self.unavailable));
        let (full, internal) = (count(&self.no_space), count(&self.internal));
        write!(
            f,
            "{none} requests without an answer, {unavailable} with 503, {full} with 507, {internal} with 500"
        )
    }
}

/// A person with a session.
#[derive(Clone)]
pub struct Client {
    pub id: i64,
    pub name: String,
    http: reqwest::Client,
    url: String,
    cookie: String,
    pub tally: Arc<Tally>,
}

impl Client {
    /// Makes an account with this name on the server at this address.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn register(
        http: &reqwest::Client,
        address: SocketAddr,
        name: &str,
        tally: &Arc<Tally>,
    ) -> Result<Self> {
        #[derive(Deserialize)]
        struct Started {
            me: Me,
        }
        #[derive(Deserialize)]
        struct Me {
            id: i64,
        }
        let url = format!("http://{address}");
        let form = [("name", name), ("password", "correct horse battery staple")];
        let made = http.post(format!("{url}/api/register")).form(&form).send().await?;
        let made = made.error_for_status().context("registering")?;
        let cookie = made.headers().get(header::SET_COOKIE).context("no session was given")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        let (http, tally, name) = (http.clone(), Arc::clone(tally), name.to_owned());
        let mut client = Self { id: 0, name, http, url, cookie, tally };
        let started: Started = persist(|| client.get("snapshot")).await?;
        client.id = started.me.id;
        Ok(client)
    }

    /// The same person by another way to the server.
    pub fn through(&self, address: SocketAddr) -> Self {
        Self { url: format!("http://{address}"), ..self.clone() }
    }

    /// The id of the private conversation with this person.
    pub async fn open_direct(&self, user: i64) -> Answer<i64> {
        self.post("open_direct", &[("user", user.to_string())]).await
    }

    /// Makes a private group of one's own; gives its id.
    pub async fn create_group(&self, name: &str) -> Answer<i64> {
        self.post("create_group", &[("name", name.into())]).await
    }

    /// Adds people to one's group.
    pub async fn add_members(&self, room: i64, people: &[i64]) -> Answer<()> {
        let people = people.iter().enumerate();
        let people: Vec<_> =
            people.map(|(at, id)| (format!("people[{at}]"), id.to_string())).collect();
        let people = people.iter().map(|(key, id)| (key.as_str(), id.clone()));
        let form: Vec<_> = [("room", room.to_string())].into_iter().chain(people).collect();
        self.post("add_members", &form).await
    }

    /// Removes somebody from one's group.
    pub async fn remove_member(&self, room: i64, user: i64) -> Answer<()> {
        self.post("remove_member", &[("room", room.to_string()), ("user", user.to_string())]).await
    }

    /// Sends a message; sent again with the same `client_id`, it is stored once.
    pub async fn send(&self, room: i64, client_id: &str, body: &str) -> Answer<Message> {
        let form =
            [("room", room.to_string()), ("client_id", client_id.into()), ("body", body.into())];
        let stored: Message = self.post("send", &form).await?;
        if stored.client_id != client_id || stored.sender != self.id || stored.room != room {
            let error = anyhow!("{client_id} was answered with another message: {stored:?}");
            return Err(Failure::Refused(error));
        }
        Ok(stored)
    }

    /// Replaces the words of one's own message.
    pub async fn edit(&self, room: i64, seq: i64, body: &str) -> Answer<Message> {
        let form = [("room", room.to_string()), ("seq", seq.to_string()), ("body", body.into())];
        self.post("edit", &form).await
    }

    /// Deletes one's own message.
    pub async fn delete(&self, room: i64, seq: i64) -> Answer<Message> {
        self.post("delete", &[("room", room.to_string()), ("seq", seq.to_string())]).await
    }

    /// All that is needed to start.
    pub async fn snapshot(&self) -> Answer<Snapshot> {
        self.get("snapshot").await
    }

    /// What is new since the cursor; held for this time if nothing is.
    pub async fn poll(&self, cursor: &str, hold: Duration) -> Answer<Option<Update>> {
        self.get(&format!("poll?cursor={cursor}&hold={}", hold.as_millis())).await
    }

    /// The whole difference to what is held, as room and revision.
    pub async fn resync(&self, held: &[(i64, i64)]) -> Answer<Delta> {
        let body = serde_json::json!({ "held": held });
        let delta =
            self.ask(self.http.post(format!("{}/api/resync", self.url)).json(&body)).await?;
        self.tally.resyncs.fetch_add(1, Ordering::Relaxed);
        Ok(delta)
    }

    /// The messages of a room before this place, or the newest.
    pub async fn history(&self, room: i64, before: Option<i64>) -> Answer<Page> {
        let before = before.map_or_else(String::new, |seq| format!("&before={seq}"));
        self.get(&format!("history?room={room}{before}")).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Answer<T> {
        self.ask(self.http.get(format!("{}/api/{path}", self.url))).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, form: &[(&str, String)]) -> Answer<T> {
        self.ask(self.http.post(format!("{}/api/{path}", self.url)).form(form)).await
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Answer<T> {
        let request = request.header(header::COOKIE, &self.cookie).timeout(TIMEOUT);
        let no_answer = |_| {
            self.tally.no_answer.fetch_add(1, Ordering::Relaxed);
            Failure::Later(None)
        };
        let answer = request.send().await.map_err(no_answer)?;
        let (status, url) = (answer.status(), answer.url().path().to_owned());
        let pause = answer.headers().get(header::RETRY_AFTER);
        let pause = pause.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        let body = answer.bytes().await.map_err(no_answer)?;
        if status.is_server_error() {
            let kind = match status {
                StatusCode::SERVICE_UNAVAILABLE => &self.tally.unavailable,
                StatusCode::INSUFFICIENT_STORAGE => &self.tally.no_space,
                _ => &self.tally.internal,
            };
            kind.fetch_add(1, Ordering::Relaxed);
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Failure::Later(pause.map(Duration::from_secs)));
        }
        let text = String::from_utf8_lossy(&body);
        if !status.is_success() {
            return Err(Failure::Refused(anyhow!("{url} was answered with {status}: {text}")));
        }
        serde_json::from_slice(&body)
            .map_err(|error| Failure::Refused(anyhow!("{url}: {error}: {text}")))
    }
}

/// Asks the same again until there is an answer, with the pauses of an outbox.
///
/// # Errors
/// If it is refused, or no answer comes for longer than any fault lasts.
pub async fn persist<T, F: Future<Output = Answer<T>>>(ask: impl Fn() -> F) -> Result<T> {
    let begun = Instant::now();
    let mut longest = FIRST_PAUSE;
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Refused(error)) => return Err(error),
            Err(Failure::Later(_)) if begun.elapsed() > PATIENCE => {
                bail!("not done in {} s", PATIENCE.as_secs());
            }
            Err(Failure::Later(named)) => {
                sleep(named.unwrap_or_default() + longest.mul_f64(rand::random_range(0.5..1.0)))
                    .await;
                longest = (longest * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
