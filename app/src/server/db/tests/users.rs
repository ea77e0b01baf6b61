//! Registration, people, sessions.

use super::*;
use crate::{
    account::Profile,
    server::db::admin::{By, Part},
};

on_both! {
    who_registers_joins_the_default_group_having_read_it
    a_name_is_given_once
    people_come_by_name_page_by_page
    a_profile_is_stored_and_an_avatar_is_ones_own
    a_session_lives_until_it_ends
    a_new_password_ends_all_sessions
    a_password_that_was_replaced_meanwhile_is_good_for_nothing
    a_session_is_listed_with_when_it_was_used
    a_disabled_account_is_not_there_but_its_name_is
    a_database_that_is_gone_is_unavailable
}

async fn who_registers_joins_the_default_group_having_read_it(db: Db) {
    assert!(db.has_no_users().await.unwrap());
    let (ann, changes) = db.create_user(&new_user("Ann")).await.unwrap();
    assert!(!db.has_no_users().await.unwrap());
    assert_eq!(changes, [super::super::Change { room: LOBBY, rev: 1 }]);
    send(&db, ann, LOBBY, 1).await;
    send(&db, ann, LOBBY, 2).await;

    let (ben, changes) = db.create_user(&new_user("Ben")).await.unwrap();
    assert_eq!(changes, [super::super::Change { room: LOBBY, rev: 4 }]);
    let lobby = room(&db, ben, LOBBY).await;
    assert_eq!((lobby.name.as_str(), lobby.members, lobby.creator), ("Lobby", 2, None));
    assert_eq!((lobby.last_seq, lobby.last_read_seq, lobby.unread), (2, 2, 0));
    assert_eq!(lobby.last.map(|last| last.body), Some("m2".to_owned()));
    assert!(lobby.created > 1_700_000_000_000, "{}", lobby.created);
}

async fn a_name_is_given_once(db: Db) {
    let by = By::command_line(50);
    let tries = (0..10).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { db.create_user(&new_user("Ann")).await })
    });
    let mut made = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error, Error::NameTaken),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(db.create_user_by(&by, &new_user("Ann")).await, Err(Error::NameTaken));
    assert!(db.audit("", "", Part(1)).await.unwrap().0.is_empty());
    db.create_user_by(&by, &new_user("Zoe")).await.unwrap();
    assert_eq!(db.audit("create_user", "", Part(1)).await.unwrap().0[0].subject, "Zoe");
    let ann = account(&db, "ann").await;
    assert_eq!((ann.password.as_str(), ann.disabled), ("$argon2id$first", false));
    assert!(db.account("anna").await.unwrap().is_none());
    // Only the folded name counts, and exactly: an accent makes another name.
    assert!(db.create_user(&new_user("Änn")).await.is_ok());
    assert_eq!(room(&db, ann.id, LOBBY).await.members, 3);
}

async fn people_come_by_name_page_by_page(db: Db) {
    for name in ["dora", "Ann", "王小明", "ben", "Cem"] {
        user(&db, name).await;
    }
    let names = |people: &[crate::account::Person]| -> Vec<String> {
        people.iter().map(|person| person.name.clone()).collect()
    };
    let (people, after) = db.people(None, 3).await.unwrap();
    assert_eq!(names(&people), ["Ann", "ben", "Cem"]);
    assert_eq!(after.as_deref(), Some("cem"));
    let (people, after) = db.people(after.as_deref(), 3).await.unwrap();
    assert_eq!((names(&people), after), (vec!["dora".to_owned(), "王小明".to_owned()], None));
    assert_eq!(people[1].display_name, "王小明");

    let ids: Vec<UserId> = people.iter().map(|person| person.id).chain([UserId(999)]).collect();
    assert_eq!(db.people_by_id(&ids).await.unwrap().len(), 2);
    assert!(db.people_by_id(&[]).await.unwrap().is_empty());
    let many: Vec<UserId> = (1..2_000).map(UserId).collect();
    assert_eq!(db.people_by_id(&many).await.unwrap().len(), 5);

    let ann = account(&db, "ann").await.id;
    let (members, after) = db.members(ann, LOBBY, Some("ann"), 2).await.unwrap();
    let people: Vec<_> = members.into_iter().map(|member| member.person).collect();
    assert_eq!((names(&people), after.as_deref()), (vec!["ben".into(), "Cem".into()], Some("cem")));
    let (members, after) = db.members(ann, LOBBY, after.as_deref(), 2).await.unwrap();
    assert_eq!((members.len(), after), (2, None));

    for (text, limit, expected) in [
        ("e", 9, &["ben", "Cem"][..]),
        ("小", 9, &["王小明"]),
        ("", 2, &["Ann", "ben"]),
        ("_", 9, &[]),
    ] {
        let members = db.members_named(ann, LOBBY, text, limit).await.unwrap();
        let people: Vec<_> = members.into_iter().map(|member| member.person).collect();
        assert_eq!(names(&people), expected, "{text}");
    }
}

async fn a_profile_is_stored_and_an_avatar_is_ones_own(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let profile =
        Profile { display_name: "安妮 😀".into(), introduction: "你好，世界".into() };
    db.set_profile(ann, &profile).await.unwrap();
    let avatar = upload(&db, ann, Purpose::Avatar).await.id;
    let picture = upload(&db, ann, Purpose::Message).await.id;
    db.set_avatar(ann, Some(avatar)).await.unwrap();
    assert!(is_not_found(db.set_avatar(ann, Some(picture)).await));
    assert!(is_not_found(db.set_avatar(ann, Some(MediaId(999))).await));
    assert!(is_not_found(db.set_avatar(ben, Some(avatar)).await));
    let person = db.people_by_id(&[ann]).await.unwrap().remove(0);
    assert_eq!((person.display_name, person.introduction), ("安妮 😀".into(), "你好，世界".into()));
    assert_eq!(person.avatar, Some(avatar));
    db.set_avatar(ann, None).await.unwrap();
    assert_eq!(db.people_by_id(&[ann]).await.unwrap().remove(0).avatar, None);
}

async fn a_session_lives_until_it_ends(db: Db) {
    let ann = db.create_user(&NewUser { is_admin: true, ..new_user("Ann") }).await.unwrap().0;
    let (one, two) = ([1; 32], [2; 32]);
    db.create_session(&one, ann, 100, 200, &"龙".repeat(300)).await.unwrap();
    db.create_session(&two, ann, 100, 300, "").await.unwrap();
    let found = db.session(&one, 199).await.unwrap().unwrap();
    assert_eq!((found.user, found.is_admin, found.expires), (ann, true, 200));
    assert!(db.session(&one, 200).await.unwrap().is_none(), "expired");
    assert!(db.session(&[3; 32], 150).await.unwrap().is_none(), "unknown");
    db.extend_session(&one, 150, 400).await.unwrap();
    assert_eq!(db.session(&one, 399).await.unwrap().unwrap().expires, 400);
    assert_eq!(db.delete_expired_sessions(300).await.unwrap(), 1);
    assert!(db.session(&two, 150).await.unwrap().is_none(), "removed");
    db.delete_session(&one).await.unwrap();
    assert!(db.session(&one, 150).await.unwrap().is_none(), "ended");
}

async fn a_new_password_ends_all_sessions(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    for (token, owner) in [([1; 32], ann), ([2; 32], ann), ([3; 32], ben)] {
        db.create_session(&token, owner, 100, 200, "").await.unwrap();
    }
    let before = db.revocations().await.unwrap();
    let by = By::command_line(50);
    db.create_reset_link(&by, ann, &[7; 32], 9_000).await.unwrap();
    db.set_password(&by, ann, "$argon2id$second").await.unwrap();
    assert_eq!(db.reset_link(&[7; 32], 100).await.unwrap(), None);
    let (entries, _) = db.audit("set_password", "", Part(1)).await.unwrap();
    assert_eq!((entries.len(), entries[0].subject.as_str()), (1, "Ann"));
    assert_eq!(db.revocations().await.unwrap(), before + 1);
    assert_eq!(account(&db, "ann").await.password, "$argon2id$second");
    assert!(db.session(&[1; 32], 150).await.unwrap().is_none());
    assert!(db.session(&[2; 32], 150).await.unwrap().is_none());
    assert!(db.session(&[3; 32], 150).await.unwrap().is_some(), "another's");
    assert!(is_not_found(db.set_password(&by, UserId(999), "x").await));
    assert_eq!(db.revocations().await.unwrap(), before + 1);
}

async fn a_password_that_was_replaced_meanwhile_is_good_for_nothing(db: Db) {
    let ann = user(&db, "Ann").await;
    db.create_session(&[1; 32], ann, 100, 200, "").await.unwrap();
    let first = account(&db, "ann").await.password;
    assert!(db.has_password(ann, &first).await.unwrap());
    db.create_reset_link(&By::person(ann, 1), ann, &[7; 32], 9_000).await.unwrap();
    db.replace_password(ann, &first, "second").await.unwrap();
    assert_eq!(db.reset_link(&[7; 32], 100).await.unwrap(), None);
    assert!(db.session(&[1; 32], 150).await.unwrap().is_none());
    assert!(!db.has_password(ann, &first).await.unwrap());
    db.create_session(&[2; 32], ann, 100, 200, "").await.unwrap();
    assert_eq!(db.replace_password(ann, &first, "third").await, Err(Error::WrongLogin));
    assert!(db.has_password(ann, "second").await.unwrap());
    assert!(db.session(&[2; 32], 150).await.unwrap().is_some(), "nothing was done");
    db.create_user(&NewUser { is_admin: true, ..new_user("Root") }).await.unwrap();
    db.set_disabled(&By::person(ann, 1), ann, true).await.unwrap();
    assert!(!db.has_password(ann, "second").await.unwrap(), "disabled");
}

async fn a_session_is_listed_with_when_it_was_used(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    for (token, owner) in [([1; 32], ann), ([2; 32], ann), ([3; 32], ben)] {
        db.create_session(&token, owner, 100, 200, "curl").await.unwrap();
    }
    db.note_last_used(&[([1; 32], 150), ([2; 32], 90)]).await.unwrap();
    let own = db.sessions(ann, 160).await.unwrap();
    let seen: Vec<_> = own.iter().map(|one| (one.token[0], one.created, one.last_used)).collect();
    assert_eq!(seen, [(1, 100, 150), (2, 100, 100)], "never back");
    assert_eq!(own[0].agent, "curl");
    assert!(db.sessions(ann, 200).await.unwrap().is_empty(), "expired");
}

async fn a_disabled_account_is_not_there_but_its_name_is(db: Db) {
    const DISABLE: &str = "UPDATE users SET disabled = TRUE WHERE id = ?";
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    db.create_session(&[1; 32], ben, 100, 200, "").await.unwrap();
    changing!(&db, tx => { sqlx::query(DISABLE).bind(ben.0).execute(&mut *tx).await?; }).unwrap();
    assert!(account(&db, "ben").await.disabled);
    assert!(db.session(&[1; 32], 150).await.unwrap().is_none());
    assert!(is_not_found(db.open_direct(ann, ben, 5_000).await));
    assert_eq!(db.people(None, 10).await.unwrap().0.len(), 1);
    assert_eq!(db.people_by_id(&[ben]).await.unwrap().len(), 1, "their messages stay");
}

#[tokio::test]
async fn a_full_disk_is_told_as_that() {
    engines::on_sqlite(|db| async move {
        let ann = user(&db, "Ann").await;
        let Db::Sqlite(sqlite) = &db else { panic!("SQLite") };
        sqlx::query("PRAGMA max_page_count = 1").execute(&sqlite.write).await.unwrap();
        let long = "x".repeat(8_000);
        let mut said = Ok(());
        for number in 1..20 {
            said = said.and(db.send(ann, LOBBY, &text(number, &long), 1).await.map(drop));
        }
        assert_eq!(said, Err(Error::NoSpace));
        assert_eq!(db.ping().await, Ok(()));
    })
    .await;
}

async fn a_database_that_is_gone_is_unavailable(db: Db) {
    let ann = user(&db, "Ann").await;
    match &db {
        Db::Sqlite(sqlite) => {
            sqlite.read.close().await;
            sqlite.write.close().await;
        }
        Db::MySql(mysql) => mysql.pool.close().await,
    }
    assert_eq!(db.ping().await, Err(Error::Unavailable));
    assert_eq!(db.rooms(ann).await, Err(Error::Unavailable));
    assert_eq!(db.send(ann, LOBBY, &text(1, "x"), 1).await, Err(Error::Unavailable));
}
