//! Proof that the simulation sees: each mistake of `defect.rs`, switched on alone, breaks the rule that it is named for.

use panotti_core::defect::{Defect, Defects};

use crate::run_all;

/// Seeds that may pass before a defect is seen.
const SEEDS_MAX: u64 = 150;

/// Every defect with the rules that catch it.
const CAUGHT_BY: &[(Defect, &[&str])] = &[
    (Defect::TokenUnchecked, &["rule_05"]),
    (Defect::AttemptNotCounted, &["rule_06"]),
    (Defect::CrashNotCounted, &["rule_06"]),
    (Defect::StopCounted, &["rule_06"]),
    (Defect::TimerLostAtRestart, &["rule_07"]),
    (Defect::RetryWithoutBackoff, &["rule_07"]),
    (Defect::EmitWithoutDone, &["rule_05"]),
    (Defect::EmitWithoutAcknowledgement, &["rule_05_what_takes_effect"]),
    (Defect::ReplayMovesOnEarly, &["rule_10"]),
    (Defect::RecoveredWithoutSuccess, &["rule_10"]),
    (Defect::FullWindowForgets, &["rule_01", "rule_12_strict"]),
    (Defect::FloorAhead, &["rule_01"]),
    (Defect::DuplicateTakesSequence, &["rule_13", "rule_01"]),
    (Defect::PublisherKeysForgottenAtRestart, &["rule_13"]),
    (Defect::DeathForgetsAttempt, &["rule_08"]),
    (Defect::LeaseNeverEnds, &["rule_05"]),
    (Defect::ReplayUnpaced, &["rule_10"]),
    (Defect::PauseForgotten, &["rule_10_a_paused"]),
    (Defect::ConcurrencyIgnored, &["rule_12"]),
    (Defect::QuarantineForgotten, &["rule_09"]),
    (Defect::PoisonInCompany, &["rule_09"]),
    (Defect::DelayForgotten, &["rule_07"]),
    (Defect::TrimsUnresolved, &["rule_14"]),
    (Defect::RetryFreesKey, &["rule_11"]),
    (Defect::HandingOutFreesKey, &["rule_11"]),
    (Defect::KeysForgottenAtRestart, &["rule_11", "rule_01", "rule_07"]),
    (Defect::BlockedKeyFillsWindow, &["rule_11"]),
    (Defect::DeadLetterFreesKey, &["rule_11"]),
    (Defect::ReplayIgnoresKeys, &["rule_11"]),
    (Defect::StarvedLane, &["rule_12_no_lane"]),
    (Defect::KeptSlotGivenAway, &["rule_12_the_kept_slot"]),
    (Defect::AgeingForgotten, &["rule_12_what_has_waited"]),
    (Defect::RaisedKeyLeft, &["rule_12_a_key", "rule_11_a_busy_key"]),
    (Defect::StallForgotten, &["rule_14"]),
];

#[test]
fn every_defect_is_caught_by_the_rule_it_breaks() {
    let mut missed = Vec::new();
    for (defect, rules) in CAUGHT_BY {
        let (_, _, violation) = run_all(0..SEEDS_MAX, &Defects::with(*defect));
        let Some((seed, violation)) = violation else {
            missed.push(format!("{defect:?} is not seen in {SEEDS_MAX} seeds"));
            continue;
        };
        println!("{:<24} seed {seed:<3} step {:<5} {}", format!("{defect:?}"), violation.step, violation.rule);
        if !rules.iter().any(|rule| violation.rule.starts_with(rule)) {
            missed.push(format!("{defect:?} breaks {rules:?} and was seen as {violation}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
