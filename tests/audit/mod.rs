//! The audit: what is recorded, that nothing of it can be changed unnoticed, and that nothing happens that is not recorded.

mod access;
mod chain;
mod failing;
mod mutations;
mod refused;
mod store;
