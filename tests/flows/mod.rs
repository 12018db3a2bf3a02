//! Whole flows against a real daemon.
//!
//! - `promises`: what publishers were promised, and the check that it was kept
//! - `load`: publishers that go on until their daemon is gone
//! - `kill`: `kill -9` under load
//! - `disk`: a sync that fails
//! - `folder`: who may have the data folder, and what is refused
//! - `api`: the API as `curl` sees it
//! - `once`: publishing under a key
//! - `strangers`: those who should not be there, and those who leave in the middle
//! - `upgrade`: stores of released versions

mod api;
mod disk;
mod folder;
mod kill;
mod load;
mod once;
mod promises;
mod strangers;
mod upgrade;
