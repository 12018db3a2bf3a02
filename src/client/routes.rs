//! A method for every route of the API that is used. `docs/api.md` lists them all.

use bytes::Bytes;
use http::Method;
use panotti_protocol::api::{
    CancelRequest, DaemonStatus, DeliveriesChanged, DiscardRequest, ErrorGroup, ErrorsQuery, EventDetail, EventsPage, EventsQuery,
    EventsStatus, Health, LogLine, LogsQuery, Page, Plugin, PluginChanged, PluginConfig, PluginConfigUpdate, PluginDetail, PluginSwitch,
    PurgeRequest, Purged, Replay, ReplayItem, ReplayItemsQuery, ReplayRequest, ReplayStarted, RetryRequest, RevealQuery, Setting,
    StateChanged, StateItem, StateQuery, StateRemoval, StateUpdate, StopRequest, Stopping, Version,
};
use panotti_protocol::delivery::ReplayState;
use panotti_protocol::event::{NewEvent, Receipt};
use panotti_protocol::failure::Failure;
use serde::{Deserialize, Serialize};

use super::connection::Client;
use super::path::{segment, with_query};

/// Query of `GET /replays`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ReplaysQuery {
    /// Only those in this state.
    pub state: Option<ReplayState>,
    /// Rows of the page.
    pub limit: Option<u32>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// Answer to cancelling, pausing and resuming a replay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplayChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The job as it stands now.
    pub replay: Replay,
}

/// What all methods of this file return.
pub type Answer<T> = Result<T, Failure>;

impl Client {
    /// `POST /events`
    ///
    /// # Errors
    /// For this and every other route: the daemon's failure, or why it could not be asked.
    pub async fn publish(&mut self, event: &NewEvent) -> Answer<Receipt> {
        self.send(Method::POST, "/events", event).await
    }

    /// `POST /events` with `Idempotency-Key`: the same event under the same key is published once.
    pub async fn publish_once(&mut self, event: &NewEvent, key: &str) -> Answer<Receipt> {
        self.send_once("/events", event, key).await
    }

    /// `POST /events/{id}/republish`: a new event made from an old one; once under a key, where one is given.
    pub async fn republish(&mut self, id: &str, event: &NewEvent, key: Option<&str>) -> Answer<Receipt> {
        let path = format!("/events/{}/republish", segment(id));
        match key {
            Some(key) => self.send_once(&path, event, key).await,
            None => self.send(Method::POST, &path, event).await,
        }
    }

    /// `GET /events`
    pub async fn events(&mut self, query: &EventsQuery) -> Answer<EventsPage> {
        self.get(&with_query("/events", query)?).await
    }

    /// `GET /events/{id}`; also `@last` and a unique ending of an id.
    pub async fn event(&mut self, id: &str) -> Answer<EventDetail> {
        self.get(&format!("/events/{}", segment(id))).await
    }

    /// `GET /events/{id}` with what is masked, where that is asked for.
    pub async fn event_shown(&mut self, id: &str, query: &RevealQuery) -> Answer<EventDetail> {
        self.get(&with_query(&format!("/events/{}", segment(id)), query)?).await
    }

    /// `GET /events/{id}/payload`: its bytes and their media type.
    pub async fn event_payload(&mut self, id: &str, query: &RevealQuery) -> Answer<(Bytes, String)> {
        self.get_bytes(&with_query(&format!("/events/{}/payload", segment(id)), query)?).await
    }

    /// `GET /events/status`
    pub async fn events_status(&mut self) -> Answer<EventsStatus> {
        self.get("/events/status").await
    }

    /// `GET /events/errors`
    pub async fn event_errors(&mut self, query: &ErrorsQuery) -> Answer<Page<ErrorGroup>> {
        self.get(&with_query("/events/errors", query)?).await
    }

    /// `POST /events/{id}/retry`
    pub async fn retry(&mut self, id: &str, request: &RetryRequest) -> Answer<DeliveriesChanged> {
        self.send(Method::POST, &format!("/events/{}/retry", segment(id)), request).await
    }

    /// `POST /events/{id}/discard`
    pub async fn discard(&mut self, id: &str, request: &DiscardRequest) -> Answer<DeliveriesChanged> {
        self.send(Method::POST, &format!("/events/{}/discard", segment(id)), request).await
    }

    /// `POST /events/{id}/cancel`
    pub async fn cancel(&mut self, id: &str, request: &CancelRequest) -> Answer<DeliveriesChanged> {
        self.send(Method::POST, &format!("/events/{}/cancel", segment(id)), request).await
    }

    /// `POST /events/purge`: one part of the store.
    pub async fn purge(&mut self, request: &PurgeRequest) -> Answer<Purged> {
        self.send(Method::POST, "/events/purge", request).await
    }

    /// `POST /events/replay`
    pub async fn replay_start(&mut self, request: &ReplayRequest) -> Answer<ReplayStarted> {
        self.send(Method::POST, "/events/replay", request).await
    }

    /// `GET /replays`
    pub async fn replays(&mut self, query: &ReplaysQuery) -> Answer<Page<Replay>> {
        self.get(&with_query("/replays", query)?).await
    }

    /// `GET /replays/{id}`
    pub async fn replay(&mut self, id: &str) -> Answer<Replay> {
        self.get(&format!("/replays/{}", segment(id))).await
    }

    /// `GET /replays/{id}/items`
    pub async fn replay_items(&mut self, id: &str, query: &ReplayItemsQuery) -> Answer<Page<ReplayItem>> {
        self.get(&with_query(&format!("/replays/{}/items", segment(id)), query)?).await
    }

    /// `POST /replays/{id}/cancel`
    pub async fn replay_cancel(&mut self, id: &str) -> Answer<ReplayChanged> {
        self.send(Method::POST, &format!("/replays/{}/cancel", segment(id)), &serde_json::json!({})).await
    }

    /// `POST /replays/{id}/pause`
    pub async fn replay_pause(&mut self, id: &str) -> Answer<ReplayChanged> {
        self.send(Method::POST, &format!("/replays/{}/pause", segment(id)), &serde_json::json!({})).await
    }

    /// `POST /replays/{id}/resume`
    pub async fn replay_resume(&mut self, id: &str) -> Answer<ReplayChanged> {
        self.send(Method::POST, &format!("/replays/{}/resume", segment(id)), &serde_json::json!({})).await
    }

    /// `GET /plugins`
    pub async fn plugins(&mut self) -> Answer<Page<Plugin>> {
        self.get("/plugins").await
    }

    /// `GET /plugins/{id}`
    pub async fn plugin(&mut self, name: &str) -> Answer<PluginDetail> {
        self.get(&format!("/plugins/{}", segment(name))).await
    }

    /// `GET /plugins/{id}/status`
    pub async fn plugin_status(&mut self, name: &str) -> Answer<Plugin> {
        self.get(&format!("/plugins/{}/status", segment(name))).await
    }

    /// `POST /plugins/{id}/enable`
    pub async fn plugin_enable(&mut self, name: &str, request: &PluginSwitch) -> Answer<PluginChanged> {
        self.send(Method::POST, &format!("/plugins/{}/enable", segment(name)), request).await
    }

    /// `POST /plugins/{id}/disable`
    pub async fn plugin_disable(&mut self, name: &str, request: &PluginSwitch) -> Answer<PluginChanged> {
        self.send(Method::POST, &format!("/plugins/{}/disable", segment(name)), request).await
    }

    /// `GET /plugins/{id}/config`
    pub async fn plugin_config(&mut self, name: &str) -> Answer<PluginConfig> {
        self.get(&format!("/plugins/{}/config", segment(name))).await
    }

    /// `PUT /plugins/{id}/config`
    pub async fn plugin_config_update(&mut self, name: &str, update: &PluginConfigUpdate) -> Answer<PluginConfig> {
        self.send(Method::PUT, &format!("/plugins/{}/config", segment(name)), update).await
    }

    /// `GET /plugins/{id}/state`
    pub async fn plugin_state(&mut self, name: &str, query: &StateQuery) -> Answer<Page<StateItem>> {
        self.get(&with_query(&format!("/plugins/{}/state", segment(name)), query)?).await
    }

    /// `GET /plugins/{id}/state/{key}`
    pub async fn plugin_state_get(&mut self, name: &str, key: &str) -> Answer<StateItem> {
        self.get(&format!("/plugins/{}/state/{}", segment(name), segment(key))).await
    }

    /// `PUT /plugins/{id}/state/{key}`
    pub async fn plugin_state_set(&mut self, name: &str, key: &str, update: &StateUpdate) -> Answer<StateChanged> {
        self.send(Method::PUT, &format!("/plugins/{}/state/{}", segment(name), segment(key)), update).await
    }

    /// `DELETE /plugins/{id}/state/{key}`
    pub async fn plugin_state_delete(&mut self, name: &str, key: &str, removal: &StateRemoval) -> Answer<StateChanged> {
        let path = format!("/plugins/{}/state/{}", segment(name), segment(key));
        self.send(Method::DELETE, &with_query(&path, removal)?, &serde_json::json!({})).await
    }

    /// `GET /plugins/{id}/logs`, without following.
    pub async fn plugin_logs(&mut self, name: &str, query: &LogsQuery) -> Answer<Page<LogLine>> {
        self.get(&with_query(&format!("/plugins/{}/logs", segment(name)), query)?).await
    }

    /// `GET /config`: the settings of the running daemon.
    pub async fn settings(&mut self) -> Answer<Page<Setting>> {
        self.get("/config").await
    }

    /// `GET /status`
    pub async fn status(&mut self) -> Answer<DaemonStatus> {
        self.get("/status").await
    }

    /// `POST /daemon/stop`
    pub async fn stop(&mut self, request: &StopRequest) -> Answer<Stopping> {
        self.send(Method::POST, "/daemon/stop", request).await
    }

    /// `GET /livez`
    pub async fn live(&mut self) -> Answer<Health> {
        self.get("/livez").await
    }

    /// `GET /readyz`
    pub async fn ready(&mut self) -> Answer<Health> {
        self.get("/readyz").await
    }

    /// `GET /version`
    pub async fn version(&mut self) -> Answer<Version> {
        self.get("/version").await
    }
}
