//! HTTP/1.1 on connections, whoever accepted them: within time, size and number, and without anything that two readers could read
//! differently.
//!
//! - [`limits`]: the figures
//! - [`seats`]: how many may be connected, in all and by one user or address
//! - [`progress`]: what a connection is doing, and by when it must have gone on
//! - [`body`]: bodies that must come at a pace
//! - [`connection`]: serves one connection
//! - [`gate`]: what is refused before anybody asks who calls

pub mod body;
pub mod connection;
pub mod gate;
pub mod limits;
pub mod progress;
pub mod seats;
