//! What a replay would come to, counted in parts: a part looks at so many rows and no more, so that a plan of millions is many requests
//! and no request is long.

use std::collections::BTreeMap;

use panotti_core::delivery::DeliveryKey;
use panotti_core::replay::{BEGINNING, ReplayNumber};
use panotti_core::routing::SubscriptionId;
use panotti_protocol::api::{ReplayPlan, ReplaySelection};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::permission::{Resource, Verb};

use super::limits::{PLAN_PAGE, PLAN_SCAN_MAX};
use super::principal::Principal;
use super::{Api, pages};
use crate::daemon::store::sqlite::pages::{self as store_pages, SelectedPage};
use crate::daemon::store::sqlite::{events, plugins};

/// Counts one part of what a selection comes to, from a plan's cursor on; `next_cursor` says where the next part begins.
///
/// # Errors
/// `selection.invalid` where `to` names no subscription, `event.not_found` where a named event is not there, `request.invalid` for a
/// cursor of another list, and where the store cannot be read.
pub async fn part(
    (api, principal): (&Api, &Principal),
    selection: &ReplaySelection,
    rate: u32,
    cursor: Option<&str>,
) -> Result<ReplayPlan, Failure> {
    let names = plugin_names(api, selection).await?;
    let (mut place, mut last_event) = match read_cursor(cursor)? {
        Some(place_and_event) => place_and_event,
        None => {
            check_events(api, principal, selection).await?;
            (BEGINNING, Sequence(0))
        }
    };
    let sees_all = principal.may_all(Verb::Read, Resource::Events, None);
    let (mut plan, mut scanned) = (ReplayPlan { rate, ..ReplayPlan::default() }, 0);
    loop {
        let page = page(api, selection.clone(), place).await?;
        scanned += page.scanned;
        for item in &page.items {
            plan.deliveries += 1;
            if item.original.sequence != last_event {
                last_event = item.original.sequence;
                plan.events += 1;
            }
            let plugin = names.get(&item.original.subscription).cloned().unwrap_or_default();
            *plan.plugins.entry(plugin).or_default() += 1;
            plan.oldest_at = plan.oldest_at.into_iter().chain([item.accepted_at]).min();
            plan.newest_at = plan.newest_at.into_iter().chain([item.accepted_at]).max();
        }
        place = page.scanned_to;
        // How many others there are is not for everybody.
        plan.scanned = if sees_all { scanned } else { plan.deliveries };
        if page.last {
            return Ok(plan);
        }
        if scanned >= PLAN_SCAN_MAX {
            plan.next_cursor = Some(write_cursor(place, last_event));
            return Ok(plan);
        }
    }
}

async fn page(api: &Api, selection: ReplaySelection, place: DeliveryKey) -> Result<SelectedPage, Failure> {
    let (no_replay, everything) = (ReplayNumber(u32::MAX), Sequence(i64::MAX as u64));
    Ok(api
        .readers
        .read_much(move |connection| store_pages::select(connection, &selection, everything, no_replay, place, PLAN_PAGE))
        .await?)
}

/// The plugin of every subscription, once it is known that those named in `to` are there.
async fn plugin_names(api: &Api, selection: &ReplaySelection) -> Result<BTreeMap<SubscriptionId, String>, Failure> {
    let rows = api.readers.read(|database| plugins::subscriptions(database)).await?;
    for named in &selection.to {
        let alone = ReplaySelection { to: vec![named.clone()], ..ReplaySelection::default() };
        if !rows.iter().any(|row| row.stored.active && alone.names(&row.stored.plugin, &row.stored.spec.name)) {
            let failure = Failure::new(ErrorCode::SELECTION_INVALID, format!("there is no subscription `{named}`"));
            return Err(failure.next("name it as PLUGIN/NAME; `panotti plugin show PLUGIN` lists them"));
        }
    }
    Ok(rows.into_iter().map(|row| (row.stored.id, row.stored.plugin)).collect())
}

/// Whether the named events are there; those that the caller may not replay are not.
async fn check_events(api: &Api, principal: &Principal, selection: &ReplaySelection) -> Result<(), Failure> {
    for eventid in selection.events.clone() {
        let found = api.readers.read(move |connection| events::by_eventid(connection, eventid)).await?;
        if !found.is_some_and(|event| principal.may_topic(Verb::Replay, &event.draft.topic)) {
            return Err(Failure::new(ErrorCode::EVENT_NOT_FOUND, format!("there is no event {eventid}")));
        }
    }
    Ok(())
}

/// The place, and the last event counted: the next part may begin in the middle of its deliveries.
fn write_cursor(place: DeliveryKey, last_event: Sequence) -> String {
    pages::write('l', &[place.sequence.0, u64::from(place.subscription.0), u64::from(place.replay.0), last_event.0])
}

fn read_cursor(cursor: Option<&str>) -> Result<Option<(DeliveryKey, Sequence)>, Failure> {
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let read = pages::read::<4>('l', cursor)?;
    Ok(read.map(|[sequence, subscription, replay, last_event]| {
        let (subscription, replay) = (SubscriptionId(narrow(subscription)), ReplayNumber(narrow(replay)));
        (DeliveryKey { sequence: Sequence(sequence), subscription, replay }, Sequence(last_event))
    }))
}
