//! Whole flows against a real daemon.
//!
//! - `promises`: what publishers were promised, and the check that it was kept
//! - `load`: publishers that go on until their daemon is gone
//! - `kill`: `kill -9` under load
//! - `disk`: a sync that fails

mod disk;
mod kill;
mod load;
mod promises;
