//! The daemon's own events: their topics and payloads. Nobody else can publish there; everyone permitted can subscribe.

use serde::{Deserialize, Serialize};

use crate::delivery::{AttemptError, Cause, ReplayMark};
use crate::id::{DeliveryId, EventId, Sequence};
use crate::time::Timestamp;
use crate::topic::Topic;

/// A delivery died: payload [`Dead`].
pub const DELIVERY_DEAD: &str = "panotti.delivery.dead";
/// A delivery crashed its plugin too often and is not tried again by itself: payload [`Dead`].
pub const DELIVERY_QUARANTINED: &str = "panotti.delivery.quarantined";
/// A plugin changed its state: payload [`PluginState`].
pub const PLUGIN_STATE: &str = "panotti.plugin.state";
/// A plugin crashed five times within a minute: payload [`PluginState`].
pub const PLUGIN_CRASH_LOOP: &str = "panotti.plugin.crash_loop";
/// A subscription is owed something and nothing of it has ended for too long: payload [`Stalled`].
pub const SUBSCRIPTION_STALLED: &str = "panotti.subscription.stalled";
/// A subscription that stood still moves again: payload [`Resumed`].
pub const SUBSCRIPTION_RESUMED: &str = "panotti.subscription.resumed";

/// Many attempts to get in with a wrong key within a minute: payload [`KeysRefused`].
pub const KEYS_REFUSED: &str = "panotti.keys.refused";

/// The store is filling up: payload [`StoreWatermark`].
pub const STORE_WATERMARK: &str = "panotti.store.watermark";

/// A stored event does not read back as it was written: payload [`StoreCorrupt`].
pub const STORE_CORRUPT: &str = "panotti.store.corrupt";

/// A delivery died.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dead {
    /// The delivery.
    pub deliveryid: DeliveryId,
    /// Its event.
    pub eventid: EventId,
    /// The event's topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// Why it died.
    pub cause: Option<Cause>,
    /// Attempts counted.
    pub attempts: u32,
    /// The last attempt's error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    /// Groups failures that are alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The deaths that are alike, so that one alert can stand for many. Absent where there was no error to tell by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<DeadGroup>,
    /// Set when a replay had made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayMark>,
}

/// Deaths of one plugin with one fingerprint. A group begins anew when nothing of it has died for an hour, or when the daemon starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadGroup {
    /// `PLUGIN:FINGERPRINT`.
    pub id: String,
    /// 1 for the first death of the group: who alerts on that alone alerts once.
    pub number: u64,
    /// When the first of the group died.
    pub first_at: Timestamp,
}

/// A subscription stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stalled {
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// Nothing has ended since.
    pub since: Timestamp,
    /// Milliseconds after which that is too long.
    pub patience_ms: u64,
    /// Deliveries that are handed out.
    pub in_flight: u64,
}

impl Stalled {
    /// The event's payload.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers are always JSON")
    }
}

/// A subscription moves again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// Since when it had stood still.
    pub since: Timestamp,
    /// `ended` (a delivery has), `nothing_owed` any more, or `switched_off`.
    pub why: String,
}

impl Resumed {
    /// The event's payload.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers are always JSON")
    }
}

impl Dead {
    /// The event's payload.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers are always JSON")
    }
}

/// A plugin changed its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginState {
    /// The plugin.
    pub plugin: String,
    /// From this state.
    pub from: String,
    /// To this state.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
}

/// The payload of [`PLUGIN_STATE`].
pub fn plugin_state(plugin: &str, from: &str, to: &str, reason: &str, actor: &str) -> Vec<u8> {
    let [plugin, from, to, reason, actor] = [plugin, from, to, reason, actor].map(str::to_owned);
    serde_json::to_vec(&PluginState { plugin, from, to, reason, actor }).expect("strings are always JSON")
}

/// The store is filling up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreWatermark {
    /// Percent of the limit in use.
    pub percent: u64,
    /// Bytes in use.
    pub used_bytes: u64,
    /// The limit, in bytes.
    pub bytes_max: u64,
}

/// Many attempts to get in with a wrong key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysRefused {
    /// Attempts within the minute.
    pub attempts: u32,
    /// Where the last one came from.
    pub source: String,
}

/// The payload of [`KEYS_REFUSED`].
pub fn keys_refused(attempts: u32, source: String) -> Vec<u8> {
    serde_json::to_vec(&KeysRefused { attempts, source }).expect("a number and a text are always JSON")
}

/// The payload of [`STORE_WATERMARK`].
pub fn store_watermark(percent: u64, used_bytes: u64, bytes_max: u64) -> Vec<u8> {
    serde_json::to_vec(&StoreWatermark { percent, used_bytes, bytes_max }).expect("numbers are always JSON")
}

/// A stored event does not read back as it was written. It is never delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCorrupt {
    /// Its place in the log: nothing else of it can be trusted.
    pub sequence: Sequence,
}

/// The payload of [`STORE_CORRUPT`].
pub fn store_corrupt(sequence: Sequence) -> Vec<u8> {
    serde_json::to_vec(&StoreCorrupt { sequence }).expect("numbers are always JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemons_own_topics_are_topics_and_reserved() {
        for topic in [
            DELIVERY_DEAD,
            DELIVERY_QUARANTINED,
            PLUGIN_STATE,
            PLUGIN_CRASH_LOOP,
            KEYS_REFUSED,
            STORE_WATERMARK,
            STORE_CORRUPT,
            SUBSCRIPTION_STALLED,
            SUBSCRIPTION_RESUMED,
        ] {
            assert!(topic.parse::<Topic>().unwrap().is_reserved());
        }
    }
}
