//! The words every part of Panotti shares, as plain data: no I/O, no clock, nothing but serde.
//!
//! - [`id`]: event, delivery, replay and instance ids
//! - [`topic`]: topics and topic patterns (semantics section 3)
//! - [`time`]: points in time as they cross the wire
//! - [`event`]: an event as it is published and as it is read back (CloudEvents 1.0)
//! - [`delivery`]: states, causes and the record of attempts
//! - [`failure`]: every error code with its HTTP status and exit code: the one table
//! - [`frame`]: the plugin protocol, version 1
//! - [`manifest`]: `plugin.yaml` as written
//! - [`notice`]: the daemon's own events
//! - [`permission`]: who may do what, as it is written
//! - [`api`]: bodies of the HTTP API
//! - [`strict_json`]: what JSON from outside must not be
//! - [`key`], [`network`]: API keys as they are written; networks that one is bound to
//! - `schema`: JSON Schemas of what is written as text, with the feature `schema`
//! - [`limits`]: bounds on everything that comes from outside
//!
//! Types here are frozen the day they ship: adding an optional field is fine, anything else is a new version.

pub mod api;
pub mod delivery;
pub mod event;
pub mod failure;
pub mod frame;
pub mod id;
pub mod json {
    //! The JSON value that configuration and state are made of, so that the core needs no other crate for it.
    pub use serde_json::{Value, to_vec};
}
pub mod key;
pub mod limits;
pub mod manifest;
pub mod network;
pub mod notice;
pub mod permission;
#[cfg(feature = "schema")]
mod schema;
pub mod strict_json;
pub mod time;
pub mod topic;
