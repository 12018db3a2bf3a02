//! daemon
pub mod bus;
pub mod clock;
pub mod defect;
pub mod event_json;
pub mod rules;
pub mod store;
