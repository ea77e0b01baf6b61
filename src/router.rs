//! Every address of the server, on one screen.

use crate::{
    boundary, headers,
    idle::IdlePolls,
    logging,
    pages::{self, Pages, gate},
    peer,
    site::Site,
};
use app::{
    error::Error,
    server::{App, answer::refusal, media::http, shell::Assets},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};
use std::{net::IpAddr, sync::Arc, time::Duration};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer};

/// The whole server. `trusted` are the proxies whose forwarding headers are believed.
pub fn service(app: &App, site: Site, assets: &Assets, trusted: &[IpAddr]) -> IdlePolls<Router> {
    IdlePolls::before(router(app, site, assets, trusted), app.clone(), trusted)
}

fn router(app: &App, site: Site, assets: &Assets, trusted: &[IpAddr]) -> Router {
    let (functions, bodies) = (pages::context(app), boundary::Bodies::default());
    let pages = Pages::new(app.clone(), assets.clone());
    let not_found = pages.clone();
    let site = Arc::new(site);
    let files = site.clone();
    let router = Router::new()
        .route("/", get(pages::chat))
        .route("/room/{room}", get(pages::chat))
        .route("/room/{room}/invitations", get(pages::invitations))
        .route("/groups", get(pages::chat))
        .route("/settings", get(pages::chat))
        .route("/settings/sessions", get(pages::sessions))
        .route("/admin", get(pages::administration))
        .route("/admin/", get(pages::administration))
        .route("/admin/{page}", get(pages::administration))
        .route("/admin/{page}/{id}", get(pages::administration))
        .route("/reset/{token}", get(gate::reset))
        .route("/join/{token}", get(gate::join))
        .route("/search", get(pages::search))
        .route("/login", get(gate::log_in))
        .route("/register", get(gate::register))
        .layer(pages::compression())
        .route("/api/{*function}", any(move |request| boundary::call(functions, bodies, request)))
        .layer(DefaultBodyLimit::max(boundary::BODY_LIMIT))
        .route("/api/media", post(http::upload))
        .route("/media/{id}", get(http::serve))
        .route("/media/{id}/thumb", get(http::thumb))
        .route("/join/{token}/picture", get(http::invited))
        .route("/healthz", get(health))
        .route(
            "/pkg/{*file}",
            get(async move |request: Request| {
                files.get(request.uri().path(), request.headers()).ok_or(StatusCode::NOT_FOUND)
            }),
        )
        .method_not_allowed_fallback(async || {
            let mut refused = refusal(&Error::Malformed);
            *refused.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            refused
        })
        .fallback_service(get(async move |request: Request| {
            match site.get(request.uri().path(), request.headers()) {
                Some(file) => file,
                None => pages::not_found(&not_found, request).await,
            }
        }))
        .with_state(pages);
    layered(router, trusted)
}

/// What every request passes, outermost first.
pub fn layered(router: Router, trusted: &[IpAddr]) -> Router {
    let trusted: Arc<[IpAddr]> = trusted.into();
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(trusted, peer::find))
            .layer(from_fn(logging::trace))
            .layer(from_fn(headers::add))
            .layer(from_fn(boundary::explain))
            // What it panicked with is logged by the hook of `logging`, without the words of it.
            .layer(CatchPanicLayer::custom(|_| refusal(&Error::Internal)))
            .layer(CsrfLayer::new().with_rejection_response(|_| refusal(&Error::CrossSite))),
    )
}

/// Whether the database answers: `ok`, or 503.
async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(Duration::from_secs(2), app.db.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
