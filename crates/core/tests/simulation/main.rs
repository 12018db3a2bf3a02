//! The deterministic simulation: a bus, a model of its store, and everything that can go wrong around them, from a seed. Each rule is a
//! named function that is held after every step. Nothing here waits, sleeps or asks the clock.
//!
//! - `chaos`, `people`, `plugins`: what happens in a run; `keys`: publishers that give a key
//! - `world`, `hearing`, `leases`, `ledger`, `disk`, `pages`, `keyed`: the bus's surroundings and what it must mean
//! - `idleness`, `lanes`, `replays`: what is held of handing out, of turns and of replays
//! - `rules`, `rules_of_replay`: the invariants; `coverage`: the transitions that must have been taken
//! - `defects`: each mistake of `defect.rs` is caught (feature `defects`)
//! - `stories`, `stories_of_order`, `stories_of_priority`, `stories_of_batches`, `stalls`, `filters` and `schemas`, told in the small world of
//!   `story`: the rules again, as sentences with one example each
//!
//! `SIMULATION_SEED=7` runs one seed, `SIMULATION_SEEDS=1000` so many and `SIMULATION_SEEDS=1000..2000` these; with `SIMULATION_LITTLE_MEMORY=1` lanes and ordering
//! keys have nearly none (feature `defects`).

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "the table of transitions is for people, and a test may panic")]

mod chaos;
mod coverage;
#[cfg(feature = "defects")]
mod defects;
mod disk;
mod filters;
mod hearing;
mod idleness;
mod keyed;
mod keys;
mod lanes;
mod leases;
mod ledger;
mod pages;
mod people;
mod plugins;
mod replays;
mod rules;
mod rules_of_replay;
mod schemas;
mod stalls;
mod stories;
mod stories_of_batches;
mod stories_of_order;
mod stories_of_priority;
mod story;
mod world;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use panotti_core::defect::Defects;

use crate::coverage::Coverage;
use crate::world::Violation;

/// Seeds of an ordinary `cargo test`.
const SEEDS: u64 = 50;

/// A long run says after so many seeds that it is still there.
const SEEDS_BETWEEN_SIGNS_OF_LIFE: u64 = 500;

#[test]
#[allow(clippy::disallowed_methods, reason = "which seeds to run is said in the environment")]
fn a_thousand_ways_to_go_wrong_break_no_rule() {
    let said = |name: &str| std::env::var(name).ok();
    let seeds = match said("SIMULATION_SEED") {
        Some(seed) => number(&seed)..number(&seed) + 1,
        None => said("SIMULATION_SEEDS").map_or(0..SEEDS, |seeds| range(&seeds)),
    };
    let (first, last) = (seeds.start, seeds.end);
    let (coverage, steps, violation) = run_all(seeds, &memory());
    if let Some((seed, violation)) = violation {
        panic!(
            "seed {seed}, {violation}\nrun it again: SIMULATION_SEED={seed} cargo test -p panotti-core --test simulation -- a_thousand_ways"
        );
    }
    println!("{coverage}{} seeds, {steps} steps", last - first);
    if last - first >= SEEDS {
        let missing = coverage.missing();
        assert!(missing.is_empty(), "no seed took these transitions: {missing:#?}");
    }
}

/// `1000` is the seeds from 0, `1000..2000` those between.
fn range(text: &str) -> Range<u64> {
    text.split_once("..").map_or_else(|| 0..number(text), |(first, end)| number(first)..number(end))
}

fn number(text: &str) -> u64 {
    text.parse().expect("a seed is a number")
}

/// Bounds of windows, lanes and ordering keys overflow all the time here.
#[cfg(feature = "defects")]
#[test]
fn rule_14_with_hardly_any_memory_nothing_is_lost_or_overtaken_either() {
    let (_, _, violation) = run_all(0..SEEDS / 2, &Defects::default().with_little_memory());
    if let Some((seed, violation)) = violation {
        panic!("seed {seed} with SIMULATION_LITTLE_MEMORY=1, {violation}");
    }
}

/// How much memory lanes and ordering keys have in this run.
#[allow(clippy::disallowed_methods, reason = "it is said in the environment")]
fn memory() -> Defects {
    #[cfg(feature = "defects")]
    if std::env::var_os("SIMULATION_LITTLE_MEMORY").is_some() {
        return Defects::default().with_little_memory();
    }
    Defects::default()
}

/// Runs seeds on all processors until one breaks a rule.
fn run_all(seeds: Range<u64>, defects: &Defects) -> (Coverage, u64, Option<(u64, Violation)>) {
    let next = AtomicU64::new(seeds.start);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let run = || {
        let (mut coverage, mut steps) = (Coverage::default(), 0);
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return (coverage, steps, None);
            }
            if seed > seeds.start && (seed - seeds.start).is_multiple_of(SEEDS_BETWEEN_SIGNS_OF_LIFE) {
                println!("seed {seed} of {} begins, no rule broken so far", seeds.end);
            }
            match chaos::run(seed, defects.clone()) {
                Ok((taken, number)) => {
                    coverage.add(&taken);
                    steps += number;
                }
                Err(violation) => {
                    next.store(seeds.end, Ordering::Relaxed);
                    return (coverage, steps, Some((seed, violation)));
                }
            }
        }
    };
    let parts: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        handles.into_iter().map(|handle| handle.join().expect("a worker says what is wrong and does not panic")).collect()
    });
    let mut all = (Coverage::default(), 0, None);
    for (coverage, steps, violation) in parts {
        all.0.add(&coverage);
        all.1 += steps;
        all.2 = match (all.2, violation) {
            (Some(one), Some(other)) => Some(if first_of(&one, &other) { one } else { other }),
            (one, other) => one.or(other),
        };
    }
    all
}

fn first_of(one: &(u64, Violation), other: &(u64, Violation)) -> bool {
    one.0 <= other.0
}
