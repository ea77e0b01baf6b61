//! Messages, uploads and groups: what their readers hear of it.

use super::{by, get, say, upload};
use crate::{
    database,
    harness::{Engine, Server, on_both_engines, refusal},
    poll::Tab,
};
use app::{
    ids::RoomId,
    message::Page,
    server::now,
    sync::{Delta, Update},
};
use std::{fs, path::Path, time::Duration};
use tokio::time::{sleep, timeout};

on_both_engines!(
    a_removed_message_reaches_its_readers_as_a_tombstone_that_says_why,
    private_conversations_are_read_when_asked_for_and_that_is_noted,
    a_removed_upload_is_gone_from_page_and_disk,
    a_deleted_group_is_gone_at_once_and_then_from_the_disk,
    old_messages_go_and_their_readers_hear_of_it,
);

const LOBBY: RoomId = RoomId(1);

/// How many files there are below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

async fn news(tab: &mut Tab) -> Delta {
    match tab.poll().await {
        Some(Update::Delta(delta)) => delta,
        other => panic!("no delta: {other:?}"),
    }
}

async fn a_removed_message_reaches_its_readers_as_a_tombstone_that_says_why(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let picture = upload(&bob).await;
    let message = say(&bob, LOBBY, 1, "rude words", &picture.id.to_string()).await;
    let page = get(&root, "/admin/messages?words=rude").await.1;
    assert!(page.contains("rude words"), "{page}");
    let mut tab = Tab::open(&bob).await.0;
    let seq = message.seq.to_string();
    let fields = [("room", "1"), ("seq", seq.as_str()), ("reason", "be kind")];
    let _: () = root.done("admin_remove_message", &fields).await;
    let delta = news(&mut tab).await;
    let gone = &delta.rooms[0].messages[0];
    assert_eq!((gone.seq, gone.deleted, gone.body.as_str()), (message.seq, true, "be kind"));
    assert!(gone.rev > message.rev && gone.attachments.is_empty());
    assert_eq!(files(&server.data().join("media")), 0, "its files are gone");
    let page: Page = bob.ask("history?room=1").await;
    assert_eq!(page.messages[0], *gone);
    assert_eq!(root.form("admin_remove_message", &fields).await.status(), 404, "again");
    let (status, error) = refusal(
        root.form("admin_remove_message", &[("room", "1"), ("seq", "1"), ("reason", " ")]).await,
    )
    .await;
    assert_eq!((status, error["problems"][0]["rule"].as_str()), (422, Some("required")));
    let log = get(&root, "/admin/log").await.1;
    assert!(log.contains("be kind") && !log.contains("rude"), "no texts: {log}");
}

async fn private_conversations_are_read_when_asked_for_and_that_is_noted(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, ann) = (server.administrator("root").await, server.person("ann").await);
    let bob = server.person("bob").await;
    let room: RoomId = ann.done("open_direct", &[("user", bob.id.0)]).await;
    say(&ann, room, 1, "between us", "").await;
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'read_private'";
    for path in ["/admin/messages", "/admin/messages?words=between", "/admin/messages?sender=ann"] {
        assert!(!get(&root, path).await.1.contains("between us"), "{path}");
    }
    assert_eq!(database::number(server.url(), noted).await, 0);
    let page = get(&root, "/admin/messages?sender=ann&words=secret&private=1").await.1;
    assert!(!page.contains("between us"));
    assert!(get(&root, "/admin/messages?sender=ann&private=1").await.1.contains("between us"));
    assert_eq!(database::number(server.url(), noted).await, 2);
    let subjects = "SELECT subject FROM audit WHERE action = 'read_private'";
    assert_eq!(
        database::texts(server.url(), subjects).await,
        ["ann", "ann"],
        "not for which words"
    );
    let nobody = get(&root, "/admin/messages?sender=nobody").await;
    assert!(nobody.0 == 200 && nobody.1.contains("Nothing found."));
}

async fn a_removed_upload_is_gone_from_page_and_disk(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let picture = upload(&bob).await;
    say(&bob, LOBBY, 1, "", &picture.id.to_string()).await;
    let page = get(&root, "/admin/uploads").await.1;
    assert!(page.contains("a.png") && page.contains("@bob"), "{page}");
    let mut tab = Tab::open(&bob).await.0;
    let _: () = root.done("admin_remove_upload", &[("media", picture.id.0)]).await;
    let delta = news(&mut tab).await;
    assert!(delta.rooms[0].messages[0].deleted);
    assert_eq!(get(&bob, &format!("/media/{}", picture.id)).await.0, 404);
    assert_eq!(files(&server.data().join("media")), 0);
    assert_eq!(root.form("admin_remove_upload", &[("media", picture.id.0)]).await.status(), 404);
}

async fn a_deleted_group_is_gone_at_once_and_then_from_the_disk(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let room: RoomId = bob.done("create_group", &[("name", "Books")]).await;
    let picture = upload(&bob).await;
    say(&bob, room, 1, "words", &picture.id.to_string()).await;
    let mut tab = Tab::open(&bob).await.0;
    let _: () = root.done("admin_delete_group", &[("room", room.0)]).await;
    assert!(matches!(tab.poll().await, Some(Update::Resync)));
    let start: app::sync::Snapshot = bob.ask("snapshot").await;
    assert!(start.rooms.iter().all(|one| one.id != room));
    for path in [format!("/room/{room}"), format!("/api/history?room={room}")] {
        assert_eq!(get(&bob, &path).await.0, 404, "{path}");
    }
    let rooms = "SELECT COUNT(*) FROM rooms WHERE kind = 'group'";
    let gone = async {
        while database::number(server.url(), rooms).await > 1 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.expect("removed");
    assert_eq!(files(&server.data().join("media")), 0);
    assert_eq!(
        root.form("admin_delete_group", &[("room", 1)]).await.status(),
        403,
        "the default one"
    );
}

async fn old_messages_go_and_their_readers_hear_of_it(engine: Engine) {
    let server = Server::plain(engine).await;
    let (root, bob) = (server.administrator("root").await, server.person("bob").await);
    let picture = upload(&bob).await;
    say(&bob, LOBBY, 1, "old", &picture.id.to_string()).await;
    say(&bob, LOBBY, 2, "new", "").await;
    let age = format!("UPDATE messages SET created = {} WHERE seq = 1", now() - 8 * 86_400_000);
    database::execute(server.url(), &age).await;
    let mut tab = Tab::open(&root).await.0;
    server.app().retire().await.expect("nothing to do");
    assert_eq!(tab.poll().await, None, "for ever, until days are set");
    let values = [("retention", "7".to_owned())];
    server.app().db.set_settings(&by(&root), &values, "").await.expect("set");
    server.app().load_rules().await.expect("read");
    server.app().retire().await.expect("done");
    let delta = news(&mut tab).await;
    let gone: Vec<_> =
        delta.rooms[0].messages.iter().map(|m| (m.seq, m.deleted, m.body.as_str())).collect();
    assert_eq!(gone, [(1, true, "")]);
    assert_eq!(files(&server.data().join("media")), 0);
    let page: Page = bob.ask("history?room=1").await;
    assert_eq!(page.messages.len(), 2, "every place is there");
    assert_eq!(page.messages[1].body, "new");
}
