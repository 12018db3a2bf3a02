//! What the service manager is told (sd_notify(3)): that the daemon is ready, lives, reloads and stops. Where none listens, nothing is said.

use std::time::Duration;

use sd_notify::NotifyState;

/// Beyond the drain: plugins shut down, connections end, the store writes its last words.
const STOP_BESIDE_DRAIN: Duration = Duration::from_secs(20);

/// Everything stands: the store is open, the listeners are bound.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// It reads again what can be read without a restart; [`ready`] ends that.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the service manager could not be told"),
    }
}

/// It stops, and may take as long as the drain and a little more.
pub fn stopping(drain: Duration) {
    let most = u32::try_from((drain + STOP_BESIDE_DRAIN).as_micros()).unwrap_or(u32::MAX);
    tell(&[NotifyState::Stopping, NotifyState::ExtendTimeoutUsec(most)]);
}

/// Says twice in every interval that the manager asks for that the daemon lives, for as long as the daemon does. A slow disk is no reason
/// to fall silent: a restart would not make it faster, and would take the plugins' work from them. A bus that is gone ends the process by
/// itself.
pub fn keep_telling() {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(interval / 2);
        loop {
            beat.tick().await;
            tell(&[NotifyState::Watchdog]);
        }
    });
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
