//! The one integration binary.
//!
//! - `support`: a daemon of a test's own, the API by hand
//! - `cli`: the command line: its tree, its generated files, its client, its output against a server of the tests
//! - `host`: real plugins with a bus that only answers
//! - `plugins`: real plugins with the real daemon: good ones, bad ones, and what becomes of their processes when it is killed
//! - `flows`: whole flows against a real daemon
//! - `endurance`: ten thousand events, a failing plugin, twenty kills

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod cli;
mod endurance;
mod flows;
mod host;
mod plugins;
mod support;
