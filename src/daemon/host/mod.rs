//! Runs plugins.

pub mod init;
