//! An idle poll runs no SQL, nor does one that tells of a message: the statements of one server are counted by sqlx's own log.

use crate::harness::{Engine, Server, client_id, on_both_engines};
use app::{
    ids::RoomId,
    message::Message,
    server::{App, Settings, db::Db},
    sync::{Snapshot, Update},
};
use axum::{extract::Request, middleware::Next};
use sampleim::router;
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU64, Ordering},
};
use tower::ServiceBuilder;
use tracing::{
    Event, Instrument, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{
    Layer, filter::Targets, layer::Context, prelude::*, registry::LookupSpan,
};

on_both_engines!(a_thousand_idle_polls_run_no_sql);

/// The target of the span that a counted request runs in.
const COUNTED: &str = "counted";

async fn a_thousand_idle_polls_run_no_sql(engine: Engine) {
    let (server, count) = counted(engine).await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let start: Snapshot = ada.ask("snapshot").await;
    assert!(count.swap(0, Ordering::SeqCst) > 0, "a snapshot reads, and the counter counts");
    let idle = format!("poll?cursor={}", start.cursor);
    for _ in 0..1_000 {
        let news: Option<Update> = ada.ask(&idle).await;
        assert_eq!(news, None);
    }
    assert_eq!(count.load(Ordering::SeqCst), 0, "statements of 1,000 idle polls");
    let id = client_id(1);
    let sent: Message =
        bob.done("send", &[("room", "1"), ("client_id", id.as_str()), ("body", "news")]).await;
    count.store(0, Ordering::SeqCst);
    let news: Option<Update> = ada.ask(&idle).await;
    let Some(Update::Delta(delta)) = news else { panic!("{news:?}") };
    assert_eq!(delta.rooms[0].messages, [sent]);
    assert_eq!(count.load(Ordering::SeqCst), 0, "a message is told from memory");
    let _: Snapshot = bob.ask("snapshot").await;
    count.store(0, Ordering::SeqCst);
    let _: () = bob.done("typing", &[("room", "1")]).await;
    let idle = format!("poll?cursor={}", delta.cursor);
    let news: Option<Update> = ada.ask(&idle).await;
    let Some(Update::Delta(delta)) = news else { panic!("{news:?}") };
    assert_eq!((delta.typing, delta.rooms), (vec![(RoomId(1), bob.id)], vec![]));
    assert_eq!(count.load(Ordering::SeqCst), 0, "who writes is told from memory");
    let idle = format!("poll?cursor={}", delta.cursor);
    let _: Message = bob.done("delete", &[("room", "1"), ("seq", "1")]).await;
    count.store(0, Ordering::SeqCst);
    let news: Option<Update> = ada.ask(&idle).await;
    assert!(matches!(news, Some(Update::Delta(_))), "{news:?}");
    assert!(count.load(Ordering::SeqCst) > 0, "a deletion is looked at");
}

/// A server and how many statements its requests have run.
async fn counted(engine: Engine) -> (Server, Arc<AtomicU64>) {
    LazyLock::force(&COUNTING);
    let first = Server::start(engine, Settings::default()).await;
    let db = Db::connect(first.url()).await.expect("the database opens");
    let app = App::new(first.app().settings.clone(), db);
    let site = crate::harness::site();
    let assets = site.assets().expect("the test's site names its files");
    let count = Arc::new(AtomicU64::new(0));
    let key = COUNTS.add(count.clone());
    let counting = axum::middleware::from_fn(move |request: Request, next: Next| async move {
        let span = tracing::info_span!(target: COUNTED, "request", key);
        next.run(request).instrument(span).await
    });
    let service = router::service(&app, site, &assets, &[]);
    let service = ServiceBuilder::new().layer(counting).service(service);
    (first.replaced(app, service).await, count)
}

static COUNTS: Counts = Counts(std::sync::Mutex::new(Vec::new()));

/// The counters by the number that their requests' spans carry.
struct Counts(std::sync::Mutex<Vec<Arc<AtomicU64>>>);

impl Counts {
    fn add(&self, count: Arc<AtomicU64>) -> u64 {
        let mut counts = self.0.lock().expect("no panic while locked");
        counts.push(count);
        counts.len() as u64 - 1
    }

    fn get(&self, key: u64) -> Arc<AtomicU64> {
        self.0.lock().expect("no panic while locked")[key as usize].clone()
    }
}

/// Counts for this whole program: a statement may run on another thread than its request.
static COUNTING: LazyLock<()> = LazyLock::new(|| {
    let only =
        Targets::new().with_target(COUNTED, Level::INFO).with_target("sqlx::query", Level::DEBUG);
    let subscriber = tracing_subscriber::registry().with(Counter.with_filter(only));
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
});

/// Counts each logged statement for the request in whose span it ran.
struct Counter;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Counter {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut key = Key(None);
        attributes.record(&mut key);
        if let (Some(key), Some(span)) = (key.0, context.span(id)) {
            span.extensions_mut().insert(COUNTS.get(key));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(count) = span.extensions().get::<Arc<AtomicU64>>() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

/// The field `key` of a span.
struct Key(Option<u64>);

impl Visit for Key {
    fn record_u64(&mut self, _: &Field, value: u64) {
        self.0 = Some(value);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
