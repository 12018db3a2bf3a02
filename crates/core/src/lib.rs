//! Decides what happens to events and deliveries. No I/O, no clock, no randomness, no threads: time and a seed come in with each
//! step, and what comes out is what to write and what to do. The same commands give the same state, which is what lets the
//! simulation in `tests/simulation` find bugs.
//!
//! - [`command`]: what the bus is asked and what it answers
//! - [`action`]: what a step writes, and what to do after it is on disk
//! - [`bus`]: the state, and one step of it; [`load`](bus::Bus::load) after a start
//! - [`event`], [`routing`]: events inside the daemon, and which subscriptions they match; [`once`]: publishing under a key
//! - [`delivery`], [`subscription`], [`retry`], [`replay`]: what is owed, kept bounded in memory; when it is tried again
//! - [`retention`], [`ages`], [`cancel`]: what may leave the store, and when; deliveries given up before they ended
//! - [`poison`]: deliveries that crash their plugin; `batch`: calls of handlers that take several deliveries
//! - [`order`], [`key_pages`], `keys`, `busy`, `key_room`: ordering keys, and whose turn it is in each
//! - [`lanes`], `lane`, `reach`, `picking`: priorities, and which delivery of a subscription goes next
//! - [`schemas`]: schemas of topics, and events that do not fit them
//! - [`secrets`]: secrets of the configuration, sealed
//! - [`state`]: a plugin's state changed by a person
//! - [`origin`]: the request behind a command, for the audit
//! - [`fingerprint`]: failures that are alike; [`look`]: what is in memory, for those who ask
//! - [`manifest`], [`lifecycle`]: what a plugin's manifest comes to; the life of one plugin
//! - [`permission`], [`roles`], [`access`]: who may do what; named sets of it; API keys and the changes of all that
//! - [`limits`], [`random`], [`meter`]: bounds; numbers that follow from a seed; measured times
//! - [`defect`]: mistakes that a test can switch on, to prove that the simulation would see them

pub mod access;
pub mod action;
pub mod ages;
mod batch;
pub mod bus;
mod busy;
pub mod cancel;
pub mod command;
pub mod configuration;
pub mod defect;
pub mod delivery;
pub mod event;
pub mod fingerprint;
pub mod granter;
mod groups;
mod handing_out;
pub mod key_pages;
mod key_room;
mod keys;
mod lane;
pub mod lanes;
pub mod lifecycle;
pub mod limits;
pub mod look;
pub mod manifest;
pub mod meter;
pub mod once;
pub mod order;
pub mod origin;
mod outcome;
mod pace;
mod passes;
pub mod permission;
mod picking;
pub mod poison;
pub mod publish;
pub mod random;
mod reach;
pub mod refusal;
mod registering;
pub mod replay;
mod replaying;
pub mod retention;
pub mod retry;
pub mod roles;
pub mod routing;
pub mod schemas;
pub mod sealing;
pub mod secrets;
mod stall;
pub mod state;
pub mod subscription;
mod writing_down;
