//! The limit of an answer: an axum handler that does nothing but answer with the same headers and
//! the same bytes, on the same runtime, allocator and connection settings, in a process of its own.

use crate::{
    http::{Answer, Connection},
    process,
};
use anyhow::{Context, Result, bail};
use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue},
    routing::get,
};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde::{Deserialize, Serialize};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::NamedTempFile;
use tokio::{net::TcpListener, time::sleep};
use xtask::{
    command::{Ending, Process},
    mariadb::free_port,
};

/// The server's own limit of what a connection holds unread, in bytes (`src/connections.rs`).
const BUFFER: usize = 64 * 1024;

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
struct Copy {
    headers: Vec<(String, String)>,
    body: String,
}

/// A bare server that runs; it is ended when dropped.
pub struct Bare {
    pub address: SocketAddr,
    process: Process,
    _copy: NamedTempFile,
}

impl Bare {
    /// Starts one that answers this path as this answer does.
    ///
    /// # Errors
    /// If it does not start, or the answer is no text.
    pub async fn start(path: &str, answer: &Answer<'_>) -> Result<Self> {
        let body = std::str::from_utf8(answer.body)?.to_owned();
        let copy = NamedTempFile::new()?;
        serde_json::to_writer(&copy, &Copy { headers: answer.headers()?, body })?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", path, &address.to_string()]).arg(copy.path());
        let process = Process::start(&mut command, Ending::Terminate)?;
        for _ in 0..200 {
            if Connection::open(address).await.is_ok() {
                return Ok(Self { address, process, _copy: copy });
            }
            sleep(Duration::from_millis(10)).await;
        }
        bail!("the bare server does not start");
    }

    /// The processor time that it has used.
    ///
    /// # Errors
    /// If it has ended.
    pub fn processor_time(&self) -> Result<Duration> {
        process::processor_time(self.process.id())
    }
}

/// What the other process does: answers this path at this address with the copy, until it is
/// ended.
///
/// # Errors
/// If the copy cannot be read, or the port is taken.
pub async fn serve(path: &str, address: SocketAddr, copy: &Path) -> Result<()> {
    let copy: Copy = serde_json::from_slice(&std::fs::read(copy).context("reading the copy")?)?;
    let mut headers = HeaderMap::new();
    for (name, value) in copy.headers {
        headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let body: &'static str = copy.body.leak();
    let router = Router::new().route(path, get(async move || (headers.clone(), body)));
    let listener = TcpListener::bind(address).await?;
    let mut http = http1::Builder::new();
    http.max_buf_size(BUFFER);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // The generator closes connections as it likes.
            let _ = connection.await;
        });
    }
}

/// The hidden command's arguments.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    pub path: String,
    pub address: SocketAddr,
    pub copy: PathBuf,
}
