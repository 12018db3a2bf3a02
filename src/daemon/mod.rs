//! The daemon: what it is made of, and how it starts and stops. Wiring only; each part is in its own module.
//!
//! `api ─► host ─► bus ─► store`: one direction. The bus does not call the host: it hands out a receiver of actions.

pub mod access;
pub mod access_log;
pub mod api;
pub mod bus;
pub mod checkpoints;
pub mod clock;
pub mod configuration;
pub mod defect;
pub mod drafts;
pub mod event_json;
pub mod event_schema;
pub mod event_view;
pub mod host;
pub mod log;
pub mod maintenance;
pub mod meters;
pub mod origin;
pub mod redact;
pub mod reload;
pub mod retention;
pub mod ring;
pub mod rules;
pub mod schemas;
pub mod seal;
pub mod sealing;
pub mod secrets;
pub mod service_manager;
pub mod shutdown;
pub mod start;
pub mod store;

use panotti_protocol::failure::Failure;

use crate::config::environment::Environment;
use crate::config::load::Loaded;
use crate::config::places::Places;

/// What `daemon run` starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// Where things are.
    pub places: Places,
    /// The settings of all sources.
    pub settings: Loaded,
    /// The variables they were read with.
    pub environment: Environment,
    /// Go on although accepted events are missing at the end of the log.
    pub accept_loss: bool,
}

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// Why it cannot start; its exit code is one of 65 to 78.
pub async fn run(start: Start) -> Result<(), Failure> {
    let running = start::start(start).await?;
    shutdown::serve_until_told_to_stop(running).await
}
