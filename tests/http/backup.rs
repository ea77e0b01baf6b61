//! Backup and restore by the program itself, between both databases.

mod archives;
mod look;
mod refused;

use crate::{
    database::{self, number},
    harness::{Engine, Person, Server, client_id, on_both_engines},
    media::PNG,
};
use app::{
    ids::{ClientId, RoomId, UserId},
    invitation::Invitation,
    media::Attachment,
    message::{Kind, Message, NewMessage},
    server::{Settings, db::admin::By, now},
    sync::Snapshot,
};
use look::{all_files, all_rows, private, sampleim, succeeds};
use reqwest::multipart::{Form, Part};
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::TempDir;

on_both_engines!(
    a_messenger_moves_to_the_other_database_and_back_without_loss,
    a_backup_while_people_write_is_of_one_moment,
    uploads_that_are_gone_are_named_and_stop_nothing,
);

async fn a_messenger_moves_to_the_other_database_and_back_without_loss(engine: Engine) {
    let server = Server::plain(engine).await;
    fill(&server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (url, data) = (server.url().to_owned(), server.data().to_owned());
    let (rows, uploads) = (all_rows(&url).await, all_files(&data.join("media")));
    assert!(rows.values().all(|rows| !rows.is_empty()), "{rows:?}");
    assert_eq!(uploads.len(), 7);
    let mut before = (url, data);
    let mut last = None;
    for (place, other) in [(0, engine.other()), (1, engine)] {
        let file = folder.path().join(format!("{place}.backup"));
        let said = succeeds(&sampleim(&before.0, &before.1, &["backup"], &file));
        assert!(said.contains("7 files"), "{said}");
        private(&file);
        let data: Arc<TempDir> = tempfile::tempdir().expect("a folder").into();
        let url = database::fresh(other, data.path()).await;
        succeeds(&sampleim(&url, data.path(), &["restore"], &file));
        let mut restored = all_rows(&url).await;
        let state = restored.insert("server_state".to_owned(), rows["server_state"].clone());
        assert_ne!(state.as_ref(), Some(&rows["server_state"]), "revocations have grown");
        assert_eq!(restored, rows);
        assert_eq!(number(&url, "SELECT COUNT(*) FROM sessions").await, 0);
        assert_eq!(all_files(&data.path().join("media")), uploads);
        before = (url.clone(), data.path().to_owned());
        last = Some((url, data));
    }
    let (url, data) = last.expect("the second one");
    lives(&Server::over(url, data, Settings::default(), &[]).await).await;
}

/// A messenger with everything that there can be in one.
async fn fill(server: &Server) {
    let (ada, bob) = (server.person("Ada").await, server.person("王小明😀").await);
    let eve = server.person("eve").await;
    let db = &server.app().db;
    let by = By::command_line(1);
    db.set_admin(&by, ada.id, true).await.expect("an administrator");
    db.set_settings(&by, &[("banner", "休息 😀".to_owned())], "").await.expect("set");
    let profile = [("display_name", "艾达 👩‍💻"), ("introduction", "' \" \\ %_; --")];
    let _: () = ada.done("update_profile", &profile).await;
    let avatar = upload(&bob, "avatar").await;
    let _: () = bob.done("set_avatar", &[("media", avatar.id.0)]).await;

    let group = [("name", "读书"), ("introduction", "📚"), ("public", "false")];
    let group: RoomId = ada.done("create_group", &group).await;
    let others = [("room", group.0), ("people[0]", bob.id.0), ("people[1]", eve.id.0)];
    let _: () = ada.done("add_members", &others).await;
    let role = json!({"room": group, "user": bob.id, "role": "administrator"});
    let _: () = ada.done("set_role", &role).await;
    let picture = upload(&ada, "room").await;
    let _: () = ada.done("set_group_picture", &[("room", group.0), ("media", picture.id.0)]).await;
    let link = [("room", group.0), ("hours", 24), ("uses", 10)];
    let _: Vec<Invitation> = bob.done("create_invitation", &link).await;
    let archived: RoomId = eve.done("create_group", &json!({"name": "Old", "public": true})).await;
    let _: () = eve.done("archive_group", &json!({"room": archived, "archived": true})).await;
    let direct: RoomId = ada.done("open_direct", &[("user", bob.id.0)]).await;
    let _: RoomId = eve.done("open_direct", &[("user", eve.id.0)]).await;

    let long = "𠮷".repeat(8_000);
    for (number, body) in
        (1..).zip(["你好，世界！\n\t第二行", "😀🎉", "' \" \\ % _ ? ; \r\n é e\u{301}", &long])
    {
        write(&ada, direct, number, json!({"body": body})).await;
    }
    let first = write(&ada, group, 5, json!({"body": "wrong"})).await;
    let second = write(&bob, group, 6, json!({"body": "yes, @ada", "reply_to": first.seq})).await;
    let shown = upload(&eve, "message").await;
    let list = upload_file(&eve, b"eggs, milk, bread").await;
    write(&eve, group, 7, json!({"body": "猫", "media[0]": shown.id, "media[1]": list.id})).await;
    let edit = json!({"room": group, "seq": first.seq, "body": "right"});
    let _: Message = ada.done("edit", &edit).await;
    let third = write(&bob, group, 8, json!({"body": "gone"})).await;
    let _: Message = bob.done("delete", &json!({"room": group, "seq": third.seq})).await;
    let _: () = eve.done("mark_read", &[("room", group.0), ("seq", second.seq)]).await;
    let _: () = ada.done("pin_room", &json!({"room": group, "pinned": true})).await;
    let _: () = bob.done("set_notify", &json!({"room": direct, "notify": "nothing"})).await;
    database::execute(server.url(), "UPDATE users SET disabled = TRUE WHERE name = 'eve'").await;
}

async fn write(
    person: &Person,
    room: RoomId,
    number: u32,
    mut fields: serde_json::Value,
) -> Message {
    fields["room"] = json!(room);
    fields["client_id"] = json!(client_id(number));
    person.done("send", &fields).await
}

async fn upload(person: &Person, purpose: &str) -> Attachment {
    send_up(person, purpose, PNG).await
}

async fn upload_file(person: &Person, bytes: &'static [u8]) -> Attachment {
    send_up(person, "message", bytes).await
}

async fn send_up(person: &Person, purpose: &str, bytes: &'static [u8]) -> Attachment {
    let form = Form::new().part("file", Part::bytes(bytes).file_name("猫 😀.png"));
    let request = person.post(&format!("/api/media?purpose={purpose}")).multipart(form);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    response.json().await.expect("a picture")
}

/// A restored messenger goes on where the backup was taken.
async fn lives(server: &Server) {
    let ada = server.session(UserId(1)).await;
    let start: Snapshot = ada.ask("snapshot").await;
    let group = start.rooms.iter().find(|room| room.name == "读书").expect("the group");
    let sent = write(&ada, group.id, 99, json!({"body": "on we go"})).await;
    assert_eq!((sent.seq, sent.rev), (group.last_seq + 1, group.last_rev + 1));
    let picture = group.avatar.expect("a picture");
    let picture = ada.get(&format!("/media/{picture}")).send().await.expect("an answer");
    assert_eq!(picture.status(), 200);
    let next = upload(&ada, "message").await;
    assert!(next.id.0 > 1_000_000, "none that was given after the backup");
    assert!(server.person("new").await.id.0 > 1_000_000);
}

async fn a_backup_while_people_write_is_of_one_moment(engine: Engine) {
    let server = Server::plain(engine).await;
    crowd(server.url()).await;
    let done = Arc::new(AtomicBool::new(false));
    let mut senders = Vec::new();
    for name in ["ada", "bob"] {
        let (user, db) = (server.person(name).await.id, server.app().db.clone());
        let done = done.clone();
        senders.push(tokio::spawn(async move {
            let mut count = 0;
            while !done.load(Ordering::Relaxed) {
                count += 1;
                let client_id = ClientId::try_from(client_id(count)).expect("an id");
                let (body, kind) = ("词".to_owned(), Kind::Text);
                let message = NewMessage {
                    client_id,
                    kind,
                    body,
                    media: vec![],
                    reply_to: None,
                    forwarded: None,
                };
                // Not over the network, where nobody may write so fast.
                let sent = db.send(user, RoomId(1), &message, now()).await.expect("sent");
                if count % 3 == 0 {
                    let edited = db.edit(user, RoomId(1), sent.seq, kind, "another", now());
                    edited.await.expect("edited");
                }
            }
            i64::from(count)
        }));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut counts = BTreeSet::new();
    for place in 0..2 {
        let (url, data) = (server.url().to_owned(), server.data().to_owned());
        let file = folder.path().join(place.to_string());
        let backup = file.clone();
        let run = move || sampleim(&url, &data, &["export"], &backup);
        succeeds(&tokio::task::spawn_blocking(run).await.expect("done"));
        let data = folder.path().join(format!("data{place}"));
        let url = format!("sqlite://{}", data.join("sampleim.db").display());
        let (to, from) = (url.clone(), file);
        let run = move || sampleim(&to, &data, &["import"], &from);
        succeeds(&tokio::task::spawn_blocking(run).await.expect("done"));
        let room = "SELECT last_seq * 1000000 + last_rev FROM rooms WHERE id = 1";
        let messages = "SELECT MAX(seq) * 1000000 + MAX(rev) FROM messages WHERE room_id = 1";
        assert_eq!(number(&url, room).await, number(&url, messages).await);
        let count = number(&url, "SELECT COUNT(*) FROM messages").await;
        assert_eq!(count, number(&url, "SELECT last_seq FROM rooms WHERE id = 1").await, "no gap");
        counts.insert(count);
    }
    done.store(true, Ordering::Relaxed);
    let mut all = 0;
    for sender in senders {
        all += sender.await.expect("a sender");
    }
    assert_eq!(number(server.url(), "SELECT COUNT(*) FROM messages").await, all);
    assert!(counts.len() == 2 && counts.iter().all(|count| *count < all), "{counts:?} of {all}");
}

/// Many members of the default group, so that reading them takes a while: they are read after their
/// room and before its messages.
async fn crowd(url: &str) {
    let rows = |row: fn(u32) -> String| (101..4_101).map(row).collect::<Vec<_>>().join(", ");
    let users = rows(|id| format!("({id}, 'c{id}', 'c{id}', '', 'none', 1)"));
    let columns = "id, name, name_key, display_name, password, created";
    database::execute(url, &format!("INSERT INTO users ({columns}) VALUES {users}")).await;
    let members = rows(|id| format!("(1, {id}, 1)"));
    let columns = "room_id, user_id, joined";
    database::execute(url, &format!("INSERT INTO memberships ({columns}) VALUES {members}")).await;
}

async fn uploads_that_are_gone_are_named_and_stop_nothing(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    for _ in 0..2 {
        upload(&ada, "message").await;
    }
    let media = server.data().join("media");
    let gone = all_files(&media).into_keys().next().expect("a file");
    fs::remove_file(media.join(&gone)).expect("removed");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup");
    let output = sampleim(server.url(), server.data(), &["backup"], &file);
    assert!(succeeds(&output).contains("3 files"));
    let warning = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(warning.contains(&gone) && warning.lines().count() == 1, "{warning}");
    let data = folder.path().join("data");
    let url = database::fresh(engine, folder.path()).await;
    let output = sampleim(&url, &data, &["restore"], &file);
    succeeds(&output);
    assert!(String::from_utf8_lossy(&output.stderr).contains(&gone));
    assert_eq!(all_files(&data.join("media")), all_files(&media));

    // What is there and cannot be read is another matter: a backup without it would seem whole.
    fs::create_dir(media.join(&gone)).expect("a folder");
    let output = sampleim(server.url(), server.data(), &["backup"], &folder.path().join("next"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains(&gone), "{said}");
}
