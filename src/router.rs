//! Every address of the server, on one screen.

use crate::{boundary, headers, logging, pages, peer, site::Site};
use app::{
    error::Error,
    server::{App, media::http, shell::Assets},
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
pub fn router(app: &App, site: Site, assets: &Assets, trusted: &[IpAddr]) -> Router {
    let functions = pages::context(app);
    let not_found = pages::not_found(app, assets);
    let site = Arc::new(site);
    let files = site.clone();
    let router = Router::new()
        .route("/api/{*function}", any(move |request| boundary::call(functions, request)))
        .layer(DefaultBodyLimit::max(boundary::BODY_LIMIT))
        .merge(media(app))
        .route("/healthz", get(health).with_state(app.clone()))
        .route(
            "/pkg/{*file}",
            get(async move |request: Request| {
                files.get(request.uri().path(), request.headers()).ok_or(StatusCode::NOT_FOUND)
            }),
        )
        .merge(pages::routes(app, assets))
        .fallback_service(get(async move |request: Request| {
            match site.get(request.uri().path(), request.headers()) {
                Some(file) => file,
                None => not_found(request).await,
            }
        }));
    layered(router, trusted)
}

/// Pictures. The upload has its own limit for its body.
fn media(app: &App) -> Router {
    Router::new()
        .route("/api/media", post(http::upload))
        .route("/media/{id}", get(http::serve))
        .route("/media/{id}/thumb", get(http::thumb))
        .with_state(app.clone())
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
            .layer(CatchPanicLayer::custom(|_| boundary::plain(&Error::Internal)))
            .layer(
                CsrfLayer::new().with_rejection_response(|_| boundary::plain(&Error::CrossSite)),
            ),
    )
}

/// Whether the database answers: `ok`, or 503.
async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(Duration::from_secs(2), app.db.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
