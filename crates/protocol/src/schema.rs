//! JSON Schemas of the types that write themselves as text. All others derive theirs.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::event::DAEMON_ATTRIBUTES;
use crate::id::{DeliveryId, EventId, InstanceId, ReplayId, StoreId};
use crate::key::KeyId;
use crate::limits::TOPIC_BYTES_MAX;
use crate::network::Network;
use crate::permission::Permission;
use crate::time::Timestamp;
use crate::topic::{Topic, TopicPattern};

macro_rules! text {
    ($name:ident, $description:literal, { $($keyword:literal: $value:expr),* $(,)? }) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }

            fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "description": $description, $($keyword: $value),* })
            }
        }
    };
}

text!(EventId, "Names an event, for ever.", { "pattern": id_pattern(EventId::PREFIX), "examples": ["evt_01m81e7thtfct8g2mjg15efpc6"] });
text!(DeliveryId, "Names a delivery.", { "pattern": id_pattern(DeliveryId::PREFIX), "examples": ["dlv_01m81e7thtfct8g2mjg15efpc6"] });
text!(ReplayId, "Names a replay.", { "pattern": id_pattern(ReplayId::PREFIX), "examples": ["rpl_01m81fbs45ecpa9kk2k4dez543"] });
text!(InstanceId, "Names a running copy of a plugin.", { "pattern": id_pattern(InstanceId::PREFIX), "examples": ["ins_01m81fbs45ecpa9kk2k4dez543"] });
text!(StoreId, "Names a store.", { "pattern": id_pattern(StoreId::PREFIX), "examples": ["sto_01m81fbs45ecpa9kk2k4dez543"] });
text!(Timestamp, "A time between 1970 and 9999, as RFC 3339 writes it; given out in UTC.", { "format": "date-time", "examples": ["2026-11-22T10:04:11.204Z"] });
text!(KeyId, "The part of a key that is no secret.", { "pattern": "^[0-9A-Za-z]{12}$", "examples": ["4tZ0mBq7Xc2L"] });
text!(Network, "A network, or one address.", { "minLength": 2, "maxLength": 49, "examples": ["10.1.0.0/16"] });
text!(Permission, "What may be done: `verb:resource:pattern`.", {
    "pattern": "^[a-z*]+:[a-z*]+:[0-9A-Za-z_*.>-]+$",
    "examples": ["publish:events:recording.*"],
});
text!(Topic, "Words of letters, digits, `_` and `-`, with dots between.", {
    "pattern": topic_pattern("[0-9A-Za-z_-]+", ""),
    "minLength": 1,
    "maxLength": TOPIC_BYTES_MAX,
    "examples": ["recording.ended"],
});
text!(TopicPattern, "A topic in which `*` stands for one word, and `>` or `**` at the end for one or more.", {
    "pattern": topic_pattern("([0-9A-Za-z_-]+|\\*)", "|>|\\*\\*"),
    "minLength": 1,
    "maxLength": TOPIC_BYTES_MAX,
    "examples": ["recording.*"],
});

/// 26 characters of lower-case Crockford base32, of which the first has three bits.
fn id_pattern(prefix: &str) -> String {
    format!("^{prefix}[0-7][0-9a-hjkmnp-tv-z]{{25}}$")
}

/// Up to 16 words; the last may be one of `last` instead.
fn topic_pattern(word: &str, last: &str) -> String {
    let before = crate::limits::TOPIC_WORDS_MAX - 1;
    format!("^({word}\\.){{0,{before}}}({word}{last})$")
}

/// What a new event must have, what it may not, and the attribute that is read and kept nowhere.
pub fn new_event(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(|properties| properties.as_object_mut()) else { return };
    let version = serde_json::json!({ "type": "string", "const": "1.0", "description": "The version of CloudEvents." });
    properties.insert("specversion".to_owned(), version);
    schema.insert("required".to_owned(), serde_json::json!(["type"]));
    let names = serde_json::json!({ "pattern": "^[a-z0-9_]+$", "not": { "enum": DAEMON_ATTRIBUTES } });
    schema.insert("propertyNames".to_owned(), names);
}
