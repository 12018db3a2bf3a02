//! `kill -9` under load, again and again: what was acknowledged is there (semantics rule 1).

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::load::Load;
use super::promises::{Promises, Stored};
use crate::support::daemon::{Daemon, kill};
use crate::support::random::Random;
use crate::support::scratch::Scratch;

/// One in so many kills comes while the daemon is starting.
const KILLS_AT_START: u64 = 8;
/// A kill comes after at most so many receipts of its round.
const RECEIPTS_MAX: u64 = 400;

/// What a series of kills went over.
#[derive(Debug, Default)]
struct Figures {
    kills: u64,
    at_start: u64,
    slowest_start: Duration,
    stored: Stored,
}

/// Kills the daemon so many times and checks after each restart.
fn kill_again_and_again(kills: u64, variables: &[(&str, &str)], promises: &Arc<Promises>) -> Result<Figures, String> {
    let mut random = Random::from_environment("PANOTTI_KILL_SEED");
    let scratch = Scratch::new();
    let mut load = Load::new(&mut random);
    let mut figures = Figures::default();
    while figures.kills < kills {
        let begun = Instant::now();
        if random.below(KILLS_AT_START) == 0 {
            kill_at_start(&scratch, variables, &mut random);
            figures.at_start += 1;
        } else {
            let daemon = Daemon::start_with(&scratch, &[], variables);
            figures.slowest_start = figures.slowest_start.max(begun.elapsed());
            figures.stored = promises.check(daemon.connect(), figures.stored)?;
            kill_under_load(daemon, &scratch, &mut load, promises, &mut random);
        }
        figures.kills += 1;
    }
    let daemon = Daemon::start_with(&scratch, &[], variables);
    promises.check(daemon.connect(), figures.stored)?;
    figures.stored = promises.check(daemon.connect(), Stored::default())?;
    assert!(daemon.stop().success());
    Ok(figures)
}

/// The publisher that reads the chosen receipt kills the daemon in the same moment.
fn kill_under_load(mut daemon: Daemon, scratch: &Scratch, load: &mut Load, promises: &Arc<Promises>, random: &mut Random) {
    let process = daemon.pid();
    let at = 1 + random.below(RECEIPTS_MAX);
    let later = Duration::from_micros(if random.below(2) == 0 { 0 } else { random.below(3_000) });
    let round = load.begin(&scratch.socket(), promises, move |receipts| {
        if receipts == at {
            spin(later);
            kill(process);
        }
    });
    daemon.wait();
    load.end(round);
}

fn kill_at_start(scratch: &Scratch, variables: &[(&str, &str)], random: &mut Random) {
    let daemon = Daemon::spawn(scratch, &[], variables);
    spin(Duration::from_micros(random.below(40_000)));
    daemon.kill();
}

/// Lets a part of a moment pass: where in a commit the kill comes is left to chance.
fn spin(time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        std::hint::spin_loop();
    }
}

#[test]
fn rule_01_what_was_acknowledged_outlives_kill_9_under_load() {
    let kills = std::env::var("PANOTTI_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let promises = Arc::new(Promises::default());
    let begun = Instant::now();

    let figures = kill_again_and_again(kills, &[], &promises).unwrap_or_else(|broken| panic!("{broken}"));

    let (acknowledged, head) = (promises.acknowledged() as u64, figures.stored.head);
    println!(
        "{kills} kills ({} while starting) in {:.0?}: {acknowledged} events acknowledged, 0 lost; {head} stored without a hole; {} sent again \
         and stored once; slowest start {:.0?}",
        figures.at_start,
        begun.elapsed(),
        promises.duplicates(),
        figures.slowest_start,
    );
    assert!(acknowledged > kills * 10 && acknowledged <= head, "the load was real");
    assert!(promises.duplicates() > 0, "some came twice");
}

#[cfg(feature = "defects")]
#[test]
fn rule_01_a_daemon_that_answers_before_the_commit_is_caught() {
    let promises = Arc::new(Promises::default());

    let caught = kill_again_and_again(200, &[("PANOTTI_TEST_DEFECT", "acknowledge_before_commit")], &promises);

    let broken = caught.expect_err("acknowledged events were lost and nobody noticed");
    println!("caught: {broken}");
}
