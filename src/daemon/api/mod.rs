//! The HTTP API: one router, served on the local socket. Every route of the PRD exists as written, and under `/v1` too.
//! `docs/api.md` lists path, request and response.
//!
//! - [`local`]: the local socket: its file, who may connect, how many
//! - [`routes`]: the one table of routes, and what each needs
//! - [`principal`]: who calls
//! - [`problem`]: failures as RFC 9457 problems, bodies within their limits
//! - [`events`], [`ndjson`], [`stream`]: publishing, listing, watching
//! - [`filters`], [`schemas`]: filters of requests, filters that are kept; schemas of topics
//! - [`seal`]: who can open payloads; stored events held against their tags
//! - [`purging`]: cancelling what has not begun, removing events
//! - [`replays`], [`plugins`], [`plugin_state`], [`daemon`]: jobs, plugins, their state, the daemon itself
//! - [`publisher_key`]: publishing once under a key
//! - [`traces`], [`subscriptions`], [`topics`], [`numbers`], [`explanations`], [`export`]: what people read about the bus
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
pub mod routes;
pub mod schemas;
pub mod seal;
pub mod stream;
pub mod subscriptions;
pub mod topics;
pub mod traces;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
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
use super::sealing::Sealer;
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
    /// Who can open sealed payloads.
    pub sealer: Sealer,
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
    let routes = routes::router();
    Router::new()
        .nest("/v1", routes.clone())
        .merge(routes)
        .layer(axum::middleware::from_fn(principal::identify))
        .layer(axum::middleware::from_fn(problem::with_request_id))
        .with_state(api)
}
