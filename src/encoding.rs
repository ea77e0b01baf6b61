//! `Accept-Encoding` (RFC 9110, 12.5.3): which stored form of a file to send.

/// How a stored file is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// The best first.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// Its name in `Content-Encoding`; identity is not named there.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What its file's name ends in.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// The stored coding that the reader likes best; of equals, the smallest. Identity where nothing is
/// acceptable: an answer that can be ignored is better than none.
#[must_use]
pub fn choose(accept: Option<&str>, stored: impl Fn(Coding) -> bool) -> Coding {
    let Some(accept) = accept else { return Coding::Identity };
    Coding::ALL
        .into_iter()
        .filter(|coding| stored(*coding))
        .map(|coding| (coding, weight(accept, coding)))
        .filter(|(_, weight)| *weight > 0)
        // `max_by_key` takes the last of equals; `ALL` begins with the best.
        .rev()
        .max_by_key(|(_, weight)| *weight)
        .map_or(Coding::Identity, |(coding, _)| coding)
}

/// How much a coding is liked, in thousandths; 0 is a refusal. Identity that is not mentioned is
/// acceptable, but comes last.
fn weight(accept: &str, coding: Coding) -> u32 {
    let name = coding.name().unwrap_or("identity");
    let mut any = None;
    for entry in accept.split(',') {
        let (token, parameter) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let token = token.trim();
        let weight = thousandths(parameter);
        if token.eq_ignore_ascii_case(name) || token.eq_ignore_ascii_case(&format!("x-{name}")) {
            return weight;
        }
        if token == "*" {
            any = Some(weight);
        }
    }
    any.unwrap_or(u32::from(coding == Coding::Identity))
}

/// A `q` parameter in thousandths; what is not one counts as a refusal.
fn thousandths(parameter: &str) -> u32 {
    let parameter = parameter.trim();
    let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    match value.and_then(|value| value.trim().parse::<f32>().ok()) {
        Some(weight) if (0.0..=1.0).contains(&weight) => (weight * 1_000.0) as u32,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_s_favourite_is_sent_if_it_is_stored() {
        let of = |accept| choose(Some(accept), |_| true);
        assert_eq!(of("gzip, deflate, br, zstd"), Coding::Brotli);
        assert_eq!(of("gzip"), Coding::Gzip);
        assert_eq!(of("br;q=0.5, gzip;q=0.9"), Coding::Gzip);
        assert_eq!(of("br;q=0, gzip;q=0"), Coding::Identity);
        assert_eq!(of("*"), Coding::Brotli);
        assert_eq!(of("*;q=0.1, br;q=0"), Coding::Gzip);
        assert_eq!(of("identity, br;q=0.2"), Coding::Identity);
        assert_eq!(of("BR ; q=1.0"), Coding::Brotli);
        assert_eq!(of("br;q=x"), Coding::Identity);
        assert_eq!(of(""), Coding::Identity);
        assert_eq!(choose(None, |_| true), Coding::Identity);
        assert_eq!(choose(Some("br, gzip"), |coding| coding != Coding::Brotli), Coding::Gzip);
    }
}
