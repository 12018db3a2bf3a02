//! The bus: one thread takes what has gathered, lets the core decide, writes it as one transaction, and only then answers and acts.
//!
//! - [`handle`]: how everybody else reaches it
//! - [`housekeeping`]: what becomes of old events and deliveries
//! - [`thread`]: the single writer; [`batches`]: what it takes at once
//! - [`bounds`]: how large the store may be
//! - [`refused`]: what it refused, as failures
//! - [`removed`]: the log without what was removed of keys and secrets
//! - [`states`]: the limits of plugins' states
//! - [`cache`]: events that are about to be sent, bounded in bytes
//! - [`dispatch`]: finds the events of the deliveries handed out and passes them to the host
//! - [`watch`]: the live feed

pub mod batches;
pub mod bounds;
pub mod cache;
pub mod dispatch;
pub mod handle;
pub mod housekeeping;
pub mod limits;
mod refused;
mod removed;
pub mod states;
pub mod thread;
pub mod watch;
