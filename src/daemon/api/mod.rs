//! The HTTP API: one router, served on the local socket. Every route of the PRD exists as written, and under `/v1` too.
//! `docs/api.md` lists path, request and response.
//!
//! - [`local`]: the local socket: its file, who may connect, how many
//! - [`principal`]: who calls
//! - [`problem`]: failures as RFC 9457 problems, bodies within their limits
//! - [`events`], [`ndjson`], [`stream`]: publishing, listing, watching
//! - [`filters`], [`schemas`]: filters of requests, filters that are kept; schemas of topics
//! - [`seal`]: stored events held against their tags
//! - [`purging`]: cancelling what has not begun, removing events
//! - [`replays`], [`plugins`], [`plugin_state`], [`daemon`]: jobs, plugins, their state, the daemon itself
//! - [`publisher_key`]: publishing once under a key
//! - [`traces`], [`subscriptions`], [`topics`], [`numbers`], [`explanations`], [`export`]: what people read about the bus
//! - [`replays`], [`plugins`], [`daemon`]: jobs, plugins, the daemon itself
//! - [`pages`]: cursors of lists

pub mod daemon;
pub mod events;
pub mod explanations;
pub mod export;
pub mod filters;
pub mod local;
pub mod ndjson;
pub mod numbers;
pub mod pages;
pub mod plugin_state;
pub mod plugins;
pub mod principal;
pub mod problem;
pub mod publisher_key;
pub mod purging;
pub mod replay_plan;
mod replays;
pub mod schemas;
pub mod seal;
pub mod stream;
pub mod subscriptions;
pub mod topics;
pub mod traces;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};
use panotti_core::ages::Ages;
use panotti_protocol::api::Setting;
use panotti_protocol::id::StoreId;
use panotti_protocol::time::Timestamp;
use tokio_util::sync::CancellationToken;

use super::bus::handle::BusHandle;
use super::clock::Clock;
use super::host::HostHandle;
use super::meters::Meters;
use super::rules::Rules;
use super::store::sqlite::readers::Readers;

/// Everything a route works with.
#[derive(Debug)]
pub struct Shared {
    /// The bus.
    pub bus: BusHandle,
    /// The plugins.
    pub host: HostHandle,
    /// The subscriptions in force.
    pub rules: Arc<Rules>,
    /// The store, to read.
    pub readers: Readers,
    /// What is measured.
    pub meters: Meters,
    /// The time.
    pub clock: Clock,
    /// Cancelled when the daemon begins to stop: streams end with a word.
    pub stopping: CancellationToken,
    /// Asks the daemon to stop, with the drain time in milliseconds where one was given.
    pub stop: tokio::sync::mpsc::Sender<Option<u64>>,
    /// What does not change while the daemon runs.
    pub facts: Facts,
}

/// What does not change while the daemon runs.
#[derive(Debug, Clone)]
pub struct Facts {
    /// When the daemon became ready.
    pub started_at: Timestamp,
    /// The store it serves.
    pub store_id: StoreId,
    /// Starts on this store, this one included.
    pub epoch: u64,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The local socket.
    pub socket: PathBuf,
    /// The log file.
    pub log_file: PathBuf,
    /// Every setting in force.
    pub settings: Vec<Setting>,
    /// Largest payload of one event, in bytes.
    pub payload_bytes_max: usize,
    /// How long resolved events are kept.
    pub retention: Ages,
    /// Bytes the store may use.
    pub store_bytes_max: u64,
    /// Free space below which publishing is refused.
    pub free_bytes_min: u64,
}

/// What handlers get.
pub type Api = Arc<Shared>;

/// The router, the same on every listener.
pub fn router(api: Api) -> Router {
    let routes = Router::new()
        .route("/livez", get(daemon::live))
        .route("/readyz", get(daemon::ready))
        .route("/version", get(daemon::version))
        .route("/status", get(daemon::status))
        .route("/config", get(daemon::config))
        .route("/daemon/stop", post(daemon::stop))
        .route("/events", get(events::list).post(events::publish))
        .route("/events/status", get(events::status))
        .route("/events/stream", get(stream::stream))
        .route("/events/errors", get(events::errors))
        .route("/events/purge", post(purging::purge))
        .route("/events/trace", get(traces::trace))
        .route("/events/stats", get(numbers::stats))
        .route("/events/export", get(export::export))
        .route("/events/{id}/explain", get(explanations::explain))
        .route("/slo", get(numbers::slo))
        .route("/subscriptions", get(subscriptions::list))
        .route("/subscriptions/{plugin}/{*name}", get(subscriptions::show))
        .route("/topics", get(topics::list))
        .route("/topics/{topic}", get(topics::show))
        .route("/topics/{topic}/route", get(topics::route))
        .route("/events/replay", post(replays::start))
        .route("/events/filter", get(filters::list).post(filters::create))
        .route("/events/filter/{name}", get(filters::show).delete(filters::remove))
        .route("/schemas", get(schemas::list).post(schemas::create))
        .route("/schemas/{topic}", get(schemas::show).delete(schemas::remove))
        .route("/schemas/{topic}/mode", put(schemas::set_mode))
        .route("/schemas/{topic}/check", post(schemas::check))
        .route("/schemas/{topic}/validate", post(schemas::validate))
        .route("/schemas/{topic}/infer", get(schemas::infer))
        .route("/seal/check", get(seal::check))
        .route("/events/filtered", get(filters::filtered))
        .route("/events/{id}", get(events::show))
        .route("/events/{id}/filtered", get(filters::event_filtered))
        .route("/events/{id}/payload", get(events::payload))
        .route("/events/{id}/retry", post(events::retry))
        .route("/events/{id}/cancel", post(purging::cancel))
        .route("/events/{id}/republish", post(events::republish))
        .route("/events/{id}/discard", post(events::discard))
        .route("/replays", get(replays::list))
        .route("/replays/{id}", get(replays::show))
        .route("/replays/{id}/items", get(replays::items))
        .route("/replays/{id}/pause", post(replays::pause))
        .route("/replays/{id}/resume", post(replays::resume))
        .route("/replays/{id}/cancel", post(replays::cancel))
        .route("/plugins", get(plugins::list))
        .route("/plugins/{id}", get(plugins::show))
        .route("/plugins/{id}/status", get(plugins::status))
        .route("/plugins/{id}/enable", post(plugins::enable))
        .route("/plugins/{id}/disable", post(plugins::disable))
        .route("/plugins/{id}/config", get(plugins::config).put(plugins::set_config))
        .route("/plugins/{id}/state", get(plugin_state::list))
        .route("/plugins/{id}/state/{*key}", get(plugin_state::show).put(plugin_state::set).delete(plugin_state::remove))
        .route("/plugins/{id}/logs", get(plugins::logs))
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route);
    Router::new().nest("/v1", routes.clone()).merge(routes).layer(axum::middleware::from_fn(problem::with_request_id)).with_state(api)
}
