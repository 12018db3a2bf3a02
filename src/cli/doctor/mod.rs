//! What `panotti doctor` looks at. Each check is a function with a name, a sentence and an answer; nothing here changes anything.
//!
//! - [`files`]: the folders and files of the daemon: owner, mode, kind
//! - [`disk`]: the file system and its room, the clock
//! - [`instance`]: the socket, the daemon behind it, other daemons on the same folder
//! - [`surroundings`]: the configuration, the environment, the user, limits, plugins and their interpreters

mod disk;
mod files;
mod instance;
mod surroundings;

use std::time::Duration;

use panotti_protocol::api::{Check, DaemonStatus, Plugin};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::context::Context;
use crate::config::environment::Environment;
use crate::config::load::{Loaded, load};
use crate::config::places::Places;

/// How long the daemon may take to answer all that is asked of it.
const DAEMON_WAIT: Duration = Duration::from_secs(5);

/// A check by its name.
pub struct Named {
    /// Its name.
    pub name: &'static str,
    /// What it looks at, in a sentence.
    pub about: &'static str,
    run: fn(&Examined) -> Check,
}

/// All checks, in the order in which they are shown.
pub const ALL: &[Named] = &[
    Named { name: "configuration", about: "Files and variables hold", run: surroundings::configuration },
    Named { name: "environment", about: "No variable of panotti is misspelt", run: surroundings::environment },
    Named { name: "service-user", about: "The right user runs it, and not root", run: surroundings::service_user },
    Named { name: "data-folder", about: "Its owner and mode", run: files::data_folder },
    Named { name: "data-files", about: "Owner and mode of the database and what is beside it", run: files::data_files },
    Named { name: "log-folder", about: "Its owner and mode", run: files::log_folder },
    Named { name: "keys-folder", about: "Owner and mode of it and of every key; it is not in the data folder", run: files::keys_folder },
    Named { name: "file-system", about: "The kind of file system that the store is on", run: disk::file_system },
    Named { name: "disk-room", about: "Free bytes and files on the disk", run: disk::disk_room },
    Named { name: "clock", about: "The clock is not behind what was written", run: disk::clock },
    Named { name: "store", about: "SQLite, its settings, the format of the database", run: |examined| examined.of_store("store") },
    Named { name: "seal", about: "The file that proves how far the event log went", run: |examined| examined.of_store("seal") },
    Named { name: "recovery", about: "Somebody can open payloads when the keys are lost", run: |examined| examined.of_daemon("recovery") },
    Named { name: "socket", about: "The local socket and its folder", run: instance::socket },
    Named { name: "daemon", about: "It answers, serves this folder and has this version", run: instance::daemon },
    Named { name: "other-instance", about: "No other daemon has the data folder", run: instance::other_instance },
    Named { name: "taking-events", about: "The daemon accepts events", run: |examined| examined.of_daemon("taking-events") },
    Named { name: "write-ahead-log", about: "It is within its limit", run: |examined| examined.of_daemon("write-ahead-log") },
    Named { name: "open-files", about: "The limit of open files is enough for all connections and plugins", run: surroundings::open_files },
    Named { name: "plugins", about: "Every manifest holds, every plugin that should run does", run: surroundings::plugins },
    Named { name: "plugin-interpreters", about: "The programs that plugins are run with are there", run: surroundings::interpreters },
];

/// What was gathered before the checks: everything that has to be asked or read once.
pub struct Examined {
    places: Places,
    loaded: Result<Loaded, Failure>,
    environment: Environment,
    daemon: Result<Answers, Failure>,
    at_rest: Vec<Check>,
    own_version: &'static str,
}

/// What the running daemon said.
struct Answers {
    status: DaemonStatus,
    checks: Vec<Check>,
    plugins: Vec<Plugin>,
}

impl Examined {
    /// Reads the configuration, asks the daemon where one answers, and looks at the store where none does.
    ///
    /// # Errors
    /// Where no place can be found at all.
    pub async fn gather(context: &Context) -> Result<Self, Failure> {
        let places = context.places()?;
        let loaded = load(&places, &context.environment);
        let daemon = ask(context).await;
        let at_rest = if daemon.is_ok() { Vec::new() } else { (context.store_at_rest)(&places.data_dir.path) };
        let environment = context.environment.clone();
        Ok(Self { places, loaded, environment, daemon, at_rest, own_version: env!("CARGO_PKG_VERSION") })
    }

    /// Runs the checks of these names, or all where none is given.
    pub fn run(&self, names: &[String]) -> Vec<Check> {
        ALL.iter().filter(|check| names.is_empty() || names.iter().any(|name| name == check.name)).map(|check| (check.run)(self)).collect()
    }

    /// A check of the store: the daemon's where one answers, else what its files show.
    fn of_store(&self, name: &str) -> Check {
        let checks = self.daemon.as_ref().map_or(&self.at_rest, |answers| &answers.checks);
        find(checks, name)
    }

    /// A check that only a running daemon can make.
    fn of_daemon(&self, name: &str) -> Check {
        match &self.daemon {
            Ok(answers) => find(&answers.checks, name),
            Err(_) => Check::skipped(name, "no daemon answers"),
        }
    }
}

fn find(checks: &[Check], name: &str) -> Check {
    let found = checks.iter().find(|check| check.name == name).cloned();
    found.unwrap_or_else(|| Check::skipped(name, "this daemon's version does not look at it"))
}

async fn ask(context: &Context) -> Result<Answers, Failure> {
    let mut client = context.client()?;
    let asking = async {
        let status = client.status().await?;
        // A daemon of an older version has no such route, which is no reason to look at nothing else.
        let checks = client.checks().await.map(|page| page.items).unwrap_or_default();
        let plugins = client.plugins().await?.items;
        Ok(Answers { status, checks, plugins })
    };
    match tokio::time::timeout(DAEMON_WAIT, Box::pin(asking)).await {
        Ok(answers) => answers,
        Err(_) => Err(Failure::new(ErrorCode::TIMEOUT, format!("the daemon did not answer within {} s", DAEMON_WAIT.as_secs()))
            .next("look at `panotti daemon logs` and at the load of the machine")),
    }
}
