//! The end of the log is taken away behind the daemon's back. SQLite alone would open what is left as if nothing had happened.

use std::sync::Arc;

use panotti_protocol::failure::ErrorCode;

use super::ledger::Ledger;
use super::rig::{Daemon, failure};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g5_a_lost_tail_is_named_and_nothing_starts_until_it_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d");
    let ledger = Arc::new(Ledger::default());
    ledger.count();
    let mut daemon = Daemon::start(&data, &[]).await.unwrap_or_else(|ended| panic!("{ended:?}"));
    let (mut client, mut newest) = (daemon.client(), 0);
    for _ in 0..20 {
        newest = ledger.publish(&mut client).await.unwrap().sequence.0;
    }
    daemon.kill();
    std::fs::remove_file(data.join("panotti.db-wal")).unwrap();

    for _ in 0..2 {
        let Err((status, said)) = Daemon::start(&data, &[]).await else { panic!("it starts as if nothing had happened") };
        let failure = failure(&said).unwrap();
        assert_eq!(status.code(), Some(78), "{failure}");
        assert!(failure.is(ErrorCode::STORE_TAIL_LOST) && failure.detail.contains(&format!("events 1 to {newest} ")), "{failure}");
    }

    let given_up = Daemon::start_with(&data, &[], &["--accept-loss"]).await.unwrap_or_else(|ended| panic!("{ended:?}"));
    Ledger::default().publish(&mut given_up.client()).await.unwrap();
    assert!(given_up.stop().success());
    let again = Daemon::start(&data, &[]).await.unwrap_or_else(|ended| panic!("given up once is given up: {ended:?}"));
    assert!(again.stop().success());
}
