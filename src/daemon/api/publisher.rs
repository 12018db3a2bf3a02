//! Whoever publishes: who it is, and what its request says of all the events in it, before a body is read.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use panotti_core::event::Draft;
use panotti_core::publish::OWN_SOURCE;
use panotti_protocol::event::NewEvent;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::{Resource, Verb};

use super::openapi::headers::Header;
use super::openapi::shape::{Read, Shape, Takes};
use super::principal::{KEYS_SOURCE, Principal};
use super::problem::Problem;
use super::publisher_key::RequestKey;
use super::{Api, trace_context};
use crate::daemon::drafts::{self, PLUGINS_SOURCE};

const IDEMPOTENCY_KEY: Header = Header {
    name: "Idempotency-Key",
    about: "Of your choice: for 24 hours the same key with the same body is published once, and answered with the first receipt.",
    schema: r#"{"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}"#,
    example: "pay-17",
};
const TRACEPARENT: Header = Header {
    name: "traceparent",
    about: "The trace that the request is a part of (W3C Trace Context): every event in it that has none of its own gets it. One that does not \
            hold is passed over.",
    schema: r#"{"type": "string"}"#,
    example: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
};

/// Whoever publishes, with what the request says of all its events.
#[derive(Debug)]
pub struct Publisher {
    /// Who it is.
    pub principal: Principal,
    /// The key under which its request is published once.
    pub key: Option<RequestKey>,
    /// `traceparent` of the events that have none of their own.
    traceparent: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Publisher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let principal = Principal::from_request_parts(parts, state).await?;
        let traceparent = trace_context::of(&parts.headers).map(str::to_owned);
        Ok(Self { principal, key: RequestKey::read(&parts.headers)?, traceparent })
    }
}

impl Takes for Publisher {
    fn describe(shape: &mut Shape) {
        let read = [IDEMPOTENCY_KEY, TRACEPARENT].map(|header| Read { header, required: false });
        shape.headers.extend(read);
    }
}

impl Publisher {
    /// The draft of an event that was read, where this publisher may publish it.
    ///
    /// # Errors
    /// What of the event does not hold, `permission.denied`, or `event.source_reserved`.
    pub fn draft(&self, api: &Api, new: NewEvent) -> Result<Draft, Failure> {
        let principal = &self.principal;
        let mut draft =
            drafts::draft(new, &principal.source, &principal.actor, api.configuration.with(|settings| settings.payload_bytes_max))?;
        principal.check(Verb::Publish, Resource::Events, draft.topic.as_str())?;
        if is_of_another(&draft.source, &principal.source) && !principal.grants.are_everything() {
            let detail = format!("{} may not publish in the name of `{}`", principal.actor, draft.source);
            return Err(Failure::new(ErrorCode::EVENT_SOURCE_RESERVED, detail));
        }
        draft.traceparent = draft.traceparent.or_else(|| self.traceparent.clone());
        Ok(draft)
    }

    /// Counts events against what the publisher's key may publish in a time.
    ///
    /// # Errors
    /// `key.rate_exceeded` where it has published enough for now.
    pub fn take(&self, api: &Api, events: usize) -> Result<(), Failure> {
        let Some(pace) = &self.principal.pace else { return Ok(()) };
        pace.events.take(events as u64, api.clock.now()).map(|_| ()).map_err(|standing| standing.exceeded("events"))
    }

    /// The same for those who can be made to wait.
    pub async fn wait_for(&self, api: &Api, events: usize) {
        let Some(pace) = &self.principal.pace else { return };
        while let Err(standing) = pace.events.take(events as u64, api.clock.now()) {
            tokio::time::sleep(standing.wait).await;
        }
    }
}

/// Whether a source is the daemon's, a plugin's or another key's. Ids of what plugins emit follow from their deliveries, and those of what a
/// key publishes can be guessed: whoever could publish in their name could take one before they do.
fn is_of_another(source: &str, own: &str) -> bool {
    let below = |source: &str| source.is_empty() || source.starts_with('/');
    let is_below = |place: &str| source.strip_prefix(place).is_some_and(below);
    [OWN_SOURCE, PLUGINS_SOURCE, KEYS_SOURCE].into_iter().any(is_below) && !is_below(own)
}
