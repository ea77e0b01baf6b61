//! Joining from other devices: which addresses this machine has, and a QR code for each.

use qrcode::{QrCode, render::unicode::Dense1x2};
use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};
use tokio::net::TcpListener;

use crate::platform::REUSE_ADDRESS;

/// Listens on all interfaces: IPv6 and IPv4 on one socket, or IPv4 alone where the machine has no
/// IPv6.
///
/// # Errors
/// The port is taken, or may not be used.
pub fn listen(port: u16) -> io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    let open = |domain, address: SocketAddr| {
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        if domain == Domain::IPV6 {
            socket.set_only_v6(false)?;
        }
        socket.set_reuse_address(REUSE_ADDRESS)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(1024)?;
        TcpListener::from_std(socket.into())
    };
    match open(Domain::IPV6, SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))) {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            open(Domain::IPV4, SocketAddr::from(([0, 0, 0, 0], port)))
        }
        listener => listener,
    }
}

/// The addresses of this machine that others can join at, most likely first.
#[must_use]
pub fn addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    sorted(interfaces.iter().map(if_addrs::Interface::ip))
}

/// Those that others can join at, private IPv4 first; without loopback and link-local ones, which
/// mean nothing to another device.
fn sorted(addresses: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut ranked: Vec<_> = addresses.filter_map(|ip| Some((rank(ip)?, ip))).collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().map(|(_, ip)| ip).collect()
}

fn rank(ip: IpAddr) -> Option<u8> {
    match ip {
        _ if ip.is_loopback() || ip.is_unspecified() => None,
        IpAddr::V4(ip) if ip.is_link_local() => None,
        // Homes and offices first; 172.16/12 is as often a container's bridge.
        IpAddr::V4(ip) if ip.octets()[0] == 192 && ip.is_private() => Some(0),
        IpAddr::V4(ip) if ip.octets()[0] == 10 => Some(1),
        IpAddr::V4(ip) if ip.is_private() => Some(2),
        IpAddr::V4(_) => Some(3),
        IpAddr::V6(ip) if ip.is_unicast_link_local() => None,
        IpAddr::V6(_) => Some(4),
    }
}

/// The address of the first page.
#[must_use]
pub fn url(ip: IpAddr, port: u16) -> String {
    format!("http://{}", SocketAddr::new(ip, port))
}

/// A QR code of half blocks, light on a terminal's dark ground; empty if the text is too long.
#[must_use]
pub fn qr(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else { return String::new() };
    code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_shown_addresses_that_they_can_reach() {
        let all = "::1 fe80::1 2001:db8::1 127.0.0.1 169.254.1.1 172.17.0.1 8.8.8.8 10.0.0.2 \
                   192.168.1.5 192.168.1.5";
        let shown = sorted(all.split_whitespace().filter_map(|ip| ip.parse().ok()));
        let shown: Vec<_> = shown.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["192.168.1.5", "10.0.0.2", "172.17.0.1", "8.8.8.8", "2001:db8::1"]);
        assert_eq!(url(IpAddr::V6(Ipv6Addr::LOCALHOST), 3000), "http://[::1]:3000");
        assert!(qr("http://192.168.1.5:3000").lines().count() > 10);
    }
}
