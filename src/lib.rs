//! Panotti: events come in, are stored durably, and are delivered to plugins.
//!
//! - [`audit`]: the chain of the audit: how it is hashed, signed and verified
//! - [`client`]: the typed client of the API over the local socket
//! - [`config`]: settings: where they come from, whether they hold
//! - [`daemon`]: the daemon: API, bus, store, host
//!
//! `src/bin/panotti.rs` is the only file that knows both the command line and the daemon.

pub mod audit;
pub mod cli;
pub mod client;
pub mod config;
pub mod daemon;
