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

/// The addresses at which others can join now; see [`sorted`].
fn addresses() -> Vec<(IpAddr, Option<String>)> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    sorted(interfaces.into_iter().map(|found| (found.ip(), found.name)))
}

/// The first of the addresses at which others can join.
#[must_use]
pub fn first(port: u16) -> Option<String> {
    addresses().first().map(|(ip, _)| url(*ip, port))
}

/// How others join: each address with its QR code, and what to look at if none of them opens.
#[must_use]
pub fn invitation(port: u16) -> String {
    let addresses = addresses();
    let mut lines = Vec::new();
    for (ip, interface) in &addresses {
        let url = url(*ip, port);
        lines.push(match interface {
            None => format!("\nJoin at {url}\n{}", qr(&url)),
            Some(name) => format!("Virtual, seldom of use to others ({name}): {url}"),
        });
    }
    if addresses.is_empty() {
        lines.push("\nThis machine is in no network now: nobody else can join.".into());
    }
    lines.push(format!(
        "\nIf a device cannot open the page:\n\
         - it must be in the same network: the same Wi-Fi (not its guest network), no mobile data;\n\
         - this machine's firewall must let TCP port {port} in;\n\
         - the address must be typed with http:// and :{port}."
    ));
    lines.join("\n")
}

/// Those that others can join at, private IPv4 first, virtual ones last, with their interface's
/// name; without loopback and link-local ones, which mean nothing to another device.
fn sorted(addresses: impl Iterator<Item = (IpAddr, String)>) -> Vec<(IpAddr, Option<String>)> {
    let mut ranked: Vec<_> = addresses
        .filter_map(|(ip, name)| Some((is_virtual(&name).then_some(name), rank(ip)?, ip)))
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().map(|(interface, _, ip)| (ip, interface)).collect()
}

/// Whether an interface of this name belongs to containers or virtual machines.
fn is_virtual(interface: &str) -> bool {
    // "vEthernet (WSL)" on Windows.
    const STARTS: &str = "docker br- veth virbr vmnet vbox lxc lxd podman cni";
    let name = interface.to_lowercase();
    STARTS.split(' ').any(|start| name.starts_with(start))
}

fn rank(ip: IpAddr) -> Option<u8> {
    match ip {
        _ if ip.is_loopback() || ip.is_unspecified() => None,
        IpAddr::V4(ip) if ip.is_link_local() => None,
        // Homes and offices first.
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
        let all = "::1 fe80::1 2001:db8::1 127.0.0.1 169.254.1.1 172.16.0.1 8.8.8.8 10.0.0.2 \
                   192.168.1.5 192.168.1.5";
        let named = |ip: &str, name: &str| Some((ip.parse().ok()?, name.to_owned()));
        let all = all.split_whitespace().filter_map(|ip| named(ip, "wlp2s0"));
        let all = named("192.168.122.1", "virbr0").into_iter().chain(all);
        let shown: Vec<_> = sorted(all.chain(named("172.17.0.1", "docker0")))
            .into_iter()
            .map(|(ip, name)| format!("{ip} {}", name.unwrap_or_default()).trim_end().to_owned())
            .collect();
        let real = ["192.168.1.5", "10.0.0.2", "172.16.0.1", "8.8.8.8", "2001:db8::1"];
        assert_eq!(shown[..5], real);
        assert_eq!(shown[5..], ["172.17.0.1 docker0", "192.168.122.1 virbr0"]);
        assert_eq!(url(IpAddr::V6(Ipv6Addr::LOCALHOST), 3000), "http://[::1]:3000");
        assert!(qr("http://192.168.1.5:3000").lines().count() > 10);
    }
}
