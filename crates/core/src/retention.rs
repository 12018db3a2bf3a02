//! What may leave the store (semantics rules 14 and 22). Whoever trims reads some events with their deliveries; what of them may go is
//! decided here, in the step that removes them: an event stays while a delivery of it is unresolved, or while memory still works on it.

use std::collections::BTreeSet;
use std::time::Duration;

use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::action::{Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, AuditEntry};
use crate::defect::Defect;
use crate::delivery::DeliveryKey;
use crate::routing::SubscriptionId;
use crate::subscription::Subscription;

/// A stored event with what decides whether it may go. Read right before the command is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFate {
    /// The event.
    pub sequence: Sequence,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The subscriptions it matched; `None` while that is not known.
    pub matches: Option<Vec<SubscriptionId>>,
    /// Every delivery of it that has a row.
    pub rows: Vec<StoredRow>,
}

/// A delivery's row, as far as trimming needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRow {
    /// Which one.
    pub key: DeliveryKey,
    /// Where it stands.
    pub state: DeliveryState,
    /// A dead letter that stands for itself: not one whose original is still dead.
    pub open_failure: bool,
}

/// Remove what may go of these events.
#[derive(Debug, Clone)]
pub struct Trim {
    /// The events, in sequence order.
    pub events: Vec<StoredFate>,
    /// Why.
    pub why: TrimWhy,
}

/// Why events are removed, which decides which of them may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrimWhy {
    /// They were accepted before this time: everything that is resolved goes.
    Age {
        /// The time.
        before: Timestamp,
    },
    /// The store is nearly full: everything goes whose deliveries succeeded.
    Room,
    /// A person asked for it: everything that is resolved goes.
    Purge {
        /// Who asks.
        actor: String,
        /// Why, as the person said.
        reason: String,
        /// What was selected, for the audit.
        selection: String,
    },
}

/// What stands in the way of an event's removal, as a plan shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Goes,
    /// A delivery is owed, in flight, or waits.
    Unresolved,
    /// A delivery is dead or quarantined and nobody has decided about it.
    Failed,
    /// The rule does not ask for it: it is too young, or a delivery was given up and none of that goes early.
    NotAsked,
}

impl StoredFate {
    /// Whether the event may go, by what is stored of it.
    pub fn verdict(&self, why: &TrimWhy) -> Verdict {
        let Some(matches) = &self.matches else { return Verdict::Unresolved };
        let has_row = |id: &SubscriptionId| self.rows.iter().any(|row| row.key == DeliveryKey::live(self.sequence, *id));
        let waits = |row: &StoredRow| !row.state.is_ended();
        if !matches.iter().all(has_row) || self.rows.iter().any(waits) {
            return Verdict::Unresolved;
        }
        let failed = self.rows.iter().any(|row| row.open_failure);
        match why {
            _ if failed => Verdict::Failed,
            TrimWhy::Age { before } if self.accepted_at >= *before => Verdict::NotAsked,
            TrimWhy::Room if self.rows.iter().any(|row| row.state == DeliveryState::Cancelled) => Verdict::NotAsked,
            _ => Verdict::Goes,
        }
    }
}

impl Bus {
    /// Removes what may go, and answers how many events went. The newest event stays: the counting of sequences rests on it.
    pub(crate) fn trim(&mut self, trim: Trim, step: &mut Step) -> Answer {
        let in_use = self.in_use(&trim.events);
        let mut gone = Vec::new();
        for fate in trim.events {
            let may_go = self.defects.has(Defect::TrimsUnresolved) || fate.verdict(&trim.why) == Verdict::Goes;
            // What was read of it before this step is out of date where the step has written a row of it.
            let first = DeliveryKey { sequence: fate.sequence, ..DeliveryKey::default() };
            let changed = self.changed.range(first..).next().is_some_and(|key| key.sequence == fate.sequence);
            if !may_go || changed || fate.sequence >= self.head || in_use.contains(&fate.sequence) {
                continue;
            }
            self.changed.extend(fate.rows.iter().map(|row| row.key));
            gone.push(fate.sequence);
        }
        if gone.is_empty() {
            return Answer::Changed(0);
        }
        let number = gone.len() as u64;
        if let TrimWhy::Purge { actor, reason, selection, .. } = trim.why {
            let range = gone.first().zip(gone.last()).map_or(String::new(), |(first, last)| format!(", sequences {first} to {last}"));
            step.writes.push(Write::Audit(AuditEntry {
                actor,
                action: "event.purge".to_owned(),
                object: selection,
                reason,
                detail: format!("{number} events{range}"),
            }));
        }
        step.writes.push(Write::Trim { events: gone });
        Answer::Changed(number)
    }

    /// Which of these events memory still works on: what is in flight, and what replays have read. All of it is looked through once,
    /// whatever the number of events.
    fn in_use(&self, events: &[StoredFate]) -> BTreeSet<Sequence> {
        let asked: BTreeSet<Sequence> = events.iter().map(|fate| fate.sequence).collect();
        let leased = self.leases.values().map(|held| held.owed.key.sequence);
        let read = self.jobs.values().flat_map(|job| job.window.iter()).map(|owed| owed.key.sequence);
        let released = self.subscriptions.values().flat_map(Subscription::released).map(|owed| owed.key.sequence);
        leased.chain(read).chain(released).chain(self.alone.sequences()).filter(|sequence| asked.contains(sequence)).collect()
    }
}

/// How a store's room stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Bytes in use: of the database's pages, without the free ones.
    pub used_bytes: u64,
    /// Bytes it may use.
    pub bytes_max: u64,
}

/// At so many percent a warning is given (semantics rule 14).
pub const WARNING_PERCENT: u64 = 80;
/// Below so many percent the warning may be given again: a store that stays near the mark gives one warning, not many.
pub const WARNING_OVER_PERCENT: u64 = 75;
/// At so many percent old events go early (semantics rule 14).
pub const EARLY_PERCENT: u64 = 95;
/// Early trimming makes room down to so many percent, so that it isn't needed again at once.
pub const EARLY_UNTIL_PERCENT: u64 = 90;

impl Room {
    /// Percent in use, rounded down.
    pub fn percent(&self) -> u64 {
        (u128::from(self.used_bytes) * 100 / u128::from(self.bytes_max.max(1))).try_into().unwrap_or(u64::MAX)
    }

    /// Bytes that early trimming has to free.
    pub fn too_much(&self) -> u64 {
        self.used_bytes.saturating_sub(self.bytes_max / 100 * EARLY_UNTIL_PERCENT)
    }

    /// Whether the warning's state changes: `Some(true)` to give it, `Some(false)` where it is over.
    pub fn warning(&self, given: bool) -> Option<bool> {
        match given {
            false if self.percent() >= WARNING_PERCENT => Some(true),
            true if self.percent() < WARNING_OVER_PERCENT => Some(false),
            _ => None,
        }
    }

    /// Whether events go early, where they did (`going`) or did not before.
    pub fn early(&self, going: bool) -> bool {
        self.percent() >= if going { EARLY_UNTIL_PERCENT } else { EARLY_PERCENT }
    }
}

/// Shortest time from which a rate is told: less says too little.
pub const RATE_SPAN_MIN: Duration = Duration::from_secs(600);

/// How many days of events the store holds at a rate: `accepted` events in `span`, each as large as the `stored` ones are now. `None`
/// where there is too little to tell it from.
pub fn days_held(room: Room, stored: u64, accepted: u64, span: Duration) -> Option<f64> {
    if span < RATE_SPAN_MIN || stored == 0 || accepted == 0 {
        return None;
    }
    let bytes_an_event = room.used_bytes as f64 / stored as f64;
    let events_a_day = accepted as f64 * 86_400.0 / span.as_secs_f64();
    Some(room.bytes_max as f64 / (bytes_an_event * events_a_day))
}

/// Time that retention believes in (safety.md D9). A clock that is more than an hour ahead of what the store saw last was set forward,
/// or the daemon was away so long: nothing tells which. So retention goes by the time that would be right without the gap, until the
/// daemon itself has run as long as the gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrustedTime {
    /// How far retention's time is behind.
    pub behind: Duration,
    /// From then on the clock is believed.
    pub believed_from: Timestamp,
}

/// A gap up to this is taken as it is.
pub const CLOCK_GAP_MAX: Duration = Duration::from_secs(3_600);

impl TrustedTime {
    /// At a start. `last_seen` is the newest time the store knows, `None` for a new one; `before` what was stored by the start before.
    pub fn new(last_seen: Option<Timestamp>, before: Self, started_at: Timestamp) -> Self {
        let still_doubted = if before.believed_from > started_at { before } else { Self::default() };
        let gap = last_seen.map_or(Duration::ZERO, |seen| started_at.since(seen));
        if gap <= CLOCK_GAP_MAX {
            return still_doubted;
        }
        // The larger of two gaps counts, not their sum: a daemon that is off every night is a night behind and not more.
        Self { behind: still_doubted.behind.max(gap), believed_from: still_doubted.believed_from.max(started_at + gap) }
    }

    /// The time by which age is decided. `now` runs with the monotonic clock.
    pub fn at(&self, now: Timestamp) -> Timestamp {
        if now >= self.believed_from { now } else { now - self.behind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::ReplayNumber;

    fn row(subscription: u32, replay: u32, state: DeliveryState) -> StoredRow {
        let key = DeliveryKey { sequence: Sequence(1), subscription: SubscriptionId(subscription), replay: ReplayNumber(replay) };
        StoredRow { key, state, open_failure: state.is_failed() }
    }

    fn fate(matches: &[u32], rows: &[StoredRow]) -> StoredFate {
        let matches = Some(matches.iter().map(|id| SubscriptionId(*id)).collect());
        StoredFate { sequence: Sequence(1), accepted_at: Timestamp::from_ms(10), matches, rows: rows.to_vec() }
    }

    #[test]
    fn rule_14_an_event_stays_while_a_delivery_of_it_is_unresolved() {
        let age = TrimWhy::Age { before: Timestamp::from_ms(11) };
        let purge = TrimWhy::Purge { actor: String::new(), reason: String::new(), selection: String::new() };
        let done = row(1, 0, DeliveryState::Done);
        for (what, expected) in [
            (fate(&[1], &[done]), [Verdict::Goes; 3]),
            (fate(&[], &[]), [Verdict::Goes; 3]),
            (fate(&[1, 2], &[done]), [Verdict::Unresolved; 3]),
            (fate(&[1], &[row(1, 0, DeliveryState::Waiting)]), [Verdict::Unresolved; 3]),
            (fate(&[1], &[done, row(1, 3, DeliveryState::Waiting)]), [Verdict::Unresolved; 3]),
            (fate(&[1], &[row(1, 0, DeliveryState::Dead)]), [Verdict::Failed; 3]),
            (fate(&[1], &[row(1, 0, DeliveryState::Quarantined)]), [Verdict::Failed; 3]),
            (fate(&[1], &[row(1, 0, DeliveryState::Cancelled)]), [Verdict::Goes, Verdict::NotAsked, Verdict::Goes]),
        ] {
            let verdicts = [&age, &TrimWhy::Room, &purge].map(|why| what.verdict(why));
            assert_eq!(verdicts, expected, "{what:?}");
        }
        let young = TrimWhy::Age { before: Timestamp::from_ms(10) };
        assert_eq!(fate(&[1], &[done]).verdict(&young), Verdict::NotAsked);
        assert_eq!(StoredFate { matches: None, ..fate(&[], &[]) }.verdict(&age), Verdict::Unresolved);
    }

    #[test]
    fn rule_14_the_warning_comes_once_a_crossing_and_early_trimming_makes_room_for_a_while() {
        let room = |used_bytes| Room { used_bytes, bytes_max: 1_000 };

        assert_eq!([799, 800, 1_200].map(|used| room(used).warning(false)), [None, Some(true), Some(true)]);
        assert_eq!([900, 760, 749].map(|used| room(used).warning(true)), [None, None, Some(false)]);
        assert_eq!([949, 950].map(|used| room(used).early(false)), [false, true]);
        assert_eq!([899, 900].map(|used| room(used).early(true)), [false, true]);
        assert_eq!([890, 960].map(|used| room(used).too_much()), [0, 60]);
    }

    #[test]
    fn rule_22_the_days_that_the_limit_holds_follow_from_size_and_rate() {
        let room = Room { used_bytes: 500_000, bytes_max: 1_000_000 };
        let day = Duration::from_secs(86_400);

        assert_eq!(days_held(room, 500, 100, day), Some(10.0));
        assert_eq!(days_held(room, 500, 100, day / 2), Some(5.0));
        assert_eq!(days_held(room, 500, 100, Duration::from_secs(599)), None);
        assert_eq!(days_held(room, 0, 0, day), None);
    }

    #[test]
    fn a_clock_that_jumped_is_believed_only_after_the_daemon_has_run_as_long_as_it_jumped() {
        let hour = Duration::from_secs(3_600);
        let start = Timestamp::from_ms(1_700_000_000_000);
        let never = TrustedTime::default();

        assert_eq!(TrustedTime::new(None, never, start).at(start), start);
        assert_eq!(TrustedTime::new(Some(start - hour), never, start).at(start), start);
        assert_eq!(TrustedTime::new(Some(start + hour), never, start).at(start), start, "a clock that went back removes nothing early");
        let jumped = TrustedTime::new(Some(start - hour * 50), never, start);
        assert_eq!(jumped.at(start + hour), start - hour * 49);
        assert_eq!(jumped.at(start + hour * 50), start + hour * 50);
        let again = TrustedTime::new(Some(start + hour), jumped, start + hour);
        assert_eq!(again, jumped, "another start confirms nothing");
        let night = TrustedTime::new(Some(start + hour), jumped, start + hour * 9);
        assert_eq!(night.at(start + hour * 9), start - hour * 41, "a gap within a gap adds nothing");
    }
}
