//! The invariants of replays (semantics rules 10 and 11): nothing is passed over, sums and ends are those of the items, keys keep their order.

use panotti_core::delivery::DeliveryKey;
use panotti_core::replay::ReplayNumber;
use panotti_protocol::delivery::{DeliveryState, ReplayState};

use crate::disk::{Disk, ReplayRow};
use crate::ledger::Ledger;
use crate::rules::{Check, ensure};

pub fn rule_10_a_replay_never_passes_an_item_without_a_row(disk: &Disk, ledger: &Ledger, number: ReplayNumber) -> Check {
    let ReplayRow { cursor, state, .. } = disk.replays[&number];
    if state == ReplayState::Cancelled {
        return Ok(());
    }
    let passed = ledger.pages.get(&number).and_then(|read| {
        let is_open = |original: &&DeliveryKey| is_owed(disk, ledger, number, **original);
        read.range(..=cursor).map(|(original, _)| original).find(is_open)
    });
    ensure(passed.is_none(), || format!("replay {number:?} is at {cursor:?} and has no row for {passed:?}"))
}

pub fn rule_10_a_replays_sums_are_those_of_its_items(disk: &Disk, number: ReplayNumber) -> Check {
    use DeliveryState::{Cancelled, Dead, Done, Quarantined, Recovered, Skipped};
    let row = &disk.replays[&number];
    let failed: i64 = [Dead, Quarantined, Cancelled, Recovered].iter().map(|state| disk.rows_of(number, *state)).sum();
    let counted = [disk.rows_of(number, Done), failed, disk.rows_of(number, Skipped)];
    ensure([row.ok, row.failed, row.skipped] == counted, || format!("{row:?}, counted {counted:?}"))
}

pub fn rule_10_a_replay_ends_with_every_item(disk: &Disk, ledger: &Ledger, number: ReplayNumber) -> Check {
    let row = &disk.replays[&number];
    if row.state == ReplayState::Cancelled {
        return Ok(());
    }
    let left = disk.rows_of(number, DeliveryState::Waiting);
    ensure(left == 0, || format!("replay {number:?} has ended and {left} of its items wait"))?;
    let state = match (row.ok, row.failed) {
        (_, 0) => ReplayState::Done,
        (0, _) => ReplayState::Failed,
        _ => ReplayState::Partial,
    };
    ensure(row.state == state, || format!("replay {number:?} is {}, expected {state}", row.state))?;
    if row.start.selection.failed {
        return Ok(());
    }
    // What was quarantined when its turn came may have been tried again since; days later, its crashes are forgotten too.
    let page = disk.replay_page(number, panotti_core::replay::BEGINNING, usize::MAX);
    let missing = page.items.iter().find(|item| !item.owed.topic.is_reserved() && !ledger.has_left_out(number, item.original));
    ensure(missing.is_none(), || format!("replay {number:?} has ended without {missing:?}"))
}

/// Items of one replay begin in sequence order where they have the same key.
///
/// That is held of beginnings and not of later attempts, and rightly so. An older delivery of the key can die after an item has begun only
/// where somebody has tried it again by hand; it was resolved when the item began, else the item would have waited for it (the rule of the
/// first of a key). A restart or another pass reads the selection again and finds it dead: its repetition is a delivery that did not exist when
/// the item was read, so there is no order between the two to keep (rule 11 orders deliveries by when they are made and begun, and an attempt of
/// something that the handler has seen begins nothing). What does hold of the two: they are never in flight together.
pub fn rule_11_a_replay_keeps_the_order_of_a_key(disk: &Disk, ledger: &Ledger, key: DeliveryKey, original: Option<DeliveryKey>) -> Check {
    let Some(order) = disk.event(key.sequence).order(key.subscription) else { return Ok(()) };
    let (Some(read), Some(original)) = (ledger.pages.get(&key.replay), original) else { return Ok(()) };
    if disk.rows.contains_key(&key) {
        return Ok(());
    }
    let page = read.get(&original).copied();
    let before = read.range(..original).filter(|(_, read)| Some(**read) <= page).map(|(item, _)| item).find(|item| {
        let same = item.subscription == key.subscription && disk.event(item.sequence).order(item.subscription) == Some(order);
        same && item.sequence < key.sequence && is_owed(disk, ledger, key.replay, **item)
    });
    ensure(before.is_none(), || format!("{key:?} is handed out before {before:?} of its replay and key"))
}

/// Whether a replay has yet to repeat what it has read. What was removed is not there to be repeated. What was quarantined meanwhile is left
/// out when the selection is read again, after a restart or in another pass, because rule 9 leaves it out of a bulk replay that does not
/// ask for it, and so is what a replay of failures does not find failed any more, because a person or another replay has seen to it:
/// passing it over, or beginning what comes after it, is then no loss, since the replay does not owe it any more. That holds from its
/// reading on, whatever becomes of it later.
fn is_owed(disk: &Disk, ledger: &Ledger, number: ReplayNumber, original: DeliveryKey) -> bool {
    !ledger.has_left_out(number, original)
        && !disk.gone.contains(&original.sequence)
        && !disk.rows.contains_key(&DeliveryKey { replay: number, ..original })
}
