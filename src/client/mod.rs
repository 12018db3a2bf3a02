//! The typed client of the daemon's API over the local socket. It has no private entrance: what it does, `curl --unix-socket` can do.
//!
//! Before a byte is sent it checks that the server's user is this one, root, or the owner of the data folder.
//!
//! - [`connection`]: connecting, the check of the server, one request and its answer
//! - [`routes`], [`access`], [`filters`], [`schemas`], [`seal`], [`reading`], `audit`, `secrets`: a method for every route that is used
//! - [`publish`]: NDJSON publishing: lines out while receipts come back, and again after a lost connection
//! - [`stream`]: server-sent events, with reconnecting
//! - [`path`]: paths and queries

pub mod access;
mod audit;
pub mod connection;
pub mod filters;
pub mod path;
pub mod publish;
pub mod reading;
pub mod routes;
pub mod schemas;
pub mod seal;
mod secrets;
pub mod stream;

pub use connection::{Client, Exchange, Target};
