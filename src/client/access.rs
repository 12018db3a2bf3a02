//! The methods of the routes of keys and roles.

use http::Method;
use panotti_protocol::api::{AccessReason, ApiKey, KeyChanged, KeyMade, KeyRequest, KeyRotation, Page, WhoAmI};

use super::connection::Client;
use super::path::segment;
use super::routes::Answer;

impl Client {
    /// `GET /keys`
    pub async fn keys(&mut self) -> Answer<Page<ApiKey>> {
        self.get("/keys").await
    }

    /// `GET /keys/{id}`
    pub async fn key(&mut self, id: &str) -> Answer<ApiKey> {
        self.get(&format!("/keys/{}", segment(id))).await
    }

    /// `POST /keys`
    pub async fn key_create(&mut self, request: &KeyRequest) -> Answer<KeyMade> {
        self.send(Method::POST, "/keys", request).await
    }

    /// `POST /keys/{id}/rotate`
    pub async fn key_rotate(&mut self, id: &str, request: &KeyRotation) -> Answer<KeyMade> {
        self.send(Method::POST, &format!("/keys/{}/rotate", segment(id)), request).await
    }

    /// `POST /keys/{id}/revoke`
    pub async fn key_revoke(&mut self, id: &str, reason: Option<String>) -> Answer<KeyChanged> {
        self.send(Method::POST, &format!("/keys/{}/revoke", segment(id)), &AccessReason { reason }).await
    }

    /// `GET /whoami`
    pub async fn whoami(&mut self) -> Answer<WhoAmI> {
        self.get("/whoami").await
    }
}
