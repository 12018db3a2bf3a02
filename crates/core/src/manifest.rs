//! A manifest, judged: the subscriptions it comes to, and whether its handlers are those that the plugin brings (semantics section 4).

use std::time::Duration;

use panotti_protocol::api::StoredFilter;
use panotti_protocol::frame::{Handler, HelloSubscription, Ready};
use panotti_protocol::limits::{BATCH_DELIVERIES_MAX, BATCHED_IN_FLIGHT_MAX, SUBSCRIPTIONS_PER_PLUGIN_MAX};
use panotti_protocol::manifest::{Manifest, On, Retry};
use panotti_protocol::topic::TopicPattern;

use crate::order::KeyPath;
use crate::retry::RetryPolicy;
use crate::routing::{SubscriptionSpec, is_made_by_a_filter, made_by_filter};

/// From launch to `ready` unless the manifest says otherwise.
pub const START: Duration = Duration::from_secs(2);

/// What a manifest's `on:` subscribes to; `None` where it leaves that to the handlers of `ready`.
///
/// # Errors
/// A sentence about the first pattern that is none. The strict reader has found that before.
pub fn subscriptions(manifest: &Manifest) -> Result<Option<Vec<SubscriptionSpec>>, String> {
    let Some(entries) = &manifest.on else { return Ok(None) };
    entries.iter().map(|on| subscription(manifest, on)).collect::<Result<_, _>>().map(Some)
}

fn subscription(manifest: &Manifest, on: &On) -> Result<SubscriptionSpec, String> {
    let pattern: TopicPattern = on.topic.parse().map_err(|why| format!("`{}` is not a topic pattern: {why}", on.topic))?;
    let path = |written: &String| written.parse::<KeyPath>().map_err(|why| format!("`{written}` is not a path to a key: {why}"));
    Ok(SubscriptionSpec {
        name: on.name.clone(),
        filter: on.filter.clone(),
        concurrency: on.concurrency,
        batch: on.batch.unwrap_or(1),
        timeout: Duration::from_millis(manifest.limits.timeout_ms),
        retry: retry(manifest.retry),
        on_disabled: on.on_disabled,
        key: on.key.as_ref().map(path).transpose()?,
        on_dead: on.on_dead,
        turns: on.turns,
        ..SubscriptionSpec::new(pattern)
    })
}

/// The subscription by which a stored filter routes to a plugin: with the retries and the timeout of its manifest.
pub fn routed(manifest: &Manifest, filter: &StoredFilter) -> SubscriptionSpec {
    SubscriptionSpec {
        name: made_by_filter(&filter.name),
        filter: Some(filter.filter.clone()),
        timeout: Duration::from_millis(manifest.limits.timeout_ms),
        retry: retry(manifest.retry),
        ..SubscriptionSpec::new(filter.topic.clone())
    }
}

/// A manifest's `retry:` as the bus knows it.
pub fn retry(written: Retry) -> RetryPolicy {
    RetryPolicy {
        max: written.max,
        first: Duration::from_millis(written.first_ms),
        factor: written.factor,
        cap: Duration::from_millis(written.cap_ms),
    }
}

/// The subscriptions in force once a copy has said `ready`: those of the manifest, else its handlers.
///
/// # Errors
/// A sentence that names what is on one side and not on the other, or a handler that cannot be one. It is a configuration failure.
pub fn agree(manifest: &Manifest, ready: &Ready) -> Result<Vec<SubscriptionSpec>, String> {
    match subscriptions(manifest)? {
        Some(mut written) => {
            check_both_sides(&written, ready)?;
            for (spec, on) in written.iter_mut().zip(manifest.on.iter().flatten()) {
                spec.batch = batch(on.batch, ready.handlers.iter().find(|handler| handler.name == spec.name), spec)?;
            }
            Ok(written)
        }
        None => from_handlers(manifest, &ready.handlers),
    }
}

fn check_both_sides(written: &[SubscriptionSpec], ready: &Ready) -> Result<(), String> {
    let fits = |spec: &SubscriptionSpec, handler: &Handler| spec.name == handler.name;
    let extra: Vec<&str> = ready.handlers.iter().filter(|h| !written.iter().any(|s| fits(s, h))).map(|h| h.name.as_str()).collect();
    let missing: Vec<&str> = match ready.fallback {
        true => Vec::new(),
        false => written.iter().filter(|s| !ready.handlers.iter().any(|h| fits(s, h))).map(|s| s.name.as_str()).collect(),
    };
    if extra.is_empty() && missing.is_empty() {
        return Ok(());
    }
    let mut sentences = Vec::new();
    if !extra.is_empty() {
        sentences.push(format!("the plugin handles {}, which `on:` in plugin.yaml does not have", quoted(&extra)));
    }
    if !missing.is_empty() {
        sentences.push(format!("`on:` in plugin.yaml has {}, which the plugin does not handle", quoted(&missing)));
    }
    Err(sentences.join("; "))
}

/// How many deliveries one call gets: as many as its handler takes, and no more than the manifest says.
fn batch(written: Option<u32>, handler: Option<&Handler>, spec: &SubscriptionSpec) -> Result<u32, String> {
    let (name, concurrency) = (&spec.name, spec.concurrency);
    let taken = handler.and_then(|handler| handler.batch);
    let batch = match (written, taken) {
        (Some(written), None) if written > 1 => {
            return Err(format!("`on:` in plugin.yaml gives `{name}` batches of {written}, and its handler takes one event at a time"));
        }
        (_, Some(taken)) if !(1..=BATCH_DELIVERIES_MAX).contains(&taken) => {
            return Err(format!("the handler `{name}` takes batches of {taken}; 1 to {BATCH_DELIVERIES_MAX} are allowed"));
        }
        (Some(written), Some(taken)) => written.min(taken),
        (written, taken) => taken.or(written).unwrap_or(1),
    };
    if batch > 1 && batch * concurrency > BATCHED_IN_FLIGHT_MAX {
        return Err(format!(
            "`{name}` takes batches of {batch} in {concurrency} calls at once; at most {BATCHED_IN_FLIGHT_MAX} deliveries can be in flight"
        ));
    }
    Ok(batch)
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn from_handlers(manifest: &Manifest, handlers: &[Handler]) -> Result<Vec<SubscriptionSpec>, String> {
    if handlers.len() > SUBSCRIPTIONS_PER_PLUGIN_MAX {
        return Err(format!("the plugin has {} handlers, the most is {SUBSCRIPTIONS_PER_PLUGIN_MAX}", handlers.len()));
    }
    let mut specs: Vec<SubscriptionSpec> = Vec::with_capacity(handlers.len());
    for handler in handlers {
        let pattern: TopicPattern =
            handler.topic.parse().map_err(|why| format!("the handler `{}` is for `{}`: {why}", handler.name, handler.topic))?;
        if is_made_by_a_filter(&handler.name) {
            return Err(format!("the handler `{}` has a name that stored filters use", handler.name));
        }
        if specs.iter().any(|spec| spec.name == handler.name) {
            return Err(format!("the plugin has two handlers named `{}`", handler.name));
        }
        let spec = SubscriptionSpec {
            name: handler.name.clone(),
            timeout: Duration::from_millis(manifest.limits.timeout_ms),
            retry: retry(manifest.retry),
            ..SubscriptionSpec::new(pattern)
        };
        specs.push(SubscriptionSpec { batch: batch(None, Some(handler), &spec)?, ..spec });
    }
    Ok(specs)
}

/// A manifest's subscriptions as `hello` tells them.
pub fn hello_subscriptions(manifest: &Manifest) -> Vec<HelloSubscription> {
    let entries = manifest.on.as_deref().unwrap_or_default();
    let told = |on: &On| HelloSubscription { name: on.name.clone(), topic: on.topic.clone(), concurrency: on.concurrency, batch: on.batch };
    entries.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use panotti_protocol::api::{OnDead, OnDisabled, Turns};
    use panotti_protocol::manifest::{Limits, Runtime, Start};

    fn manifest(on: Option<&[(&str, &str)]>) -> Manifest {
        let entry = |(name, topic): &(&str, &str)| On {
            name: (*name).to_owned(),
            topic: (*topic).to_owned(),
            filter: None,
            concurrency: 4,
            batch: None,
            on_disabled: OnDisabled::Hold,
            key: None,
            on_dead: OnDead::Continue,
            turns: Turns::Weighted,
        };
        Manifest {
            name: "word-count".to_owned(),
            version: "0.1.0".to_owned(),
            enabled: true,
            dependencies: Vec::new(),
            api: None,
            description: String::new(),
            runtime: Runtime::Native,
            start: Start::Entry("run".to_owned()),
            on: on.map(|entries| entries.iter().map(entry).collect()),
            emits: Vec::new(),
            schemas: std::collections::BTreeMap::new(),
            retry: Retry { max: 1, first_ms: 10, factor: 2, cap_ms: 20 },
            limits: Limits { timeout_ms: 7_000, start_ms: 2_000 },
            secrets: Vec::new(),
            config: std::collections::BTreeMap::new(),
        }
    }

    fn ready(handlers: &[(&str, &str)], fallback: bool) -> Ready {
        let handler = |(name, topic): &(&str, &str)| Handler { name: (*name).to_owned(), topic: (*topic).to_owned(), batch: None };
        Ready { protocol: 1, handlers: handlers.iter().map(handler).collect(), fallback, sdk: None }
    }

    #[test]
    fn section_4_a_handler_that_on_lacks_and_an_entry_that_ready_lacks_are_both_named() {
        let manifest = manifest(Some(&[("count", "recording.ended"), ("late", "recording.*")]));

        let error = agree(&manifest, &ready(&[("count", "recording.ended"), ("cuont", "a.b")], false)).unwrap_err();

        assert_eq!(
            error,
            "the plugin handles `cuont`, which `on:` in plugin.yaml does not have; `on:` in plugin.yaml has `late`, which the plugin does not handle"
        );
        assert_eq!(agree(&manifest, &ready(&[], true)).map(|specs| specs.len()), Ok(2), "a fallback handles what is left");
    }

    #[test]
    fn section_4_without_on_the_handlers_of_ready_are_the_subscriptions() {
        let specs = agree(&manifest(None), &ready(&[("a.b", "a.b"), ("rest", "a.>")], false)).unwrap();

        let shown: Vec<_> =
            specs.iter().map(|spec| (spec.name.as_str(), spec.pattern.as_str(), spec.timeout.as_secs(), spec.retry.max)).collect();
        assert_eq!(shown, [("a.b", "a.b", 7, 1), ("rest", "a.>", 7, 1)]);
        assert!(agree(&manifest(None), &ready(&[("x", "a.b"), ("x", "a.c")], false)).unwrap_err().contains("two handlers named `x`"));
    }

    #[test]
    fn section_4_a_call_gets_as_many_deliveries_as_its_handler_takes_and_the_manifest_allows() {
        let agreed = |written: Option<u32>, taken: Option<u32>| {
            let mut manifest = manifest(Some(&[("count", "a.b")]));
            manifest.on.iter_mut().flatten().for_each(|on| on.batch = written);
            let mut ready = ready(&[("count", "a.b")], false);
            ready.handlers[0].batch = taken;
            agree(&manifest, &ready).map(|specs| specs[0].batch)
        };
        assert_eq!((agreed(None, None), agreed(Some(1), None), agreed(None, Some(50))), (Ok(1), Ok(1), Ok(50)));
        assert_eq!((agreed(Some(20), Some(50)), agreed(Some(50), Some(20))), (Ok(20), Ok(20)));
        let error = agreed(Some(50), None).unwrap_err();
        assert_eq!(error, "`on:` in plugin.yaml gives `count` batches of 50, and its handler takes one event at a time");
        assert!(agreed(None, Some(101)).unwrap_err().contains("1 to 100 are allowed"));
        assert!(agreed(None, Some(0)).unwrap_err().contains("1 to 100 are allowed"));

        let mut many = manifest(Some(&[("count", "a.b")]));
        many.on.iter_mut().flatten().for_each(|on| on.concurrency = 5);
        let mut batches = ready(&[("count", "a.b")], false);
        batches.handlers[0].batch = Some(100);
        assert!(agree(&many, &batches).unwrap_err().contains("at most 400 deliveries can be in flight"));
    }
}
