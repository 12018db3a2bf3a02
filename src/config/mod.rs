//! Settings: where they come from and whether they hold. Nothing here starts anything or talks to a daemon.
//!
//! - [`yaml`]: YAML as a tree in which everything knows its line and column
//! - [`decode`]: typed values out of that tree, with all problems at once
//! - [`manifest`]: `plugin.yaml`, strictly
//! - [`units`]: durations and sizes as people write them
//! - [`suggest`]: "did you mean"

pub mod decode;
pub mod manifest;
pub mod suggest;
pub mod units;
pub mod yaml;
