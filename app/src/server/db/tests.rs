//! The stories of the database, each run on SQLite and on MySQL/MariaDB.

mod admin;
mod backup;
mod engines;
mod groups;
mod invitations;
mod media;
mod mentions;
mod messages;
mod order;
mod rooms;
mod search;
mod users;

use super::{
    Db,
    users::{Account, NewUser},
};
use crate::{
    error::Error,
    ids::{ClientId, MediaId, RoomId, UserId},
    media::{Attachment, Purpose},
    message::{Kind, Message, NewMessage, Stretch},
};

/// Makes of each story one test on SQLite and one on MySQL.
macro_rules! on_both {
    ($($story:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                crate::server::db::tests::engines::on_sqlite(super::$story).await;
            })*
        }
        mod mysql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                crate::server::db::tests::engines::on_mysql(super::$story).await;
            })*
        }
    };
}
use on_both;

/// The default group, which the migrations make.
const LOBBY: RoomId = RoomId(1);
const STRANGE: RoomId = RoomId(999);

fn new_user(name: &str) -> NewUser {
    NewUser {
        name: name.to_owned(),
        name_key: name.to_lowercase(),
        password: "$argon2id$first".to_owned(),
        is_admin: false,
        now: 1_000,
    }
}

async fn user(db: &Db, name: &str) -> UserId {
    db.create_user(&new_user(name)).await.expect("a new user").0
}

async fn administrator(db: &Db, name: &str) -> UserId {
    db.create_user(&NewUser { is_admin: true, ..new_user(name) }).await.expect("a user").0
}

async fn account(db: &Db, name_key: &str) -> Account {
    db.account(name_key).await.expect("an answer").expect("an account")
}

fn client_id(number: u32) -> ClientId {
    ClientId::try_from(format!("{number:032x}")).expect("32 digits")
}

fn text(number: u32, body: &str) -> NewMessage {
    let (client_id, body) = (client_id(number), body.to_owned());
    NewMessage { client_id, kind: Kind::Text, body, media: vec![], reply_to: None, forwarded: None }
}

/// Sends the text `m<number>`.
async fn send(db: &Db, from: UserId, room: RoomId, number: u32) -> Message {
    db.send(from, room, &text(number, &format!("m{number}")), 2_000).await.expect("sent")
}

fn new_media(owner: UserId, purpose: Purpose) -> super::media::NewMedia {
    super::media::NewMedia {
        owner,
        purpose,
        content_type: "image/png".to_owned(),
        thumb_type: "image/jpeg".to_owned(),
        name: "猫 😀.png".to_owned(),
        bytes: 12_345,
        width: 640,
        height: 480,
        thumb_width: 320,
        thumb_height: 240,
        path: "ab/cd.png".to_owned(),
        thumb_path: "ab/cd.jpg".to_owned(),
        now: 3_000,
    }
}

async fn upload(db: &Db, owner: UserId, purpose: Purpose) -> Attachment {
    db.create_media(&new_media(owner, purpose)).await.expect("stored")
}

fn image(number: u32, media: MediaId) -> NewMessage {
    let client_id = client_id(number);
    NewMessage {
        client_id,
        kind: Kind::Text,
        body: String::new(),
        media: vec![media],
        reply_to: None,
        forwarded: None,
    }
}

/// The room as its member sees it.
async fn room(db: &Db, viewer: UserId, id: RoomId) -> crate::room::Room {
    let mut rooms = db.rooms_by_id(viewer, &[id]).await.expect("an answer");
    assert_eq!(rooms.len(), 1);
    rooms.remove(0)
}

#[test]
fn every_method_is_run_by_a_story() {
    let sources = [
        include_str!("mod.rs"),
        include_str!("admin/audit.rs"),
        include_str!("admin/groups.rs"),
        include_str!("admin/invitations.rs"),
        include_str!("admin/links.rs"),
        include_str!("admin/messages.rs"),
        include_str!("admin/numbers.rs"),
        include_str!("admin/retention.rs"),
        include_str!("admin/settings.rs"),
        include_str!("admin/uploads.rs"),
        include_str!("admin/users.rs"),
        include_str!("backup.rs"),
        include_str!("groups.rs"),
        include_str!("indexing.rs"),
        include_str!("invitations.rs"),
        include_str!("media.rs"),
        include_str!("members.rs"),
        include_str!("messages.rs"),
        include_str!("restore.rs"),
        include_str!("rooms.rs"),
        include_str!("search.rs"),
        include_str!("sessions.rs"),
        include_str!("users.rs"),
    ];
    let stories = [
        include_str!("tests.rs"),
        include_str!("tests/admin.rs"),
        include_str!("tests/admin/content.rs"),
        include_str!("tests/backup.rs"),
        include_str!("tests/engines.rs"),
        include_str!("tests/groups.rs"),
        include_str!("tests/invitations.rs"),
        include_str!("tests/media.rs"),
        include_str!("tests/messages.rs"),
        include_str!("tests/order.rs"),
        include_str!("tests/rooms.rs"),
        include_str!("tests/search.rs"),
        include_str!("tests/users.rs"),
    ]
    .concat();
    let methods = sources.iter().flat_map(|source| source.split("    pub async fn ").skip(1));
    let names: Vec<&str> = methods.filter_map(|rest| rest.split('(').next()).collect();
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let called =
            stories.contains(&format!(".{name}(")) || stories.contains(&format!("::{name}("));
        assert!(called, "no story runs {name}");
    }
}

#[tokio::test]
async fn a_wrong_address_is_answered_with_a_sentence() {
    for wrong in [
        "",
        "postgres://x",
        "sqlite://",
        "sqlite://x?mode=ro",
        "mysql://root@127.0.0.1:1",
        "mysql://root@127.0.0.1:1/x",
    ] {
        let sentence = Db::connect(wrong).await.err().unwrap_or_default();
        assert!(sentence.ends_with('.'), "{wrong}: {sentence}");
    }
}

on_both! { another_program_s_tables_are_left_alone }

async fn another_program_s_tables_are_left_alone(db: Db) {
    changing!(&db, tx => { sqlx::query("DROP TABLE _sqlx_migrations").execute(&mut *tx).await?; })
        .unwrap();
    let refused = db.migrate().await.err().unwrap_or_default();
    assert!(refused.contains("tables of another program"), "{refused}");
}

fn is_not_found<T>(outcome: Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::NotFound))
}
