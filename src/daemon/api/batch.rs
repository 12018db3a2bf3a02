//! A batch as it was sent: its events as text, and no more of them than a batch may have, however many were sent.

use std::fmt;

use panotti_protocol::limits::BATCH_EVENTS_MAX;
use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The events of a batch.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Each as it was written.
    pub items: Vec<&'a RawValue>,
    /// Whether there are more than a batch may have.
    pub more: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Batch<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(BatchVisitor)
    }
}

struct BatchVisitor;

impl<'de> Visitor<'de> for BatchVisitor {
    type Value = Batch<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Batch<'de>, A::Error> {
        let mut items = Vec::new();
        while items.len() < BATCH_EVENTS_MAX {
            match sequence.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(Batch { items, more: false }),
            }
        }
        // What is beyond is looked at no closer than its end needs.
        let mut more = false;
        while sequence.next_element::<IgnoredAny>()?.is_some() {
            more = true;
        }
        Ok(Batch { items, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(number: usize) -> String {
        format!("[{}]", vec!["1"; number].join(","))
    }

    #[test]
    fn a_batch_has_its_number_of_events() {
        for (number, kept, more) in [
            (0, 0, false),
            (BATCH_EVENTS_MAX - 1, BATCH_EVENTS_MAX - 1, false),
            (BATCH_EVENTS_MAX, BATCH_EVENTS_MAX, false),
            (BATCH_EVENTS_MAX + 1, BATCH_EVENTS_MAX, true),
            (BATCH_EVENTS_MAX * 100, BATCH_EVENTS_MAX, true),
        ] {
            let text = events(number);
            let batch: Batch<'_> = serde_json::from_str(&text).unwrap();
            assert_eq!((batch.items.len(), batch.more), (kept, more), "{number}");
        }
        assert!(serde_json::from_str::<Batch<'_>>("{}").is_err());
        assert!(serde_json::from_str::<Batch<'_>>(&format!("[{}", events(BATCH_EVENTS_MAX + 1))).is_err(), "it has no end");
    }
}
