//! Which part of a file is asked for (RFC 9110, 14). Pure.

use axum::http::{HeaderMap, header};
use http_range_header::{StartPosition, parse_range_header};

/// What of a file to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// These bytes: the first and the last.
    Part(u64, u64),
    /// It has none of the bytes that are asked for.
    Nothing,
}

/// What these headers ask for, of a file of this length whose `ETag` is `tag`. A range that cannot be
/// read is not there; of several ranges the whole is the answer, as it is where `If-Range` names
/// another file.
#[must_use]
pub fn wanted(headers: &HeaderMap, tag: &str, length: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_same = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let range = text(header::RANGE).filter(|_| is_same).map(parse_range_header);
    let Some(Ok(range)) = range else { return Wanted::Whole };
    let [one] = range.ranges.as_slice() else { return Wanted::Whole };
    if length == 0 {
        return Wanted::Nothing;
    }
    if matches!(one.start, StartPosition::FromLast(last) if last >= length) {
        return Wanted::Part(0, length - 1);
    }
    match range.validate(length).as_deref() {
        Ok([part]) => Wanted::Part(*part.start(), *part.end()),
        _ => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_part_is_what_is_asked_for() {
        let ask_of = |length: u64, range: &str, if_range: &str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [(header::RANGE, range), (header::IF_RANGE, if_range)] {
                if !value.is_empty() {
                    headers.insert(name, HeaderValue::from_str(value).unwrap());
                }
            }
            wanted(&headers, "\"ab\"", length)
        };
        let ask = |range: &str, if_range: &str| ask_of(100, range, if_range);
        for (range, expected) in [
            ("", Wanted::Whole),
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=10-19", Wanted::Part(10, 19)),
            ("bytes=90-", Wanted::Part(90, 99)),
            ("bytes=90-500", Wanted::Part(90, 99)),
            ("bytes=-10", Wanted::Part(90, 99)),
            ("bytes=-500", Wanted::Part(0, 99)),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=0-9,5-14", Wanted::Whole),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=x", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
        ] {
            assert_eq!(ask(range, ""), expected, "{range}");
        }
        for range in ["bytes=0-", "bytes=-1"] {
            assert_eq!(ask_of(0, range, ""), Wanted::Nothing, "{range} of an empty file");
        }
        assert_eq!(ask("bytes=1-2", "\"ab\""), Wanted::Part(1, 2));
        for other in ["\"cd\"", "W/\"ab\"", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            assert_eq!(ask("bytes=1-2", other), Wanted::Whole, "{other}");
        }
    }
}
