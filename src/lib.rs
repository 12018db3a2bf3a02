//! Panotti.
pub mod daemon;
