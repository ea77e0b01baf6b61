//! A message's text in pieces: words and links. Never markup.

use linkify::{LinkFinder, LinkKind};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    /// An `http` or `https` address.
    Link(&'a str),
}

/// The pieces of a text, in order; together they are the text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut finder = LinkFinder::new();
    // Chinese words follow an address without a space.
    finder.kinds(&[LinkKind::Url]).url_can_be_iri(false);
    finder
        .spans(text)
        .map(|span| match span.kind() {
            Some(_) if is_web(span.as_str()) => Piece::Link(span.as_str()),
            _ => Piece::Words(span.as_str()),
        })
        .collect()
}

fn is_web(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let link = |piece| match piece {
            Piece::Link(address) => Some(address),
            Piece::Words(_) => None,
        };
        pieces(text).into_iter().filter_map(link).collect()
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(links("see http://192.168.1.20:3000/docs."), ["http://192.168.1.20:3000/docs"]);
        assert_eq!(links("文档在https://a.example/b?c=1，请看"), ["https://a.example/b?c=1"]);
        assert_eq!(
            links("HTTPS://A.EXAMPLE (http://b.example)"),
            ["HTTPS://A.EXAMPLE", "http://b.example"]
        );
        for text in [
            "javascript:alert(1)",
            "javascript://a.example/%0aalert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "a@b.example",
            "file:///etc/passwd",
        ] {
            assert_eq!(links(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn no_character_is_lost() {
        let text = "a http://b.example c\n<b>&amp;</b> http://";
        let whole: String = pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Words(text) | Piece::Link(text) => text,
            })
            .collect();
        assert_eq!(whole, text);
    }
}
