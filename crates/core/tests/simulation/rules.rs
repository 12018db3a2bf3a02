//! The rules, one function each. A name begins with the rule of semantics.md that it holds; a violation is reported under that name.

use std::collections::BTreeSet;
use std::time::Duration;

use panotti_core::action::{DeliveryWrite, Lease, Write};
use panotti_core::bus::Bus;
use panotti_core::command::{Answer, Refusal};
use panotti_core::delivery::DeliveryKey;
use panotti_core::event::StoredEvent;
use panotti_core::limits::{
    DELIVER_AT_MAX, KEYS_MAX, KEYS_PARKED_MAX, LANES, REPLAY_WINDOW_MAX, REPLAYS_RUNNING_MAX, RETRY_DELAY_MAX, RETRY_DELAY_MIN, STALL_MIN,
    WAITING_MAX, WINDOW_MAX,
};
use panotti_core::poison::{CRASHES_MAX, CRASHES_WITHIN};
use panotti_core::replay::ReplayNumber;
use panotti_core::retry::RetryPolicy;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::delivery::{AttemptOutcome, Cause, DeliveryState};
use panotti_protocol::event::Receipt;
use panotti_protocol::id::{FencingToken, Sequence};
use panotti_protocol::notice;
use panotti_protocol::time::Timestamp;

use crate::disk::{Disk, Row};
use crate::keyed::Entry;
use crate::ledger::{Kind, Ledger};
pub use crate::rules_of_replay::*;
use crate::world::World;

/// What a rule says.
pub type Check = Result<(), String>;

pub fn ensure(holds: bool, why: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(why()) }
}

pub fn rule_01_an_acknowledged_event_is_stored_for_ever(disk: &Disk, receipt: &Receipt) -> Check {
    let stored = disk.events.get(usize::try_from(receipt.sequence.0 - 1).expect("small"));
    ensure(stored.is_some_and(|event| event.eventid == receipt.eventid), || format!("{receipt:?} is not stored"))
}

pub fn rule_01_sequences_have_no_hole(disk: &Disk, bus: &Bus) -> Check {
    ensure(bus.head() == disk.head(), || format!("the bus is at {}, the store at {}", bus.head(), disk.head()))
}

pub fn rule_13_a_duplicate_takes_no_sequence(duplicates: u64, disk: &Disk, bus: &Bus) -> Check {
    ensure(duplicates == 0 || bus.head() == disk.head(), || format!("the bus is at {}, the store at {}", bus.head(), disk.head()))
}

pub fn rule_13_the_same_event_twice_gets_the_first_receipt(first: &Receipt, second: &Receipt) -> Check {
    let same = first.eventid == second.eventid && first.sequence == second.sequence && first.id == second.id;
    ensure(same && second.duplicate, || format!("first {first:?}, then {second:?}"))
}

/// An emit or a write of state is in the same transaction as the `done` of its delivery: never without it, and so never twice.
pub fn rule_05_what_takes_effect_is_acknowledged_in_the_same_step(writes: &[Write]) -> Check {
    let done: BTreeSet<String> = writes.iter().filter_map(done_delivery).collect();
    for write in writes {
        if let Write::Event(event) = write
            && let Some((delivery, _)) =
                event.draft.id.as_deref().filter(|_| event.draft.causationid.is_some()).and_then(|id| id.split_once('/'))
        {
            ensure(done.contains(delivery), || format!("{delivery} emitted event {} and is not done", event.sequence))?;
        }
    }
    let by_people = writes.iter().filter(|write| matches!(write, Write::Audit(entry) if entry.action.starts_with("plugin.state."))).count();
    let state = writes.iter().filter(|write| matches!(write, Write::State { .. })).count();
    ensure(state <= done.len() + by_people, || format!("{state} writes of state come with {} done deliveries", done.len()))
}

fn done_delivery(write: &Write) -> Option<String> {
    match write {
        Write::Delivery(row) if row.state == DeliveryState::Done => Some(row.id.to_string()),
        _ => None,
    }
}

pub fn rule_01_the_floor_passes_nothing_unresolved(disk: &Disk, subscription: SubscriptionId, floor: Sequence) -> Check {
    let oldest = (0..LANES).filter_map(|lane| disk.owed_plain.get(&(subscription, lane))?.first()).min().copied();
    ensure(oldest.is_none_or(|oldest| oldest > floor), || format!("{subscription:?}: floor {floor}, but {oldest:?} has no row"))?;
    let unmatched = disk.unmatched.first().copied();
    ensure(unmatched.is_none_or(|oldest| oldest > floor), || format!("{subscription:?}: floor {floor}, but {unmatched:?} is unmatched"))
}

pub fn rule_01_counts_are_those_of_the_rows(disk: &Disk) -> Check {
    let again = disk.recount();
    for id in disk.subscriptions.keys() {
        let (kept, counted) = (disk.counts.get(id).copied().unwrap_or_default(), again.get(id).copied().unwrap_or_default());
        ensure(kept == counted, || format!("{id:?}: kept {kept:?}, counted {counted:?}"))?;
    }
    Ok(())
}

pub fn rule_01_in_the_end_nothing_is_owed(disk: &Disk) -> Check {
    let left = disk.owed.iter().find(|(_, owed)| !owed.is_empty());
    ensure(left.is_none(), || format!("never handed out: {left:?}"))?;
    ensure(disk.unmatched.is_empty(), || format!("never matched: {:?}", disk.unmatched))
}

pub fn rule_07_in_the_end_nothing_waits(disk: &Disk) -> Check {
    let left = disk.rows.iter().find(|(_, row)| !row.state.is_ended());
    ensure(left.is_none(), || format!("never tried again: {left:?}"))
}

pub fn rule_10_in_the_end_every_replay_has_ended(disk: &Disk) -> Check {
    let left = disk.replays.iter().find(|(_, row)| !row.ended);
    ensure(left.is_none(), || format!("still running: {left:?}"))
}

pub fn rule_14_memory_is_bounded(bus: &Bus, subscriptions: usize, concurrency_max: usize) -> Check {
    let lanes = LANES * (2 * WINDOW_MAX + 2 * WAITING_MAX + 2 * concurrency_max);
    let bound = subscriptions * (lanes + KEYS_MAX + KEYS_PARKED_MAX + 2 * concurrency_max) + REPLAYS_RUNNING_MAX * REPLAY_WINDOW_MAX;
    ensure(bus.in_memory() <= bound, || format!("{} entries, at most {bound} are allowed", bus.in_memory()))
}

pub fn rule_05_a_stale_token_is_refused(ledger: &Ledger, token: FencingToken, key: Option<DeliveryKey>) -> Check {
    let holder = ledger.leases.get(&token).map(|lease| lease.key);
    ensure(holder.is_some() && holder == key, || format!("an outcome with {token:?} was taken; it holds {holder:?}, not {key:?}"))
}

pub fn rule_05_a_valid_token_is_taken(ledger: &Ledger, token: FencingToken, key: Option<DeliveryKey>) -> Check {
    let holder = ledger.leases.get(&token).map(|lease| lease.key);
    ensure(holder.is_none() || holder != key, || format!("an outcome with {token:?} for {key:?} was refused"))
}

pub fn rule_05_tokens_grow(ledger: &Ledger, token: FencingToken) -> Check {
    ensure(ledger.last_token.is_none_or(|last| last < token), || format!("{token:?} after {:?}", ledger.last_token))
}

pub fn rule_05_a_delivery_is_in_flight_once(ledger: &Ledger, key: DeliveryKey) -> Check {
    ensure(!ledger.in_flight.contains(&key), || format!("{key:?} is handed out while it is in flight"))
}

pub fn rule_05_what_has_ended_is_not_handed_out(disk: &Disk, key: DeliveryKey) -> Check {
    match disk.rows.get(&key) {
        Some(row) => ensure(row.state == DeliveryState::Waiting, || format!("{key:?} is {} and is handed out", row.state)),
        None if key.replay == ReplayNumber::LIVE => {
            let owed = disk.owed.get(&key.subscription).is_some_and(|owed| owed.contains(&key.sequence));
            ensure(owed, || format!("{key:?} is handed out and nobody is owed it"))
        }
        None => Ok(()),
    }
}

pub fn rule_05_only_an_open_copy_gets_deliveries(ledger: &Ledger, disk: &Disk, lease: &Lease) -> Check {
    let open = ledger.copies.get(&lease.plugin).is_some_and(|copy| copy.open && copy.instance == lease.instance);
    ensure(open && ledger.handing_out, || format!("{} is not open and gets {}", lease.plugin, lease.delivery))?;
    let active = disk.subscriptions.values().any(|known| known.active && known.plugin == lease.plugin && known.spec.name == lease.handler);
    ensure(active, || format!("{}/{} is not subscribed and gets {}", lease.plugin, lease.handler, lease.delivery))
}

pub fn rule_05_every_lease_ends(ledger: &Ledger, now: Timestamp) -> Check {
    let late = ledger.leases.iter().find(|(_, lease)| lease.until() <= now);
    ensure(late.is_none(), || format!("at {now} still in flight: {late:?}"))
}

pub fn rule_05_emits_take_effect_with_done_and_only_then(expected: bool, id: Option<&str>) -> Check {
    ensure(expected, || format!("event {id:?} of a plugin comes without a delivery that is done"))
}

pub fn rule_05_emits_and_state_of_a_done_delivery_are_all_written(emits: usize, state: usize) -> Check {
    ensure(emits == 0 && state == 0, || format!("{emits} emits and {state} state writes of a done delivery are missing"))
}

pub fn rule_05_state_is_written_with_done_and_only_then(expected: bool, plugin: &str) -> Check {
    ensure(expected, || format!("state of {plugin} is written without a delivery that is done"))
}

pub fn rule_06_the_attempt_number_is_the_next(before: Option<&Row>, lease: &Lease) -> Check {
    let counted = before.map_or(0, |row| row.attempts);
    ensure(lease.attempt == counted + 1, || format!("attempt {} after {counted} that count", lease.attempt))
}

pub fn rule_06_a_row_changes_only_for_a_reason(known: bool, write: &DeliveryWrite) -> Check {
    ensure(known, || format!("nothing happened to {:?}, but it is written: {} after {} attempts", write.key, write.state, write.attempts))
}

pub fn rule_06_every_end_of_an_attempt_is_written(missing: Option<(&DeliveryKey, &Kind)>) -> Check {
    ensure(missing.is_none(), || format!("not written: {missing:?}"))
}

/// The table of rule 6: what uses up an attempt.
pub fn rule_06_attempts_are_counted_as_they_should(before: Option<&Row>, kind: &Kind, write: &DeliveryWrite) -> Check {
    let attempts = before.map_or(0, |row| row.attempts) + u32::from(kind.uses_an_attempt());
    ensure(write.attempts == attempts, || format!("{kind:?} of {:?}: {} attempts, expected {attempts}", write.key, write.attempts))?;
    let tries = before.map_or(0, |row| row.tries) + u32::from(kind.is_recorded());
    ensure(write.tries == tries, || format!("{kind:?} of {:?}: {} tries, expected {tries}", write.key, write.tries))?;
    let by_hand = before.map_or(0, |row| row.retried_by_hand);
    let most = write.attempts_max + by_hand;
    ensure(write.attempts <= most, || format!("{:?}: {} attempts of at most {most}", write.key, write.attempts))
}

/// A delivery dies with its last attempt: not before, not after.
pub fn rule_07_a_delivery_dies_with_its_last_attempt(kind: &Kind, policy: &RetryPolicy, write: &DeliveryWrite) -> Check {
    let state = match kind {
        Kind::Done { .. } => DeliveryState::Done,
        Kind::Reject | Kind::Expired | Kind::Unreadable => DeliveryState::Dead,
        Kind::Defer { .. } | Kind::RetryByHand | Kind::Delayed { .. } => DeliveryState::Waiting,
        Kind::Discard | Kind::Cancel => DeliveryState::Cancelled,
        Kind::Skipped => DeliveryState::Skipped,
        // Rule 9 says when.
        Kind::Crash if write.state == DeliveryState::Quarantined => DeliveryState::Quarantined,
        Kind::Retry { .. } | Kind::EmitRefused | Kind::Timeout | Kind::Crash if write.attempts >= policy.attempts_max() => {
            DeliveryState::Dead
        }
        Kind::Retry { .. } | Kind::EmitRefused | Kind::Timeout | Kind::Crash => DeliveryState::Waiting,
    };
    ensure(write.state == state, || format!("{kind:?} makes {:?} {}, expected {state}", write.key, write.state))
}

pub fn rule_07_a_retry_waits_at_least_half_its_step(kind: &Kind, policy: &RetryPolicy, now: Timestamp, write: &DeliveryWrite) -> Check {
    let Some(due) = write.due else {
        return ensure(write.state != DeliveryState::Waiting, || format!("{:?} waits for nothing", write.key));
    };
    let (least, most) = match kind {
        Kind::RetryByHand => (Duration::ZERO, Duration::ZERO),
        Kind::Delayed { at } => (at.since(now), at.since(now)),
        Kind::Retry { after: Some(after) } | Kind::Defer { after } => {
            let asked = (*after).clamp(RETRY_DELAY_MIN, RETRY_DELAY_MAX);
            (asked, asked)
        }
        _ => {
            let exponent = write.attempts.saturating_sub(1);
            let whole = policy.first.saturating_mul(policy.factor.saturating_pow(exponent)).min(policy.cap);
            ((whole / 2).max(RETRY_DELAY_MIN), whole.max(RETRY_DELAY_MIN))
        }
    };
    let holds = now + least <= due && due <= now + most;
    ensure(holds, || format!("{kind:?} of {:?} waits {:?}, expected {least:?} to {most:?}", write.key, due.since(now)))
}

/// `loaded_at`: a time that is further away than any can be was written under another clock and is cut. `deliver_at`: what the publisher
/// said.
pub fn rule_07_nothing_comes_before_its_time(
    before: Option<&Row>,
    deliver_at: Option<Timestamp>,
    now: Timestamp,
    loaded_at: Timestamp,
    key: DeliveryKey,
) -> Check {
    let due = if key.replay == ReplayNumber::LIVE && before.is_none() { deliver_at } else { before.and_then(|row| row.due) };
    let longest = if before.is_some_and(|row| row.tries > 0) { RETRY_DELAY_MAX } else { DELIVER_AT_MAX };
    let holds = due.is_none_or(|due| due <= now || loaded_at + longest <= now);
    ensure(holds, || format!("{key:?} is due at {due:?} and comes at {now}"))
}

pub fn rule_07_what_has_expired_is_not_accepted(expires: Option<Timestamp>, now: Timestamp, answer: &Answer) -> Check {
    let over = expires.is_some_and(|expires| expires <= now);
    let holds = match answer {
        Answer::Receipt(receipt) => !over || receipt.duplicate,
        Answer::Refused(Refusal::Expired(_)) => over,
        _ => true,
    };
    ensure(holds, || format!("expires at {expires:?}, published at {now}: {answer:?}"))
}

pub fn rule_07_what_is_due_is_not_left_lying(stuck: bool, what: impl FnOnce() -> String) -> Check {
    ensure(!stuck, what)
}

pub fn rule_08_a_dead_letter_has_the_record_and_cause_of_its_last_attempt(kind: &Kind, write: &DeliveryWrite) -> Check {
    let expected = match kind {
        Kind::Done { .. } => AttemptOutcome::Done,
        Kind::Retry { .. } | Kind::EmitRefused => AttemptOutcome::Retry,
        Kind::Reject => AttemptOutcome::Reject,
        Kind::Defer { .. } => AttemptOutcome::Defer,
        Kind::Timeout => AttemptOutcome::Timeout,
        Kind::Crash => AttemptOutcome::Crash,
        Kind::Expired => AttemptOutcome::Expired,
        Kind::Unreadable => AttemptOutcome::Unreadable,
        Kind::RetryByHand | Kind::Discard | Kind::Cancel | Kind::Skipped | Kind::Delayed { .. } => {
            return ensure(write.attempt.is_none(), || format!("{kind:?} of {:?} is no attempt", write.key));
        }
    };
    let Some(attempt) = &write.attempt else { return Err(format!("{kind:?} of {:?} leaves no record", write.key)) };
    let recorded = attempt.outcome == expected && attempt.attempt == write.tries && attempt.counted == kind.uses_an_attempt();
    ensure(recorded, || format!("{kind:?} of {:?} is recorded as {attempt:?}", write.key))?;
    let cause = match kind {
        Kind::Retry { .. } => Cause::HandlerError,
        Kind::EmitRefused => Cause::Schema,
        Kind::Reject => Cause::Rejected,
        Kind::Timeout => Cause::Timeout,
        Kind::Crash => Cause::Crash,
        Kind::Unreadable => Cause::Decrypt,
        _ => Cause::Expired,
    };
    let wanted = write.state.is_failed().then_some(cause);
    ensure(write.cause == wanted, || format!("{:?} has the cause {:?}, expected {wanted:?}", write.key, write.cause))
}

pub fn rule_08_the_history_is_complete(key: DeliveryKey, row: &Row) -> Check {
    let counted = row.history.iter().filter(|attempt| attempt.counted).count();
    let complete = row.history.len() == row.tries as usize && counted == row.attempts as usize;
    ensure(complete, || format!("{key:?}: {} tries, {} attempts, but the history is {:?}", row.tries, row.attempts, row.history))
}

pub fn rule_08_every_death_is_an_event(deaths: usize, events: usize) -> Check {
    ensure(deaths == events, || format!("{deaths} deaths and {events} events of them"))
}

/// By the history, whatever the bus remembers. What repeats a poisonous delivery inherits its crashes.
pub fn rule_09_three_crashes_within_72_hours_quarantine(before: Option<&Row>, kind: &Kind, now: Timestamp, write: &DeliveryWrite) -> Check {
    let quarantined = write.state == DeliveryState::Quarantined;
    if *kind != Kind::Crash {
        return ensure(!quarantined, || format!("{kind:?} puts {:?} into quarantine", write.key));
    }
    let ended = |attempt: &panotti_protocol::delivery::Attempt| attempt.started_at + Duration::from_millis(attempt.duration_ms);
    let history = before.map(|row| row.history.as_slice()).unwrap_or_default();
    let mut crashes: Vec<Timestamp> = history.iter().filter(|attempt| attempt.outcome == AttemptOutcome::Crash).map(ended).collect();
    crashes.push(now);
    let enough = crashes.len() >= CRASHES_MAX;
    ensure(!quarantined || enough || write.key.replay != ReplayNumber::LIVE, || {
        format!("{:?} is quarantined after {crashes:?}", write.key)
    })?;
    let last = &crashes[crashes.len().saturating_sub(CRASHES_MAX)..];
    let soon = enough && last.is_sorted() && now.since(last[0]) < CRASHES_WITHIN;
    ensure(quarantined || !soon, || format!("{:?} is {} after {crashes:?}", write.key, write.state))
}

/// So that nothing is quarantined, or dies of another crash, for what was in flight beside it: what one more crash would end runs alone.
pub fn rule_09_what_another_crash_would_end_runs_alone(disk: &Disk, ledger: &Ledger, key: DeliveryKey) -> Check {
    let may_end = |key: &DeliveryKey| {
        let row = disk.rows.get(key);
        let crashes = row.map_or_else(|| ledger.inherited_crashes.get(key).copied().unwrap_or(0), |row| row.crashes.times().len());
        let attempts = row.map_or(0, |row| row.attempts);
        let attempts_max = disk.subscriptions.get(&key.subscription).map_or(u32::MAX, |known| known.spec.retry.attempts_max());
        crashes + 1 >= CRASHES_MAX || (crashes > 0 && attempts + 1 >= attempts_max)
    };
    let plugin = |key: &DeliveryKey| disk.subscriptions.get(&key.subscription).map(|known| known.plugin.as_str());
    let beside = ledger.in_flight.iter().find(|other| plugin(other) == plugin(&key) && (may_end(&key) || may_end(other)));
    ensure(beside.is_none(), || format!("{key:?} is handed out beside {beside:?}, and another crash would end one of them"))
}

pub fn rule_04_what_is_skipped_was_disabled(disk: &Disk, key: DeliveryKey) -> Check {
    let plugin = disk.subscriptions.get(&key.subscription).map(|known| known.plugin.as_str()).unwrap_or_default();
    ensure(disk.disabled.contains_key(plugin), || format!("{key:?} is skipped and {plugin} is not disabled"))
}

pub fn rule_10_a_dead_letter_recovers_only_when_its_replay_is_done(disk: &Disk, key: DeliveryKey) -> Check {
    let repeats = disk.replays.keys().map(|number| DeliveryKey { replay: *number, ..key });
    let done =
        repeats.filter_map(|repeat| disk.rows.get(&repeat)).any(|row| row.attempt_of == Some(key) && row.state == DeliveryState::Done);
    ensure(done, || format!("{key:?} is recovered and no replay of it is done"))
}

pub fn rule_10_the_mark_names_the_delivery_that_is_repeated(disk: &Disk, key: DeliveryKey, lease: &Lease) -> Check {
    let eventid = disk.event(key.sequence).eventid;
    ensure(lease.delivery == key.id(eventid), || format!("{key:?} is handed out as {}", lease.delivery))?;
    let Some(mark) = &lease.replay else { return Ok(()) };
    let originals = disk.replays.keys().copied().chain([ReplayNumber::LIVE]).filter(|number| *number < key.replay);
    let mut ids = originals.map(|replay| DeliveryKey { replay, ..key }.id(eventid));
    ensure(ids.any(|id| id == mark.attempt_of), || format!("{key:?} repeats {}, which is not there", mark.attempt_of))
}

pub fn rule_12_concurrency_is_never_exceeded(calls: usize, concurrency: u32) -> Check {
    ensure(calls <= concurrency as usize, || format!("{calls} calls are under way, {concurrency} are allowed"))
}

pub fn rule_12_a_batch_is_of_one_subscription_and_not_too_large(world: &World, leases: &[Lease], batch: usize) -> Check {
    ensure(leases.len() <= batch, || format!("a batch of {}, {batch} are allowed", leases.len()))?;
    let mut subscriptions = leases.iter().map(|lease| (lease.instance, world.key_of(lease).subscription));
    let first = subscriptions.next();
    ensure(subscriptions.all(|other| Some(other) == first), || format!("a batch of several subscriptions: {leases:?}"))
}

pub fn rule_10_what_a_person_asks_is_done(answer: &Answer, expected: usize) -> Check {
    let changed = matches!(answer, Answer::Changed(changed) if *changed == expected as u64);
    ensure(changed, || format!("expected {expected} deliveries to change: {answer:?}"))
}

/// By what is stored of the event before it goes: whether somebody is still owed it, has it, or has yet to decide about it.
pub fn rule_14_nothing_unresolved_is_ever_removed(disk: &Disk, ledger: &Ledger, sequence: Sequence) -> Check {
    ensure(!disk.gone.contains(&sequence), || format!("event {sequence} is removed twice"))?;
    ensure(sequence < disk.head(), || format!("event {sequence} is the newest and is removed"))?;
    ensure(!disk.unmatched.contains(&sequence), || format!("event {sequence} is removed before it was matched"))?;
    let owed = disk.owed.iter().find(|(_, owed)| owed.contains(&sequence));
    ensure(owed.is_none(), || format!("event {sequence} is removed and owed to {:?}", owed.map(|(id, _)| id)))?;
    let flying = ledger.in_flight.iter().find(|key| key.sequence == sequence);
    ensure(flying.is_none(), || format!("event {sequence} is removed while {flying:?} is in flight"))?;
    let waiting = disk.rows_of_event(sequence).find(|(_, row)| !row.state.is_ended());
    ensure(waiting.is_none(), || format!("event {sequence} is removed while this waits: {waiting:?}"))
}

pub fn rule_14_a_dead_letter_goes_only_when_somebody_has_decided(disk: &Disk, sequence: Sequence) -> Check {
    let open = disk.rows_of_event(sequence).find(|(_, row)| row.open);
    ensure(open.is_none(), || format!("event {sequence} is removed with a dead letter that nobody decided about: {open:?}"))
}

pub fn rule_14_a_replay_is_refused_only_when_too_many_run(refused: bool, started: usize, disk: &Disk) -> Check {
    let running = started + disk.replays.values().filter(|row| !row.ended).count();
    ensure(refused == (running >= REPLAYS_RUNNING_MAX), || format!("{running} replays run; refused: {refused}"))
}

/// For a subscription with room and an open copy, when everything asked of the store has been brought.
pub fn rule_01_what_is_owed_is_not_left_lying(disk: &Disk, id: SubscriptionId, free: impl Fn(&DeliveryKey) -> bool) -> Check {
    let lanes = (0..LANES).filter_map(|lane| disk.owed_plain.get(&(id, lane)));
    let mut owed = lanes.flatten().map(|sequence| DeliveryKey::live(*sequence, id));
    let left = owed.find(|key| free(key));
    ensure(left.is_none(), || format!("there is room, and {left:?} is not handed out"))
}

/// A delivery begins only when every earlier one of its key is resolved.
pub fn rule_11_the_first_of_a_key_goes_first(disk: &Disk, key: DeliveryKey) -> Check {
    let first = disk.event(key.sequence).order(key.subscription).and_then(|order| disk.keyed.first(key.subscription, order));
    ensure(disk.is_first(key), || format!("{key:?} is handed out before {first:?}"))
}

pub fn rule_11_one_of_a_key_is_in_flight(disk: &Disk, ledger: &Ledger, key: DeliveryKey) -> Check {
    let Some(order) = disk.event(key.sequence).order(key.subscription) else { return Ok(()) };
    let same = |other: &&DeliveryKey| {
        other.subscription == key.subscription && disk.event(other.sequence).order(other.subscription) == Some(order)
    };
    let other = ledger.in_flight.iter().find(same);
    ensure(other.is_none(), || format!("{key:?} is handed out while {other:?} of its key is in flight"))
}

/// For a subscription with room and an open copy: the first of each key that is not in flight has been handed out.
pub fn rule_11_a_busy_key_holds_no_other_up(disk: &Disk, id: SubscriptionId, free: impl Fn(&DeliveryKey) -> bool) -> Check {
    let mut firsts = disk.keyed.firsts(id).filter(|(_, _, entry)| *entry == Entry::Pending);
    let left = firsts.find(|(_, key, _)| free(key));
    ensure(left.is_none(), || format!("there is room, and {left:?} is not handed out"))
}

pub fn rule_07_what_waits_is_not_left_lying(
    disk: &Disk,
    id: SubscriptionId,
    free: impl Fn(&DeliveryKey) -> bool,
    bus: &Bus,
    now: Timestamp,
) -> Check {
    let Some((due, key)) = disk.soonest(id, free) else { return Ok(()) };
    ensure(due > now, || format!("there is room, {key:?} was due at {due}, and at {now} it is not handed out"))?;
    ensure(bus.next_due().is_some_and(|at| at <= due), || format!("{key:?} is due at {due}, the bus wakes at {:?}", bus.next_due()))
}

/// `left`: of what a paused replay had released, how much may still be handed out; `None` where it is not paused.
pub fn rule_10_a_paused_replay_begins_nothing_new(left: Option<usize>, replay: ReplayNumber) -> Check {
    ensure(left != Some(0), || format!("{replay:?} is paused and begins another delivery"))
}

/// `since`: when the replay was started or loaded.
pub fn rule_10_a_replay_keeps_its_pace(rate: u32, begun: usize, since: Timestamp, now: Timestamp) -> Check {
    let burst = u128::from(rate / 10).max(1) + 1;
    let most = burst + u128::from(rate) * now.since(since).as_millis() / 1_000;
    ensure(rate == 0 || begun as u128 <= most, || {
        format!("{begun} items begun since {since} at {rate} a second, at most {most} are allowed")
    })
}

/// A subscription that stands still is told of once, not too soon, and so is that it moves again; over restarts too.
pub fn rule_14_a_stall_is_told_once_and_so_is_its_end(disk: &mut Disk, event: &StoredEvent, now: Timestamp) -> Check {
    let payload = String::from_utf8_lossy(&event.draft.payload).into_owned();
    let field = |name: &str| payload.split(&format!("\"{name}\":\"")).nth(1).and_then(|rest| rest.split('"').next());
    let (Some(subscription), Some(since)) = (field("subscription"), field("since")) else {
        return Err(format!("the payload does not say of what it tells: {payload}"));
    };
    let stalls = event.draft.topic.as_str() == notice::SUBSCRIPTION_STALLED;
    let before = disk.told_stalls.insert(subscription.to_owned(), stalls).unwrap_or(false);
    ensure(before != stalls, || format!("told a second time: {payload}"))?;
    let since: Timestamp = since.parse().map_err(|error| format!("{payload}: {error:?}"))?;
    ensure(!stalls || now.since(since) >= STALL_MIN, || format!("told at {now}, too soon: {payload}"))
}
