//! Subscriptions, numbers and topics: what is counted is what happened, and asking reads no event.

use serde_json::{Value, json};

use crate::plugins::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::scratch::told;
use crate::support::until;

/// One plugin that handles, refuses, or tries once more, as the payload says.
fn obedient() -> Stage {
    let code = python(
        "    @on('t.>')\n    async def x(self, event):\n        what = event.payload.get('do', 'done')\n        \
         if what == 'reject': raise Reject('no')\n        \
         if what == 'once more' and event.attempt == 1: raise ValueError('not yet')",
    );
    Stage::with("on: [{topic: 't.>'}]\nretry: {max: 2, first: 100ms}", &[("plugin.py", &code)])
}

fn subscription(daemon: &Daemon) -> Value {
    daemon.get("/subscriptions/p/t.%3E").json()
}

/// Waits until nothing is owed any more.
fn settled(daemon: &Daemon) -> Value {
    until("nothing is owed", || Some(subscription(daemon)).filter(|shown| shown["lag"] == 0))
}

#[test]
fn a_subscription_tells_its_lag_its_oldest_event_its_rate_and_how_it_stands() {
    let stage = obedient();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.ask(&["plugin", "disable", "p"]);
    stage.until_state(&daemon, "p", "disabled");
    let first = stage.publish("t.a", "{}");
    for _ in 0..4 {
        stage.publish("t.b", "{}");
    }

    let held = subscription(&daemon);
    let accepted_at = daemon.get(&format!("/events/{first}")).json()["accepted_at"].clone();
    assert_eq!(
        (&held["state"], &held["lag"], &held["pending"], &held["oldest_pending_at"]),
        (&json!("held"), &json!(5), &json!(5), &accepted_at)
    );
    assert_eq!((&held["rate"], &held["topic"], &held["attempts_max"]), (&json!(0.0), &json!("t.>"), &json!(3)), "{held:#}");

    stage.ask(&["plugin", "enable", "p", "--wait", "60s"]);
    let done = settled(&daemon);
    assert_eq!((&done["state"], &done["done"], &done["in_flight"]), (&json!("active"), &json!(5), &json!(0)), "{done:#}");
    assert!(done["rate"].as_f64().unwrap() > 0.0 && done["last_ended_at"].is_string() && done["oldest_pending_at"].is_null(), "{done:#}");

    let listed = stage.ask(&["subscription", "list"]);
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["subscription"]), (1, &json!("p/t.>")), "{listed:#}");
    assert_eq!(stage.ask(&["subscription", "list", "--state", "stalled"]), json!([]));
    let shown = told(&stage.scratch.run(&["subscription", "show", "p/t.>"]));
    assert!(shown.starts_with("p/t.>   active\n") && shown.contains("done 5"), "{shown}");
    let (exit, failure) = stage.refused(&["subscription", "show", "p/t.<"]);
    assert_eq!((exit, &failure["code"]), (4, &json!("subscription.not_found")), "{failure:#}");
    assert_eq!(stage.refused(&["subscription", "show", "nonsense"]).1["code"], "subscription.not_found");

    stage.ask(&["plugin", "disable", "p", "--skip"]);
    until("it skips", || (subscription(&daemon)["state"] == "skipped").then_some(()));
    assert!(daemon.stop().success());
}

#[test]
fn stats_count_what_was_published_and_what_became_of_it() {
    let stage = obedient();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    for payload in [r#"{"do":"done"}"#, r#"{"do":"reject"}"#, r#"{"do":"once more"}"#] {
        stage.publish("t.a", payload);
    }
    stage.ask(&["event", "publish", "nobody.hears", "[1,2]", "--priority", "high"]);
    settled(&daemon);

    let by = |by: &str| stage.ask(&["event", "stats", "--by", by]);
    let row = |rows: &Value, key: &str| {
        rows.as_array().unwrap().iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("{key} in {rows:#}")).clone()
    };
    let topics = by("topic");
    assert_eq!((&row(&topics, "t.a")["events"], &row(&topics, "nobody.hears")["bytes"]), (&json!(3), &json!(5)), "{topics:#}");
    assert_eq!(row(&by("priority"), "high")["events"], 1);
    let plugin = row(&by("plugin"), "p");
    assert_eq!((&plugin["done"], &plugin["dead"], &plugin["retries"]), (&json!(2), &json!(1), &json!(1)), "{plugin:#}");
    assert!(plugin["attempt_ms"].is_number() && plugin["events"].is_null(), "{plugin:#}");
    let status = by("status");
    assert_eq!((&row(&status, "dead")["deliveries"], &row(&status, "done")["deliveries"]), (&json!(1), &json!(2)), "{status:#}");
    assert_eq!((&row(&status, "pending")["deliveries"], &row(&status, "pending")["rate"]), (&json!(0), &Value::Null), "{status:#}");
    let all = row(&by("all"), "all");
    assert_eq!(all["events"], daemon.get("/events/status").json()["accepted"], "the daemon's own are counted too");
    let hours = daemon.get("/events/stats?by=topic&since=2020-01-01T00:00:00Z").json();
    assert_eq!(row(&hours["items"], "t.a")["events"], 3, "hours count the same as minutes");
    assert_eq!(daemon.get("/events/stats?by=weather").status, 400);
    assert_eq!(daemon.get("/events/stats?since=2999-01-01T00:00:00Z").status, 400);
    assert!(daemon.stop().success());

    let daemon = stage.start();
    assert_eq!(row(&by("topic"), "t.a")["events"], 3, "numbers survive a restart");
    let status = daemon.get("/events/status").json();
    assert!(status["rates"]["accepted"].as_f64().unwrap() > 0.0 && status["replays"] == json!([]), "{status:#}");
    assert!(daemon.stop().success());
}

#[test]
fn slo_follows_the_definitions_and_what_recovered_counts_as_recovered() {
    let stage = obedient();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    for payload in [r#"{"do":"done"}"#, r#"{"do":"once more"}"#, r#"{"do":"reject"}"#] {
        stage.publish("t.a", payload);
    }
    settled(&daemon);

    let slo = stage.ask(&["slo"]);
    assert_eq!((&slo["success"]["part"], &slo["success"]["of"]), (&json!(2), &json!(3)), "{slo:#}");
    assert_eq!(slo["recovery"], json!({ "part": 1, "of": 1, "share": 1.0 }), "the dead one is not resolved yet: {slo:#}");
    assert_eq!((&slo["plugin_load"]["part"], &slo["plugin_load"]["of"]), (&json!(1), &json!(1)), "{slo:#}");
    assert!(slo["plugin_load_ms"]["mean"].as_f64().unwrap() > 0.0, "{slo:#}");
    assert_eq!(slo["uptime"]["share"], 1.0, "{slo:#}");
    assert_eq!(slo["latency_ms"]["measured"], 3, "once for each event, not for each attempt: {slo:#}");
    assert!(
        slo["latency_ms"]["p50"].as_f64().unwrap() > 0.0 && slo["latency_ms"]["p99"].as_f64() >= slo["latency_ms"]["p50"].as_f64(),
        "{slo:#}"
    );
    assert!(slo["store"].as_f64().is_some_and(|share| share > 0.0 && share < 1.0), "{slo:#}");

    let dead = stage.ask(&["event", "list", "--failed"])[0]["eventid"].as_str().unwrap().to_owned();
    stage.ask(&["event", "discard", &dead, "--reason", "a test"]);
    let slo = stage.ask(&["slo", "--since", "1h"]);
    assert_eq!((&slo["recovery"]["part"], &slo["recovery"]["of"]), (&json!(1), &json!(2)), "given up is resolved and no success: {slo:#}");
    assert!(told(&stage.scratch.run(&["slo"])).contains("recovery     50 % (1 of 2 failed deliveries)"));
    assert!(daemon.stop().success());
}

#[test]
fn the_catalogue_of_topics_knows_producers_consumers_and_the_last_event() {
    let stage = obedient();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.ask(&["event", "publish", "t.a", "{}", "--source", "/studio"]);
    stage.ask(&["event", "publish", "t.a", "{}", "--source", "/studio"]);
    let last = stage.publish("t.a", "{}");
    stage.publish("nobody.hears", "{}");

    let topic = stage.ask(&["topic", "show", "t.a"]);
    assert_eq!((&topic["events"], &topic["last_eventid"], &topic["consumers"]), (&json!(3), &json!(last), &json!(["p/t.>"])), "{topic:#}");
    let studio = &topic["producers"][0];
    assert_eq!((&studio["source"], &studio["events"]), (&json!("/studio"), &json!(2)), "{topic:#}");
    assert_eq!(topic["producers"].as_array().unwrap().len(), 2);
    let listed = stage.ask(&["topic", "list"]);
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|topic| topic["topic"].as_str().unwrap()).collect();
    assert_eq!(names, ["panotti.plugin.state", "t.a", "nobody.hears"], "{listed:#}");
    let page = daemon.get("/topics?limit=2").json();
    let next = daemon.get(&format!("/topics?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).json();
    assert_eq!((&next["items"][0]["topic"], &next["next_cursor"]), (&json!("nobody.hears"), &Value::Null));
    assert_eq!(stage.refused(&["topic", "show", "never.used"]).1["code"], "topic.not_found");
    assert_eq!(stage.refused(&["topic", "route", "a..b"]).1["code"], "event.topic_invalid");
    assert!(daemon.stop().success());
}

#[test]
fn who_got_an_event_is_told_by_the_rules_of_then_and_who_would_get_one_by_those_of_now() {
    let stage = obedient();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let then = stage.publish("t.a", "{}");
    let unheard = stage.publish("nobody.hears", "{}");
    settled(&daemon);
    stage.ask(&["plugin", "disable", "p", "--skip"]);
    let skipped = stage.publish("t.a", "{}");
    assert!(daemon.stop().success());
    // From now on the plugin wants something else, and another wants what it wanted.
    let handles = python("    @on('t.>')\n    async def x(self, event): pass");
    stage.plugin("p", "on: [{topic: u.a}]", &[("plugin.py", &handles.replace("t.>", "u.a"))]);
    stage.plugin("late", "on: [{topic: 't.>'}]", &[("plugin.py", &handles)]);
    let daemon = stage.start();
    stage.ask(&["plugin", "enable", "p", "--wait", "60s"]);
    stage.until_state(&daemon, "late", "running");

    let explained = |event: &str, subscription: &str| {
        let all = stage.ask(&["event", "explain", event]);
        let items = all["items"].as_array().unwrap().clone();
        let found = items.into_iter().find(|item| item["subscription"] == subscription);
        found.unwrap_or_else(|| panic!("{subscription} in {all:#}"))
    };
    let got = explained(&then, "p/t.>");
    assert_eq!((&got["gets"], &got["why"], &got["state"]), (&json!(true), &json!("matches"), &json!("done")), "{got:#}");
    let missed = explained(&unheard, "p/t.>");
    assert_eq!((&missed["gets"], &missed["why"], &missed["state"]), (&json!(false), &json!("topic"), &Value::Null), "{missed:#}");
    assert_eq!(missed["detail"], "`t.>` does not fit: it has `t` where the topic has `nobody`");
    let skips = explained(&skipped, "p/t.>");
    assert_eq!((&skips["gets"], &skips["why"], &skips["state"]), (&json!(false), &json!("skipped"), &json!("skipped")), "{skips:#}");
    let late = explained(&then, "late/t.>");
    assert_eq!((&late["gets"], &late["why"]), (&json!(false), &json!("not_subscribed")), "{late:#}");
    let only = stage.ask(&["event", "explain", &then, "--plugin", "late"]);
    assert_eq!(only["items"].as_array().unwrap().len(), 1, "{only:#}");
    assert_eq!(stage.refused(&["event", "explain", &then, "--plugin", "nobody"]).1["code"], "subscription.not_found");

    let route = stage.ask(&["topic", "route", "t.new"]);
    let gets: Vec<(&str, bool)> =
        route.as_array().unwrap().iter().map(|item| (item["subscription"].as_str().unwrap(), item["gets"].as_bool().unwrap())).collect();
    assert_eq!(gets, [("late/t.>", true), ("p/u.a", false)], "{route:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_14_a_subscription_that_stands_still_is_seen_everywhere_and_told_of_when_it_moves_again() {
    let stage = obedient();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let code = std::fs::read_to_string(stage.folder("p").join("plugin.py")).unwrap();
    assert!(daemon.stop().success());
    stage.write("p", &[("plugin.py", "raise SystemExit(1)")]);
    let daemon = stage.start();
    stage.publish("t.a", "{}");
    assert!(daemon.stop().success());
    // It had been told a minute ago, by a daemon that has ended since.
    let store = rusqlite::Connection::open(stage.scratch.file("panotti.db")).unwrap();
    store
        .execute("INSERT INTO stalls SELECT subscription_id, made.value FROM subscriptions, meta AS made WHERE made.name = 'made_ms'", [])
        .unwrap();
    drop(store);

    let daemon = stage.start();
    let stalled = subscription(&daemon);
    assert_eq!((&stalled["state"], &stalled["lag"]), (&json!("stalled"), &json!(1)), "{stalled:#}");
    assert!(stalled["stalled_since"].is_string(), "{stalled:#}");
    assert_eq!(stage.ask(&["subscription", "list", "--state", "stalled"])[0]["subscription"], "p/t.>");
    let health = daemon.get("/status").json()["health"].as_str().unwrap().to_owned();
    assert!(health.starts_with("degraded: 1 subscription stands still"), "{health}");
    let probe = stage.scratch.run(&["health"]);
    assert!(probe.status.success() && told(&probe).contains("warning: 1 subscription stands still"), "{}", told(&probe));
    assert_eq!(daemon.get("/events?topic=panotti.subscription.*").json()["items"], json!([]), "not told a second time");
    assert!(daemon.stop().success());

    stage.write("p", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let resumed = stage.until_event(&daemon, "panotti.subscription.resumed");
    assert_eq!((&resumed["data"]["subscription"], &resumed["data"]["why"]), (&json!("p/t.>"), &json!("ended")), "{resumed:#}");
    assert_eq!((&subscription(&daemon)["state"], &daemon.get("/status").json()["health"]), (&json!("active"), &json!("ok")));
    assert!(daemon.stop().success());
}
