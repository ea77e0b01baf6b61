//! Serving: bind, open the database, say where, answer until asked to end.

use crate::{
    command::{open, say, unwritable},
    config::Options,
    connections::{self, Patience},
    lan, platform,
    router::service,
    setup,
    site::Site,
};
use app::{
    server::{App, private, settings::Rules, spawn_housekeeping},
    ui::bytes,
};
use std::{
    fs::{File, TryLockError},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::{net::TcpListener, time::timeout};

/// How long the database is waited for at the end, beyond the requests: with them it is within five
/// seconds.
const LAST_WORDS: Duration = Duration::from_millis(900);

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// A sentence: the port is taken, the folder cannot be written to, the database does not answer.
pub async fn serve(options: &Options) -> Result<(), String> {
    platform::allow_many_connections();
    let listener = bind(options).await?;
    let site = Site::embedded();
    let assets = site.assets()?;
    let address = listener.local_addr().map_err(|error| cannot_listen(options, &error))?;
    // First: whoever is not alone changes nothing.
    let _alone = alone(options)?;
    let db = open(options).await?;
    let setup_code = if address.ip().is_loopback() || !db.has_no_users().await.map_err(unread)? {
        None
    } else {
        Some(setup::code()?)
    };
    let lan = if options.lan { lan::first(address.port()) } else { None };
    let app = App::new(options.settings(setup_code, lan), db);
    app.load_rules().await.map_err(unread)?;
    spawn_housekeeping(app.clone());
    announce(options, address, &app);
    let service = service(&app, site, &assets, &options.trusted_proxies);
    let end = async {
        platform::end_asked().await;
        app.closing.cancel();
    };
    connections::serve(listener, service, Patience::default(), end).await;
    // If the database does not answer any more, an hour's use is not noted, and it is not waited for.
    let _ = timeout(LAST_WORDS, async {
        let _ = app.note_last_used().await;
        app.db.close().await;
    })
    .await;
    Ok(())
}

/// Takes the data folder for this server, for as long as what is returned lives: another one beside it would
/// know nothing of what is new here.
fn alone(options: &Options) -> Result<File, String> {
    let file = private::make_folder(&options.data)
        .and_then(|()| File::create(options.data.join(".server")))
        .map_err(|error| unwritable(&options.data, &error))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(format!("another server runs with the data folder {}", options.data.display()))
        }
        // Some network file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

async fn bind(options: &Options) -> Result<TcpListener, String> {
    let address = options.listen();
    let listener =
        if options.lan { lan::listen(address.port()) } else { TcpListener::bind(address).await };
    listener.map_err(|error| cannot_listen(options, &error))
}

fn cannot_listen(options: &Options, error: &io::Error) -> String {
    let address = options.listen();
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {} is taken by another program; give another one, such as --address {}",
            address.port(),
            SocketAddr::new(options.address.ip(), address.port().wrapping_add(1).max(1024)),
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine does not have the address {}", address.ip())
        }
        _ => format!("listening on {address} failed: {error}"),
    }
}

fn unread(_: app::error::Error) -> String {
    "the database does not answer".into()
}

/// Tells the person at the terminal where to go.
fn announce(options: &Options, address: SocketAddr, app: &App) {
    let port = address.port();
    let here = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) | IpAddr::V6(Ipv6Addr::UNSPECIFIED) => {
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        }
        ip => ip,
    };
    say(&format!("SampleIM is ready: {}", lan::url(here, port)));
    if options.lan {
        say(&lan::invitation(port));
    }
    let (given, rules) = (Rules::of(&app.settings), app.rules());
    if given.registration != rules.registration {
        let (given, now) = (given.registration.as_str(), rules.registration.as_str());
        say(&format!("Registration: {now}, as set in the administration area; not {given}."));
    }
    if given.upload_limit != rules.upload_limit {
        let (given, now) = (bytes(given.upload_limit), bytes(rules.upload_limit));
        say(&format!("Largest upload: {now}, as set in the administration area; not {given}."));
    }
    if let Some(code) = &app.settings.setup_code {
        say(&format!(
            "\nSet-up code: {code}\n\
             The first account must give it, and becomes the administrator."
        ));
    }
}
