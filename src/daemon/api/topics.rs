//! The catalogue of topics, and who would get an event of one now.

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::routing::{Rule, RuleSet};
use panotti_protocol::api::{OnDisabled, Page, Routed, SchemaInForce, TopicDetail, TopicRoute, TopicSummary, TopicsQuery, Why};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::Verb;
use panotti_protocol::topic::Topic;

use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, Parameters, Problem};
use super::{Api, pages};
use crate::daemon::store::sqlite::subscriptions::Disabled;
use crate::daemon::store::sqlite::visible::Visible;
use crate::daemon::store::sqlite::{plugins, topics};

/// The topic that a path names.
pub fn topic(text: &str) -> Result<Topic, Problem> {
    text.parse().map_err(|why: panotti_protocol::topic::TopicInvalid| {
        Problem(Failure::new(ErrorCode::EVENT_TOPIC_INVALID, format!("`{text}` is not a topic")).why(why.to_string()))
    })
}

fn consumers(rules: &RuleSet, topic: &Topic) -> Vec<String> {
    rules.rules.iter().filter(|rule| rule.pattern.matches(topic)).map(|rule| format!("{}/{}", rule.plugin, rule.name)).collect()
}

/// `GET /topics`: in the order in which they appeared.
pub async fn list(
    State(api): State<Api>,
    principal: Principal,
    Parameters(query): Parameters<TopicsQuery>,
) -> PageAnswer<Page<TopicSummary>> {
    let limit = pages::limit(query.limit)?;
    let after = pages::read::<1>('t', query.cursor.as_deref())?.map_or(0, |[number]| i64::try_from(number).unwrap_or(i64::MAX));
    let now = api.clock.now();
    let reading = api.readers.read(move |connection| {
        let may_see = |topic: &Topic| principal.may_topic(Verb::Read, topic);
        topics::page(connection, (after, limit), &may_see, now)
    });
    let Visible { items, place } = reading.await?;
    let next_cursor = place.map(|number| pages::write('t', &[u64::try_from(number).unwrap_or(0)]));
    let rules = api.rules.current();
    let with_consumers = |summary: TopicSummary| TopicSummary { consumers: consumers(&rules, &summary.topic), ..summary };
    Ok(Paged(Page { items: items.into_iter().map(with_consumers).collect(), next_cursor }))
}

/// `GET /topics/{topic}`
pub async fn show(State(api): State<Api>, Path(name): Path<String>) -> Answer<TopicDetail> {
    let topic = topic(&name)?;
    let now = api.clock.now();
    let wanted = topic.clone();
    let found = api.readers.read(move |connection| topics::by_name(connection, &wanted, now)).await?;
    let not_found = || Problem(Failure::new(ErrorCode::TOPIC_NOT_FOUND, format!("no event was ever published to `{topic}`")));
    let mut detail = found.ok_or_else(not_found)?;
    detail.summary.consumers = consumers(&api.rules.current(), &detail.summary.topic);
    let ages = api.configuration.with(|settings| settings.retention.clone());
    let (kept, by) = ages.of(&detail.summary.topic);
    detail.kept_ms = u64::try_from(kept.as_millis()).unwrap_or(u64::MAX);
    detail.kept_by = by.cloned();
    Ok(Json(detail))
}

/// `GET /topics/{topic}/route`: every subscription in force, whether an event of the topic was ever published or not.
pub async fn route(State(api): State<Api>, Path(name): Path<String>) -> Answer<TopicRoute> {
    let topic = topic(&name)?;
    let (disabled, rows) = api.readers.read(|connection| Ok((Disabled::read(connection)?, plugins::subscriptions(connection)?))).await?;
    let rules = api.rules.current();
    let fate = |rule: &Rule| {
        let row = rows.iter().find(|row| row.stored.id == rule.subscription);
        disabled.fate(&rule.plugin, row.map_or(OnDisabled::Hold, |row| row.stored.spec.on_disabled))
    };
    let mut items: Vec<Routed> = rules.rules.iter().map(|rule| routed(rule, &topic, fate(rule))).collect();
    items.sort_by_key(|item| (!item.gets, item.subscription.clone()));
    let schema = rules.schemas.get(&topic).map(|schema| SchemaInForce { version: schema.version, mode: schema.mode });
    Ok(Json(TopicRoute { topic, rules: rules.version, schema, items }))
}

fn routed(rule: &Rule, topic: &Topic, fate: Option<OnDisabled>) -> Routed {
    let (gets, why, detail) = match (rule.pattern.matches(topic), fate) {
        (false, _) => (false, Why::Topic, does_not_fit(rule.pattern.as_str(), topic)),
        (true, None) => match &rule.filter {
            None => (true, Why::Matches, format!("`{}` fits", rule.pattern)),
            Some(filter) => (true, Why::Matches, format!("`{}` fits; of these events those that match `{filter}`", rule.pattern)),
        },
        (true, Some(OnDisabled::Hold)) => (true, Why::Held, "its plugin is disabled; the event is kept for it".to_owned()),
        (true, Some(OnDisabled::Skip)) => (false, Why::Skipped, "its plugin is disabled and skips what comes meanwhile".to_owned()),
    };
    let (plugin, pattern) = (rule.plugin.clone(), rule.pattern.to_string());
    Routed { subscription: format!("{}/{}", rule.plugin, rule.name), plugin, pattern, gets, why, detail }
}

/// What keeps a pattern from fitting.
pub fn does_not_fit(pattern: &str, topic: &Topic) -> String {
    let words: Vec<&str> = topic.as_str().split('.').collect();
    let wanted: Vec<&str> = pattern.split('.').collect();
    let differs = wanted.iter().zip(&words).find(|(wanted, word)| !matches!(**wanted, "*" | ">") && wanted != word);
    match differs {
        Some((wanted, word)) => format!("`{pattern}` does not fit: it has `{wanted}` where the topic has `{word}`"),
        None if wanted.len() < words.len() => format!("`{pattern}` does not fit: the topic has more words"),
        None => format!("`{pattern}` does not fit: the topic has fewer words"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_pattern_from_fitting_is_named() {
        let topic: Topic = "recording.ended".parse().unwrap();

        assert_eq!(does_not_fit("recording.begun", &topic), "`recording.begun` does not fit: it has `begun` where the topic has `ended`");
        assert_eq!(does_not_fit("*", &topic), "`*` does not fit: the topic has more words");
        assert_eq!(does_not_fit("recording.ended.>", &topic), "`recording.ended.>` does not fit: the topic has fewer words");
    }
}
