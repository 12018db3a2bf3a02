//! What is held of replays: their sums and their end, their pace, and that a pause is one.

use panotti_core::action::{Step, Write};
use panotti_core::command::{Answer, Steering};
use panotti_core::delivery::DeliveryKey;
use panotti_core::limits::LANES;
use panotti_core::replay::ReplayNumber;
use panotti_protocol::id::ReplayId;

use crate::hearing::name;
use crate::rules::*;
use crate::world::{Violation, World, hold};

impl World {
    pub fn judge_replays(&mut self, step: &Step) -> Result<(), Violation> {
        for write in &step.writes {
            if let Write::ReplayProgress { replay, state, ended_at, .. } = write {
                hold!(self, rule_10_a_replay_never_passes_an_item_without_a_row(&self.disk, &self.ledger, *replay));
                hold!(self, rule_10_a_replays_sums_are_those_of_its_items(&self.disk, *replay));
                if ended_at.is_some() {
                    self.coverage.take("replay", "running", "ends", state.as_str());
                    hold!(self, rule_10_a_replay_ends_with_every_item(&self.disk, &self.ledger, *replay));
                }
            }
        }
        Ok(())
    }

    pub fn judge_pace(&mut self, key: DeliveryKey) -> Result<(), Violation> {
        let begun = self.ledger.begun.entry(key.replay).or_default();
        begun.insert(key);
        let number = begun.len();
        let since = self.ledger.replays_since.get(&key.replay).copied().unwrap_or(self.loaded_at);
        hold!(self, rule_10_a_replay_keeps_its_pace(self.disk.replays[&key.replay].start.rate, number, since, self.bus_now));
        Ok(())
    }

    /// A pause lets through what was released before: at most what every subscription may have in flight.
    pub fn hear_of_steering(&mut self, replay: ReplayId, steering: Steering, answer: &Answer) {
        let means = if let Answer::Replay { changed: false, .. } = answer { "already" } else { name(answer) };
        self.coverage.take("command", if steering == Steering::Pause { "pause replay" } else { "resume replay" }, "", means);
        let Some(number) = self.disk.replays.iter().find(|(_, row)| row.id == replay).map(|(number, _)| *number) else { return };
        match (answer, steering) {
            (Answer::Replay { changed: true, .. }, Steering::Pause) => {
                // As many in each lane of a subscription as it handles at once.
                let released: usize = self.disk.subscriptions.values().map(|known| known.spec.in_flight_max()).sum();
                self.ledger.paused.insert(number, LANES * released);
            }
            (Answer::Replay { changed: true, .. }, Steering::Resume) => drop(self.ledger.paused.remove(&number)),
            _ => {}
        }
    }

    /// Takes into account that a delivery of a replay is handed out for the first time.
    pub fn hear_of_a_beginning(&mut self, replay: ReplayNumber) -> Result<(), Violation> {
        let left = self.ledger.paused.get(&replay).copied();
        hold!(self, rule_10_a_paused_replay_begins_nothing_new(left, replay));
        if let Some(left) = self.ledger.paused.get_mut(&replay) {
            *left -= 1;
        }
        Ok(())
    }
}
