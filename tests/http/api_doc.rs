//! docs/API.md: each of its examples is run with curl, in order, and answers with the status that
//! is written in it; each server function has a section.

use crate::{
    harness::{Engine, Server, on_both_engines},
    media::PNG,
};
use leptos::server_fn::axum::server_fn_paths;
use reqwest::cookie::CookieStore;
use std::{collections::BTreeSet, fs, path::Path, process::Command};
use tokio::task::spawn_blocking;

on_both_engines!(each_example_answers_as_it_says);

const DOCUMENT: &str = include_str!("../../docs/API.md");

/// An example: what is in its fence, and the heading that it stands under.
struct Example {
    heading: String,
    script: String,
    /// What its first line says: `# 200`.
    status: String,
}

fn examples() -> Vec<Example> {
    let (mut heading, mut script, mut examples) = (String::new(), None, Vec::new());
    for line in DOCUMENT.lines() {
        match (&mut script, line) {
            (None, "```sh") => script = Some(String::new()),
            (None, line) if line.starts_with('#') => heading = line.to_owned(),
            (None, _) => {}
            (Some(_), "```") => {
                let script = script.take().unwrap_or_default();
                let first = script.lines().next().unwrap_or_default();
                let status = first.strip_prefix("# ").unwrap_or_else(|| {
                    panic!("{heading}: its example must begin with a line like `# 200`")
                });
                let status = status.to_owned();
                examples.push(Example { heading: heading.clone(), script, status });
            }
            (Some(script), line) => *script += &format!("{line}\n"),
        }
    }
    examples
}

/// Runs an example where its files are; returns the status of its last answer, and all it printed.
fn run(example: &Example, url: &str, folder: &Path) -> (String, String) {
    let output = Command::new("sh")
        .args(["-c", &example.script])
        .current_dir(folder)
        // The folder's `.curlrc` makes curl print the status after each answer.
        .env("CURL_HOME", folder)
        .env("URL", url)
        .env("no_proxy", "*")
        .output()
        .expect("a shell runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let status = text.trim_end().lines().last().unwrap_or_default().to_owned();
    (status, format!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}

async fn each_example_answers_as_it_says(engine: Engine) {
    assert!(
        Command::new("curl").arg("--version").output().is_ok(),
        "the examples of docs/API.md are run with curl: install it (apt-get install curl)"
    );
    let server = Server::plain(engine).await;
    assert_eq!(server.person("bob").await.id.0, 1, "the document speaks of a person with id 1");
    let root = server.administrator("root").await;
    assert_eq!(root.id.0, 2, "and of an administrator");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes);
    write(".curlrc", b"silent\nwrite-out = \"\\n%{http_code}\\n\"\n").expect("a file");
    write("cat.png", PNG).expect("a file");
    let cookie = root.jar.cookies(&root.base.parse().expect("an address")).expect("a cookie");
    let (name, value) = cookie.to_str().expect("text").split_once('=').expect("a pair");
    // As curl keeps them: domain, with its subdomains, path, https alone, end, name, value.
    let jar = format!("127.0.0.1\tFALSE\t/\tFALSE\t0\t{name}\t{value}\n");
    write("administrator", jar.as_bytes()).expect("a file");
    let (path, url) = (folder.path().to_owned(), format!("http://{}", server.address));
    let run_all = move || {
        for example in examples() {
            let (status, text) = run(&example, &url, &path);
            assert_eq!(status, example.status, "{}\n{}{text}", example.heading, example.script);
        }
    };
    spawn_blocking(run_all).await.expect("each example answers as it says");
}

#[test]
fn each_function_has_a_section_with_an_example() {
    let documented: BTreeSet<_> = examples().into_iter().map(|example| example.heading).collect();
    let functions: BTreeSet<_> = server_fn_paths()
        .filter(|(path, _)| !path.starts_with("/api/test_"))
        .map(|(path, method)| format!("### `{method} {path}`"))
        .collect();
    assert!(functions.len() > 15, "{functions:?}");
    let missing: Vec<_> = functions.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/API.md has no section, or no example, for {missing:?}");
    let plain =
        ["POST /api/media", "GET /media/{id}", "GET /media/{id}/thumb", "GET /healthz"].iter();
    let plain: Vec<_> = plain.map(|route| format!("### `{route}`")).collect();
    assert!(plain.iter().all(|heading| documented.contains(heading)), "the plain routes, too");
    let known = |heading: &&String| functions.contains(*heading) || plain.contains(heading);
    let gone: Vec<_> = documented.iter().filter(|heading| !known(heading)).collect();
    assert!(gone.is_empty(), "docs/API.md speaks of what is not there: {gone:?}");
}
