//! Judges events without I/O: everything is compiled once and has its limits.
//!
//! - [`expression`]: filters: a guarded subset of CEL over an event
//! - [`pattern`]: regular expressions that people look for in text
//! - [`schema`]: schemas of payloads: JSON Schema, its compatibility, and a schema inferred from payloads
//! - [`view`]: an event as filters see it; its payload is read at most once, and only where a filter looks into it
//! - [`limits`]: bounds, each with its unit

pub mod expression;
pub mod limits;
pub mod pattern;
pub mod schema;
pub mod view;
