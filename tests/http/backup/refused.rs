//! What backup and restore refuse, in one sentence and with nothing half done.

use super::{
    archives::{Entry, LINK, digits, entries_of, packed},
    look::{all_files, all_rows, sampleim, succeeds},
    upload,
};
use crate::{
    database,
    harness::{Engine, Server, on_both_engines},
};
use app::server::db::tables::Table;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};
use tempfile::TempDir;

on_both_engines!(
    a_file_that_is_there_is_not_written_over,
    what_is_no_whole_backup_is_refused_before_anything_is_made,
    what_leads_out_of_the_folder_is_refused,
    what_this_program_does_not_know_is_refused,
    what_fails_on_the_way_leaves_nothing,
    a_backup_of_an_older_program_gets_defaults,
);

/// A server with a person and their picture, and a backup of it.
struct Taken {
    server: Server,
    engine: Engine,
    folder: TempDir,
    file: PathBuf,
}

impl Taken {
    async fn new(engine: Engine) -> Self {
        let server = Server::plain(engine).await;
        upload(&server.person("ada").await, "avatar").await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backup");
        succeeds(&sampleim(server.url(), server.data(), &["backup"], &file));
        Self { server, engine, folder, file }
    }

    /// The same archive with other entries, which its manifest names rightly.
    fn forged(&self, change: impl FnOnce(&mut Vec<Entry>, &mut Value)) -> PathBuf {
        let mut entries = entries_of(&self.file);
        let (_, manifest) = entries.pop().expect("a manifest");
        let mut manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
        change(&mut entries, &mut manifest);
        manifest["entries"] =
            entries.iter().map(|(name, bytes)| json!([name, digits(bytes)])).collect();
        entries.push(("manifest.json".to_owned(), manifest.to_string().into_bytes()));
        self.written(&packed(&entries))
    }

    /// A file with these bytes.
    fn written(&self, bytes: &[u8]) -> PathBuf {
        let file = self.folder.path().join("forged");
        fs::write(&file, bytes).expect("written");
        file
    }

    /// Refused with this word before anything is made.
    #[track_caller]
    fn is_refused_untouched(&self, file: &Path, word: &str) {
        let data = self.folder.path().join("data");
        let url = format!("sqlite://{}", data.join("sampleim.db").display());
        refused(&sampleim(&url, &data, &["restore"], file), word);
        assert!(!data.exists(), "nothing was made");
        let files: Vec<_> = all_files(self.folder.path()).into_keys().collect();
        assert_eq!(files, ["backup", "forged"]);
    }

    /// Restores this file into a fresh place.
    async fn restored(&self, file: &Path) -> (Output, String, TempDir) {
        let data = tempfile::tempdir().expect("a folder");
        let url = database::fresh(self.engine, data.path()).await;
        (sampleim(&url, data.path(), &["restore"], file), url, data)
    }
}

async fn a_file_that_is_there_is_not_written_over(engine: Engine) {
    let taken = Taken::new(engine).await;
    let before = fs::read(&taken.file).expect("a file");
    let (url, data) = (taken.server.url(), taken.server.data());
    refused(&sampleim(url, data, &["backup"], &taken.file), "is there already");
    assert_eq!(fs::read(&taken.file).expect("a file"), before);
    refused(&sampleim(url, data, &["backup"], &data.join("none/backup")), "cannot be written");
    // The server's folder was not named: a backup without the uploads is none.
    let bare = tempfile::tempdir().expect("a folder");
    refused(
        &sampleim(url, bare.path(), &["backup"], &bare.path().join("b")),
        "none of the 2 uploads",
    );
    assert!(all_files(bare.path()).is_empty());
    let elsewhere = format!("sqlite://{}", taken.folder.path().join("none.db").display());
    refused(&sampleim(&elsewhere, data, &["backup"], &data.join("b")), "there is no database");
    let empty = tempfile::tempdir().expect("a folder");
    let empty_url = database::fresh(engine, empty.path()).await;
    fs::write(empty.path().join("test.db"), "").expect("an empty database");
    refused(&sampleim(&empty_url, data, &["backup"], &data.join("b")), "could not be read");
    assert_eq!(all_files(taken.folder.path()).len(), 1, "nothing half written");

    let rows = all_rows(url).await;
    refused(&sampleim(url, data, &["restore"], &taken.file), "has users already");
    assert_eq!(all_rows(url).await, rows);
}

async fn what_is_no_whole_backup_is_refused_before_anything_is_made(engine: Engine) {
    let taken = Taken::new(engine).await;
    let whole = fs::read(&taken.file).expect("a file");
    let mut wrong = vec![Vec::new(), b"something else".to_vec(), packed(&[])];
    wrong.extend([1, 8, 600, whole.len() / 2].map(|cut| whole[..whole.len() - cut].to_vec()));
    for place in [12, whole.len() / 3, whole.len() / 2] {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        wrong.push(changed);
    }
    wrong.extend([b"\0".to_vec(), whole.clone()].map(|more| [whole.clone(), more].concat()));
    let entries = entries_of(&taken.file);
    let mut other = entries.clone();
    other[0].1[1] ^= 1;
    wrong.push(packed(&other));
    for left_out in 0..entries.len() {
        let mut fewer = entries.clone();
        fewer.remove(left_out);
        wrong.push(packed(&fewer));
    }
    wrong.push(packed(&[&entries[..], &entries[..1]].concat()));
    for bytes in wrong {
        let file = taken.written(&bytes);
        taken.is_refused_untouched(&file, "is not a whole backup");
    }
    let none = taken.folder.path().join("none");
    refused(&sampleim("sqlite://x", &none, &["restore"], &none), "cannot be read");
}

async fn what_leads_out_of_the_folder_is_refused(engine: Engine) {
    let taken = Taken::new(engine).await;
    let names =
        ["../evil", "media/../../evil", "/evil", "media/..\\evil", "media/C:evil", "a/.", "a//b"];
    for name in names {
        let file = taken.forged(|entries, _| entries.push((name.to_owned(), b"x".to_vec())));
        taken.is_refused_untouched(&file, "has no place in one");
    }
    // The database names it too.
    let file = taken.forged(|entries, _| {
        let upload = entries.iter_mut().find(|(name, _)| name.ends_with(".thumb"));
        let (name, _) = upload.expect("an upload");
        let path = name.strip_prefix("media/").expect("its folder").to_owned();
        *name = "media/../../evil".to_owned();
        let page = entries.iter_mut().find(|(name, _)| name.contains("/media/"));
        let (_, page) = page.expect("rows");
        *page = String::from_utf8_lossy(page).replace(&path, "../../evil").into_bytes();
    });
    taken.is_refused_untouched(&file, "has no place in one");
    // The database alone does, of a file that the server could read.
    let file = taken.forged(|entries, _| {
        entries.retain(|(name, _)| !name.starts_with("media/"));
        let page = entries.iter_mut().find(|(name, _)| name.contains("/media/"));
        let (_, page) = page.expect("rows");
        let mut row: Value = serde_json::from_slice(page).expect("a row");
        for field in row.as_array_mut().expect("a row") {
            if field.as_str().is_some_and(|text| text.contains('/') && !text.contains("image/")) {
                *field = json!("/etc/passwd");
            }
        }
        *page = row.to_string().into_bytes();
    });
    let (output, url, data) = taken.restored(&file).await;
    refused(&output, "none of media");
    is_fresh(&url, data.path()).await;
    fs::remove_file(&file).expect("removed");
    // A link, through which what follows would be written.
    let file = taken.forged(|entries, _| entries.insert(0, (LINK.to_owned(), Vec::new())));
    taken.is_refused_untouched(&file, "has no place in one");
}

async fn what_this_program_does_not_know_is_refused(engine: Engine) {
    let taken = Taken::new(engine).await;
    let changes: [fn(&mut Value); 4] = [
        |manifest| manifest["format"] = json!(2),
        |manifest| manifest["schema"] = json!(9_999),
        |manifest| manifest["columns"]["users"][0] = json!("number"),
        |manifest| manifest["columns"]["polls"] = json!(["id"]),
    ];
    for change in changes {
        let file = taken.forged(|_, manifest| change(manifest));
        let (output, _, data) = taken.restored(&file).await;
        refused(&output, "is of a newer program");
        assert_eq!(all_files(data.path()).len(), 0, "nothing was made");
    }
}

async fn what_fails_on_the_way_leaves_nothing(engine: Engine) {
    type Forge = fn(&mut Vec<Entry>, &mut Value);
    let taken = Taken::new(engine).await;
    let changes: [(Forge, &str); 7] = [
        (|entries, _| avatar_of_nobody(entries), "could not be filled"),
        (|entries, _| entries.push(("media/ab/cd".into(), vec![1])), "does not name"),
        (|entries, _| entries.push(("other/ab".into(), vec![1])), "has no place"),
        (|entries, _| entries.push(("database/polls/1.jsonl".into(), vec![])), "has no place"),
        (
            |entries, _| entries.push(("database/users/9.jsonl".into(), b"[1]".to_vec())),
            "none of users",
        ),
        (
            |entries, _| entries.push(("database/users/9.jsonl".into(), b"[".to_vec())),
            "cannot be read",
        ),
        (|_, manifest| manifest["rows"]["users"] = json!(2), "other rows"),
    ];
    for (change, word) in changes {
        let (output, url, data) = taken.restored(&taken.forged(change)).await;
        refused(&output, word);
        is_fresh(&url, data.path()).await;
    }
    // The disk has another file where one of the backup's belongs.
    let data = tempfile::tempdir().expect("a folder");
    let url = database::fresh(engine, data.path()).await;
    let names: Vec<String> = all_files(&taken.server.data().join("media")).into_keys().collect();
    let own = data.path().join("media").join(&names[1]);
    fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    fs::write(&own, "one's own").expect("written");
    refused(&sampleim(&url, data.path(), &["restore"], &taken.file), "another file");
    assert_eq!(fs::read(&own).expect("a file"), b"one's own");
    fs::remove_file(&own).expect("removed");
    is_fresh(&url, data.path()).await;
    // A file stands where a folder belongs: that is found when the rows are in already.
    let folder = data.path().join("media").join(names[1].split('/').next().expect("a folder"));
    fs::remove_dir_all(&folder).expect("removed");
    fs::write(&folder, "one's own").expect("written");
    refused(&sampleim(&url, data.path(), &["restore"], &taken.file), "cannot be written");
    fs::remove_file(&folder).expect("still there");
    is_fresh(&url, data.path()).await;
    fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    // The same file is no obstacle: the folder may have outlived its database.
    fs::copy(taken.server.data().join("media").join(&names[1]), &own).expect("copied");
    succeeds(&sampleim(&url, data.path(), &["restore"], &taken.file));
    let uploads = |data: &Path| all_files(&data.join("media"));
    assert_eq!(uploads(data.path()), uploads(taken.server.data()));
}

async fn a_backup_of_an_older_program_gets_defaults(engine: Engine) {
    let taken = Taken::new(engine).await;
    let file = taken.forged(|entries, manifest| {
        manifest["schema"] = json!(81);
        let columns = manifest["columns"]["memberships"].as_array_mut().expect("columns");
        assert_eq!(columns.pop(), Some(json!("silent")));
        let page = entries.iter_mut().find(|(name, _)| name.contains("memberships"));
        let (_, page) = page.expect("rows");
        let mut row: Vec<Value> = serde_json::from_slice(page).expect("one row");
        row.pop();
        *page = json!(row).to_string().into_bytes();
    });
    let (output, url, _data) = taken.restored(&file).await;
    succeeds(&output);
    assert_eq!(
        all_rows(&url).await["memberships"],
        all_rows(taken.server.url()).await["memberships"]
    );
}

/// Gives the first user a picture that is not there: found at the very end.
fn avatar_of_nobody(entries: &mut [Entry]) {
    let page = entries.iter_mut().find(|(name, _)| name.contains("/users/"));
    let (_, page) = page.expect("rows");
    let mut row: Vec<Value> = serde_json::from_slice(page).expect("one row");
    let columns = Table::of("users").expect("a table").columns;
    let place = columns.iter().position(|column| column.name == "avatar_id");
    row[place.expect("a column")] = json!(99);
    *page = json!(row).to_string().into_bytes();
}

/// One sentence, and exit 1.
#[track_caller]
fn refused(output: &Output, word: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(word) && said.trim_end().lines().count() == 1, "{word}: {said}");
}

/// A migrated database and nothing more, and no uploads.
async fn is_fresh(url: &str, data: &Path) {
    let rows = all_rows(url).await;
    let counts: Vec<_> = rows.iter().map(|(table, rows)| (table.as_str(), rows.len())).collect();
    let fresh = [
        ("audit", 0),
        ("edits", 0),
        ("invitations", 0),
        ("media", 0),
        ("memberships", 0),
        ("mentions", 0),
        ("message_media", 0),
        ("messages", 0),
        ("rooms", 1),
        ("server_state", 1),
        ("settings", 0),
        ("users", 0),
    ];
    assert_eq!(counts, fresh);
    assert_eq!(all_files(&data.join("media")).len(), 0);
}
