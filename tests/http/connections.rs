//! Connections that say nothing, or not enough.

use axum::{
    Router,
    body::Bytes,
    routing::{get, post},
};
use sampleim::connections::{Patience, serve};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const SHORT: Duration = Duration::from_millis(200);
/// More bytes than lie between the two ends of a connection.
const LARGE: usize = 64 << 20;

/// A server with little patience that gives a body back.
async fn hasty() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new()
        .route("/", post(async |body: Bytes| body))
        .route("/large", get(async || vec![b'x'; LARGE]));
    let patience =
        Patience { head: SHORT, part: SHORT, body: 5 * SHORT, write: SHORT, drain: SHORT };
    tokio::spawn(serve(listener, router, patience, std::future::pending()));
    address
}

/// What comes back for these bytes until the server closes the connection, which it must.
async fn said(bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(hasty().await).await.expect("a connection");
    stream.write_all(bytes).await.expect("sent");
    let mut answer = Vec::new();
    let end = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    end.expect("closed").ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn who_says_nothing_or_half_a_head_is_let_go() {
    assert_eq!(said(b"").await, "");
    let half = said(b"POST / HTTP/1.1\r\nHost: a\r\n").await;
    assert!(half.is_empty() || half.starts_with("HTTP/1.1 408"), "{half}");
    let idle = said(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi").await;
    assert!(idle.starts_with("HTTP/1.1 200"), "{idle}");
}

#[tokio::test]
async fn who_sends_half_a_body_is_refused() {
    let half = said(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nhi").await;
    assert!(half.starts_with("HTTP/1.1 400"), "{half}");
}

#[tokio::test]
async fn a_head_has_its_limit() {
    let long = format!("POST / HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(300_000));
    // The answer is lost when the rest of the head meets a closed connection.
    let answer = said(long.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let mut stream = TcpStream::connect(hasty().await).await.expect("a connection");
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("sent");
    tokio::time::sleep(5 * SHORT).await;
    let mut answer = Vec::new();
    let end = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    end.expect("closed").ok();
    assert!((1..LARGE).contains(&answer.len()), "{} bytes", answer.len());
}
