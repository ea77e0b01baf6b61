//! Who may see a file, and which ones nobody needs any more.

use super::*;
use crate::server::db::tables::Table;
use serde_json::json;

on_both! {
    a_picture_is_seen_by_the_members_of_its_room
    an_avatar_is_seen_by_all_while_it_is_one
    one_sends_only_ones_own_pictures
    a_message_carries_several_in_its_order
    what_no_message_names_any_more_is_taken_out
    what_nobody_uses_is_taken_out
    files_are_known_by_their_rows
    what_older_messages_showed_moves_along
}

async fn a_picture_is_seen_by_the_members_of_its_room(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    let picture = upload(&db, ann, Purpose::Message).await;
    assert_eq!(db.media(ann, picture.id).await.unwrap().name, "猫 😀.png");
    assert!(is_not_found(db.media(ben, picture.id).await), "not sent yet");

    let sent = db.send(ann, direct, &image(1, picture.id), 4_000).await.unwrap();
    assert_eq!((sent.kind, sent.attachments.as_slice()), (Kind::Image, &[picture.clone()][..]));
    assert_eq!(room(&db, ben, direct).await.last, Some(sent));
    let stored = db.media(ben, picture.id).await.unwrap();
    assert_eq!((stored.path.as_str(), stored.thumb_path.as_str()), ("ab/cd.png", "ab/cd.jpg"));
    assert_eq!(stored.content_type, "image/png");
    assert_eq!(stored.thumb_type, "image/jpeg");
    assert!(is_not_found(db.media(eve, picture.id).await));
    assert!(is_not_found(db.media(ann, MediaId(999)).await));

    let edited = db.edit(ann, direct, 1, Kind::Text, "a cat", 4_500).await.unwrap();
    assert_eq!((edited.kind, edited.attachments), (Kind::Image, vec![picture.clone()]));
    let (deleted, files) = db.delete(ann, direct, 1, 5_000).await.unwrap();
    assert_eq!((deleted.attachments, files.len()), (vec![], 1));
    for person in [ann, ben] {
        assert!(is_not_found(db.media(person, picture.id).await), "deleted");
    }
}

async fn an_avatar_is_seen_by_all_while_it_is_one(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let avatar = upload(&db, ann, Purpose::Avatar).await.id;
    assert!(is_not_found(db.media(ben, avatar).await));
    db.set_avatar(ann, Some(avatar)).await.unwrap();
    assert!(db.media(ben, avatar).await.is_ok());
    db.set_avatar(ann, None).await.unwrap();
    assert!(is_not_found(db.media(ben, avatar).await));
}

async fn one_sends_only_ones_own_pictures(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let before = room(&db, ann, LOBBY).await;
    let theirs = upload(&db, ben, Purpose::Message).await.id;
    let avatar = upload(&db, ann, Purpose::Avatar).await.id;
    for wrong in [theirs, avatar, MediaId(999)] {
        assert!(is_not_found(db.send(ann, LOBBY, &image(1, wrong), 4_000).await));
    }
    assert_eq!(room(&db, ann, LOBBY).await, before, "no number is used up");
}

async fn what_nobody_uses_is_taken_out(db: Db) {
    let ann = user(&db, "Ann").await;
    let sent = upload(&db, ann, Purpose::Message).await.id;
    db.send(ann, LOBBY, &image(1, sent), 4_000).await.unwrap();
    let avatar = upload(&db, ann, Purpose::Avatar).await.id;
    db.set_avatar(ann, Some(avatar)).await.unwrap();
    let unused = upload(&db, ann, Purpose::Message).await.id;
    assert!(db.take_unused_media(3_000).await.unwrap().is_empty(), "too young");
    let taken = db.take_unused_media(3_001).await.unwrap();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].path, "ab/cd.png");
    assert!(is_not_found(db.media(ann, unused).await));
    assert!(db.media(ann, sent).await.is_ok() && db.media(ann, avatar).await.is_ok());
    db.set_avatar(ann, None).await.unwrap();
    assert_eq!(db.take_unused_media(3_001).await.unwrap().len(), 1);
}

/// A message that carries these.
fn carrying(number: u32, media: &[MediaId]) -> NewMessage {
    NewMessage { media: media.to_vec(), ..text(number, "look") }
}

async fn a_message_carries_several_in_its_order(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let mut ten = Vec::new();
    for _ in 0..10 {
        ten.insert(0, upload(&db, ann, Purpose::Message).await);
    }
    let ids: Vec<MediaId> = ten.iter().map(|one| one.id).collect();
    let sent = db.send(ann, LOBBY, &carrying(1, &ids), 4_000).await.unwrap();
    assert_eq!((sent.kind, &sent.attachments), (Kind::Image, &ten));
    assert_eq!(db.send(ann, LOBBY, &carrying(1, &ids), 5_000).await.unwrap(), sent, "sent again");
    let page = db.history(ben, LOBBY, Stretch::Newest, 10).await.unwrap();
    assert_eq!(page.messages, std::slice::from_ref(&sent));
    assert_eq!(db.messages_at(ben, LOBBY, &[1]).await.unwrap(), std::slice::from_ref(&sent));
    assert_eq!(db.changes(ben, LOBBY, 0, 9).await.unwrap(), [sent]);

    let pdf = super::super::media::NewMedia {
        content_type: "application/pdf".into(),
        thumb_type: String::new(),
        thumb_path: String::new(),
        ..new_media(ann, Purpose::Message)
    };
    let pdf = db.create_media(&pdf).await.unwrap();
    let mixed = db.send(ann, LOBBY, &carrying(2, &[ids[0], pdf.id]), 6_000).await.unwrap();
    assert_eq!((mixed.kind, mixed.attachments), (Kind::File, vec![ten[0].clone(), pdf]));
}

async fn what_no_message_names_any_more_is_taken_out(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    let (once, twice) =
        (upload(&db, ann, Purpose::Message).await.id, upload(&db, ann, Purpose::Message).await.id);
    db.send(ann, LOBBY, &carrying(1, &[once, twice]), 4_000).await.unwrap();
    db.send(ann, direct, &carrying(2, &[twice]), 4_000).await.unwrap();
    let (_, files) = db.delete(ann, LOBBY, 1, 5_000).await.unwrap();
    assert_eq!(files.len(), 1, "the other one is named elsewhere");
    assert!(is_not_found(db.media(ann, once).await));
    assert!(db.media(ben, twice).await.is_ok());
    assert!(db.delete(ann, LOBBY, 1, 5_000).await.unwrap().1.is_empty(), "again");
    assert_eq!(db.delete(ann, direct, 1, 6_000).await.unwrap().1.len(), 1);
    assert!(is_not_found(db.media(ann, twice).await));
    assert!(is_not_found(db.send(ann, LOBBY, &carrying(3, &[twice]), 7_000).await), "it is gone");
}

async fn files_are_known_by_their_rows(db: Db) {
    let ann = user(&db, "Ann").await;
    upload(&db, ann, Purpose::Avatar).await;
    let asked: Vec<String> =
        (0..600).map(|n| format!("{n}")).chain(["ab/cd.png".to_owned()]).collect();
    let known = db.known_files(&asked).await.unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ["ab/cd.png"]);
    assert!(db.known_files(&[]).await.unwrap().is_empty());
}

/// A backup from when a message had one picture at most.
async fn what_older_messages_showed_moves_along(db: Db) {
    let mut restoration = db.restoration().await.unwrap();
    for (table, columns, row) in [
        (
            "users",
            "id name name_key display_name introduction password created",
            json!([1, "Ann", "ann", "Ann", "", "x", 1]),
        ),
        (
            "media",
            "id owner_id purpose content_type thumb_type name bytes width height thumb_width \
             thumb_height path thumb_path created",
            json!([
                7,
                1,
                "message",
                "image/png",
                "image/jpeg",
                "\"猫\" 😀\\.png",
                9,
                4,
                3,
                2,
                1,
                "ab/cd",
                "ab/cd.thumb",
                1
            ]),
        ),
        (
            "rooms",
            "id kind name introduction created visibility members last_seq last_rev",
            json!([1, "group", "Lobby", "", 1, "default", 1, 2, 2]),
        ),
        ("memberships", "room_id user_id role joined", json!([1, 1, "member", 1])),
        (
            "messages",
            "room_id seq rev sender_id client_id kind body media_id created",
            json!([1, 1, 1, 1, client_id(1).as_str(), "image", "", 7, 1]),
        ),
        (
            "messages",
            "room_id seq rev sender_id client_id kind body media_id created",
            json!([1, 2, 2, 1, client_id(2).as_str(), "text", "hi", null, 1]),
        ),
    ] {
        let table = Table::of(table).unwrap();
        let columns: Vec<_> =
            columns.split_whitespace().map(|name| table.column(name).unwrap()).collect();
        let row = serde_json::from_value(row).unwrap();
        restoration.insert(table, &columns, &[row]).await.unwrap();
    }
    restoration.commit().await.unwrap();
    let page = db.history(UserId(1), LOBBY, Stretch::Newest, 10).await.unwrap();
    let shown = &page.messages[0].attachments[0];
    assert_eq!((shown.id, shown.name.as_str(), shown.bytes), (MediaId(7), "\"猫\" 😀\\.png", 9));
    assert_eq!((shown.width, shown.height, shown.thumb_width, shown.thumb_height), (4, 3, 2, 1));
    assert_eq!(page.messages[1].attachments, []);
    assert!(db.take_unused_media(9_000).await.unwrap().is_empty(), "it is named");
    assert_eq!(db.messenger().await, db.messenger().await);
    assert_eq!(db.delete(UserId(1), LOBBY, 1, 9_000).await.unwrap().1.len(), 1);
}
