//! Accounts: registering, logging in and out, sessions, passwords.

use crate::{
    database,
    harness::{Engine, Person, Server, on_both_engines, refusal},
};
use app::{
    account::{Admission, PASSWORD_MIN},
    server::{Registration, Settings},
    sync::Snapshot,
};
use reqwest::{
    Response,
    header::{RETRY_AFTER, SET_COOKIE},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

on_both_engines!(
    each_broken_rule_is_named_at_its_field,
    a_name_is_taken_whatever_its_case_and_width,
    a_wrong_name_and_a_wrong_password_are_told_alike_until_it_is_too_often,
    a_session_is_a_cookie_that_scripts_cannot_read_and_ends_on_the_server,
    under_https_the_cookie_is_bound_to_the_host,
    registration_can_be_closed,
    the_first_account_gives_the_code,
    a_new_password_ends_all_other_sessions,
    a_user_of_the_command_line_logs_in,
    an_expired_session_is_refused,
);

const PASSWORD: &str = "correct horse battery staple";

async fn register(person: &Person, name: &str, password: &str) -> Response {
    person.form("register", &[("name", name), ("password", password)]).await
}

async fn log_in(person: &Person, name: &str, password: &str) -> Response {
    person.form("login", &[("name", name), ("password", password)]).await
}

/// Whether the person's session counts: what a page would get.
async fn snapshot_status(person: &Person) -> u16 {
    person.get("/api/snapshot").send().await.expect("an answer").status().as_u16()
}

/// The session cookie that an answer sets: name, value and what follows.
fn cookie(response: &Response) -> (String, String, String) {
    let cookie = response.headers()[SET_COOKIE].to_str().expect("text");
    let (pair, rest) = cookie.split_once("; ").expect("attributes");
    let (name, value) = pair.split_once('=').expect("a value");
    (name.to_owned(), value.to_owned(), rest.to_owned())
}

async fn each_broken_rule_is_named_at_its_field(engine: Engine) {
    let server = Server::plain(engine).await;
    let person = server.client();
    let short = json!({"too_short": {"min": PASSWORD_MIN}});
    for (name, password, problems) in [
        ("", PASSWORD, json!([["name", "required"]])),
        ("a b", PASSWORD, json!([["name", "characters"]])),
        (&"字".repeat(31), PASSWORD, json!([["name", {"too_long": {"max": 30}}]])),
        ("ada", "k7f!", json!([["password", short], ["password", "common"]])),
        ("ada", "8391750264719", json!([["password", "only_digits"]])),
        ("lovelace", "xK9-lovelace-vT2", json!([["password", "like_name"]])),
        ("ada", "password123", json!([["password", "common"]])),
        ("a\u{200B}", "iloveyou1", json!([["name", "characters"], ["password", "common"]])),
    ] {
        let (status, error) = refusal(register(&person, name, password).await).await;
        assert_eq!((status, &error["error"]), (422, &json!("invalid")), "{name} {password}");
        let found = error["problems"].as_array().expect("problems").iter();
        let found: Vec<_> = found.map(|p| json!([p["field"], p["rule"]])).collect();
        assert_eq!(Value::from(found), problems, "{name} {password}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
    assert_eq!(database::number(server.url(), "SELECT COUNT(*) FROM users").await, 0);
    assert_eq!(snapshot_status(&person).await, 401);
    assert_eq!(register(&person, " 李雷 ", PASSWORD).await.status(), 200);
    let start: Snapshot = person.ask("snapshot").await;
    assert_eq!((start.me.name.as_str(), start.me.display_name.as_str()), ("李雷", "李雷"));
    assert_eq!((start.rooms.len(), start.rooms[0].members), (1, 1), "in the default group");
    let weak = [("current", PASSWORD), ("new", "password123")];
    let (status, error) = refusal(person.form("change_password", &weak).await).await;
    assert_eq!((status, &error["problems"][0]["rule"]), (422, &json!("common")));
}

async fn a_name_is_taken_whatever_its_case_and_width(engine: Engine) {
    let server = Server::plain(engine).await;
    server.person("Zoë").await;
    for name in ["Zoë", "ZOË", "zoe\u{308}", "Ｚｏë"] {
        let (status, error) = refusal(register(&server.client(), name, PASSWORD).await).await;
        assert_eq!((status, &error["error"]), (409, &json!("name_taken")), "{name}");
    }
    assert_eq!(register(&server.client(), "Zoe", PASSWORD).await.status(), 200, "another letter");
    for everybody in ["all", "ALL", "所有人"] {
        let (status, error) = refusal(register(&server.client(), everybody, PASSWORD).await).await;
        assert_eq!((status, &error["error"]), (409, &json!("name_taken")), "{everybody}");
    }
}

async fn a_wrong_name_and_a_wrong_password_are_told_alike_until_it_is_too_often(engine: Engine) {
    let server = Server::plain(engine).await;
    let owner = server.client();
    assert_eq!(register(&owner, "ada", PASSWORD).await.status(), 200);
    let wrong = refusal(log_in(&server.client(), "ada", "wrong").await).await;
    assert_eq!((wrong.0, &wrong.1["error"]), (401, &json!("wrong_login")));
    let unknown = refusal(log_in(&server.client(), "nobody", "wrong").await).await;
    assert_eq!(unknown, wrong, "same status, same body");
    assert_eq!(log_in(&server.client(), " ADA ", PASSWORD).await.status(), 200, "2nd of five");
    let mut attempts = 2;
    let refused = loop {
        let response = log_in(&server.client(), "Ada", "guess").await;
        attempts += 1;
        match response.status().as_u16() {
            401 => assert!(attempts < 50, "guesses without end"),
            _ => break response,
        }
    };
    assert!(attempts > 5, "{attempts}: five are free");
    let wait = response_wait(&refused);
    let (status, error) = refusal(refused).await;
    assert_eq!((status, &error["error"]), (429, &json!("too_many")));
    assert_eq!(error["retry_after"], wait);
    assert!((1..=12).contains(&wait), "{wait}");
    assert_eq!(log_in(&server.client(), "ada", PASSWORD).await.status(), 429, "right or wrong");
    assert_eq!(log_in(&server.client(), "bob", "guess").await.status(), 401, "another account");
    assert_eq!(snapshot_status(&owner).await, 200, "who is in stays in");
    let new = [("current", PASSWORD), ("new", "an entirely other sentence")];
    assert_eq!(owner.form("change_password", &new).await.status(), 200, "and may change it");
    for attempt in 2..=5 {
        assert_eq!(owner.form("change_password", &new).await.status(), 422, "{attempt}");
    }
    assert_eq!(owner.form("change_password", &new).await.status(), 429, "not without end either");
}

fn response_wait(response: &Response) -> u64 {
    response.headers()[RETRY_AFTER].to_str().expect("text").parse().expect("seconds")
}

async fn a_session_is_a_cookie_that_scripts_cannot_read_and_ends_on_the_server(engine: Engine) {
    let server = Server::plain(engine).await;
    let person = server.client();
    let (name, first, rest) = cookie(&register(&person, "ada", PASSWORD).await);
    assert_eq!((name.as_str(), first.len()), ("sampleim", 64), "256 bits");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(rest.split("; ").any(|part| part == attribute), "{attribute}: {rest}");
    }
    assert!(!rest.contains("Secure") && !rest.contains("Domain"), "{rest}");
    let stored = database::blobs(server.url(), "SELECT token_hash FROM sessions").await;
    let token: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&first[2 * at..2 * at + 2], 16).expect("hex"))
        .collect();
    assert_eq!(stored, [Sha256::digest(&token).to_vec()], "its hash only");
    // A planted token is not taken over: log-in makes a new one, and the old one ends.
    let (_, second, _) = cookie(&log_in(&person, "ada", PASSWORD).await);
    assert_ne!(first, second);
    let with = |token: &str| {
        let client = server.client();
        client.set_cookie(&format!("sampleim={token}; Path=/"));
        client
    };
    assert_eq!(snapshot_status(&with(&first)).await, 401);
    assert_eq!(snapshot_status(&with(&second)).await, 200);
    assert_eq!(snapshot_status(&with(&"0".repeat(64))).await, 401);
    let response = person.form("logout", &[("", "")]).await;
    assert_eq!(response.status(), 200);
    let (_, value, rest) = cookie(&response);
    assert!(value.is_empty() && rest.contains("Max-Age=0"), "{rest}");
    assert_eq!(snapshot_status(&with(&second)).await, 401, "ended on the server, too");
    assert_eq!(database::number(server.url(), "SELECT COUNT(*) FROM sessions").await, 0);
}

async fn under_https_the_cookie_is_bound_to_the_host(engine: Engine) {
    let data = Arc::new(tempfile::tempdir().expect("a temporary folder"));
    let url = database::fresh(engine, data.path()).await;
    let proxy = ["127.0.0.1".parse().expect("an address")];
    let server = Server::over(url, data, Settings::default(), &proxy).await;
    let person = server.client();
    let account = [("name", "ada"), ("password", PASSWORD)];
    let request = person.post("/api/register").header("x-forwarded-proto", "https").form(&account);
    let (name, token, rest) = cookie(&request.send().await.expect("an answer"));
    assert_eq!(name, "__Host-sampleim");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(rest.split("; ").any(|part| part == attribute), "{attribute}: {rest}");
    }
    let ask = async |proto: &str, cookie: &str| {
        let request = server.client().get("/api/snapshot").header("x-forwarded-proto", proto);
        let request = request.header("cookie", format!("{cookie}={token}"));
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(ask("https", "__Host-sampleim").await, 200);
    assert_eq!(ask("https", "sampleim").await, 401, "another host of the domain could have set it");
    assert_eq!(ask("http", "__Host-sampleim").await, 401);
}

async fn registration_can_be_closed(engine: Engine) {
    let settings = Settings { registration: Registration::Closed, ..Settings::default() };
    let server = Server::start(engine, settings).await;
    let (status, error) = refusal(register(&server.client(), "ada", PASSWORD).await).await;
    assert_eq!((status, &error["error"]), (403, &json!("registration_closed")));
    let gate: Admission = server.client().ask("gate").await;
    assert!(!gate.registration_open && !gate.needs_setup_code);
    assert_eq!(database::number(server.url(), "SELECT COUNT(*) FROM users").await, 0);
}

async fn the_first_account_gives_the_code(engine: Engine) {
    let code = "ABCD-2345";
    let settings = Settings { setup_code: Some(code.into()), ..Settings::default() };
    let server = Server::start(engine, settings).await;
    let gate: Admission = server.client().ask("gate").await;
    assert!(gate.needs_setup_code);
    for (given, rule) in [(None, "required"), (Some(" "), "required"), (Some("XXXX"), "wrong")] {
        let fields: Vec<_> = [("name", "ada"), ("password", PASSWORD)]
            .into_iter()
            .chain(given.map(|given| ("setup_code", given)))
            .collect();
        let (status, error) = refusal(server.client().form("register", &fields).await).await;
        assert_eq!(status, 422);
        assert_eq!(error["problems"], json!([{"field": "setup_code", "rule": rule}]));
    }
    let fields = [("name", "ada"), ("password", PASSWORD), ("setup_code", code)];
    assert_eq!(server.client().form("register", &fields).await.status(), 200);
    let admins = "SELECT COUNT(*) FROM users WHERE is_admin = TRUE";
    assert_eq!(database::number(server.url(), admins).await, 1);
    assert_eq!(register(&server.client(), "bob", PASSWORD).await.status(), 200, "asked only once");
    assert_eq!(database::number(server.url(), admins).await, 1);
    let gate: Admission = server.client().ask("gate").await;
    assert!(!gate.needs_setup_code);
}

async fn a_new_password_ends_all_other_sessions(engine: Engine) {
    let server = Server::plain(engine).await;
    let person = server.client();
    assert_eq!(register(&person, "ada", PASSWORD).await.status(), 200);
    let start: Snapshot = person.ask("snapshot").await;
    let elsewhere = server.session(start.me.id).await;
    let bystander = server.person("bob").await;
    let new = "an entirely other sentence";
    let change = |current: &'static str, new: &'static str| [("current", current), ("new", new)];
    for (current, new, field, rule) in
        [("x", new, "current_password", "wrong"), (PASSWORD, PASSWORD, "password", "unchanged")]
    {
        let (status, error) =
            refusal(person.form("change_password", &change(current, new)).await).await;
        let problems = error["problems"].as_array().expect("problems");
        let expected = json!({"field": field, "rule": rule});
        assert!(status == 422 && problems.contains(&expected), "{rule}: {problems:?}");
    }
    assert_eq!(snapshot_status(&elsewhere).await, 200, "nothing has changed yet");
    let response = person.form("change_password", &change(PASSWORD, new)).await;
    assert_eq!(response.status(), 200);
    assert_eq!(snapshot_status(&person).await, 200, "this browser stays in");
    assert_eq!(snapshot_status(&elsewhere).await, 401);
    assert_eq!(snapshot_status(&bystander).await, 200);
    assert_eq!(log_in(&server.client(), "ada", PASSWORD).await.status(), 401);
    assert_eq!(log_in(&server.client(), "ada", new).await.status(), 200);
}

async fn a_user_of_the_command_line_logs_in(engine: Engine) {
    let server = Server::plain(engine).await;
    let run = |arguments: &[&str], password: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sampleim"))
            .args(arguments)
            .env_clear()
            .env("SAMPLEIM_DATABASE_URL", server.url())
            .env("SAMPLEIM_DATA", server.data())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut input = child.stdin.take().expect("its standard input");
        // One that asks for no password may have ended already.
        let _ = writeln!(input, "{password}");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(
        run(&["user", "create", "Root", "--admin"], &format!("\u{feff}{PASSWORD}")),
        (true, String::new())
    );
    let (done, text) = run(&["user", "create", "root"], PASSWORD);
    assert!(!done && text.lines().count() == 1, "taken: {text}");
    let (done, text) = run(&["user", "create", "weak"], "12345678");
    assert!(!done && text.lines().count() == 1, "a weak password: {text}");
    let person = server.client();
    assert_eq!(log_in(&person, "root", PASSWORD).await.status(), 200);
    let start: Snapshot = person.ask("snapshot").await;
    assert_eq!((start.me.name.as_str(), start.rooms.len()), ("Root", 1));
    let admins = "SELECT COUNT(*) FROM users WHERE is_admin = TRUE";
    assert_eq!(database::number(server.url(), admins).await, 1);
    // Of a time when anybody could be called so.
    let everybody =
        database::execute(server.url(), "UPDATE users SET name = 'all', name_key = 'all'").await;
    assert_eq!(everybody, 1);
    assert_eq!(run(&["user", "password", "all"], "some other words"), (true, String::new()));
    database::execute(server.url(), "UPDATE users SET name = 'Root', name_key = 'root'").await;
    let new = "an entirely other sentence";
    assert_eq!(run(&["user", "password", "ROOT"], new), (true, String::new()));
    let (done, text) = run(&["user", "admin", "root", "--revoke"], "");
    assert!(!done && text.contains("the last administrator"), "{text}");
    let (done, text) = run(&["user", "password", "nobody"], "");
    assert!(
        !done && text.contains("no user named nobody"),
        "before a password is asked for: {text}"
    );
    let (done, text) = run(&["user", "admin", "nobody"], "");
    assert!(!done && text.contains("no user named nobody"), "{text}");
    assert_eq!(run(&["user", "create", "eva"], PASSWORD), (true, String::new()));
    assert_eq!(run(&["user", "admin", "Eva"], ""), (true, String::new()));
    assert_eq!(database::number(server.url(), admins).await, 2);
    assert_eq!(run(&["user", "admin", "root", "--revoke"], ""), (true, String::new()));
    assert_eq!(database::number(server.url(), admins).await, 1);
    assert_eq!(log_in(&server.client(), "root", PASSWORD).await.status(), 401);
    assert_eq!(log_in(&server.client(), "root", new).await.status(), 200);
    database::execute(server.url(), "UPDATE users SET disabled = TRUE").await;
    assert_eq!(log_in(&server.client(), "root", new).await.status(), 401);
    assert_eq!(run(&["user", "enable", "root"], ""), (true, String::new()));
    assert_eq!(log_in(&server.client(), "root", new).await.status(), 200);
    assert!(!run(&["user", "enable", "nobody"], "").0);
}

async fn an_expired_session_is_refused(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    assert_eq!(snapshot_status(&ada).await, 200);
    assert_eq!(database::execute(server.url(), "UPDATE sessions SET expires = 1").await, 1);
    server.app().end_believing();
    assert_eq!(snapshot_status(&ada).await, 401);
    let removed = server.app().db.delete_expired_sessions(app::server::now()).await;
    assert_eq!(removed, Ok(1), "and goes");
}
