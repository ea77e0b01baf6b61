//! The pages: what is rendered on the server, and what every page and server function is given.

use any_spawner::Executor;
use app::{
    Pane, Start,
    account::gate::{Arrival, towards},
    admin::{Asked, frame::View},
    error::Error,
    message::AROUND,
    preference::Preferences,
    search::{Wanted, looking::Filters, page::Searched},
    server::{
        App, Peer,
        session::{Visit, administrator_of, caller_of, names_session},
        shell::{Assets, Content, document},
    },
    sync::Snapshot,
    ui::{form::Left, time::Zone},
};
use axum::{
    extract::{FromRef, Path, Query, Request, State},
    http::{
        StatusCode, Uri,
        header::{COOKIE, HOST},
        request::Parts,
        uri::Authority,
    },
    response::{IntoResponse, Redirect, Response},
};
use leptos::{prelude::provide_context, server_fn::error::ServerFnUrlError};
use serde::Deserialize;
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// What pages are made from.
#[derive(Clone)]
pub struct Pages {
    app: App,
    assets: Assets,
}

impl FromRef<Pages> for App {
    fn from_ref(pages: &Pages) -> Self {
        pages.app.clone()
    }
}

/// What a server function, called by a page or by its address, finds as context.
pub fn context(app: &App) -> impl Fn() + Clone + Send + Sync + 'static {
    let app = app.clone();
    move || provide_context(app.clone())
}

/// The page of who has logged in, whichever pane of it; others are led to the log-in.
pub async fn chat(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let content = match start(&pages.app, &parts).await {
        Ok(start) => Content::Chat(Box::new(start)),
        Err(Error::Unauthenticated) => return to_log_in(&parts).into_response(),
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

/// The page of search for who has no JavaScript; others are led to the log-in.
pub async fn search(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let content = match searched(&pages.app, &parts).await {
        Ok(content) => Content::Search(Box::new(content)),
        Err(Error::Unauthenticated) => return to_log_in(&parts).into_response(),
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

/// What is asked for in the address, and what was found.
async fn searched(app: &App, parts: &Parts) -> Result<(Snapshot, Searched), Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct InAddress {
        text: String,
        room: String,
        sender: String,
        since: String,
        until: String,
        picture: String,
        file: String,
        before: Option<i64>,
    }
    let caller = caller_of(app, parts).await?;
    let Query(asked) = Query::<InAddress>::try_from_uri(&parts.uri).unwrap_or_default();
    let filters = Filters {
        room: asked.room.parse().ok(),
        sender: asked.sender,
        since: asked.since,
        until: asked.until,
        picture: !asked.picture.is_empty(),
        file: !asked.file.is_empty(),
    };
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let offset = Preferences::from_headers(header(COOKIE).unwrap_or_default(), "").offset;
    let wanted = filters.wanted(asked.text.clone(), Zone::Fixed(offset));
    let wanted = Wanted { before: asked.before, ..wanted }.checked();
    let outcome =
        match wanted.and_then(|wanted| app.limits.check_search(caller.id).map(|()| wanted)) {
            Ok(wanted) => app.search(caller.id, &wanted).await,
            Err(error) => Err(error),
        };
    let snapshot = app.snapshot(caller, None, None).await?;
    Ok((snapshot, Searched { text: asked.text, filters, outcome }))
}

/// Leads to the log-in, and from there back to the page that was asked for.
fn to_log_in(parts: &Parts) -> Redirect {
    let next = Pane::at(parts.uri.path()).path();
    // Whoever logs out loses the cookie: a session that is named but not there was ended.
    match names_session(parts) {
        true => Redirect::to(&format!("/login?next={next}&ended")),
        false => Redirect::to(&towards("/login", &next)),
    }
}

/// How somebody comes to the pages before the log-in.
fn arrival(uri: &Uri) -> Arrival {
    #[derive(Default, Deserialize)]
    struct InAddress {
        ended: Option<String>,
        next: Option<String>,
    }
    let Query(found) = Query::<InAddress>::try_from_uri(uri).unwrap_or_default();
    let next = Pane::at(&found.next.unwrap_or_default()).path();
    Arrival { ended: found.ended.is_some(), next }
}

/// The page to log in; who has logged in is led to the chat.
pub async fn log_in(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let arrival = arrival(&parts.uri);
    if caller_of(&pages.app, &parts).await.is_ok() {
        return Redirect::to(&arrival.next).into_response();
    }
    let request = Request::from_parts(parts, body);
    pages.render(Content::LogIn(arrival, left(request.uri())), request).await
}

/// The page to register.
pub async fn register(State(pages): State<Pages>, request: Request) -> Response {
    let content = match pages.app.admission().await {
        Ok(admission) => {
            Content::Register(admission, arrival(request.uri()).next, left(request.uri()))
        }
        Err(error) => Content::Failed(error),
    };
    pages.render(content, request).await
}

/// A page of the administration area. Whoever does not administer the server gets what they get at any
/// address where nothing is.
pub async fn administration(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let content = match view(&pages.app, &parts).await {
        Ok(view) => Content::Admin(Box::new(view)),
        Err(Error::NotFound) => Content::NotFound,
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

async fn view(app: &App, parts: &Parts) -> Result<View, Error> {
    let by = administrator_of(app, parts).await?;
    let Query(asked) = Query::<Asked>::try_from_uri(&parts.uri).unwrap_or_default();
    let path = parts.uri.path().to_owned();
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let offset = Preferences::from_headers(header(COOKIE).unwrap_or_default(), "").offset;
    let page = app.administration(&by, &path, &asked, offset).await?;
    Ok(View { page, path, asked, left: left(&parts.uri), origin: origin(parts) })
}

/// The address of this server, as the browser has it.
fn origin(parts: &Parts) -> String {
    let scheme = if Peer::of(parts).https { "https" } else { "http" };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or(parts.uri.authority().map(Authority::as_str));
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// The page of one's own sessions.
pub async fn sessions(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let content = match Visit::of(&pages.app, &parts).sessions().await {
        Ok(sessions) => {
            let done = parts.uri.query().is_some_and(|query| query == "done");
            Content::Sessions(sessions, left(&parts.uri), done)
        }
        Err(Error::Unauthenticated) => return to_log_in(&parts).into_response(),
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

/// The page to choose a password by a one-time link.
pub async fn reset(
    State(pages): State<Pages>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let content = match pages.app.named_by_link(&token).await {
        Ok(name) => Content::Reset(token, name, left(request.uri())),
        Err(error) => Content::Failed(error),
    };
    pages.render(content, request).await
}

/// The page that says that there is none.
pub async fn not_found(pages: &Pages, request: Request) -> Response {
    pages.render(Content::NotFound, request).await
}

impl Pages {
    /// Over this application, with these files.
    #[must_use]
    pub fn new(app: App, assets: Assets) -> Self {
        // Fails only if it was done before, by another server of this process.
        let _ = Executor::init_tokio();
        Self { app, assets }
    }

    async fn render(&self, content: Content, request: Request) -> Response {
        let status = match &content {
            Content::NotFound | Content::Reset(_, None, _) => StatusCode::NOT_FOUND,
            Content::Failed(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            _ => StatusCode::OK,
        };
        let assets = self.assets.clone();
        let page = leptos_axum::render_app_async_with_context(context(&self.app), move || {
            document(&assets, content.clone())
        });
        let mut response = page(request).await;
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response
    }
}

/// What a page starts with, for who asks.
async fn start(app: &App, parts: &Parts) -> Result<Start, Error> {
    #[derive(Default, Deserialize)]
    struct Place {
        before: Option<i64>,
        at: Option<i64>,
    }
    let caller = caller_of(app, parts).await?;
    let Query(place) = Query::<Place>::try_from_uri(&parts.uri).unwrap_or_default();
    let open = Pane::at(parts.uri.path()).room();
    let before = place.at.map(|at| at.saturating_add(AROUND)).or(place.before);
    let snapshot = app.snapshot(caller, open, before).await?;
    Ok(Start { snapshot, left: left(&parts.uri) })
}

/// What a form without JavaScript left in the address.
fn left(uri: &Uri) -> Option<Left> {
    #[derive(Deserialize)]
    struct InAddress {
        __path: String,
        __err: String,
    }
    let Query(found) = Query::<InAddress>::try_from_uri(uri).ok()?;
    let error = ServerFnUrlError::<Error>::decode_err(&found.__err);
    Some(Left { path: found.__path, error })
}

/// Fast: a page is made for one reader, once.
pub fn compression() -> CompressionLayer {
    CompressionLayer::new().quality(CompressionLevel::Fastest)
}
