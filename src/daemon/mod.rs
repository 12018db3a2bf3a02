//! The daemon: API, host, bus, store.

pub mod host;
