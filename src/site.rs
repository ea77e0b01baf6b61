//! The page's own files, carried inside the program: WASM, script, style, icons.

use crate::encoding::{Coding, choose};
use app::server::shell::Assets;
use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
            VARY,
        },
    },
    response::Response,
};
use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{DefaultHasher, Hasher},
};

/// What the build lays down; empty where only the server was built.
#[derive(rust_embed::Embed)]
#[folder = "target/site/"]
#[allow_missing = true]
struct Embedded;

/// Says which of the hashed files are the page's; not served.
const MANIFEST: &str = "manifest.json";

/// The files by path, each with its compressed forms.
#[derive(Default)]
pub struct Site {
    files: HashMap<String, File>,
}

/// One stored form of a file.
struct File {
    bytes: Bytes,
    /// None if its name is never given to another content: such a file is asked for once.
    etag: Option<HeaderValue>,
}

impl Site {
    /// The files inside this program.
    #[must_use]
    pub fn embedded() -> Self {
        Self::new(Embedded::iter().filter_map(|path| {
            let bytes = match Embedded::get(&path)?.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((path.into_owned(), bytes))
        }))
    }

    /// These files: paths without a leading slash; `X.br` and `X.gz` are compressed forms of `X`.
    pub fn new(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let file = |(path, bytes): (String, Bytes)| {
            let etag = (!is_fixed(&path)).then(|| etag(&bytes));
            (path, File { bytes, etag })
        };
        Self { files: files.into_iter().map(file).collect() }
    }

    /// Addresses of the files that a page loads.
    ///
    /// # Errors
    /// A sentence for the person who started the server.
    pub fn assets(&self) -> Result<Assets, String> {
        let manifest = self.files.get(MANIFEST).ok_or(
            "this program was built without its pages; build and start it with `cargo xtask serve`",
        )?;
        let mut assets: Assets = serde_json::from_slice(&manifest.bytes)
            .map_err(|error| format!("the list of the page's files cannot be read: {error}"))?;
        let Assets { js, wasm, css, later_css, admin_css } = &mut assets;
        for path in [js, wasm, css, later_css, admin_css] {
            if !path.starts_with('/') {
                path.insert(0, '/');
            }
        }
        Ok(assets)
    }

    /// The answer to a GET of this path (`/pkg/page.css`), in the form that the reader likes best;
    /// 304 if the reader has it; nothing if there is no such file.
    #[must_use]
    pub fn get(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let name = path.strip_prefix('/').filter(|name| *name != MANIFEST)?;
        self.files.get(name)?;
        let stored = |coding: Coding| self.files.get(&format!("{name}{}", coding.suffix()));
        let accept = all(headers, &ACCEPT_ENCODING);
        let coding = choose(accept.as_deref(), |coding| stored(coding).is_some());
        let file = stored(coding)?;
        let known = all(headers, &IF_NONE_MATCH);
        let has_it = file.etag.as_ref().zip(known).is_some_and(|(tag, known)| matches(&known, tag));
        let mut response =
            Response::new(if has_it { Body::empty() } else { Body::from(file.bytes.clone()) });
        let answer = response.headers_mut();
        answer.insert(CACHE_CONTROL, HeaderValue::from_static(caching(name)));
        if let Some(tag) = &file.etag {
            answer.insert(ETAG, tag.clone());
        }
        answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if has_it {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return Some(response);
        }
        answer.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        if let Some(coding) = coding.name() {
            answer.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        Some(response)
    }
}

/// A header's lines joined, if it is there.
fn all(headers: &HeaderMap, name: &axum::http::HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// Whether `If-None-Match` names this tag (RFC 9110, 13.1.2: the weak comparison).
fn matches(known: &str, etag: &HeaderValue) -> bool {
    known
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes())
}

/// A hash of the content: it has to tell builds apart, not to withstand anyone.
fn etag(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    let tag = format!("\"{:016x}\"", hasher.finish());
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether the name carries a hash of the content.
fn is_fixed(name: &str) -> bool {
    name.starts_with("pkg/")
}

/// All but the fixed are asked for again.
fn caching(name: &str) -> &'static str {
    if is_fixed(name) { "max-age=31536000, immutable" } else { "no-cache" }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wav" => "audio/wav",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
