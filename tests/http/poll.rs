//! What one reader hears of what others do.

use crate::harness::{Engine, Person, Server, client_id, on_both_engines, refusal};
use app::{
    ids::{RoomId, UserId},
    message::{Kind, Message, NewMessage},
    presence::Presence,
    room::{Readers, RoomKind},
    server::{now, uptime},
    sync::{Cursor, DELTA_MAX, Delta, PresenceDelta, RoomDelta, Snapshot, Update},
};
use serde_json::{Value, json};

on_both_engines!(
    nothing_new_is_null_and_news_brings_its_message,
    edits_and_deletions_arrive,
    presence_comes_and_goes,
    a_foreign_cursor_and_a_forgotten_one_are_told_to_resync,
    resync_gives_the_difference,
    reading_in_one_tab_is_seen_in_the_other,
    a_sender_hears_that_they_were_seen,
    a_room_that_the_other_opened_arrives,
    a_new_profile_and_a_new_person_arrive,
    too_much_for_one_answer_is_the_newest_page,
    too_long_an_answer_is_cut_to_the_newest_messages,
    after_a_restart_one_goes_on,
    a_page_that_knows_more_than_is_stored_starts_anew,
);

const LOBBY: RoomId = RoomId(1);

/// A page that is open: what it asks with, and whom it is.
pub struct Tab {
    pub person: Person,
    pub cursor: Cursor,
}

impl Tab {
    /// A page of this person, at its start.
    pub async fn open(person: &Person) -> (Self, Snapshot) {
        let start: Snapshot = person.ask("snapshot").await;
        (Self { person: person.clone(), cursor: start.cursor }, start)
    }

    /// One poll; a delta moves the cursor.
    pub async fn poll(&mut self) -> Option<Update> {
        let news = self.person.ask(&format!("poll?cursor={}", self.cursor)).await;
        if let Some(Update::Delta(delta)) = &news {
            self.cursor = delta.cursor;
        }
        news
    }

    /// One poll that must bring something.
    pub async fn delta(&mut self) -> Delta {
        match self.poll().await {
            Some(Update::Delta(delta)) => delta,
            other => panic!("a delta, not {other:?}"),
        }
    }

    /// The difference to what is held.
    pub async fn resync(&mut self, held: &[(RoomId, i64)]) -> Delta {
        let request = self.person.call("resync", &json!({ "held": held }));
        let delta: Delta = request.send().await.expect("an answer").json().await.expect("a delta");
        self.cursor = delta.cursor;
        delta
    }
}

async fn say(person: &Person, room: RoomId, number: u32, body: &str) -> Message {
    let fields =
        [("room", room.to_string()), ("client_id", client_id(number)), ("body", body.to_owned())];
    person.done("send", &fields).await
}

async fn say_at_once(server: &Server, sender: UserId, room: RoomId, number: u32) {
    send_at_once(server, sender, room, number, number.to_string()).await;
}

/// As `say`, without the limit on how fast a person writes.
async fn send_at_once(server: &Server, sender: UserId, room: RoomId, number: u32, body: String) {
    let id = client_id(number).try_into().expect("a client id");
    let new = NewMessage {
        client_id: id,
        kind: Kind::Text,
        body,
        media: vec![],
        reply_to: None,
        forwarded: None,
    };
    let sent = server.app().db.send(sender, room, &new, now()).await.expect("it is sent");
    server.app().publish_message(&sent);
}

async fn nothing_new_is_null_and_news_brings_its_message(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (mut tab, _) = Tab::open(&ada).await;
    assert_eq!(tab.poll().await, None);
    let sent = say(&bob, LOBBY, 1, "hello").await;
    let behind = tab.cursor;
    let delta = tab.delta().await;
    assert_eq!(delta.rooms.len(), 1);
    assert_eq!((&delta.rooms[0].messages, delta.rooms[0].limited), (&vec![sent.clone()], false));
    assert_eq!(delta.rooms[0].room.unread, 1);
    assert_eq!(delta.people.iter().map(|person| person.id).collect::<Vec<_>>(), [bob.id]);
    assert_eq!(delta.presence, PresenceDelta::Unchanged);
    assert_eq!(tab.poll().await, None, "once");
    let mut again = Tab { cursor: behind, ..tab };
    assert_eq!(again.delta().await.rooms[0].messages, [sent], "a lost answer is asked for again");
    let headers = ada.get(&format!("/api/poll?cursor={}", again.cursor)).send().await;
    assert_eq!(headers.expect("an answer").headers()["cache-control"], "no-store");
}

async fn edits_and_deletions_arrive(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    say(&bob, LOBBY, 1, "one").await;
    say(&bob, LOBBY, 2, "two").await;
    let (mut tab, _) = Tab::open(&ada).await;
    let edited: Message =
        bob.done("edit", &[("room", "1"), ("seq", "1"), ("body", "one, again")]).await;
    assert_eq!(tab.delta().await.rooms[0].messages, std::slice::from_ref(&edited));
    let deleted: Message = bob.done("delete", &[("room", "1"), ("seq", "2")]).await;
    let delta = tab.delta().await;
    assert_eq!(delta.rooms[0].messages, std::slice::from_ref(&deleted));
    assert_eq!(delta.rooms[0].room.unread, 1, "a deleted message is not unread");
    assert!(deleted.deleted && deleted.rev > edited.rev);
}

async fn presence_comes_and_goes(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (mut tab, _) = Tab::open(&ada).await;
    server.app().presence.sweep(uptime());
    let seen = tab.delta().await.presence;
    assert_eq!(seen, PresenceDelta::Changed(vec![(ada.id, Presence::Online)]));
    assert_eq!(tab.poll().await, None);
    let (mut other, start) = Tab::open(&bob).await;
    assert_eq!(start.presence, [(ada.id, Presence::Online)]);
    server.app().presence.sweep(uptime());
    let seen = tab.delta().await.presence;
    assert_eq!(seen, PresenceDelta::Changed(vec![(bob.id, Presence::Online)]));
    assert!(matches!(other.delta().await.presence, PresenceDelta::Changed(_)));
    let _: () = bob.done("leave", &[("", "")]).await;
    assert_eq!(tab.poll().await, None, "not yet: another tab of theirs may ask");
    // One more than the grace: the good-bye may be of this very millisecond.
    server.app().presence.sweep(uptime() + 2_001);
    let seen = tab.delta().await.presence;
    assert_eq!(seen, PresenceDelta::Changed(vec![(bob.id, Presence::Offline)]));
    server.app().presence.sweep(uptime() + 60_000);
    let seen = tab.delta().await.presence;
    assert_eq!(seen, PresenceDelta::Changed(vec![(ada.id, Presence::Offline)]), "fell silent");
}

async fn a_foreign_cursor_and_a_forgotten_one_are_told_to_resync(engine: Engine) {
    let server = Server::plain(engine).await;
    let ada = server.person("ada").await;
    let (mut tab, start) = Tab::open(&ada).await;
    let fine = start.cursor;
    for cursor in [
        Cursor { epoch: fine.epoch + 1, ..fine },
        Cursor { epoch: 0, generation: 0, presence: 0 },
        Cursor { generation: fine.generation + 1, ..fine },
        Cursor { generation: 0, ..fine },
    ] {
        tab.cursor = cursor;
        assert_eq!(tab.poll().await, Some(Update::Resync), "{cursor}");
    }
    // Another's page, left open in a browser where somebody else has logged in.
    let bob = server.person("bob").await;
    let (mut page, _) = Tab::open(&bob).await;
    page.cursor = fine;
    assert_eq!(page.poll().await, Some(Update::Resync), "another's");
    let asked = json!({ "held": [], "me": ada.id });
    let (status, error) =
        refusal(bob.call("resync", &asked).send().await.expect("an answer")).await;
    assert_eq!((status, error["error"].as_str()), (401, Some("unauthenticated")));
    tab.cursor = fine;
    server.app().hub.forget(ada.id);
    assert_eq!(tab.poll().await, Some(Update::Resync), "forgotten");
    tab.resync(&[]).await;
    assert_eq!(tab.poll().await, None);
    for _ in 0..300 {
        server.app().profile_changed(ada.id);
    }
    assert_eq!(tab.poll().await, Some(Update::Resync), "more than is remembered");
}

async fn resync_gives_the_difference(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let direct: RoomId = ada.done("open_direct", &[("user", bob.id.0)]).await;
    let known = say(&bob, LOBBY, 1, "known").await;
    say(&bob, direct, 2, "not held").await;
    let (mut tab, _) = Tab::open(&ada).await;
    let missed = say(&bob, LOBBY, 3, "missed").await;
    let held = [(LOBBY, known.rev), (RoomId(999_999), 7)];
    let delta = tab.resync(&held).await;
    let mut rooms: Vec<_> = delta.rooms.iter().map(|delta| delta.room.id).collect();
    rooms.sort_unstable();
    assert_eq!(rooms, [LOBBY, direct], "all of one's rooms, and no other");
    for room in &delta.rooms {
        let expected = if room.room.id == LOBBY { vec![missed.clone()] } else { vec![] };
        assert_eq!((&room.messages, room.limited), (&expected, false));
    }
    assert!(matches!(delta.presence, PresenceDelta::All(_)));
    assert_eq!(tab.poll().await, None);
}

async fn reading_in_one_tab_is_seen_in_the_other(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    say(&bob, LOBBY, 1, "one").await;
    say(&bob, LOBBY, 2, "two").await;
    let (mut elsewhere, _) = Tab::open(&server.person("cem").await).await;
    let (mut tab, start) = Tab::open(&ada).await;
    assert_eq!(start.rooms[0].unread, 2);
    let _: () = ada.done("mark_read", &[("room", 1), ("seq", 2)]).await;
    let delta = tab.delta().await;
    assert_eq!((delta.rooms[0].room.unread, delta.rooms[0].room.last_read_seq), (0, 2));
    assert_eq!(delta.rooms[0].messages, []);
    assert_eq!(elsewhere.poll().await, None, "another's position is their own");
    let _: () = ada.done("mark_read", &[("room", 1), ("seq", 1)]).await;
    assert_eq!(tab.poll().await, None, "never back");
    let _: () = ada.done("mark_read", &[("room", 1), ("seq", 999)]).await;
    let (_, start) = Tab::open(&ada).await;
    assert_eq!(start.rooms[0].last_read_seq, 2, "not beyond the end");
}

async fn a_sender_hears_that_they_were_seen(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    say(&ada, LOBBY, 1, "one").await;
    let (mut tab, _) = Tab::open(&ada).await;
    let _: () = bob.done("mark_read", &[("room", 1), ("seq", 1)]).await;
    let delta = tab.delta().await;
    assert_eq!((delta.seen, delta.rooms.len()), (vec![LOBBY], 0));
    assert_eq!(tab.poll().await, None, "once");
    let readers: Readers = ada.ask("readers?room=1&seq=1").await;
    assert_eq!((readers.count, readers.people[0].id), (1, bob.id));
}

async fn a_room_that_the_other_opened_arrives(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let eve = server.person("eve").await;
    let (mut tab, _) = Tab::open(&ada).await;
    let (mut stranger, _) = Tab::open(&eve).await;
    let room: RoomId = bob.done("open_direct", &[("user", ada.id.0)]).await;
    let sent = say(&bob, room, 1, "between us").await;
    assert_eq!(tab.poll().await, Some(Update::Resync));
    let delta = tab.resync(&[(LOBBY, 0)]).await;
    let arrived = delta.rooms.iter().find(|delta| delta.room.id == room).expect("the room");
    assert_eq!((arrived.room.kind, arrived.room.peer), (RoomKind::Direct, Some(bob.id)));
    assert_eq!((arrived.room.unread, arrived.room.last.as_ref()), (1, Some(&sent)));
    let next = say(&bob, room, 2, "and more").await;
    assert_eq!(tab.delta().await.rooms[0].messages, [next]);
    assert_eq!(stranger.poll().await, None, "a third hears nothing");
    let same: RoomId = ada.done("open_direct", &[("user", bob.id.0)]).await;
    assert_eq!(same, room, "one room, whoever opens it");
    assert_eq!(tab.poll().await, None, "opening it again is no news");
}

async fn a_new_profile_and_a_new_person_arrive(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (mut tab, _) = Tab::open(&ada).await;
    let profile = [("display_name", "鲍勃"), ("introduction", "Here & there")];
    let _: () = bob.done("update_profile", &profile).await;
    let people = tab.delta().await.people;
    assert_eq!((people[0].id, people[0].display_name.as_str()), (bob.id, "鲍勃"));
    assert_eq!(people[0].introduction, "Here & there");
    let account = [("name", "carol"), ("password", "correct horse battery staple")];
    assert_eq!(server.client().form("register", &account).await.status(), 200);
    let delta = tab.delta().await;
    assert_eq!(delta.rooms[0].room.members, 3);
    assert!(delta.people.iter().any(|person| person.name == "carol"), "{:?}", delta.people);
}

async fn too_much_for_one_answer_is_the_newest_page(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (mut tab, _) = Tab::open(&ada).await;
    for number in 0..DELTA_MAX {
        say_at_once(&server, bob.id, LOBBY, number).await;
    }
    let behind = tab.cursor;
    let delta = tab.delta().await;
    let count = delta.rooms[0].messages.len();
    assert_eq!((count, delta.rooms[0].limited), (100, false), "just fits");
    say_at_once(&server, bob.id, LOBBY, DELTA_MAX).await;
    tab.cursor = behind;
    let delta = tab.delta().await;
    let seqs: Vec<_> = delta.rooms[0].messages.iter().map(|message| message.seq).collect();
    assert_eq!((seqs, delta.rooms[0].limited), ((92..=101).collect(), true));
    assert_eq!(delta.rooms[0].room.unread, 101);
    let delta = tab.resync(&[(LOBBY, 0)]).await;
    assert!(delta.rooms[0].limited && delta.rooms[0].messages.len() == 10, "resync, too");
}

async fn too_long_an_answer_is_cut_to_the_newest_messages(engine: Engine) {
    const LONG: u32 = 42;
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let private: RoomId = bob.done("open_direct", &[("user", ada.id.0)]).await;
    say_at_once(&server, bob.id, private, 0).await;
    let (mut tab, _) = Tab::open(&ada).await;
    // A megabyte in each.
    for number in 1..=LONG {
        for (room, first) in [(private, 0), (LOBBY, 1_000)] {
            send_at_once(&server, bob.id, room, first + number, "愛".repeat(8_000)).await;
        }
    }
    let behind = tab.cursor;
    let delta = tab.delta().await;
    tab.cursor = behind;
    for delta in [delta, tab.resync(&[(LOBBY, 0), (private, 2)]).await] {
        let counts = delta.rooms.iter().map(|delta| (delta.messages.len(), delta.limited));
        let mut counts: Vec<_> = counts.collect();
        counts.sort_unstable();
        assert_eq!(counts, [(1, true), (LONG as usize, false)]);
        for RoomDelta { room, messages, .. } in delta.rooms {
            assert_eq!(messages.last().map(|message| message.seq), Some(room.last_seq));
        }
    }
}

async fn after_a_restart_one_goes_on(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let known = say(&bob, LOBBY, 1, "before").await;
    let (tab, _) = Tab::open(&ada).await;
    let server = server.restarted().await;
    let (ada, bob) = (server.session(ada.id).await, server.session(bob.id).await);
    let missed = say(&bob, LOBBY, 2, "while away").await;
    let mut tab = Tab { person: ada, cursor: tab.cursor };
    assert_eq!(tab.poll().await, Some(Update::Resync));
    assert_eq!(tab.resync(&[(LOBBY, known.rev)]).await.rooms[0].messages, [missed]);
    assert_eq!(tab.poll().await, None);
}

async fn a_page_that_knows_more_than_is_stored_starts_anew(engine: Engine) {
    let server = Server::plain(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let first = say(&bob, LOBBY, 1, "one").await;
    let second = say(&bob, LOBBY, 2, "two").await;
    let resync = async |held: i64, newest: Value| -> Delta {
        let asked = json!({ "held": [[LOBBY, held]], "newest": newest });
        let answer = ada.call("resync", &asked).send().await.expect("an answer");
        answer.json().await.expect("a delta")
    };
    let known = resync(first.rev, json!([[LOBBY, 1, first.client_id]])).await;
    assert_eq!((known.rewound, &known.rooms[0].messages), (vec![], &vec![second.clone()]));
    let other = resync(first.rev, json!([[LOBBY, 1, client_id(9)]])).await;
    assert_eq!((other.rewound, other.rooms[0].limited), (vec![LOBBY], true));
    assert_eq!(other.rooms[0].messages, [first.clone(), second.clone()]);
    let gone = resync(first.rev, json!([[LOBBY, 3, client_id(3)]])).await;
    assert_eq!(gone.rewound, [LOBBY], "nothing stands there");
    let ahead = resync(second.rev + 1, json!([])).await;
    assert_eq!((ahead.rewound, ahead.rooms[0].messages.len()), (vec![LOBBY], 2));
    let foreign = resync(second.rev, json!([[99, 1, client_id(9)]])).await;
    assert_eq!(foreign.rewound, [], "no room of one's own");
}
