//! What the first release stored is there after an upgrade. Its databases and uploads, made by that
//! release itself, are in `first_release`; what was done to make them is in the README there.

use crate::{
    database,
    harness::{Engine, Person, Server, on_both_engines, refusal},
    sync_property::all,
};
use app::{
    media::{Attachment, AttachmentKind},
    message::{Kind, Message},
    room::{Notify, Role, Room, Visibility},
    search::Found,
    server::Settings,
    sync::Snapshot,
};
use std::{fs, path::Path};

on_both_engines!(what_the_first_release_stored_is_there_after_an_upgrade);

async fn what_the_first_release_stored_is_there_after_an_upgrade(engine: Engine) {
    let server = upgraded(engine).await;
    while server.app().db.index_some(100).await.expect("indexed") {}
    let [ada, bob, ming] = [
        log_in(&server, "ada").await,
        log_in(&server, "bob").await,
        log_in(&server, "王小明").await,
    ];
    let start: Snapshot = ada.ask("snapshot").await;
    assert_eq!((start.me.name.as_str(), start.me.display_name.as_str()), ("ada", "Ada L."));
    assert_eq!(start.me.introduction, "counts on engines");
    let face = start.me.avatar.expect("her picture");
    assert_eq!(bytes(&ming, &format!("/media/{face}/thumb")).await.0, "image/jpeg");

    let [lobby, direct] = rooms(&start.rooms);
    assert_eq!(
        (lobby.visibility, lobby.members, lobby.role),
        (Visibility::Default, 3, Role::Member)
    );
    assert_eq!((lobby.last_seq, lobby.last_read_seq, lobby.unread), (17, 8, 9));
    assert_eq!((lobby.pinned, lobby.archived, lobby.notify), (false, false, Notify::All));
    assert_eq!((direct.peer, direct.members, direct.unread), (Some(bob.id), 2, 0));
    let of_bob: Snapshot = bob.ask("snapshot").await;
    assert_eq!(rooms(&of_bob.rooms)[1].unread, 1);
    let of_ming: Snapshot = ming.ask("snapshot").await;
    assert_eq!(of_ming.rooms.len(), 1, "the private conversation is not his");

    let said = all(&ada, lobby.id).await;
    let words: Vec<_> = said.iter().take(6).map(|message| message.body.as_str()).collect();
    let first =
        ["Hello, everyone", "你好，世界", "👍🎉", "The first words, corrected", "", "Number 1"];
    assert_eq!(words, first);
    assert_eq!((said.len(), said[2].kind, said[3].edited.is_some()), (17, Kind::Emoji, true));
    assert_eq!((said[4].deleted, said[16].body.as_str()), (true, "Number 12"));
    let private = all(&bob, direct.id).await;
    assert_eq!(private[0].body, "for Bob alone\nwith a second line");
    assert_eq!(private[1].kind, Kind::Image);
    let picture: &Attachment = &private[1].attachments[0];
    assert_eq!((picture.kind, picture.width, picture.height), (AttachmentKind::Picture, 64, 48));
    let address = format!("/media/{}", picture.id);
    assert_eq!(bytes(&bob, &address).await.1.len() as u64, picture.bytes);
    assert_eq!(refusal(ming.get(&address).send().await.expect("an answer")).await.0, 404);

    for (person, text, places) in [
        (&ada, "number 7", vec![12]),
        (&ada, "世", vec![2]),
        (&ming, "alone", vec![]),
        (&bob, "alone", vec![1]),
    ] {
        let found: Found = person.ask(&format!("search?text={text}")).await;
        let hits: Vec<_> = found.hits.iter().map(|hit| hit.seq).collect();
        assert_eq!(hits, places, "{text}");
    }

    // And it goes on from there.
    let id = "0123456789abcdef0123456789abcdef";
    let fields =
        [("room", lobby.id.to_string()), ("client_id", id.into()), ("body", "@ada?".into())];
    let sent: Message = bob.done("send", &fields).await;
    assert_eq!((sent.seq, sent.mentions), (18, vec![ada.id]));
}

/// The server over what the first release left.
async fn upgraded(engine: Engine) -> Server {
    let release = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http/first_release");
    let data = tempfile::tempdir().expect("a temporary folder");
    let url = database::fresh(engine, data.path()).await;
    let dump = match engine {
        Engine::Sqlite => "sqlite.sql",
        Engine::MySql => "mysql.sql",
    };
    let dump = fs::read_to_string(release.join(dump)).expect("a dump");
    database::load(&url, &dump).await;
    copy(&release.join("media"), &data.path().join("media"));
    Server::over(url, data.into(), Settings::default(), &[]).await
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}

async fn log_in(server: &Server, name: &str) -> Person {
    let person = server.client();
    let fields = [("name", name), ("password", "correct horse battery staple")];
    assert_eq!(person.form("login", &fields).await.status(), 200, "{name}");
    let start: Snapshot = person.ask("snapshot").await;
    Person { id: start.me.id, ..person }
}

/// The default group, and the private conversation if there is one.
fn rooms(rooms: &[Room]) -> [&Room; 2] {
    let find = |is_direct: bool| rooms.iter().find(|room| room.peer.is_some() == is_direct);
    [find(false).expect("the lobby"), find(true).expect("a private conversation")]
}

/// The type and the content of what is at an address.
async fn bytes(person: &Person, address: &str) -> (String, Vec<u8>) {
    let response = person.get(address).send().await.expect("an answer");
    assert_eq!(response.status(), 200, "{address}");
    let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
    (kind, response.bytes().await.expect("a body").to_vec())
}
