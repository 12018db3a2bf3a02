//! The typed client of the daemon's API, over the local socket or the network. It has no private entrance: what it does, `curl` can do.
//!
//! Before a byte is sent over the local socket it checks that the server's user is this one, root, or the owner of the data folder; over the
//! network, that the server's certificate is trusted.
//!
//! - [`connection`]: connecting, the check of the server, one request and its answer
//! - [`remote`]: a daemon over the network, TLS
//! - [`routes`], [`access`], [`configuration`], [`filters`], [`schemas`], [`seal`], [`reading`], `audit`, `secrets`: a method for every route that is used
//! - [`publish`]: NDJSON publishing: lines out while receipts come back, and again after a lost connection
//! - [`stream`]: server-sent events, with reconnecting
//! - [`path`]: paths and queries

pub mod access;
mod audit;
pub mod configuration;
pub mod connection;
pub mod filters;
pub mod path;
pub mod publish;
pub mod reading;
pub mod remote;
pub mod routes;
pub mod schemas;
pub mod seal;
mod secrets;
pub mod stream;

pub use connection::{Client, Exchange, Target};
