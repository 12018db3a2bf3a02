//! How the daemon stops (semantics rule 23): refuse new work, hand out nothing, wait for what is in flight, ask the plugins to shut down,
//! give the leases back, write the last words. A second signal makes it fast. Nothing is lost either way: the queue is the database.

use std::time::Duration;

use panotti_protocol::failure::{ErrorCode, Failure};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::task::TaskTracker;

use super::api::http::connection::Service;
use super::api::http::progress::Patience;
use super::api::router;
use super::start::Running;
use super::{reload, service_manager};

/// How long connections may take to end after the plugins have.
const CONNECTIONS: Duration = Duration::from_secs(2);

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Serves until a signal or `POST /daemon/stop`, then stops in order.
///
/// # Errors
/// Where signals cannot be received or the listener fails.
pub async fn serve_until_told_to_stop(mut running: Running) -> Result<(), Failure> {
    let internal = |error: std::io::Error| Failure::new(ErrorCode::INTERNAL, error.to_string());
    let mut signals = Signals::new().map_err(internal)?;
    reload::on_hangup(running.api.clone())?;
    let stopping = running.api.stopping.clone();
    let local = Service { router: router(running.api.clone()), patience: Patience::LOCAL, stopping: stopping.clone() };
    let network = Service { patience: Patience::NETWORK, ..local.clone() };
    let connections = TaskTracker::new();
    connections.spawn(running.listener.serve(local, connections.clone()));
    connections.spawn(running.network.serve(network, connections.clone()));
    connections.close();
    service_manager::ready();
    service_manager::keep_telling();
    let asked = tokio::select! {
        () = signals.next() => None,
        asked = running.stop_requests.recv() => asked.flatten(),
    };
    let drain = asked.map_or_else(|| running.api.configuration.with(|settings| settings.drain), Duration::from_millis);
    tracing::info!(drain_ms = drain.as_millis(), "stopping");
    service_manager::stopping(drain);
    stopping.cancel();
    let orderly = async {
        // An error means that the bus is gone already: then nothing is handed out either.
        let _ = running.bus.stop_handing_out().await;
        running.host.drain_and_stop(drain).await;
    };
    let fast = tokio::select! {
        () = orderly => false,
        () = signals.next() => true,
    };
    if fast {
        tracing::info!("told twice: stopping at once");
        running.host.drain_and_stop(Duration::ZERO).await;
    }
    if tokio::time::timeout(CONNECTIONS, connections.wait()).await.is_err() {
        tracing::info!("connections were still open and are cut off");
    }
    running.api.readers.close_idle();
    running.bus.close_store().await?;
    running.signing.finish().await;
    tracing::info!("stopped");
    drop(running.folder);
    Ok(())
}
