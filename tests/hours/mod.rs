//! Simulated hours: events come at a steady rate for as long as is asked, as fast as the machine goes, through the real bus, store and
//! retention with a clock that the test sets. A model beside them knows what is unresolved. The store stays under its limit, nothing
//! unresolved is removed, and what is resolved goes: to make room, when it is purged, and when it is old; and then the files shrink.
//!
//! - `rig`: the daemon's parts around a store, without plugins and without a socket
//! - `load`: what is published, and how it is handled
//!
//! `PANOTTI_HOURS` (1), `PANOTTI_HOURS_RATE` (100 events a second), `PANOTTI_HOURS_CAP` (64, mebibytes) and `PANOTTI_HOURS_DIR` (the
//! temporary folder) say otherwise. A day at a thousand events a second, in memory:
//!
//! ```text
//! PANOTTI_HOURS=24 PANOTTI_HOURS_RATE=1000 PANOTTI_HOURS_CAP=1024 PANOTTI_HOURS_DIR=/dev/shm \
//!     cargo test --locked --release --features defects --test integration hours -- --nocapture
//! ```

mod load;
mod rig;

use std::time::{Duration, Instant};

use panotti_protocol::api::{PurgeRequest, PurgeSelection};

use load::Load;
use rig::Rig;

/// Events between two looks at the store.
const STEP_EVENTS: u64 = 1_000;
/// How often everything that is unresolved is looked for in the store.
const CHECKS: u64 = 24;
/// What is resolved is kept for so long at most.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3_600);

/// A number from the environment.
fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_14_for_hours_the_store_stays_under_its_limit_and_nothing_unresolved_is_removed() {
    let (hours, rate) = (asked("PANOTTI_HOURS", 1), asked("PANOTTI_HOURS_RATE", 100));
    let cap_bytes = asked("PANOTTI_HOURS_CAP", 64) << 20;
    let mut rig = Rig::start(cap_bytes, KEPT);
    let mut load = Load::begin(&rig).await;
    let steps = (hours * 3_600 * rate).div_ceil(STEP_EVENTS);
    let begun = Instant::now();

    for step in 1..=steps {
        rig.pass(Duration::from_millis(STEP_EVENTS * 1_000 / rate));
        load.publish(&mut rig, STEP_EVENTS).await;
        load.handle(&mut rig).await;
        rig.trim().await;
        rig.stays_within(cap_bytes).await;
        if step % (steps / CHECKS).max(1) == 0 {
            rig.still_holds(load.unresolved()).await;
            println!("{}", load.told(&rig, begun.elapsed()));
        }
        if step == steps / 2 {
            load.resolve_everything(&mut rig).await;
        }
    }

    let full = rig.file_bytes();
    rig.pass(Duration::from_secs(1));
    purge(&rig).await;
    rig.trim().await;
    rig.holds_only(load.unresolved()).await;
    let after = rig.until_the_file_is_below(full / 4).await;
    println!("purged: the file went from {} to {} KiB", full / 1024, after / 1024);

    load.publish(&mut rig, STEP_EVENTS).await;
    load.handle(&mut rig).await;
    rig.pass(KEPT + Duration::from_secs(60));
    load.handle(&mut rig).await;
    rig.trim().await;
    rig.holds_only(load.unresolved()).await;
    assert!(load.every_kind_of_unresolved_was_there(), "{}", load.told(&rig, begun.elapsed()));
    rig.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_does_not_change_is_looked_at_when_an_event_reaches_its_age_and_not_before() {
    let (half_an_hour, minute) = (Duration::from_secs(1_800), Duration::from_secs(60));
    let mut rig = Rig::start(64 << 20, half_an_hour);
    let mut load = Load::begin(&rig).await;
    let begun = rig.now();
    load.publish(&mut rig, STEP_EVENTS).await;
    load.handle_to_the_end(&mut rig).await;

    assert_eq!(rig.trim().await, begun + half_an_hour);
    rig.pass(minute * 20);
    load.publish(&mut rig, 2).await;
    load.handle_to_the_end(&mut rig).await;
    assert_eq!(rig.trim().await, begun + half_an_hour, "what comes later changes nothing");
    rig.pass(minute * 11);
    assert_eq!(rig.trim().await, begun + minute * 50, "those of the beginning are gone");
    rig.close().await;
}

/// Removes everything that is resolved, as a person would.
async fn purge(rig: &Rig) {
    let selection = PurgeSelection { before: Some(rig.now()), ..PurgeSelection::default() };
    let mut request = PurgeRequest { selection, keep_failed: true, ..PurgeRequest::default() };
    loop {
        let part = rig.purge(request.clone()).await;
        request.cursor = part.next_cursor;
        if request.cursor.is_none() {
            return;
        }
    }
}
