//! Whole flows against a real daemon.
//!
//! - `promises`: what publishers were promised, and the check that it was kept
//! - `later`: events for later, and events that came too late
//! - `load`: publishers that go on until their daemon is gone
//! - `kill`: `kill -9` under load
//! - `configuration`: settings of a running daemon
//! - `cut_short`: a daemon that is killed while its identities change
//! - `disk`: a sync that fails
//! - `changed`: stored events that somebody changed; the key they are checked with
//! - `folder`: who may have the data folder, and what is refused
//! - `api`: the API as `curl` sees it
//! - `narrow`: what a key of little does not find out or do by a way round
//! - `once`: publishing under a key
//! - `schemas`: what is checked, refused, stamped; new versions; a schema from events
//! - `sealed`: payloads that only the daemon can open, its identity, recovery, rotation
//! - `strangers`: those who should not be there, and those who leave in the middle
//! - `poison`: what crashes its plugin
//! - `purging`: what is cancelled, and what is removed for good
//! - `retention`: what goes when it is old or there is no room, and what stays
//! - `service`: the daemon as a service of systemd
//! - `tail`: a log that lost its end
//! - `upgrade`: stores of released versions
//! - `vanishing`: clients that go away in the middle of a change

pub mod api;
mod changed;
mod configuration;
mod cut_short;
mod disk;
mod folder;
pub mod keys;
mod kill;
mod later;
mod load;
mod masking;
mod matrix;
mod narrow;
mod once;
mod planted;
mod poison;
mod promises;
mod purging;
mod retention;
mod roles;
mod schemas;
mod sealed;
mod service;
mod strangers;
mod tail;
pub mod upgrade;
mod vanishing;
