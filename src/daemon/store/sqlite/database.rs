//! A connection together with what events are tagged and checked with, so that whoever reads events cannot forget to check them.

use std::ops::Deref;

use rusqlite::Connection;

use crate::daemon::seal::Seals;

/// See the module. Everything that reads no events takes the connection in it.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    seals: Seals,
}

impl Database {
    /// Puts them together.
    pub fn new(connection: Connection, seals: Seals) -> Self {
        Self { connection, seals }
    }

    /// What events are tagged and checked with.
    pub fn seals(&self) -> &Seals {
        &self.seals
    }

    /// The connection, to close it.
    pub fn into_connection(self) -> Connection {
        self.connection
    }
}

impl Deref for Database {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}
