//! The command line.
//!
//! - `tree`: every command has what it must have
//! - `generated`: man pages, completions and the pages of the error codes are current
//! - `doctor`: each thing that is broken is seen by its check
//! - `server`: a small server of the tests, over a local socket
//! - `client`: lost connections, streams, failures
//! - `binary`: the program itself: output in every form, exit codes
//! - `exits`: each exit code has a command that ends with it
//! - `json`: every command against a real daemon

mod binary;
mod client;
mod doctor;
mod exits;
mod generated;
mod json;
mod server;
mod tree;
