//! Rule 11 in sentences, with an example each.

use panotti_core::command::{Answer, Command};
use panotti_core::limits::{KEY_FRONT_MAX, KEYS_MAX, REPLAY_WINDOW_MAX, WINDOW_MAX};
use panotti_protocol::api::ReplaySelection;
use panotti_protocol::delivery::{DeliveryState, ReplayState};

use crate::story::{Does, Story};
use crate::world::Fate;

fn someone() -> String {
    "someone".to_owned()
}

#[test]
fn rule_11_events_of_one_key_come_one_at_a_time_in_their_order() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let first = story.publish_keyed("audio.recorded", "a");
    let second = story.publish_keyed("audio.recorded", "a");
    let other = story.publish_keyed("audio.recorded", "b");

    assert_eq!(story.order_of("notes"), [first, other], "another key does not wait");
    story.run_until_quiet();

    assert_eq!(story.order_of("notes"), [first, other, second]);
}

#[test]
fn rule_11_a_failing_delivery_holds_its_key_through_its_retries() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Retry, Does::Retry]);
    let first = story.publish_keyed("audio.recorded", "a");
    let second = story.publish_keyed("audio.recorded", "a");
    story.run_until_quiet();

    assert_eq!(story.order_of("notes"), [first, first, first, second]);
}

#[test]
fn rule_11_when_it_dies_the_next_of_its_key_goes_on() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Reject]);
    let first = story.publish_keyed("audio.recorded", "a");
    let second = story.publish_keyed("audio.recorded", "a");
    story.run_until_quiet();

    assert_eq!(story.delivery(first, "notes").state, DeliveryState::Dead);
    assert_eq!(story.delivery(second, "notes").state, DeliveryState::Done);
}

#[test]
fn rule_11_a_blocked_key_waits_until_its_dead_letter_is_discarded_also_over_a_crash() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Reject]);
    let first = story.publish_keyed("audio.recorded", "a");
    let second = story.publish_keyed("audio.recorded", "a");
    story.run_until_quiet();
    assert!(!story.has_row(second, "notes"));

    story.crash_and_restart(&["notes"]);
    let third = story.publish_keyed("audio.recorded", "a");
    let other = story.publish_keyed("audio.recorded", "b");
    story.run_until_quiet();
    assert_eq!(story.order_of("notes"), [first, other]);

    let deliveries = vec![story.disk().stored_delivery(story.key(first, "notes"))];
    story.asks(Command::Discard { deliveries, reason: "useless".to_owned(), actor: someone() });
    story.run_until_quiet();
    assert_eq!(story.order_of("notes"), [first, other, second, third]);
}

#[test]
fn rule_11_a_retry_by_hand_lets_a_blocked_key_go_on_when_it_is_done() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Reject]);
    let first = story.publish_keyed("audio.recorded", "a");
    let second = story.publish_keyed("audio.recorded", "a");
    story.run_until_quiet();

    let deliveries = vec![story.disk().stored_delivery(story.key(first, "notes"))];
    assert!(matches!(story.asks(Command::Retry { deliveries, actor: someone() }), Answer::Changed(1)));
    story.run_until_quiet();

    assert_eq!(story.order_of("notes"), [first, first, second]);
}

#[test]
fn rule_11_the_replay_of_a_blocked_keys_dead_letter_is_what_unblocks_it() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Done, Does::Reject]);
    let events: Vec<_> = (0..4).map(|_| story.publish_keyed("audio.recorded", "a")).collect();
    story.run_until_quiet();
    story.handed_out.clear();

    let replay = story.replay_failed();
    story.run_until_quiet();

    assert_eq!(story.replay_row(replay).state, ReplayState::Done);
    assert_eq!(story.delivery(events[1], "notes").state, DeliveryState::Recovered);
    assert_eq!(story.order_of("notes"), events[1..]);
}

#[test]
fn rule_11_a_replay_goes_in_order_too_and_never_beside_a_live_delivery_of_the_same_key() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let events: Vec<_> = (0..40).map(|_| story.publish_keyed("audio.recorded", "a")).collect();
    story.run_until_quiet();
    story.handed_out.clear();

    let everything = ReplaySelection { topic: Some(">".parse().unwrap()), ..ReplaySelection::default() };
    let replay = story.replay(everything, 0);
    let live = story.publish_keyed("audio.recorded", "a");
    story.run_until_quiet();

    assert_eq!(story.replay_row(replay).state, ReplayState::Done);
    let repeated: Vec<_> = story.order_of("notes").into_iter().filter(|sequence| *sequence != live).collect();
    assert_eq!(repeated, events);
}

#[test]
fn rule_11_a_busy_key_does_not_stall_the_other_keys_of_a_replay() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    for _ in 0..700 {
        story.publish_keyed("audio.recorded", "a");
    }
    let other = story.publish_keyed("audio.recorded", "b");
    story.run_until_quiet();
    story.handed_out.clear();
    let everything = ReplaySelection { topic: Some(">".parse().unwrap()), ..ReplaySelection::default() };

    let replay = story.replay(everything, 0);
    story.run_until_quiet();

    let place = story.order_of("notes").iter().position(|sequence| *sequence == other).unwrap();
    assert!(place < 300, "the other key came after {place} deliveries");
    assert_eq!((story.replay_row(replay).state, story.replay_row(replay).ok), (ReplayState::Done, 701));
}

#[test]
fn rule_11_a_blocked_key_stalls_no_other_key_of_a_replay_for_good() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.>");
    story.checks_seldom();
    story.publish_keyed("audio.failing", "blocked");
    story.will("notes", [Does::Reject]);
    story.run_until_quiet();
    let waiting = story.publish_keyed("audio.recorded", "blocked");
    let (keys, each) = (5, 200);
    for number in 0..keys * each {
        story.publish_keyed("audio.recorded", &(number / each).to_string());
    }
    story.run_until_quiet();

    let recorded = ReplaySelection { topic: Some("audio.recorded".parse().unwrap()), ..ReplaySelection::default() };
    let replay = story.replay(recorded, 0);
    story.run_until_quiet();

    assert_eq!((story.replay_row(replay).state, story.replay_row(replay).ok), (ReplayState::Running, keys * each));
    let deliveries = story.disk().open_failures.iter().map(|key| story.disk().stored_delivery(*key)).collect();
    story.asks(Command::Discard { deliveries, reason: "useless".to_owned(), actor: someone() });
    story.run_until_quiet();
    assert_eq!((story.replay_row(replay).state, story.replay_row(replay).ok), (ReplayState::Done, keys * each + 1));
    assert_eq!(story.order_of("notes").into_iter().filter(|sequence| *sequence == waiting).count(), 2);
}

#[test]
fn rule_10_a_replay_of_one_key_reads_its_selection_a_few_times_and_not_once_for_each_of_its_windows() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.checks_seldom();
    let events = 4_000_usize;
    for _ in 0..events / 1_000 {
        let publishes: Vec<Command> = (0..1_000).map(|_| story.keyed_command("audio.recorded", "a")).collect();
        story.step(publishes, Fate::Commits);
    }
    story.run_until_quiet();
    story.handed_out.clear();

    let everything = ReplaySelection { topic: Some(">".parse().unwrap()), ..ReplaySelection::default() };
    let replay = story.replay(everything, 0);
    story.run_until_quiet();

    assert_eq!((story.replay_row(replay).state, story.replay_row(replay).ok), (ReplayState::Done, 4_000));
    let (pages, once) = (story.pages_of_replays(), events.div_ceil(REPLAY_WINDOW_MAX));
    assert!(pages <= 12 * once, "{pages} pages, where {once} hold everything");
}

#[test]
fn rule_10_a_replay_goes_back_once_for_many_keys_that_were_blocked() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.>");
    story.checks_seldom();
    let (keys, each) = (600_usize, 3);
    story.will("notes", (0..keys).map(|_| Does::Reject));
    let commands = |story: &Story, topic: &str| (0..keys).map(|key| story.keyed_command(topic, &key.to_string())).collect();
    let failing: Vec<Command> = commands(&story, "audio.failing");
    story.step(failing, Fate::Commits);
    story.run_until_quiet();
    for _ in 0..each {
        let recorded: Vec<Command> = commands(&story, "audio.recorded");
        story.step(recorded, Fate::Commits);
    }
    let recorded = ReplaySelection { topic: Some("audio.recorded".parse().unwrap()), ..ReplaySelection::default() };
    let replay = story.replay(recorded, 0);
    story.run_until_quiet();
    assert_eq!(story.replay_row(replay).ok, 0, "all of them wait behind a dead letter");

    let deliveries = story.disk().open_failures.iter().map(|key| story.disk().stored_delivery(*key)).collect();
    story.asks(Command::Discard { deliveries, reason: "useless".to_owned(), actor: someone() });
    story.run_until_quiet();

    assert_eq!((story.replay_row(replay).state, story.replay_row(replay).ok), (ReplayState::Done, 1_800));
    let (pages, once) = (story.pages_of_replays(), (keys * each).div_ceil(REPLAY_WINDOW_MAX));
    assert!(pages <= 12 * once, "{pages} pages, where {once} hold everything");
}

#[test]
fn rule_11_a_hundred_thousand_behind_a_blocked_key_cost_no_memory_and_hold_no_other_key_up() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Reject]);
    story.checks_seldom();
    story.publish_keyed("audio.recorded", "failing");
    story.run_until_quiet();
    for _ in 0..100 {
        let draft = |story: &Story| story.keyed_command("audio.recorded", "failing");
        let publishes: Vec<Command> = (0..1_000).map(|_| draft(&story)).collect();
        story.step(publishes, Fate::Commits);
    }
    let in_memory = story.bus().in_memory();
    assert!(in_memory <= KEY_FRONT_MAX + 4, "{in_memory} entries");

    for _ in 0..2 {
        story.handed_out.clear();
        let other = story.publish_keyed("audio.recorded", "other");
        story.run_until_quiet();
        assert_eq!(story.order_of("notes"), [other]);
        story.crash_and_restart(&["notes"]);
    }
}

#[test]
fn rule_11_more_failing_keys_than_memory_keeps_hold_no_other_up() {
    let mut story = Story::new().with_blocking_plugin("notes", "audio.recorded");
    story.checks_seldom();
    let keys = KEYS_MAX + 50;
    story.will("notes", (0..keys).map(|_| Does::Reject));
    for from in (0..keys).step_by(WINDOW_MAX) {
        let publishes: Vec<Command> =
            (from..keys.min(from + WINDOW_MAX)).map(|key| story.keyed_command("audio.recorded", &key.to_string())).collect();
        story.step(publishes, Fate::Commits);
        story.run_until_quiet();
    }
    assert_eq!(story.disk().open_failures.len(), keys);

    for _ in 0..2 {
        story.handed_out.clear();
        for key in ["0", "new", "7", "new"] {
            story.publish_keyed("audio.recorded", key);
        }
        story.run_until_quiet();
        assert_eq!(story.handed_out.len(), 2, "those of the new key, and none of the blocked ones");
        story.crash_and_restart(&["notes"]);
    }
}
