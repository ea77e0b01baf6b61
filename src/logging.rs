//! The log: text or JSON lines on standard error. No bodies, no queries, no secrets.

use crate::config::{LogFormat, LogLevel};
use axum::{extract::Request, middleware::Next, response::Response};
use std::{
    io::IsTerminal,
    panic,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};
use tracing::Instrument;
use tracing_subscriber::{EnvFilter, fmt};

/// Starts the log. Our own lines follow `level`; libraries' only their warnings, unless it is
/// `trace`.
pub fn start(format: LogFormat, level: LogLevel) {
    let filter = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "warn,sampleim=info,app=info",
        LogLevel::Debug => "warn,sampleim=debug,app=debug",
        LogLevel::Trace => "debug,sampleim=trace,app=trace",
    };
    let log = fmt().with_env_filter(EnvFilter::new(filter)).with_writer(std::io::stderr);
    // A file that is searched later wants no colour codes.
    let log =
        log.with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    // A second start, in tests, changes nothing.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    // The words of a panic can hold what a person wrote; where it happened cannot.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program panicked");
    }));
}

/// A path without what lets in whoever knows it.
fn loggable(path: &str) -> &str {
    ["/reset/", "/join/"].into_iter().find(|start| path.starts_with(start)).unwrap_or(path)
}

/// Numbers the request, so that the lines of one can be found together, and notes its end at debug
/// level.
pub async fn trace(request: Request, next: Next) -> Response {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let (method, path) = (request.method().clone(), loggable(request.uri().path()).to_owned());
    let started = Instant::now();
    let span = tracing::debug_span!("request", id, %method, path);
    async move {
        let response = next.run(request).await;
        let milliseconds = started.elapsed().as_millis();
        tracing::debug!(status = response.status().as_u16(), milliseconds, "answered");
        response
    }
    .instrument(span)
    .await
}
