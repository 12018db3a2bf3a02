//! The one integration binary.
//!
//! - `cli`: the command line: its tree, its generated files, its client, its output against a server of the tests
//! - `host`: real plugins, and what becomes of their processes when the daemon is killed
//! - `power`: power cuts and full disks

#![allow(clippy::unwrap_used)]

mod cli;
mod host;
mod power;
