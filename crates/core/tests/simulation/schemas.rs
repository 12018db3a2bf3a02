//! Schemas of topics: what is in force decides about every event that is committed, whatever it was judged by before. In this world a
//! payload fits a schema when it is `fits`.

use std::collections::BTreeMap;

use panotti_core::command::{Answer, Command, Refusal};
use panotti_core::event::Draft;
use panotti_core::routing::RuleSet;
use panotti_core::schemas::{CreateSchema, Misfit, SchemaCommand, SchemaWrite, StoredSchema, TopicSchema, Verdict};
use panotti_protocol::api::{Compatibility, SchemaMode};
use panotti_protocol::delivery::{AttemptOutcome, Cause, DeliveryState};
use panotti_protocol::failure::FailurePart;
use panotti_protocol::topic::Topic;

use crate::story::{Does, Story};

/// The model of what the store keeps of schemas.
#[derive(Debug, Clone, Default)]
pub struct Schemas {
    versions: BTreeMap<(Topic, u32), String>,
    topics: BTreeMap<Topic, (Option<u32>, SchemaMode, u32)>,
    warned: u64,
}

impl Schemas {
    pub fn apply(&mut self, write: &SchemaWrite) {
        match write {
            SchemaWrite::Version { topic, version, text, .. } => {
                let before = self.versions.insert((topic.clone(), *version), text.to_string());
                assert_eq!(before, None, "a version is given once");
            }
            SchemaWrite::InForce { topic, version, mode, last } => drop(self.topics.insert(topic.clone(), (*version, *mode, *last))),
            SchemaWrite::Warned { .. } => self.warned += 1,
        }
    }

    pub fn snapshot(&self) -> Vec<StoredSchema> {
        let stored = |(topic, (version, mode, last)): (&Topic, &(Option<u32>, SchemaMode, u32))| {
            let text = |version| self.versions[&(topic.clone(), version)].as_str().into();
            let in_force = version.map(|version| TopicSchema { version, mode: *mode, text: text(version) });
            StoredSchema { topic: topic.clone(), last: *last, in_force }
        };
        self.topics.iter().map(stored).collect()
    }
}

/// What publishers find by a rule set.
pub fn verdict(rules: &RuleSet, draft: &Draft) -> Verdict {
    match rules.schemas.get(&draft.topic) {
        None => Verdict::Unchecked,
        Some(schema) if draft.payload == b"fits" => Verdict::Fits { version: schema.version },
        Some(schema) => Verdict::Fails(Box::new(Misfit {
            topic: draft.topic.clone(),
            version: schema.version,
            enforced: schema.mode == SchemaMode::Enforce,
            problems: vec![FailurePart { pointer: "/data".to_owned(), detail: "expected `fits`".to_owned(), next: String::new() }],
            more: false,
        })),
    }
}

fn topic(text: &str) -> Topic {
    text.parse().unwrap()
}

fn create(name: &str, text: &str, mode: SchemaMode, compared_with: Option<u32>) -> Command {
    Command::Schema(Box::new(SchemaCommand::Create(CreateSchema {
        topic: topic(name),
        text: text.into(),
        mode: Some(mode),
        fresh_mode: SchemaMode::Enforce,
        compatibility: Compatibility::Backward,
        compared_with,
        same: false,
        by: "someone".to_owned(),
        reason: String::new(),
    })))
}

fn set(name: &str, mode: SchemaMode) -> Command {
    let change = SchemaCommand::Mode { topic: topic(name), mode, actor: "someone".to_owned(), reason: String::new() };
    Command::Schema(Box::new(change))
}

fn draft(name: &str, payload: &str) -> Draft {
    Draft::new(topic(name), "/cli", "someone", payload.into())
}

fn publish(story: &mut Story, name: &str, payload: &str) -> Answer {
    let command = story.publish_command(draft(name, payload));
    story.asks(command)
}

fn is_refused(answer: &Answer) -> bool {
    matches!(answer, Answer::Refused(Refusal::Schema(misfit)) if misfit.problems[0].pointer == "/data")
}

#[test]
fn an_enforced_schema_refuses_what_does_not_fit_and_stamps_what_does() {
    let mut story = Story::new().with_plugin("bills", "order.*");
    let (rules, audit) = (story.disk().rules, story.disk().audit);
    assert!(matches!(story.asks(create("order.paid", "1", SchemaMode::Enforce, None)), Answer::Changed(1)));
    assert_eq!((story.disk().rules, story.disk().audit), (rules + 1, audit + 1), "a version of the rules, and an entry in the audit");

    assert!(is_refused(&publish(&mut story, "order.paid", "x")));
    let fits = story.publish_draft(draft("order.paid", "fits"));
    let other = story.publish_draft(draft("order.sent", "x"));

    assert_eq!((story.disk().events.len(), fits.warnings.len()), (2, 0), "what was refused is not stored");
    assert_eq!(story.disk().event(fits.sequence).schema, Some(1));
    assert_eq!(story.disk().event(other.sequence).schema, None, "its topic has no schema");
    story.crash_and_restart(&["bills"]);
    assert!(is_refused(&publish(&mut story, "order.paid", "x")), "a restart keeps it");
}

#[test]
fn a_schema_that_warns_accepts_counts_and_tells_and_one_that_is_off_does_nothing() {
    let mut story = Story::new();
    story.asks(create("order.paid", "1", SchemaMode::Warn, None));
    let warned = story.publish_draft(draft("order.paid", "x"));
    assert_eq!((warned.warnings.len(), story.disk().schemas.warned, story.disk().event(warned.sequence).schema), (1, 1, Some(1)));

    assert!(matches!(story.asks(set("order.paid", SchemaMode::Off)), Answer::Changed(1)));
    assert!(matches!(story.asks(set("order.paid", SchemaMode::Off)), Answer::Changed(0)));
    let off = story.publish_draft(draft("order.paid", "x"));
    assert_eq!((off.warnings.len(), story.disk().schemas.warned, story.disk().event(off.sequence).schema), (0, 1, None));
}

#[test]
fn an_event_that_was_judged_before_a_schema_came_into_force_is_judged_again() {
    let mut story = Story::new();
    let before = story.publish_command(draft("order.paid", "x"));
    story.asks(create("order.paid", "1", SchemaMode::Enforce, None));
    assert!(matches!(story.asks(before), Answer::MatchAgain));

    let stale = story.publish_command(draft("order.paid", "x"));
    story.asks(set("order.paid", SchemaMode::Warn));
    assert!(matches!(story.asks(stale), Answer::MatchAgain), "a verdict of older rules refuses nothing");
    assert!(matches!(publish(&mut story, "order.paid", "x"), Answer::Receipt(_)));
}

#[test]
fn rule_13_the_same_event_again_gets_its_first_receipt_whatever_the_schema_says_now() {
    let mut story = Story::new();
    let known = Draft { id: Some("17".to_owned()), ..draft("order.paid", "x") };
    let first = story.publish_draft(known.clone());
    story.asks(create("order.paid", "1", SchemaMode::Enforce, None));
    let again = story.publish_draft(known);
    assert_eq!((again.sequence, again.duplicate), (first.sequence, true));
}

#[test]
fn a_version_is_never_given_twice_and_one_that_was_compared_with_another_is_refused() {
    let mut story = Story::new();
    story.asks(create("order.paid", "1", SchemaMode::Enforce, None));
    let late = story.asks(create("order.paid", "2", SchemaMode::Enforce, None));
    assert!(matches!(late, Answer::Refused(Refusal::SchemaChanged(_))), "it was compared with nothing, and there is version 1: {late:?}");
    assert!(matches!(story.asks(create("order.paid", "2", SchemaMode::Enforce, Some(1))), Answer::Changed(1)));
    let remove = SchemaCommand::Remove { topic: topic("order.paid"), actor: "someone".to_owned(), reason: String::new() };
    assert!(matches!(story.asks(Command::Schema(Box::new(remove))), Answer::Changed(1)));
    story.crash_and_restart(&[]);
    assert_eq!(story.publish_draft(draft("order.paid", "x")).warnings.len(), 0, "nothing is in force");

    story.asks(create("order.paid", "3", SchemaMode::Enforce, None));
    let fits = story.publish_draft(draft("order.paid", "fits"));
    assert_eq!(story.disk().event(fits.sequence).schema, Some(3));
    assert_eq!(story.disk().schemas.versions.len(), 3, "the older ones stay readable");
}

#[test]
fn rule_08_a_handler_that_emits_what_does_not_fit_has_failed_and_dies_with_the_cause_schema() {
    let mut story = Story::new().with_plugin("bills", "order.paid");
    story.asks(create("bill.written", "1", SchemaMode::Enforce, None));
    story.will("bills", vec![Does::DoneWith { emits: "bill.written", state: "n" }; 4]);
    let event = story.publish("order.paid");
    story.run_until_quiet();

    assert_eq!(story.outcomes(event, "bills"), [AttemptOutcome::Retry; 4], "each was an attempt");
    let row = story.delivery(event, "bills");
    assert_eq!((row.state, row.cause), (DeliveryState::Dead, Some(Cause::Schema)));
    assert_eq!(row.history[3].error.as_ref().unwrap().class, "SchemaViolated");
    assert!(story.disk().events.iter().all(|event| event.draft.topic.as_str() != "bill.written"), "nothing was emitted");
    assert!(story.disk().state.is_empty(), "and no state was written: all of an outcome or nothing (rule 5)");
}

#[test]
fn a_handler_may_emit_what_does_not_fit_a_schema_that_only_warns() {
    let mut story = Story::new().with_plugin("bills", "order.paid");
    story.asks(create("bill.written", "1", SchemaMode::Warn, None));
    story.will("bills", [Does::DoneWith { emits: "bill.written", state: "n" }]);
    let event = story.publish("order.paid");
    story.run_until_quiet();
    assert_eq!((story.outcomes(event, "bills"), story.disk().schemas.warned), (vec![AttemptOutcome::Done], 1));
}
