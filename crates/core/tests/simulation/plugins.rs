//! Model plugins: running copies with what they hold, and how they answer. A copy may be slow, fail, hang, answer twice or too late.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use panotti_core::command::{HandlerOutcome, Publish, Report};
use panotti_core::event::Draft;
use panotti_core::random::Random;
use panotti_core::routing::{RuleSet, SubscriptionSpec};
use panotti_core::{action::Lease, retry::RetryPolicy};
use panotti_protocol::api::{OnDead, Turns};
use panotti_protocol::delivery::AttemptError;
use panotti_protocol::frame::StateWrite;
use panotti_protocol::id::{FencingToken, InstanceId};
use panotti_protocol::json::Value;

use crate::world::matched_by;

/// How a copy's handlers behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Handles nearly everything.
    Good,
    /// Sometimes this, sometimes that.
    Mixed,
    /// Asks for retries, rejects.
    Failing,
    /// Takes deliveries and is silent.
    Hanging,
    /// Still works, says so, and never ends.
    Endless,
    /// Puts everything off for an hour.
    Deferring,
}

/// A delivery that a copy holds.
#[derive(Debug, Clone)]
pub struct Work {
    pub lease: Lease,
    /// What it has decided to answer: it may be asked to match its emits again.
    pub decided: Option<Decision>,
}

/// An answer before its emits are matched.
#[derive(Debug, Clone)]
pub enum Decision {
    Done { emits: Vec<Draft>, state: Vec<StateWrite> },
    Other(HandlerOutcome),
}

/// A running copy.
#[derive(Debug, Clone)]
pub struct RunningCopy {
    pub instance: InstanceId,
    pub mood: Mood,
    pub held: BTreeMap<FencingToken, Work>,
    /// It gets nothing new and will be stopped.
    pub leaving: bool,
    /// Whether the bus has to be told of it (again).
    pub to_attach: bool,
}

/// A plugin with everything that it ever subscribes to.
#[derive(Debug, Clone)]
pub struct Plugin {
    pub name: &'static str,
    pub shapes: Vec<SubscriptionSpec>,
    pub wanted: bool,
    pub copies: Vec<RunningCopy>,
}

impl Plugin {
    /// The plugins of every run.
    pub fn all() -> Vec<Plugin> {
        let shape = |pattern: &str, concurrency: u32, timeout_s: u64, retries: u32| SubscriptionSpec {
            concurrency,
            timeout: Duration::from_secs(timeout_s),
            retry: RetryPolicy { max: retries, ..RetryPolicy::default() },
            ..SubscriptionSpec::new(pattern.parse().expect("a pattern"))
        };
        let keyed = |key: &str, on_dead: OnDead, spec: SubscriptionSpec| SubscriptionSpec {
            key: Some(key.parse().expect("a path")),
            on_dead,
            ..spec
        };
        let batches = |batch: u32, spec: SubscriptionSpec| SubscriptionSpec { batch, ..spec };
        let blocking = |spec: SubscriptionSpec| SubscriptionSpec { on_dead: OnDead::Block, ..spec };
        let highest_first = |spec: SubscriptionSpec| SubscriptionSpec { turns: Turns::Strict, ..spec };
        let plugin = |name, shapes| Plugin { name, shapes, wanted: true, copies: Vec::new() };
        vec![
            plugin(
                "transcriber",
                vec![
                    keyed("subject", OnDead::Continue, highest_first(shape("recording.ended", 4, 300, 3))),
                    batches(8, shape("recording.*", 2, 20, 1)),
                ],
            ),
            plugin(
                "notes",
                vec![
                    keyed("correlationid", OnDead::Continue, batches(5, shape("transcript.>", 4, 60, 3))),
                    blocking(batches(16, shape("burst.*", 3, 300, 3))),
                ],
            ),
            plugin("strict", vec![keyed("subject", OnDead::Block, shape("recording.started", 3, 40, 0)), shape("rare.>", 1, 300, 5)]),
            plugin(
                "watcher",
                vec![shape("panotti.delivery.dead", 4, 300, 3), highest_first(shape(">", 16, 300, 2)), shape("panotti.>", 6, 100, 3)],
            ),
        ]
    }

    pub fn current(&mut self) -> Option<&mut RunningCopy> {
        self.copies.iter_mut().find(|copy| !copy.leaving)
    }
}

impl RunningCopy {
    pub fn new(instance: InstanceId, mood: Mood) -> Self {
        Self { instance, mood, held: BTreeMap::new(), leaving: false, to_attach: true }
    }

    /// What it answers to one of its deliveries now, if it answers.
    pub fn decide(&self, work: &Work, random: &mut Random) -> Option<Decision> {
        if self.mood == Mood::Hanging || self.mood == Mood::Endless || random.below(3) == 0 {
            return None;
        }
        let [done, retry, reject] = match self.mood {
            Mood::Good => [97, 1, 1],
            Mood::Mixed => [55, 30, 6],
            Mood::Deferring => [0, 0, 0],
            _ => [8, 78, 9],
        };
        let chosen = random.below(100);
        Some(if chosen < done {
            done_with(&work.lease, random)
        } else if chosen < done + retry {
            let after = (random.below(4) == 0).then(|| random.up_to(Duration::from_secs(20)));
            let error = AttemptError { class: "ValueError".to_owned(), message: format!("no luck, {}", random.below(9)), place: None };
            Decision::Other(HandlerOutcome::Retry { after, error })
        } else if chosen < done + retry + reject {
            Decision::Other(HandlerOutcome::Reject { reason: "not for me".to_owned() })
        } else {
            let after = if self.mood == Mood::Deferring { Duration::from_secs(3_600) } else { random.up_to(Duration::from_secs(9)) };
            Decision::Other(HandlerOutcome::Defer { after, reason: String::new() })
        })
    }
}

/// Done, sometimes with an event and a write to the plugin's state.
fn done_with(lease: &Lease, random: &mut Random) -> Decision {
    let source = format!("/plugins/{}", lease.plugin);
    let emits = match lease.handler.as_str() {
        "recording.ended" if random.below(2) == 0 => vec!["transcript.made", "transcript.made.fast"],
        "recording.*" if random.below(5) == 0 => vec!["rare.found"],
        _ => vec![],
    };
    let emits = emits.into_iter().map(|topic| Draft::new(topic.parse().expect("a topic"), source.clone(), source.clone(), Vec::new()));
    let key = format!("handled/{}", lease.delivery.short());
    let value = (random.below(9) > 0).then(|| Value::from(lease.attempt));
    let state = if random.below(3) == 0 { vec![StateWrite { key, value }] } else { vec![] };
    Decision::Done { emits: emits.collect(), state }
}

/// The report of a decision, with its emits matched against these rules.
pub fn report(lease: &Lease, decision: &Decision, rules: &Arc<RuleSet>) -> Report {
    let outcome = match decision {
        Decision::Other(outcome) => outcome.clone(),
        Decision::Done { emits, state } => {
            let emit = |draft: &Draft| Publish { draft: draft.clone(), matches: matched_by(rules, draft), known: None };
            let emits = emits.iter().map(emit).collect();
            HandlerOutcome::Done { emits, state: state.clone() }
        }
    };
    Report { delivery: lease.delivery, token: lease.token, outcome, log_tail: "a line".to_owned() }
}
