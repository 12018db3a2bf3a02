//! The methods of the routes of secrets.

use http::Method;
use panotti_protocol::api::{Page, RotateSecretsRequest, SecretChanged, SecretRemoval, SecretSummary, SecretUpdate, SecretsRotated};

use super::connection::Client;
use super::path::{segment, with_query};
use super::routes::Answer;

impl Client {
    /// `GET /config/secrets`
    pub async fn secrets(&mut self) -> Answer<Page<SecretSummary>> {
        self.get("/config/secrets").await
    }

    /// `PUT /config/secrets/{name}`
    pub async fn secret_set(&mut self, name: &str, update: &SecretUpdate) -> Answer<SecretChanged> {
        self.send(Method::PUT, &format!("/config/secrets/{}", segment(name)), update).await
    }

    /// `DELETE /config/secrets/{name}`
    pub async fn secret_remove(&mut self, name: &str, removal: &SecretRemoval) -> Answer<SecretChanged> {
        let path = with_query(&format!("/config/secrets/{}", segment(name)), removal)?;
        self.send(Method::DELETE, &path, &serde_json::json!({})).await
    }

    /// `POST /config/secrets/rotate`
    pub async fn secrets_rotate(&mut self, request: &RotateSecretsRequest) -> Answer<SecretsRotated> {
        self.send(Method::POST, "/config/secrets/rotate", request).await
    }
}
