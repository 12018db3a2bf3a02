//! The methods of the routes of filters.

use http::Method;
use panotti_protocol::api::{EventFiltered, EventFilteredQuery, FilterChanged, FilterRequest, Filtered, FilteredQuery, Page, StoredFilter};
use serde::Serialize;

use super::connection::Client;
use super::path::{segment, with_query};
use super::routes::Answer;

#[derive(Serialize)]
struct RemoveQuery {
    reason: Option<String>,
}

impl Client {
    /// `POST /events/filter`
    pub async fn filter_create(&mut self, request: &FilterRequest) -> Answer<FilterChanged> {
        self.send(Method::POST, "/events/filter", request).await
    }

    /// `GET /events/filter`
    pub async fn filters(&mut self) -> Answer<Page<StoredFilter>> {
        self.get("/events/filter").await
    }

    /// `GET /events/filter/{name}`
    pub async fn filter(&mut self, name: &str) -> Answer<StoredFilter> {
        self.get(&format!("/events/filter/{}", segment(name))).await
    }

    /// `DELETE /events/filter/{name}`
    pub async fn filter_remove(&mut self, name: &str, reason: Option<String>) -> Answer<FilterChanged> {
        let path = with_query(&format!("/events/filter/{}", segment(name)), &RemoveQuery { reason })?;
        self.send(Method::DELETE, &path, &serde_json::json!({})).await
    }

    /// `GET /events/filtered`
    pub async fn filtered(&mut self, query: &FilteredQuery) -> Answer<Filtered> {
        self.get(&with_query("/events/filtered", query)?).await
    }

    /// `GET /events/{id}/filtered`
    pub async fn event_filtered(&mut self, event: &str, filter: &str) -> Answer<EventFiltered> {
        let query = EventFilteredQuery { filter: filter.to_owned() };
        self.get(&with_query(&format!("/events/{}/filtered", segment(event)), &query)?).await
    }
}
