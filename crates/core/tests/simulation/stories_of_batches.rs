//! The rules of batches and of crashes in company, told as sentences with one example each.

use std::time::Duration;

use panotti_core::command::{Answer, Command};
use panotti_core::routing::SubscriptionSpec;
use panotti_protocol::delivery::{AttemptOutcome, DeliveryState};
use panotti_protocol::id::Sequence;

use crate::chaos::crash;
use crate::story::{Does, Story, instance};
use crate::world::Fate;

/// A running plugin that takes batches.
fn takes_batches(batch: u32, concurrency: u32) -> Story {
    let mut story = Story::new();
    let spec = SubscriptionSpec { batch, concurrency, ..SubscriptionSpec::new("audio.recorded".parse().unwrap()) };
    story.asks(Command::Register { plugin: "notes".to_owned(), subscriptions: vec![spec] });
    story.attach("notes");
    story
}

/// Publishes all of them in one step.
fn publish_at_once(story: &mut Story, number: usize) -> Vec<Sequence> {
    let commands = (0..number).map(|_| story.publish_command(draft())).collect();
    let answers = story.step(commands, Fate::Commits).unwrap();
    let sequence = |answer: Answer| match answer {
        Answer::Receipt(receipt) => receipt.sequence,
        other => panic!("a publish is answered with {other:?}"),
    };
    answers.into_iter().map(sequence).collect()
}

fn draft() -> panotti_core::event::Draft {
    panotti_core::event::Draft::new("audio.recorded".parse().unwrap(), "/cli", "someone", Vec::new())
}

#[test]
fn rule_12_a_batch_is_what_is_ready_and_calls_are_bounded_by_the_concurrency() {
    // One call of three is kept for critical events.
    let mut story = takes_batches(10, 3);

    story.publish("audio.recorded");
    assert_eq!(story.handed_out.len(), 1, "nothing waits for a batch to fill");
    publish_at_once(&mut story, 25);
    assert_eq!(story.handed_out.len(), 11, "the second call takes as many as it can");

    let first = story.handed_out[0].1.clone();
    let done = story.outcome(&first, first.token, Does::Done);
    story.asks(done);
    assert_eq!(story.handed_out.len(), 21, "where one call is over the next begins, full");
    let second: Vec<_> = story.handed_out[1..10].iter().map(|(_, lease)| lease.clone()).collect();
    for lease in second {
        let done = story.outcome(&lease, lease.token, Does::Done);
        story.asks(done);
    }
    assert_eq!(story.handed_out.len(), 21, "a call is over with the last of its deliveries");
    story.run_until_quiet();
    assert_eq!(story.handed_out.len(), 26);
}

#[test]
fn rule_05_every_delivery_of_a_batch_ends_by_itself() {
    let mut story = takes_batches(10, 1);
    let events = publish_at_once(&mut story, 5);
    let leases: Vec<_> = story.handed_out.iter().map(|(_, lease)| lease.clone()).collect();
    assert_eq!(leases.len(), 5);
    let ways = [Does::Done, Does::Retry, Does::Reject, Does::Defer(Duration::from_secs(5))];
    for (lease, does) in leases.iter().zip(ways) {
        let outcome = story.outcome(lease, lease.token, does);
        story.asks(outcome);
    }
    story.pass(Duration::from_secs(31));

    assert_eq!(story.delivery(events[0], "notes").state, DeliveryState::Done);
    assert_eq!(story.outcomes(events[1], "notes"), [AttemptOutcome::Retry]);
    assert_eq!(story.delivery(events[2], "notes").state, DeliveryState::Dead);
    assert_eq!(story.delivery(events[3], "notes").attempts, 0, "a defer uses no attempt");
    assert_eq!(story.outcomes(events[4], "notes"), [AttemptOutcome::Timeout], "the lease of the last ran out");
    let late = story.outcome(&leases[4], leases[4].token, Does::Done);
    assert!(matches!(story.asks(late), Answer::Stale));
}

#[test]
fn rule_11_a_batch_has_one_delivery_of_a_key() {
    let mut story = takes_batches(10, 1);
    let commands = ["a", "a", "b", "a", "b"].map(|key| story.keyed_command("audio.recorded", key));
    let events: Vec<_> = story.step(commands.to_vec(), Fate::Commits).unwrap().into_iter().collect();
    assert_eq!(events.len(), 5);

    assert_eq!(story.handed_out.len(), 2, "the first of each key");
    story.run_until_quiet();
    let order: Vec<u64> = story.order_of("notes").iter().map(|sequence| sequence.0 - story.order_of("notes")[0].0).collect();
    assert_eq!(order, [0, 2, 1, 4, 3]);
}

#[test]
fn rule_23_what_a_stop_returns_of_a_batch_uses_no_attempt() {
    let mut story = takes_batches(10, 1);
    let events = publish_at_once(&mut story, 3);
    let end = panotti_core::command::InstanceEnd::Stopped;
    story.asks(Command::Detach { instance: instance("notes"), end });
    assert!(events.iter().all(|event| !story.has_row(*event, "notes")), "as if they had never been handed out");
    story.attach("notes");
    story.run_until_quiet();
    assert!(events.iter().all(|event| story.outcomes(*event, "notes") == [AttemptOutcome::Done]));
}

#[test]
fn rule_14_what_does_not_fit_into_a_batch_is_handed_out_again_and_uses_no_attempt() {
    let mut story = takes_batches(10, 1);
    let events = publish_at_once(&mut story, 4);
    let unsent = story.handed_out[2..].iter().map(|(_, lease)| lease.token).collect();
    let sent: Vec<_> = story.handed_out[..2].iter().map(|(_, lease)| lease.clone()).collect();
    assert!(matches!(story.asks(Command::ReturnUnsent { tokens: unsent }), Answer::Changed(2)));
    assert_eq!(story.handed_out.len(), 4, "their call is not over");
    for lease in sent {
        let done = story.outcome(&lease, lease.token, Does::Done);
        story.asks(done);
    }
    assert_eq!(story.order_of("notes")[4..], events[2..], "they are the next");
    story.run_until_quiet();
    assert!(events.iter().all(|event| story.outcomes(*event, "notes") == [AttemptOutcome::Done]));
}

#[test]
fn rule_09_a_crash_in_a_batch_of_a_hundred_quarantines_the_one_that_crashes_and_no_other() {
    let mut story = takes_batches(100, 4);
    let events = publish_at_once(&mut story, 100);
    assert_eq!(story.handed_out.len(), 100);
    let poison = events[42];
    let mut seen = 0;

    // Whoever has the poisonous one in its hands crashes; everything else is handled.
    for _ in 0..1_000 {
        let new: Vec<_> = story.handed_out[seen..].iter().map(|(_, lease)| lease.clone()).collect();
        seen = story.handed_out.len();
        if new.iter().any(|lease| lease.sequence == poison) {
            story.asks(crash(instance("notes")));
            story.attach("notes");
            continue;
        }
        for lease in &new {
            let done = story.outcome(lease, lease.token, Does::Done);
            story.asks(done);
        }
        if seen == story.handed_out.len() {
            let Some(at) = story.bus().next_due() else { break };
            let wait = at.since(story.now());
            story.pass(wait);
        }
    }

    assert_eq!(story.delivery(poison, "notes").state, DeliveryState::Quarantined);
    assert_eq!(story.outcomes(poison, "notes"), [AttemptOutcome::Crash; 3]);
    for event in events.iter().filter(|event| **event != poison) {
        let row = story.delivery(*event, "notes");
        assert_eq!(row.state, DeliveryState::Done, "{event}");
        assert!(row.attempts <= 3, "{event}: {:?}", row.history);
    }
}

#[test]
fn rule_09_a_crash_in_company_is_not_the_end_of_a_delivery_that_has_one_attempt_left() {
    let mut story = Story::new();
    let retry = panotti_core::retry::RetryPolicy { max: 1, ..panotti_core::retry::RetryPolicy::default() };
    let spec = SubscriptionSpec { retry, ..SubscriptionSpec::new("audio.recorded".parse().unwrap()) };
    story.asks(Command::Register { plugin: "notes".to_owned(), subscriptions: vec![spec] });
    story.attach("notes");
    let events = publish_at_once(&mut story, 3);

    story.asks(crash(instance("notes")));
    story.attach("notes");
    story.pass(Duration::from_secs(2));
    assert_eq!(story.handed_out.len(), 4, "the next attempt would be the last: each is made alone");
    story.run_until_quiet();
    assert!(events.iter().all(|event| story.delivery(*event, "notes").state == DeliveryState::Done));
}
