//! The limits of plugins' states, held right before a step: an outcome that would take a state over them is a failed attempt that says
//! so, and a person is refused.

use std::collections::BTreeMap;

use panotti_core::command::{HandlerOutcome, Report};
use panotti_core::state::SetState;
use panotti_protocol::delivery::AttemptError;
use panotti_protocol::failure::{ErrorCode, Failure};

use super::thread::Thread;
use crate::daemon::store::failure::StoreResult;
use crate::daemon::store::sqlite::plugin_state::{self, StateSize};

/// By plugin, what the outcomes of one step add to its state.
pub type StateGrowth = BTreeMap<String, StateSize>;

impl Thread {
    /// Turns an outcome whose writes would take the state over its limits into a failed attempt.
    pub(super) fn hold_to_limits(&mut self, report: &mut Report) -> StoreResult<()> {
        let HandlerOutcome::Done { state, .. } = &report.outcome else { return Ok(()) };
        // An old token is refused by the bus, whatever it brings.
        let Some(plugin) = self.bus.plugin_of(report.token).filter(|_| !state.is_empty()).map(str::to_owned) else { return Ok(()) };
        let meanwhile = self.state_growth.get(&plugin).copied().unwrap_or_default();
        match plugin_state::growth(self.store.database(), &plugin, state, meanwhile)? {
            Ok(growth) => *self.state_growth.entry(plugin).or_default() += growth,
            Err(message) => {
                tracing::warn!(%plugin, code = %ErrorCode::PLUGIN_STATE_FULL, %message, "an outcome was not taken");
                let error = AttemptError { class: ErrorCode::PLUGIN_STATE_FULL.as_str().to_owned(), message, place: None };
                report.outcome = HandlerOutcome::Retry { after: None, error };
            }
        }
        Ok(())
    }

    /// Reads what a person's change is about, and holds it to the limits.
    pub(super) fn state_change(&self, set: SetState) -> StoreResult<Result<SetState, Failure>> {
        let connection = self.store.database();
        let known = plugin_state::find(connection, &set.plugin, &set.write.key)?.map(|row| row.value);
        let growth = plugin_state::growth(connection, &set.plugin, std::slice::from_ref(&set.write), StateSize::default())?;
        Ok(match growth {
            Ok(_) => Ok(SetState { known, ..set }),
            Err(message) => Err(Failure::new(ErrorCode::PLUGIN_STATE_FULL, message)),
        })
    }
}
