//! The local socket: a file of mode 0600 in a folder of mode 0700. Whoever connects must be the daemon's own user or root, whatever the
//! modes say; anybody else is cut off before a byte is read.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::{GenericFilePath, ListenerOptions};
use interprocess::os::unix::local_socket::ListenerOptionsExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::principal::Peer;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::folder::private_folder;

/// How many may be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// In all.
    pub connections_max: usize,
    /// By one user.
    pub per_user_max: usize,
}

#[derive(Debug)]
/// Listens on the local socket. The file goes when it is dropped.
pub struct LocalListener {
    listener: interprocess::local_socket::tokio::Listener,
    path: PathBuf,
    limits: ConnectionLimits,
    connected: Arc<Mutex<HashMap<u32, usize>>>,
}

impl LocalListener {
    /// Makes the socket. The caller holds the data folder's lock, so a socket that is there already is a leftover.
    pub fn bind(path: &Path, limits: ConnectionLimits) -> StoreResult<Self> {
        if let Some(folder) = path.parent() {
            private_folder(folder)?;
        }
        let file_error = |source| StoreError::File { path: path.to_owned(), source };
        remove_leftover(path)?;
        let name = path.to_fs_name::<GenericFilePath>().map_err(file_error)?;
        let listener = ListenerOptions::new().name(name).mode(0o600).create_tokio().map_err(file_error)?;
        Ok(Self { listener, path: path.to_owned(), limits, connected: Arc::default() })
    }

    fn admit(&self, uid: u32) -> Option<Seat> {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = connected.values().sum();
        let own = connected.entry(uid).or_default();
        if all >= self.limits.connections_max || *own >= self.limits.per_user_max {
            return None;
        }
        *own += 1;
        Some(Seat { uid, connected: Arc::clone(&self.connected) })
    }
}

fn remove_leftover(path: &Path) -> StoreResult<()> {
    use std::os::unix::fs::FileTypeExt;
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.file_type().is_socket() => {
            std::fs::remove_file(path).map_err(|source| StoreError::File { path: path.to_owned(), source })
        }
        Ok(_) => Err(StoreError::Unsafe { problem: format!("{} is in the socket's place and is no socket; move it away", path.display()) }),
        Err(_) => Ok(()),
    }
}

impl Drop for LocalListener {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// One of the seats that [`ConnectionLimits`] bounds. Dropping it gives it back.
#[derive(Debug)]
struct Seat {
    uid: u32,
    connected: Arc<Mutex<HashMap<u32, usize>>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = connected.get_mut(&self.uid) {
            *number -= 1;
        }
    }
}

/// A connection and its seat.
#[derive(Debug)]
pub struct LocalConnection {
    stream: LocalSocketStream,
    _seat: Seat,
}

impl AsyncRead for LocalConnection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for LocalConnection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl axum::serve::Listener for LocalListener {
    type Io = LocalConnection;
    type Addr = Peer;

    async fn accept(&mut self) -> (LocalConnection, Peer) {
        /// After an error such as too many open files, so that the loop does not spin.
        const PAUSE: Duration = Duration::from_millis(50);
        loop {
            let stream = match self.listener.accept().await {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let Some(uid) = stream.peer_creds().ok().and_then(|credentials| credentials.euid()) else { continue };
            if uid != 0 && uid != rustix::process::geteuid().as_raw() {
                tracing::warn!(uid, "another user tried to connect and was cut off");
                continue;
            }
            match self.admit(uid) {
                Some(seat) => return (LocalConnection { stream, _seat: seat }, Peer { uid }),
                None => tracing::warn!(uid, "too many connections: one was cut off"),
            }
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        Ok(Peer { uid: rustix::process::geteuid().as_raw() })
    }
}
