//! daemon
pub mod bus;
pub mod clock;
pub mod defect;
pub mod drafts;
pub mod event_json;
pub mod host;
pub mod rules;
pub mod store;
