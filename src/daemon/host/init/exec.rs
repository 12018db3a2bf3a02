//! `runtime: exec`: speaks the protocol for a plugin that is one command per event (section 10 of docs/plugin-protocol.md).
//!
//! Event on standard input, exit code as outcome, lines on descriptor 3 as emitted events. It runs inside the plugin's process
//! tree like any other plugin, and ends at once when the daemon is gone.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use panotti_protocol::delivery::AttemptError;
use panotti_protocol::frame::{Deliver, EmitBody, FromPlugin, Heartbeat, Hello, Log, Outcome, OutcomeKind, PROTOCOLS, Ready, ToPlugin};
use panotti_protocol::id::{DeliveryId, EventId, FencingToken};
use panotti_protocol::limits::{EMITS_PER_OUTCOME_MAX, ERROR_MESSAGE_BYTES_MAX, FRAME_BYTES_MAX};
use rustix::process::{Pid, Signal};

use super::sys;

/// Exit code for "try again" (`EX_TEMPFAIL`).
const EXIT_RETRY: i32 = 75;
/// Exit code for "never try again" (`EX_DATAERR`).
const EXIT_REJECT: i32 = 65;
/// A line of output is cut here, in bytes.
const LINE_BYTES_MAX: u64 = 8 * 1024;
/// After the command has ended its output is read at most this long: something it left behind may hold it open.
const OUTPUT_GRACE: Duration = Duration::from_millis(200);

/// What runs for one delivery.
struct Held {
    token: FencingToken,
    /// Its process group; `None` until it is started.
    group: Option<Pid>,
}

struct Adapter {
    socket: Mutex<UnixStream>,
    held: Mutex<HashMap<DeliveryId, Held>>,
    program: Vec<OsString>,
    config: Mutex<String>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Talks with the daemon until it says goodbye or is gone. Gives the exit code.
pub fn run(arguments: &[OsString]) -> u8 {
    let Some(socket) = sys::channel().ok().map(UnixStream::from) else { return 127 };
    // The commands get a descriptor 3 of their own.
    let _ = sys::set_inherited(sys::CHANNEL, false);
    let Ok(reading) = socket.try_clone() else { return 127 };
    let adapter = Arc::new(Adapter {
        socket: Mutex::new(socket),
        held: Mutex::default(),
        program: arguments.to_vec(),
        config: Mutex::new("{}".to_owned()),
    });
    let mut frames = BufReader::new(reading);
    let mut line = Vec::new();
    loop {
        line.clear();
        match frames.by_ref().take(FRAME_BYTES_MAX as u64 + 1).read_until(b'\n', &mut line) {
            Ok(read) if read > 0 && line.ends_with(b"\n") => {}
            _ => return 1,
        }
        match ToPlugin::read(&line) {
            Ok(ToPlugin::Hello(hello)) => adapter.hello(&hello),
            Ok(ToPlugin::Deliver(deliver)) => adapter.begin(*deliver),
            Ok(ToPlugin::Cancel(cancel)) => adapter.cancel(cancel.delivery_id, cancel.fencing_token),
            Ok(ToPlugin::Refused(refused)) => adapter.cancel(refused.delivery_id, refused.fencing_token),
            Ok(ToPlugin::Config(config)) => {
                adapter.configure(&config.config);
                let answer = panotti_protocol::frame::ConfigAnswer { config_revision: config.config_revision, why: None };
                adapter.send(&FromPlugin::ConfigApplied(answer));
            }
            Ok(ToPlugin::Goodbye(_)) => return 0,
            _ => {}
        }
    }
}

impl Adapter {
    fn send(&self, frame: &FromPlugin) {
        let Ok(mut line) = serde_json::to_vec(frame) else { return };
        line.push(b'\n');
        // A daemon that is gone shows when reading.
        let _ = locked(&self.socket).write_all(&line);
    }

    fn configure(&self, config: &std::collections::BTreeMap<String, serde_json::Value>) {
        *locked(&self.config) = serde_json::to_string(config).unwrap_or_else(|_| "{}".to_owned());
    }

    fn hello(self: &Arc<Self>, hello: &Hello) {
        self.configure(&hello.config);
        let adapter = Arc::clone(self);
        let every = Duration::from_millis(hello.limits.heartbeat_ms.max(100));
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(every);
                let beats: Vec<Heartbeat> = locked(&adapter.held)
                    .iter()
                    .map(|(delivery, held)| Heartbeat { delivery_id: *delivery, fencing_token: held.token })
                    .collect();
                for beat in beats {
                    adapter.send(&FromPlugin::Heartbeat(beat));
                }
            }
        });
        let sdk = Some(format!("exec {}", env!("CARGO_PKG_VERSION")));
        self.send(&FromPlugin::Ready(Ready { protocol: PROTOCOLS[0], handlers: Vec::new(), fallback: true, sdk }));
    }

    /// Starts the command for a delivery in a thread of its own. The daemon keeps to the subscriptions' concurrency.
    fn begin(self: &Arc<Self>, deliver: Deliver) {
        locked(&self.held).insert(deliver.delivery_id, Held { token: deliver.fencing_token, group: None });
        let adapter = Arc::clone(self);
        std::thread::spawn(move || {
            let outcome = adapter.handle(&deliver);
            let mine = {
                let mut held = locked(&adapter.held);
                let mine = held.get(&deliver.delivery_id).is_some_and(|held| held.token == deliver.fencing_token);
                if mine {
                    held.remove(&deliver.delivery_id);
                }
                mine
            };
            if mine {
                adapter.send(&FromPlugin::Outcome(Box::new(outcome)));
            }
        });
    }

    /// Kills what runs for a delivery. No outcome is sent for it any more.
    fn cancel(&self, delivery: DeliveryId, token: FencingToken) {
        let mut held = locked(&self.held);
        if held.get(&delivery).is_some_and(|held| held.token == token)
            && let Some(Held { group: Some(group), .. }) = held.remove(&delivery)
        {
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }

    fn handle(self: &Arc<Self>, deliver: &Deliver) -> Outcome {
        match self.run_command(deliver) {
            Ok(ended) => outcome(deliver, &ended),
            Err(why) => retry(deliver, "CannotRun", why),
        }
    }

    fn run_command(self: &Arc<Self>, deliver: &Deliver) -> Result<Ended, String> {
        let (emitted, channel) = std::io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
        let mut command = Command::new(&self.program[0]);
        let event = Head::of(deliver);
        command
            .args(&self.program[1..])
            .env_remove("PANOTTI_PROTOCOL_FD")
            .env("PANOTTI_EMIT_FD", "3")
            .env("PANOTTI_EVENT_ID", &event.eventid)
            .env("PANOTTI_TOPIC", &event.topic)
            .env("PANOTTI_ATTEMPT", deliver.attempt.to_string())
            .env("PANOTTI_DELIVERY_ID", deliver.delivery_id.to_string())
            .env("PANOTTI_HANDLER", &deliver.handler)
            .env("PANOTTI_CONFIG", locked(&self.config).as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        sys::give_channel(&mut command, channel.into());
        let shown = self.program[0].to_string_lossy();
        let mut child = command.spawn().map_err(|error| format!("`{shown}` cannot be run: {error}"))?;
        // The command holds the pipe's other end now; ours has to go, or its end would never be seen.
        drop(command);
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        self.started(deliver, group);
        let eventid = event.eventid.parse().ok();
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let payload = deliver.event.get().as_bytes().to_vec();
        std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&payload)));
        let out = self.log_lines(stdout, "info", eventid);
        let errors = self.log_lines(stderr, "warning", eventid);
        let lines = collect(emitted);
        let status = child.wait().map_err(|error| format!("`{shown}` cannot be waited for: {error}"))?;
        let last_error = errors.recv_timeout(OUTPUT_GRACE).unwrap_or_default();
        let _ = out.recv_timeout(OUTPUT_GRACE);
        let lines = lines.recv_timeout(OUTPUT_GRACE).unwrap_or_default();
        Ok(Ended { status, last_error, lines })
    }

    /// Notes the process group, unless the delivery was cancelled meanwhile: then it is killed.
    fn started(&self, deliver: &Deliver, group: Option<Pid>) {
        let mut held = locked(&self.held);
        match (held.get_mut(&deliver.delivery_id).filter(|held| held.token == deliver.fencing_token), group) {
            (Some(held), group) => held.group = group,
            (None, Some(group)) => {
                let _ = rustix::process::kill_process_group(group, Signal::KILL);
            }
            (None, None) => {}
        }
    }

    /// Sends what comes to the plugin's log, each line with the event it belongs to; gives the last line at the end.
    fn log_lines<R: Read + Send + 'static>(
        self: &Arc<Self>,
        stream: Option<R>,
        level: &'static str,
        eventid: Option<EventId>,
    ) -> mpsc::Receiver<String> {
        let (done, last) = mpsc::channel();
        let Some(stream) = stream else { return last };
        let adapter = Arc::clone(self);
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stream);
            let mut last_line = String::new();
            let mut line = Vec::new();
            while reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let message = String::from_utf8_lossy(&line).trim_end().to_owned();
                if !message.is_empty() {
                    last_line.clone_from(&message);
                }
                adapter.send(&FromPlugin::Log(Log { level: level.to_owned(), message, eventid }));
                line.clear();
            }
            let _ = done.send(last_line);
        });
        last
    }
}

/// Reads emitted lines until their end, or until there are too many.
fn collect(emitted: std::io::PipeReader) -> mpsc::Receiver<Vec<Vec<u8>>> {
    let (done, lines) = mpsc::channel();
    std::thread::spawn(move || {
        let bounded = BufReader::new(emitted.take(FRAME_BYTES_MAX as u64));
        let found = bounded.split(b'\n').map_while(Result::ok).filter(|line| !line.is_empty()).take(EMITS_PER_OUTCOME_MAX + 1).collect();
        let _ = done.send(found);
    });
    lines
}

/// What the environment tells of an event.
struct Head {
    eventid: String,
    topic: String,
}

impl Head {
    fn of(deliver: &Deliver) -> Self {
        let event: serde_json::Value = serde_json::from_str(deliver.event.get()).unwrap_or_default();
        let text = |name: &str| event.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        Self { eventid: text("eventid"), topic: text("type") }
    }
}

/// How a command ended.
struct Ended {
    status: ExitStatus,
    last_error: String,
    lines: Vec<Vec<u8>>,
}

fn empty(deliver: &Deliver, outcome: OutcomeKind) -> Outcome {
    Outcome {
        delivery_id: deliver.delivery_id,
        fencing_token: deliver.fencing_token,
        outcome,
        after_ms: None,
        reason: None,
        error: None,
        emits: Vec::new(),
        state: Vec::new(),
    }
}

fn retry(deliver: &Deliver, class: &str, message: String) -> Outcome {
    let error = AttemptError { class: class.to_owned(), message, place: None };
    Outcome { error: Some(error), ..empty(deliver, OutcomeKind::Retry) }
}

fn outcome(deliver: &Deliver, ended: &Ended) -> Outcome {
    let said = |otherwise: String| match ended.last_error.as_str() {
        "" => otherwise,
        line => line.chars().take(ERROR_MESSAGE_BYTES_MAX / 4).collect(),
    };
    match (ended.status.code(), ended.status.signal()) {
        (Some(0), _) => match ended.lines.iter().map(|line| serde_json::from_slice::<EmitBody>(line)).collect::<Result<_, _>>() {
            Ok(emits) => Outcome { emits, ..empty(deliver, OutcomeKind::Done) },
            Err(error) => retry(deliver, "EmitInvalid", format!("a line on descriptor 3 is no emitted event: {error}")),
        },
        (Some(EXIT_RETRY), _) => retry(deliver, "Retry", said("the command asked for a retry (exit code 75)".to_owned())),
        (Some(EXIT_REJECT), _) => {
            let reason = Some(said("the command rejected the event (exit code 65)".to_owned()));
            Outcome { reason, ..empty(deliver, OutcomeKind::Reject) }
        }
        (Some(code), _) => retry(deliver, &format!("Exit{code}"), said(format!("the command ended with exit code {code}"))),
        (None, signal) => retry(deliver, "Killed", said(format!("the command was ended by signal {}", signal.unwrap_or_default()))),
    }
}
