//! The daemon.

use panotti_protocol::failure::{ErrorCode, Failure};

use crate::config::load::Loaded;
use crate::config::places::Places;

/// What the daemon is started with.
#[derive(Debug)]
pub struct Start {
    /// Where everything is.
    pub places: Places,
    /// The settings in force, with their origins.
    pub settings: Loaded,
    /// Go on although accepted events are missing at the end of the log.
    pub accept_loss: bool,
}

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// Where it cannot start or go on.
pub async fn run(start: Start) -> Result<(), Failure> {
    let _ = start;
    Err(Failure::new(ErrorCode::INTERNAL, "this build has no daemon"))
}
