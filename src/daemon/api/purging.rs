//! Cancelling what has not begun, and removing events for a person: in parts, each of bounded size, so that a purge of millions is many
//! requests and no request is long.

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::delivery::DeliveryKey;
use panotti_core::retention::{TrimWhy, Verdict};
use panotti_protocol::api::{CancelRequest, DeliveriesChanged, PurgeRequest, PurgeSelection, Purged};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::limits::REASON_BYTES_MAX;
use panotti_protocol::permission::{Resource, Verb};

use super::events::{change_deliveries, load};
use super::principal::Principal;
use super::problem::{Answer, JsonBody};
use super::{Api, filters, pages};
use crate::daemon::bus::handle::{BusHandle, DeliveryChange};
use crate::daemon::bus::housekeeping::Housekeeping;
use crate::daemon::store::sqlite::readers::Readers;
use crate::daemon::store::sqlite::trimming::{self, SelectedFates, TRIM_SCAN_MAX};

/// `POST /events/{id}/cancel`
pub async fn cancel(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    JsonBody(request): JsonBody<CancelRequest>,
) -> Answer<DeliveriesChanged> {
    let reason = reason(request.reason)?;
    let event = load(&api, &principal, Verb::Manage, &id).await?;
    change_deliveries(&api, event, request.plugin, DeliveryChange::Cancel { actor: principal.actor, reason }).await
}

/// `POST /events/purge`
pub async fn purge(State(api): State<Api>, principal: Principal, JsonBody(request): JsonBody<PurgeRequest>) -> Answer<Purged> {
    let topic = request.selection.topic.as_ref();
    principal.check_all(Verb::Manage, Resource::Events, topic)?;
    if request.selection.filter.is_some() {
        // Counting what a filter matches is reading.
        principal.check_all(Verb::Read, Resource::Events, topic)?;
    }
    let mut purged = purge_part(&api.bus, &api.readers, request, &principal.actor).await?;
    if !principal.may_all(Verb::Read, Resource::Events, None) {
        // How many others there are is not for everybody.
        purged.scanned = purged.events + purged.kept_failed + purged.kept_unresolved;
    }
    Ok(Json(purged))
}

/// Removes what one part of the store holds of a selection, and says where the next part begins. Looks at [`TRIM_SCAN_MAX`] events, and
/// may look at some more to end its page.
///
/// # Errors
/// Where the request selects nothing or what may not go, and where the store cannot be read or written.
pub async fn purge_part(bus: &BusHandle, readers: &Readers, request: PurgeRequest, actor: &str) -> Result<Purged, Failure> {
    check(&request.selection)?;
    let filter = filters::compiled(request.selection.filter.as_deref())?;
    let reason = reason(request.reason)?;
    let why = TrimWhy::Purge { actor: actor.to_owned(), reason: reason.clone(), selection: selected(&request.selection) };
    let mut place = pages::read::<1>('p', request.cursor.as_deref())?.map_or(Sequence(0), |[sequence]| Sequence(sequence));
    let mut purged = Purged::default();
    loop {
        let (selection, filter) = (request.selection.clone(), filter.clone());
        let page = readers.read_much(move |connection| trimming::select(connection, &selection, filter.as_ref(), place)).await?;
        let (mut part, failed) = plan(&page, &why, request.keep_failed);
        if !request.dry_run && part.events > 0 {
            if !failed.is_empty() {
                let (reason, actor) = (format!("purged: {reason}").trim_end_matches(": ").to_owned(), actor.to_owned());
                part.failed = bus.keep_house(Housekeeping::EndFailed { deliveries: failed, reason, actor }).await?;
            }
            let events = page.fates.iter().map(|fate| fate.sequence).collect();
            let removed = bus.keep_house(Housekeeping::Trim { events, why: why.clone() }).await?;
            // What a replay is about to hand out stays, too: only the bus knows of it.
            part.kept_unresolved += part.events.saturating_sub(removed);
            part.events = removed;
            part.changed = removed > 0;
        }
        place = page.scanned_to;
        purged.add(part);
        if page.last {
            return Ok(purged);
        }
        if purged.scanned >= u64::from(TRIM_SCAN_MAX) {
            purged.next_cursor = Some(pages::write('p', &[place.0]));
            return Ok(purged);
        }
    }
}

/// What would become of a page of selected events, and the dead letters that would end with them.
fn plan(page: &SelectedFates, why: &TrimWhy, keep_failed: bool) -> (Purged, Vec<DeliveryKey>) {
    let mut part = Purged { scanned: page.scanned, ..Purged::default() };
    let mut failed = Vec::new();
    for fate in &page.fates {
        match fate.verdict(why) {
            Verdict::Failed if keep_failed => part.kept_failed += 1,
            Verdict::Goes | Verdict::Failed => {
                part.events += 1;
                failed.extend(fate.rows.iter().filter(|row| row.open_failure).map(|row| row.key));
                part.oldest_at = part.oldest_at.or(Some(fate.accepted_at));
                part.newest_at = Some(fate.accepted_at);
            }
            Verdict::Unresolved | Verdict::NotAsked => part.kept_unresolved += 1,
        }
    }
    part.failed = failed.len() as u64;
    (part, failed)
}

fn check(selection: &PurgeSelection) -> Result<(), Failure> {
    if selection.is_empty() {
        return Err(Failure::new(ErrorCode::PURGE_SELECTOR_MISSING, "the purge selects nothing"));
    }
    match selection.status.filter(|state| !state.is_ended()) {
        Some(state) => {
            let detail = format!("deliveries that are `{state}` have not ended: their events stay");
            Err(Failure::new(ErrorCode::SELECTION_INVALID, detail).next("cancel them first: `panotti event cancel EVT`"))
        }
        None => Ok(()),
    }
}

fn reason(reason: Option<String>) -> Result<String, Failure> {
    let reason = reason.unwrap_or_default();
    if reason.len() > REASON_BYTES_MAX {
        return Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`reason` is longer than {REASON_BYTES_MAX} bytes")));
    }
    Ok(reason)
}

/// A selection in words, for the audit.
fn selected(selection: &PurgeSelection) -> String {
    let topic = selection.topic.as_ref().map(|topic| format!("topic {topic}"));
    let before = selection.before.map(|before| format!("before {before}"));
    let status = selection.status.map(|status| format!("status {status}"));
    let filter = selection.filter.as_ref().map(|filter| format!("filter {filter}"));
    [topic, before, status, filter].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
