//! The one integration binary.
//!
//! - `support`: a daemon of a test's own, the API by hand
//! - `cli`: the command line: its tree, its generated files, its client, its output against a server of the tests
//! - `flows`: whole flows against a real daemon

#![allow(clippy::unwrap_used)]

mod cli;
mod flows;
mod support;
