//! Invitations: who makes and revokes them, whom they let in, and how often.

use super::*;
use crate::{
    ids::InvitationId,
    invitation::{LINKS_MAX, Terms},
    room::{Description, Role, Visibility, event::Event},
    server::db::{
        admin::{By, Part},
        groups::Actor,
    },
};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::task::JoinSet;

on_both! {
    who_manages_a_group_invites_to_it_and_revokes
    a_link_lets_in_who_is_no_member_and_says_so
    a_link_is_over_when_its_time_or_its_number_is
    fifty_at_once_by_a_link_for_ten_are_ten
    fifty_new_people_at_once_by_a_link_for_ten_are_ten
    who_registers_by_a_link_is_in_its_group
    links_to_the_server_are_the_administrators
    a_group_and_its_maker_take_their_links_along
    there_are_so_many_links_and_no_more
}

const WITHOUT_END: Terms = Terms { lifetime: None, max_uses: None };
/// Of those who do what is tested here.
const NOW: i64 = 6_000;

/// This user, acting now.
fn by(user: UserId) -> Actor {
    static COUNT: AtomicU32 = AtomicU32::new(2_000_000);
    let client_id = client_id(COUNT.fetch_add(1, Ordering::Relaxed));
    Actor { user, now: NOW, client_id }
}

async fn group(db: &Db, owner: UserId) -> RoomId {
    let (name, introduction) = ("读书会 😀".into(), String::new());
    let books = Description { name, introduction, visibility: Visibility::Private };
    db.create_group(&by(owner), &books).await.unwrap()
}

fn token(number: u32) -> String {
    format!("{number:022}")
}

async fn invite(db: &Db, user: UserId, room: RoomId, number: u32, terms: Terms) {
    db.invite_to_group(&by(user), room, &token(number), terms).await.unwrap();
}

async fn opens(db: &Db, number: u32) -> Option<RoomId> {
    let invited = db.invited(&token(number), NOW).await.unwrap();
    invited.and_then(|invited| invited.group).map(|group| group.id)
}

async fn newest_event(db: &Db, viewer: UserId, room: RoomId) -> (UserId, Event) {
    let page = db.history(viewer, room, Stretch::Newest, 100).await.unwrap();
    let event = page.messages.into_iter().rfind(|message| message.kind == Kind::Event).unwrap();
    (event.sender, Event::parse(&event.body).unwrap())
}

async fn who_manages_a_group_invites_to_it_and_revokes(db: Db) {
    let (ann, ben, eve) = (user(&db, "Ann").await, user(&db, "Ben").await, user(&db, "Eve").await);
    let room = group(&db, ann).await;
    let other = group(&db, eve).await;
    db.add_members(&by(ann), room, &[ben]).await.unwrap();
    let try_to = async |who: UserId, number: u32| {
        let made = db.invite_to_group(&by(who), room, &token(number), WITHOUT_END).await;
        let seen = db.invitations(who, room).await.map(|links| links.len());
        (made, seen)
    };
    assert_eq!(try_to(ann, 1).await, (Ok(()), Ok(1)));
    assert_eq!(try_to(ben, 2).await, (Err(Error::Forbidden), Err(Error::Forbidden)), "a member");
    assert_eq!(try_to(eve, 3).await, (Err(Error::NotFound), Err(Error::NotFound)), "a stranger");
    db.set_role(&by(ann), room, ben, Role::Administrator).await.unwrap();
    assert_eq!(try_to(ben, 2).await, (Ok(()), Ok(2)));

    let links = db.invitations(ann, room).await.unwrap();
    assert_eq!((links[0].token.as_str(), links[0].display_name.as_str()), (&*token(2), "Ben"));
    let (newer, older) = (InvitationId(links[0].id), InvitationId(links[1].id));
    assert!(is_not_found(db.revoke_invitation(&by(eve), room, newer).await));
    assert!(is_not_found(db.revoke_invitation(&by(eve), other, newer).await), "of another group");
    assert!(is_not_found(db.revoke_invitation(&by(ann), room, InvitationId(999)).await));
    db.set_role(&by(ann), room, ben, Role::Member).await.unwrap();
    let refused = db.revoke_invitation(&by(ben), room, newer).await;
    assert_eq!(refused, Err(Error::Forbidden), "an ex-manager");
    assert_eq!(opens(&db, 2).await, Some(room), "whose link works on");
    db.revoke_invitation(&by(ann), room, newer).await.unwrap();
    assert!(is_not_found(db.revoke_invitation(&by(ann), room, newer).await), "once");
    assert_eq!((opens(&db, 2).await, opens(&db, 1).await), (None, Some(room)));
    assert!(is_not_found(db.accept_invitation(&by(eve), &token(2)).await));

    db.archive_group(&by(ann), room, true).await.unwrap();
    assert_eq!(try_to(ann, 4).await, (Err(Error::Archived), Ok(1)));
    assert_eq!(opens(&db, 1).await, None, "nobody joins an archived group");
    assert!(is_not_found(db.accept_invitation(&by(eve), &token(1)).await));
    db.archive_group(&by(ann), room, false).await.unwrap();
    assert_eq!(opens(&db, 1).await, Some(room));
    db.archive_group(&by(ann), room, true).await.unwrap();
    db.revoke_invitation(&by(ann), room, older).await.unwrap();
}

async fn a_link_lets_in_who_is_no_member_and_says_so(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let room = group(&db, ann).await;
    let face = upload(&db, ann, Purpose::Room).await;
    invite(&db, ann, room, 1, WITHOUT_END).await;
    assert!(is_not_found(db.invited_picture(&token(1), NOW).await), "there is none");
    db.set_group_picture(&by(ann), room, Some(face.id)).await.unwrap();
    let found = db.invited(&token(1), NOW).await.unwrap().and_then(|it| it.group).unwrap();
    assert_eq!((found.name.as_str(), found.members, found.has_picture), ("读书会 😀", 1, true));
    assert_eq!(db.invited_picture(&token(1), NOW).await.unwrap().path, "ab/cd.png");
    assert!(is_not_found(db.invited_picture(&token(2), NOW).await));

    assert_eq!(db.joined_by_link(ben, &token(1)).await, Ok(None));
    let before = super::room(&db, ann, room).await;
    let change = db.accept_invitation(&by(ben), &token(1)).await.unwrap().unwrap();
    assert_eq!((change.room, change.rev), (room, before.last_rev + 1));
    assert_eq!(newest_event(&db, ann, room).await, (ben, Event::Invited { by: ann }));
    let seen = super::room(&db, ben, room).await;
    assert_eq!((seen.members, seen.role, seen.unread), (2, Role::Member, 0));
    assert_eq!(seen.last_read_seq, seen.last_seq, "they have read what is there");
    assert_eq!(db.joined_by_link(ben, &token(1)).await, Ok(Some(room)));
    for member in [ann, ben] {
        let again = db.accept_invitation(&by(member), &token(1)).await.unwrap().unwrap();
        assert_eq!(again, change, "a member stays one");
    }
    assert_eq!(db.invitations(ann, room).await.unwrap()[0].uses, 1);
    db.remove_member(&by(ann), room, ben).await.unwrap();
    db.accept_invitation(&by(ben), &token(1)).await.unwrap();
    assert_eq!(super::room(&db, ben, room).await.members, 2, "to be removed revokes nothing");
    for who in [ann, ben] {
        db.leave_group(&by(who), room).await.unwrap();
    }
    assert_eq!(opens(&db, 1).await, None, "a group that all have left is gone");
}

async fn a_link_is_over_when_its_time_or_its_number_is(db: Db) {
    let ann = user(&db, "Ann").await;
    let room = group(&db, ann).await;
    let timed = Terms { lifetime: Some(1_000), max_uses: None };
    invite(&db, ann, room, 1, timed).await;
    invite(&db, ann, room, 2, Terms { lifetime: None, max_uses: Some(1) }).await;
    let works = async |now: i64| db.invited(&token(1), now).await.unwrap().is_some();
    assert!(works(NOW + 999).await && !works(NOW + 1_000).await);
    let ben = user(&db, "Ben").await;
    let late = Actor { now: NOW + 1_000, ..by(ben) };
    assert!(is_not_found(db.accept_invitation(&late, &token(1)).await));
    assert!(db.accept_invitation(&by(ben), &token(2)).await.is_ok());
    assert_eq!(opens(&db, 2).await, None);
    let cem = user(&db, "Cem").await;
    assert!(is_not_found(db.accept_invitation(&by(cem), &token(2)).await));
    assert!(db.accept_invitation(&by(ben), &token(2)).await.is_ok(), "who is in stays in");
    assert!(is_not_found(db.accept_invitation(&by(cem), &token(3)).await), "unknown");
    db.delete_expired_invitations(NOW + 1_000).await.unwrap();
    let left = db.invitations(ann, room).await.unwrap();
    assert_eq!(
        left.iter().map(|link| (link.uses, link.max_uses)).collect::<Vec<_>>(),
        [(1, Some(1))]
    );
}

async fn fifty_at_once_by_a_link_for_ten_are_ten(db: Db) {
    let ann = user(&db, "Ann").await;
    let room = group(&db, ann).await;
    invite(&db, ann, room, 1, Terms { lifetime: None, max_uses: Some(10) }).await;
    let mut tries = JoinSet::new();
    for number in 0..50 {
        let person = user(&db, &format!("p{number}")).await;
        let db = db.clone();
        tries.spawn(async move { db.accept_invitation(&by(person), &token(1)).await });
    }
    let outcomes = tries.join_all().await;
    let (joined, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((joined.len(), refused.len()), (10, 40));
    assert!(refused.into_iter().all(is_not_found));
    assert_eq!(db.invitations(ann, room).await.unwrap()[0].uses, 10);
    let seen = super::room(&db, ann, room).await;
    assert_eq!((seen.members, seen.last_seq, seen.last_rev), (11, 11, 11), "without a gap");
}

async fn fifty_new_people_at_once_by_a_link_for_ten_are_ten(db: Db) {
    let ann = administrator(&db, "Ann").await;
    let terms = Terms { lifetime: None, max_uses: Some(10) };
    db.invite_to_server(&By::person(ann, NOW), &token(1), terms).await.unwrap();
    let mut tries = JoinSet::new();
    for number in 0..50 {
        let db = db.clone();
        tries.spawn(async move {
            let invitation = (token(1), client_id(number));
            let invitation = Some((invitation.0.as_str(), &invitation.1));
            db.create_invited_user(&new_user(&format!("p{number}")), invitation).await
        });
    }
    let outcomes = tries.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 10);
    assert!(outcomes.into_iter().filter(Result::is_err).all(is_not_found));
    assert_eq!(db.server_invitations().await.unwrap()[0].uses, 10);
    assert_eq!(room(&db, ann, LOBBY).await.members, 11, "nobody is left behind half made");
}

async fn who_registers_by_a_link_is_in_its_group(db: Db) {
    let ann = administrator(&db, "Ann").await;
    let room = group(&db, ann).await;
    invite(&db, ann, room, 1, Terms { lifetime: None, max_uses: Some(2) }).await;
    let register = async |name: &str, number: u32, event: u32| {
        let (token, event) = (token(number), client_id(event));
        db.create_invited_user(&new_user(name), Some((&token, &event))).await
    };
    let (ben, changes, group) = register("Ben", 1, 1).await.unwrap();
    assert_eq!(group, Some(room));
    assert_eq!(changes.iter().map(|change| change.room).collect::<Vec<_>>(), [LOBBY, room]);
    assert_eq!(db.rooms(ben).await.unwrap().len(), 2);
    assert_eq!(newest_event(&db, ben, room).await, (ben, Event::Invited { by: ann }));
    assert_eq!(register("Ben", 1, 2).await.err(), Some(Error::NameTaken));
    assert_eq!(db.invitations(ann, room).await.unwrap()[0].uses, 1, "that was no use");
    register("Cem", 1, 3).await.unwrap();
    assert!(is_not_found(register("Dan", 1, 4).await), "used up");
    assert!(db.account("dan").await.unwrap().is_none(), "nobody was made");
    // Into a default group, which has them already: a use all the same.
    invite(&db, ann, LOBBY, 2, Terms { lifetime: None, max_uses: Some(1) }).await;
    let (_, changes, group) = register("Eve", 2, 5).await.unwrap();
    assert_eq!((changes.len(), group), (1, Some(LOBBY)));
    assert!(is_not_found(register("Fay", 2, 6).await));
}

async fn links_to_the_server_are_the_administrators(db: Db) {
    let (ann, ben) = (administrator(&db, "Ann").await, user(&db, "Ben").await);
    let room = group(&db, ben).await;
    invite(&db, ben, room, 1, WITHOUT_END).await;
    let ann = By::person(ann, NOW);
    let terms = Terms { lifetime: Some(1_000), max_uses: Some(10) };
    db.invite_to_server(&ann, &token(2), terms).await.unwrap();
    assert!(is_not_found(db.invite_to_server(&By::command_line(1), &token(3), terms).await));
    let links = db.server_invitations().await.unwrap();
    assert_eq!(links.len(), 1, "not those into a group");
    let link = &links[0];
    assert_eq!((link.display_name.as_str(), link.expires), ("Ann", Some(NOW + 1_000)));
    assert_eq!(db.invited(&token(2), NOW).await.unwrap().map(|it| it.group), Some(None));
    assert_eq!(db.accept_invitation(&by(ben), &token(2)).await, Ok(None), "there already");
    let of_group = InvitationId(db.invitations(ben, room).await.unwrap()[0].id);
    assert!(is_not_found(db.revoke_server_invitation(&ann, of_group).await));
    let invitation = InvitationId(link.id);
    assert!(is_not_found(db.revoke_invitation(&by(ben), room, invitation).await));
    db.revoke_server_invitation(&ann, invitation).await.unwrap();
    assert!(is_not_found(db.revoke_server_invitation(&ann, invitation).await));
    assert_eq!(db.invited(&token(2), NOW).await, Ok(None));
    let (log, _) = db.audit("", "", Part(1)).await.unwrap();
    let told: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(told, ["revoke_invitation", "invite"]);
    assert_eq!(log[1].detail, "milliseconds=1000 uses=10");
}

async fn a_group_and_its_maker_take_their_links_along(db: Db) {
    let (root, ann, ben) =
        (administrator(&db, "Root").await, user(&db, "Ann").await, user(&db, "Ben").await);
    let root = By::person(root, NOW);
    let (books, films) = (group(&db, ann).await, group(&db, ann).await);
    db.add_members(&by(ann), films, &[ben]).await.unwrap();
    db.set_role(&by(ann), films, ben, Role::Administrator).await.unwrap();
    invite(&db, ann, books, 1, WITHOUT_END).await;
    invite(&db, ann, films, 2, WITHOUT_END).await;
    invite(&db, ben, films, 3, WITHOUT_END).await;
    db.delete_group(&root, books).await.unwrap();
    assert_eq!(opens(&db, 1).await, None);
    while db.clear_deleted_group(100).await.unwrap().is_some() {}
    db.set_disabled(&root, ben, true).await.unwrap();
    assert_eq!(opens(&db, 3).await, None, "who made it cannot log in");
    assert!(db.invitations(ann, films).await.unwrap()[0].disabled);
    db.set_disabled(&root, ben, false).await.unwrap();
    assert_eq!(opens(&db, 3).await, Some(films));
    db.delete_user(&root, ann, true, &client_id(900)).await.unwrap();
    assert_eq!((opens(&db, 2).await, opens(&db, 3).await), (None, Some(films)));
    assert_eq!(db.invitations(ben, films).await.unwrap().len(), 1);
}

async fn there_are_so_many_links_and_no_more(db: Db) {
    let ann = administrator(&db, "Ann").await;
    let room = group(&db, ann).await;
    let most = u32::try_from(LINKS_MAX).unwrap();
    let server = By::person(ann, NOW);
    for number in 0..most {
        invite(&db, ann, room, number, WITHOUT_END).await;
        db.invite_to_server(&server, &token(1_000 + number), WITHOUT_END).await.unwrap();
    }
    let more = db.invite_to_group(&by(ann), room, &token(most), WITHOUT_END).await;
    assert_eq!(more, Err(Error::Forbidden));
    let more = db.invite_to_server(&server, &token(1_000 + most), WITHOUT_END).await;
    assert_eq!(more, Err(Error::Forbidden));
    let oldest = db.invitations(ann, room).await.unwrap().pop().unwrap();
    db.revoke_invitation(&by(ann), room, InvitationId(oldest.id)).await.unwrap();
    invite(&db, ann, room, most, WITHOUT_END).await;
}
