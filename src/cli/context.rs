//! What a command works with: its flags, the places, the client, the output, the terminal.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use panotti_protocol::api::Check;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::EventId;
use panotti_protocol::time::Timestamp;

use super::globals::Globals;
use super::output::{Output, remark};
use super::remote;
use crate::client::remote::Remote;
use crate::client::{Client, Exchange, Target};
use crate::config::environment::Environment;
use crate::config::places::Places;

/// How a command ends when it did not fail: its exit code.
pub type Outcome = Result<u8, Failure>;

/// Looks at the store in a data folder that no daemon has open.
pub type StoreAtRest = fn(&Path) -> Vec<Check>;

/// Most ids read from standard input.
const IDS_MAX: usize = 100_000;

/// What a command works with.
pub struct Context {
    /// The global flags.
    pub flags: Globals,
    /// The environment.
    pub environment: Environment,
    /// Prints results.
    pub output: Output,
    /// Looks at a store that no daemon has open.
    pub store_at_rest: StoreAtRest,
}

impl Context {
    /// Puts it together from the flags and the process's environment.
    pub fn new(flags: Globals, store_at_rest: StoreAtRest) -> Self {
        let output = Output::new(&flags, now());
        Self { flags, environment: Environment::of_process(), output, store_at_rest }
    }

    /// Where things are.
    ///
    /// # Errors
    /// Where no place can be found.
    pub fn places(&self) -> Result<Places, Failure> {
        Places::find(&self.flags.place_flags(), &self.environment)
    }

    /// A client of the daemon; nothing is connected yet.
    ///
    /// # Errors
    /// Where its socket cannot be found, its URL does not hold, or the key cannot be read.
    pub fn client(&self) -> Result<Client, Failure> {
        let client = match remote::named(&self.flags, &self.environment)? {
            Some(daemon) => self.remote_client(daemon),
            None => self.local_client()?,
        };
        let mut client = match remote::key(&self.flags, &self.environment)? {
            Some(key) => client.with_key(&key)?,
            None => client,
        };
        if self.flags.verbose >= 2 {
            client.observe(show_exchange);
        }
        Ok(client)
    }

    /// Refuses a command that looks at processes and files of the daemon's machine, where another machine's daemon is named.
    ///
    /// # Errors
    /// `usage`, with what names it.
    pub fn only_here(&self, command: &str) -> Result<(), Failure> {
        remote::only_here(&self.flags, &self.environment, command)
    }

    fn remote_client(&self, daemon: Remote) -> Client {
        if self.flags.verbose > 0 {
            remark(&format!("daemon {}", daemon.url()));
        }
        if daemon.is_exposed() {
            self.output.remark(&format!("warning: {} has no TLS: whoever is on the way can read the key and the events", daemon.url()));
        }
        Client::remote(daemon)
    }

    fn local_client(&self) -> Result<Client, Failure> {
        let places = self.places()?;
        let socket = places.socket()?;
        if self.flags.verbose > 0 {
            remark(&format!("socket {} ({})", socket.path.display(), socket.origin));
        }
        let target = Target {
            socket: socket.path,
            trusted_users: places.trusted_users(),
            private_folder: places.socket_overflows(),
            start_command: self.command_line("daemon start"),
        };
        Ok(Client::new(target))
    }

    /// A command for the user to type that reaches the same daemon: `panotti --data DIR event list`.
    pub fn command_line(&self, words: &str) -> String {
        let mut line = "panotti".to_owned();
        if let Some(url) = &self.flags.url {
            line.push_str(&format!(" --url {url}"));
        }
        for (name, path) in [
            ("--data", &self.flags.data),
            ("--socket", &self.flags.socket),
            ("--config", &self.flags.config),
            ("--key-file", &self.flags.key_file),
            ("--ca-file", &self.flags.ca_file),
        ] {
            if let Some(path) = path {
                line.push_str(&format!(" {name} {}", path.display()));
            }
        }
        format!("{line} {words}")
    }

    /// Whether a person can be asked: both standard input and error are terminals, and `--no-input` is not given.
    pub fn interactive(&self) -> bool {
        !self.flags.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks a question that is answered with yes or no; no is the default.
    pub fn confirm(&self, question: &str) -> bool {
        anstream::eprint!("{question} [y/N] ");
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes" | "Yes")
    }

    /// Checks an event id as typed: whole, `@last`, or (not under `--no-input`) a unique ending of at least 6 characters.
    ///
    /// # Errors
    /// `event.not_found` where it can be none of them.
    pub fn event_id(&self, text: &str) -> Result<String, Failure> {
        let text = text.trim();
        let ending = text.trim_start_matches('.');
        let is_ending = ending.len() >= 6 && ending.len() <= 26 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if text == "@last" || text.parse::<EventId>().is_ok() {
            return Ok(text.to_owned());
        }
        if is_ending && self.flags.no_input {
            return Err(Failure::new(ErrorCode::USAGE, format!("`{text}` is only the end of an id"))
                .why("With --no-input ids must be whole, because an ending can become ambiguous at any time.")
                .next("write the whole id, as `panotti event list -q` prints it"));
        }
        if is_ending {
            return Ok(ending.to_ascii_lowercase());
        }
        Err(Failure::new(ErrorCode::EVENT_NOT_FOUND, format!("`{text}` is not the id of an event"))
            .why("An id is `evt_` and 26 letters and digits; its last 6 or more are enough, and `@last` is the newest."))
    }

    /// Event ids as typed; a lone `-` reads them from standard input, one a line.
    ///
    /// # Errors
    /// As [`Self::event_id`], or where standard input cannot be read.
    pub fn event_ids(&self, typed: &[String]) -> Result<Vec<String>, Failure> {
        if typed.iter().map(String::as_str).ne(["-"]) {
            return typed.iter().map(|text| self.event_id(text)).collect();
        }
        let mut ids = Vec::new();
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(|error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("standard input: {error}")))?;
            if line.trim().is_empty() {
                continue;
            }
            if ids.len() == IDS_MAX {
                return Err(Failure::new(ErrorCode::USAGE, format!("more than {IDS_MAX} ids on standard input")));
            }
            ids.push(self.event_id(&line)?);
        }
        Ok(ids)
    }
}

/// The present time.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn show_exchange(exchange: &Exchange) {
    let Exchange { method, path, status, request_id, took } = exchange;
    let request_id = if request_id.is_empty() { "-" } else { request_id };
    remark(&format!("{method} {path} -> {status} in {} ms, request {request_id}", took.as_millis()));
}
