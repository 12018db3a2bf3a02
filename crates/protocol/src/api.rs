//! Bodies of the HTTP API, the same on the local socket and (later) on TCP. `docs/api.md` lists path, request and response.
//!
//! Lists answer [`Page`]; failures answer [`crate::failure::Failure`] as `application/problem+json`. Unknown request fields are
//! refused; readers must ignore unknown response fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::delivery::{Attempt, AttemptError, Cause, DeliveryState, ReplayMark, ReplayState};
use crate::event::{Event, Priority};
use crate::id::{DeliveryId, EventId, ReplayId, Sequence, StoreId};
use crate::time::Timestamp;
use crate::topic::{Topic, TopicPattern};

/// The API's version: the first part of every path, optional.
pub const API_VERSION: u32 = 1;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// `GET /version`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Version of the program.
    pub version: String,
    /// Versions of the API it serves.
    pub api: Vec<u32>,
    /// Versions of the plugin protocol it speaks.
    pub plugin_protocols: Vec<u32>,
    /// Version of the bundled SQLite.
    pub sqlite: String,
}

/// `GET /livez`, `GET /readyz`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `ok`, or what is wrong.
    pub status: String,
}

/// `GET /status`: the daemon as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DaemonStatus {
    /// Version of the program.
    pub version: String,
    /// Process id.
    pub pid: u32,
    /// When it became ready.
    pub started_at: Timestamp,
    /// Milliseconds since.
    pub uptime_ms: u64,
    /// The store it serves.
    pub store_id: StoreId,
    /// Starts of the daemon on this store, this one included.
    pub epoch: u64,
    /// The data folder.
    pub data_dir: String,
    /// The local socket.
    pub socket: String,
    /// The log file.
    pub log_file: String,
    /// `ok`, or what is wrong.
    pub health: String,
    /// Plugins by state.
    pub plugins: BTreeMap<String, u64>,
    /// The event system.
    pub events: EventsStatus,
}

/// `GET /events/status`: the event system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventsStatus {
    /// Events accepted since the store was made: the newest sequence.
    pub accepted: u64,
    /// Events that matched no subscription.
    pub unrouted: u64,
    /// Deliveries by state, counted since the store was made; `pending`, `held`, `leased` and `waiting` are as of now.
    pub deliveries: BTreeMap<DeliveryState, u64>,
    /// One entry a subscription.
    pub subscriptions: Vec<SubscriptionStatus>,
    /// The store.
    pub store: StoreStatus,
    /// Replays that are running.
    pub replays_running: u64,
}

/// One subscription's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionStatus {
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// Topic pattern.
    pub topic: TopicPattern,
    /// Owed and not handed out; `held` where the plugin is disabled.
    pub pending: u64,
    /// Handed out now.
    pub leased: u64,
    /// Waiting for the next attempt.
    pub waiting: u64,
    /// Handled.
    pub done: u64,
    /// Dead or quarantined, and not resolved.
    pub dead: u64,
    /// When the oldest pending event was accepted. Absent where nothing is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_pending_at: Option<Timestamp>,
}

/// The store's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStatus {
    /// Bytes of the database file.
    pub database_bytes: u64,
    /// Bytes of the write-ahead log.
    pub wal_bytes: u64,
    /// Bytes free on the disk.
    pub free_bytes: u64,
    /// Publishing is refused below this.
    pub free_bytes_min: u64,
    /// Limit of the database file, in bytes.
    pub bytes_max: u64,
    /// Whether publishing is refused now, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusing: Option<String>,
}

/// One delivery of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub deliveryid: DeliveryId,
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// The plugin.
    pub plugin: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it died. Absent unless dead or quarantined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Attempts counted so far.
    pub attempts: u32,
    /// Attempts in all before it dies.
    pub attempts_max: u32,
    /// When the next attempt is due. Absent unless waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// When it ended. Absent while it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Milliseconds of the last attempt. Absent before the first ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// The last attempt's error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    /// Groups failures that are alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Set when a replay made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayMark>,
    /// Every attempt; only in `GET /events/{id}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Attempt>,
}

/// One row of `GET /events`: the event without its payload, and its deliveries (those asked for, when a filter names some).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventSummary {
    /// Panotti's id.
    pub eventid: EventId,
    /// Its place in the log.
    pub sequence: Sequence,
    /// The topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// Who said so.
    pub source: String,
    /// The publisher's id.
    pub id: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it happened.
    pub time: Timestamp,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Its priority.
    pub priority: Priority,
    /// The story it belongs to.
    pub correlationid: String,
    /// The event whose handling emitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<EventId>,
    /// The principal that published it.
    pub actor: String,
    /// Media type of the payload.
    pub datacontenttype: String,
    /// Bytes of the payload.
    pub size_bytes: u64,
    /// Its deliveries.
    pub deliveries: Vec<Delivery>,
}

/// `GET /events/{id}`: the event with its payload, and its deliveries with every attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventDetail {
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Bytes of the payload.
    pub size_bytes: u64,
    /// Its deliveries, every attempt included.
    pub deliveries: Vec<Delivery>,
    /// The event. Its fields stand beside the others.
    #[serde(flatten)]
    pub event: Event,
}

/// Query of `GET /events`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Topic pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Only events with a delivery to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Only events with a delivery in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<DeliveryState>,
    /// Only events with a delivery that is dead or quarantined and not resolved.
    #[serde(default)]
    pub failed: bool,
    /// Accepted at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Accepted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// `newest` (default) or `oldest` first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Rows of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Direction of a list of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

/// Query of `GET /events/stream`. Server-sent events: `published` ([`EventSummary`], or [`Event`] with `payload=true`), `outcome`
/// ([`OutcomeNotice`]), `gap` ([`Gap`]), `goodbye`. The `id` of a `published` is its sequence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// Topic pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Only outcomes of this plugin, and only events that it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Begin after this sequence instead of now. `Last-Event-ID` does the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Sequence>,
    /// Send whole events.
    #[serde(default)]
    pub payload: bool,
}

/// An attempt ended: what `outcome` in the stream carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeNotice {
    /// When.
    pub at: Timestamp,
    /// The event.
    pub eventid: EventId,
    /// Its topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// The delivery's state now.
    pub state: DeliveryState,
    /// The attempt that ended.
    pub attempt: u32,
    /// Attempts in all before it dies.
    pub attempts_max: u32,
    /// Milliseconds it took.
    pub duration_ms: u64,
    /// Why it died. Absent unless dead or quarantined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    /// When the next attempt is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
}

/// The reader was too slow: what it missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// How many notices were dropped.
    pub missed: u64,
}

/// Answer of NDJSON publishing with `?receipts=summary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishSummary {
    /// Lines accepted, duplicates included.
    pub accepted: u64,
    /// Of those, published before.
    pub duplicates: u64,
    /// Lines refused.
    pub refused: u64,
    /// The first refusals (100 at most).
    pub errors: Vec<crate::failure::FailurePart>,
}

/// One line of the answer to NDJSON publishing or one item of the answer to a batch: a receipt or a failure for the line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineAnswer {
    /// Number of the line, from 1.
    pub line: u64,
    /// The receipt. Absent when the line was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<crate::event::Receipt>,
    /// Why it was refused. Absent when it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<crate::failure::Failure>,
}

/// `POST /events/{id}/retry`: one more attempt, now, of its waiting or dead deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    /// Only the delivery to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
}

/// `POST /events/{id}/discard`: gives its dead deliveries up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscardRequest {
    /// Only the delivery to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Why; stored in the audit.
    pub reason: String,
}

/// Answer to retry and discard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveriesChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The deliveries it was about, as they stand now.
    pub deliveries: Vec<Delivery>,
}

/// One group of `GET /events/errors`: failures that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorGroup {
    /// Class and message with the numbers and ids taken out, hashed.
    pub fingerprint: String,
    /// The plugin.
    pub plugin: String,
    /// The error of the newest.
    pub error: AttemptError,
    /// Its cause.
    pub cause: Cause,
    /// How many dead deliveries.
    pub count: u64,
    /// When the first died.
    pub first_at: Timestamp,
    /// When the last died.
    pub last_at: Timestamp,
    /// The newest event.
    pub eventid: EventId,
}

/// Query of `GET /events/errors`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorsQuery {
    /// Only this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Died at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Most groups, largest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What a replay selects. At least one selector must be set: none is an error, never everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaySelection {
    /// These events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventId>,
    /// Deliveries that are dead and not resolved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// Deliveries in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<DeliveryState>,
    /// Events of these topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Only the deliveries to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Accepted at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Accepted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Everything stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
}

impl ReplaySelection {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `POST /events/replay`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// What to replay.
    pub selection: ReplaySelection,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Deliveries started a second; 0 is without a limit. Default: 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Answer with the plan and start nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// What a replay would do, counted by reading the store once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayPlan {
    /// Events selected.
    pub events: u64,
    /// Deliveries it would make.
    pub deliveries: u64,
    /// Deliveries by plugin.
    pub plugins: BTreeMap<String, u64>,
    /// When the oldest selected event was accepted. Absent when none is selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Timestamp>,
    /// When the newest was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_at: Option<Timestamp>,
    /// Deliveries started a second.
    pub rate: u32,
}

/// Answer to `POST /events/replay`: 200 with the plan alone for a dry run or an empty selection, 202 with the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayStarted {
    /// Whether a job was started.
    pub changed: bool,
    /// What it does.
    pub plan: ReplayPlan,
    /// The job. Absent for a dry run or an empty selection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
}

/// A replay job: `GET /replays`, `GET /replays/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// Its id.
    pub replayid: ReplayId,
    /// The name given to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands.
    pub state: ReplayState,
    /// What it selects.
    pub selection: ReplaySelection,
    /// Deliveries planned.
    pub selected: u64,
    /// Handled.
    pub ok: u64,
    /// Dead again.
    pub failed: u64,
    /// No longer there to repeat (resolved or trimmed meanwhile).
    pub skipped: u64,
    /// Deliveries started a second; 0 is without a limit.
    pub rate: u32,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended. Absent while running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who started it.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One item of a replay: `GET /replays/{id}/items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayItem {
    /// The event.
    pub eventid: EventId,
    /// The delivery, as the replay made it.
    pub delivery: Delivery,
}

/// Query of `GET /replays/{id}/items`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayItemsQuery {
    /// Only those that failed.
    #[serde(default)]
    pub failed: bool,
    /// Rows of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// One plugin: `GET /plugins`, `GET /plugins/{id}/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plugin {
    /// Its name, which is its id.
    pub name: String,
    /// Version from the manifest. Empty where the manifest does not hold.
    pub version: String,
    /// What it does, from the manifest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it stands (semantics rule 15).
    pub state: String,
    /// `ok`, or `degraded` with the reason after it.
    pub health: String,
    /// Why it is in this state; empty where there is nothing to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Whether it is wanted on.
    pub enabled: bool,
    /// `python`, `node`, `native` or `exec`.
    pub runtime: String,
    /// Its folder.
    pub folder: String,
    /// SHA-256 of its folder, in hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// Process id of the plugin's init. Absent where no process runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// Milliseconds from start to `running`, of the last start. Absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_ms: Option<u64>,
    /// What keeps its process tree together: `pid-namespace` or `subreaper`. Empty where no process runs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub process_tree: String,
    /// Problems of its manifest, where it has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<crate::failure::FailurePart>,
    /// Its subscriptions with their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<SubscriptionStatus>,
}

/// `GET /plugins/{id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginDetail {
    /// The plugin. Its fields stand beside the others.
    #[serde(flatten)]
    pub plugin: Plugin,
    /// Names of plugins it needs, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<String>,
    /// Topics it says it emits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emits: Vec<String>,
    /// Its newest changes of state, newest first (20 at most).
    pub history: Vec<PluginTransition>,
}

/// One change of a plugin's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginTransition {
    /// When.
    pub at: Timestamp,
    /// From this state.
    pub from: String,
    /// To this state.
    pub to: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who.
    pub actor: String,
}

/// `POST /plugins/{id}/enable`, `POST /plugins/{id}/disable`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginSwitch {
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Disable only: what becomes of events that arrive meanwhile. Default: what the manifest says, else hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_disabled: Option<OnDisabled>,
}

/// What becomes of events that match a disabled plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDisabled {
    /// Kept for it.
    Hold,
    /// Recorded as skipped.
    Skip,
}

/// Answer to enable and disable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The plugin as it stands now.
    pub plugin: Plugin,
}

/// `GET /plugins/{id}/config` and the answer to `PUT`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PluginConfig {
    /// What the plugin gets: the manifest's values with the overlay over them.
    pub config: BTreeMap<String, Value>,
    /// What was set over the manifest.
    pub overlay: BTreeMap<String, Value>,
    /// The manifest's values.
    pub defaults: BTreeMap<String, Value>,
    /// Counts up with every change.
    pub revision: u64,
    /// Whether this request changed anything.
    pub changed: bool,
    /// What became of the change: `live`, `needs_restart`, `not_running`, or `unchanged`.
    pub effect: String,
}

/// `PUT /plugins/{id}/config`: the whole overlay; a key left out falls back to the manifest's value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginConfigUpdate {
    /// The overlay.
    pub overlay: BTreeMap<String, Value>,
    /// Refused with a conflict unless this is the present revision. Absent: not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One line of a plugin's log: `GET /plugins/{id}/logs`, and `line` in its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// `debug`, `info`, `warning`, `error`; `info` for stdout and `warning` for stderr.
    pub level: String,
    /// `stdout`, `stderr` or `log`; `host` for what the daemon says about it.
    pub stream: String,
    /// The line.
    pub message: String,
    /// The event being handled, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eventid: Option<EventId>,
}

/// Query of `GET /plugins/{id}/logs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogsQuery {
    /// The newest so many lines. Default: 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<u32>,
    /// Stay and send new lines as server-sent events.
    #[serde(default)]
    pub follow: bool,
    /// Only lines of this event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
}

/// `POST /daemon/stop`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopRequest {
    /// Milliseconds to wait for what is in flight. Default: 25,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain_ms: Option<u64>,
}

/// Answer to `POST /daemon/stop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// Always true.
    pub changed: bool,
    /// The process that will end.
    pub pid: u32,
}

/// One setting: `GET /config`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Dotted key.
    pub key: String,
    /// Its value in force.
    pub value: Value,
    /// Where the value comes from: `default`, a file with its line, or a variable.
    pub origin: String,
    /// What it is, in a sentence.
    pub description: String,
}
