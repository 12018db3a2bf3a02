//! Canaries: sixty secrets go in by every way there is, and what comes out everywhere is searched for them. One that is planted on purpose
//! is found, so that the search is known to search.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::plugins::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::random::Random;
use crate::support::scratch::told;

/// Secrets that a plugin is given, and says everywhere it can.
const SPOKEN: usize = 12;
/// Secrets that are set and never used.
const UNUSED: usize = 12;

/// What goes in.
#[derive(Default)]
struct Canaries {
    /// How each went in, and what must not be found.
    planted: Vec<(String, String)>,
}

impl Canaries {
    /// How many different ways in there were.
    fn ways(&self) -> usize {
        let ways = self.planted.iter().map(|(way, _)| way.trim_end_matches(|c: char| c.is_ascii_digit()));
        ways.collect::<std::collections::BTreeSet<_>>().len()
    }

    fn plant(&mut self, way: &str, random: &mut Random) -> String {
        let canary = format!("canary{}x{:016x}", self.planted.len(), random.next());
        self.planted.push((format!("{way} {}", self.planted.len()), canary.clone()));
        canary
    }
}

/// What came out, by where.
#[derive(Default)]
struct Sinks(BTreeMap<String, Vec<u8>>);

impl Sinks {
    fn add(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        let sink = self.0.entry(name.to_owned()).or_default();
        sink.extend_from_slice(bytes.as_ref());
        sink.push(b'\n');
    }

    fn folder(&mut self, name: &str, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap()) {
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => self.folder(name, &entry.path()),
                kind if kind.is_file() => self.add(name, std::fs::read(entry.path()).unwrap_or_default()),
                _ => {}
            }
        }
    }

    /// Where something is found: as it is, or in base64.
    fn with(&self, canary: &str) -> Vec<&str> {
        let encoded = data_encoding::BASE64_NOPAD.encode(canary.as_bytes());
        let found = |bytes: &[u8], wanted: &str| bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes());
        self.0.iter().filter(|(_, bytes)| found(bytes, canary) || found(bytes, &encoded)).map(|(name, _)| name.as_str()).collect()
    }
}

fn plugin() -> String {
    python(
        "    async def initialize(self):\n\
         \x20       for name, value in self.config.items():\n\
         \x20           if name.startswith('s'):\n\
         \x20               print('stdout has', value)\n\
         \x20               print('stderr has', value, file=sys.stderr, flush=True)\n\
         \x20               self.log.info('the log has ' + value)\n\
         \x20       with open(os.path.join(os.path.dirname(__file__), 'password.txt')) as file:\n\
         \x20           print('connecting with password=' + file.read())\n\
         \x20   @on('t.raise')\n\
         \x20   async def raises(self, event): raise ValueError('refused: ' + self.config['s' + event.payload])\n\
         \x20   @on('t.reject')\n\
         \x20   async def rejects(self, event): raise Reject('not with ' + self.config['s' + event.payload])",
    )
}

/// What a person looks at.
fn look_everywhere(stage: &Stage, daemon: &Daemon, sinks: &mut Sinks) {
    let mut paths: Vec<String> =
        ["/status", "/config", "/config/secrets", "/plugins", "/plugins/p", "/plugins/p/config", "/plugins/p/logs?lines=1000"]
            .into_iter()
            .chain(["/events?limit=1000", "/events/errors", "/events/status", "/audit?limit=1000", "/audit/checkpoints"])
            .map(str::to_owned)
            .collect();
    let events = daemon.get("/events?limit=1000").json();
    for event in events["items"].as_array().unwrap() {
        paths.push(format!("/events/{}", event["eventid"].as_str().unwrap()));
    }
    paths.iter().for_each(|path| sinks.add("answers of the API", daemon.get(path).body));
    sinks.add("the export of events", daemon.get("/events/export").body);
    sinks.add("the export of the audit", daemon.get("/audit/export").body);
    for line in [
        &["plugin", "config", "get", "p", "-o", "json"][..],
        &["plugin", "logs", "p", "-n", "1000"],
        &["plugin", "show", "p"],
        &["config", "secret", "list"],
        &["event", "list", "--failed", "-o", "wide"],
        &["event", "errors"],
        &["audit", "list", "--all", "-o", "json"],
        &["daemon", "logs", "-n", "1000"],
        &["daemon", "logs", "--access", "-n", "1000"],
        &["daemon", "status"],
    ] {
        sinks.add("what commands print", told(&stage.scratch.run(line)));
    }
}

/// Command lines and environments of the daemon and everything that it has started.
fn look_at_processes(daemon: &Daemon, plugin: u64, sinks: &mut Sinks) {
    for process in [u64::from(daemon.pid()), plugin] {
        for file in ["cmdline", "environ"] {
            sinks.add("/proc", std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default());
        }
        // Memory is where secrets are: it is never written to a file when a process crashes.
        let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    }
}

fn look_at_files(stage: &Stage, sinks: &mut Sinks) {
    let read = |name: &str| std::fs::read(stage.scratch.file(name)).unwrap_or_default();
    sinks.add("the database with its free pages", read("panotti.db"));
    sinks.add("the write-ahead log", read("panotti.db-wal"));
    sinks.add("the seal", read("seal"));
    sinks.add("the access log", read("logs/access.log"));
    sinks.add("the daemon's log", read("logs/panotti.log"));
    sinks.folder("plugins' logs", &stage.scratch.file("logs/plugins"));
    for entry in std::fs::read_dir(stage.scratch.data()).unwrap().map(|entry| entry.unwrap()) {
        match entry.file_type().unwrap() {
            // A plugin's own file has one.
            _ if entry.file_name() == "plugins" => {}
            kind if kind.is_dir() => sinks.folder("everything else in the data folder", &entry.path()),
            kind if kind.is_file() => sinks.add("everything else in the data folder", std::fs::read(entry.path()).unwrap_or_default()),
            _ => {}
        }
    }
    sinks.folder("the keys folder", &stage.scratch.path().join("data.keys"));
    sinks.add("the checkpoints", read("audit.checkpoints"));
}

/// What a daemon leaves that is ended in the middle by a signal that would write its memory to a file.
fn crash(stage: &Stage, sinks: &mut Sinks) {
    let mut daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    daemon.signal(rustix::process::Signal::ABORT);
    assert!(!daemon.wait().success());
    sinks.add("what a crash leaves", daemon.output());
    sinks.add("what a crash leaves", std::fs::read(stage.scratch.file("logs/panotti.log")).unwrap());
    for entry in std::fs::read_dir(stage.scratch.path()).unwrap().map(|entry| entry.unwrap()) {
        assert!(!entry.file_name().to_string_lossy().starts_with("core"), "the crash has left {:?}", entry.path());
    }
    look_at_files(stage, sinks);
}

/// Requests that carry credentials where they should not, or cannot be used.
fn ask_badly(daemon: &Daemon, canaries: &mut Canaries, sinks: &mut Sinks, random: &mut Random) {
    let mut ask = |method: &str, path: &str, headers: &[(&str, &str)], body: String| {
        let headers = [headers, &[("content-type", "application/json")][..]].concat();
        let answer = daemon.connect().request(method, path, &headers, body.as_bytes()).unwrap();
        sinks.add("answers of the API", answer.body);
    };
    for _ in 0..4 {
        let key = format!("pnt_{}_{}", "0123456789ab", canaries.plant("a key in a header", random));
        ask("GET", "/status", &[("x-api-key", key.as_str())], String::new());
        let bearer = format!("Bearer pnt_{}_{}", "0123456789ab", canaries.plant("a bearer", random));
        ask("GET", "/nowhere", &[("authorization", bearer.as_str())], String::new());
        let key = format!("pnt_{}_{}", "0123456789ab", canaries.plant("a key in a path", random));
        ask("GET", &format!("/plugins/{key}"), &[], String::new());
        let key = format!("pnt_{}_{}", "0123456789ab", canaries.plant("a key in a reason", random));
        ask("PUT", "/plugins/p/state/k", &[], json!({"value": random.next(), "reason": format!("it was {key}")}).to_string());
        let value = canaries.plant("a secret under a bad name", random);
        ask("PUT", "/config/secrets/a%20bad%20name", &[], json!({"value": value}).to_string());
        let value = canaries.plant("a secret in a bad body", random);
        ask("PUT", "/config/secrets/NAME", &[], json!({"value": value, "more": 1}).to_string());
    }
}

#[test]
fn rule_19_sixty_canaries_go_in_by_every_way_and_none_comes_out() {
    let mut random = Random::from_environment("PANOTTI_CANARY_SEED");
    let (mut canaries, mut sinks) = (Canaries::default(), Sinks::default());
    let names: Vec<String> = (0..SPOKEN).map(|number| format!("S{number}")).collect();
    let references: Vec<String> = (0..SPOKEN).map(|number| format!("s{number}: !secret S{number}")).collect();
    let plain = canaries.plant("a password in a plugin's output", &mut random);
    let manifest = format!("permissions: {{secrets: [{}]}}\nconfig: {{{}}}\nretry: {{max: 0}}", names.join(", "), references.join(", "));
    let stage = Stage::with(&manifest, &[("plugin.py", &plugin()), ("password.txt", &plain)]);
    let daemon = stage.start();
    let set = |name: &str, value: &str, sinks: &mut Sinks| {
        let output = stage.scratch.run_with_input(&["config", "secret", "set", name, "-v", "-v"], value.as_bytes());
        assert!(output.status.success(), "{}", told(&output));
        sinks.add("what commands print", told(&output));
    };
    for number in 0..UNUSED {
        let first = canaries.plant("a secret that is not used", &mut random);
        set(&format!("U{number}"), &format!("\"{first}\"\n-----second line of it-----"), &mut sinks);
    }
    for number in 0..4 {
        let next = canaries.plant("a value after another", &mut random);
        set(&format!("U{number}"), &next, &mut sinks);
        sinks.add("what commands print", told(&stage.scratch.run(&["config", "secret", "remove", &format!("U{}", number + 4)])));
    }
    for name in &names {
        let value = canaries.plant("a secret that a plugin says", &mut random);
        set(name, &value, &mut sinks);
    }
    let running = stage.until_state(&daemon, "p", "running");
    for number in 0..SPOKEN {
        for topic in ["t.raise", "t.reject"] {
            let event = stage.publish(topic, &format!("\"{number}\""));
            stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "dead");
        }
    }
    ask_badly(&daemon, &mut canaries, &mut sinks, &mut random);
    while canaries.planted.len() < 60 {
        let token = canaries.plant("a token in a path", &mut random);
        let answer = daemon.get(&format!("/events/api_token={token}"));
        assert_eq!(answer.status, 404);
        sinks.add("answers of the API", answer.body);
    }
    let on_purpose = format!("canary on purpose {:016x}", random.next());
    stage.publish("t.purpose", &json!(on_purpose).to_string());

    look_everywhere(&stage, &daemon, &mut sinks);
    look_at_processes(&daemon, running["pid"].as_u64().unwrap(), &mut sinks);
    look_at_files(&stage, &mut sinks);
    stage.ask(&["config", "secret", "rotate"]);
    assert!(daemon.stop().success());
    look_at_files(&stage, &mut sinks);

    crash(&stage, &mut sinks);

    let (ways, bytes) = (canaries.ways(), sinks.0.values().map(Vec::len).sum::<usize>());
    assert!(canaries.planted.len() >= 60 && sinks.0.len() >= 12, "{} canaries, {:?}", canaries.planted.len(), sinks.0.keys());
    // A newline ends whatever was added: a sink of nothing but those was never looked into.
    let empty: Vec<&String> = sinks.0.iter().filter(|(_, bytes)| bytes.iter().all(|byte| *byte == b'\n')).map(|(name, _)| name).collect();
    assert!(empty.is_empty(), "nothing was in {empty:?}");
    let log = String::from_utf8_lossy(&sinks.0["plugins' logs"]).into_owned();
    for said in ["stdout has [redacted]", "stderr has [redacted]", "the log has [redacted]", "password=[redacted]"] {
        assert!(log.contains(said), "the plugin has said it: {said}\n{log}");
    }
    let found: Vec<_> =
        canaries.planted.iter().map(|(way, canary)| (way, sinks.with(canary))).filter(|(_, sinks)| !sinks.is_empty()).collect();
    assert!(found.is_empty(), "found: {found:#?}");
    let purpose = sinks.with(&on_purpose);
    assert!(purpose.contains(&"the database with its free pages") || purpose.contains(&"the write-ahead log"), "{purpose:?}");
    assert!(purpose.contains(&"the export of events") && purpose.contains(&"answers of the API"), "{purpose:?}");
    println!(
        "{} canaries by {ways} ways, {bytes} bytes in {} sinks ({:?}): 0 found",
        canaries.planted.len(),
        sinks.0.len(),
        sinks.0.keys()
    );
    println!("the one that was planted on purpose: found in {purpose:?}");
}
