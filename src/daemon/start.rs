//! How the daemon starts: settings, the locked folder, the store, the bus's thread, the plugins, the socket, in this order. Ready is said
//! only when all of it stands.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use arc_swap::ArcSwap;
use panotti_core::access::Gatekeeper;
use panotti_core::bus::Bus;
use panotti_core::command::Record;
use panotti_core::defect::Defects;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::{StoreId, uuid_v7};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::Start;
use super::access::Gate;
use super::access::notes::write_down;
use super::access::pepper::Pepper;
use super::access::rate::Rates;
use super::access_log::AccessLog;
use super::api::daemon::Warnings;
use super::api::http::seats::SeatLimits;
use super::api::local::LocalListener;
use super::api::local_users::LocalUsers;
use super::api::refusals::Refusals;
use super::api::room::Rooms;
use super::api::tcp::{Given, TcpDoor};
use super::api::tls::Certificates;
use super::api::turns::Turns;
use super::api::{Api, Facts, Shared, activation};
use super::bus::bounds::{StoreBounds, StoreLimits};
use super::bus::handle::BusHandle;
use super::bus::thread::Thread;
use super::bus::{cache::EventCache, dispatch, limits::REQUESTS_MAX, states::StateGrowth, watch::Feed};
use super::checkpoints::Signing;
use super::clock::{Clock, random_bytes};
use super::configuration::{self, Configuration, Listeners};
use super::host::init::tree::ProcessTree;
use super::host::{Host, HostHandle, HostSettings};
use super::meters::Meters;
use super::retention::{Kept, Retention};
use super::rules::Rules;
use super::schemas::Registry;
use super::sealing::Sealer;
use super::secrets::Secrets;
use super::secrets::key::KeyFiles as SecretKeys;
use super::store::failure::StoreError;
use super::store::folder::{DataFolder, private_file, private_folder};
use super::store::key_file::KeyFiles;
use super::store::sqlite::checkpoint::Checkpointer;
use super::store::sqlite::connection::{Durability, check_format};
use super::store::sqlite::readers::Readers;
use super::store::sqlite::retention::Space;
use super::store::sqlite::writer::{LostTail, Sealing, Writer};
use super::store::sqlite::{audit, plugins, secrets};
use super::{checkpoints, defect, log, maintenance};
use crate::config::file_system::{self, Trust};
use crate::config::http::KeyRates;
use crate::config::load::{Loaded, load_for_daemon};
use crate::config::places::Places;

/// Everything that runs.
#[derive(Debug)]
pub struct Running {
    /// What the API works with.
    pub api: Api,
    /// The local socket.
    pub listener: LocalListener,
    /// The network.
    pub network: TcpDoor,
    /// What `POST /daemon/stop` asks.
    pub stop_requests: mpsc::Receiver<Option<u64>>,
    /// The bus.
    pub bus: BusHandle,
    /// The plugins.
    pub host: HostHandle,
    /// Signs checkpoints of the audit.
    pub signing: Signing,
    /// Held for as long as the daemon lives.
    pub folder: DataFolder,
}

/// Starts everything.
///
/// # Errors
/// Why it cannot; nothing is left running.
pub async fn start(start: Start) -> Result<Running, Failure> {
    keep_memory_private()?;
    let clock = Clock::new();
    let Start { places, settings: loaded, environment, accept_loss } = start;
    let data = places.data_dir.path.clone();
    refuse_unsafe_disk(&data)?;
    let mut folder = DataFolder::lock(&data)?;
    check_format(&places.database_file())?;
    folder.sign()?;
    private_folder(&places.log_dir.path)?;
    let log =
        log::begin(&places.log_file(), &loaded.settings.log).map_err(|source| StoreError::File { path: places.log_file(), source })?;
    let mut store = open_store(&places, accept_loss, &loaded, &clock)?;
    let (found, taken_back) = configuration::reconcile(store.database(), &places)?;
    let loaded = if taken_back { load_for_daemon(&places, &environment)? } else { loaded };
    log.change(&loaded.settings.log);
    store.reserve_log_index(loaded.settings.store.wal_bytes_max)?;
    let access = AccessLog::begin(&places.access_log_file(), &loaded.settings.access_log);
    let access = access.map_err(|source| StoreError::File { path: places.access_log_file(), source })?;
    write_store_id(&places, store.store_id())?;
    folder.sync()?;
    let (store_id, epoch) = (store.store_id(), store.epoch());
    let trusted = store.trusted_time(clock.now())?;
    let socket = places.socket()?.path;
    let local_users = Arc::new(LocalUsers::new(&loaded.settings.socket)?);
    let listener = LocalListener::bind(&socket, local_seats(&loaded), Arc::clone(&local_users))?;
    let KeyRates { requests, events } = loaded.settings.http.rates;
    let (gate, notes) = Gate::new(Pepper::open(&places.keys_dir.path)?, Rates { requests, events }, clock);
    let certificates = Certificates::of_settings(&loaded.settings.http, clock.now())?;
    let given = Given { keys: gate.any_in_force(), inherited: activation::inherited()?, certificates: certificates.clone() };
    let network = TcpDoor::open(loaded.settings.http.clone(), given).await?;
    let plugin_rows = plugins::plugins(store.database())?;
    let stored_secrets = secrets::all(store.database())?;
    let (signer, key) = checkpoints::key::open(&places.keys_dir.path, store_id)?;
    let signing = checkpoints::Settings {
        signer,
        data: data.clone(),
        copy_to: loaded.settings.checkpoint_dirs.clone(),
        head: store.audit_head(),
        clock,
    };
    let (checkpoints, signing) = checkpoints::start(signing, |number| audit::head_at(store.database(), number).ok().flatten());
    let parts = start_bus(store, &loaded, &data, &gate, clock)?;
    tokio::spawn(Arc::clone(&gate).watch_expiry());
    tokio::spawn(write_down(notes, parts.bus.clone()));
    if file_system::look(&data).is_ok_and(|found| found.trust == Trust::Memory) {
        tracing::warn!(data = %data.display(), "the data folder is in memory: everything in it is gone when the machine restarts");
    }
    let (readers, meters) = (parts.readers.clone(), parts.meters.clone());
    let stopping = CancellationToken::new();
    let schemas = Registry { bus: parts.bus.clone(), readers: readers.clone(), rules: Arc::clone(&parts.rules) };
    let secrets = Secrets::open(SecretKeys::new(&places.keys_dir.path, store_id)?, stored_secrets, parts.bus.clone())?;
    let (kept, kept_told) = watch::channel(kept(&loaded));
    let emit_bytes_max = Arc::new(AtomicUsize::new(loaded.settings.payload_bytes_max));
    let settings = host_settings(&loaded, &places, store_id, &emit_bytes_max, secrets.clone())?;
    let host = Host::start(settings, schemas, clock, plugin_rows, parts.host_actions).await?;
    maintenance::start(parts.bus.clone(), readers.clone(), parts.checkpoints, parts.meters, clock)?;
    maintenance::start_looking_through(readers.clone(), stopping.clone());
    tokio::spawn(Retention { bus: parts.bus.clone(), readers: readers.clone(), clock, kept: kept_told, trusted, space: parts.space }.run());
    let sealer = Sealer::new(parts.bus.clone(), readers.clone(), KeyFiles::open(&places.keys_dir.path, store_id)?);
    for warning in sealer.warnings().await {
        tracing::warn!("{warning}");
    }
    tokio::spawn(sealer.clone().run());
    let listeners = Listeners { store: parts.bounds, kept, emit_bytes_max, log };
    let held = (places.clone(), environment);
    let configuration = Configuration::new(held, (parts.bus.clone(), readers.clone()), loaded.clone(), &found, listeners);
    configuration.write_reset(&found).await;
    let (stop, stop_requests) = mpsc::channel(1);
    let facts = facts(&loaded, &places, socket, store_id, epoch, clock);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), pid = std::process::id(), %store_id, epoch, data = %data.display(), "ready");
    let (bus, rules) = (parts.bus, parts.rules);
    for entry in checkpoints::noted(&checkpoints, key) {
        bus.record(Record::Audit(entry)).await?;
    }
    let http = network.status();
    let api = Arc::new(Shared {
        bus: bus.clone(),
        host: host.clone(),
        rules,
        gate,
        local_users,
        readers,
        sealer,
        meters,
        secrets,
        access,
        refusals: Refusals::default(),
        rooms: Rooms::default(),
        turns: Turns::default(),
        warnings: Warnings::default(),
        checkpoints,
        clock,
        http,
        certificates,
        stopping,
        stop,
        configuration: Arc::new(configuration),
        facts,
    });
    Ok(Running { api, listener, network, stop_requests, bus, host, signing, folder })
}

/// What is in memory stays there: secrets are among it. No crash writes it to a file, which plugins inherit; and no other process of the same
/// user reads it, nor the environment, nor attaches to this one. That the kernel gives up again for what this process executes: plugins are
/// like all other processes.
fn keep_memory_private() -> Result<(), Failure> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the size of core files could not be limited: {error}")))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("memory could not be kept from other processes: {error}")))
}

/// A store on a network disk would break the promise of durability without a word; one in memory is only told of.
fn refuse_unsafe_disk(data: &Path) -> Result<(), Failure> {
    // Where the system does not tell, opening the folder will.
    let Ok(found) = file_system::look(data) else { return Ok(()) };
    match file_system::refusal(data, &found) {
        Some(why) => Err(Failure::new(ErrorCode::DAEMON_FILES_UNSAFE, why)
            .why("The store needs a disk of this machine on which it can write, lock and sync.")
            .next("name a folder on a local disk with `--data DIR`")),
        None => Ok(()),
    }
}

fn kept(loaded: &Loaded) -> Kept {
    Kept { ages: Arc::new(loaded.settings.retention.clone()), bytes_max: loaded.settings.store.bytes_max }
}

fn host_settings(
    loaded: &Loaded,
    places: &Places,
    store: StoreId,
    emit_bytes_max: &Arc<AtomicUsize>,
    secrets: Secrets,
) -> Result<HostSettings, Failure> {
    let panotti = std::env::current_exe()
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("this program's own path is not known: {error}")))?;
    Ok(HostSettings {
        panotti,
        plugin_dirs: loaded.settings.plugin_dirs.clone(),
        data_dir: places.data_dir.path.clone(),
        log_dir: places.log_dir.path.clone(),
        process_tree: (loaded.settings.process_tree == "subreaper").then_some(ProcessTree::Subreaper),
        payload_bytes_max: Arc::clone(emit_bytes_max),
        store,
        secrets,
    })
}

fn open_store(places: &Places, accept_loss: bool, loaded: &Loaded, clock: &Clock) -> Result<Writer, StoreError> {
    let now = clock.now();
    let new_id = StoreId::from_bytes(uuid_v7(now.as_ms(), random_bytes()));
    let durability = match defect::is_on(defect::UNSYNCED_COMMITS) {
        #[cfg(feature = "defects")]
        true => Durability::UnsyncedForTest,
        _ => Durability::Full,
    };
    let lost = if accept_loss { LostTail::Accept } else { LostTail::Refuse };
    let sealing = Sealing { keys: &places.keys_dir.path, topics: loaded.settings.sealed_topics.clone() };
    Writer::open(&places.data_dir.path, sealing, durability, lost, new_id, now)
}

/// Writes the store's id as text, from which a client derives a socket whose path would be too long.
fn write_store_id(places: &Places, store_id: StoreId) -> Result<(), StoreError> {
    let path = places.store_id_file();
    private_file(&path)?;
    let text = format!("{store_id}\n");
    if std::fs::read_to_string(&path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    let file_error = |source| StoreError::File { path: path.clone(), source };
    let new_path = path.with_extension("new");
    {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let mut file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new_path).map_err(file_error)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(file_error)?;
    }
    std::fs::rename(&new_path, &path).map_err(file_error)
}

fn local_seats(loaded: &Loaded) -> SeatLimits {
    SeatLimits { all_max: loaded.settings.connections_max, per_holder_max: loaded.settings.connections_per_user_max }
}

struct BusParts {
    bus: BusHandle,
    rules: Arc<Rules>,
    readers: Readers,
    meters: Meters,
    host_actions: mpsc::UnboundedReceiver<dispatch::HostAction>,
    checkpoints: (Checkpointer, std::sync::mpsc::Receiver<()>),
    space: watch::Receiver<Space>,
    bounds: Arc<ArcSwap<StoreBounds>>,
}

fn start_bus(store: Writer, loaded: &Loaded, data: &Path, gate: &Arc<Gate>, clock: Clock) -> Result<BusParts, Failure> {
    let snapshot = store.snapshot()?;
    let bus = Bus::load(snapshot, clock.now(), Defects::default());
    gate.replace(Arc::clone(bus.access()));
    let (requests, requests_receiver) = mpsc::channel(REQUESTS_MAX);
    let (handovers, handovers_receiver) = mpsc::unbounded_channel();
    let (to_host, host_actions) = mpsc::unbounded_channel();
    let (checkpoint, asked) = std::sync::mpsc::sync_channel(1);
    let checkpoints = (Checkpointer::open(data, store.checkpoint_failed())?, asked);
    let rules = Arc::new(Rules::new(clock));
    let feed = Feed::default();
    let cache = EventCache::default();
    let refusing = Arc::default();
    let readers = Readers::new(data, store.database().seals().clone());
    let settings = loaded.settings.store;
    let (space, space_told) = watch::channel(store.space()?);
    let bounds = Arc::new(ArcSwap::from_pointee(StoreBounds { bytes_max: settings.bytes_max, free_bytes_min: settings.free_bytes_min }));
    let thread = Thread {
        bus,
        store,
        matcher: Arc::clone(&rules) as _,
        gate: Arc::clone(gate) as _,
        clock,
        requests: requests_receiver,
        handovers,
        cache: cache.clone(),
        feed: feed.clone(),
        limits: StoreLimits { folder: data.to_owned(), bounds: Arc::clone(&bounds), wal_bytes_max: settings.wal_bytes_max },
        refusing: Arc::clone(&refusing),
        full: false,
        state_growth: StateGrowth::default(),
        space,
        checkpoint,
        runtime: tokio::runtime::Handle::current(),
    };
    let spawned = std::thread::Builder::new().name("panotti-bus".to_owned()).spawn(move || {
        let _ends = EndsWithItsThread;
        if let Err(error) = thread.run() {
            end_at_once(&error);
        }
    });
    spawned.map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("no thread for the bus: {error}")))?;
    let meters = Meters::default();
    let bus = BusHandle::new(requests, Arc::clone(&rules) as _, feed, refusing, readers.clone());
    let dispatch = dispatch::Dispatch { host: to_host, bus: bus.clone(), cache, readers: readers.clone(), clock, meters: meters.clone() };
    tokio::spawn(dispatch.run(handovers_receiver));
    Ok(BusParts { bus, rules, readers, meters, host_actions, checkpoints, space: space_told, bounds })
}

/// A daemon without its bus serves nobody: where a defect ends that thread, the process ends too and can be started again.
struct EndsWithItsThread;

impl Drop for EndsWithItsThread {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::exit(i32::from(panotti_protocol::failure::exit::FAILED));
        }
    }
}

/// The disk refused: nothing may be acknowledged any more. What plugins hold is taken back by the next start.
pub fn end_at_once(error: &StoreError) -> ! {
    tracing::error!(code = %error.code(), %error, "the store failed; the daemon ends at once and acknowledges nothing more");
    std::process::exit(i32::from(panotti_protocol::failure::exit::DISK));
}

fn facts(loaded: &Loaded, places: &Places, socket: std::path::PathBuf, store_id: StoreId, epoch: u64, clock: Clock) -> Facts {
    let settings = &loaded.settings;
    Facts {
        started_at: clock.now(),
        store_id,
        epoch,
        data_dir: places.data_dir.path.clone(),
        socket,
        log_file: places.log_file(),
        wal_bytes_max: settings.store.wal_bytes_max,
        connections_max: settings.connections_max,
        hosts: settings.http.hosts.clone().into(),
    }
}
