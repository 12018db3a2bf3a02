//! The disk fills and empties, fifty times: publishing is refused with a clear error while reading goes on, it comes back by itself when
//! there is room, and nothing acknowledged is lost. Half of the rounds stop at `store.free_bytes_min`; in the other half the room really
//! ends, wherever the daemon happens to write at that moment.

use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use panotti::client::Client;
use panotti_protocol::api::EventsQuery;
use panotti_protocol::failure::{ErrorCode, Failure};

use super::ledger::{Ledger, Load, event};
use super::rig::{Daemon, Disk, PATIENCE, failure};

const ROUNDS: u64 = 25;
/// How soon publishing must work again when there is room.
const RECOVERY_MAX: Duration = Duration::from_secs(5);

async fn start(disk: &Disk, free_bytes_min: &str) -> Daemon {
    let settings = [("PANOTTI_STORE__FREE_BYTES_MIN", free_bytes_min), ("PANOTTI_STORE__WAL_BYTES_MAX", "8MiB")];
    Daemon::start(&disk.path().join("d"), &settings).await.unwrap_or_else(|ended| panic!("{ended:?}"))
}

/// Waits until the daemon says that it is full.
async fn until_full(client: &mut Client) -> Failure {
    let started = Instant::now();
    loop {
        match client.ready().await {
            Err(failure) if failure.is(ErrorCode::STORE_FULL) => return failure,
            answer => assert!(started.elapsed() < PATIENCE, "the disk is full and readyz says {answer:?}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Everything that only reads answers as always.
async fn reading_goes_on(ledger: &Ledger, client: &mut Client) {
    assert!(!client.events(&EventsQuery::default()).await.unwrap().items.is_empty());
    client.event("@last").await.unwrap();
    let status = client.status().await.unwrap();
    assert!(status.health.starts_with("degraded: "), "{}", status.health);
    ledger.read_back(client, 20).await;
}

/// Publishes until it is accepted. Says how long that took.
async fn until_accepted(ledger: &Ledger, client: &mut Client) -> Duration {
    let started = Instant::now();
    loop {
        match ledger.publish(client).await {
            Ok(_) => return started.elapsed(),
            Err(failure) => assert!(failure.is(ErrorCode::STORE_FULL) && started.elapsed() < PATIENCE, "{failure}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g1_below_the_free_space_asked_for_publishing_is_refused_reading_goes_on_and_it_comes_back_by_itself() {
    let Some(disk) = Disk::make(48) else { return };
    let mut daemon = start(&disk, "16MiB").await;
    let (ledger, mut client) = (Arc::new(Ledger::default()), daemon.client());
    ledger.count();
    let mut slowest = Duration::ZERO;
    for round in 0..ROUNDS {
        for _ in 0..20 {
            ledger.publish(&mut client).await.unwrap();
        }
        let known = ledger.newest_number();
        disk.fill(8 << 20);

        let refused = ledger.publish(&mut client).await.unwrap_err();
        assert_eq!((refused.code.as_str(), refused.status, refused.exit), ("store.full", 507, 11), "{refused}");
        until_full(&mut client).await;
        reading_goes_on(&ledger, &mut client).await;
        assert!(client.publish(&event(known)).await.unwrap().duplicate, "what is stored is answered with its receipt");
        if round % 8 == 0 {
            from_the_shell(&daemon);
        }

        disk.make_room();
        slowest = slowest.max(until_accepted(&ledger, &mut client).await);
        client.ready().await.unwrap();
        assert!(daemon.lives());
    }
    let rounds = format!("{ROUNDS} times below the free space asked for");
    done(&disk, daemon, &ledger, slowest, &rounds);
}

fn from_the_shell(daemon: &Daemon) {
    for (arguments, exit) in [
        (&["event", "publish", "power.test"][..], 11),
        (&["health"], 11),
        (&["event", "list"], 0),
        (&["event", "show", "@last"], 0),
        (&["daemon", "status"], 0),
    ] {
        let output = daemon.command(arguments);
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(exit == 0 || String::from_utf8_lossy(&output.stderr).contains("store.full"), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g1_where_the_room_really_ends_the_daemon_lives_on_and_nothing_acknowledged_is_lost() {
    let Some(disk) = Disk::make(48) else { return };
    let mut daemon = start(&disk, "0").await;
    let (ledger, mut client) = (Arc::new(Ledger::default()), daemon.client());
    ledger.count();
    let mut slowest = Duration::ZERO;
    for round in 0..ROUNDS {
        ledger.publish(&mut client).await.unwrap();
        // From nothing at all to some hundred kilobytes, so that it ends at another place every time.
        disk.fill(round * 7919 % 400 * 1024);
        let load = Load::begin(&daemon, &ledger);
        let why = until_full(&mut client).await.detail;
        // With no floor asked for, only a write that found no room is a reason.
        assert!(why.contains("the disk is full") || why.contains("publishing stops below 1048576"), "{why}");
        reading_goes_on(&ledger, &mut client).await;
        drop(load);
        assert!(daemon.lives());

        disk.make_room();
        slowest = slowest.max(until_accepted(&ledger, &mut client).await);
        assert!(daemon.lives());
    }
    done(&disk, daemon, &ledger, slowest, &format!("{ROUNDS} times to the last byte"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_without_room_says_so_whatever_is_left() {
    let Some(disk) = Disk::make(48) else { return };
    let ledger = Ledger::default();
    let daemon = start(&disk, "0").await;
    ledger.publish(&mut daemon.client()).await.unwrap();
    assert!(daemon.stop().success());
    for left in (0..48).map(|kibibytes| kibibytes << 10) {
        disk.fill_but(left);
        refused_for_room(Daemon::start(&disk.path().join("d"), &[]).await.map(drop));
        disk.make_room();
    }
    start(&disk, "0").await.stop();
    ledger.check(&disk.path().join("d")).assert_nothing_lost("after starts without room");
}

fn refused_for_room(started: Result<(), (ExitStatus, String)>) {
    let (status, said) = started.expect_err("a start needs room");
    assert_eq!(status.code(), Some(11), "{status}: {said}");
    assert!(failure(&said).is_some_and(|failure| failure.is(ErrorCode::STORE_FULL)), "{said}");
}

/// Stops the daemon on a full disk, which loses nothing; a start there is refused for what it is; with room everything is there.
fn done(disk: &Disk, daemon: Daemon, ledger: &Ledger, slowest: Duration, rounds: &str) {
    let data = disk.path().join("d");
    disk.fill(0);
    let stopped = daemon.stop();
    assert!(stopped.success(), "stopping on a full disk: {stopped}");
    let runtime = tokio::runtime::Handle::current();
    let started = tokio::task::block_in_place(|| runtime.block_on(Daemon::start(&data, &[])));
    refused_for_room(started.map(drop));
    ledger.check(&data).assert_nothing_lost("on the full disk");
    disk.make_room();
    tokio::task::block_in_place(|| {
        runtime.block_on(async {
            let daemon = Daemon::start(&data, &[]).await.unwrap_or_else(|ended| panic!("{ended:?}"));
            ledger.read_back(&mut daemon.client(), usize::MAX).await;
        });
    });
    ledger.check(&data).assert_nothing_lost("with room again");
    assert!(slowest < RECOVERY_MAX, "publishing took {slowest:?} to come back");
    eprintln!(
        "the disk filled and emptied {rounds}: {} events acknowledged, 0 lost; publishing back within {} ms",
        ledger.len(),
        slowest.as_millis()
    );
}
