//! The plugin protocol, version 1: one JSON object a line on descriptor 3. `docs/plugin-protocol.md` says how a conversation goes.
//!
//! Unknown fields are ignored, unknown frames are answered with `error`. Frozen: optional fields and questions of the plugin's may be added, nothing else changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::delivery::ReplayMark;
use crate::event::Priority;
use crate::failure::Failure;
use crate::id::{DeliveryId, EventId, FencingToken, InstanceId};
use crate::time::Timestamp;

mod state;

pub use state::*;

/// The versions this daemon speaks.
pub const PROTOCOLS: [u32; 1] = [1];

/// A line that is not a frame.
#[derive(Debug)]
pub enum FrameInvalid {
    /// Not a JSON object with a `type`, or a field of a known frame has the wrong form.
    Malformed(serde_json::Error),
    /// A frame of a type that this version does not know. It is answered with `error` and otherwise ignored.
    Unknown(String),
}

impl std::fmt::Display for FrameInvalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "the line is not a frame: {error}"),
            Self::Unknown(kind) => write!(f, "`{kind}` is not a frame of protocol 1"),
        }
    }
}

impl std::error::Error for FrameInvalid {}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
}

/// Reads the type first and then the frame, because serde's own tagged enums cannot hold raw JSON.
macro_rules! readable {
    ($name:ident { $($kind:literal => $variant:ident,)+ }) => {
        impl $name {
            /// Reads one line, without its newline.
            ///
            /// # Errors
            /// [`FrameInvalid`], which tells an unknown frame from a malformed one.
            pub fn read(line: &[u8]) -> Result<Self, FrameInvalid> {
                let head: Head<'_> = serde_json::from_slice(line).map_err(FrameInvalid::Malformed)?;
                match &*head.kind {
                    $($kind => serde_json::from_slice(line).map($name::$variant).map_err(FrameInvalid::Malformed),)+
                    unknown => Err(FrameInvalid::Unknown(unknown.to_owned())),
                }
            }
        }
    };
}

readable!(ToPlugin {
    "hello" => Hello,
    "deliver" => Deliver,
    "cancel" => Cancel,
    "config" => Config,
    "emitted" => Emitted,
    "state.value" => StateValue,
    "state.page" => StatePage,
    "refused" => Refused,
    "error" => Error,
    "drain" => Drain,
    "goodbye" => Goodbye,
});

readable!(FromPlugin {
    "ready" => Ready,
    "not_ready" => NotReady,
    "failed" => Failed,
    "outcome" => Outcome,
    "heartbeat" => Heartbeat,
    "emit" => Emit,
    "state.get" => StateGet,
    "state.list" => StateList,
    "config.applied" => ConfigApplied,
    "config.needs_restart" => ConfigNeedsRestart,
    "log" => Log,
});

/// Daemon to plugin.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
pub enum ToPlugin {
    /// The first frame: who the plugin is and what it gets.
    #[serde(rename = "hello")]
    Hello(Hello),
    /// Handle this event and answer with an outcome.
    #[serde(rename = "deliver")]
    Deliver(Box<Deliver>),
    /// Stop working on a delivery: its time is over. No outcome is expected any more.
    #[serde(rename = "cancel")]
    Cancel(Cancel),
    /// The configuration changed: answer with `config.applied` or `config.needs_restart`.
    #[serde(rename = "config")]
    Config(Config),
    /// Answer to `emit`.
    #[serde(rename = "emitted")]
    Emitted(Emitted),
    /// Answer to `state.get`.
    #[serde(rename = "state.value")]
    StateValue(StateValue),
    /// Answer to `state.list`.
    #[serde(rename = "state.page")]
    StatePage(StatePage),
    /// An outcome or heartbeat was refused: its token is old. Drop the work.
    #[serde(rename = "refused")]
    Refused(Refused),
    /// The last frame from the plugin was not understood.
    #[serde(rename = "error")]
    Error(ProtocolError),
    /// Finish what you hold; nothing new comes.
    #[serde(rename = "drain")]
    Drain(Drain),
    /// Shut down and exit. What is still held is taken back.
    #[serde(rename = "goodbye")]
    Goodbye(Goodbye),
}

/// Plugin to daemon.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
pub enum FromPlugin {
    /// Initialised: deliveries may come.
    #[serde(rename = "ready")]
    Ready(Ready),
    /// Cannot start now; starting again later may help.
    #[serde(rename = "not_ready")]
    NotReady(Why),
    /// Cannot start, and starting again does not help.
    #[serde(rename = "failed")]
    Failed(Failed),
    /// How a delivery ended.
    #[serde(rename = "outcome")]
    Outcome(Box<Outcome>),
    /// Still working: extends the lease. Send one every 10 s for each delivery held.
    #[serde(rename = "heartbeat")]
    Heartbeat(Heartbeat),
    /// Publish an event that belongs to no delivery. Answered with `emitted`.
    #[serde(rename = "emit")]
    Emit(Box<Emit>),
    /// Read a key of the plugin's state. Answered with `state.value`.
    #[serde(rename = "state.get")]
    StateGet(StateGet),
    /// Read keys of the plugin's state. Answered with `state.page`.
    #[serde(rename = "state.list")]
    StateList(StateList),
    /// The new configuration is in use.
    #[serde(rename = "config.applied")]
    ConfigApplied(ConfigAnswer),
    /// The new configuration needs a restart.
    #[serde(rename = "config.needs_restart")]
    ConfigNeedsRestart(ConfigAnswer),
    /// A line for the plugin's log.
    #[serde(rename = "log")]
    Log(Log),
}

/// Who the plugin is and what it gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// Versions of this protocol that the daemon speaks; `ready` names the one chosen.
    pub protocols: Vec<u32>,
    /// The plugin's name.
    pub plugin: String,
    /// Its version from the manifest.
    pub version: String,
    /// This running copy.
    pub instance: InstanceId,
    /// The configuration: the manifest's `config` with what was set over it.
    pub config: BTreeMap<String, Value>,
    /// Counts up with every change of the configuration.
    pub config_revision: u64,
    /// What the plugin subscribes to according to its manifest; empty where the handlers of `ready` decide.
    pub subscriptions: Vec<HelloSubscription>,
    /// What it must keep to.
    pub limits: HelloLimits,
    /// A folder of its own that outlives restarts.
    pub data_dir: String,
}

/// One entry of the manifest's `on:`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloSubscription {
    /// Name of the subscription and of its handler: `name:`, by default the topic pattern.
    pub name: String,
    /// Topic pattern.
    pub topic: String,
    /// Most calls of its handler at once; where it takes one delivery at a time, most deliveries in flight.
    pub concurrency: u32,
    /// Most deliveries in one call, where the manifest says so. Absent: the handler of `ready` decides, by default one at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
}

/// What a plugin must keep to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloLimits {
    /// Largest frame either way, in bytes, newline included.
    pub frame_bytes_max: u64,
    /// Milliseconds until `ready` must have come.
    pub start_ms: u64,
    /// Milliseconds a handler may take.
    pub timeout_ms: u64,
    /// Send a heartbeat this often for each delivery held, in milliseconds.
    pub heartbeat_ms: u64,
}

/// Handle this event and answer with an [`Outcome`] that carries the same `delivery_id` and `fencing_token`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deliver {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Grows with every lease. Return it unchanged.
    pub fencing_token: FencingToken,
    /// 1 for the first try.
    pub attempt: u32,
    /// Name of the subscription, which is the name of its handler.
    pub handler: String,
    /// The event, as [`crate::event::Event`].
    pub event: Box<RawValue>,
    /// Milliseconds the plugin has before the attempt counts as lost.
    pub deadline_ms: u64,
    /// Set when this delivery was made by a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayMark>,
    /// Set when it comes together with others, for a handler that takes batches. Absent: it is alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchMark>,
}

/// Which batch a delivery comes in. The frames of one batch follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchMark {
    /// The same in all deliveries of the batch, and in no other.
    pub id: u64,
    /// Deliveries of the batch that are still to come: with 0 it is whole, and the handler is called.
    pub left: u32,
}

/// Stop working on a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancel {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The lease that is over.
    pub fencing_token: FencingToken,
    /// Why, in a sentence.
    pub reason: String,
}

/// The configuration changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// All of it, not only what changed.
    pub config: BTreeMap<String, Value>,
    /// Counts up with every change. Return it.
    pub config_revision: u64,
}

/// Answer to `emit`: the event's id, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Emitted {
    /// As in the `emit`.
    pub request_id: u64,
    /// The event. Absent when it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eventid: Option<EventId>,
    /// Why it was refused. Absent when it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// An outcome or heartbeat was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The token that came.
    pub fencing_token: FencingToken,
    /// `delivery.stale` where the lease is over; another code where the outcome does not hold, which counts as a handler error.
    pub code: String,
    /// Why, in a sentence.
    pub detail: String,
}

/// A frame was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolError {
    /// `plugin.protocol`.
    pub code: String,
    /// What was wrong with it.
    pub detail: String,
}

/// Finish what you hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drain {
    /// Milliseconds until `goodbye` comes whatever is still held.
    pub deadline_ms: u64,
}

/// Shut down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goodbye {
    /// Milliseconds until SIGKILL.
    pub deadline_ms: u64,
}

/// Initialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The protocol version chosen among those of `hello`.
    pub protocol: u32,
    /// What the plugin handles.
    pub handlers: Vec<Handler>,
    /// It handles whatever else it is sent (an SDK's `handle_event`).
    #[serde(default)]
    pub fallback: bool,
    /// Name and version of the SDK, for people. Absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<String>,
}

/// One handler of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handler {
    /// Its name: the subscription's. By default the topic pattern.
    pub name: String,
    /// Topic pattern.
    pub topic: String,
    /// Most deliveries it takes in one call. Absent: it takes one at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
}

/// A reason in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The sentence.
    pub why: String,
}

/// Cannot start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// What it would take.
    pub kind: FailedKind,
    /// The reason in a sentence.
    pub why: String,
}

/// What it would take to start a plugin that cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedKind {
    /// A change of its configuration: the plugin is `stopped` until then.
    Configuration,
    /// A change of the plugin: it is `failed`.
    Permanent,
}

/// How a delivery ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// As it came.
    pub fencing_token: FencingToken,
    /// One of four ways.
    pub outcome: OutcomeKind,
    /// `retry`: not before this many milliseconds (100 ms to 24 h; by default the subscription's backoff). `defer`: required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
    /// `reject` and `defer`: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `retry`: what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<crate::delivery::AttemptError>,
    /// `done`: events that take effect with it and only then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emits: Vec<EmitBody>,
    /// `done`: state writes that take effect with it and only then, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<StateWrite>,
}

/// The four ways in which a handler ends a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Handled.
    Done,
    /// Try again; uses an attempt.
    Retry,
    /// Dead at once.
    Reject,
    /// Later; uses no attempt.
    Defer,
}

/// An event that a plugin emits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmitBody {
    /// Topic to publish to.
    pub topic: String,
    /// JSON payload (a string where `datacontenttype` is text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<RawValue>>,
    /// Any other payload, in base64. Excludes `data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_base64: Option<String>,
    /// Media type of the payload; `application/json` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Default: normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Events of one key are handled one after another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orderingkey: Option<String>,
    /// A delivery past it is dead with cause `expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// Still working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// As it came.
    pub fencing_token: FencingToken,
}

/// Publish an event that belongs to no delivery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Emit {
    /// The plugin's number for the answer.
    pub request_id: u64,
    /// The same id twice is the same event once. Absent: every emit is a new event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The event.
    pub event: EmitBody,
}

/// Answer to `config`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigAnswer {
    /// As it came.
    pub config_revision: u64,
    /// Why, in a sentence. Absent where there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A line for the plugin's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// `debug`, `info`, `warning` or `error`.
    pub level: String,
    /// What to log.
    pub message: String,
    /// The event it belongs to. Absent where it belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eventid: Option<EventId>,
}

#[cfg(test)]
mod tests;
