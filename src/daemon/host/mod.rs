//! Runs plugins.

pub mod discovery;
pub mod init;
pub mod launch;
pub mod log;
pub mod sdk;
pub mod session;
pub mod spawner;
