//! SIGHUP: what can be read again without a restart is. Today that is the certificate of the network listener: connections that are there
//! stay as they are, new ones get what was read.

use panotti_protocol::failure::{ErrorCode, Failure};
use tokio::signal::unix::{SignalKind, signal};

use super::api::Api;
use super::service_manager;

/// Begins to listen for the signal, which would otherwise end the process.
///
/// # Errors
/// Where signals cannot be received.
pub fn on_hangup(api: Api) -> Result<(), Failure> {
    let mut hangup = signal(SignalKind::hangup()).map_err(|error| Failure::new(ErrorCode::INTERNAL, error.to_string()))?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            service_manager::reloading();
            // Where the new one does not hold, the log says why and the one in force stays.
            let _ = reload(&api);
            service_manager::ready();
        }
    });
    Ok(())
}

/// Reads again what can be.
///
/// # Errors
/// `http.tls` where the new certificate or its key does not hold; those in force stay.
pub fn reload(api: &Api) -> Result<(), Failure> {
    tracing::info!("reading again what can be read without a restart");
    match &api.certificates {
        Some(certificates) => certificates.reload(api.clock.now()),
        None => Ok(()),
    }
}
