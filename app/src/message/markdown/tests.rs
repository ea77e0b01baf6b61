use super::*;
use proptest::prelude::*;

/// A text without its marks, in one line.
fn plain(text: &str) -> String {
    let mut words = String::new();
    parse(text).iter().for_each(|block| block.read(&mut words));
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Block {
    fn read(&self, words: &mut String) {
        match self {
            Self::Lines(line) => line.iter().for_each(|inline| inline.read(words)),
            Self::Quote(inner) => inner.iter().for_each(|block| block.read(words)),
            Self::Code { language, code } => words.extend([language, " ", code]),
            Self::List(items) => {
                for Item { number, blocks } in items {
                    words.push(' ');
                    words.extend(number.map(|number| format!("{number}. ")));
                    blocks.iter().for_each(|block| block.read(words));
                }
            }
        }
        words.push(' ');
    }
}

impl Inline {
    fn read(&self, words: &mut String) {
        match self {
            Self::Words(text) | Self::Code(text) => words.push_str(text),
            Self::Link { label, address } if label == address => words.push_str(label),
            Self::Link { label, address } => words.extend([label, " ", address]),
            Self::Strong(inner) | Self::Emphasis(inner) | Self::Strike(inner) => {
                inner.iter().for_each(|inline| inline.read(words));
            }
        }
    }
}

/// The tree as a text: elements by the names that HTML has for them.
fn shape(text: &str) -> String {
    parse(text).iter().map(block_shape).collect()
}

fn block_shape(block: &Block) -> String {
    match block {
        Block::Lines(line) => format!("p({})", line_shape(line)),
        Block::Quote(inner) => {
            format!("quote({})", inner.iter().map(block_shape).collect::<String>())
        }
        Block::Code { language, code } => format!("pre({language}: {code})"),
        Block::List(items) => items
            .iter()
            .map(|Item { number, blocks }| {
                let mark = number.map_or("-".to_owned(), |number| number.to_string());
                format!("{mark}({})", blocks.iter().map(block_shape).collect::<String>())
            })
            .collect(),
    }
}

fn line_shape(line: &[Inline]) -> String {
    line.iter()
        .map(|inline| match inline {
            Inline::Words(words) => words.clone(),
            Inline::Code(code) => format!("code({code})"),
            Inline::Link { label, address } if label == address => format!("a({address})"),
            Inline::Link { label, address } => format!("a({label}: {address})"),
            Inline::Strong(inner) => format!("b({})", line_shape(inner)),
            Inline::Emphasis(inner) => format!("i({})", line_shape(inner)),
            Inline::Strike(inner) => format!("s({})", line_shape(inner)),
        })
        .collect()
}

#[test]
fn an_address_has_brackets_of_its_own_and_no_mark_that_was_opened_before_it() {
    let wiki = "https://en.wikipedia.org/wiki/Foo_(bar)";
    let link = |label: &str, address: &str| {
        Block::Lines(vec![Inline::Link { label: label.into(), address: address.into() }])
    };
    assert_eq!(parse(&format!("[w]({wiki})")), [link("w", wiki)]);
    assert_eq!(
        parse("https://a.example/x_"),
        [link("https://a.example/x_", "https://a.example/x_")]
    );
    let inner =
        Inline::Link { label: "https://a.example/x".into(), address: "https://a.example/x".into() };
    assert_eq!(parse("_https://a.example/x_"), [Block::Lines(vec![Inline::Emphasis(vec![inner])])]);
}

#[test]
fn the_words_of_a_text_are_those_that_are_no_code_and_no_address() {
    let text = "one **two**\n> three `four`\n- five https://a.example\n```\nsix\n```";
    let words = words(&parse(text));
    assert_eq!(words.split_whitespace().collect::<Vec<_>>(), ["one", "two", "three", "five"]);
}

#[test]
fn marks_of_a_quotation_alone_are_words() {
    assert_eq!(shape("a\n>\n>\nb"), shape("a\n>\n>\nb").replace("quote", ""));
    assert!(shape("a\n>\n> b").contains("quote("));
    let all = ">\n".repeat(100);
    assert!(!shape(&all).contains("quote(") && shape(&(all + "> b")).contains("quote("));
}

#[test]
fn marks_stand_around_words() {
    for (text, expected) in [
        ("**bold** *it* _it_ ~~no~~ `a*b*`", "b(bold) i(it) i(it) s(no) code(a*b*)"),
        ("你**好**吗，~~不~~", "你b(好)吗，s(不)"),
        ("*it **both** it* ***x***", "i(it b(both) it) b(i(x))"),
        ("``a ` b`` ` c `", "code(a ` b) code(c)"),
        ("**see https://a.example/b**", "b(see a(https://a.example/b))"),
        ("https://a.example/snake_case_x", "a(https://a.example/snake_case_x)"),
        ("[the docs](https://a.example)", "a(the docs: https://a.example)"),
    ] {
        assert_eq!(shape(text), format!("p({expected})"));
    }
}

#[test]
fn what_is_no_mark_stays_as_it_was_typed() {
    for text in [
        "**open *never ~~closed `here",
        "snake_case_name and 2*3*4 or 2 * 3 * 4",
        "(*^_^*) ^_^ ¯\\_(ツ)_/¯ ____ **",
        "[x](javascript:alert(1)) [x](data:text/html,y) [](z)",
        "- \n>_< >a\n2026. a year\n-5 degrees",
        "```\nnever closed",
        "<b>&amp;</b>",
    ] {
        assert_eq!(shape(text), format!("p({text})"));
    }
    let disguised = "[https://bank.example](https://evil.example)";
    assert!(shape(disguised).contains("a(https://bank.example)"), "{}", shape(disguised));
}

#[test]
fn blocks_stand_on_lines_of_their_own() {
    for (text, expected) in [
        ("a\nb\n\n> c\n>\n> > d\ne", "p(a\nb)quote(p(c)quote(p(d)))p(e)"),
        ("```rust\nlet a = *b*;\n\n  c\n```\nend", "pre(rust: let a = *b*;\n\n  c)p(end)"),
        ("- a\n- b\n  - c\n  d\n* e", "-(p(a))-(p(b)-(p(c))p(d))-(p(e))"),
        ("3. a\n   b\n4) **c**\n- d", "3(p(a\nb))4(p(b(c)))-(p(d))"),
        ("> - `a`", "quote(-(p(code(a))))"),
    ] {
        assert_eq!(shape(text), expected);
    }
    assert!(!may_be_marked("plain, snake_case 2*3\nhttp://a.example"));
    assert_eq!(plain("**a**\n> b\n1. [c](http://d.example)"), "a b 1. c http://d.example");
}

#[test]
fn the_worst_texts_are_parsed_at_once() {
    let part =
        ["*a ", "**a _b ", "> ", "- ", "  ", "`", "[a](", "[", "*^ ", "```x\n", ">\n", "`a``"];
    let started = std::time::Instant::now();
    for part in part {
        let text = part.repeat(8_000 / part.len());
        assert!(!plain(&text).is_empty() || text.trim().is_empty());
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn no_character_is_lost(
        text in r"([ab你 \n]|[*_~`>\[\]()-]|\*\*|~~|```\n|\n> |\n- |\n1\. |http://a\.b/c){0,60}|.{0,80}",
    ) {
        let read = |text: &str| {
            text.chars()
                .filter(|c| !c.is_whitespace() && !"*_~`>-[]().".contains(*c))
                .collect::<String>()
        };
        prop_assert_eq!(read(&plain(&text)), read(&text));
        let is_link = |inline: &Inline| {
            matches!(inline, Inline::Link { label, address } if label == address)
        };
        let is_plain = parse(&text).iter().all(|block| match block {
            Block::Lines(line) => {
                line.iter().all(|inline| is_link(inline) || matches!(inline, Inline::Words(_)))
            }
            _ => false,
        });
        prop_assert!(is_plain || may_be_marked(&text));
    }
}

#[test]
fn a_text_of_thousands_of_marks_stays_as_it_was_typed() {
    for text in ["```\n".repeat(2_000), "- a\n".repeat(2_000), "*a* ".repeat(2_000)] {
        assert_eq!(parse(&text), [Block::Lines(vec![Inline::Words(text)])]);
    }
    let long = format!("- {}\n", "words ".repeat(6)).repeat(200);
    assert!(matches!(&parse(&long)[..], [Block::List(items)] if items.len() == 200));
    let linked = format!("{}https://a.example", "> x\n\n".repeat(600));
    let link = |inline: &Inline| matches!(inline, Inline::Link { .. });
    assert!(matches!(&parse(&linked)[..], [Block::Lines(line)] if line.iter().any(link)));
}
