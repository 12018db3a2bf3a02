//! What can be read again without a restart is, at SIGHUP and at `POST /config/reload`: the files of the configuration, and the certificate of
//! the network listener. Connections that are there stay as they are, new ones get what was read. What does not hold is refused, and
//! what is in force stays.

use panotti_protocol::failure::{ErrorCode, Failure};
use tokio::signal::unix::{SignalKind, signal};

use super::api::Api;
use super::api::configuration::read_again;
use super::service_manager;

/// Who asks by the signal.
const HANGUP: &str = "signal:hangup";

/// Begins to listen for the signal, which would otherwise end the process.
///
/// # Errors
/// Where signals cannot be received.
pub fn on_hangup(api: Api) -> Result<(), Failure> {
    let mut hangup = signal(SignalKind::hangup()).map_err(|error| Failure::new(ErrorCode::INTERNAL, error.to_string()))?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            service_manager::reloading();
            match read_again(&api, false, HANGUP).await {
                Ok(answer) => tracing::info!(changed = answer.changed, "configuration read anew"),
                Err(failure) => tell_of(&failure),
            }
            service_manager::ready();
        }
    });
    Ok(())
}

fn tell_of(failure: &Failure) {
    let problems: Vec<String> = failure.errors.iter().map(|part| format!("{} {}", part.pointer, part.detail)).collect();
    tracing::error!(
        code = failure.code,
        detail = failure.detail,
        problems = problems.join("; "),
        "what was read anew is refused; what is in force stays"
    );
}
