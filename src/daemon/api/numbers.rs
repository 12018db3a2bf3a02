//! Numbers of a time: `event stats` and `slo`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{Slo, SloQuery, Stats, StatsBy, StatsQuery, StatsRow};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::permission::{Resource, Verb};

use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, Parameters, Problem};
use super::{Api, daemon, events, filters, pages};
use crate::daemon::store::sqlite::matching;
use crate::daemon::store::sqlite::numbers::HOURS_KEPT;
use crate::daemon::store::sqlite::statistics::{self, Window};
use crate::daemon::store::sqlite::views::Names;

/// What `event stats` counts where nothing is said.
const SINCE: Duration = Duration::from_secs(3_600);
/// What `slo` counts where nothing is said: everything that is kept.
const SLO_SINCE: Duration = Duration::from_secs(HOURS_KEPT * 3_600);

fn window(api: &Api, since: Option<panotti_protocol::time::Timestamp>, default: Duration) -> Result<Window, Problem> {
    let now = api.clock.now();
    match since {
        Some(since) if since > now => {
            Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, format!("`since` is {since}, which is still to come"))))
        }
        since => Ok(Window::since(since.unwrap_or(now - default), now)),
    }
}

/// `GET /events/stats`
pub async fn stats(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<StatsQuery>) -> PageAnswer<Stats> {
    principal.check_all(Verb::Read, Resource::Events, None)?;
    if let Some(filter) = filters::compiled(query.filter.as_deref())? {
        return of_matching(&api, query, filter).await;
    }
    if query.cursor.is_some() {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, "without a `filter` there is one page, and no `cursor`")));
    }
    let window = window(&api, query.since, SINCE)?;
    let by = query.by.unwrap_or(StatsBy::All);
    let mut items = api.readers.read_much(move |connection| statistics::rows(connection, by, window)).await?;
    if by == StatsBy::Status {
        items.splice(0..0, of_now(&api).await?);
    }
    Ok(Paged(Stats { by, from: window.from, to: window.to, items, scanned: None, next_cursor: None }))
}

/// One page of what a filter matches, counted.
async fn of_matching(api: &Api, query: StatsQuery, filter: Filter) -> PageAnswer<Stats> {
    let (to, by) = (api.clock.now(), query.by.unwrap_or(StatsBy::All));
    let from = query.since.unwrap_or(to - SINCE);
    let place = pages::read::<1>('s', query.cursor.as_deref())?.map(|[sequence]| Sequence(sequence));
    let leased = api.bus.leased().await?;
    let page = api.readers.read_much(move |connection| {
        let names = Names::read(connection, leased)?;
        matching::page(connection, &names, (by, &filter, from), place)
    });
    let matching::Counted { items, scanned, place } = page.await?;
    Ok(Paged(Stats { by, from, to, items, scanned: Some(scanned), next_cursor: place.map(|place| pages::write('s', &[place.0])) }))
}

/// How many deliveries are in the states that they are in only for a while.
async fn of_now(api: &Api) -> Result<Vec<StatsRow>, Problem> {
    let numbers = events::numbers(api).await?.deliveries;
    let states = DeliveryState::ALL.iter().filter(|state| !state.is_ended());
    let row = |state: &DeliveryState| StatsRow {
        key: state.to_string(),
        deliveries: Some(numbers.get(state).copied().unwrap_or(0)),
        ..StatsRow::default()
    };
    Ok(states.map(row).collect())
}

/// `GET /slo`
pub async fn slo(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<SloQuery>) -> Answer<Slo> {
    principal.check(Verb::Read, Resource::System, "slo")?;
    let window = window(&api, query.since, SLO_SINCE)?;
    let measured = api.meters.look();
    let found = api.readers.read_much(move |connection| statistics::indicators(connection, window, &measured)).await?;
    let store = daemon::store_status(&api);
    Ok(Json(Slo {
        from: window.from,
        to: window.to,
        success: found.success,
        recovery: found.recovery,
        latency_ms: found.latency_ms,
        plugin_load_ms: found.plugin_load_ms,
        plugin_load: found.plugin_load,
        uptime: found.uptime,
        cpu: api.meters.processor_share(),
        store: store.database_bytes as f64 / store.bytes_max.max(1) as f64,
    }))
}
