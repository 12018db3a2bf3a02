//! The network listener as it is shown.

use serde::{Deserialize, Serialize};

/// The network listener.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HttpStatus {
    /// Whether it listens.
    pub listening: bool,
    /// Where it listens, or would.
    pub address: String,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Whether other machines reach it without TLS, as `http.insecure` allows.
    pub insecure: bool,
    /// Why it does not listen although it should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
