//! Rule 12 in sentences, with an example each.

use std::time::Duration;

use panotti_core::command::Command;
use panotti_core::event::Draft;
use panotti_core::limits::{LANE_AGE, WINDOW_MAX};
use panotti_core::routing::SubscriptionSpec;
use panotti_protocol::api::{ReplaySelection, Turns};
use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;

use crate::story::{Does, Story, instance};
use crate::world::Fate;

use Priority::{Critical, High, Low, Normal};

/// A plugin that is not there yet.
fn story(concurrency: u32, turns: Turns) -> Story {
    let mut story = Story::new();
    let spec = SubscriptionSpec { concurrency, turns, ..SubscriptionSpec::new("audio.recorded".parse().unwrap()) };
    story.asks(Command::Register { plugin: "notes".to_owned(), subscriptions: vec![spec] });
    story
}

fn draft(priority: Priority, key: Option<&str>) -> Draft {
    let draft = Draft::new("audio.recorded".parse().unwrap(), "/cli", "someone", Vec::new());
    Draft { priority, orderingkey: key.map(str::to_owned), ..draft }
}

fn publish(story: &mut Story, priority: Priority) -> Sequence {
    story.publish_draft(draft(priority, None)).sequence
}

fn publish_keyed(story: &mut Story, priority: Priority, key: &str) -> Sequence {
    story.publish_draft(draft(priority, Some(key))).sequence
}

/// The priorities of what was handed out, in order.
fn handed_out(story: &Story) -> Vec<Priority> {
    story.order_of("notes").iter().map(|sequence| story.disk().event(*sequence).draft.priority).collect()
}

#[test]
fn rule_12_critical_overtakes_a_backlog_of_low() {
    let mut story = story(1, Turns::Weighted);
    for priority in [Low, Low, Low, Critical] {
        publish(&mut story, priority);
    }

    story.attach("notes");
    story.run_until_quiet();

    assert_eq!(handed_out(&story), [Critical, Low, Low, Low]);
}

#[test]
fn rule_12_turns_are_weighted_and_each_lane_is_first_in_first_out() {
    let mut story = story(1, Turns::Weighted);
    for _ in 0..30 {
        for priority in [Low, Normal, High, Critical] {
            publish(&mut story, priority);
        }
    }

    story.attach("notes");
    story.run_until_quiet();

    let first: Vec<Priority> = handed_out(&story).into_iter().take(30).collect();
    let number = |wanted: Priority| first.iter().filter(|priority| **priority == wanted).count();
    assert_eq!([Critical, High, Normal, Low].map(number), [16, 8, 4, 2]);
    for wanted in [Low, Normal, High, Critical] {
        let order: Vec<Sequence> =
            story.order_of("notes").into_iter().filter(|at| story.disk().event(*at).draft.priority == wanted).collect();
        assert!(order.is_sorted(), "{wanted}: {order:?}");
    }
}

#[test]
fn rule_12_one_place_is_kept_for_critical() {
    let mut story = story(2, Turns::Weighted);
    story.attach("notes");
    let [first, second, third] = [High, Normal, Critical].map(|priority| publish(&mut story, priority));

    assert_eq!(story.order_of("notes"), [first, third], "what is not critical has one place of two");
    story.run_until_quiet();
    assert_eq!(story.order_of("notes"), [first, third, second]);
}

#[test]
fn rule_12_a_single_place_is_kept_for_nobody() {
    let mut story = story(1, Turns::Weighted);
    story.attach("notes");

    let low = publish(&mut story, Low);

    assert_eq!(story.order_of("notes"), [low]);
}

#[test]
fn rule_12_what_has_waited_a_minute_goes_before_what_is_younger_in_the_lane_above() {
    let mut story = story(1, Turns::Weighted);
    for _ in 0..4 {
        publish(&mut story, Low);
    }
    story.pass(LANE_AGE + Duration::from_millis(1));
    for _ in 0..4 {
        publish(&mut story, Normal);
    }

    story.attach("notes");
    story.run_until_quiet();

    assert_eq!(handed_out(&story), [Low, Low, Low, Low, Normal, Normal, Normal, Normal]);
}

#[test]
fn rule_12_strict_takes_the_highest_whatever_has_waited() {
    let mut story = story(1, Turns::Strict);
    for _ in 0..2 {
        publish(&mut story, Low);
    }
    story.pass(LANE_AGE * 10);
    for _ in 0..20 {
        publish(&mut story, Normal);
    }

    story.attach("notes");
    story.run_until_quiet();

    let order = handed_out(&story);
    assert_eq!(order.iter().position(|priority| *priority == Low), Some(20), "{order:?}");
}

#[test]
fn rule_12_a_key_takes_the_highest_priority_that_waits_in_it_and_keeps_its_order() {
    for restarts in [false, true] {
        let mut story = story(1, Turns::Strict);
        let others: Vec<Sequence> = (0..3).map(|_| publish_keyed(&mut story, High, "other")).collect();
        let first = publish_keyed(&mut story, Low, "a");
        let second = publish_keyed(&mut story, Normal, "a");
        let third = publish_keyed(&mut story, Critical, "a");
        if restarts {
            story.crash_and_restart(&[]);
        }

        story.attach("notes");
        story.run_until_quiet();

        let order = story.order_of("notes");
        assert_eq!(order[0], first);
        assert!(order.iter().filter(|sequence| [first, second, third].contains(sequence)).is_sorted(), "{order:?}");
        // After a restart the rest of a key is read when it is its turn: one of another may pass meanwhile.
        let passed = |sequence: &&Sequence| others.contains(sequence);
        let before = order.iter().take_while(|sequence| **sequence != third).filter(passed).count();
        assert!(before <= if restarts { 2 } else { 0 }, "restarts: {restarts}: {order:?}");
    }
}

#[test]
fn rule_12_a_key_is_worth_less_when_its_highest_is_cancelled() {
    let mut story = story(1, Turns::Strict);
    let low = publish_keyed(&mut story, Low, "a");
    let critical = publish_keyed(&mut story, Critical, "a");
    let normal = publish(&mut story, Normal);
    let key = story.key(critical, "notes");
    let stored = panotti_core::command::StoredDelivery {
        owed: story.disk().owed_of(key),
        state: panotti_protocol::delivery::DeliveryState::Pending,
    };
    let (which, reason, actor) = (panotti_core::cancel::Cancelled::NotBegun, "useless".to_owned(), "someone".to_owned());
    story.asks(Command::Cancel(panotti_core::cancel::Cancel { deliveries: vec![stored], which, reason, actor }));

    story.attach("notes");
    story.run_until_quiet();

    assert_eq!(story.order_of("notes"), [normal, low]);
}

#[test]
fn rule_12_a_retry_keeps_its_lane_and_its_key_may_raise_it() {
    let mut story = story(1, Turns::Strict);
    story.attach("notes");
    let failing = publish_keyed(&mut story, Low, "a");
    let lease = story.last_lease();
    story.step(vec![story.outcome(&lease, lease.token, Does::Retry)], Fate::Commits);
    let stop = panotti_core::command::InstanceEnd::Stopped;
    story.asks(Command::Detach { instance: instance("notes"), end: stop });
    let high = publish(&mut story, High);
    let critical = publish_keyed(&mut story, Critical, "a");
    story.pass(Duration::from_secs(60));

    story.attach("notes");
    story.run_until_quiet();

    assert_eq!(story.order_of("notes"), [failing, failing, critical, high]);
}

#[test]
fn rule_12_more_than_memory_keeps_of_one_lane_holds_no_other_up() {
    for key in [false, true] {
        let mut story = story(1, Turns::Strict);
        story.checks_seldom();
        for from in (0..4 * WINDOW_MAX).step_by(WINDOW_MAX) {
            let draft = |number: usize| draft(Normal, key.then(|| number.to_string()).as_deref());
            let publishes: Vec<Command> = (from..from + WINDOW_MAX).map(|number| story.publish_command(draft(number))).collect();
            story.step(publishes, Fate::Commits);
        }
        let in_memory = story.bus().in_memory();
        assert!(in_memory <= 3 * WINDOW_MAX, "{in_memory} entries");
        let raised = publish_keyed(&mut story, Critical, &(4 * WINDOW_MAX - 1).to_string());

        story.attach("notes");
        story.run_until_quiet();

        let order = story.order_of("notes");
        assert_eq!(order.len(), 4 * WINDOW_MAX + 1);
        let place = order.iter().position(|sequence| *sequence == raised).unwrap();
        assert!(place <= 2, "a key that memory did not know was raised, and came at place {place}");
    }
}

#[test]
fn rule_12_a_replay_goes_by_the_priorities_of_its_events_beside_what_is_live() {
    let mut story = story(1, Turns::Strict);
    story.attach("notes");
    for priority in [Low, Critical] {
        publish(&mut story, priority);
        story.run_until_quiet();
    }
    story.handed_out.clear();
    story.asks(Command::Detach { instance: instance("notes"), end: panotti_core::command::InstanceEnd::Stopped });
    story.replay(ReplaySelection { topic: Some("audio.*".parse().unwrap()), ..ReplaySelection::default() }, 0);
    story.asks(Command::Tick);
    publish(&mut story, Normal);

    story.attach("notes");
    story.run_until_quiet();

    assert_eq!(handed_out(&story), [Critical, Normal, Low]);
}
