//! Server functions of rooms.

use super::{GroupsPage, MembersPage, Notify, Readers, Role};
use crate::{
    error::Error,
    ids::{MediaId, RoomId, UserId},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The private conversation with this person, made if there is none, with oneself one's notes; a plain
/// form is led to it.
#[server(prefix = "/api", endpoint = "open_direct")]
pub async fn open_direct(user: UserId) -> Result<RoomId, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_send(caller.id)?;
    let room = app.db.open_direct(caller.id, user, crate::server::now()).await?;
    // Be it made now or before: the answer to the commit that made it may have been lost.
    [caller.id, user].iter().for_each(|person| app.hub.forget_unless_in(*person, room));
    leptos_axum::redirect(&format!("/room/{room}"));
    Ok(room)
}

/// Moves one's reading position in a room forward to `seq`; never back.
#[server(prefix = "/api", endpoint = "mark_read")]
pub async fn mark_read(room: RoomId, seq: i64) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    if let Some(senders) = app.db.mark_read(caller.id, room, seq).await? {
        app.hub.membership_changed(caller.id, room);
        senders.into_iter().for_each(|sender| app.hub.seen(sender, room));
    }
    Ok(())
}

/// Puts a room first in one's list, or back to its place.
#[server(prefix = "/api", endpoint = "pin_room")]
pub async fn pin_room(room: RoomId, pinned: bool) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_send(caller.id)?;
    app.db.pin_room(caller.id, room, pinned).await?;
    app.hub.membership_changed(caller.id, room);
    Ok(())
}

/// Sets what in a room makes a stir for oneself.
#[server(prefix = "/api", endpoint = "set_notify")]
pub async fn set_notify(room: RoomId, notify: Notify) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    app.limits.check_send(caller.id)?;
    app.db.set_notify(caller.id, room, notify).await?;
    app.hub.membership_changed(caller.id, room);
    Ok(())
}

/// Who has seen this message of one's own.
#[server(name = WhoHasRead, prefix = "/api", endpoint = "readers", input = GetUrl)]
pub async fn readers(room: RoomId, seq: i64) -> Result<Readers, Error> {
    let (app, caller) = crate::server::enter().await?;
    let (count, people) = app.db.readers(caller.id, room, seq, 100).await?;
    Ok(Readers { count, people })
}

/// The members of a room by name, a hundred at a time; `after` is where the last answer ended. With
/// `named` the first [`super::NAMED_MAX`] who have this in a name, whatever `after` is.
#[server(prefix = "/api", endpoint = "members", input = GetUrl)]
pub async fn members(
    room: RoomId,
    after: Option<String>,
    #[server(default)] named: Option<String>,
) -> Result<MembersPage, Error> {
    let (app, caller) = crate::server::enter().await?;
    if let Some(named) = named {
        let key = crate::search::words::name_key(&named);
        let members = app.db.members_named(caller.id, room, &key, super::NAMED_MAX).await?;
        return Ok(MembersPage { members, after: None });
    }
    let (members, after) = app.db.members(caller.id, room, after.as_deref(), 100).await?;
    Ok(MembersPage { members, after })
}

/// Groups that everyone may find, newest first, a hundred at a time; `before` is where the last
/// answer ended.
#[server(prefix = "/api", endpoint = "groups", input = GetUrl)]
pub async fn groups(before: Option<RoomId>) -> Result<GroupsPage, Error> {
    let (app, caller) = crate::server::enter().await?;
    app.db.public_groups(caller.id, before, 100).await
}

/// Makes a group that one owns; a plain form is led to it. `public`: everyone may find and join it.
#[server(prefix = "/api", endpoint = "create_group")]
pub async fn create_group(
    name: String,
    #[server(default)] introduction: String,
    #[server(default)] public: bool,
) -> Result<RoomId, Error> {
    let (app, caller) = crate::server::enter().await?;
    let group = super::Description::parse(&name, &introduction, public)?;
    let made = app.db.create_group(&app.actor(caller)?, &group).await;
    app.list_changed(&made, &[caller.id]);
    let room = made?;
    leptos_axum::redirect(&format!("/room/{room}"));
    Ok(room)
}

/// Joins a public group; a plain form is led to it.
#[server(prefix = "/api", endpoint = "join_group")]
pub async fn join_group(room: RoomId) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let change = app.db.join_group(&app.actor(caller)?, room).await;
    app.group_changed(change, &[caller.id])?;
    leptos_axum::redirect(&format!("/room/{room}"));
    Ok(())
}

/// Leaves a group. An owner's place is taken by who has administered it, or been there, the longest.
#[server(prefix = "/api", endpoint = "leave_group")]
pub async fn leave_group(room: RoomId) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let change = app.db.leave_group(&app.actor(caller)?, room).await;
    app.group_changed(change, &[caller.id])?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Gives a group that one manages another name and introduction, and says who may find it.
#[server(prefix = "/api", endpoint = "describe_group")]
pub async fn describe_group(
    room: RoomId,
    name: String,
    #[server(default)] introduction: String,
    #[server(default)] public: bool,
) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let group = super::Description::parse(&name, &introduction, public)?;
    let change = app.db.describe_group(&app.actor(caller)?, room, &group).await;
    app.group_changed(change, &[])
}

/// Sets the picture of a group that one manages to one that one has uploaded, or removes it.
#[server(prefix = "/api", endpoint = "set_group_picture")]
pub async fn set_group_picture(room: RoomId, media: Option<MediaId>) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let change = app.db.set_group_picture(&app.actor(caller)?, room, media).await;
    app.group_changed(change, &[])
}

/// Archives a group that one owns, so that it is read and nothing more, or reopens it.
#[server(prefix = "/api", endpoint = "archive_group")]
pub async fn archive_group(room: RoomId, archived: bool) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let change = app.db.archive_group(&app.actor(caller)?, room, archived).await;
    app.group_changed(change, &[])
}

/// Adds people to a group that one manages; those beyond the first [`super::ADDED_MAX`], and whoever
/// is a member or unknown, are left out.
#[server(prefix = "/api", endpoint = "add_members")]
pub async fn add_members(
    room: RoomId,
    #[server(default)] people: Vec<UserId>,
) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let people = &people[..people.len().min(super::ADDED_MAX)];
    match app.db.add_members(&app.actor(caller)?, room, people).await {
        Ok((change, added)) => app.group_changed(Ok(change), &added),
        Err(error) => app.group_changed(Err(error), people),
    }
}

/// Removes a member of a lower role than one's own from a group.
#[server(prefix = "/api", endpoint = "remove_member")]
pub async fn remove_member(room: RoomId, user: UserId) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let change = app.db.remove_member(&app.actor(caller)?, room, user).await;
    app.group_changed(change, &[user])
}

/// Gives another member of a group that one owns a role; with `owner` one hands it over.
#[server(prefix = "/api", endpoint = "set_role")]
pub async fn set_role(room: RoomId, user: UserId, role: Role) -> Result<(), Error> {
    let (app, caller) = crate::server::enter().await?;
    let change = app.db.set_role(&app.actor(caller)?, room, user, role).await;
    app.group_changed(change, &[])
}
