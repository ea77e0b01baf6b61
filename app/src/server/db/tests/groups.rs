//! Groups: who may do what in one, what is told of it, and what who left sees.

use super::*;
use crate::{
    room::{Description, Member, Role, Visibility, event::Event},
    server::db::{admin::By, groups::Actor},
};
use std::sync::atomic::{AtomicU32, Ordering};

on_both! {
    who_makes_a_group_owns_it
    public_groups_are_found_and_joined_private_ones_are_not
    only_who_manages_describes_a_group
    only_who_manages_adds_people_and_each_once
    the_higher_role_removes_the_lower
    roles_are_given_by_the_owner_alone
    an_owner_who_leaves_has_an_heir
    who_cannot_log_in_inherits_no_group_that_others_are_in
    who_left_finds_nothing_more
    an_event_is_nobodys_to_change_and_is_not_unread
    a_groups_picture_is_seen_with_the_group
    many_changes_at_once_leave_no_gap
    who_administers_the_server_administers_the_default_group
    an_archived_group_is_read_and_left_and_nothing_more
}

/// This user, acting at 6,000.
fn by(user: UserId) -> Actor {
    static COUNT: AtomicU32 = AtomicU32::new(1_000_000);
    let client_id = client_id(COUNT.fetch_add(1, Ordering::Relaxed));
    Actor { user, now: 6_000, client_id }
}

fn named(name: &str, visibility: Visibility) -> Description {
    Description { name: name.into(), introduction: "读书".into(), visibility }
}

async fn group(db: &Db, owner: UserId, visibility: Visibility, people: &[UserId]) -> RoomId {
    let room = db.create_group(&by(owner), &named("Books", visibility)).await.unwrap();
    db.add_members(&by(owner), room, people).await.unwrap();
    room
}

async fn events(db: &Db, viewer: UserId, room: RoomId) -> Vec<(UserId, Event)> {
    let page = db.history(viewer, room, Stretch::Newest, 100).await.unwrap();
    let events = page.messages.into_iter().filter(|message| message.kind == Kind::Event);
    events.map(|event| (event.sender, Event::parse(&event.body).unwrap())).collect()
}

async fn roles(db: &Db, viewer: UserId, room: RoomId) -> Vec<(UserId, Role)> {
    let (members, _) = db.members(viewer, room, None, 100).await.unwrap();
    members.into_iter().map(|Member { person, role }| (person.id, role)).collect()
}

fn is_forbidden<T>(outcome: Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Forbidden))
}

async fn who_makes_a_group_owns_it(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let id = db.create_group(&by(ann), &named("读书会 😀", Visibility::Private)).await.unwrap();
    let seen = room(&db, ann, id).await;
    assert_eq!((seen.name.as_str(), seen.introduction.as_str()), ("读书会 😀", "读书"));
    assert_eq!((seen.creator, seen.created, seen.members), (Some(ann), 6_000, 1));
    assert_eq!((seen.role, seen.visibility, seen.avatar), (Role::Owner, Visibility::Private, None));
    assert_eq!((seen.last_seq, seen.last_rev, seen.last_read_seq, seen.unread), (1, 1, 1, 0));
    assert_eq!(events(&db, ann, id).await, [(ann, Event::Created)]);
    assert!(db.rooms_by_id(ben, &[id]).await.unwrap().is_empty());
    assert_eq!(send(&db, ann, id, 1).await.seq, 2);
}

async fn public_groups_are_found_and_joined_private_ones_are_not(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let public = group(&db, ann, Visibility::Public, &[]).await;
    let private = group(&db, ann, Visibility::Private, &[]).await;
    let later = group(&db, ann, Visibility::Public, &[]).await;
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    let said = send(&db, ann, public, 1).await;

    let found = db.public_groups(ben, None, 2).await.unwrap();
    let ids: Vec<_> = found.groups.iter().map(|group| (group.id, group.is_member)).collect();
    assert_eq!((ids, found.before), (vec![(later, false), (public, false)], Some(public)));
    assert_eq!((found.groups[1].members, found.groups[1].introduction.as_str()), (1, "读书"));
    let rest = db.public_groups(ben, found.before, 2).await.unwrap();
    let ids: Vec<_> = rest.groups.iter().map(|group| (group.id, group.is_member)).collect();
    assert_eq!((ids, rest.before), (vec![(LOBBY, true)], None));

    for closed in [private, direct, STRANGE] {
        assert!(is_not_found(db.join_group(&by(ben), closed).await), "{closed}");
    }
    let change = db.join_group(&by(ben), public).await.unwrap();
    let seen = room(&db, ben, public).await;
    assert_eq!((change.rev, seen.last_rev, seen.members), (3, 3, 2));
    assert_eq!((seen.role, seen.last_read_seq, seen.unread), (Role::Member, 3, 0));
    assert_eq!(db.join_group(&by(ben), public).await.unwrap(), change, "again: unchanged");
    assert_eq!(events(&db, ben, public).await, [(ann, Event::Created), (ben, Event::Joined)]);
    db.mark_read(ben, public, 3).await.unwrap();
    assert_eq!(db.readers(ann, public, said.seq, 9).await.unwrap().0, 0, "joined later");
    let said = send(&db, ann, public, 2).await;
    assert_eq!(room(&db, ben, public).await.unread, 1);
    db.mark_read(ben, public, said.seq).await.unwrap();
    assert_eq!(db.readers(ann, public, said.seq, 9).await.unwrap().0, 1);
}

async fn only_who_manages_describes_a_group(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let id = group(&db, ann, Visibility::Private, &[ben]).await;
    let before = room(&db, ann, id).await;
    let described =
        Description { introduction: "films".into(), ..named("Films", Visibility::Public) };
    assert!(is_forbidden(db.describe_group(&by(ben), id, &described).await));
    assert!(is_not_found(db.describe_group(&by(eve), id, &described).await));
    assert_eq!(room(&db, ann, id).await, before, "a refused change leaves no trace");

    let change = db.describe_group(&by(ann), id, &described).await.unwrap();
    let seen = room(&db, ben, id).await;
    assert_eq!((seen.name.as_str(), seen.introduction.as_str()), ("Films", "films"));
    assert_eq!((seen.visibility, seen.last_rev), (Visibility::Public, change.rev));
    assert_eq!(db.describe_group(&by(ann), id, &described).await.unwrap(), change, "the same");
    db.set_role(&by(ann), id, ben, Role::Administrator).await.unwrap();
    let described = Description { introduction: String::new(), ..described };
    db.describe_group(&by(ben), id, &described).await.unwrap();
    let told = events(&db, ben, id).await;
    let expected = [
        (ann, Event::Renamed { name: "Films".into() }),
        (ann, Event::RoleSet { person: ben, role: Role::Administrator }),
        (ben, Event::Described),
    ];
    assert_eq!(told[2..], expected);
}

async fn only_who_manages_adds_people_and_each_once(db: Db) {
    let (ann, ben, cem) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cem").await);
    let dan = user(&db, "Dan").await;
    let id = group(&db, ann, Visibility::Public, &[ben]).await;
    assert!(is_forbidden(db.add_members(&by(ben), id, &[cem]).await));
    assert!(is_not_found(db.add_members(&by(cem), id, &[cem]).await));
    let said = send(&db, ann, id, 1).await;
    let people = [cem, ben, UserId(999), dan, cem, ann];
    let (change, added) = db.add_members(&by(ann), id, &people).await.unwrap();
    assert_eq!(added, [cem, dan]);
    assert_eq!(events(&db, cem, id).await[2], (ann, Event::Added { people: vec![cem, dan] }));
    let seen = room(&db, dan, id).await;
    assert_eq!((seen.members, seen.last_rev, seen.last_read_seq), (4, change.rev, said.seq));
    // Ben by `group`, above.
    for (who, unread) in [(ann, (0, 0)), (ben, (2, 1)), (cem, (1, 1)), (dan, (1, 1))] {
        let seen = room(&db, who, id).await;
        assert_eq!((seen.unread, seen.mentions), unread, "{who}: to whom they were added alone");
    }
    let unchanged = Ok((change, vec![]));
    assert_eq!(db.add_members(&by(ann), id, &people).await, unchanged, "again");
    assert_eq!(db.add_members(&by(ann), id, &[]).await, unchanged);
}

async fn the_higher_role_removes_the_lower(db: Db) {
    let (ann, ben, cem) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cem").await);
    let (dan, eve) = (user(&db, "Dan").await, user(&db, "Eve").await);
    let id = group(&db, ann, Visibility::Private, &[ben, cem, dan]).await;
    db.set_role(&by(ann), id, ben, Role::Administrator).await.unwrap();
    db.set_role(&by(ann), id, cem, Role::Administrator).await.unwrap();
    for (who, whom) in [(dan, ben), (dan, dan), (ben, cem), (ben, ann), (ben, ben), (ann, ann)] {
        assert!(is_forbidden(db.remove_member(&by(who), id, whom).await), "{who} {whom}");
    }
    assert!(is_not_found(db.remove_member(&by(ben), id, eve).await));
    assert!(is_not_found(db.remove_member(&by(eve), id, dan).await));
    db.remove_member(&by(ben), id, dan).await.unwrap();
    db.remove_member(&by(ann), id, cem).await.unwrap();
    let left = [(ann, Role::Owner), (ben, Role::Administrator)];
    assert_eq!(roles(&db, ann, id).await, left);
    assert_eq!(room(&db, ann, id).await.members, 2);
    let told = events(&db, ann, id).await;
    let removed = |person| Event::Removed { person };
    assert_eq!(told[told.len() - 2..], [(ben, removed(dan)), (ann, removed(cem))]);
}

async fn roles_are_given_by_the_owner_alone(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let id = group(&db, ann, Visibility::Private, &[ben]).await;
    db.set_role(&by(ann), id, ben, Role::Administrator).await.unwrap();
    assert!(is_forbidden(db.set_role(&by(ben), id, ann, Role::Member).await));
    assert!(is_forbidden(db.set_role(&by(ben), id, ben, Role::Owner).await));
    assert!(is_forbidden(db.set_role(&by(ann), id, ann, Role::Member).await));
    assert!(is_not_found(db.set_role(&by(ann), id, eve, Role::Administrator).await));
    assert!(is_not_found(db.set_role(&by(eve), id, eve, Role::Owner).await));
    db.set_role(&by(ann), id, ben, Role::Member).await.unwrap();
    assert_eq!(room(&db, ben, id).await.role, Role::Member);
    let change = db.set_role(&by(ann), id, ben, Role::Member).await.unwrap();
    assert_eq!(change.rev, room(&db, ben, id).await.last_rev, "the same");
    db.set_role(&by(ann), id, ben, Role::Owner).await.unwrap();
    let handed_over = [(ann, Role::Administrator), (ben, Role::Owner)];
    assert_eq!(roles(&db, ann, id).await, handed_over);
    assert_eq!(events(&db, ann, id).await.len(), 5, "what changed nothing is not told");
}

async fn an_owner_who_leaves_has_an_heir(db: Db) {
    let (ann, ben, cem) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cem").await);
    let id = group(&db, ann, Visibility::Public, &[ben, cem]).await;
    db.set_role(&by(ann), id, cem, Role::Administrator).await.unwrap();
    db.leave_group(&by(ann), id).await.unwrap();
    assert_eq!(roles(&db, ben, id).await, [(ben, Role::Member), (cem, Role::Owner)]);
    let last = events(&db, ben, id).await.pop().unwrap();
    assert_eq!(last, (ann, Event::Left { owner: Some(cem) }));
    db.leave_group(&by(ben), id).await.unwrap();
    assert!(is_not_found(db.leave_group(&by(ben), id).await));
    db.leave_group(&by(cem), id).await.unwrap();
    let found = db.public_groups(ann, None, 10).await.unwrap().groups;
    assert!(found.iter().all(|group| group.id != id), "gone with the last one");
    assert!(is_not_found(db.join_group(&by(ann), id).await));
    assert_eq!(db.clear_deleted_group(100).await.unwrap(), Some(vec![]), "its messages");
    assert_eq!(db.clear_deleted_group(100).await.unwrap(), Some(vec![]), "itself");
    assert_eq!(db.clear_deleted_group(100).await.unwrap(), None);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    assert!(is_not_found(db.leave_group(&by(ann), direct).await), "no group");
}

async fn who_cannot_log_in_inherits_no_group_that_others_are_in(db: Db) {
    let (ann, ben, cem) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cem").await);
    let id = group(&db, ann, Visibility::Public, &[ben]).await;
    db.set_role(&by(ann), id, ben, Role::Administrator).await.unwrap();
    db.add_members(&by(ann), id, &[cem]).await.unwrap();
    db.set_disabled(&By::person(ann, 1), ben, true).await.unwrap();
    db.leave_group(&by(ann), id).await.unwrap();
    assert_eq!(roles(&db, cem, id).await, [(ben, Role::Administrator), (cem, Role::Owner)]);
    db.leave_group(&by(cem), id).await.unwrap();
    assert_eq!(roles(&db, ben, id).await, [(ben, Role::Owner)], "nobody else is there");
}

async fn who_left_finds_nothing_more(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let id = group(&db, ann, Visibility::Private, &[ben]).await;
    let picture = upload(&db, ann, Purpose::Message).await;
    db.send(ann, id, &image(1, picture.id), 6_000).await.unwrap();
    let own = send(&db, ben, id, 2).await;
    assert!(db.media(ben, picture.id).await.is_ok());
    db.remove_member(&by(ann), id, ben).await.unwrap();
    assert!(is_not_found(db.media(ben, picture.id).await));
    assert!(is_not_found(db.history(ben, id, Stretch::Newest, 10).await));
    assert!(is_not_found(db.members(ben, id, None, 10).await));
    assert!(is_not_found(db.readers(ben, id, own.seq, 10).await));
    assert!(is_not_found(db.mark_read(ben, id, 1).await));
    assert!(is_not_found(db.send(ben, id, &text(3, "x"), 6_000).await));
    assert!(is_not_found(db.edit(ben, id, own.seq, Kind::Text, "x", 6_000).await));
    assert!(is_not_found(db.delete(ben, id, own.seq, 6_000).await));
    assert!(is_not_found(db.add_members(&by(ben), id, &[ben]).await));
    assert!(db.changes(ben, id, 0, 10).await.unwrap().is_empty());
    assert!(db.rooms_by_id(ben, &[id]).await.unwrap().is_empty());
    assert_eq!(db.room_revs(ben).await.unwrap().len(), 1);
    db.add_members(&by(ann), id, &[ben]).await.unwrap();
    assert_eq!(room(&db, ben, id).await.unread, 1, "back, which is all that is unread");
    assert!(db.edit(ben, id, own.seq, Kind::Text, "x", 6_000).await.is_ok());
}

async fn an_event_is_nobodys_to_change_and_is_not_unread(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let id = group(&db, ann, Visibility::Private, &[ben]).await;
    assert!(is_forbidden(db.edit(ann, id, 1, Kind::Text, "x", 6_000).await));
    assert!(is_forbidden(db.delete(ann, id, 1, 6_000).await));
    db.describe_group(&by(ann), id, &named("Films", Visibility::Private)).await.unwrap();
    let seen = room(&db, ben, id).await;
    assert_eq!(
        (seen.unread, seen.last_read_seq, seen.last_seq),
        (1, 1, 3),
        "but that he was added"
    );
    assert_eq!(seen.last.map(|last| last.kind), Some(Kind::Event));
}

async fn a_groups_picture_is_seen_with_the_group(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let id = group(&db, ann, Visibility::Private, &[ben]).await;
    let picture = upload(&db, ann, Purpose::Room).await.id;
    assert!(is_not_found(db.media(ben, picture).await), "not set yet");
    let theirs = upload(&db, ben, Purpose::Room).await.id;
    let avatar = upload(&db, ann, Purpose::Avatar).await.id;
    for wrong in [theirs, avatar, MediaId(999)] {
        assert!(is_not_found(db.set_group_picture(&by(ann), id, Some(wrong)).await));
    }
    assert!(is_forbidden(db.set_group_picture(&by(ben), id, Some(theirs)).await));
    assert!(is_not_found(db.set_group_picture(&by(eve), id, None).await));
    db.set_group_picture(&by(ann), id, Some(picture)).await.unwrap();
    assert_eq!(room(&db, ben, id).await.avatar, Some(picture));
    assert_eq!(db.media(ben, picture).await.unwrap().purpose, "room");
    assert!(is_not_found(db.media(eve, picture).await));
    db.describe_group(&by(ann), id, &named("Books", Visibility::Public)).await.unwrap();
    assert!(db.media(eve, picture).await.is_ok(), "a public one's");
    let found = db.public_groups(eve, None, 1).await.unwrap().groups.remove(0);
    assert_eq!(found.avatar, Some(picture));
    assert_eq!(db.take_unused_media(9_000).await.unwrap().len(), 2, "not what is shown");
    db.set_group_picture(&by(ann), id, None).await.unwrap();
    assert_eq!(db.take_unused_media(9_000).await.unwrap().len(), 1);
}

async fn many_changes_at_once_leave_no_gap(db: Db) {
    let ann = user(&db, "Ann").await;
    let id = group(&db, ann, Visibility::Public, &[]).await;
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(user(&db, &format!("person{number}")).await);
    }
    let tasks: Vec<_> = (0..)
        .zip(people)
        .map(|(number, person)| {
            let db = db.clone();
            tokio::spawn(async move {
                db.join_group(&by(person), id).await.unwrap();
                send(&db, person, id, number).await;
                db.leave_group(&by(person), id).await.unwrap();
                db.join_group(&by(person), id).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let page = db.history(ann, id, Stretch::Newest, 100).await.unwrap();
    let numbers: Vec<_> = page.messages.iter().map(|m| (m.seq, m.rev)).collect();
    assert_eq!(numbers, (1..=33).map(|n| (n, n)).collect::<Vec<_>>());
    let seen = room(&db, ann, id).await;
    assert_eq!((seen.members, seen.last_rev), (9, 33));
    assert_eq!(roles(&db, ann, id).await.len(), 9);
}

async fn who_administers_the_server_administers_the_default_group(db: Db) {
    let ann = db.create_user(&NewUser { is_admin: true, ..new_user("Ann") }).await.unwrap().0;
    let ben = user(&db, "Ben").await;
    let described = named("Everyone", Visibility::Private);
    assert!(is_forbidden(db.describe_group(&by(ben), LOBBY, &described).await));
    db.describe_group(&by(ann), LOBBY, &described).await.unwrap();
    let lobby = room(&db, ben, LOBBY).await;
    assert_eq!((lobby.name.as_str(), lobby.visibility), ("Everyone", Visibility::Default));
    db.remove_member(&by(ann), LOBBY, ben).await.unwrap();
    assert!(db.rooms(ben).await.unwrap().is_empty());
    db.join_group(&by(ben), LOBBY).await.unwrap();
    let nobody = By::command_line(1);
    db.set_admin(&nobody, ben, true).await.unwrap();
    assert_eq!(room(&db, ben, LOBBY).await.role, Role::Administrator);
    db.leave_group(&by(ben), LOBBY).await.unwrap();
    db.join_group(&by(ben), LOBBY).await.unwrap();
    assert_eq!(room(&db, ben, LOBBY).await.role, Role::Administrator, "also who comes back");
    db.leave_group(&by(ben), LOBBY).await.unwrap();
    db.add_members(&by(ann), LOBBY, &[ben]).await.unwrap();
    assert_eq!(room(&db, ben, LOBBY).await.role, Role::Administrator, "or is brought back");
    db.set_admin(&nobody, ben, false).await.unwrap();
    assert_eq!(room(&db, ben, LOBBY).await.role, Role::Member);
    let other = group(&db, ben, Visibility::Public, &[ann]).await;
    assert_eq!(room(&db, ann, other).await.role, Role::Member, "of no other group");
    let cem = user(&db, "Cem").await;
    assert_eq!(room(&db, cem, LOBBY).await.members, 3, "who registers joins it all the same");
}

async fn an_archived_group_is_read_and_left_and_nothing_more(db: Db) {
    let (ann, ben, cem) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Cem").await);
    let dan = user(&db, "Dan").await;
    let id = group(&db, ann, Visibility::Public, &[ben, cem]).await;
    let said = send(&db, ben, id, 1).await;
    db.set_role(&by(ann), id, ben, Role::Administrator).await.unwrap();
    assert!(is_forbidden(db.archive_group(&by(ben), id, true).await));
    assert!(is_not_found(db.archive_group(&by(dan), id, true).await));
    let change = db.archive_group(&by(ann), id, true).await.unwrap();
    assert_eq!(db.archive_group(&by(ann), id, true).await.unwrap(), change, "again: unchanged");
    let before = room(&db, ben, id).await;
    assert_eq!((before.archived, before.last_rev), (true, change.rev));

    let is_refused = |outcome: Option<Error>| assert_eq!(outcome, Some(Error::Archived));
    let described = named("Films", Visibility::Private);
    is_refused(db.send(ben, id, &text(2, "x"), 6_000).await.err());
    is_refused(db.edit(ben, id, said.seq, Kind::Text, "x", 6_000).await.err());
    is_refused(db.delete(ben, id, said.seq, 6_000).await.err());
    is_refused(db.join_group(&by(dan), id).await.err());
    is_refused(db.add_members(&by(ben), id, &[dan]).await.err());
    is_refused(db.describe_group(&by(ben), id, &described).await.err());
    is_refused(db.set_group_picture(&by(ben), id, None).await.err());
    assert_eq!(room(&db, ben, id).await, before, "a refused change leaves no trace");
    assert!(is_not_found(db.send(dan, id, &text(2, "x"), 6_000).await), "no member");
    assert_eq!(db.send(ben, id, &text(1, "m1"), 6_000).await.unwrap(), said, "stored before");
    let found = db.public_groups(dan, None, 10).await.unwrap().groups;
    assert!(found.iter().all(|group| group.id != id));
    let order: Vec<_> = db.rooms(ben).await.unwrap().iter().map(|room| room.id).collect();
    assert_eq!(order, [LOBBY, id], "at the end, though news came later");

    db.mark_read(ben, id, said.seq).await.unwrap();
    db.remove_member(&by(ben), id, cem).await.unwrap();
    db.set_role(&by(ann), id, ben, Role::Owner).await.unwrap();
    assert!(is_forbidden(db.archive_group(&by(ann), id, false).await));
    db.leave_group(&by(ann), id).await.unwrap();
    db.archive_group(&by(ben), id, false).await.unwrap();
    let told = events(&db, ben, id).await;
    assert_eq!(told[3], (ann, Event::Archived));
    assert_eq!(told[told.len() - 1], (ben, Event::Reopened));
    db.join_group(&by(dan), id).await.unwrap();
    assert_eq!(send(&db, dan, id, 2).await.seq, room(&db, ben, id).await.last_seq);
}
