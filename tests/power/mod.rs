//! The power fails, the disk fills: nothing acknowledged is lost.
//!
//! - `rig`: a small disk of our own whose power can be cut, and a daemon on it. Needs root, a loop device and `mkfs.ext4`
//! - `ledger`: publishers that remember every receipt they have read, and the check that all of it is still there
//! - `cuts`: power cuts under load, and the control that must lose
//! - `full`: the disk fills and empties

// A rig that is missing says so; figures go to whoever runs the tests by hand.
#![allow(clippy::print_stderr)]

mod cuts;
mod full;
mod ledger;
mod rig;
