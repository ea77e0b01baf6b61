//! Accepting connections, with an end to the patience for those that say nothing: who opens a
//! thousand and is silent must not keep everybody else out, nor fill the memory.

use axum::{
    body::{Body, HttpBody},
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{convert::Infallible, io, net::SocketAddr, pin::pin, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_io_timeout::TimeoutStream;
use tower::Service;
use tower_http::timeout::{DeadlineBody, TimeoutBody};

/// What a connection may hold unread, in bytes, to about twice as much: also the most of a head.
const BUFFER: usize = 64 * 1024;

/// How long a connection is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of a request: also how long a connection may be idle between two.
    pub head: Duration,
    /// Between two parts of a body.
    pub part: Duration,
    /// For a whole body.
    pub body: Duration,
    /// For the other end to take any more of an answer.
    pub write: Duration,
    /// For requests to finish once the end was asked for.
    pub drain: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            part: Duration::from_secs(20),
            // A picture of 10 MB at 35 kB a second.
            body: Duration::from_secs(300),
            write: Duration::from_secs(60),
            // The whole end takes at most 5 s.
            drain: Duration::from_millis(4_000),
        }
    }
}

/// A service that answers every request and is always ready, as a router is.
pub trait Answering:
    Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
    + Clone
    + Send
    + 'static
{
}

impl<S> Answering for S
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
}

/// Answers on this listener until `end`, then lets requests finish for a while.
pub async fn serve(
    listener: TcpListener,
    service: impl Answering,
    patience: Patience,
    end: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head).max_buf_size(BUFFER);
    let open = GracefulShutdown::new();
    let mut end = pin!(end);
    loop {
        let (stream, from) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut end => break,
        };
        let service = service.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(|body| {
                if body.is_end_stream() {
                    return Body::empty();
                }
                let whole = DeadlineBody::new(patience.body, body);
                Body::new(TimeoutBody::new(patience.part, whole))
            });
            request.extensions_mut().insert(ConnectInfo(from));
            service.clone().call(request)
        });
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(patience.write));
        let stream = TokioIo::new(Box::pin(stream));
        let connection = open.watch(http.serve_connection(stream, answer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    tokio::select! {
        () = open.shutdown() => {}
        () = sleep(patience.drain) => tracing::warn!("some requests did not finish in time"),
    }
}

/// The next connection. When there are no more to be had, waits until some have ended.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                // Without it the two small writes of an answer wait for each other's
                // acknowledgement.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection stays without TCP_NODELAY");
                }
                return (stream, from);
            }
            // Gone before it was accepted.
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(error.kind(), K::ConnectionRefused | K::ConnectionAborted | K::ConnectionReset)
}
