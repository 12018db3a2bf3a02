//! The HTTP API: one router, served on the local socket and, where that is wanted, on the network. Every route of the PRD exists as written, and under `/v1` too.
//! `docs/api.md` lists path, request and response.
//!
//! - [`local_users`]: which local users are let in, and their roles
//! - [`local`]: the local socket: its file, who may connect, how many
//! - [`tcp`], [`activation`]: the network: where it listens, when, how many may connect; sockets that are handed over
//! - [`tls`], [`certificate`]: TLS of it, and how long its certificate holds
//! - [`http`]: HTTP on a connection of either, within its limits
//! - [`routes`], [`operation`]: the one table of routes, what each needs and what it is for
//! - [`openapi`]: the OpenAPI document, which is made of that table, and the page that shows it
//! - [`principal`], [`auth`]: who calls, and how that is found out
//! - [`objects`]: what is outside a caller's scope is not there
//! - [`keys`], [`roles`]: API keys and who has one; what each may do
//! - [`limits`], [`room`], [`turns`]: bounds; memory for what waits for slow clients; turns of those who read much
//! - [`problem`]: failures as RFC 9457 problems, bodies within their limits
//! - [`answers`]: what is answered where a JSON body alone does not say it
//! - [`cloudevents`]: events in the modes of the CloudEvents HTTP binding
//! - [`trace_context`]: `traceparent`, in and out
//! - [`events`], [`batch`], [`ndjson`], [`stream`]: publishing, listing, watching
//! - [`finishing`]: what was begun is finished, also where its client goes away
//! - [`filters`], [`schemas`]: filters of requests, filters that are kept; schemas of topics
//! - [`seal`]: who can open payloads; stored events held against their tags
//! - [`purging`]: cancelling what has not begun, removing events
//! - [`replays`], [`plugins`], [`plugin_state`], [`daemon`]: jobs, plugins, their state, the daemon itself
//! - [`secrets`]: secrets of the configuration
//! - [`configuration`]: settings, changes of them, their history
//! - [`checks`]: what only the daemon can look at, for `panotti doctor`
//! - [`access_log`]: a line in the access log for every request
//! - [`audit`], [`recording`], [`refusals`]: who did what; what is recorded of every request; how much of what is refused
//! - [`publisher`], [`publisher_key`]: who publishes; publishing once under a key
//! - [`traces`], [`subscriptions`], [`topics`], [`numbers`], [`explanations`], [`export`]: what people read about the bus
//! - [`pages`]: cursors of lists

pub mod access_log;
pub mod activation;
pub mod answers;
pub mod audit;
pub mod auth;
mod batch;
mod certificate;
pub mod checks;
mod cloudevents;
pub mod configuration;
pub mod daemon;
pub mod events;
pub mod explanations;
pub mod export;
pub mod filters;
mod finishing;
pub mod http;
pub mod keys;
pub mod limits;
pub mod local;
pub mod local_users;
pub mod ndjson;
pub mod numbers;
pub mod objects;
pub mod openapi;
pub mod operation;
pub mod pages;
pub mod plugin_state;
pub mod plugins;
pub mod principal;
pub mod problem;
pub mod publisher;
pub mod publisher_key;
pub mod purging;
pub mod recording;
pub mod refusals;
pub mod replay_plan;
mod replays;
mod revealing;
pub mod roles;
pub mod room;
pub mod routes;
pub mod schemas;
pub mod seal;
pub mod secrets;
pub mod stream;
pub mod subscriptions;
pub mod tcp;
pub mod tls;
pub mod topics;
mod trace_context;
pub mod traces;
pub mod turns;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use panotti_protocol::api::HttpStatus;
use panotti_protocol::id::StoreId;
use panotti_protocol::time::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;

use self::http::gate::Hosts;
use super::access::Gate;
use super::access_log::AccessLog;
use super::bus::handle::BusHandle;
use super::checkpoints::Known;
use super::clock::Clock;
use super::configuration::Configuration;
use super::host::HostHandle;
use super::meters::Meters;
use super::rules::Rules;
use super::sealing::Sealer;
use super::secrets::Secrets;
use super::store::sqlite::readers::Readers;
use daemon::Warnings;
use local_users::LocalUsers;
use refusals::Refusals;
use room::Rooms;
use tls::Certificates;

/// Everything a route works with.
#[derive(Debug)]
pub struct Shared {
    /// The bus.
    pub bus: BusHandle,
    /// The plugins.
    pub host: HostHandle,
    /// The subscriptions in force.
    pub rules: Arc<Rules>,
    /// Who has a key.
    pub gate: Arc<Gate>,
    /// Which local users may do what.
    pub local_users: Arc<LocalUsers>,
    /// The store, to read.
    pub readers: Readers,
    /// Who can open sealed payloads.
    pub sealer: Sealer,
    /// What is measured.
    pub meters: Meters,
    /// Secrets of the configuration.
    pub secrets: Secrets,
    /// The access log.
    pub access: AccessLog,
    /// What was refused.
    pub refusals: Refusals,
    /// Memory for what waits for slow clients.
    pub rooms: Rooms,
    /// Turns of those who read through the store.
    pub turns: turns::Turns,
    /// What a probe is told.
    pub warnings: Warnings,
    /// The checkpoints of the audit.
    pub checkpoints: Known,
    /// The time.
    pub clock: Clock,
    /// The network listener.
    pub http: watch::Receiver<HttpStatus>,
    /// Its certificate and key, where it speaks TLS.
    pub certificates: Option<Arc<Certificates>>,
    /// Cancelled when the daemon begins to stop: streams end with a word.
    pub stopping: CancellationToken,
    /// Asks the daemon to stop, with the drain time in milliseconds where one was given.
    pub stop: tokio::sync::mpsc::Sender<Option<u64>>,
    /// The settings, and what may change of them.
    pub configuration: Arc<Configuration>,
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
    /// Names by which clients on the network may call the daemon.
    pub hosts: Hosts,
    /// Size of the write-ahead log past which the writer makes it restart.
    pub wal_bytes_max: u64,
    /// Most connections at a time.
    pub connections_max: usize,
}

/// What handlers get.
pub type Api = Arc<Shared>;

/// The router, the same on every listener.
pub fn router(api: Api) -> Router {
    let routes = routes::router();
    let hosts = Hosts::clone(&api.facts.hosts);
    // From the outside to the inside, and all of it one layer of the router: of several, each would copy for each request all that are inside it.
    let around =
        ServiceBuilder::new().layer(from_fn_with_state(Arc::clone(&api), access_log::log)).layer(from_fn(problem::with_request_id));
    #[cfg(debug_assertions)]
    let around = around.layer(from_fn(openapi::promised::hold));
    let around = around
        .layer(from_fn(trace_context::answer))
        .layer(from_fn_with_state(hosts, http::gate::gate))
        .layer(from_fn_with_state(Arc::clone(&api), recording::refusals))
        .layer(from_fn_with_state(Arc::clone(&api), auth::identify))
        .layer(from_fn(recording::on_behalf))
        .layer(from_fn(pages::link))
        .layer(from_fn(finishing::to_its_end));
    Router::new().nest("/v1", routes.clone()).merge(routes).layer(around).with_state(api)
}
