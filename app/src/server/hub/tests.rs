use super::*;

const ADA: UserId = UserId(1);
const BOB: UserId = UserId(2);
const LOBBY: RoomId = RoomId(1);
const OTHER: RoomId = RoomId(2);

async fn track(hub: &Hub, user: UserId, rooms: &[RoomId]) -> Arc<Reader> {
    let rooms: Vec<_> = rooms.iter().map(|room| (*room, 0)).collect();
    hub.track(user, async || Ok::<_, ()>(rooms.clone())).await.expect("cannot fail")
}

#[tokio::test]
async fn only_readers_of_the_room_hear_of_its_change() {
    let hub = Hub::new(1, 10);
    let ada = track(&hub, ADA, &[LOBBY, OTHER]).await;
    let bob = track(&hub, BOB, &[LOBBY]).await;
    let (before_ada, before_bob) = (ada.generation(), bob.generation());
    hub.publish(OTHER, 1, None);
    hub.publish(OTHER, 2, None);
    assert_eq!(bob.generation(), before_bob);
    let news = hub.news(&ada, before_ada, 4_500).expect("covered");
    assert_eq!(news.rooms, [(OTHER, Some(0))]);
    assert_eq!(hub.news(&ada, news.generation, 4_500).expect("covered").rooms, []);
}

#[tokio::test]
async fn what_was_committed_before_is_told_with_what_was_published_first() {
    let hub = Hub::new(1, 10);
    let loaded = async || Ok::<_, ()>(vec![(LOBBY, 3)]);
    let ada = hub.track(ADA, loaded).await.expect("cannot fail");
    let start = ada.generation();
    hub.publish(LOBBY, 5, None);
    let between = ada.generation();
    assert_eq!(hub.news(&ada, start, 4_500).expect("covered").rooms, [(LOBBY, Some(3))]);
    hub.publish(LOBBY, 8, None);
    assert_eq!(hub.news(&ada, between, 4_500).expect("covered").rooms, [(LOBBY, Some(5))]);
    let after = ada.generation();
    hub.publish(LOBBY, 4, None);
    assert_eq!(ada.generation(), after, "it was told with the other");
}

#[tokio::test]
async fn a_cursor_from_before_or_beyond_memory_resyncs() {
    let hub = Hub::new(1, 10);
    let ada = track(&hub, ADA, &[LOBBY]).await;
    let start = ada.generation();
    assert_eq!(hub.news(&ada, start - 1, 4_500), None);
    assert_eq!(hub.news(&ada, start + 1, 4_500), None);
    for rev in 0..=REMEMBERED as i64 {
        hub.publish(LOBBY, rev + 1, None);
    }
    assert_eq!(hub.news(&ada, start, 4_500).expect("tracked").rooms, [(LOBBY, None)]);
}

#[tokio::test]
async fn a_membership_that_changes_while_rooms_load_is_not_missed() {
    let hub = Hub::new(1, 10);
    let asked = AtomicU64::new(0);
    let ada = hub
        .track(ADA, async || {
            if asked.fetch_add(1, Ordering::SeqCst) == 0 {
                hub.forget(ADA);
                return Ok::<_, ()>(vec![]);
            }
            Ok(vec![(LOBBY, 0)])
        })
        .await
        .expect("cannot fail");
    let start = ada.generation();
    hub.publish(LOBBY, 1, None);
    assert_eq!(hub.news(&ada, start, 4_500).expect("covered").rooms, [(LOBBY, Some(0))]);
}

#[tokio::test]
async fn one_s_own_changes_and_everyone_s_profiles_are_news() {
    let hub = Hub::new(1, 10);
    let ada = track(&hub, ADA, &[LOBBY, OTHER]).await;
    let start = ada.generation();
    hub.seen(ADA, RoomId(9));
    assert_eq!(ada.generation(), start, "whoever was removed hears nothing more of a room");
    hub.membership_changed(ADA, LOBBY);
    hub.membership_changed(BOB, LOBBY);
    hub.profile_changed(BOB);
    hub.seen(ADA, OTHER);
    hub.seen(BOB, LOBBY);
    let news = hub.news(&ada, start, 4_500).expect("covered");
    assert_eq!(news.rooms, [(LOBBY, Some(i64::MAX))]);
    assert_eq!(news.people, [BOB]);
    assert_eq!(news.seen, [OTHER]);
}

#[tokio::test]
async fn who_writes_is_told_to_the_others_of_a_small_room() {
    let hub = Hub::new(1, 200);
    let ada = track(&hub, ADA, &[LOBBY]).await;
    let bob = track(&hub, BOB, &[LOBBY, OTHER]).await;
    let start = bob.generation();
    hub.typing(&ada, ADA, LOBBY, 1_000).expect("a member");
    hub.typing(&bob, BOB, LOBBY, 2_000).expect("a member");
    let news = hub.news(&bob, start, 4_500).expect("covered");
    assert_eq!((news.typing, news.rooms), (vec![(LOBBY, ADA), (LOBBY, BOB)], vec![]));
    let later = bob.generation();
    hub.typing(&ada, ADA, LOBBY, 4_000).expect("a member");
    assert_eq!(hub.news(&bob, later, 4_500).expect("covered").typing, [(LOBBY, ADA)]);
    let shown = 4_000 + i64::from(typing::SHOWN);
    hub.typing(&bob, BOB, LOBBY, shown).expect("a member");
    let typing = |now| hub.news(&bob, start, now).expect("covered").typing;
    assert_eq!(typing(shown), [(LOBBY, BOB)], "what is over");
    assert_eq!(typing(shown + i64::from(typing::SHOWN)), [], "also to who asks late");
    assert_eq!(hub.typing(&ada, ADA, OTHER, 1_000), Err(Error::NotFound));
    let mut more = vec![];
    for id in 10..60 {
        more.push(track(&hub, UserId(id), &[LOBBY]).await);
    }
    let quiet = bob.generation();
    hub.typing(&ada, ADA, LOBBY, 9_000).expect("a member");
    assert_eq!(bob.generation(), quiet, "too many read there");
}

#[tokio::test]
async fn who_was_forgotten_resyncs_on_each_device() {
    let hub = Hub::new(1, 10);
    let before = track(&hub, ADA, &[LOBBY]).await.generation();
    hub.forget(ADA);
    let by_one_device = track(&hub, ADA, &[LOBBY, OTHER]).await;
    assert_eq!(hub.news(&by_one_device, before, 4_500), None, "the other device's cursor");
    assert!(hub.news(&by_one_device, by_one_device.generation(), 4_500).is_some());
}

#[tokio::test]
async fn a_forgotten_reader_is_not_kept_alive_by_rooms() {
    let hub = Hub::new(1, 10);
    let weak = Arc::downgrade(&track(&hub, ADA, &[LOBBY]).await);
    hub.forget(ADA);
    assert!(hub.reader(ADA).is_none());
    assert!(weak.upgrade().is_none());
}

#[tokio::test]
async fn who_was_forgotten_or_fell_out_of_memory_knows_it() {
    let hub = Hub::new(1, 10);
    let ada = track(&hub, ADA, &[LOBBY]).await;
    assert!(!ada.is_forgotten());
    hub.forget(ADA);
    assert!(ada.is_forgotten(), "whoever holds it still");
    let ada = track(&hub, ADA, &[LOBBY]).await;
    for more in 10..1_000 {
        track(&hub, UserId(more), &[LOBBY]).await;
    }
    assert_eq!(ada.is_forgotten(), hub.reader(ADA).is_none());
    assert!(ada.is_forgotten(), "a thousand came after her");
}
