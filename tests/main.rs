//! The one integration binary.
//!
//! - `support`: a daemon of a test's own, the API by hand
//! - `audit`: the chain of the audit, and what becomes of it when somebody changes it
//! - `cli`: the command line: its tree, its generated files, its client, its output against a server of the tests
//! - `doors`: the network: where it listens, what it refuses, its limits
//! - `flows`: whole flows against a real daemon
//! - `limits`: the table of all limits, the page that is made of it, and that each is felt where it should be
//! - `protocol`: golden frames of the plugin protocol
//! - `tidy`: who may import whom, and the order of the files
//! - `endurance`: ten thousand events, a failing plugin, twenty kills
//! - `hours`: simulated hours through the real store, with a model beside it
//! - `github`: filters on webhooks of GitHub, held against jq
//! - `guide`: the user guide, run page by page
//! - `host`: real plugins with a bus that only answers
//! - `plugins`: real plugins with the real daemon: good ones, bad ones, and what becomes of their processes when it is killed
//! - `reading`: what people read about the bus: stories, subscriptions, numbers, topics, explanations
//! - `secrets`: that they reach their plugins, and nobody else
//! - `power`: power cuts and full disks

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod audit;
mod cli;
mod doors;
mod endurance;
mod flows;
mod github;
mod guide;
mod host;
#[cfg(feature = "defects")]
mod hours;
mod limits;
mod plugins;
mod power;
mod protocol;
mod reading;
mod secrets;
mod support;
mod tidy;
