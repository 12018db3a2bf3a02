//! Plugins in folders, run by the real daemon through the built binary.
//!
//! - `stage`: a folder with plugins and a daemon, and what the tests ask of it
//! - `languages`: Python, shell and Node handle events from end to end
//! - `switching`: off, on, what waits meanwhile, what needs what
//! - `configuring`: configuration live, with a restart, refused
//! - `starting`: plugins that do not start, and what is said about each
//! - `working`: plugins that start and then do wrong
//! - `stopping`: SIGTERM under load
//! - `tree`: no process outlives the daemon

mod configuring;
mod languages;
pub mod stage;
mod starting;
mod stopping;
mod switching;
mod tree;
mod working;
