//! Nonsense for every server function: each is refused with a typed 4xx, none is a 500.

use crate::harness::{Engine, Person, Server, on_both_engines};
use axum::http::Method;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{RequestBuilder, Response, header::CONTENT_TYPE};
use serde_json::Value;

on_both_engines!(no_function_fails_on_nonsense, numbers_at_the_edge_are_refused_or_harmless);

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Bodies that no function can read, with what they say they are.
const UNREADABLE: &[(&str, &[u8])] = &[
    (JSON, b"{"),
    (JSON, b"[[[[[[[["),
    (JSON, b"{\"room\":\"\xff\xfe\"}"),
    (FORM, b"room=\xc3\x28"),
    (FORM, b"body=%ff%fe"),
    ("text/plain", b"room=1"),
    ("multipart/form-data; boundary=x", b"--x\r\n"),
    ("application/octet-stream", b"\0\x01\x02"),
    ("", b"room=1"),
];

/// Bodies that can be read, but name nothing that any function takes as it is.
const WRONG: &[(&str, &[u8])] = &[
    (FORM, b""),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b"7"),
    (FORM, b"====&&&&"),
    (FORM, b"room=&seq=&user=&lang=&theme=&media=x&held="),
    (FORM, b"room=x&seq=x&user=x&lang=x&theme=x&media=x"),
    (FORM, b"room[]=1&seq[]=1&user[]=1&room[a][b]=2"),
    (FORM, b"room=1.5&seq=1e9&user=0x1"),
    (FORM, b"room=99999999999999999999&seq=99999999999999999999&user=99999999999999999999"),
    (JSON, br#"{"held":{"a":1}}"#),
    (JSON, br#"{"held":[[1]]}"#),
    (JSON, br#"{"held":[["1","2"]]}"#),
    (JSON, br#"{"held":[[1,99999999999999999999]]}"#),
];

/// Functions that take nothing, or nothing that must be there: what is too much is not looked at.
const TAKES_NOTHING: &[&str] = &[
    "/api/logout",
    "/api/leave",
    "/api/sessions",
    "/api/end_other_sessions",
    "/api/emojis",
    "/api/gate",
    "/api/groups",
    "/api/people",
    "/api/people_by_id",
    "/api/search",
];

/// The functions of the product.
fn functions() -> impl Iterator<Item = (&'static str, Method)> {
    server_fn_paths().filter(|(path, _)| !path.starts_with("/api/test_"))
}

fn nonsense(
    person: &Person,
    path: &str,
    method: &Method,
    (kind, body): &(&str, &[u8]),
) -> RequestBuilder {
    if *method == Method::GET {
        // A GET has its arguments in its address; bytes that no address can have are encoded.
        let query: String = body
            .iter()
            .map(|byte| match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'=' | b'&' | b'[' | b']' | b'%' => {
                    char::from(*byte).to_string()
                }
                _ => format!("%{byte:02x}"),
            })
            .collect();
        return person.get(&format!("{path}?{query}"));
    }
    let request = person.post(path).body(body.to_vec());
    if kind.is_empty() { request } else { request.header(CONTENT_TYPE, *kind) }
}

/// Looks at an answer: not a fault of ours, and if it is an error, a typed one with a sentence.
async fn looked_at(response: Response, what: &str) -> u16 {
    let status = response.status().as_u16();
    let text = response.text().await.expect("text");
    // A panic would be a 500, too.
    assert!(status < 500, "{what}: {status} {text}");
    if status >= 400 {
        let error: Value = serde_json::from_str(&text).unwrap_or_default();
        let has = |name: &str| error[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(has("error") && has("message"), "{what}: {status} {text}");
    }
    status
}

/// Whether an input can be read at all. In an address nothing but what is not UTF-8 cannot.
fn is_readable(input: &(&str, &[u8]), method: &Method) -> bool {
    WRONG.contains(input)
        || *method == Method::GET && input.0 == JSON && std::str::from_utf8(input.1).is_ok()
}

async fn no_function_fails_on_nonsense(engine: Engine) {
    let server = Server::plain(engine).await;
    for (number, (path, method)) in functions().enumerate() {
        let id = server.person(&format!("person{number}")).await.id;
        for input in UNREADABLE.iter().chain(WRONG) {
            if method == Method::GET && ![FORM, JSON].contains(&input.0) {
                continue; // It would be as a form: an address does not say what it is.
            }
            // A new session each time: one of the functions ends it.
            let person = server.session(id).await;
            let what =
                format!("{method} {path} {} {:?}", input.0, String::from_utf8_lossy(input.1));
            let response = nonsense(&person, path, &method, input).send().await;
            let status = looked_at(response.expect("an answer"), &what).await;
            if !is_readable(input, &method) {
                assert_eq!(status, 400, "{what}");
            } else if TAKES_NOTHING.contains(&path) || path == "/api/snapshot" {
                assert!(matches!(status, 200 | 400), "{what}: {status}");
            } else if path == "/api/set_avatar" {
                // No picture is a picture, too: it removes one's own.
                assert!(matches!(status, 200 | 400 | 404), "{what}: {status}");
            } else {
                assert!(matches!(status, 400 | 404 | 422), "{what}: {status}");
            }
        }
    }
}

async fn numbers_at_the_edge_are_refused_or_harmless(engine: Engine) {
    let server = Server::plain(engine).await;
    let numbers = ["0", "-1", "-9223372036854775808", "9223372036854775807"];
    let ada = server.person("ada").await;
    for (place, number) in numbers.into_iter().enumerate() {
        // All of it is more than one person may do at once.
        let bob = server.person(&format!("bob{place}")).await;
        for (function, fields, expected) in [
            ("open_direct", vec![("user", number)], 404),
            ("mark_read", vec![("room", number), ("seq", "1")], 404),
            ("mark_read", vec![("room", "1"), ("seq", number)], 200),
            ("edit", vec![("room", number), ("seq", "1"), ("body", "x")], 404),
            ("edit", vec![("room", "1"), ("seq", number), ("body", "x")], 404),
            ("delete", vec![("room", "1"), ("seq", number)], 404),
            ("set_avatar", vec![("media", number)], 404),
            ("join_group", vec![("room", number)], 404),
            ("leave_group", vec![("room", number)], 404),
            ("add_members", vec![("room", number), ("people[0]", "1")], 404),
            ("remove_member", vec![("room", "1"), ("user", number)], 404),
            ("set_role", vec![("room", "1"), ("user", number), ("role", "member")], 404),
        ] {
            let what = format!("{function} {fields:?}");
            let response = bob.form(function, &fields).await;
            assert_eq!(looked_at(response, &what).await, expected, "{what}");
        }
        for (query, expected) in [
            (format!("history?room={number}"), 404),
            (format!("history?room=1&before={number}"), 200),
            (format!("history?room=1&after={number}"), 200),
            (format!("history?room=1&before=1&after={number}"), 400),
            (format!("quoted?room={number}"), 404),
            (format!("quoted?room=1&places[0]={number}"), 200),
            (format!("members?room={number}"), 404),
            (format!("snapshot?open={number}&before={number}"), 200),
            (format!("people_by_id?ids[0]={number}"), 200),
            (
                format!("poll?cursor={number}.{number}.{number}"),
                if number.starts_with('-') { 400 } else { 200 },
            ),
        ] {
            let response = ada.get(&format!("/api/{query}")).send().await.expect("an answer");
            assert_eq!(looked_at(response, &query).await, expected, "{query}");
        }
        let held = format!(r#"{{"held":[[{number},{number}],[1,{number}]]}}"#);
        let resync = ada.post("/api/resync").header(CONTENT_TYPE, JSON).body(held.clone());
        assert_eq!(looked_at(resync.send().await.expect("an answer"), &held).await, 200);
    }
    // Texts that other programs have stumbled over.
    for after in ["%00", "'%20OR%201=1%20--", "%25", "_", "%F0%9F%98%80", &"x".repeat(5_000)] {
        let query = format!("people?after={after}");
        let response = ada.get(&format!("/api/{query}")).send().await.expect("an answer");
        assert_eq!(looked_at(response, &query).await, 200, "{query}");
    }
    for client_id in ["", "x", &"A".repeat(32), &"0".repeat(33), &"0".repeat(9_000)] {
        let fields = [("room", "1"), ("client_id", client_id), ("body", "x")];
        assert_eq!(looked_at(ada.form("send", &fields).await, client_id).await, 400);
    }
    let many: Vec<_> = (0..2_000).map(|number| format!("ids[{number}]={number}")).collect();
    let query = format!("people_by_id?{}", many.join("&"));
    let response = ada.get(&format!("/api/{query}")).send().await.expect("an answer");
    looked_at(response, "2,000 ids").await;
}
