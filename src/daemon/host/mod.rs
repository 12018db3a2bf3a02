//! Runs plugins.

pub mod discovery;
pub mod init;
pub mod log;
pub mod sdk;
pub mod spawner;
