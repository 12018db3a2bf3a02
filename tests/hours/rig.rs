//! The daemon's bus, store and retention as they are, in a folder of their own: with a clock that the test sets, without syncs, and with
//! the test in the place of the plugins.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use panotti::daemon::api::purging::purge_part;
use panotti::daemon::bus::bounds::{StoreBounds, StoreLimits};
use panotti::daemon::bus::cache::EventCache;
use panotti::daemon::bus::dispatch::{Handover, HostAction};
use panotti::daemon::bus::handle::{BusHandle, Request};
use panotti::daemon::bus::limits::REQUESTS_MAX;
use panotti::daemon::bus::thread::Thread;
use panotti::daemon::clock::{Clock, random_bytes};
use panotti::daemon::retention::{Kept, Next, Place, Retention};
use panotti::daemon::rules::Rules;
use panotti::daemon::store::sqlite::checkpoint::Checkpointer;
use panotti::daemon::store::sqlite::connection::Durability;
use panotti::daemon::store::sqlite::readers::Readers;
use panotti::daemon::store::sqlite::retention as room;
use panotti::daemon::store::sqlite::writer::{LostTail, Sealing, Writer};
use panotti_core::access::{Access, Gatekeeper};
use panotti_core::action::Lease;
use panotti_core::ages::Ages;
use panotti_core::bus::Bus;
use panotti_core::command::{Answer, Command, Report};
use panotti_core::defect::Defects;
use panotti_core::retention::TrustedTime;
use panotti_protocol::api::{PurgeRequest, Purged};
use panotti_protocol::id::{Sequence, StoreId};
use panotti_protocol::time::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use crate::support::PATIENCE;

/// The write-ahead log may grow to this before the writer begins it anew, and pass it by one batch.
const WAL_BYTES_MAX: u64 = 64 << 20;
const WAL_BATCH_BYTES_MAX: u64 = 16 << 20;
/// Where the simulated time begins, in milliseconds since 1970.
const BEGIN_MS: u64 = 1_700_000_000_000;

/// Nobody calls with a key here.
struct NoKeys;

impl Gatekeeper for NoKeys {
    fn replace(&self, _access: Arc<Access>) {}
}

/// Everything that runs.
pub struct Rig {
    folder: tempfile::TempDir,
    clock: Clock,
    shown_ms: &'static AtomicU64,
    requests: mpsc::Sender<Request>,
    handovers: mpsc::UnboundedReceiver<Handover>,
    readers: Readers,
    retention: Retention,
    place: Place,
    /// The way to the bus.
    pub bus: BusHandle,
    /// The largest that the database file and the write-ahead log have been, in bytes.
    pub largest: (u64, u64),
}

impl Rig {
    /// Starts with an empty store of so many bytes at most that keeps what is resolved so long.
    pub fn start(bytes_max: u64, kept: Duration) -> Self {
        let place = std::env::var_os("PANOTTI_HOURS_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = tempfile::tempdir_in(place).unwrap();
        let data = folder.path().to_owned();
        let shown_ms: &'static AtomicU64 = Box::leak(Box::new(AtomicU64::new(BEGIN_MS)));
        let clock = Clock::by_hand(shown_ms);
        let new_id = StoreId::from_bytes(random_bytes());
        let sealing = Sealing { keys: &data.join("keys"), topics: vec![">".parse().unwrap()] };
        let store = Writer::open(&data, sealing, Durability::UnsyncedForTest, LostTail::Refuse, new_id, clock.now()).unwrap();
        let bus = Bus::load(store.snapshot().unwrap(), clock.now(), Defects::default());
        let (requests, received) = mpsc::channel(REQUESTS_MAX);
        let (hand_over, handovers) = mpsc::unbounded_channel();
        let (checkpoint, checkpoints) = std::sync::mpsc::sync_channel(1);
        let (matcher, refusing, readers) =
            (Arc::new(Rules::new(clock)), Arc::default(), Readers::new(&data, store.database().seals().clone()));
        let (space, space_told) = watch::channel(store.space().unwrap());
        let limits = StoreLimits {
            folder: data.clone(),
            bounds: Arc::new(ArcSwap::from_pointee(StoreBounds { bytes_max, free_bytes_min: 0 })),
            wal_bytes_max: WAL_BYTES_MAX,
        };
        let thread = Thread {
            bus,
            store,
            gate: Arc::new(NoKeys),
            matcher: Arc::clone(&matcher) as _,
            clock,
            requests: received,
            handovers: hand_over,
            cache: EventCache::default(),
            feed: Default::default(),
            limits,
            refusing: Arc::clone(&refusing),
            full: false,
            space,
            checkpoint,
            state_growth: Default::default(),
            runtime: tokio::runtime::Handle::current(),
        };
        let failed = thread.store.checkpoint_failed();
        std::thread::spawn(move || thread.run().unwrap());
        let checkpointer = Checkpointer::open(&data, failed).unwrap();
        std::thread::spawn(move || checkpoints.iter().for_each(|()| checkpointer.run().unwrap()));
        let bus = BusHandle::new(requests.clone(), matcher, Default::default(), refusing, readers.clone());
        let kept = watch::channel(Kept { ages: Arc::new(Ages::of_all(kept)), bytes_max }).1;
        let trusted = TrustedTime::default();
        let retention = Retention { bus: bus.clone(), readers: readers.clone(), clock, kept, trusted, space: space_told };
        let place = Place::default();
        Self { folder, clock, shown_ms, requests, handovers, readers, retention, place, bus, largest: (0, 0) }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.shown_ms.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// What the bus has handed out since the last time. Whatever came before is on disk then.
    pub async fn handed_out(&mut self) -> Vec<Lease> {
        self.bus.barrier().await.unwrap();
        let mut leases = Vec::new();
        while let Ok(handover) = self.handovers.try_recv() {
            match handover {
                Handover::Deliver(lease) => leases.push(*lease),
                Handover::DeliverBatch(batch) => leases.extend(batch),
                Handover::Pass(HostAction::Cancel { delivery, why, .. }) => panic!("{delivery} was taken away: {why:?}"),
                Handover::Pass(HostAction::Deliver { .. }) => unreachable!("only the dispatcher makes these"),
            }
        }
        leases
    }

    /// Tells the bus how attempts ended.
    pub async fn report(&self, reports: Vec<Report>) {
        let commands = reports.into_iter().map(|report| Command::Outcome(Box::new(report))).collect();
        let (reply, answers) = oneshot::channel();
        self.requests.send(Request::Commands { commands, origin: None, reply, asked: Instant::now() }).await.unwrap();
        for answer in answers.await.unwrap() {
            assert!(matches!(answer, Ok(Answer::Taken)), "{answer:?}");
        }
    }

    /// Lets retention do everything that there is to do now, and gives the time at which it looks again if nothing changes.
    pub async fn trim(&mut self) -> Timestamp {
        loop {
            if let Next::At(at) = self.retention.look(&mut self.place).await.unwrap() {
                return at;
            }
        }
    }

    /// One part of a purge.
    pub async fn purge(&self, request: PurgeRequest) -> Purged {
        purge_part(&self.bus, &self.readers, request, "user:ana").await.unwrap()
    }

    /// Bytes of the database file.
    pub fn file_bytes(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("panotti.db")).unwrap().len()
    }

    /// The store and its files are no larger than they may be.
    pub async fn stays_within(&mut self, bytes_max: u64) {
        let used = self.readers.read(|database| room::space(database)).await.unwrap().used_bytes();
        let (file, log) = (self.file_bytes(), std::fs::metadata(self.folder.path().join("panotti.db-wal")).map_or(0, |file| file.len()));
        self.largest = (self.largest.0.max(file), self.largest.1.max(log));
        let unused = "SELECT count(*) FROM data_keys WHERE day < (SELECT accepted_ms / 86400000 FROM events ORDER BY sequence LIMIT 1)";
        let unused: u64 = self.readers.read(move |database| Ok(database.query_row(unused, [], |row| row.get(0))?)).await.unwrap();
        assert_eq!(unused, 0, "data keys of days of which there is no event any more");
        assert!(used <= bytes_max && file <= bytes_max, "the limit is {bytes_max}: {used} bytes in use, a file of {file}");
        assert!(log <= WAL_BYTES_MAX + WAL_BATCH_BYTES_MAX, "a log of {log} bytes");
    }

    /// Every one of these events is stored.
    pub async fn still_holds(&self, events: &BTreeSet<Sequence>) {
        let wanted = events.clone();
        let removed = self.readers.read(move |connection| {
            let mut statement = connection.prepare("SELECT 1 FROM events WHERE sequence = ?1")?;
            let mut removed = Vec::new();
            for sequence in wanted {
                removed.extend((!statement.exists([sequence.0])?).then_some(sequence));
            }
            Ok(removed)
        });
        assert_eq!(removed.await.unwrap(), [], "unresolved, and not stored any more");
    }

    /// These events are stored, the newest of all, and nothing else.
    pub async fn holds_only(&self, events: &BTreeSet<Sequence>) {
        let stored = self.readers.read(|connection| {
            let mut statement = connection.prepare("SELECT sequence FROM events ORDER BY sequence")?;
            let rows = statement.query_map([], |row| Ok(Sequence(row.get(0)?)))?;
            Ok(rows.collect::<Result<BTreeSet<_>, _>>()?)
        });
        let mut stored = stored.await.unwrap();
        let newest = stored.last().copied().unwrap();
        if !events.contains(&newest) {
            stored.remove(&newest);
        }
        let lost = events.difference(&stored).next();
        let (left, number) = (stored.difference(events).next(), stored.difference(events).count());
        assert_eq!(lost, None, "unresolved, and not stored any more");
        assert_eq!(left, None, "resolved, and one of {number} that are still there");
    }

    /// Waits until what was given back has left the database file, and says how large that is now.
    pub async fn until_the_file_is_below(&self, bytes: u64) -> u64 {
        let begun = Instant::now();
        loop {
            let file = self.file_bytes();
            if file < bytes {
                return file;
            }
            assert!(begun.elapsed() < PATIENCE, "the file still has {file} bytes, not below {bytes}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Ends everything.
    pub async fn close(self) {
        self.readers.close_idle();
        self.bus.close_store().await.unwrap();
    }
}
