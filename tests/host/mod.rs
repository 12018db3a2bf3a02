//! The host: real plugins with a bus that only answers, and process trees without a daemon.

mod plugins;
mod tree;
