//! Bodies of the routes of the daemon itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AuditStatus, EventsStatus, HttpStatus};
use crate::id::StoreId;
use crate::time::Timestamp;

/// `GET /version`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// `ok`, or what is wrong.
    pub status: String,
    /// What is not well although events are accepted, for example a subscription that stands still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// `GET /status`: the daemon as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// The network listener.
    #[serde(default)]
    pub http: HttpStatus,
    /// `ok`, or what is wrong.
    pub health: String,
    /// Plugins by state.
    pub plugins: BTreeMap<String, u64>,
    /// The audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditStatus>,
    /// The event system.
    pub events: EventsStatus,
    /// What an operator should know and that is no reason to be unwell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// `POST /daemon/stop`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StopRequest {
    /// Milliseconds to wait for what is in flight. Default: 25,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain_ms: Option<u64>,
}

/// Answer to `POST /daemon/stop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stopping {
    /// Always true.
    pub changed: bool,
    /// The process that will end.
    pub pid: u32,
}
