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

/// A text without the marks that make parts of it bold, struck or code: for where it is hinted at, and
/// looked for. [`super::markdown`] knows more of them.
#[must_use]
pub fn unmarked(text: &str) -> String {
    let mut plain = text.to_owned();
    for mark in ["```", "`", "**", "~~"] {
        let mut from = 0;
        while let Some((start, end)) = pair(&plain, mark, from) {
            plain.replace_range(end..end + mark.len(), "");
            plain.replace_range(start..start + mark.len(), "");
            from = end - mark.len();
        }
    }
    plain
}

/// Where the next two of these marks are that stand right at what is between them.
fn pair(text: &str, mark: &str, mut from: usize) -> Option<(usize, usize)> {
    loop {
        let start = from + text[from..].find(mark)?;
        let inner = start + mark.len();
        let end = inner + text[inner..].find(mark)?;
        let between = &text[inner..end];
        if !between.is_empty() && (mark == "```" || between.trim() == between) {
            return Some((start, end));
        }
        from = inner;
    }
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
    fn marks_in_pairs_are_left_out_and_nothing_else() {
        for (text, plain) in [
            ("**set-up** is ~~late~~ `now`", "set-up is late now"),
            ("早上**八点**见", "早上八点见"),
            ("```\nlet a = 2 ** 3;\n```", "\nlet a = 2 ** 3;\n"),
            ("2 ** 3 ** 4", "2 ** 3 ** 4"),
            ("**a** and ** b", "a and ** b"),
            ("****", "****"),
            ("__init__ 5*6*7", "__init__ 5*6*7"),
            ("**", "**"),
            ("", ""),
        ] {
            assert_eq!(unmarked(text), plain, "{text}");
        }
        let many = "` ".repeat(4_000);
        assert_eq!(unmarked(&many), many);
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
