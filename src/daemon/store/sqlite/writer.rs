//! The one writing connection. A step's writes are one transaction: all of them are on disk when [`Writer::commit`] returns, or none.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use panotti_core::action::Write;
use panotti_core::command::Record;
use panotti_core::retention::TrustedTime;
use panotti_core::sealing::SealChange;
use panotti_protocol::id::StoreId;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::TopicPattern;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::watch;

use super::checkpoint::CheckpointFailed;
use super::connection::{BUSY_WAIT, Durability, beside, open_writer};
use super::database::Database;
use super::events::TopicNumbers;
use super::numbers::Tally;
use super::retention::{self, Space};
use super::{
    access, audit, data_keys, deliveries, events, filters, history, identities, log_index, pages, plugin_state, plugins, publisher_keys,
    replays, schemas, tag_key, tail, trimming,
};
use crate::audit::chain::ChainHead;
use crate::daemon::seal::Seals;
use crate::daemon::seal::ring::Ring;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::key_file::KeyFiles;
use crate::daemon::store::seal::{HighWater, Seal};

/// How long the writer waits for a reader to begin the log anew, where that can be tried again.
const LOG_WAIT: Duration = Duration::from_millis(50);

/// The writer. One per daemon, on one thread.
#[derive(Debug)]
pub struct Writer {
    database: Database,
    /// After the connection, so that it is closed later: see [`log_index::reserve`].
    log_index: Option<File>,
    path: PathBuf,
    topics: TopicNumbers,
    tally: Tally,
    seal: Seal,
    store_id: StoreId,
    epoch: u64,
    /// How far the audit goes, with what the step under way has added.
    audit: ChainHead,
    /// How far it is on disk.
    audit_told: watch::Sender<ChainHead>,
    checkpoint_failed: CheckpointFailed,
    /// Whether the log may have something of keys or secrets that were removed or replaced.
    log_has_removed: bool,
}

/// What events are sealed and tagged with: where the keys are, and what is sealed.
#[derive(Debug, Clone)]
pub struct Sealing<'a> {
    /// The folder of the keys.
    pub keys: &'a Path,
    /// Patterns of the topics whose payloads are sealed.
    pub topics: Vec<TopicPattern>,
}

impl Sealing<'_> {
    /// Opens the keys, or makes them at the first start. `forgot`: a person accepts a loss. What the store knew of its keys may be lost too;
    /// then those that are there are taken.
    ///
    /// # Errors
    /// [`StoreError::Key`] where a key is missing or another one.
    pub fn open(self, connection: &Connection, store: StoreId, now: Timestamp, forgot: bool) -> StoreResult<Seals> {
        let files = KeyFiles::open(self.keys, store)?;
        let (identities, wrapping) = identities::open(connection, &files, now, forgot)?;
        let (key, untagged_to) = tag_key::open(connection, &files, store, (&identities, &wrapping), forgot)?;
        Ok(Seals::new(store, key, untagged_to, Ring::new(self.topics, identities, wrapping)))
    }
}

/// What is lost may be given up: only when a person said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostTail {
    /// Refuse to open.
    Refuse,
    /// Open, and note in the audit which events are gone.
    Accept,
}

impl LostTail {
    /// Goes on with `accept` where that was said, else refuses.
    fn give_up(self, loss: StoreError, accept: impl FnOnce(&StoreError) -> StoreResult<HighWater>) -> StoreResult<HighWater> {
        match self {
            Self::Refuse => Err(loss),
            Self::Accept => accept(&loss),
        }
    }
}

/// Counts this start, as one more transaction.
fn counted_start(connection: &Connection, before: HighWater) -> StoreResult<HighWater> {
    let high_water = HighWater { commits: before.commits + 1, ..before };
    let transaction = connection.unchecked_transaction()?;
    transaction.execute("UPDATE meta SET value = value + 1 WHERE name = 'epoch'", [])?;
    tail::write(&transaction, high_water)?;
    transaction.commit()?;
    Ok(high_water)
}

/// Bytes of the write-ahead log of a database; none where there is no log.
fn log_bytes(database: &Path) -> u64 {
    std::fs::metadata(beside(database, "-wal")).map_or(0, |metadata| metadata.len())
}

impl Writer {
    /// Opens the store to write, and counts this start.
    ///
    /// # Errors
    /// [`StoreError::TailLost`] where the seal proves that committed events are missing; [`StoreError::NoRoom`] on a full disk.
    pub fn open(
        folder: &Path,
        sealing: Sealing<'_>,
        durability: Durability,
        lost: LostTail,
        new_store_id: StoreId,
        now: Timestamp,
    ) -> StoreResult<Self> {
        log_index::check_room(folder)?;
        let path = folder.join("panotti.db");
        // What an earlier start has left of a log may have anything in it.
        let log_has_removed = log_bytes(&path) > 0;
        let connection = open_writer(&path, durability, new_store_id, now.as_ms())?;
        let store_id: [u8; 16] = connection.query_row("SELECT value FROM meta WHERE name = 'store_id'", [], |row| row.get(0))?;
        let store_id = StoreId::from_bytes(store_id);
        // A start that is refused leaves the log as it is, also what SQLite does not see of it: closing would move it and remove it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let mut audit = audit::head(&connection, store_id)?;
        // Before the keys: what is lost may be what the store knew of them.
        let mut seal = Seal::open(&folder.join("seal"))?;
        let (sealed, found) = (seal.last(), tail::high_water(&connection, seal.last())?);
        let mut high_water = found;
        let mut given_up = false;
        if let Some(loss) = tail::loss(found, sealed) {
            high_water = lost.give_up(loss, |loss| tail::accept(&connection, &mut audit, loss, (sealed, found), now))?;
            given_up = true;
        }
        let seals = sealing.open(&connection, store_id, now, lost == LostTail::Accept)?;
        let connection = Database::new(connection, seals);
        if !given_up && !tail::follows(&connection, found, sealed)? {
            let other = StoreError::OtherHistory { sequence: sealed.sequence };
            high_water = lost.give_up(other, |loss| tail::accept(&connection, &mut audit, loss, (sealed, found), now))?;
        }
        let high_water = counted_start(&connection, high_water)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let epoch: u64 = connection.query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| row.get(0))?;
        // The seal may be behind: a crash came between the commit and its entry. From here on it follows again.
        seal.append(high_water)?;
        seal.sync()?;
        Ok(Self {
            database: connection,
            log_index: None,
            path,
            topics: TopicNumbers::default(),
            tally: Tally::default(),
            seal,
            store_id,
            epoch,
            audit,
            audit_told: watch::Sender::new(audit),
            checkpoint_failed: CheckpointFailed::default(),
            log_has_removed,
        })
    }

    /// Gives the log's index its blocks, so that a full disk cannot take them away from a log of `log_bytes_max`.
    pub fn reserve_log_index(&mut self, log_bytes_max: u64) -> StoreResult<()> {
        self.log_index = Some(log_index::reserve(&self.path, log_bytes_max)?);
        Ok(())
    }

    /// The store's id.
    pub fn store_id(&self) -> StoreId {
        self.store_id
    }

    /// Starts of the daemon on this store, this one included.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How far the audit goes, told after each commit that adds to it.
    pub fn audit_head(&self) -> watch::Receiver<ChainHead> {
        self.audit_told.subscribe()
    }

    /// What a checkpoint on another connection has to tell.
    pub fn checkpoint_failed(&self) -> CheckpointFailed {
        self.checkpoint_failed.clone()
    }

    /// The database, to read what is committed.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What the bus needs after a start, or after a step that could not be written.
    pub fn snapshot(&self) -> StoreResult<panotti_core::bus::Snapshot> {
        pages::snapshot(&self.database, self.epoch)
    }

    /// Writes a step as one transaction and returns when it is on disk.
    ///
    /// # Errors
    /// [`StoreError::Full`] where the disk has no room: nothing was written. After any other error nothing may be acknowledged any
    /// more, because what a failed sync left behind is not known.
    pub fn commit(&mut self, writes: &[Write], now: Timestamp) -> StoreResult<()> {
        if writes.is_empty() {
            return Ok(());
        }
        self.checkpoint_failed.refuse()?;
        match self.write_all(writes, now) {
            Ok(high_water) => {
                // Meanwhile: then nobody is answered either.
                self.checkpoint_failed.refuse()?;
                self.audit_told.send_if_modified(|told| std::mem::replace(told, self.audit) != self.audit);
                self.take_recipients(writes)?;
                self.seal.append(high_water)
            }
            Err(error) => {
                self.audit = *self.audit_told.borrow();
                self.topics.forget();
                self.tally.forget();
                self.database.seals().ring().forget();
                if !self.database.is_autocommit() {
                    // A rollback that fails leaves the transaction open; the next BEGIN says so and ends the daemon.
                    let _ = self.database.execute_batch("ROLLBACK");
                }
                Err(error)
            }
        }
    }

    fn write_all(&mut self, writes: &[Write], now: Timestamp) -> StoreResult<HighWater> {
        self.database.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for write in writes {
            self.write(write, now)?;
            self.tally.note(write, now);
        }
        self.tally.write(&self.database, &mut self.topics, now)?;
        history::write(&self.database, writes)?;
        let high_water = self.high_water_with(writes);
        tail::write(&self.database, high_water)?;
        self.database.prepare_cached("COMMIT")?.execute([])?;
        Ok(high_water)
    }

    /// Keys are wrapped to others from now on, where this step has changed who they are.
    fn take_recipients(&self, writes: &[Write]) -> StoreResult<()> {
        let changes = |write: &Write| matches!(write, Write::Record(Record::Seal(SealChange::Recipients { .. })));
        if writes.iter().any(changes) {
            self.database.seals().ring().set_wrapping(identities::wrapping(&self.database)?);
        }
        Ok(())
    }

    /// How far the log goes with a step.
    fn high_water_with(&self, writes: &[Write]) -> HighWater {
        let before = self.seal.last();
        let new_events = writes.iter().filter_map(|write| match write {
            Write::Event(event) => Some(event),
            _ => None,
        });
        let after = new_events.fold(before, |high_water, event| high_water.with(event.sequence.0, &event.eventid));
        HighWater { commits: before.commits + 1, ..after }
    }

    fn write(&mut self, write: &Write, now: Timestamp) -> StoreResult<()> {
        let connection = &self.database;
        match write {
            Write::Event(event) => events::insert(connection, &mut self.topics, event),
            Write::Matches { event, subscriptions, keys, rules } => events::set_matches(connection, event, subscriptions, keys, *rules),
            Write::PublisherKey { actor, key, stored } => publisher_keys::write(connection, actor, key, stored),
            Write::Delivery(row) => deliveries::write(connection, row),
            Write::Recovered { key, order, at } => {
                if deliveries::recover(connection, *key, *order, *at)? {
                    self.tally.note_recovery(key.subscription);
                }
                Ok(())
            }
            Write::Counts { subscription, delta, floor } => {
                deliveries::add_counts(connection, *subscription, delta)?;
                connection
                    .prepare_cached("UPDATE subscriptions SET floor = ?2 WHERE subscription_id = ?1")?
                    .execute((subscription.0, floor.0))?;
                Ok(())
            }
            Write::WithoutKey { subscription, count } => plugins::add_without_key(connection, *subscription, *count),
            Write::Unrouted { count } => {
                connection.prepare_cached("UPDATE meta SET value = value + ?1 WHERE name = 'unrouted'")?.execute([count])?;
                Ok(())
            }
            Write::Subscription { subscription, plugin, spec, active, floor } => {
                plugins::write_subscription(connection, *subscription, plugin, spec, *active, *floor)?;
                plugins::note_inactive(connection, *subscription, now)
            }
            Write::Stall { subscription, since } => plugins::write_stall(connection, *subscription, *since),
            Write::Rules { version } => {
                connection.execute("UPDATE meta SET value = ?1 WHERE name = 'rules'", [version])?;
                Ok(())
            }
            Write::Filter(filter) => filters::insert(connection, filter),
            Write::RemoveFilter { name } => filters::remove(connection, name),
            Write::Schema(write) => schemas::write(connection, write, now),
            Write::Access(write) => access::write(connection, write),
            Write::Tags { sequence, tags } => filters::tag(connection, *sequence, tags),
            Write::Switch(switch) => plugins::switch(connection, switch, now),
            Write::State { plugin, writes } => plugin_state::write(connection, plugin, writes, now),
            Write::Replay { replay, id, start, until } => replays::insert(connection, *replay, *id, start, *until, now),
            Write::ReplayProgress { .. } => replays::progress(connection, write),
            Write::Trim { events } => {
                trimming::remove(connection, events)?;
                self.log_has_removed |= data_keys::forget_unused(connection)?;
                Ok(())
            }
            Write::Record(record) => {
                self.log_has_removed |= matches!(record, Record::Secrets(_) | Record::Seal(SealChange::Finished { .. }));
                plugins::record(connection, record, now)
            }
            Write::Audit(entry) => audit::append(connection, &mut self.audit, entry, now),
            Write::Stamped(stamped) => audit::append_stamped(connection, &mut self.audit, stamped, now),
        }
    }

    /// Writes what a full disk kept out of the seal. Whether nothing is owed any more.
    pub fn write_owed_seal(&mut self) -> StoreResult<bool> {
        self.seal.write_owed()
    }

    /// Whether the seal is owed an entry, or has one that is not on the disk yet.
    pub fn seal_is_behind(&self) -> bool {
        self.seal.is_behind()
    }

    /// Puts the seal on the disk.
    pub fn sync_seal(&mut self) -> StoreResult<()> {
        self.seal.sync()
    }

    /// Bytes of the write-ahead log.
    pub fn wal_bytes(&self) -> u64 {
        log_bytes(&self.path)
    }

    /// Whether the write-ahead log may have something of keys or secrets that were removed or replaced.
    pub fn log_has_removed(&self) -> bool {
        self.log_has_removed
    }

    /// Moves the log into the database and begins it anew, where no reader is in the way for longer than [`LOG_WAIT`]. Then it has nothing any
    /// more of what was removed.
    ///
    /// # Errors
    /// What the disk said.
    pub fn begin_log_anew(&mut self) -> StoreResult<()> {
        self.database.busy_timeout(LOG_WAIT)?;
        let in_the_way = self.database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        self.database.busy_timeout(BUSY_WAIT)?;
        self.log_has_removed = in_the_way?;
        Ok(())
    }

    /// How far the clock is believed from this start on. To be asked before anything else of this start is written.
    pub fn trusted_time(&self, now: Timestamp) -> StoreResult<TrustedTime> {
        retention::trusted_time(&self.database, now)
    }

    /// The database's pages: what holds something, and what is free.
    pub fn space(&self) -> StoreResult<Space> {
        retention::space(&self.database)
    }

    /// Gives pages that hold nothing back, so many at most. On a full disk nothing happens.
    pub fn vacuum(&self, pages: u32) -> StoreResult<()> {
        match retention::vacuum(&self.database, pages) {
            Err(StoreError::Full(error)) => {
                tracing::warn!(%error, "no room to give free pages back");
                Ok(())
            }
            done => done,
        }
    }

    /// Moves the whole write-ahead log into the database and begins it anew. Waits for readers, so only when it has grown too far and
    /// at the end.
    pub fn restart_wal(&mut self) -> StoreResult<()> {
        self.database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// The last words: everything into the database, the seal on the disk. Where the disk is full the log stays beside the database,
    /// and the next start reads it.
    pub fn close(mut self) -> StoreResult<()> {
        match self.restart_wal() {
            Ok(()) => {}
            Err(StoreError::Full(error)) => tracing::warn!(%error, "no room for the last checkpoint; the log stays"),
            Err(error) => return Err(error),
        }
        self.sync_seal()?;
        self.database.into_connection().close().map_err(|(_, error)| StoreError::from(error))
    }
}
