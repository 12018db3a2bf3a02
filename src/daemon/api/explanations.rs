//! Why an event reached a subscription or not, by the rules that were in force when it was matched.

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::event::{Draft, StoredEvent};
use panotti_core::routing::{RuleSet, SubscriptionId};
use panotti_filter::expression::{Explanation as Clause, Filter};
use panotti_filter::schema::Schema;
use panotti_filter::schema::sensitive::MASKED;
use panotti_protocol::api::{Delivery, ExplainQuery, Explained, Explanation, Routed, SchemaExplained, Why};
use panotti_protocol::delivery::{Cause, DeliveryState};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::Verb;
use panotti_protocol::topic::TopicPattern;
use rusqlite::Connection;

use super::principal::Principal;
use super::problem::{Answer, Parameters, Problem};
use super::topics::does_not_fit;
use super::{Api, events};
use crate::daemon::store::failure::StoreResult;
use crate::daemon::store::sqlite::history::{self, RuleThen};
use crate::daemon::store::sqlite::masks::Masks;
use crate::daemon::store::sqlite::schemas;
use crate::daemon::store::sqlite::views::Names;
use crate::daemon::{event_schema, event_view};

/// `GET /events/{id}/explain`
pub async fn explain(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    Parameters(query): Parameters<ExplainQuery>,
) -> Answer<Explanation> {
    let event = events::load(&api, &principal, Verb::Read, &id).await?;
    let leased = api.bus.leased().await?;
    let reading = api.readers.read_much(move |connection| {
        let names = Names::read(connection, leased)?;
        let deliveries = names.deliveries(connection, &event)?;
        let (rules, known) = history::rules_of(connection, event.rules)?;
        let deliveries = deliveries.into_iter().map(|(row, delivery)| (row.key.subscription, delivery)).collect();
        let schema = schema_of(connection, &event)?;
        let mut shown = event.clone();
        let masked = Masks::new(connection).mask(&mut shown)?;
        Ok((Then { event, shown: shown.draft, masked, rules, known }, deliveries, schema))
    });
    let (then, deliveries, schema): (Then, Vec<(SubscriptionId, Delivery)>, Option<SchemaExplained>) = reading.await?;
    let now = api.rules.current();
    let mut items = then.explain(&deliveries, &now);
    if let Some(plugin) = &query.plugin {
        items.retain(|item| item.routed.plugin == *plugin);
        if items.is_empty() {
            let detail = format!("`{plugin}` has and had no subscription");
            return Err(Problem(Failure::new(ErrorCode::SUBSCRIPTION_NOT_FOUND, detail)));
        }
    }
    items.sort_by_key(|item| (!item.routed.gets, item.routed.subscription.clone()));
    let event = then.event;
    Ok(Json(Explanation {
        eventid: event.eventid,
        topic: event.draft.topic,
        accepted_at: event.accepted_at,
        rules: event.rules,
        rules_now: now.version,
        schema,
        items,
    }))
}

/// What the schema that the event is stamped with says of it.
fn schema_of(connection: &Connection, event: &StoredEvent) -> StoreResult<Option<SchemaExplained>> {
    let Some(version) = event.schema else { return Ok(None) };
    let text = schemas::text(connection, &event.draft.topic, version)?;
    let Some(schema) = text.and_then(|text| Schema::compile(&text).ok()) else { return Ok(None) };
    let errors = event_schema::misfits(&schema, &event.draft, || event_view::of_draft(&event.draft, event.accepted_at).data().cloned());
    Ok(Some(SchemaExplained { version, fits: errors.is_empty(), errors }))
}

/// An event and the rules that it was matched by.
struct Then {
    event: StoredEvent,
    /// As it is shown.
    shown: Draft,
    /// Values that are masked there.
    masked: u64,
    rules: Vec<RuleThen>,
    /// Whether these are all of them.
    known: bool,
}

impl Then {
    fn explain(&self, deliveries: &[(SubscriptionId, Delivery)], now: &RuleSet) -> Vec<Explained> {
        let matches = self.event.matches.as_deref().unwrap_or_default();
        let mut items: Vec<Explained> = Vec::new();
        for id in matches {
            // Of several deliveries the first is the one that publishing made.
            let delivery = deliveries.iter().find(|(subscription, _)| subscription == id).map(|(_, delivery)| delivery);
            items.push(self.got(*id, delivery, now));
        }
        for rule in self.rules.iter().filter(|rule| !matches.contains(&rule.subscription)) {
            let (why, detail) = self.missed(rule);
            items.push(Explained { routed: routed(&rule.plugin, &rule.name, rule.pattern.clone(), why, detail), state: None });
        }
        let then = |id: SubscriptionId| matches.contains(&id) || self.rules.iter().any(|rule| rule.subscription == id);
        for rule in now.rules.iter().filter(|rule| !then(rule.subscription)) {
            let (why, detail) = if self.known {
                (Why::NotSubscribed, "it subscribed later than the event was published".to_owned())
            } else {
                (Why::Unknown, "what it subscribed to then is no longer known".to_owned())
            };
            items.push(Explained { routed: routed(&rule.plugin, &rule.name, rule.pattern.to_string(), why, detail), state: None });
        }
        items
    }

    /// One that matched.
    fn got(&self, id: SubscriptionId, delivery: Option<&Delivery>, now: &RuleSet) -> Explained {
        let (name, state) = match delivery {
            Some(delivery) => (delivery.subscription.clone(), Some(delivery.state)),
            None => (format!("?/{}", id.0), None),
        };
        let then = self.rules.iter().find(|rule| rule.subscription == id).map(|rule| rule.pattern.clone());
        let current = || now.rules.iter().find(|rule| rule.subscription == id).map(|rule| rule.pattern.to_string());
        let pattern = then.or_else(current).unwrap_or_default();
        let (why, detail) = match delivery {
            Some(delivery) if delivery.state == DeliveryState::Skipped => {
                (Why::Skipped, "it matched; its plugin was disabled and skipped what came meanwhile".to_owned())
            }
            Some(delivery) if delivery.state == DeliveryState::Held => {
                (Why::Held, "it matched; its plugin is disabled and the event is kept for it".to_owned())
            }
            Some(delivery) if delivery.cause == Some(Cause::Expired) => {
                (Why::Expired, "it matched; the event expired before it could be handled".to_owned())
            }
            _ if pattern.is_empty() => (Why::Matches, "it matched".to_owned()),
            _ => (Why::Matches, format!("`{pattern}` fits")),
        };
        let (plugin, subscription) = name.split_once('/').unwrap_or((&name, ""));
        Explained { routed: routed(plugin, subscription, pattern, why, detail), state }
    }

    /// Why one of then did not match, what is asked first told first.
    fn missed(&self, rule: &RuleThen) -> (Why, String) {
        let topic = &self.event.draft.topic;
        if !rule.pattern.parse::<TopicPattern>().is_ok_and(|pattern| pattern.matches(topic)) {
            return (Why::Topic, does_not_fit(&rule.pattern, topic));
        }
        if self.event.matches.is_none() {
            return (Why::NotMatchedYet, "the event is the daemon's own and is about to be matched".to_owned());
        }
        if let Some(Ok(filter)) = rule.filter.as_deref().map(Filter::compile) {
            // As it was judged then: before the event had an id of its own.
            let why = filter.explain(&event_view::of_draft(&self.event.draft, self.event.accepted_at));
            if let Some(Clause { clause, expected, actual }) = why {
                let actual = if self.masked > 0 && filter.reads_data() { self.shown_by(&filter) } else { actual };
                return (Why::Filter, format!("its filter does not match: `{clause}` expects {expected}; found {actual}"));
            }
        }
        (Why::Unknown, format!("`{}` fits, and it is not recorded why it did not match", rule.pattern))
    }

    /// What a filter that did not match finds in the event as it is shown.
    fn shown_by(&self, filter: &Filter) -> String {
        let why = filter.explain(&event_view::of_draft(&self.shown, self.event.accepted_at));
        why.map_or_else(|| MASKED.to_owned(), |why| why.actual)
    }
}

fn routed(plugin: &str, name: &str, pattern: String, why: Why, detail: String) -> Routed {
    let gets = matches!(why, Why::Matches | Why::Held | Why::Expired);
    Routed { subscription: format!("{plugin}/{name}"), plugin: plugin.to_owned(), pattern, gets, why, detail }
}
