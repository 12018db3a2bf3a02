//! The host with real plugins and a bus that only answers: start, handle, fail, configure, log, drain, crash.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use panotti::daemon::bus::dispatch::HostAction;
use panotti::daemon::bus::handle::{BusHandle, Request};
use panotti::daemon::bus::watch::Feed;
use panotti::daemon::clock::Clock;
use panotti::daemon::host::{Host, HostHandle, HostSettings};
use panotti::daemon::rules::Rules;
use panotti::daemon::schemas::Registry;
use panotti::daemon::seal::Seals;
use panotti::daemon::seal::ring::{Ring, Wrapping};
use panotti::daemon::seal::tag::TagKey;
use panotti::daemon::secrets::Secrets;
use panotti::daemon::secrets::key::KeyFiles;
use panotti::daemon::store::sqlite::readers::Readers;
use panotti_core::action::Lease;
use panotti_core::command::{Answer, Command, HandlerOutcome, InstanceEnd, Report};
use panotti_core::event::{Draft, StoredEvent};
use panotti_core::routing::{Matcher, Matches, RuleSet};
use panotti_protocol::api::{PluginConfigUpdate, PluginSwitch};
use panotti_protocol::id::{DeliveryId, EventId, FencingToken, InstanceId, Sequence, StoreId, uuid_v7};
use panotti_protocol::time::Timestamp;
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(20);

struct NobodyMatches;

impl Matcher for NobodyMatches {
    fn matches(&self, _event: &Draft) -> Matches {
        Matches { rules: 1, ..Matches::default() }
    }

    fn replace(&self, _rules: Arc<RuleSet>) {}
}

/// What the host told the bus.
#[derive(Debug)]
enum Told {
    Attached(InstanceId),
    Outcome(Box<Report>),
    Detached(InstanceEnd),
}

struct World {
    host: HostHandle,
    actions: mpsc::UnboundedSender<HostAction>,
    told: mpsc::UnboundedReceiver<Told>,
    instance: Option<InstanceId>,
    deliveries: u64,
    _folder: tempfile::TempDir,
}

fn answer(command: Command, told: &mpsc::UnboundedSender<Told>) -> Answer {
    match command {
        Command::Attach(attach) => drop(told.send(Told::Attached(attach.instance))),
        Command::Detach { end, .. } => drop(told.send(Told::Detached(end))),
        Command::Outcome(report) => {
            drop(told.send(Told::Outcome(report)));
            return Answer::Taken;
        }
        Command::Switch(_) => return Answer::Changed(1),
        _ => {}
    }
    Answer::Done
}

impl World {
    /// One plugin named `p` of these files, started.
    async fn with(files: &[(&str, &str)]) -> World {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let plugin = folder.path().join("plugins-here/p");
        std::fs::create_dir_all(&plugin).unwrap();
        for (name, content) in files {
            std::fs::write(plugin.join(name), content).unwrap();
            std::fs::set_permissions(plugin.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let (requests, mut queue) = mpsc::channel(64);
        let (tell, told) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(request) = queue.recv().await {
                match request {
                    Request::Commands { commands, reply, .. } => {
                        drop(reply.send(commands.into_iter().map(|command| Ok(answer(command, &tell))).collect()));
                    }
                    Request::ReadState { reply, .. } => drop(reply.send(Ok(None))),
                    _ => {}
                }
            }
        });
        let store = StoreId::from_bytes(panotti::daemon::clock::random_bytes());
        let seals = Seals::new(
            store,
            TagKey::new(&[7; 32]),
            Sequence(0),
            Ring::new(Vec::new(), Vec::new(), Wrapping { generation: 1, recipients: Vec::new() }),
        );
        let readers = Readers::new(&folder.path().join("data"), seals);
        let bus = BusHandle::new(requests, Arc::new(NobodyMatches), Feed::default(), Arc::default(), readers.clone());
        let files = KeyFiles::new(&folder.path().join("keys"), store).unwrap();
        let secrets = Secrets::open(files, Vec::new(), bus.clone()).unwrap();
        let settings = HostSettings {
            panotti: Path::new(env!("CARGO_BIN_EXE_panotti")).to_owned(),
            plugin_dirs: vec![folder.path().join("plugins-here")],
            data_dir: folder.path().join("data"),
            log_dir: folder.path().join("log"),
            process_tree: None,
            payload_bytes_max: Arc::new(262_144.into()),
            store,
            secrets,
        };
        let (actions, received) = mpsc::unbounded_channel();
        let host =
            Host::start(settings, Registry { bus, readers, rules: Arc::new(Rules::new(Clock::new())) }, Clock::new(), Vec::new(), received)
                .await
                .unwrap();
        World { host, actions, told, instance: None, deliveries: 0, _folder: folder }
    }

    async fn told(&mut self) -> Told {
        tokio::time::timeout(PATIENCE, self.told.recv()).await.unwrap_or_else(|_| panic!("{:#?}", self.log())).unwrap()
    }

    fn log(&self) -> Vec<String> {
        let lines = self.host.logs("p", &panotti_protocol::api::LogsQuery::default()).unwrap();
        lines.into_iter().map(|line| format!("{} {}: {}", line.stream, line.level, line.message)).collect()
    }

    async fn until(&self, state: &str) {
        let reached = async {
            while self.host.status("p").unwrap().state != state {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("not {state}: {:#?}", self.log()));
    }

    /// Hands out an event and gives what the plugin made of it.
    async fn handles(&mut self, payload: &str) -> HandlerOutcome {
        if self.instance.is_none() {
            let Told::Attached(instance) = self.told().await else { panic!("attached first") };
            self.instance = Some(instance);
        }
        self.deliveries += 1;
        let draft = Draft::new("recording.ended".parse().unwrap(), "/cli/t", "user:t", payload.as_bytes().to_vec());
        let eventid = EventId::from_bytes(uuid_v7(self.deliveries, [1; 10]));
        let event = StoredEvent {
            sequence: Sequence(1),
            eventid,
            accepted_at: Timestamp::from_ms(1),
            schema: None,
            rules: 1,
            matches: None,
            keys: Vec::new(),
            draft,
        };
        let lease = Lease {
            instance: self.instance.unwrap(),
            plugin: "p".to_owned(),
            handler: "recording.ended".to_owned(),
            delivery: DeliveryId::from_bytes(uuid_v7(self.deliveries, [2; 10])),
            token: FencingToken(self.deliveries),
            attempt: 1,
            sequence: Sequence(1),
            timeout: Duration::from_secs(60),
            replay: None,
        };
        self.actions.send(HostAction::Deliver { lease: Box::new(lease), event: Arc::new(event), batch: None }).unwrap();
        match self.told().await {
            Told::Outcome(report) => report.outcome,
            other => panic!("{other:?}: {:#?}", self.log()),
        }
    }
}

const PYTHON: &str = r#"
from panotti import PluginBase, on

class Count(PluginBase):
    @on("recording.ended")
    async def count(self, event):
        print("counting")
        await self.emit_event("words.counted", {"n": len(event.payload["transcript"].split())})

Count.main()
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_python_plugin_handles_fails_is_logged_and_drains() {
    let yaml = "name: p\nversion: 0.1.0\nentry: plugin.py\non: [{topic: recording.ended}]\nlimits: {start: 15s}\nconfig: {min: 1}\n";
    let mut world = World::with(&[("plugin.yaml", yaml), ("plugin.py", PYTHON)]).await;

    let HandlerOutcome::Done { emits, .. } = world.handles(r#"{"transcript":"a b c"}"#).await else { panic!("{:#?}", world.log()) };
    assert_eq!(emits[0].draft.payload, br#"{"n":3}"#);
    assert_eq!(emits[0].draft.source, "/plugins/p");
    let HandlerOutcome::Retry { error, .. } = world.handles("{}").await else { panic!("a retry") };
    assert_eq!(error.class, "KeyError");
    assert!(world.log().iter().any(|line| line.contains("counting")), "{:#?}", world.log());

    let update = PluginConfigUpdate { overlay: [("mni".to_owned(), 2.into())].into(), ..PluginConfigUpdate::default() };
    let refused = world.host.config_put("p", update, "user:t").await.unwrap_err();
    assert_eq!((refused.code.as_str(), refused.next.as_str()), ("plugin.config_key_unknown", "did you mean `min`?"));

    let off = world.host.disable("p", PluginSwitch::default(), "user:t").await.unwrap();
    assert!(off.changed);
    world.until("disabled").await;
    assert!(matches!(world.told().await, Told::Detached(InstanceEnd::Stopped)));
    world.host.drain_and_stop(Duration::from_secs(1)).await;
}

/// Section 9 of the protocol's document: what a stranger writes from it.
fn node_plugin() -> String {
    let document = include_str!("../../docs/plugin-protocol.md");
    document.split("```js\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_plugin_written_from_the_protocols_document_handles_events_and_takes_a_new_configuration_live() {
    let yaml = "name: p\nversion: 0.1.0\nentry: plugin.js\non: [{topic: recording.ended}]\nlimits: {start: 15s}\nconfig: {min_words: 1}\n";
    let mut world = World::with(&[("plugin.yaml", yaml), ("plugin.js", &node_plugin())]).await;

    let HandlerOutcome::Done { emits, .. } = world.handles(r#"{"transcript":"a b c"}"#).await else { panic!("{:#?}", world.log()) };
    assert_eq!(emits[0].draft.payload, br#"{"n":3}"#);

    world.until("running").await;
    let update = PluginConfigUpdate { overlay: [("min_words".to_owned(), 5.into())].into(), ..PluginConfigUpdate::default() };
    assert_eq!(world.host.config_put("p", update, "user:t").await.unwrap().effect, "live");
    let HandlerOutcome::Done { emits, .. } = world.handles(r#"{"transcript":"a b c"}"#).await else { panic!("{:#?}", world.log()) };
    assert!(emits.is_empty());
    world.host.drain_and_stop(Duration::from_secs(1)).await;
}

const SHELL: &str = r#"#!/bin/sh
read -r event
case "$event" in
  *bad*) echo "no such file" >&2; exit 3 ;;
  *never*) echo "cannot be mended" >&2; exit 65 ;;
esac
echo "{\"topic\":\"words.counted\",\"data\":{\"n\":$PANOTTI_ATTEMPT}}" >&3
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_script_is_a_plugin_and_its_exit_code_is_the_outcome() {
    let yaml = "name: p\nversion: 0.1.0\nentry: run.sh\non: [{topic: recording.ended}]\nlimits: {start: 15s}\n";
    let mut world = World::with(&[("plugin.yaml", yaml), ("run.sh", SHELL)]).await;

    let HandlerOutcome::Done { emits, .. } = world.handles("{}").await else { panic!("{:#?}", world.log()) };
    assert_eq!(emits[0].draft.payload, br#"{"n":1}"#);
    let HandlerOutcome::Retry { error, .. } = world.handles(r#"{"x":"bad"}"#).await else { panic!("a retry") };
    assert_eq!((error.class.as_str(), error.message.as_str()), ("Exit3", "no such file"));
    let HandlerOutcome::Reject { reason } = world.handles(r#"{"x":"never"}"#).await else { panic!("a reject") };
    assert_eq!(reason, "cannot be mended");
    world.host.drain_and_stop(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_a_plugin_that_exits_at_once_is_backed_off_and_says_why() {
    let yaml = "name: p\nversion: 0.1.0\nruntime: native\nentry: run.sh\n";
    let world = World::with(&[("plugin.yaml", yaml), ("run.sh", "#!/bin/sh\necho 'no module named x' >&2\nexit 1\n")]).await;

    world.until("backoff").await;
    let reason = world.host.status("p").unwrap().reason;
    assert_eq!(reason, "it exited with code 1: no module named x");
    world.host.drain_and_stop(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_rubbish_on_descriptor_3_ends_a_plugin_and_silence_at_the_start_too() {
    let rubbish = "#!/bin/sh\nfor i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo rubbish >&3; done\nsleep 60\n";
    let silent = "#!/bin/sh\nsleep 60\n";
    for (script, expected) in [(rubbish, "10 lines in a row on descriptor 3 were no frames"), (silent, "it was not ready within 0.5 s")] {
        let yaml = "name: p\nversion: 0.1.0\nruntime: native\nentry: run.sh\nlimits: {start: 500ms}\n";
        let world = World::with(&[("plugin.yaml", yaml), ("run.sh", script)]).await;
        world.until("backoff").await;
        assert!(world.log().iter().any(|line| line.ends_with(expected)), "{:#?}", world.log());
        world.host.drain_and_stop(Duration::from_secs(1)).await;
    }
}
