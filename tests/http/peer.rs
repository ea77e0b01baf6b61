//! Forwarding headers count from a trusted proxy only.

use crate::harness::Server;
use app::server::Peer;
use axum::{Extension, Router, http::HeaderMap, routing::get};
use sampleim::peer::resolve;
use std::net::IpAddr;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn seen(connected: &str, forwarded: &[&str], trusted: &[&str]) -> String {
    let mut headers = HeaderMap::new();
    for line in forwarded {
        headers.append("x-forwarded-for", line.parse().expect("a header"));
    }
    let trusted: Vec<_> = trusted.iter().map(|text| ip(text)).collect();
    resolve(ip(connected), &headers, &trusted).address.to_string()
}

#[test]
fn the_right_most_untrusted_address_is_the_peer() {
    let proxies = ["10.0.0.1", "10.0.0.2"];
    assert_eq!(seen("8.8.8.8", &["1.1.1.1"], &proxies), "8.8.8.8", "not a proxy of ours");
    assert_eq!(seen("10.0.0.1", &[], &proxies), "10.0.0.1");
    assert_eq!(seen("10.0.0.1", &["6.6.6.6, 1.1.1.1"], &proxies), "1.1.1.1", "6.6.6.6 is forged");
    assert_eq!(seen("10.0.0.1", &["6.6.6.6", "1.1.1.1, 10.0.0.2"], &proxies), "1.1.1.1");
    assert_eq!(seen("10.0.0.1", &["1.1.1.1:4711"], &proxies), "1.1.1.1");
    assert_eq!(seen("10.0.0.1", &["[2001:db8::1]:4711"], &proxies), "2001:db8::1");
    assert_eq!(seen("10.0.0.1", &["1.1.1.1, unknown"], &proxies), "10.0.0.1");
    assert_eq!(seen("::ffff:10.0.0.1", &["::ffff:1.1.1.1"], &proxies), "1.1.1.1");
}

#[tokio::test]
async fn only_a_trusted_proxy_can_say_that_it_is_https() {
    let show = async |Extension(peer): Extension<Peer>| format!("{} {}", peer.address, peer.https);
    for (trusted, expected) in
        [(vec![], "127.0.0.1 false"), (vec![ip("127.0.0.1")], "1.2.3.4 true")]
    {
        let server = Server::layered(Router::new().route("/", get(show)), &trusted).await;
        let request = server.client().get("/");
        let request =
            request.header("x-forwarded-for", "1.2.3.4").header("x-forwarded-proto", "https");
        let text = request.send().await.expect("an answer").text().await.expect("text");
        assert_eq!(text, expected);
    }
}
