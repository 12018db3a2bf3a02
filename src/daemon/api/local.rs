//! The local socket: a file of mode 0600 in a folder of mode 0700, or, where a group may reach it, 0660 in one of 0750. Whoever connects must
//! be the daemon's own user, root, or one with a role, whatever the modes say; anybody else is cut off before a byte is read.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::{GenericFilePath, ListenerOptions};
use interprocess::os::unix::local_socket::ListenerOptionsExt;
use tokio_util::task::TaskTracker;

use super::http::connection::Service;
use super::http::limits::ACCEPT_PAUSE;
use super::http::seats::{Seat, SeatLimits, Seats};
use super::local_users::LocalUsers;
use super::principal::Peer;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::folder::{private_folder, shared_folder};

/// Listens on the local socket. The file goes when it is dropped.
#[derive(Debug)]
pub struct LocalListener {
    listener: interprocess::local_socket::tokio::Listener,
    path: PathBuf,
    seats: Seats<u32>,
    users: Arc<LocalUsers>,
}

impl LocalListener {
    /// Makes the socket. The caller holds the data folder's lock, so a socket that is there already is a leftover.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] where others can get at it who should not, or its group cannot; [`StoreError::File`].
    pub fn bind(path: &Path, limits: SeatLimits, users: Arc<LocalUsers>) -> StoreResult<Self> {
        let file_error = |source| StoreError::File { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            match users.group() {
                Some(group) => shared_folder(folder, group)?,
                None => private_folder(folder)?,
            }
        }
        remove_leftover(path)?;
        let name = path.to_fs_name::<GenericFilePath>().map_err(file_error)?;
        let listener = ListenerOptions::new().name(name).mode(0o600).create_tokio().map_err(file_error)?;
        if let Some(group) = users.group() {
            // First the group, so that no other one can ever connect.
            std::os::unix::fs::chown(path, None, Some(group)).map_err(file_error)?;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660)).map_err(file_error)?;
        }
        Ok(Self { listener, path: path.to_owned(), seats: Seats::new(limits), users })
    }

    /// Serves whoever connects, each connection in a task of its own, until the daemon stops.
    pub async fn serve(self, service: Service, tasks: TaskTracker) {
        while let Some(Connected { stream, peer, seat }) = service.stopping.run_until_cancelled(self.accept()).await {
            let service = service.clone();
            tasks.spawn(async move {
                let mut about = Extensions::new();
                about.insert(ConnectInfo(peer));
                service.serve(stream, about).await;
                drop(seat);
            });
        }
    }

    async fn accept(&self) -> Connected {
        loop {
            let stream = match self.listener.accept().await {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Ok(credentials) = stream.peer_creds() else { continue };
            let Some(uid) = credentials.euid() else { continue };
            let Some(peer) = self.users.peer(uid, credentials.egid()) else {
                tracing::warn!(uid, "another user tried to connect and was cut off");
                continue;
            };
            match self.seats.take(uid) {
                Ok(seat) => return Connected { stream, peer, seat },
                Err(full) if full.first => tracing::warn!(uid, "too many connections: those that come now are cut off"),
                Err(_) => {}
            }
        }
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

/// A connection that was let in.
struct Connected {
    stream: LocalSocketStream,
    peer: Peer,
    seat: Seat<u32>,
}
