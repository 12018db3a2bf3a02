//! Events judged by the schema of their topic.

use panotti_core::event::Draft;
use panotti_core::schemas::{Misfit, TopicSchema, Verdict};
use panotti_filter::schema::Schema;
use panotti_filter::schema::violation::Violations;
use panotti_protocol::api::SchemaMode;
use panotti_protocol::failure::FailurePart;
use serde_json::Value;

use super::event_json::is_json;

/// Where JSON pointers into an event lead to its payload.
const PAYLOAD: &str = "/data";

/// What of a stored event does not fit a schema, by JSON pointers into the event.
pub fn misfits(schema: &Schema, draft: &Draft, data: impl FnOnce() -> Option<Value>) -> Vec<FailurePart> {
    let data = data();
    in_event(judge(schema, &draft.datacontenttype, &draft.payload, || data.as_ref()).items)
}

fn in_event(found: Vec<FailurePart>) -> Vec<FailurePart> {
    found.into_iter().map(|part| FailurePart { pointer: format!("{PAYLOAD}{}", part.pointer), ..part }).collect()
}

/// Judges a payload. `data` reads it as JSON, where it is JSON.
fn judge<'d>(schema: &Schema, media_type: &str, payload: &[u8], data: impl FnOnce() -> Option<&'d Value>) -> Violations {
    if payload.is_empty() {
        return Violations::one("there is no payload");
    }
    if !is_json(media_type) {
        return Violations::one(format!("the payload is `{media_type}`, and a schema describes JSON"));
    }
    match data() {
        Some(data) => schema.violations(data),
        None => Violations::one("the payload is nested too deeply to be checked"),
    }
}

/// What the schema of its topic says of an event that is to be published.
pub fn verdict<'d>(known: &TopicSchema, schema: &Schema, draft: &Draft, data: impl FnOnce() -> Option<&'d Value>) -> Verdict {
    let found = judge(schema, &draft.datacontenttype, &draft.payload, data);
    if found.is_empty() {
        return Verdict::Fits { version: known.version };
    }
    Verdict::Fails(Box::new(Misfit {
        topic: draft.topic.clone(),
        version: known.version,
        enforced: known.mode == SchemaMode::Enforce,
        problems: in_event(found.items),
        more: found.more,
    }))
}
