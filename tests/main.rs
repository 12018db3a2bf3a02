//! The one integration binary.
//!
//! - `cli`: the command line: its tree, its generated files, its client, its output against a server of the tests
//! - `host`: plugins and the trees of their processes

#![allow(clippy::unwrap_used)]

mod cli;
mod host {
    mod plugins;
    mod tree;
}
