//! What differs between operating systems.

pub use system::{REUSE_ADDRESS, end_asked, make_private_folder};

/// Lets this program hold as many connections and files as it may at most. Most systems start it
/// with 1,024.
pub fn allow_many_connections() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the number of connections stays as limited as it was");
    }
}

#[cfg(unix)]
mod system {
    use std::{fs::DirBuilder, io, os::unix::fs::DirBuilderExt, path::Path};
    use tokio::signal::{
        ctrl_c,
        unix::{SignalKind, signal},
    };

    /// Makes a folder, and those above it, that only its owner can look into.
    pub fn make_private_folder(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

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
    /// Makes a folder, and those above it. On Windows it has the rights of the one above.
    pub fn make_private_folder(path: &std::path::Path) -> std::io::Result<()> {
        std::fs::create_dir_all(path)
    }

    /// On Windows it would let two servers share one port.
    pub const REUSE_ADDRESS: bool = false;

    /// Waits for Ctrl-C.
    pub async fn end_asked() {
        let _ = tokio::signal::ctrl_c().await;
    }
}
