//! Never lost, never doubled, never out of order: many senders at once.

use super::*;
use std::collections::BTreeSet;

on_both! {
    many_senders_make_one_order_without_gaps
    fifty_copies_of_a_send_are_one_message
    a_client_id_is_one_message_in_whichever_room
}

async fn many_senders_make_one_order_without_gaps(db: Db) {
    const EACH: i64 = 4;
    let reader = user(&db, "reader").await;
    let mut senders = Vec::new();
    for number in 0..32 {
        senders.push(user(&db, &format!("sender{number}")).await);
    }
    let start = room(&db, reader, LOBBY).await.last_rev;
    let all = i64::try_from(senders.len()).unwrap() * EACH;
    let tasks: Vec<_> = (0..)
        .zip(senders)
        .map(|(n, sender)| {
            let db = db.clone();
            tokio::spawn(async move {
                for number in 0..u32::try_from(EACH).unwrap() {
                    send(&db, sender, LOBBY, n * 100 + number).await;
                }
            })
        })
        .collect();
    // A reader that follows meanwhile must never be shown a later revision before an earlier one.
    let mut heard = start;
    while heard < start + all {
        for message in db.changes(reader, LOBBY, heard, 100).await.unwrap() {
            assert_eq!(message.rev, heard + 1, "a gap");
            heard = message.rev;
        }
        // A sender that failed would leave this waiting for ever.
        let done = tasks.iter().all(tokio::task::JoinHandle::is_finished);
        assert!(!done || room(&db, reader, LOBBY).await.last_rev == start + all, "not all sent");
    }
    for task in tasks {
        task.await.unwrap();
    }
    let page = db.history(reader, LOBBY, Stretch::Newest, 1_000).await.unwrap();
    let seqs: Vec<i64> = page.messages.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, (1..=all).collect::<Vec<i64>>());
    assert!(page.messages.iter().all(|message| message.rev == start + message.seq));
    let ids: BTreeSet<_> = page.messages.iter().map(|m| (m.sender, &m.client_id)).collect();
    assert_eq!(ids.len(), seqs.len());
    let senders: BTreeSet<_> = page.messages.iter().map(|message| message.sender).collect();
    assert_eq!(senders.len(), 32);
}

async fn fifty_copies_of_a_send_are_one_message(db: Db) {
    let ann = user(&db, "Ann").await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { send(&db, ann, LOBBY, 7).await })
        })
        .collect();
    let mut sent = Vec::new();
    for task in tasks {
        sent.push(task.await.unwrap());
    }
    assert!(sent.iter().all(|one| *one == sent[0]));
    let lobby = room(&db, ann, LOBBY).await;
    assert_eq!((lobby.last_seq, lobby.last_rev), (1, sent[0].rev));
    assert_eq!(db.history(ann, LOBBY, Stretch::Newest, 100).await.unwrap().messages.len(), 1);
}

async fn a_client_id_is_one_message_in_whichever_room(db: Db) {
    let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
    let direct = db.open_direct(ann, ben, 5_000).await.unwrap();
    let first = send(&db, ann, LOBBY, 7).await;
    let again = send(&db, ann, direct, 7).await;
    assert_eq!(again, first);
    assert_ne!(send(&db, ben, direct, 7).await, first, "another sender's is another message");
    assert_eq!(room(&db, ann, direct).await.last_seq, 1);
}

/// On SQLite there is one writer: who comes second sees all that the first one did.
mod mysql_alone {
    use super::*;
    use crate::{
        room::Description,
        server::db::{admin::By, groups::Actor, members::HOLD, tests::engines::on_mysql},
    };
    use sqlx::AssertSqlSafe;
    use std::time::Duration;

    const RUNNING: &str = "SELECT COUNT(*) FROM information_schema.processlist \
        WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command IN ('Query', 'Execute')";
    /// A statement that runs whenever it is looked, so often, waits for something.
    const LOOKS: u32 = 5;

    /// Runs `change` while another one waits to be committed that did `before`, and that it waits for.
    async fn during<T: Send + 'static>(
        db: &Db,
        before: &[String],
        change: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let Db::MySql(mysql) = db else { panic!("MySQL") };
        let mut other = mysql.pool.begin().await.unwrap();
        for statement in before {
            sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut *other).await.unwrap();
        }
        let change = tokio::spawn(change);
        let waits = async {
            let mut looks = 0;
            while looks < LOOKS {
                tokio::time::sleep(Duration::from_millis(40)).await;
                let running = sqlx::query_scalar::<_, i64>(RUNNING).fetch_one(&mysql.pool);
                looks = if running.await.unwrap() > 0 { looks + 1 } else { 0 };
            }
        };
        tokio::time::timeout(Duration::from_secs(4), waits).await.expect("it waits");
        other.commit().await.unwrap();
        change.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_is_being_deleted_comes_into_no_group() {
        on_mysql(async |db: Db| {
            let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
            let actor = Actor { user: ann, now: 5_000, client_id: client_id(1) };
            let books = Description::parse("Books", "", false).unwrap();
            let room = db.create_group(&actor, &books).await.unwrap();
            let (adding, actor) = (db.clone(), Actor { client_id: client_id(2), ..actor });
            let add = async move { adding.add_members(&actor, room, &[ben]).await };
            let delete = format!("UPDATE users SET deleted = 1, disabled = TRUE WHERE id = {ben}");
            assert!(is_not_found(during(&db, &[delete], add).await));
            assert_eq!(self::room(&db, ann, room).await.members, 1);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_is_being_added_and_is_deleted_leaves_that_group_too() {
        on_mysql(async |db: Db| {
            let (ann, ben) = (user(&db, "Ann").await, user(&db, "Ben").await);
            let actor = Actor { user: ann, now: 5_000, client_id: client_id(1) };
            let books = Description::parse("Books", "", false).unwrap();
            let room = db.create_group(&actor, &books).await.unwrap();
            let (deleting, by) = (db.clone(), By::person(ann, 5_000));
            let delete =
                async move { deleting.delete_user(&by, ben, false, &client_id(2)).await.unwrap() };
            let add = [
                HOLD.replace('?', &ben.to_string()),
                format!(
                    "INSERT INTO memberships (room_id, user_id, joined) VALUES ({room}, {ben}, 1)"
                ),
            ];
            let left = during(&db, &add, delete).await;
            assert!(left.iter().any(|change| change.room == room), "{left:?}");
            let members = db.members(ann, room, None, 10).await.unwrap().0;
            assert_eq!(members.iter().map(|one| one.person.id).collect::<Vec<_>>(), [ann]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_upload_that_is_being_removed_is_not_sent() {
        on_mysql(async |db: Db| {
            let ann = user(&db, "Ann").await;
            let picture = upload(&db, ann, Purpose::Message).await;
            let (sending, id) = (db.clone(), picture.id);
            let send = async move { sending.send(ann, LOBBY, &image(1, id), 2_000).await };
            let remove = format!("DELETE FROM media WHERE id = {id}");
            assert!(is_not_found(during(&db, &[remove], send).await));
            assert_eq!(room(&db, ann, LOBBY).await.last_seq, 0);
        })
        .await;
    }
}
