//! Who may see a file, and which ones nobody needs any more.

use super::*;

on_both! {
    a_picture_is_seen_by_the_members_of_its_room
    an_avatar_is_seen_by_all_while_it_is_one
    one_sends_only_ones_own_pictures
    what_nobody_uses_is_taken_out
}

async fn a_picture_is_seen_by_the_members_of_its_room(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap().0;
    let picture = upload(&db, ann, Purpose::Message).await;
    assert_eq!(db.media(ann, picture.id).await.unwrap().name, "猫 😀.png");
    assert!(is_not_found(db.media(ben, picture.id).await), "not sent yet");

    let sent = db.send(ann, direct, &image(1, picture.id), 4_000).await.unwrap();
    assert_eq!((sent.kind, sent.picture.as_ref()), (Kind::Image, Some(&picture)));
    assert_eq!(room(&db, ben, direct).await.last, Some(sent));
    let stored = db.media(ben, picture.id).await.unwrap();
    assert_eq!((stored.path.as_str(), stored.thumb_path.as_str()), ("ab/cd.png", "ab/cd.jpg"));
    assert_eq!(stored.content_type, "image/png");
    assert_eq!(stored.thumb_type, "image/jpeg");
    assert!(is_not_found(db.media(eve, picture.id).await));
    assert!(is_not_found(db.media(ann, MediaId(999)).await));

    let edited = db.edit(ann, direct, 1, Kind::Text, "a cat", 4_500).await.unwrap();
    assert_eq!((edited.kind, edited.picture), (Kind::Image, Some(picture.clone())));
    let deleted = db.delete(ann, direct, 1, 5_000).await.unwrap();
    assert_eq!(deleted.picture, None);
    assert!(is_not_found(db.media(ben, picture.id).await), "deleted");
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
    db.delete(ann, LOBBY, 1, 9_000).await.unwrap();
    db.set_avatar(ann, None).await.unwrap();
    assert_eq!(db.take_unused_media(3_001).await.unwrap().len(), 2);
}
