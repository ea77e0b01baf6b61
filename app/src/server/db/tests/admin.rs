//! Administration: users, settings, the log. What is written and uploaded: `admin/content.rs`.

mod content;

use super::*;
use crate::{
    account::Profile,
    admin::Action,
    media::Purpose,
    room::{Role, event::Event},
    server::db::{
        Change,
        admin::{By, Part},
    },
};

on_both! {
    one_administrator_stays
    two_at_once_do_not_take_the_last_two_administrators
    users_are_found_by_a_part_of_a_name
    who_is_disabled_has_no_session_and_no_link
    a_link_is_used_once_and_in_time
    who_is_deleted_frees_a_name_and_leaves_all_rooms
    a_private_conversation_goes_with_the_last_who_was_in_it
    settings_are_kept_and_told_of
    the_log_is_filtered_by_action_and_actor
}

fn by(user: UserId) -> By {
    By::person(user, 5_000)
}

/// What was done, newest first.
async fn log(db: &Db) -> Vec<(String, String, String)> {
    let (entries, _) = db.audit("", "", Part(1)).await.expect("an answer");
    entries.into_iter().map(|entry| (entry.actor, entry.action, entry.subject)).collect()
}

async fn one_administrator_stays(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let nobody = By::command_line(1);
    db.create_session(&[1; 32], ann, 100, 200, "").await.unwrap();
    let is_admin = async || db.session(&[1; 32], 150).await.unwrap().unwrap().is_admin;
    let role = async || db.rooms(ann).await.unwrap()[0].role;
    let before = db.revocations().await.unwrap();
    db.set_admin(&nobody, ann, true).await.unwrap();
    db.set_admin(&nobody, ann, true).await.unwrap();
    assert!(is_admin().await);
    assert_eq!(role().await, Role::Administrator, "of the groups that everyone joins, too");
    assert_eq!(db.revocations().await.unwrap(), before + 2, "other processes hear of it");
    let lobby = Change { room: LOBBY, rev: room(&db, ann, LOBBY).await.last_rev };
    assert_eq!(db.default_changes().await.unwrap(), [lobby]);
    db.create_user_by(&nobody, &new_user("Cem")).await.unwrap();
    assert_eq!(db.revocations().await.unwrap(), before + 3);
    assert_eq!(db.set_admin(&by(ann), ann, false).await, Err(Error::Forbidden));
    assert_eq!(db.set_disabled(&by(ann), ann, true).await, Err(Error::Forbidden));
    assert_eq!(db.delete_user(&by(ann), ann, false, &client_id(1)).await, Err(Error::Forbidden));
    assert!(is_admin().await, "all is as it was");
    db.set_admin(&by(ann), ben, true).await.unwrap();
    db.set_disabled(&by(ann), ben, true).await.unwrap();
    let last = db.set_admin(&by(ann), ann, false).await;
    assert_eq!(last, Err(Error::Forbidden), "one who cannot log in is none");
    db.set_disabled(&by(ann), ben, false).await.unwrap();
    let changes = db.set_admin(&by(ben), ann, false).await.unwrap();
    assert_eq!(changes, [Change { room: LOBBY, rev: room(&db, ann, LOBBY).await.last_rev }]);
    assert!(!is_admin().await);
    assert_eq!(role().await, Role::Member);
    assert!(is_not_found(db.set_admin(&nobody, UserId(999), true).await));
    let nobody_did = (String::new(), "make_admin".to_owned(), "Ann".to_owned());
    assert!(log(&db).await.contains(&nobody_did), "the command line's, too");
}

async fn two_at_once_do_not_take_the_last_two_administrators(db: Db) {
    for round in 0..8 {
        let (ann, ben) = (
            administrator(&db, &format!("a{round}")).await,
            administrator(&db, &format!("b{round}")).await,
        );
        let take = |by_whom: UserId, whom: UserId| {
            let db = db.clone();
            tokio::spawn(async move {
                match round % 3 {
                    0 => db.set_admin(&by(by_whom), whom, false).await.map(drop),
                    1 => db.set_disabled(&by(by_whom), whom, true).await,
                    _ => db.delete_user(&by(by_whom), whom, false, &client_id(7)).await.map(drop),
                }
            })
        };
        let (one, other) = tokio::join!(take(ann, ben), take(ben, ann));
        let mut outcomes = [one.unwrap(), other.unwrap()];
        outcomes.sort_by_key(Result::is_err);
        assert_eq!(outcomes, [Ok(()), Err(Error::Forbidden)], "{round}");
        // The next two are alone again.
        changing!(&db, tx => { sqlx::query(NO_ADMINISTRATOR).execute(&mut *tx).await?; }).unwrap();
    }
}

const NO_ADMINISTRATOR: &str = "UPDATE users SET is_admin = FALSE";

async fn users_are_found_by_a_part_of_a_name(db: Db) {
    let ann = administrator(&db, "Ann").await;
    for name in ["王小明", "annabel", "ben", "100%"] {
        user(&db, name).await;
    }
    let elodie = user(&db, "lo").await;
    let profile = Profile::parse("Élodie Прекрасная", "").unwrap();
    db.set_profile(elodie, &profile).await.unwrap();
    let names = async |text: &str| {
        let (found, is_more) = db.find_users(text, Part(1)).await.unwrap();
        assert!(!is_more);
        found.into_iter().map(|user| user.name).collect::<Vec<_>>()
    };
    assert_eq!(names("ann").await, ["Ann", "annabel"]);
    assert_eq!(names("小").await, ["王小明"]);
    assert_eq!(names("%").await, ["100%"], "no pattern");
    for shown in ["élo", "Élodie", "elodie", "ПРЕКР"] {
        assert_eq!(names(shown).await, ["lo"], "{shown}");
    }
    assert_eq!(names("").await.len(), 6);
    assert!(db.find_users("", Part(2)).await.unwrap().0.is_empty());
    db.create_session(&[1; 32], ann, 100, 200, "").await.unwrap();
    let found = db.user(ann).await.unwrap();
    assert_eq!((found.is_admin, found.sessions, found.last_used), (true, 1, Some(100)));
    assert!(is_not_found(db.user(UserId(999)).await));
}

async fn who_is_disabled_has_no_session_and_no_link(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    db.create_session(&[1; 32], ben, 100, 200, "").await.unwrap();
    db.create_reset_link(&by(ann), ben, &[7; 32], 9_000).await.unwrap();
    let before = db.revocations().await.unwrap();
    db.set_disabled(&by(ann), ben, true).await.unwrap();
    assert_eq!(db.revocations().await.unwrap(), before + 1);
    assert!(db.session(&[1; 32], 150).await.unwrap().is_none());
    assert_eq!(db.reset_link(&[7; 32], 6_000).await.unwrap(), None);
    assert!(account(&db, "ben").await.disabled);
    assert_eq!(room(&db, ann, LOBBY).await.members, 2, "a place in groups stays");
    db.set_disabled(&by(ann), ben, false).await.unwrap();
    assert!(!account(&db, "ben").await.disabled);
    assert!(db.session(&[1; 32], 150).await.unwrap().is_none(), "logs in anew");
    db.create_session(&[2; 32], ben, 100, 200, "").await.unwrap();
    db.end_sessions(&by(ann), ben).await.unwrap();
    assert!(db.session(&[2; 32], 150).await.unwrap().is_none());
    let actions: Vec<_> = log(&db).await.into_iter().map(|(_, action, _)| action).collect();
    assert_eq!(actions, ["end_sessions", "enable_user", "disable_user", "reset_link"]);
}

async fn a_link_is_used_once_and_in_time(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    db.create_session(&[1; 32], ben, 100, 200, "").await.unwrap();
    db.create_reset_link(&by(ann), ben, &[6; 32], 9_000).await.unwrap();
    db.create_reset_link(&by(ann), ben, &[7; 32], 9_000).await.unwrap();
    assert_eq!(db.reset_link(&[6; 32], 6_000).await.unwrap(), None, "another took its place");
    assert_eq!(db.reset_link(&[7; 32], 8_999).await.unwrap(), Some((ben, "Ben".to_owned())));
    assert_eq!(db.reset_link(&[7; 32], 9_000).await.unwrap(), None, "expired");
    assert!(is_not_found(db.use_reset_link(&[7; 32], "new", 9_000).await));
    assert!(is_not_found(db.use_reset_link(&[8; 32], "new", 6_000).await), "guessed");
    let tries = (0..4).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { db.use_reset_link(&[7; 32], "new", 6_000).await })
    });
    let mut used = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(user) => used += i32::from(user == ben),
            error => assert!(is_not_found(error)),
        }
    }
    assert_eq!(used, 1, "once");
    assert_eq!(account(&db, "ben").await.password, "new");
    assert!(db.session(&[1; 32], 150).await.unwrap().is_none());
    assert!(is_not_found(db.create_reset_link(&by(ann), UserId(999), &[9; 32], 1).await));
    db.create_reset_link(&by(ann), ben, &[9; 32], 9_000).await.unwrap();
    db.delete_expired_links(9_000).await.unwrap();
    assert_eq!(db.reset_link(&[9; 32], 0).await.unwrap(), None);
}

async fn who_is_deleted_frees_a_name_and_leaves_all_rooms(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let cem = user(&db, "Cem").await;
    let actor = |user, number| crate::server::db::groups::Actor {
        user,
        now: 3_000,
        client_id: client_id(number),
    };
    let books = crate::room::Description::parse("Books", "", false).unwrap();
    let books = db.create_group(&actor(ben, 50), &books).await.unwrap();
    db.add_members(&actor(ben, 51), books, &[cem]).await.unwrap();
    let direct = db.open_direct(ben, cem, 3_000).await.unwrap();
    let said = send(&db, ben, books, 1).await;
    db.create_session(&[1; 32], ben, 100, 200, "").await.unwrap();
    let before = room(&db, cem, books).await;

    let changes = db.delete_user(&by(ann), ben, true, &client_id(900)).await.unwrap();
    let rooms: Vec<RoomId> = changes.iter().map(|change| change.room).collect();
    assert_eq!(rooms, [LOBBY, books, direct]);
    assert!(db.rooms(ben).await.unwrap().is_empty());
    assert!(db.session(&[1; 32], 150).await.unwrap().is_none());
    assert!(is_not_found(db.user(ben).await));
    let gone = db.people_by_id(&[ben]).await.unwrap().remove(0);
    assert_eq!((gone.display_name.as_str(), gone.avatar), ("", None), "the row stays");
    let after = room(&db, cem, books).await;
    assert_eq!((after.members, after.role), (1, Role::Owner), "an heir");
    assert_eq!(after.last_rev, before.last_rev + 1);
    let event = Event::parse(&after.last.unwrap().body);
    assert_eq!(event, Some(Event::Left { owner: Some(cem) }));
    assert_eq!(room(&db, cem, direct).await.members, 1);
    let again = user(&db, "Ben").await;
    assert_ne!(again, ben, "the name is free");
    assert!(is_not_found(db.delete_user(&by(ann), ben, true, &client_id(901)).await));
    db.set_admin(&by(ann), cem, true).await.unwrap();
    db.delete_user(&by(ann), ann, false, &client_id(902)).await.unwrap();
    let (entries, _) = db.audit("delete_user", "", Part(1)).await.unwrap();
    assert_eq!(entries[0].actor, "Ann", "by the name that they had");

    assert_eq!(db.to_erase(10).await.unwrap(), [(books, said.seq)]);
    let (change, _) = db.bury(books, &[said.seq], 6_000).await.unwrap();
    assert_eq!(change.unwrap().rev, after.last_rev + 1);
    let page = db.messages_at(cem, books, &[said.seq]).await.unwrap();
    assert_eq!((page[0].deleted, page[0].body.as_str()), (true, ""));
    assert_eq!(db.to_erase(10).await.unwrap(), []);
    assert_eq!(db.bury(books, &[said.seq], 6_000).await.unwrap().0, None, "no message any more");
    assert_eq!(db.bury(books, &[], 6_000).await.unwrap().0, None);
}

async fn a_private_conversation_goes_with_the_last_who_was_in_it(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let (direct, notes) =
        (db.open_direct(ben, ann, 1).await.unwrap(), db.open_direct(ben, ben, 1).await.unwrap());
    let picture = upload(&db, ben, Purpose::Message).await;
    db.send(ben, notes, &image(1, picture.id), 2_000).await.unwrap();
    send(&db, ben, direct, 2).await;
    db.delete_user(&by(ann), ben, false, &client_id(900)).await.unwrap();
    let mut freed = Vec::new();
    while let Some(some) = db.clear_deleted_group(100).await.unwrap() {
        freed.extend(some);
    }
    assert_eq!(freed, [picture.id], "the notes");
    assert_eq!(room(&db, ann, direct).await.last_seq, 1, "somebody else's, too");
}

async fn settings_are_kept_and_told_of(db: Db) {
    let ann = administrator(&db, "Ann").await;
    assert!(db.settings().await.unwrap().is_empty());
    let before = db.revocations().await.unwrap();
    let set = |value: &str| [("banner", value.to_owned()), ("retention", "7".to_owned())];
    db.set_settings(&by(ann), &set("一"), "banner").await.unwrap();
    db.set_settings(&by(ann), &set("二"), "banner").await.unwrap();
    let mut stored = db.settings().await.unwrap();
    stored.sort();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(stored, [pair("banner", "二"), pair("retention", "7")]);
    assert_eq!(db.revocations().await.unwrap(), before + 2, "other processes hear of it");
}

async fn the_log_is_filtered_by_action_and_actor(db: Db) {
    let ann = administrator(&db, "Ann").await;
    let long = "字".repeat(2_000);
    db.note(&By::command_line(1), Action::SetPassword, "ben", "").await.unwrap();
    db.note(&By::person(ann, 2), Action::RemoveMessage, &long, &long).await.unwrap();
    let actors = async |action: &str, actor: &str| {
        let (entries, is_more) = db.audit(action, actor, Part(1)).await.unwrap();
        assert!(!is_more);
        entries.into_iter().map(|entry| entry.actor).collect::<Vec<_>>()
    };
    assert_eq!(actors("", "").await, ["Ann", ""]);
    assert_eq!(actors("set_password", "").await, [""]);
    assert_eq!(actors("", "Ann").await, ["Ann"]);
    assert!(actors("set_password", "Ann").await.is_empty());
    for number in 0..60 {
        db.note(&By::person(ann, number), Action::Settings, "", "").await.unwrap();
    }
    let (first, is_more) = db.audit("settings", "", Part(1)).await.unwrap();
    assert_eq!((first.len(), first[0].at, is_more), (50, 59, true));
    let (second, is_more) = db.audit("settings", "", Part(2)).await.unwrap();
    assert_eq!((second.len(), second[9].at, is_more), (10, 0, false));
}
