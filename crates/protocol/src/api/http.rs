//! The network listener as it is shown.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

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
    /// The certificate, where it speaks TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<TlsStatus>,
    /// Why it does not listen although it should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The certificate of the network listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TlsStatus {
    /// Its file.
    pub certificate: String,
    /// When it begins to be valid.
    pub valid_from: Timestamp,
    /// When it ends.
    pub valid_until: Timestamp,
}
