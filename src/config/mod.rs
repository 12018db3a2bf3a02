//! Settings: where they come from and whether they hold. Nothing here starts anything or talks to a daemon.
//!
//! - [`settings`]: the table of all settings, and the typed [`settings::Settings`]
//! - [`form`]: the forms of their values
//! - [`http`]: settings of the network
//! - [`local_users`]: settings of the local socket for other users
//! - [`load`]: defaults, files, environment, with the origin of each value
//! - [`places`]: where data, configuration, logs, keys and the socket are
//! - [`environment`]: a snapshot of the environment variables
//! - [`file_system`]: what kind of file system a folder is on; [`above`]: who else could put something in its place
//! - [`manifest`], [`manifest_schemas`], [`manifest_secrets`]: a plugin's folder, checked without a daemon
//! - [`overlay`]: what is set over the files while the daemon runs
//! - [`schema`]: the JSON Schema of `panotti.yaml`
//! - [`limits`]: how much any of them may say
//! - [`yaml`]: YAML as a tree in which everything knows its line and column
//! - [`decode`]: typed values out of that tree, with all problems at once
//! - [`units`]: durations and sizes as people write them
//! - [`suggest`]: "did you mean"
//! - [`user`]: names of local users

pub mod above;
pub mod decode;
pub mod environment;
pub mod file_system;
pub mod form;
pub mod http;
pub mod limits;
pub mod load;
pub mod local_users;
pub mod manifest;
pub mod manifest_schemas;
pub mod manifest_secrets;
pub mod overlay;
pub mod places;
pub mod schema;
mod sealed;
pub mod settings;
pub mod suggest;
pub mod units;
pub mod user;
pub mod yaml;
