//! What was removed of keys and secrets is gone from the database when it is overwritten there, but the write-ahead log has it still: as it
//! was, and as it was written. So the log is begun anew soon after. Waits for no reader longer than a moment.

use std::time::Instant;

use super::limits::REMOVED_LOOK;
use super::thread::Thread;
use crate::daemon::store::failure::{StoreError, StoreResult};

impl Thread {
    /// Begins the log anew where it has something of what was removed. Most of it is moved by the checkpointer first, so that little is left
    /// for this thread. `due` is when it is tried, from one call to the next.
    ///
    /// # Errors
    /// What the disk said, but for a full disk: that is tried again.
    pub(super) fn forget_removed(&mut self, due: &mut Option<Instant>) -> StoreResult<()> {
        if !self.store.log_has_removed() {
            *due = None;
            return Ok(());
        }
        let now = Instant::now();
        match *due {
            // A full channel means that a checkpoint is already asked for.
            None => drop(self.checkpoint.try_send(())),
            Some(at) if now < at => return Ok(()),
            Some(_) => {
                self.store.sync_seal()?;
                match self.store.begin_log_anew() {
                    Ok(()) => {}
                    Err(StoreError::Full(error)) => tracing::debug!(%error, "no room to begin the log anew; it is tried again"),
                    Err(error) => return Err(error),
                }
            }
        }
        *due = Some(now + REMOVED_LOOK);
        Ok(())
    }
}
