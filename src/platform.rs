//! What differs between operating systems.

pub use system::{REUSE_ADDRESS, end_asked};

/// Lets this program hold as many connections and files as it may at most. Most systems start it
/// with 1,024.
pub fn allow_many_connections() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the number of connections stays as limited as it was");
    }
}

#[cfg(unix)]
mod system {
    use tokio::signal::{
        ctrl_c,
        unix::{SignalKind, signal},
    };

    /// A restarted server may take its port again although old connections linger.
    pub const REUSE_ADDRESS: bool = true;

    /// Waits for Ctrl-C or SIGTERM.
    pub async fn end_asked() {
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut signal) => signal.recv().await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = ctrl_c() => {}
            _ = terminate => {}
        }
    }
}

#[cfg(not(unix))]
mod system {
    /// On Windows it would let two servers share one port.
    pub const REUSE_ADDRESS: bool = false;

    /// Waits for Ctrl-C.
    pub async fn end_asked() {
        let _ = tokio::signal::ctrl_c().await;
    }
}
