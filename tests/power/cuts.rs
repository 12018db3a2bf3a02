//! The power is cut while publishers wait for their receipts. Whatever they were told before is there afterwards.
//!
//! `PANOTTI_CUTS=1000 cargo test --test integration power::cuts` cuts as often as one likes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ledger::{Findings, Ledger, Load};
use super::rig::{Daemon, Disk, PATIENCE};

/// The store is begun anew when it has grown to this, so that the disk does not fill.
const STORE_BYTES_MAX: u64 = 8 << 20;

fn cuts_wanted() -> u64 {
    std::env::var("PANOTTI_CUTS").ok().and_then(|number| number.parse().ok()).unwrap_or(100)
}

/// How many receipts are read before a cut: from one to some hundreds, by the number of the cut.
fn receipts_before(cut: u64) -> usize {
    let mixed = (cut + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let most = if cut % 10 == 9 { 1_500 } else { 200 };
    1 + usize::try_from(mixed % most).unwrap()
}

/// Every other store moves its log into the database as often as it may, so that cuts come in the middle of that too.
fn settings(cut: u64) -> [(&'static str, &'static str); 1] {
    [("PANOTTI_STORE__WAL_BYTES_MAX", if cut.is_multiple_of(2) { "4MiB" } else { "256MiB" })]
}

/// Publishes until enough receipts are read, cuts the power, ends the daemon and mounts the disk again. Every other time the daemon is left
/// to notice by itself. Says how long that took.
async fn cut(disk: &Disk, mut daemon: Daemon, ledger: &Arc<Ledger>, number: u64) -> Option<Duration> {
    let before = ledger.len();
    ledger.count();
    let load = Load::begin(&daemon, ledger);
    let started = Instant::now();
    while ledger.len() - before < receipts_before(number) {
        assert!(daemon.lives() && started.elapsed() < PATIENCE, "no receipts before cut {number}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    ledger.stop_counting();
    disk.cut_power();
    let cut_at = Instant::now();
    let noticed = number.is_multiple_of(2).then(|| {
        let ended = tokio::task::block_in_place(|| daemon.wait(PATIENCE));
        assert_eq!(ended.and_then(|status| status.code()), Some(74), "rule G6: the first failed sync ends the daemon");
        cut_at.elapsed()
    });
    daemon.kill();
    drop(load);
    disk.remount();
    noticed
}

fn begin_anew(data: &Path) -> Arc<Ledger> {
    if data.exists() {
        std::fs::remove_dir_all(data).unwrap();
    }
    Arc::default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g1_no_acknowledged_event_is_lost_when_the_power_is_cut() {
    let Some(disk) = Disk::make(64) else { return };
    let data = disk.path().join("d");
    let mut ledger = begin_anew(&data);
    let (cuts, started) = (cuts_wanted(), Instant::now());
    let (mut acknowledged, mut slowest) = (0, Duration::ZERO);
    let mut daemon = Daemon::start(&data, &settings(0)).await.unwrap_or_else(|ended| panic!("{ended:?}"));
    for number in 0..cuts {
        let before = ledger.len();
        let noticed = cut(&disk, daemon, &ledger, number).await;
        slowest = slowest.max(noticed.unwrap_or_default());
        acknowledged += ledger.len() - before;
        ledger.check(&data).assert_nothing_lost(&format!("after cut {number}"));
        daemon = match Daemon::start(&data, &settings(number + 1)).await {
            Ok(daemon) => daemon,
            Err((status, said)) => panic!("after cut {number} the daemon does not start: {status}, {said}"),
        };
        ledger.read_back(&mut daemon.client(), 100).await;
        if number % 100 == 99 {
            eprintln!("{} cuts, {} s, {acknowledged} events acknowledged", number + 1, started.elapsed().as_secs());
        }
        if std::fs::metadata(data.join("panotti.db")).unwrap().len() > STORE_BYTES_MAX {
            ledger.read_back(&mut daemon.client(), usize::MAX).await;
            assert!(daemon.stop().success());
            ledger = begin_anew(&data);
            daemon = Daemon::start(&data, &settings(number + 1)).await.unwrap_or_else(|ended| panic!("{ended:?}"));
        }
    }
    ledger.read_back(&mut daemon.client(), usize::MAX).await;
    assert!(slowest < Duration::from_secs(1), "G6: the daemon took {slowest:?} to end after a failed sync");
    let took = started.elapsed().as_secs();
    eprintln!(
        "{cuts} power cuts in {took} s: {acknowledged} events acknowledged, 0 lost, 0 corrupt; a failed sync ended the daemon within {} ms",
        slowest.as_millis()
    );
}

/// The control: the same rig and the same check must see the loss when commits are not synced.
#[cfg(feature = "defects")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g1_the_power_cuts_catch_a_store_that_does_not_sync_its_commits() {
    const CUTS_MAX: u64 = 20;
    let Some(disk) = Disk::make(64) else { return };
    let data = disk.path().join("d");
    for number in 0..CUTS_MAX {
        let ledger = begin_anew(&data);
        let daemon = Daemon::start(&data, &[("PANOTTI_TEST_DEFECT", "unsynced_commits")]).await.unwrap_or_else(|ended| panic!("{ended:?}"));
        // Without synced commits the daemon notices the cut late or never; it is killed every time.
        cut(&disk, daemon, &ledger, 2 * number + 1).await;
        let Findings { lost, .. } = ledger.check(&data);
        if lost.is_empty() {
            continue;
        }
        let refused = match Daemon::start(&data, &[]).await {
            Ok(_) => "the next start did not notice".to_owned(),
            Err((_, said)) => super::rig::failure(&said).map_or(said, |failure| format!("the next start refuses: {failure}")),
        };
        eprintln!("cut {} of at most {CUTS_MAX}: {} of {} acknowledged events lost; {refused}", number + 1, lost.len(), ledger.len());
        return;
    }
    panic!("{CUTS_MAX} cuts lost nothing although nothing was synced: the rig does not cut");
}
