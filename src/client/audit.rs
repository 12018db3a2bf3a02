//! The methods of the routes of the audit.

use panotti_protocol::api::{AuditCheckpoints, AuditExportQuery, AuditQuery, AuditRecord, AuditVerified, AuditVerifyQuery, Page};

use super::connection::Client;
use super::path::with_query;
use super::reading::Export;
use super::routes::Answer;

impl Client {
    /// `GET /audit`
    pub async fn audit(&mut self, query: &AuditQuery) -> Answer<Page<AuditRecord>> {
        self.get(&with_query("/audit", query)?).await
    }

    /// `GET /audit/export`: begins it; the lines are read from what it gives.
    pub async fn audit_export(&mut self, query: &AuditExportQuery) -> Answer<Export> {
        self.lines(&with_query("/audit/export", query)?).await
    }

    /// `GET /audit/checkpoints`
    pub async fn audit_checkpoints(&mut self) -> Answer<AuditCheckpoints> {
        self.get("/audit/checkpoints").await
    }

    /// `GET /audit/verify`: one part of the chain.
    pub async fn audit_verify(&mut self, query: &AuditVerifyQuery) -> Answer<AuditVerified> {
        self.get(&with_query("/audit/verify", query)?).await
    }
}
