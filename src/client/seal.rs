//! The methods of the routes of sealing.

use http::Method;
use panotti_protocol::api::{SealCheckQuery, SealChecked, SealRecoveryRequest, SealRotateRequest, SealStatus};

use super::connection::Client;
use super::path::with_query;
use super::routes::Answer;

impl Client {
    /// `GET /seal`
    pub async fn seal(&mut self) -> Answer<SealStatus> {
        self.get("/seal").await
    }

    /// `PUT /seal/recovery`
    pub async fn seal_recovery(&mut self, request: &SealRecoveryRequest) -> Answer<SealStatus> {
        self.send(Method::PUT, "/seal/recovery", request).await
    }

    /// `POST /seal/rotate`
    pub async fn seal_rotate(&mut self, request: &SealRotateRequest) -> Answer<SealStatus> {
        self.send(Method::POST, "/seal/rotate", request).await
    }

    /// `GET /seal/check`
    pub async fn seal_check(&mut self, query: &SealCheckQuery) -> Answer<SealChecked> {
        self.get(&with_query("/seal/check", query)?).await
    }
}
