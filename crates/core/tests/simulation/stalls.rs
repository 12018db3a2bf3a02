//! Subscriptions that stand still (issue 3, failures), a sentence and an example each.

use std::time::Duration;

use panotti_core::command::{Command, Switch};
use panotti_core::limits::{HANDLER_TIMEOUT, STALL_MIN};
use panotti_core::routing::SubscriptionId;
use panotti_protocol::api::OnDisabled;
use panotti_protocol::notice;
use panotti_protocol::time::Timestamp;

use crate::story::{Does, Story};
use crate::world::Fate;

const MINUTE: Duration = Duration::from_secs(60);

fn told(story: &Story, topic: &str) -> usize {
    story.disk().events.iter().filter(|event| event.draft.topic.as_str() == topic).count()
}

fn stalled_since(story: &Story) -> Option<Timestamp> {
    story.bus().look().subscriptions[&SubscriptionId(1)].stalled_since
}

fn pass_minutes(story: &mut Story, minutes: u32) {
    for _ in 0..minutes {
        story.pass(MINUTE);
    }
}

#[test]
fn rule_14_a_subscription_stands_still_when_nothing_has_ended_for_three_times_its_timeout_and_is_told_of_once() {
    let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");
    story.publish("audio.recorded");
    let minutes = u32::try_from(HANDLER_TIMEOUT.as_secs() * 3 / 60).unwrap();

    pass_minutes(&mut story, minutes - 1);
    assert_eq!((told(&story, notice::SUBSCRIPTION_STALLED), stalled_since(&story)), (0, None));
    pass_minutes(&mut story, 100);
    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 1);
    assert!(stalled_since(&story).is_some());

    story.attach("notes");
    story.run_until_quiet();
    assert_eq!((told(&story, notice::SUBSCRIPTION_STALLED), told(&story, notice::SUBSCRIPTION_RESUMED)), (1, 1));
    assert_eq!(stalled_since(&story), None);
}

#[test]
fn rule_14_the_bus_wakes_by_itself_when_a_subscription_has_stood_still_for_too_long() {
    let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");
    story.publish("audio.recorded");
    let published = story.now();

    story.run_until_quiet();

    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 1);
    assert!(story.now().since(published) >= STALL_MIN.max(HANDLER_TIMEOUT * 3));
}

#[test]
fn rule_14_a_stall_is_not_told_again_after_a_restart() {
    let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");
    story.publish("audio.recorded");
    story.run_until_quiet();

    story.crash_and_restart(&[]);
    pass_minutes(&mut story, 60);
    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 1);
    assert!(stalled_since(&story).is_some(), "it still stands still");

    story.attach("notes");
    story.run_until_quiet();
    assert_eq!(told(&story, notice::SUBSCRIPTION_RESUMED), 1);
}

#[test]
fn rule_14_a_handler_that_hangs_on_everything_is_seen_although_its_attempts_end() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    for _ in 0..50 {
        story.publish("audio.recorded");
    }

    // The process is well and says so; its handlers never end, until their hard limit.
    for _ in 0..16 * 3 {
        story.pass(Duration::from_secs(20));
        let tokens: Vec<_> = story.handed_out.iter().map(|(_, lease)| lease.token).collect();
        story.step(tokens.into_iter().map(|token| Command::Heartbeat { token }).collect(), Fate::Commits);
    }

    assert_eq!(told(&story, notice::DELIVERY_DEAD), 0, "nothing has ended yet");
    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 1);
}

#[test]
fn rule_14_what_waits_for_its_next_attempt_and_what_is_held_does_not_stand_still() {
    let mut waits = Story::new().with_plugin("notes", "audio.recorded");
    waits.will("notes", [Does::Defer(Duration::from_secs(20 * 3_600))]);
    waits.publish("audio.recorded");
    waits.step(vec![waits.outcome(&waits.last_lease(), waits.last_lease().token, Does::Defer(MINUTE * 1_000))], Fate::Commits);
    pass_minutes(&mut waits, 900);
    assert_eq!(told(&waits, notice::SUBSCRIPTION_STALLED), 0);

    let mut held = Story::new().with_stopped_plugin("notes", "audio.recorded");
    let [plugin, actor, reason] = ["notes", "someone", "because"].map(str::to_owned);
    held.asks(Command::Switch(Switch { plugin, enabled: false, on_disabled: Some(OnDisabled::Hold), actor, reason }));
    held.publish("audio.recorded");
    pass_minutes(&mut held, 900);
    assert_eq!(told(&held, notice::SUBSCRIPTION_STALLED), 0);
}

#[test]
fn rule_14_what_waits_behind_a_dead_letter_of_its_key_stands_still_until_that_is_resolved() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Reject]);
    let first = story.publish_keyed("audio.recorded", "a");
    story.run_until_quiet();
    pass_minutes(&mut story, 60);
    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 0, "nothing waits behind it yet");

    let second = story.publish_keyed("audio.recorded", "a");
    story.run_until_quiet();
    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 1);
    for _ in 0..2 {
        story.crash_and_restart(&["notes"]);
        pass_minutes(&mut story, 60);
        assert_eq!((told(&story, notice::SUBSCRIPTION_STALLED), told(&story, notice::SUBSCRIPTION_RESUMED)), (1, 0));
    }

    let deliveries = vec![story.disk().stored_delivery(story.key(first, "notes"))];
    story.asks(Command::Discard { deliveries, reason: "useless".to_owned(), actor: "someone".to_owned() });
    story.run_until_quiet();
    assert!(story.has_row(second, "notes"));
    assert_eq!((told(&story, notice::SUBSCRIPTION_RESUMED), stalled_since(&story)), (1, None));
}

#[test]
fn rule_14_what_waits_behind_the_retry_of_its_key_does_not_stand_still() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.publish_keyed("audio.recorded", "a");
    story.publish_keyed("audio.recorded", "a");
    let lease = story.last_lease();
    story.step(vec![story.outcome(&lease, lease.token, Does::Defer(MINUTE * 1_000))], Fate::Commits);

    pass_minutes(&mut story, 900);
    story.crash_and_restart(&["notes"]);
    pass_minutes(&mut story, 90);

    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 0);
}

#[test]
fn rule_14_a_stopped_plugin_stands_still_before_events_with_keys_too() {
    let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");
    story.publish_keyed("audio.recorded", "a");

    story.run_until_quiet();

    assert_eq!(told(&story, notice::SUBSCRIPTION_STALLED), 1);
}

#[test]
fn the_oldest_event_that_is_owed_is_known_without_reading_the_store() {
    let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");
    let first = story.publish("audio.recorded");
    story.publish("audio.recorded");

    assert_eq!(story.bus().look().subscriptions[&SubscriptionId(1)].oldest, Some(first));
    story.attach("notes");
    story.run_until_quiet();
    let look = story.bus().look();
    assert_eq!((look.subscriptions[&SubscriptionId(1)].oldest, look.leased.len()), (None, 0));
    assert_eq!(look.subscriptions[&SubscriptionId(1)].ended_at, Some(story.now()));
}

#[test]
fn rule_08_deaths_that_are_alike_are_one_group_that_is_counted() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Reject, Does::Reject, Does::Reject]);
    for _ in 0..3 {
        story.publish("audio.recorded");
    }
    story.run_until_quiet();

    let payloads = story.disk().events.iter().filter(|event| event.draft.topic.as_str() == notice::DELIVERY_DEAD);
    let payloads: Vec<String> = payloads.map(|event| String::from_utf8_lossy(&event.draft.payload).into_owned()).collect();
    for (index, payload) in payloads.iter().enumerate() {
        assert!(payload.contains("\"group\":{\"id\":\"notes:") && payload.contains(&format!("\"number\":{}", index + 1)), "{payload}");
    }
    assert_eq!(payloads.len(), 3);
}
