//! Runs the program, and looks at what it did.

use crate::database::texts;
use app::server::db::tables::{LEFT_OUT, is_index};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process,
};

/// Runs the program with these words and this file.
pub fn sampleim(url: &str, data: &Path, words: &[&str], file: &Path) -> process::Output {
    process::Command::new(env!("CARGO_BIN_EXE_sampleim"))
        .args(["--database-url", url])
        .arg("--data")
        .arg(data)
        .args(words)
        .arg(file)
        .env_clear()
        .stdin(process::Stdio::null())
        .output()
        .expect("the program runs")
}

/// What it said at the end.
#[track_caller]
pub fn succeeds(output: &process::Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Each table that a backup has, its rows as text, in one order on both databases.
pub async fn all_rows(url: &str) -> BTreeMap<String, Vec<String>> {
    let columns = if url.starts_with("sqlite:") {
        "SELECT t.name || '.' || c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT CAST(CONCAT(table_name, '.', column_name) AS CHAR) \
         FROM information_schema.columns WHERE table_schema = DATABASE()"
    };
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in texts(url, columns).await {
        let (table, column) = column.split_once('.').expect("a table and a column");
        if is_index(table, column) {
            continue;
        }
        tables.entry(table.to_owned()).or_default().insert(column.to_owned());
    }
    let mut all = BTreeMap::new();
    for (table, columns) in tables {
        if LEFT_OUT.contains(&table.as_str()) || table == "_sqlx_migrations" {
            continue;
        }
        let texts_of = columns.iter().map(|c| format!("'{c}', COALESCE(CAST({c} AS CHAR), '∅')"));
        let row = texts_of.collect::<Vec<_>>().join(", ");
        let mut rows = texts(url, &format!("SELECT CONCAT_WS('|', {row}) FROM {table}")).await;
        rows.sort();
        all.insert(table, rows);
    }
    all
}

/// The files below a folder, by their names with `/`, and what is in them.
pub fn all_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            let below = all_files(&path).into_iter();
            files.extend(below.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            files.insert(name, fs::read(path).expect("a file"));
        }
    }
    files
}

/// Only its owner reads the file.
#[cfg(unix)]
pub fn private(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
}

/// Windows has other rights.
#[cfg(not(unix))]
pub fn private(_: &Path) {}
