//! The pages: what is rendered on the server, and what every page and server function is given.

pub mod gate;

use any_spawner::Executor;
use app::{
    Pane, Start,
    account::gate::Arrival,
    admin::{Asked, frame::View},
    error::Error,
    led_on,
    message::AROUND,
    preference::Preferences,
    search::{Wanted, looking::Filters, page::Searched},
    server::{
        App,
        invitation::with_codes,
        session::{Visit, administrator_of, caller_of, names_session},
        shell::{Assets, Content, document},
    },
    sync::Snapshot,
    ui::{form::Left, time::Zone},
};
use axum::{
    extract::{FromRef, Path, Query, Request, State},
    http::{StatusCode, Uri, header::COOKIE, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use futures_util::{Stream, StreamExt, future::ready, stream::once};
use leptos::{
    prelude::{AnyView, RenderHtml, provide_context},
    server_fn::error::ServerFnUrlError,
    tachys::view::Position,
};
use serde::Deserialize;
use std::{pin::Pin, sync::Arc};
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// Room for the text of most pages.
const PAGE_BYTES: usize = 64 * 1024;

/// What pages are made from.
#[derive(Clone)]
pub struct Pages {
    app: App,
    assets: Arc<Assets>,
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
    let next = led_on(parts.uri.path_and_query().map_or("/", |asked| asked.as_str()));
    // Whoever logs out loses the cookie: a session that is named but not there was ended.
    match names_session(parts) {
        true => Redirect::to(&format!("/login?next={next}&ended")),
        false => Redirect::to(&Arrival { next, ..Arrival::default() }.towards("/login")),
    }
}

/// The page of the links into a group, for who manages it.
pub async fn invitations(
    State(pages): State<Pages>,
    Path(room): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let content = match links(&pages.app, &room, &parts).await {
        Ok(content) => content,
        Err(Error::Unauthenticated) => return to_log_in(&parts).into_response(),
        Err(Error::NotFound | Error::Forbidden) => Content::NotFound,
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
}

async fn links(app: &App, room: &str, parts: &Parts) -> Result<Content, Error> {
    let caller = caller_of(app, parts).await?;
    let room = room.parse().map_err(|_| Error::NotFound)?;
    let links = app.invitations(caller.id, room, &app.origin(parts)).await?;
    Ok(Content::Invitations(room, with_codes(links), left(&parts.uri), is_done(&parts.uri)))
}

/// Whether a form has just been done.
fn is_done(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query == "done")
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
    let origin = app.origin(parts);
    let page = app.administration(&by, &path, &asked, offset, &origin).await?;
    Ok(View { page, path, asked, left: left(&parts.uri), origin })
}

/// The page of one's own sessions.
pub async fn sessions(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let content = match Visit::of(&pages.app, &parts).sessions().await {
        Ok(sessions) => Content::Sessions(sessions, left(&parts.uri), is_done(&parts.uri)),
        Err(Error::Unauthenticated) => return to_log_in(&parts).into_response(),
        Err(error) => Content::Failed(error),
    };
    pages.render(content, Request::from_parts(parts, body)).await
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
        Self { app, assets: assets.into() }
    }

    async fn render(&self, content: Content, request: Request) -> Response {
        let status = match &content {
            Content::NotFound | Content::Reset(_, None, _) | Content::InvitationOver => {
                StatusCode::NOT_FOUND
            }
            Content::Failed(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            _ => StatusCode::OK,
        };
        let assets = self.assets.clone();
        let page = move || document(&assets, content);
        let mut response =
            leptos_axum::handle_response_inner(context(&self.app), page, request, written).await;
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response
    }
}

/// What a page is sent as.
type Texts = Pin<Box<dyn Stream<Item = String> + Send>>;

/// The text of a page, in one go: no page of ours waits for anything while it is drawn, and leptos_axum's own
/// way, which could, makes some strings for each element.
fn written(
    page: AnyView,
    more: Box<dyn FnOnce() -> Texts + Send>,
    _: bool,
) -> Pin<Box<dyn Future<Output = Texts> + Send>> {
    let mut text = String::with_capacity(PAGE_BYTES);
    page.to_html_with_buf(&mut text, &mut Position::FirstChild, true, false, Vec::new());
    let texts: Texts = Box::pin(once(ready(text)).chain(more()));
    Box::pin(ready(texts))
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
        __err: Option<String>,
    }
    let Query(found) = Query::<InAddress>::try_from_uri(uri).ok()?;
    let error = found.__err.as_deref().map(ServerFnUrlError::<Error>::decode_err);
    Some(Left { path: found.__path, error })
}

/// Fast: a page is made for one reader, once. Brotli's level 1 takes as long as 0, and leaves a tenth less;
/// with level 3 a processor makes a third fewer pages (`cargo xtask bench ssr_page_rps`).
pub fn compression() -> CompressionLayer {
    CompressionLayer::new().quality(CompressionLevel::Precise(1))
}
