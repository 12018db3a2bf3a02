//! The methods of the routes of schemas.

use http::Method;
use panotti_protocol::api::{
    InferQuery, Inferred, Page, SchemaChanged, SchemaCheckRequest, SchemaChecked, SchemaDetail, SchemaModeRequest, SchemaQuery,
    SchemaRequest, SchemaSummary, SchemaValidateRequest, SchemaValidated, TopicsQuery,
};
use serde::Serialize;

use super::connection::Client;
use super::path::{segment, with_query};
use super::routes::Answer;

#[derive(Serialize)]
struct RemoveQuery {
    reason: Option<String>,
}

impl Client {
    /// `POST /schemas`
    pub async fn schema_create(&mut self, request: &SchemaRequest) -> Answer<SchemaChanged> {
        self.send(Method::POST, "/schemas", request).await
    }

    /// `GET /schemas`
    pub async fn schemas(&mut self, query: &TopicsQuery) -> Answer<Page<SchemaSummary>> {
        self.get(&with_query("/schemas", query)?).await
    }

    /// `GET /schemas/{topic}`
    pub async fn schema(&mut self, topic: &str, version: Option<u32>) -> Answer<SchemaDetail> {
        self.get(&with_query(&format!("/schemas/{}", segment(topic)), &SchemaQuery { version })?).await
    }

    /// `PUT /schemas/{topic}/mode`
    pub async fn schema_set_mode(&mut self, topic: &str, request: &SchemaModeRequest) -> Answer<SchemaChanged> {
        self.send(Method::PUT, &format!("/schemas/{}/mode", segment(topic)), request).await
    }

    /// `DELETE /schemas/{topic}`
    pub async fn schema_remove(&mut self, topic: &str, reason: Option<String>) -> Answer<SchemaChanged> {
        let path = with_query(&format!("/schemas/{}", segment(topic)), &RemoveQuery { reason })?;
        self.send(Method::DELETE, &path, &serde_json::json!({})).await
    }

    /// `POST /schemas/{topic}/check`
    pub async fn schema_check(&mut self, topic: &str, request: &SchemaCheckRequest) -> Answer<SchemaChecked> {
        self.send(Method::POST, &format!("/schemas/{}/check", segment(topic)), request).await
    }

    /// `POST /schemas/{topic}/validate`
    pub async fn schema_validate(&mut self, topic: &str, request: &SchemaValidateRequest) -> Answer<SchemaValidated> {
        self.send(Method::POST, &format!("/schemas/{}/validate", segment(topic)), request).await
    }

    /// `GET /schemas/{topic}/infer`
    pub async fn schema_infer(&mut self, topic: &str, query: &InferQuery) -> Answer<Inferred> {
        self.get(&with_query(&format!("/schemas/{}/infer", segment(topic)), query)?).await
    }
}
