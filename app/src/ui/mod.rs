//! What several features show: no server calls here.

pub mod address;
pub mod avatar;
pub mod browser;
pub mod confirm;
pub mod erased;
pub mod form;
pub mod grid;
pub mod icon;
pub mod notice;
pub mod page;
pub mod scroll;
pub mod search;
pub mod steps;
pub mod sure;
pub mod time;
pub mod typing;

/// A text within an address or a header: all but letters, digits and a few signs as percent signs and
/// two digits (RFC 3986, 2.1).
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            encoded + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => encoded + &format!("%{byte:02X}"),
    })
}

/// A number of bytes for people: `10 MB`, `1.5 MB`, `300 kB` (decimal units).
#[must_use]
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{} kB", count / 1_000),
        _ if count.is_multiple_of(1_000_000) => format!("{} MB", count / 1_000_000),
        _ => {
            let tenths = (count + 50_000) / 100_000;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}
