//! The daemon.

use panotti_protocol::failure::{ErrorCode, Failure};

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// Where it cannot start or go on.
pub async fn run() -> Result<(), Failure> {
    Err(Failure::new(ErrorCode::INTERNAL, "this build has no daemon"))
}
