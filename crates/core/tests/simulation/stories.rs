//! The rules of semantics.md, a sentence and an example each.

use std::time::Duration;

use panotti_core::command::{Answer, Command, InstanceEnd, Refusal, Steering, Switch};
use panotti_core::event::Draft;
use panotti_core::limits::{DELIVER_AT_MAX, SUBSCRIPTIONS_MAX, WAITING_MAX, WINDOW_MAX};
use panotti_core::routing::SubscriptionSpec;
use panotti_core::state::SetState;
use panotti_protocol::api::{OnDisabled, ReplaySelection};
use panotti_protocol::delivery::{AttemptOutcome, Cause, DeliveryState, ReplayState};
use panotti_protocol::frame::StateWrite;
use panotti_protocol::json::Value;
use panotti_protocol::notice;

use crate::chaos::crash;
use crate::story::{Does, Story, instance};
use crate::world::Fate;

fn draft(topic: &str) -> Draft {
    Draft::new(topic.parse().unwrap(), "/cli", "someone", Vec::new())
}

fn stop(plugin: &str) -> Command {
    Command::Detach { instance: instance(plugin), end: InstanceEnd::Stopped }
}

fn switch_off(plugin: &str, on_disabled: OnDisabled) -> Command {
    let [plugin, actor, reason] = [plugin, "someone", "because"].map(str::to_owned);
    Command::Switch(Switch { plugin, enabled: false, on_disabled: Some(on_disabled), actor, reason })
}

#[test]
fn rule_01_an_event_that_nobody_heard_of_is_still_delivered() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let publish = story.publish_command(draft("audio.recorded"));

    story.step(vec![publish], Fate::IsStoredUnheard);
    story.crash_and_restart(&["notes"]);
    story.run_until_quiet();

    assert_eq!(story.delivery(story.disk().head(), "notes").state, DeliveryState::Done);
}

#[test]
fn rule_01_a_backlog_costs_no_memory_and_is_handed_out_in_the_end() {
    let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");
    let publishes: Vec<Command> = (0..3_000).map(|_| story.publish_command(draft("audio.recorded"))).collect();

    story.step(publishes, Fate::Commits);
    let in_memory = story.bus().in_memory();
    story.attach("notes");
    story.run_until_quiet();

    assert!(in_memory <= WINDOW_MAX + WAITING_MAX, "{in_memory} entries");
    assert_eq!(story.disk().rows.values().filter(|row| row.state == DeliveryState::Done).count(), 3_000);
}

#[test]
fn rule_02_an_event_can_have_succeeded_for_one_and_be_dead_for_another() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded").with_plugin("transcriber", "audio.*");
    story.will("transcriber", [Does::Reject]);

    let event = story.publish("audio.recorded");
    story.run_until_quiet();

    assert_eq!(story.delivery(event, "notes").state, DeliveryState::Done);
    assert_eq!(story.delivery(event, "transcriber").state, DeliveryState::Dead);
    assert_eq!(story.delivery(event, "transcriber").cause, Some(Cause::Rejected));
}

#[test]
fn rule_04_a_disabled_plugins_events_are_held_or_skipped_as_it_was_chosen() {
    for (chosen, skipped) in [(OnDisabled::Hold, false), (OnDisabled::Skip, true)] {
        let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");

        story.asks(switch_off("notes", chosen));
        let event = story.publish("audio.recorded");

        assert_eq!(story.has_row(event, "notes"), skipped, "{chosen:?}");
        assert!(!skipped || story.delivery(event, "notes").state == DeliveryState::Skipped);
    }
}

#[test]
fn rule_05_a_stale_token_is_refused() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.publish("audio.recorded");
    let first = story.last_lease();

    story.pass(Duration::from_secs(30));
    story.pass(Duration::from_secs(1));
    let second = story.last_lease();

    assert!(second.token > first.token, "it was handed out again");
    assert!(matches!(story.asks(story.outcome(&first, first.token, Does::Done)), Answer::Stale));
    assert!(matches!(story.asks(story.outcome(&second, second.token, Does::Done)), Answer::Taken));
    assert!(matches!(story.asks(story.outcome(&second, second.token, Does::Done)), Answer::Stale));
}

#[test]
fn rule_05_heartbeats_keep_a_lease_and_never_past_the_hard_limit() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let event = story.publish("audio.recorded");
    let token = story.last_lease().token;

    for _ in 0..14 {
        story.pass(Duration::from_secs(20));
        assert!(matches!(story.asks(Command::Heartbeat { token }), Answer::Taken));
    }
    story.pass(Duration::from_secs(20));

    assert!(matches!(story.asks(Command::Heartbeat { token }), Answer::Stale));
    assert_eq!(story.outcomes(event, "notes"), [AttemptOutcome::Timeout]);
}

#[test]
fn rule_05_emits_and_state_take_effect_with_done_and_only_then() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Retry, Does::DoneWith { emits: "notes.made", state: "count" }]);

    let event = story.publish("audio.recorded");
    story.run_until_quiet();

    let emitted = story.disk().events.iter().filter(|event| event.draft.topic.as_str() == "notes.made").collect::<Vec<_>>();
    assert_eq!(emitted.len(), 1);
    assert_eq!(emitted[0].draft.causationid, Some(story.disk().event(event).eventid));
    assert_eq!(story.disk().state.len(), 1);
    assert_eq!(story.delivery(event, "notes").history[1].emitted, [emitted[0].eventid]);
}

#[test]
fn rule_21_a_state_changed_by_a_person_is_audited_and_the_same_again_changes_nothing() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let set = |known: Option<Value>| {
        let [plugin, actor, reason] = ["notes", "someone", "INC-42"].map(str::to_owned);
        let write = StateWrite { key: "count".to_owned(), value: Some(Value::from(3)) };
        Command::SetState(Box::new(SetState { plugin, write, known, actor, reason }))
    };

    let first = story.asks(set(None));
    let again = story.asks(set(Some(Value::from(3))));

    assert!(matches!((first, again), (Answer::Changed(1), Answer::Changed(0))));
    let key = ("notes".to_owned(), "count".to_owned());
    assert_eq!((story.disk().state.get(&key).map(String::as_str), story.disk().audit), (Some("3"), 1));
}

#[test]
fn rule_06_stopping_uses_no_attempt_and_the_delivery_is_the_next_one_again() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Retry]);
    let event = story.publish("audio.recorded");
    let first = story.last_lease();
    story.asks(story.outcome(&first, first.token, Does::Retry));
    story.pass(Duration::from_secs(1));

    story.asks(stop("notes"));
    story.attach("notes");

    assert_eq!(story.last_lease().attempt, 2);
    assert_eq!(story.delivery(event, "notes").attempts, 1);
}

#[test]
fn rule_06_a_crash_of_the_plugin_uses_an_attempt() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let event = story.publish("audio.recorded");

    story.asks(crash(instance("notes")));
    story.attach("notes");
    story.run_until_quiet();

    assert_eq!(story.outcomes(event, "notes"), [AttemptOutcome::Crash, AttemptOutcome::Done]);
    assert_eq!(story.delivery(event, "notes").attempts, 2);
}

#[test]
fn rule_06_the_end_of_the_daemon_uses_no_attempt() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let event = story.publish("audio.recorded");

    for _ in 0..10 {
        story.crash_and_restart(&["notes"]);
    }
    story.run_until_quiet();

    assert_eq!(story.outcomes(event, "notes"), [AttemptOutcome::Done]);
    assert_eq!(story.delivery(event, "notes").attempts, 1);
}

#[test]
fn rule_07_three_retries_come_after_half_to_all_of_1_5_and_25_seconds_and_then_it_is_dead() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Retry, Does::Retry, Does::Retry, Does::Retry]);

    let event = story.publish("audio.recorded");
    story.run_until_quiet();

    let gaps = story.gaps_ms("notes");
    assert_eq!(gaps.len(), 3, "{gaps:?}");
    for (gap, whole) in gaps.iter().zip([1_000, 5_000, 25_000]) {
        assert!((whole / 2..=whole).contains(gap), "{gaps:?}");
    }
    assert_eq!(story.delivery(event, "notes").state, DeliveryState::Dead);
    assert_eq!(story.delivery(event, "notes").attempts, 4);
}

#[test]
fn rule_07_a_retry_comes_also_when_the_daemon_was_restarted_meanwhile() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.publish("audio.recorded");
    let lease = story.last_lease();
    story.asks(story.outcome(&lease, lease.token, Does::Retry));

    story.crash_and_restart(&["notes"]);
    story.run_until_quiet();

    assert_eq!(story.last_lease().attempt, 2);
    assert!(story.gaps_ms("notes")[0] >= 500, "not earlier than without the restart");
}

#[test]
fn rule_07_a_delivery_that_is_put_off_uses_no_attempt() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Defer(Duration::from_secs(3_600)), Does::Defer(Duration::ZERO)]);

    let event = story.publish("audio.recorded");
    story.run_until_quiet();

    assert_eq!(story.gaps_ms("notes"), [3_600_000, 100]);
    assert_eq!(story.delivery(event, "notes").attempts, 1);
    assert_eq!(story.delivery(event, "notes").tries, 3);
}

#[test]
fn rule_07_a_delivery_past_its_events_expiry_is_dead_and_never_handed_out() {
    let mut story = Story::new().with_stopped_plugin("notes", "audio.recorded");
    let expires = Some(story.now() + Duration::from_secs(5));
    let event = story.publish_draft(Draft { expires, ..draft("audio.recorded") }).sequence;

    story.pass(Duration::from_secs(5));
    story.attach("notes");

    assert!(story.handed_out.is_empty());
    assert_eq!(story.delivery(event, "notes").cause, Some(Cause::Expired));
}

#[test]
fn rule_07_an_event_for_later_is_delivered_then_and_not_earlier_over_a_restart_of_the_daemon() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let deliver_at = story.now() + Duration::from_secs(40 * 3_600);
    let later = story.publish_draft(Draft { deliver_at: Some(deliver_at), ..draft("audio.recorded") }).sequence;
    let now = story.publish("audio.recorded");
    story.pass(Duration::from_secs(3_600));
    story.crash_and_restart(&["notes"]);
    story.run_until_quiet();

    let order: Vec<_> = story.handed_out.iter().map(|(_, lease)| lease.sequence).collect();
    assert_eq!((order.first(), order.last()), (Some(&now), Some(&later)));
    assert_eq!(story.handed_out.last().map(|(at, _)| *at), Some(deliver_at));
    assert_eq!(story.delivery(later, "notes").attempts, 1);
}

#[test]
fn rule_09_three_crashes_quarantine_a_delivery_which_then_runs_only_when_asked_for_and_alone() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Hangs, Does::Hangs, Does::Hangs]);
    let poison = story.publish("audio.recorded");
    for _ in 0..3 {
        story.pass(Duration::from_secs(25));
        story.asks(crash(instance("notes")));
        story.attach("notes");
    }
    story.run_until_quiet();
    assert_eq!(story.delivery(poison, "notes").state, DeliveryState::Quarantined);
    assert_eq!(story.handed_out.len(), 3, "it is not tried again by itself");

    story.replay_failed();
    story.run_until_quiet();
    assert_eq!(story.handed_out.len(), 3, "nor by a replay that did not ask for it");

    let replay = story.replay(ReplaySelection { failed: true, include_quarantined: true, ..ReplaySelection::default() }, 0);
    for _ in 0..6 {
        story.publish("audio.recorded");
    }
    story.run_until_quiet();
    assert_eq!(story.replay_row(replay).ok, 1);
    assert_eq!(story.delivery(poison, "notes").state, DeliveryState::Recovered);
}

#[test]
fn rule_07_what_has_expired_or_is_too_far_away_is_refused_and_a_duplicate_is_not() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let expires = Some(story.now() + Duration::from_secs(5));
    let once = Draft { expires, id: Some("take-1".to_owned()), ..draft("audio.recorded") };
    let first = story.publish_draft(once.clone());
    story.run_until_quiet();
    story.pass(Duration::from_secs(5));

    let again = story.publish_draft(once.clone());
    assert_eq!((again.duplicate, again.sequence), (true, first.sequence));
    let new = story.publish_command(Draft { id: None, ..once });
    assert!(matches!(story.asks(new), Answer::Refused(Refusal::Expired(_))));
    let deliver_at = Some(story.now() + DELIVER_AT_MAX + Duration::from_millis(1));
    let far = story.publish_command(Draft { deliver_at, ..draft("audio.recorded") });
    assert!(matches!(story.asks(far), Answer::Refused(Refusal::DelayTooLong { .. })));
}

#[test]
fn rule_08_a_dead_letter_keeps_its_history_and_can_be_replayed() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Retry, Does::Hangs, Does::Retry, Does::Retry]);
    let event = story.publish("audio.recorded");
    story.run_until_quiet();
    assert_eq!(story.delivery(event, "notes").cause, Some(Cause::HandlerError));

    let replay = story.replay_failed();
    story.run_until_quiet();

    use AttemptOutcome::{Retry, Timeout};
    assert_eq!(story.delivery(event, "notes").state, DeliveryState::Recovered);
    assert_eq!(story.outcomes(event, "notes"), [Retry, Timeout, Retry, Retry], "history is kept");
    assert_eq!((story.replay_row(replay).ok, story.replay_row(replay).failed), (1, 0));
    assert_eq!(story.replay_row(replay).state, ReplayState::Done);
}

#[test]
fn rule_08_every_death_is_an_event_but_the_death_of_such_an_event() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded").with_plugin("alarm", notice::DELIVERY_DEAD);
    story.will("notes", [Does::Reject]);
    story.will("alarm", [Does::Reject]);

    story.publish("audio.recorded");
    story.run_until_quiet();

    let deaths = story.disk().events.iter().filter(|event| event.draft.topic.as_str() == notice::DELIVERY_DEAD).count();
    assert_eq!(deaths, 1);
    assert_eq!(story.handed_out.iter().filter(|(_, lease)| lease.plugin == "alarm").count(), 1);
}

#[test]
fn rule_10_a_failed_replay_runs_only_the_deliveries_that_failed() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded").with_plugin("transcriber", "audio.*");
    story.will("transcriber", [Does::Reject]);
    story.publish("audio.recorded");
    story.publish("audio.recorded");
    story.run_until_quiet();
    story.handed_out.clear();

    story.replay_failed();
    story.run_until_quiet();

    assert_eq!(story.handed_out.len(), 1);
    let lease = story.last_lease();
    assert_eq!(lease.plugin, "transcriber");
    assert!(lease.replay.is_some(), "its handler can tell");
    assert!(story.disk().open_failures.is_empty());
}

#[test]
fn rule_10_a_dead_letter_stays_one_when_its_replay_fails() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Reject, Does::Reject]);
    let event = story.publish("audio.recorded");
    story.run_until_quiet();

    let replay = story.replay_failed();
    story.run_until_quiet();

    assert_eq!(story.delivery(event, "notes").state, DeliveryState::Dead);
    assert_eq!(story.replay_row(replay).state, ReplayState::Failed);
    assert_eq!(story.disk().open_failures.len(), 1, "it is one failure, not two");
}

#[test]
fn rule_10_a_paced_replay_ends_also_when_nobody_takes_its_last_item() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded").with_plugin("transcriber", "audio.*");
    for _ in 0..5 {
        story.publish("audio.recorded");
    }
    story.run_until_quiet();
    let everything = ReplaySelection { topic: Some(">".parse().unwrap()), ..ReplaySelection::default() };

    let replay = story.replay(everything, 3);
    story.asks(Command::Register { plugin: "transcriber".to_owned(), subscriptions: vec![] });
    story.run_until_quiet();

    let row = story.replay_row(replay);
    assert_eq!((row.ok, row.failed, row.skipped), (5, 0, 5));
    assert_eq!(row.state, ReplayState::Done);
}

#[test]
fn rule_10_a_person_gives_a_dead_letter_one_more_attempt() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    story.will("notes", [Does::Retry, Does::Retry, Does::Retry, Does::Retry, Does::Retry]);
    let event = story.publish("audio.recorded");
    story.run_until_quiet();

    for expected in [DeliveryState::Dead, DeliveryState::Done] {
        let deliveries = vec![story.disk().stored_delivery(story.key(event, "notes"))];
        assert!(matches!(story.asks(Command::Retry { deliveries, actor: "someone".to_owned() }), Answer::Changed(1)));
        story.run_until_quiet();
        assert_eq!(story.delivery(event, "notes").state, expected);
    }
    assert_eq!(story.delivery(event, "notes").attempts, 6);
}

#[test]
fn rule_13_the_same_source_and_id_give_the_first_receipt() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    let with_id = Draft { id: Some("take-1".to_owned()), ..draft("audio.recorded") };

    let first = story.publish_draft(with_id.clone());
    let again = story.publish_draft(with_id.clone());
    let elsewhere = story.publish_draft(Draft { source: "/other".to_owned(), ..with_id });
    story.run_until_quiet();

    assert_eq!((again.eventid, again.sequence, again.duplicate), (first.eventid, first.sequence, true));
    assert!(!elsewhere.duplicate);
    assert_eq!(story.handed_out.len(), 2);
}

#[test]
fn rule_14_a_registration_that_is_too_many_changes_nothing() {
    let mut story = Story::new();
    let spec = |name: usize| SubscriptionSpec::new(format!("topic.{name}").parse().unwrap());
    story.asks(Command::Register { plugin: "big".to_owned(), subscriptions: (0..SUBSCRIPTIONS_MAX - 1).map(spec).collect() });
    story.asks(Command::Register { plugin: "notes".to_owned(), subscriptions: vec![spec(0)] });

    let answer = story.asks(Command::Register {
        plugin: "notes".to_owned(),
        subscriptions: vec![SubscriptionSpec { concurrency: 1, ..spec(0) }, spec(1)],
    });

    assert!(matches!(answer, Answer::Refused(_)));
    let notes = story.disk().subscriptions.last_key_value().unwrap().1;
    assert_eq!((story.disk().subscriptions.len(), notes.spec.concurrency), (SUBSCRIPTIONS_MAX, 4));

    let answer = story.asks(Command::Register { plugin: "notes".to_owned(), subscriptions: vec![] });
    assert!(matches!(answer, Answer::Rules(_)), "fewer is always possible");
}

#[test]
fn rule_10_a_replay_ends_also_when_its_plugin_is_removed_meanwhile() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    for _ in 0..6 {
        story.publish("audio.recorded");
    }
    story.run_until_quiet();
    story.asks(stop("notes"));

    let replay = story.replay(ReplaySelection { topic: Some(">".parse().unwrap()), ..ReplaySelection::default() }, 0);
    story.run_until_quiet();
    assert_eq!(story.replay_row(replay).state, ReplayState::Running, "it waits for its plugin");
    story.asks(Command::Register { plugin: "notes".to_owned(), subscriptions: vec![] });
    story.run_until_quiet();

    let row = story.replay_row(replay);
    assert_eq!((row.state, row.skipped), (ReplayState::Done, 6));
}

#[test]
fn rule_10_a_paused_replay_begins_nothing_more_also_after_a_restart_and_goes_on_when_it_is_resumed() {
    let mut story = Story::new().with_plugin("notes", "audio.recorded");
    for _ in 0..20 {
        story.publish("audio.recorded");
    }
    story.run_until_quiet();
    let selection = ReplaySelection { topic: Some("audio.*".parse().unwrap()), ..ReplaySelection::default() };
    let replay = story.replay(selection, 5);
    story.pass(Duration::from_secs(1));
    let id = story.replay_row(replay).id;
    let steer = |steering: Steering| Command::SteerReplay { replay: id, steering, actor: "someone".to_owned() };

    let paused = story.asks(steer(Steering::Pause));
    let again = story.asks(steer(Steering::Pause));
    story.crash_and_restart(&["notes"]);
    story.run_until_quiet();
    let begun = story.disk().rows.keys().filter(|key| key.replay == replay).count();
    story.pass(Duration::from_secs(3_600));
    let later = story.disk().rows.keys().filter(|key| key.replay == replay).count();
    let state = story.replay_row(replay).state;
    story.asks(steer(Steering::Resume));
    story.run_until_quiet();

    assert!(matches!((paused, again), (Answer::Replay { changed: true, .. }, Answer::Replay { changed: false, .. })));
    assert!(begun < 20 && begun == later, "{begun}, and an hour later {later}");
    assert_eq!(state, ReplayState::Paused);
    let row = story.replay_row(replay);
    assert_eq!((row.state, row.ok), (ReplayState::Done, 20), "each once");
}
