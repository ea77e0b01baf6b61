//! Where a request came from, through trusted proxies only.

use app::server::Peer;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

/// The outermost layer: puts [`Peer`] into the request's extensions.
pub async fn find(
    State(trusted): State<Arc<[IpAddr]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = resolve(connected(&request), request.headers(), &trusted);
    request.extensions_mut().insert(peer);
    next.run(request).await
}

/// The address that the request's connection comes from.
#[must_use]
pub fn connected(request: &Request) -> IpAddr {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    from.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

/// The peer of a request that `connected` brought. Only a trusted proxy's headers count, and of its
/// `X-Forwarded-For` only the right-most address that is not itself a trusted proxy: what stands
/// left of it was written by the sender.
#[must_use]
pub fn resolve(connected: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Peer {
    let connected = connected.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|t| t.to_canonical() == *address);
    if !is_trusted(&connected) {
        return Peer { address: connected, https: false };
    }
    let mut address = connected;
    for entry in values(headers, "x-forwarded-for").into_iter().rev() {
        let Some(forwarded) = ip(entry) else { break };
        address = forwarded;
        if !is_trusted(&address) {
            break;
        }
    }
    let proto = values(headers, "x-forwarded-proto").pop();
    Peer { address, https: proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")) }
}

/// The comma-separated values of a header that may be repeated.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

/// An address, perhaps with a port.
fn ip(text: &str) -> Option<IpAddr> {
    let address = text.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    Some(address?.to_canonical())
}
