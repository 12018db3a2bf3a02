//! core
pub mod event;
pub mod lifecycle;
pub mod limits;
pub mod manifest;
pub mod random;
pub mod retry;
pub mod routing;
