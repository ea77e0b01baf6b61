//! A server on a port of its own, over a throw-away database, and a browser's worth of client.

use crate::database;
use app::{
    ids::UserId,
    server::{
        App, Settings,
        account::fold,
        db::{Db, users::NewUser},
        now,
    },
};
use axum::{Router, body::Bytes};
use reqwest::{Client, RequestBuilder, Response, cookie::Jar, redirect::Policy};
use sampleim::{
    connections::{self, Answering, Patience},
    router,
    site::Site,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    MySql,
}

impl Engine {
    /// The one of the two that this is not.
    pub fn other(self) -> Self {
        match self {
            Self::Sqlite => Self::MySql,
            Self::MySql => Self::Sqlite,
        }
    }
}

/// Makes of each function two tests: one on SQLite, one on MySQL.
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::harness::Engine::Sqlite).await;
            })*
        }
        mod mysql {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::harness::Engine::MySql).await;
            })*
        }
    };
}
pub(crate) use on_both_engines;

/// A running server; it ends when dropped.
pub struct Server {
    pub address: SocketAddr,
    feature: Option<Feature>,
    end: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// What the whole server stands on; a router of a test's own has none.
struct Feature {
    app: App,
    url: String,
    data: Arc<TempDir>,
    trusted: Vec<IpAddr>,
}

impl Server {
    /// The whole server over a fresh database, with these settings but for the data folder.
    pub async fn start(engine: Engine, settings: Settings) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let url = database::fresh(engine, data.path()).await;
        Self::over(url, data.into(), settings, &[]).await
    }

    /// As it is when nothing is set.
    pub async fn plain(engine: Engine) -> Self {
        Self::start(engine, Settings::default()).await
    }

    /// The whole server over this database, in this folder, behind these proxies.
    pub async fn over(
        url: String,
        data: Arc<TempDir>,
        settings: Settings,
        trusted: &[IpAddr],
    ) -> Self {
        let db = Db::connect(&url).await.expect("the database opens");
        db.migrate().await.expect("the database migrates");
        let app = App::new(Settings { data: data.path().to_owned(), ..settings }, db);
        app.load_rules().await.expect("the settings");
        let site = site();
        let assets = site.assets().expect("the test's site names its files");
        let mut server = Self::of(router::service(&app, site, &assets, trusted)).await;
        server.feature = Some(Feature { app, url, data, trusted: trusted.to_vec() });
        server
    }

    /// The same server after its end and a new start, over the same database and data.
    pub async fn restarted(mut self) -> Self {
        let feature = self.feature.take().expect("the whole server");
        feature.app.closing.cancel();
        self.stop().await;
        let settings = feature.app.settings.clone();
        Self::over(feature.url, feature.data, settings, &feature.trusted).await
    }

    /// The same database and data behind another service over this application.
    pub async fn replaced(mut self, app: App, service: impl Answering) -> Self {
        let feature = self.feature.take().expect("the whole server");
        let mut server = Self::of(service).await;
        server.feature = Some(Feature { app, ..feature });
        server
    }

    /// A service of the test's own.
    pub async fn of(service: impl Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (end, ended) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let end = async {
                let _ = ended.await;
            };
            connections::serve(listener, service, Patience::default(), end).await;
        });
        Self { address, feature: None, end: Some(end), serving: Some(serving) }
    }

    /// A router of the test's own, behind the layers that every request passes.
    pub async fn layered(router: Router, trusted: &[IpAddr]) -> Self {
        Self::of(router::layered(router, trusted)).await
    }

    /// Ends it, as Ctrl-C would, and waits until it has.
    pub async fn stop(mut self) {
        if let Some(feature) = &self.feature {
            feature.app.closing.cancel();
        }
        self.end.take();
        if let Some(serving) = self.serving.take() {
            serving.await.expect("the server did not panic");
        }
    }

    /// What it serves.
    pub fn app(&self) -> &App {
        &self.feature.as_ref().expect("the whole server").app
    }

    /// Its database's address.
    pub fn url(&self) -> &str {
        &self.feature.as_ref().expect("the whole server").url
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.feature.as_ref().expect("the whole server").data.path()
    }

    /// A new person's client: keeps cookies, follows no redirect.
    pub fn client(&self) -> Person {
        let jar = Arc::new(Jar::default());
        let client = Client::builder().cookie_provider(jar.clone()).redirect(Policy::none());
        Person {
            client: client.build().expect("a client"),
            base: format!("http://{}", self.address),
            jar,
            id: UserId(0),
        }
    }

    /// The client of somebody who has just registered and logged in. Their password is no hash of
    /// anything, which spares the time of hashing: `account` tests the real way in.
    pub async fn person(&self, name: &str) -> Person {
        self.user(name, false).await
    }

    /// The same of an administrator.
    pub async fn administrator(&self, name: &str) -> Person {
        self.user(name, true).await
    }

    async fn user(&self, name: &str, is_admin: bool) -> Person {
        let app = self.app();
        let user = NewUser {
            name: name.to_owned(),
            name_key: fold(name),
            password: "none".to_owned(),
            is_admin,
            now: now(),
        };
        let (id, changes) = app.db.create_user(&user).await.expect("a user");
        app.publish(&changes);
        app.profile_changed(id);
        self.session(id).await
    }

    /// A new session of this user.
    pub async fn session(&self, id: UserId) -> Person {
        static TOKENS: AtomicU32 = AtomicU32::new(1);
        let mut token = [0; 32];
        token[..4].copy_from_slice(&TOKENS.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let (hash, now) = (Sha256::digest(token).into(), now());
        let stored = self.app().db.create_session(&hash, id, now, now + 1_000_000_000, "").await;
        stored.expect("a session");
        let person = self.client();
        let digits: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
        person.set_cookie(&format!("sampleim={digits}; Path=/"));
        Person { id, ..person }
    }
}

/// A client with cookies of its own.
#[derive(Clone)]
pub struct Person {
    pub client: Client,
    /// `http://127.0.0.1:PORT`
    pub base: String,
    pub jar: Arc<Jar>,
    /// Who it is; 0 for nobody yet.
    pub id: UserId,
}

impl Person {
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    /// Calls a server function whose input is JSON.
    pub fn call(&self, function: &str, input: &Value) -> RequestBuilder {
        self.post(&format!("/api/{function}")).json(input)
    }

    /// Calls a server function whose input is a form.
    pub async fn form(&self, function: &str, fields: &impl Serialize) -> Response {
        let request = self.post(&format!("/api/{function}")).form(fields);
        request.send().await.expect("an answer")
    }

    /// What such a call gives when it succeeds.
    #[track_caller]
    pub fn done<T: DeserializeOwned>(
        &self,
        function: &str,
        fields: &impl Serialize,
    ) -> impl Future<Output = T> {
        let request = self.post(&format!("/api/{function}")).form(fields);
        fine(request, function.to_owned())
    }

    /// What a server function gives whose input is the query, when it succeeds.
    pub fn ask<T: DeserializeOwned>(&self, function: &str) -> impl Future<Output = T> {
        fine(self.get(&format!("/api/{function}")), function.to_owned())
    }

    /// Keeps this `Set-Cookie` as if the server had sent it.
    pub fn set_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(cookie, &self.base.parse().expect("an address"));
    }
}

async fn fine<T: DeserializeOwned>(request: RequestBuilder, what: String) -> T {
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("text");
    assert_eq!(status, 200, "{what}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {error}: {text}"))
}

/// The status of a refusal and its JSON.
pub async fn refusal(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.expect("text");
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} {text}")))
}

/// The `number`-th client id of a test: the same number, the same id.
pub fn client_id(number: u32) -> String {
    format!("{number:032x}")
}

/// A small site, as the build would lay it down.
pub fn site() -> Site {
    let file =
        |path: &str, bytes: &'static str| (path.to_owned(), Bytes::from_static(bytes.as_bytes()));
    Site::new([
        file(
            "manifest.json",
            r#"{"js":"pkg/a.js","wasm":"/pkg/a.wasm","css":"pkg/a.css","later_css":"pkg/c.css",
                "admin_css":"pkg/b.css"}"#,
        ),
        file("pkg/a.js", "plain script"),
        file("pkg/a.js.br", "brotli script"),
        file("pkg/a.js.gz", "gzip script"),
        file("pkg/a.wasm", "wasm"),
        file("pkg/a.css", "style"),
        file("robots.txt", "User-agent: *"),
        file("robots.txt.br", "brotli robots"),
    ])
}
