//! The daemon's own events: their topics and payloads. Nobody else can publish there; everyone permitted can subscribe.

use serde::{Deserialize, Serialize};

use crate::delivery::{AttemptError, Cause, ReplayMark};
use crate::id::{DeliveryId, EventId};
use crate::topic::Topic;

/// A delivery died: payload [`Dead`].
pub const DELIVERY_DEAD: &str = "panotti.delivery.dead";
/// A delivery crashed its plugin too often and is not tried again by itself: payload [`Dead`].
pub const DELIVERY_QUARANTINED: &str = "panotti.delivery.quarantined";
/// A plugin changed its state: payload [`PluginState`].
pub const PLUGIN_STATE: &str = "panotti.plugin.state";
/// A plugin crashed five times within a minute: payload [`PluginState`].
pub const PLUGIN_CRASH_LOOP: &str = "panotti.plugin.crash_loop";

/// The store is filling up: payload [`StoreWatermark`].
pub const STORE_WATERMARK: &str = "panotti.store.watermark";

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
    /// Set when a replay had made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayMark>,
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

/// The payload of [`STORE_WATERMARK`].
pub fn store_watermark(percent: u64, used_bytes: u64, bytes_max: u64) -> Vec<u8> {
    serde_json::to_vec(&StoreWatermark { percent, used_bytes, bytes_max }).expect("numbers are always JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemons_own_topics_are_topics_and_reserved() {
        for topic in [DELIVERY_DEAD, PLUGIN_STATE, PLUGIN_CRASH_LOOP, STORE_WATERMARK, DELIVERY_QUARANTINED] {
            assert!(topic.parse::<Topic>().unwrap().is_reserved());
        }
    }
}
