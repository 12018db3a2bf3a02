//! Plugins in folders, run by the real daemon through the built binary.
//!
//! - `stage`: a folder with plugins and a daemon, and what the tests ask of it
//! - `languages`: Python, shell and Node handle events from end to end
//! - `switching`: off, on, what waits meanwhile, what needs what
//! - `ordering`: a key's events in their order
//! - `priorities`: what is more urgent goes first, and nothing starves
//! - `batches`: several events in one call of a handler
//! - `configuring`: configuration live, with a restart, refused
//! - `filters`: `where:`, `--filter`, and filters as stored objects
//! - `schemas`: schemas that plugins bring, and emits that do not fit one
//! - `starting`: plugins that do not start, and what is said about each
//! - `leases`: what comes after a lease is over
//! - `working`: plugins that start and then do wrong
//! - `stopping`: SIGTERM under load
//! - `tree`: no process outlives the daemon
//! - `atomic`, `states`: outcomes whole or not at all; what a plugin remembers
//! - `replaying`: replay jobs paused and resumed
//! - `waiting`: publishing and waiting; copies of an event

mod atomic;
mod batches;
mod configuring;
mod filters;
mod languages;
mod leases;
mod ordering;
mod priorities;
mod replaying;
mod schemas;
pub mod stage;
mod starting;
mod states;
mod stopping;
mod switching;
mod tree;
mod waiting;
mod working;
