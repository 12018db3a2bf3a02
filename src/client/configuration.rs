//! The methods of the routes of the configuration.

use http::Method;
use panotti_protocol::api::{
    Check, ConfigurationChanged, ConfigurationOverlay, ConfigurationReload, ConfigurationRevision, ConfigurationRollback,
    ConfigurationUpdate, HistoryQuery, Page,
};

use super::connection::Client;
use super::path::with_query;
use super::routes::Answer;

impl Client {
    /// `GET /config/overlay`
    pub async fn config_overlay(&mut self) -> Answer<ConfigurationOverlay> {
        self.get("/config/overlay").await
    }

    /// `PATCH /config`: values over what is set, made on a revision; null takes a key out.
    pub async fn config_change(&mut self, revision: u64, update: &ConfigurationUpdate) -> Answer<ConfigurationChanged> {
        self.send_if_match(Method::PATCH, "/config", update, revision).await
    }

    /// `PUT /config`: these values and no others, made on a revision.
    pub async fn config_replace(&mut self, revision: u64, update: &ConfigurationUpdate) -> Answer<ConfigurationChanged> {
        self.send_if_match(Method::PUT, "/config", update, revision).await
    }

    /// `POST /config/rollback`: the values of an older revision, made on the present one.
    pub async fn config_rollback(&mut self, revision: u64, rollback: &ConfigurationRollback) -> Answer<ConfigurationChanged> {
        self.send_if_match(Method::POST, "/config/rollback", rollback, revision).await
    }

    /// `POST /config/reload`
    pub async fn config_reload(&mut self, reload: &ConfigurationReload) -> Answer<ConfigurationChanged> {
        self.send(Method::POST, "/config/reload", reload).await
    }

    /// `GET /config/history`
    pub async fn config_history(&mut self, query: &HistoryQuery) -> Answer<Page<ConfigurationRevision>> {
        self.get(&with_query("/config/history", query)?).await
    }

    /// `GET /daemon/checks`
    pub async fn checks(&mut self) -> Answer<Page<Check>> {
        self.get("/daemon/checks").await
    }
}
