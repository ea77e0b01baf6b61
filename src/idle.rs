//! Polls that find nothing new, which is nearly all that a server is asked: answered ahead of the
//! router from what memory knows, and held there. Whatever this cannot tell at a glance – no session
//! in memory, another form of the question, news – passes on to the router, whose `poll`
//! (`app/src/sync/api.rs`) gives the same answers and more.

use crate::{connections::Answering, headers, peer};
use app::{
    ids::UserId,
    server::{
        App, Peer,
        hub::Reader,
        session,
        sync::{Asked, Held},
    },
    sync::Cursor,
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header::CONTENT_TYPE},
    response::Response,
};
use futures_util::future::{BoxFuture, Either, FutureExt, Ready, ready};
use std::{
    convert::Infallible,
    net::IpAddr,
    sync::Arc,
    task::{Context, Poll},
};
use tower::Service;

/// The path of `poll`.
const PATH: &str = "/api/poll";

/// Answers idle polls, and asks `inner` for all else.
#[derive(Clone)]
pub struct IdlePolls<S> {
    app: App,
    trusted: Arc<[IpAddr]>,
    inner: S,
}

impl<S> IdlePolls<S> {
    /// Before this router. `trusted` are the proxies whose forwarding headers are believed.
    pub fn before(inner: S, app: App, trusted: &[IpAddr]) -> Self {
        Self { app, trusted: trusted.into(), inner }
    }

    fn peer(&self, request: &Request) -> Peer {
        peer::resolve(peer::connected(request), request.headers(), &self.trusted)
    }

    /// Who polls here and what they ask, if memory knows.
    fn poll(&self, request: &Request) -> Option<(Peer, (UserId, Arc<Reader>), Asked)> {
        if request.uri().path() != PATH || request.method() != Method::GET {
            return None;
        }
        let asked = asked(request.uri().query()?)?;
        let peer = self.peer(request);
        let reader = session::known(&self.app, request.headers(), peer.https)?;
        Some((peer, reader, asked))
    }
}

type Answer = Result<Response, Infallible>;

impl<S: Answering> Service<Request> for IdlePolls<S> {
    type Response = Response;
    type Error = Infallible;
    // A future lies in its connection for as long as that lives: the rare large ones are boxed.
    type Future = Either<Ready<Answer>, BoxFuture<'static, Answer>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some((peer, (user, reader), asked)) = self.poll(&request) else {
            return Either::Right(self.inner.call(request).boxed());
        };
        if asked.hold == 0 {
            return if self.app.is_idle(user, &reader, &asked) {
                Either::Left(ready(Ok(nothing_new(peer))))
            } else {
                Either::Right(self.inner.call(request).boxed())
            };
        }
        let mut this = self.clone();
        let mut request = detached(request);
        Either::Right(
            async move {
                this.app.hold(user, &asked).await;
                // Meanwhile the session may have ended.
                if let Some((user, reader)) =
                    session::known(&this.app, request.headers(), peer.https)
                    && this.app.is_idle(user, &reader, &asked)
                {
                    return Ok(nothing_new(peer));
                }
                request.extensions_mut().insert(Held);
                this.inner.call(request).boxed().await
            }
            .boxed(),
        )
    }
}

/// The same request with a head of its own: the parts of one that was received lie in the buffer
/// that it was read into, 8 KiB, which would stay for as long as the poll is held.
fn detached(request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    let mut headers = HeaderMap::with_capacity(parts.headers.len());
    for (name, value) in &parts.headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    parts.headers = headers;
    if let Ok(uri) = Uri::try_from(parts.uri.to_string()) {
        parts.uri = uri;
    }
    Request::from_parts(parts, body)
}

/// The question in this query, if it is written as the page writes it.
fn asked(query: &str) -> Option<Asked> {
    let cursor = Cursor { epoch: 0, generation: 0, presence: 0 };
    let mut asked = Asked { cursor, hold: 0, hidden: false, pace: 0 };
    let mut has_cursor = false;
    for pair in query.split('&') {
        match pair.split_once('=')? {
            ("cursor", value) => {
                asked.cursor = value.parse().ok()?;
                has_cursor = true;
            }
            ("hold", value) => asked.hold = value.parse().ok()?,
            ("hidden", value) => asked.hidden = value.parse().ok()?,
            ("pace", value) => asked.pace = value.parse().ok()?,
            _ => return None,
        }
    }
    has_cursor.then_some(asked)
}

/// What `poll` answers when nothing is new.
fn nothing_new(peer: Peer) -> Response {
    let mut response = Response::new(Body::from("null"));
    response.headers_mut().reserve(8);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers::complete(&mut response, peer.https);
    response
}
