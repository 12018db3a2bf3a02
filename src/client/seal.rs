//! The methods of the routes of sealing.

use panotti_protocol::api::{SealCheckQuery, SealChecked};

use super::connection::Client;
use super::path::with_query;
use super::routes::Answer;

impl Client {
    /// `GET /seal/check`
    pub async fn seal_check(&mut self, query: &SealCheckQuery) -> Answer<SealChecked> {
        self.get(&with_query("/seal/check", query)?).await
    }
}
