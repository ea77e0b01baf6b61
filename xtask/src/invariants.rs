//! The repository's own rules that a search can check; docs/ARCHITECTURE.md says why they are.

use crate::{
    command,
    tools::WASM,
    workspace::{Workspace, files_below},
};
use anyhow::{Context, Result, bail};
use std::{collections::BTreeSet, fs};

/// Crates that only the server may have.
const SERVER_CRATES: &[&str] =
    &["tokio", "axum", "sqlx", "sqlx-core", "argon2", "image", "hyper", "quick_cache"];
/// How many files of `app/src` may choose by feature.
const MOST_GATES: usize = 5;

/// A name that only some folders may use.
struct Rule {
    /// What the source says when it uses it.
    marks: &'static [&'static str],
    allowed: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule { marks: &["sqlx::", "use sqlx", "#[sqlx"], allowed: &["app/src/server/db"] },
    Rule {
        marks: &["web_sys::", "use web_sys"],
        allowed: &["app/src/sync", "app/src/media", "app/src/ui"],
    },
];

/// Checks the source and the frontend's crates.
///
/// # Errors
/// With each rule that is broken, and where.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut sources = Vec::new();
    for folder in ["app/src", "src", "frontend/src"] {
        for file in files_below(&workspace.root.join(folder))? {
            let name = file.strip_prefix(&workspace.root)?.to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&file).with_context(|| format!("reading {name}"))?;
            sources.push((name, text));
        }
    }
    let mut broken = broken_in(&sources);
    let tree = ["tree", "--package", "frontend", "--target", WASM, "--edges", "normal"];
    let format = ["--prefix", "none", "--format", "{p}"];
    let tree = command::output(workspace.cargo().args(tree).args(format))?;
    broken.extend(server_crates_in(&tree).map(|name| format!("frontend: depends on {name}")));
    if !broken.is_empty() {
        bail!("The repository's rules are broken:\n  {}", broken.join("\n  "));
    }
    Ok(())
}

/// What breaks a rule in these files, each a path from the workspace's root and its text.
fn broken_in(sources: &[(String, String)]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut gates = BTreeSet::new();
    for (path, text) in sources {
        for (number, line) in (1..).zip(text.lines().map(without_comment)) {
            for rule in RULES.iter().filter(|rule| !rule.allowed.iter().any(|ok| within(path, ok)))
            {
                if let Some(mark) = rule.marks.iter().find(|mark| line.contains(**mark)) {
                    let allowed = rule.allowed.join(", ");
                    broken.push(format!("{path}:{number}: `{mark}` belongs in {allowed}"));
                }
            }
            if path.starts_with("app/src/") && line.contains("cfg") && line.contains("feature =") {
                gates.insert(path.as_str());
            }
        }
    }
    if gates.len() > MOST_GATES {
        let files = gates.into_iter().collect::<Vec<_>>().join(", ");
        broken.push(format!("more than {MOST_GATES} files choose by cfg(feature): {files}"));
    }
    broken
}

/// The folder's files, and the folder as one file: `app/src/ui` is also `app/src/ui.rs`.
fn within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") { "" } else { line }
}

fn server_crates_in(tree: &str) -> impl Iterator<Item = &str> {
    let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    names.into_iter().filter(|name| SERVER_CRATES.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(path: &str, text: &str) -> usize {
        broken_in(&[(path.into(), text.into())]).len()
    }

    #[test]
    fn sql_stays_in_its_folder() {
        assert_eq!(broken("app/src/room/api.rs", "use sqlx::Row;"), 1);
        assert_eq!(broken("src/main.rs", "let pool = sqlx::SqlitePool::connect();"), 1);
        assert_eq!(broken("app/src/server/dbx/a.rs", "use sqlx::Row;"), 1);
        assert_eq!(broken("app/src/server/db/rooms.rs", "use sqlx::Row;"), 0);
        assert_eq!(broken("app/src/room/api.rs", "/// Not `sqlx::Any`."), 0);
    }

    #[test]
    fn the_browser_stays_in_its_folders() {
        assert_eq!(broken("app/src/room/view.rs", "web_sys::window()"), 1);
        assert_eq!(broken("app/src/sync/poll.rs", "web_sys::window()"), 0);
        assert_eq!(broken("app/src/ui.rs", "web_sys::window()"), 0);
    }

    #[test]
    fn five_files_may_choose_by_feature() {
        let files = |count| -> Vec<_> {
            let file = |n| (format!("app/src/{n}.rs"), "#[cfg(feature = \"ssr\")]".to_owned());
            (0..count).map(file).collect()
        };
        assert_eq!(broken_in(&files(5)).len(), 0);
        assert_eq!(broken_in(&files(6)).len(), 1);
    }

    #[test]
    fn server_crates_are_seen_by_their_whole_name() {
        let tree = "leptos v0.8.23\ntokio v1.54.0\n    \naxum-core v0.5.0\nimage v0.25.10 (*)";
        assert_eq!(server_crates_in(tree).collect::<Vec<_>>(), ["image", "tokio"]);
    }
}
