//! Answers to publishing several events.

use serde::{Deserialize, Serialize};

use crate::event::Receipt;
use crate::failure::{Failure, FailurePart};

/// Query of `POST /events`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishQuery {
    /// What a stream of lines is answered with. Default: `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<Receipts>,
}

/// What a stream of lines is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Receipts {
    /// A line for each line.
    All,
    /// One summary at the end.
    Summary,
}

/// Answer of NDJSON publishing with `?receipts=summary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublishSummary {
    /// Lines accepted, duplicates included.
    pub accepted: u64,
    /// Of those, published before.
    pub duplicates: u64,
    /// Lines refused.
    pub refused: u64,
    /// The first refusals (100 at most).
    pub errors: Vec<FailurePart>,
}

/// One line of the answer to NDJSON publishing or one item of the answer to a batch: a receipt or a failure for the line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LineAnswer {
    /// Number of the line, from 1.
    pub line: u64,
    /// The receipt. Absent when the line was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// Why it was refused. Absent when it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}
