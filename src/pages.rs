//! The pages: what is rendered on the server, and what every page and server function is given.

use app::server::{
    App,
    shell::{Assets, shell},
};
use axum::{
    Router,
    extract::{Query, Request},
    http::{StatusCode, request::Parts},
    response::Response,
};
use leptos::{
    config::LeptosOptions,
    prelude::{provide_context, use_context},
    server::ServerActionError,
    server_fn,
};
use leptos_axum::LeptosRoutes;
use serde::Deserialize;
use std::pin::Pin;
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// What a server function, called by a page or by its address, finds as context.
pub fn context(app: &App) -> impl Fn() + Clone + Send + Sync + 'static {
    let app = app.clone();
    move || provide_context(app.clone())
}

/// Every page of the app, at its own address, compressed as it is made.
pub fn routes(app: &App, assets: &Assets) -> Router {
    let options = LeptosOptions::builder().output_name("sampleim").build();
    // Server functions pass through the boundary, not through what the pages' router offers.
    let functions = server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let pages = leptos_axum::generate_route_list_with_exclusions(app::App, Some(functions));
    let assets = assets.clone();
    let document = move || shell(&assets);
    Router::new()
        .leptos_routes_with_context(&options, pages, page_context(app), document)
        .layer(compression())
        .with_state(options)
}

/// The page that says that there is none, with its 404.
pub fn not_found(
    app: &App,
    assets: &Assets,
) -> impl Fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Clone + Send + 'static {
    let assets = assets.clone();
    let document = move || shell(&assets);
    let page = leptos_axum::render_app_async_with_context(page_context(app), document);
    move |request| {
        let page = page(request);
        Box::pin(async move {
            let mut response = page.await;
            if response.status() == StatusCode::OK {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            response
        })
    }
}

fn page_context(app: &App) -> impl Fn() + Clone + Send + Sync + 'static {
    let shared = context(app);
    move || {
        shared();
        if let Some(error) = use_context::<Parts>().and_then(|parts| form_error(&parts)) {
            provide_context(error);
        }
    }
}

/// The error that a form without JavaScript left in the address.
fn form_error(parts: &Parts) -> Option<ServerActionError> {
    #[derive(Deserialize)]
    struct Left {
        __path: String,
        __err: String,
    }
    let Query(left) = Query::<Left>::try_from_uri(&parts.uri).ok()?;
    Some(ServerActionError::new(&left.__path, &left.__err))
}

/// Fast: a page is made for one reader, once.
fn compression() -> CompressionLayer {
    CompressionLayer::new().quality(CompressionLevel::Fastest)
}
