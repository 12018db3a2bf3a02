//! `GET /daemon/checks`: what only the daemon itself can look at, for `panotti doctor`.

use axum::Json;
use axum::extract::State;
use panotti_protocol::api::{Check, Page};
use panotti_protocol::failure::Failure;
use rustix::process::{Resource, getrlimit};

use super::problem::{Answer, Problem};
use super::{Api, daemon::store_status};
use crate::daemon::store::sqlite::inspect;

/// Files that are open beside connections and plugins: the store, the logs, the runtime's own.
const OWN_FILES: u64 = 64;
/// Files that are open for one copy of a plugin: its channel, its outputs, its log.
const FILES_PER_PLUGIN: u64 = 8;

/// `GET /daemon/checks`
pub async fn checks(State(api): State<Api>) -> Answer<Page<Check>> {
    let data = api.facts.data_dir.clone();
    let store = api.readers.read(move |connection| inspect::in_use(connection, &data)).await;
    let mut items = store.map_err(|error| Problem(Failure::from(error)))?;
    items.push(api.sealer.check().await.map_err(|error| Problem(Failure::from(error)))?);
    items.extend(api.certificates.as_ref().map(|certificates| certificates.check("certificate", api.clock.now())));
    items.extend([taking_events(&api), write_ahead_log(store_status(&api).wal_bytes, api.facts.wal_bytes_max), open_files(&api)]);
    Ok(Json(Page { items, next_cursor: None }))
}

/// Whether events are accepted.
fn taking_events(api: &Api) -> Check {
    match api.bus.refusing() {
        None => Check::ok("taking-events", "events are accepted"),
        Some(why) => Check::failed("taking-events", why.as_str(), "make room on the disk, or raise `store.bytes_max`"),
    }
}

/// The log is moved into the database while the daemon runs; where it stays large, something holds it.
fn write_ahead_log(bytes: u64, most: u64) -> Check {
    // It may be over for a moment, until the writer has made it restart.
    if bytes <= most.saturating_mul(2) {
        return Check::ok("write-ahead-log", format!("{bytes} bytes, made to restart at {most}"));
    }
    let detail = format!("the write-ahead log has {bytes} bytes and should have been made to restart at {most}");
    Check::warning("write-ahead-log", detail, "look for another program that has the database open, and for a disk that is too slow")
}

fn open_files(api: &Api) -> Check {
    let plugins = u64::try_from(api.host.list().len()).unwrap_or(0);
    let connections = u64::try_from(api.facts.connections_max).unwrap_or(u64::MAX);
    let needed = connections.saturating_add(plugins * FILES_PER_PLUGIN).saturating_add(OWN_FILES);
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let used = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    if limit >= needed {
        return Check::ok("open-files", format!("{used} open, the limit is {limit}"));
    }
    let detail = format!("the limit is {limit} open files ({used} are open); all connections and plugins together can need {needed}");
    let next = format!("start the daemon after `ulimit -n {needed}`, or lower `limits.connections_max`");
    if limit < OWN_FILES * 2 { Check::failed("open-files", detail, next) } else { Check::warning("open-files", detail, next) }
}

#[cfg(test)]
mod tests {
    use panotti_protocol::api::CheckStatus;

    use super::*;

    #[test]
    fn a_log_is_told_of_only_when_it_stays_far_over_its_limit() {
        assert_eq!(write_ahead_log(20, 10).status, CheckStatus::Ok);
        let told = write_ahead_log(21, 10);
        assert!(told.status == CheckStatus::Warning && told.detail.contains("21 bytes"), "{told:?}");
    }
}
