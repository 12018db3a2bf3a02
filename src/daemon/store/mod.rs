//! The store remembers. One SQLite database holds everything that must be atomic together; one thread writes it, a few read.
//!
//! - [`folder`]: the data folder: its lock, its owner and mode, its id
//! - [`key_file`]: files of keys, outside the data folder
//! - [`seal`]: the seal file outside the write-ahead log, which proves how far the log once went
//! - [`sqlite`]: the database; SQL lives only there
//! - [`failure`]: what can go wrong, told apart by what must follow

pub mod failure;
pub mod folder;
pub mod key_file;
pub mod seal;
pub mod sqlite;
