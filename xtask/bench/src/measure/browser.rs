//! The page in a browser; `end2end/bench/page.mjs` drives it.

use super::Bench;
use crate::{
    generate::{Group, LOBBY, Plan},
    people::Person,
    report::Measured,
};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{path::Path, process::Command};
use tokio::task::block_in_place;
use xtask::{command, tools};

/// The script's folder and its packages are at the workspace's root.
const SCRIPT: &str = "end2end/bench/page.mjs";
const PACKAGES: &str = "end2end/node_modules/playwright-core";
/// As the page of `ssr_page_rps`: groups beside the one that everyone joins.
const GROUPS: usize = 19;
/// The room that is open.
const OPEN: i64 = 2;
/// Who writes while a tab is open: one alone may send ten a second.
const WRITERS: i64 = 100;

/// `first_load_bytes`, `first_paint_ms` and `interactive_ms`, each round with an empty cache.
///
/// # Errors
/// If it cannot be measured.
pub async fn load(bench: &Bench) -> Result<Vec<Measured>> {
    #[derive(Deserialize)]
    struct Load {
        bytes: f64,
        paint: f64,
        interactive: f64,
    }
    let group = Group { members: 1..17, messages: 100 };
    let plan = Plan { people: 16, lobby: 100, groups: vec![group; GROUPS], found: false };
    let world = bench.world(&plan, &["--log-level", "warn"]).await?;
    let url = format!("http://{}/room/{OPEN}", world.address());
    let loads: Vec<Load> = run(&json!({
        "mode": "load",
        "url": url,
        "cookie": Person(1).cookie(),
        "rounds": bench.rounds(),
    }))?;
    let all = |part: fn(&Load) -> f64| loads.iter().map(part).collect::<Vec<_>>();
    let way = "1.6 Mbit/s, 150 ms, processor slowed 4 times";
    Ok(vec![
        Measured::median("first_load_bytes", &all(|load| load.bytes / 1000.0), String::new()),
        Measured::median("first_paint_ms", &all(|load| load.paint), way.into()),
        Measured::median("interactive_ms", &all(|load| load.interactive), way.into()),
    ])
}

/// `tab_10k_nodes`, `tab_10k_heap` and `tab_10k_key_p99`.
///
/// # Errors
/// If it cannot be measured.
pub async fn tab(bench: &Bench) -> Result<Vec<Measured>> {
    #[derive(Deserialize)]
    struct Tab {
        messages: u64,
        nodes: f64,
        attached: u64,
        elements: u64,
        heap: f64,
        wasm: f64,
        keys: Vec<f64>,
    }
    let plan = Plan { people: WRITERS, lobby: 100, groups: vec![], found: false };
    let world = bench.world(&plan, &["--log-level", "warn"]).await?;
    let cookies: Vec<_> = (1..=WRITERS).map(|id| Person(id).cookie()).collect();
    let mut tab: Tab = run(&json!({
        "mode": "tab",
        "url": format!("http://{}/room/{LOBBY}", world.address()),
        "api": format!("http://{}/api/", world.address()),
        "room": LOBBY,
        "cookie": Person(1).cookie(),
        "writers": cookies,
        "messages": 10_000,
        // Below the hundred in an answer, four times a second, from which on a page leaves out.
        "rate": if bench.quick { 350 } else { 250 },
    }))?;
    ensure!(!tab.keys.is_empty(), "no key was pressed");
    tab.keys.sort_by(f64::total_cmp);
    let p99 = tab.keys[tab.keys.len() * 99 / 100];
    let (median, count) = (tab.keys[tab.keys.len() / 2], tab.keys.len());
    let megabytes = |bytes: f64| bytes / 1e6;
    let nodes = format!(
        "{} in the document, {} of them elements, after {} messages",
        tab.attached, tab.elements, tab.messages
    );
    let heap = format!("JavaScript {:.1}, WASM {:.1}", megabytes(tab.heap), megabytes(tab.wasm));
    Ok(vec![
        Measured::one("tab_10k_nodes", tab.nodes, nodes),
        Measured::one("tab_10k_heap", megabytes(tab.heap + tab.wasm), heap),
        Measured::one("tab_10k_key_p99", p99, format!("{count} keys, median {median:.1} ms")),
    ])
}

/// Runs the script with these arguments; what it prints is its answer.
fn run<T: DeserializeOwned>(arguments: &Value) -> Result<T> {
    ensure!(
        Path::new(PACKAGES).is_dir(),
        "{PACKAGES} is missing: run `npm ci` in end2end, or `cargo xtask test`"
    );
    let mut node = Command::new(tools::find(&["node"]).context("Node is missing")?);
    // Not an argument: other programs can see those, and an error shows them.
    node.arg(SCRIPT).env("BENCH_PAGE", arguments.to_string());
    let said = block_in_place(|| command::output(&mut node))?;
    serde_json::from_str(&said).with_context(|| format!("the browser's script said: {said}"))
}
