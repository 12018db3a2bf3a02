//! The database `panotti.db`. SQL lives only in this folder.
//!
//! - [`connection`]: opening it: settings asserted, format checked and migrated
//! - [`database`]: a connection with what events are checked by; [`tag_key`]: the key of their tags
//! - [`data_keys`], [`identities`]: keys of sealed payloads, and who can open them
//! - [`writer`]: the one writing connection: a step's writes as one transaction
//! - [`readers`]: a few reading connections for everybody else
//! - [`events`], [`deliveries`], [`replays`], [`plugins`]: writing and reading one group of tables each
//! - [`audit`]: who did what: the chain of records, and reading it
//! - [`configuration`]: what was set over the configuration, revision by revision
//! - [`filters`]: stored filters, and what they tagged; [`schemas`]: schemas of topics
//! - [`access`]: keys and roles
//! - [`keyed`]: ordering keys: who is next in each
//! - [`lanes`]: what a subscription is owed, priority by priority
//! - [`secrets`]: secrets of the configuration, sealed
//! - [`inspect`]: what `panotti doctor` asks of a store, with a daemon on it or without
//! - [`plugin_state`]: plugins' durable keys and their limits
//! - [`publisher_keys`]: what was published under a key, for a day
//! - [`pages`]: what the bus reads: the start, and the pages it asks for
//! - [`numbers`], [`history`]: counters and the rules of then, kept with the writes that they are about
//! - [`views`], [`failures`], [`story`], [`subscriptions`], [`topics`], [`statistics`]: what the API lists; [`visible`]: pages of what somebody
//!   may see
//! - [`checking`]: events held against their tags
//! - [`masks`]: events as people are shown them
//! - [`matching`]: numbers of what a filter matches
//! - [`tail`]: whether anything is missing at the end
//! - [`log_index`]: room for the part of the log that SQLite maps into memory
//! - [`trimming`]: which events may leave the store, and removing them; [`retention`]: the room that the store takes, and what ends by age
//! - [`checkpoint`]: moving the write-ahead log into the database, on a connection of its own

pub mod access;
pub mod audit;
pub mod checking;
pub mod checkpoint;
pub mod configuration;
pub mod connection;
pub mod data_keys;
pub mod database;
pub mod deliveries;
pub mod events;
pub mod failures;
pub mod filters;
pub mod history;
pub mod identities;
pub mod inspect;
pub mod keyed;
pub mod lanes;
pub mod log_index;
pub mod masks;
pub mod matching;
pub mod numbers;
pub mod pages;
pub mod plugin_state;
pub mod plugins;
pub mod publisher_keys;
pub mod readers;
pub mod replays;
pub mod retention;
pub mod schemas;
pub mod secrets;
pub mod statistics;
pub mod story;
pub mod subscriptions;
pub mod tag_key;
pub mod tail;
pub mod topics;
pub mod trimming;
pub mod views;
pub mod visible;
pub mod writer;
