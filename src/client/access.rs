//! The methods of the routes of keys and roles.

use http::Method;
use panotti_protocol::api::{
    AccessReason, ApiKey, KeyChanged, KeyMade, KeyRequest, KeyRotation, Page, PermissionQuery, PermissionVerdict, Role, RoleChanged,
    RoleRequest, WhoAmI,
};

use super::connection::Client;
use super::path::{segment, with_query};
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

    /// `GET /roles`
    pub async fn roles(&mut self) -> Answer<Page<Role>> {
        self.get("/roles").await
    }

    /// `GET /roles/{name}`
    pub async fn role(&mut self, name: &str) -> Answer<Role> {
        self.get(&format!("/roles/{}", segment(name))).await
    }

    /// `POST /roles`
    pub async fn role_create(&mut self, request: &RoleRequest) -> Answer<RoleChanged> {
        self.send(Method::POST, "/roles", request).await
    }

    /// `PUT /roles/{name}`
    pub async fn role_set(&mut self, name: &str, request: &RoleRequest) -> Answer<RoleChanged> {
        self.send(Method::PUT, &format!("/roles/{}", segment(name)), request).await
    }

    /// `DELETE /roles/{name}`
    pub async fn role_remove(&mut self, name: &str, reason: Option<String>) -> Answer<RoleChanged> {
        let path = with_query(&format!("/roles/{}", segment(name)), &AccessReason { reason })?;
        self.send(Method::DELETE, &path, &serde_json::json!({})).await
    }

    /// `GET /permissions/check`
    pub async fn permission_check(&mut self, query: &PermissionQuery) -> Answer<PermissionVerdict> {
        self.get(&with_query("/permissions/check", query)?).await
    }

    /// `GET /whoami`
    pub async fn whoami(&mut self) -> Answer<WhoAmI> {
        self.get("/whoami").await
    }
}
