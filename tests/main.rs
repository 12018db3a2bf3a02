//! The one integration binary.
//!
//! - `cli`: the command line: its tree, its generated files, its client, its output against a server of the tests
//! - `power`: power cuts and full disks

#![allow(clippy::unwrap_used)]

mod cli;
mod power;
