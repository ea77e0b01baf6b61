//! The promise of the loop: a snapshot of any moment and the deltas since are a fresh snapshot.

use crate::{
    harness::{Engine, Person, Server, client_id, on_both_engines},
    poll::Tab,
};
use app::{
    ids::{RoomId, UserId},
    message::{Kind, Message, NewMessage, Page},
    room::Room,
    server::now,
    sync::{Delta, Update},
};
use std::collections::{BTreeMap, BTreeSet};

on_both_engines!(a_snapshot_and_the_deltas_since_are_a_fresh_snapshot);

/// How many things are done by three people; which, and how often somebody listens, is up to the seed.
const ACTIONS: u32 = 500;

/// What a reader believes, merged as the browser does it: the higher revision wins.
#[derive(Default)]
struct Belief {
    rooms: BTreeMap<RoomId, Room>,
    messages: BTreeMap<(RoomId, i64), Message>,
}

impl Belief {
    fn merge(&mut self, delta: Delta, is_whole: bool) {
        if is_whole {
            let is_there = |id: &RoomId| delta.rooms.iter().any(|delta| delta.room.id == *id);
            self.rooms.retain(|id, _| is_there(id));
            self.messages.retain(|(id, _), _| is_there(id));
        }
        for changed in delta.rooms {
            for message in changed.messages {
                self.hear(message);
            }
            self.rooms.insert(changed.room.id, changed.room);
        }
    }

    fn hear(&mut self, message: Message) {
        let place = (message.room, message.seq);
        if self.messages.get(&place).is_none_or(|known| known.rev < message.rev) {
            self.messages.insert(place, message);
        }
    }

    fn held(&self) -> Vec<(RoomId, i64)> {
        let newest = |room| {
            let of_room = self.messages.range((room, 0)..=(room, i64::MAX));
            of_room.map(|(_, message)| message.rev).max().unwrap_or(0)
        };
        self.rooms.keys().map(|room| (*room, newest(*room))).collect()
    }
}

async fn a_snapshot_and_the_deltas_since_are_a_fresh_snapshot(engine: Engine) {
    let server = Server::plain(engine).await;
    let mut readers = Vec::new();
    for name in ["ada", "bob", "eve"] {
        let person = server.person(name).await;
        let (tab, start) = Tab::open(&person).await;
        let rooms = start.rooms.into_iter().map(|room| (room.id, room)).collect();
        readers.push((tab, Belief { rooms, ..Belief::default() }));
    }
    let ids: Vec<UserId> = readers.iter().map(|(tab, _)| tab.person.id).collect();
    let mut dice = Dice(20_260_731);
    for number in 0..ACTIONS {
        act(&server, &ids, number, &mut dice).await;
        if dice.roll(4) == 0 {
            let (tab, belief) = &mut readers[dice.roll(3) as usize];
            listen(&server, tab, belief).await;
        }
        if dice.roll(60) == 0 {
            server.app().hub.forget(ids[dice.roll(3) as usize]);
        }
    }
    for (tab, belief) in &mut readers {
        listen(&server, tab, belief).await;
        let (_, fresh) = Tab::open(&tab.person).await;
        let rooms = fresh.rooms.into_iter().map(|room| (room.id, room)).collect();
        assert_eq!(belief.rooms, rooms, "{}", tab.person.id);
        let held: BTreeSet<_> = belief.messages.keys().map(|(room, _)| *room).collect();
        assert!(held.iter().all(|room| rooms.contains_key(room)), "nothing of others' rooms");
        for room in rooms.keys() {
            let stored = all(&tab.person, *room).await;
            let believed = belief.messages.range((*room, 0)..=(*room, i64::MAX));
            assert!(believed.map(|(_, message)| message).eq(&stored), "{room}: every message");
        }
    }
}

/// One of three people does something.
async fn act(server: &Server, ids: &[UserId], number: u32, dice: &mut Dice) {
    let db = &server.app().db;
    let user = ids[dice.roll(3) as usize];
    let rooms = rooms_of(server, user).await;
    let place = dice.roll(rooms.len().max(1) as u64) as usize;
    let Some(room) = rooms.get(place).filter(|_| dice.roll(4) > 0) else {
        return act_on_groups(server, ids, user, place, dice).await;
    };
    let seq = 1 + dice.roll(room.last_seq.unsigned_abs() + 1).cast_signed();
    // Some are for somebody.
    let body = format!("{number} {}", ["", "@ada", "@eve", "@all"][dice.roll(4) as usize]);
    let client_id = client_id(number).try_into().expect("a client id");
    let changed = match dice.roll(15) {
        0 => {
            let other = ids[dice.roll(3) as usize];
            let query = [("user", other.0)];
            // Through the door: it is what tells both of the new room.
            let person = server.session(user).await;
            let status = person.form("open_direct", &query).await.status();
            assert_eq!(status, 200);
            return;
        }
        1 => {
            if db.mark_read(user, room.id, seq).await.expect("a member").is_some() {
                server.app().hub.membership_changed(user, room.id);
            }
            return;
        }
        2..=3 => db.edit(user, room.id, seq, Kind::Text, &body, now()).await,
        4 => db.delete(user, room.id, seq, now()).await.map(|(message, _)| message),
        5..=6 => db.react(user, room.id, seq, "👍", dice.roll(3) > 0).await,
        7 => {
            let to = rooms[dice.roll(rooms.len() as u64) as usize].id;
            db.forward(user, to, client_id, (room.id, seq), now()).await
        }
        _ => {
            let reply_to = (dice.roll(3) == 0).then_some(seq);
            let new = NewMessage {
                client_id,
                kind: Kind::Text,
                body,
                media: vec![],
                reply_to,
                forwarded: None,
            };
            db.send(user, room.id, &new, now()).await
        }
    };
    // Another's message, one that is not there, or a change in an archived group is refused.
    if let Ok(message) = changed {
        server.app().publish_message(&message);
    }
}

/// Somebody makes, joins, changes or leaves a group, or arranges a room of theirs, as far as they may: through the door, which is
/// what tells the others.
async fn act_on_groups(
    server: &Server,
    ids: &[UserId],
    user: UserId,
    place: usize,
    dice: &mut Dice,
) {
    let person = server.session(user).await;
    let other = ids[dice.roll(3) as usize].0.to_string();
    let mine = rooms_of(server, user).await.get(place).map(|room| room.id);
    let open = server.app().db.public_groups(user, None, 10).await.expect("groups").groups;
    let joined = open.get(dice.roll(open.len().max(1) as u64) as usize).map(|group| group.id);
    let id = |room: Option<RoomId>| room.map_or(0, |room| room.0).to_string();
    let (mine, joined) = (id(mine), id(joined));
    let role = ["member", "administrator", "owner"][dice.roll(3) as usize];
    let name = format!("Group {}", dice.roll(100));
    let (room, public) = (("room", mine.as_str()), ["false", "true"][dice.roll(2) as usize]);
    let (function, fields) = match dice.roll(11) {
        0 => ("create_group", vec![("name", name.as_str()), ("public", public)]),
        1 => ("join_group", vec![("room", joined.as_str())]),
        2 => ("leave_group", vec![room]),
        3 => ("describe_group", vec![room, ("name", &name), ("public", public)]),
        4 => ("set_role", vec![room, ("user", &other), ("role", role)]),
        5 => ("archive_group", vec![room, ("archived", public)]),
        6 => ("pin_room", vec![room, ("pinned", public)]),
        7 => {
            let notify = ["all", "mentions", "nothing"][dice.roll(3) as usize];
            ("set_notify", vec![room, ("notify", notify)])
        }
        8 => ("remove_member", vec![room, ("user", &other)]),
        _ => ("add_members", vec![room, ("people[0]", &other), ("people[1]", "2")]),
    };
    let status = person.form(function, &fields).await.status();
    // As it happens they may not, there is no such room, it is archived, or they did too much within
    // the last second.
    assert!([200, 403, 404, 409, 429].contains(&status.as_u16()), "{function}: {status}");
}

/// Asks until there is nothing new, and fills what an answer left out.
async fn listen(server: &Server, tab: &mut Tab, belief: &mut Belief) {
    while let Some(update) = tab.poll().await {
        let (delta, is_whole) = match update {
            Update::Delta(delta) => (delta, false),
            Update::Resync => (tab.resync(&belief.held()).await, true),
        };
        let mine: BTreeSet<_> =
            rooms_of(server, tab.person.id).await.into_iter().map(|room| room.id).collect();
        let told: BTreeSet<_> = delta.rooms.iter().map(|delta| delta.room.id).collect();
        assert!(told.is_subset(&mine), "told of another's room");
        let gaps: Vec<_> =
            delta.rooms.iter().filter(|delta| delta.limited).map(|delta| delta.room.id).collect();
        belief.merge(delta, is_whole);
        for room in gaps {
            for message in all(&tab.person, room).await {
                belief.hear(message);
            }
        }
        let unheard: Vec<_> = belief
            .rooms
            .values()
            .filter(|room| room.last_seq > 0 && !belief.messages.contains_key(&(room.id, 1)))
            .map(|room| room.id)
            .collect();
        for room in unheard {
            for message in all(&tab.person, room).await {
                belief.hear(message);
            }
        }
    }
}

async fn rooms_of(server: &Server, user: UserId) -> Vec<Room> {
    server.app().db.rooms(user).await.expect("rooms")
}

/// A room's history, page by page to the first message.
pub async fn all(person: &Person, room: RoomId) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let before = messages.first().map_or(i64::MAX, |message| message.seq);
        let page: Page = person.ask(&format!("history?room={room}&before={before}")).await;
        let (older, has_older) = (page.messages, page.has_older);
        messages = older.into_iter().chain(messages).collect();
        if !has_older {
            return messages;
        }
    }
}

/// A small generator (xorshift64, Marsaglia 2003), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    /// 0 to `sides` - 1.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}
