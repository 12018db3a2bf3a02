//! What people read about the bus: stories, subscriptions, numbers, topics, explanations; against a real daemon with plugins.
//!
//! - `stories`: traces and lists by correlation
//! - `counting`: subscriptions, numbers, topics, explanations
//! - `exports`: what comes out goes in again
//! - `selecting`: what is selected, the same for every command

mod counting;
mod exports;
mod selecting;
mod stories;
