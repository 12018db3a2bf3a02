//! Bodies of the routes about what failed: trying again, giving up, groups of failures that are alike.

use serde::{Deserialize, Serialize};

use super::Delivery;
use crate::delivery::{AttemptError, Cause};
use crate::id::EventId;
use crate::time::Timestamp;

/// `POST /events/{id}/retry`: one more attempt, now, of its waiting or dead deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    /// Only the delivery to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
}

/// `POST /events/{id}/discard`: gives its dead deliveries up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveriesChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The deliveries it was about, as they stand now.
    pub deliveries: Vec<Delivery>,
}

/// One group of `GET /events/errors`: failures that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
