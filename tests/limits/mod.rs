//! Limits: every one that users feel is in one table, from which `docs/limits.md` is made, and is held below, at and above it by the tests
//! that the table names.
//!
//! - `table`: the rows
//! - `page`: the page; that every test of the table exists; that no bound is left out
//! - `felt`: requests of every size, at one daemon
//! - `brought`: manifests, folders of plugins, and what there may be a number of

mod brought;
mod felt;
mod page;
mod table;
