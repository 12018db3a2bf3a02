//! The daemon itself: health, version, status, stopping.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use panotti_core::command::Record;
use panotti_core::origin::AuditEntry;
use panotti_protocol::api::{
    API_VERSION, DaemonStatus, Health, HttpStatus, StopRequest, Stopping, StoreStatus, SubscriptionState, Version,
};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::PROTOCOLS;
use panotti_protocol::permission::{Resource, Verb};
use tokio::sync::Mutex;

use super::principal::Principal;
use super::problem::{Answer, JsonBody, Problem};
use super::{Api, events};
use crate::daemon::store::sqlite::connection::beside;

/// How long a probe waits for what it only warns of.
const WARNINGS_WAIT: Duration = Duration::from_secs(1);
/// How long what a probe was told is told to others, too.
const WARNINGS_KEPT: Duration = Duration::from_secs(1);

/// What `/readyz` warns of. It comes from the thread that writes, and anybody may ask without a key: so that thread is asked once in a
/// while, however many ask here.
#[derive(Debug, Default)]
pub struct Warnings(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    asked: Option<Instant>,
    warnings: Vec<String>,
}

impl Warnings {
    /// What was found out lately; else what asking gives now. Whoever asks meanwhile waits for the same answer.
    async fn get(&self, now: Instant, ask: impl Future<Output = Vec<String>>) -> Vec<String> {
        let mut told = self.0.lock().await;
        if told.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= WARNINGS_KEPT) {
            // Before the answer: a client that goes away meanwhile has asked, too.
            told.asked = Some(now);
            told.warnings = ask.await;
        }
        told.warnings.clone()
    }
}

/// `GET /livez`: the process answers.
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), warnings: Vec::new() })
}

/// `GET /readyz`: events are accepted.
pub async fn ready(State(api): State<Api>) -> Answer<Health> {
    if api.stopping.is_cancelled() {
        return Err(Problem(Failure::new(ErrorCode::DAEMON_STOPPING, "the daemon is stopping")));
    }
    // Asking the bus makes it look at the disk.
    let warnings = api.warnings.get(Instant::now(), warnings(&api)).await;
    match api.bus.refusing() {
        Some(why) => Err(Problem(Failure::new(ErrorCode::STORE_FULL, why.as_str()))),
        None => Ok(Json(Health { status: "ok".to_owned(), warnings })),
    }
}

/// What is not well although events are accepted. A probe does not wait for a busy bus: then nothing is said.
async fn warnings(api: &Api) -> Vec<String> {
    let Ok(Ok(look)) = tokio::time::timeout(WARNINGS_WAIT, api.bus.look()).await else { return Vec::new() };
    let stalled = look.subscriptions.into_values().filter(|seen| seen.stalled_since.is_some()).count();
    still(stalled).into_iter().collect()
}

/// A sentence about subscriptions that stand still, where there are any.
fn still(number: usize) -> Option<String> {
    match number {
        0 => None,
        1 => Some("1 subscription stands still; `panotti subscription list` shows it".to_owned()),
        number => Some(format!("{number} subscriptions stand still; `panotti subscription list` shows them")),
    }
}

/// `GET /version`
pub async fn version() -> Json<Version> {
    Json(Version {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api: vec![API_VERSION],
        plugin_protocols: PROTOCOLS.to_vec(),
        sqlite: rusqlite::version().to_owned(),
    })
}

/// `GET /status`
pub async fn status(State(api): State<Api>, principal: Principal) -> Answer<DaemonStatus> {
    principal.check(Verb::Read, Resource::System, "status")?;
    let events = events::numbers(&api).await?;
    let mut plugins = std::collections::BTreeMap::new();
    for plugin in api.host.list() {
        *plugins.entry(plugin.state).or_default() += 1;
    }
    let stalled = events.subscriptions.iter().filter(|subscription| subscription.state == SubscriptionState::Stalled).count();
    let certificate = api.certificates.as_ref().map(|certificates| certificates.status());
    let http = HttpStatus { certificate, ..api.http.borrow().clone() };
    let audit = api.checkpoints.status();
    let wrong = http.problem.clone().or_else(|| audit.problems.first().cloned());
    let health = match events.store.refusing.clone().or(wrong).or_else(|| still(stalled)) {
        Some(why) => format!("degraded: {why}"),
        None => "ok".to_owned(),
    };
    let facts = &api.facts;
    Ok(Json(DaemonStatus {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        started_at: facts.started_at,
        uptime_ms: u64::try_from(api.clock.now().since(facts.started_at).as_millis()).unwrap_or(u64::MAX),
        store_id: facts.store_id,
        epoch: facts.epoch,
        data_dir: facts.data_dir.display().to_string(),
        socket: facts.socket.display().to_string(),
        log_file: facts.log_file.display().to_string(),
        http,
        health,
        plugins,
        audit: Some(audit),
        events,
        warnings: api.sealer.warnings().await,
    }))
}

/// The store's numbers that its files and settings tell; [`retention::complete`] adds those that the database knows.
pub fn store_status(api: &Api) -> StoreStatus {
    let facts = &api.facts;
    let database = facts.data_dir.join("panotti.db");
    let bytes = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let database_bytes = bytes(&database);
    let (bytes_max, free_bytes_min, retention_days) = api
        .configuration
        .with(|settings| (settings.store.bytes_max, settings.store.free_bytes_min, settings.retention.general().as_secs() / 86_400));
    StoreStatus {
        database_bytes,
        wal_bytes: bytes(&beside(&database, "-wal")),
        free_bytes: rustix::fs::statvfs(&facts.data_dir).map_or(0, |disk| disk.f_bavail * disk.f_frsize),
        free_bytes_min,
        used_bytes: 0,
        bytes_max,
        events: 0,
        corrupt: api.readers.seals().alarm().number(),
        retention_days,
        days_held: None,
        used_percent: 0,
        refusing: api.bus.refusing().map(|why| why.to_string()),
    }
}

/// `POST /daemon/stop`: answers at once; the process ends when what is in flight has ended.
pub async fn stop(State(api): State<Api>, principal: Principal, JsonBody(request): JsonBody<StopRequest>) -> Answer<Stopping> {
    principal.check(Verb::Manage, Resource::System, "stop")?;
    let entry = AuditEntry {
        actor: principal.actor,
        action: "daemon.stop".to_owned(),
        object: "daemon".to_owned(),
        reason: String::new(),
        detail: request.drain_ms.map_or(String::new(), |drain| format!("drain {drain} ms")),
    };
    // On a full disk too a daemon can be stopped: then nothing is recorded.
    match api.bus.record(Record::Audit(entry)).await {
        Err(failure) if !failure.is(ErrorCode::STORE_FULL) => return Err(Problem(failure)),
        _ => {}
    }
    // A full channel means that it was told already.
    let _ = api.stop.try_send(request.drain_ms);
    Ok(Json(Stopping { changed: true, pid: std::process::id() }))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn however_often_a_probe_asks_the_thread_that_writes_is_asked_once_a_second() {
        let (warnings, begun, times) = (Warnings::default(), Instant::now(), Cell::new(0));
        let ask = || async {
            times.set(times.get() + 1);
            vec![format!("answer {}", times.get())]
        };

        for _ in 0..1_000 {
            assert_eq!(warnings.get(begun, ask()).await, ["answer 1"]);
        }
        assert_eq!(warnings.get(begun + WARNINGS_KEPT, ask()).await, ["answer 2"]);
        let gone = tokio::time::timeout(Duration::ZERO, warnings.get(begun + 2 * WARNINGS_KEPT, std::future::pending()));
        assert!(gone.await.is_err(), "a client that does not wait for its answer");
        assert_eq!(warnings.get(begun + 2 * WARNINGS_KEPT, ask()).await, ["answer 2"], "has asked for the others");
        assert_eq!(times.get(), 2);
    }
}
