//! A TCP proxy before the server that treats answers badly.

use anyhow::Result;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// Between two pieces of an answer that drips.
const DRIP: Duration = Duration::from_millis(5);
/// Bytes that an unreliable way lets through at once when it drips.
const DROP: usize = 64;

/// How answers are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As they come.
    Open,
    /// Of ten answers one is cut off before its first byte, one is delayed, one drips.
    Unreliable,
    /// One byte a second.
    Slow,
}

/// What becomes of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Pass,
    Cut,
    Delay(Duration),
    /// So many bytes at once, with this pause between.
    Drip(usize, Duration),
}

impl Way {
    fn fate(self) -> Fate {
        match self {
            Self::Open => Fate::Pass,
            Self::Slow => Fate::Drip(1, Duration::from_secs(1)),
            Self::Unreliable => match rand::random_range(0..10) {
                0 => Fate::Cut,
                1 => Fate::Delay(Duration::from_millis(rand::random_range(50..1_500))),
                2 => Fate::Drip(DROP, DRIP),
                _ => Fate::Pass,
            },
        }
    }
}

/// A proxy that runs; it and its connections end when it is dropped.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    way: watch::Sender<Way>,
    cuts: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before the server at this address.
    ///
    /// # Errors
    /// If it cannot listen.
    pub async fn start(server: SocketAddr, way: Way) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (sender, way) = watch::channel(way);
        let cuts = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn(accept(listener, server, way, Arc::clone(&cuts)));
        Ok(Self { address, way: sender, cuts, task })
    }

    /// From the next answer on, treats them so.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// How many answers were cut off so far.
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    way: watch::Receiver<Way>,
    cuts: Arc<AtomicU64>,
) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (way, cuts) = (way.clone(), Arc::clone(&cuts));
        connections.spawn(async move {
            // A connection that breaks, breaks on the other side too, and that is all.
            let _ = relay(client, server, &way, &cuts).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Carries bytes both ways. An answer's fate is drawn when its first bytes come: the server has
/// then done what it was asked to.
async fn relay(
    mut client: TcpStream,
    server: SocketAddr,
    way: &watch::Receiver<Way>,
    cuts: &AtomicU64,
) -> std::io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asked, mut answered) = (vec![0; 16_384], vec![0; 16_384]);
    let mut fate = None;
    loop {
        tokio::select! {
            count = client.read(&mut asked) => match count? {
                0 => return Ok(()),
                count => {
                    fate = None;
                    server.write_all(&asked[..count]).await?;
                }
            },
            count = server.read(&mut answered) => match count? {
                0 => return Ok(()),
                count => {
                    let is_first = fate.is_none();
                    let drawn = *fate.get_or_insert_with(|| way.borrow().fate());
                    let bytes = &answered[..count];
                    match drawn {
                        Fate::Cut => {
                            cuts.fetch_add(1, Ordering::Relaxed);
                            return Ok(());
                        }
                        Fate::Delay(pause) if is_first => sleep(pause).await,
                        Fate::Drip(size, pause) => {
                            for piece in bytes.chunks(size) {
                                client.write_all(piece).await?;
                                sleep(pause).await;
                            }
                            continue;
                        }
                        Fate::Pass | Fate::Delay(_) => {}
                    }
                    client.write_all(bytes).await?;
                }
            },
        }
    }
}
