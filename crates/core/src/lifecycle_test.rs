//! The whole table of [`super`] as one committed text, and rule 16 in sentences.

use super::*;

const NOW: Timestamp = Timestamp::from_ms(1_000_000);
const LIMITS: Limits = Limits { start: Duration::from_secs(2), drain: Duration::from_secs(30) };

fn instance(number: u8) -> InstanceId {
    InstanceId::from_bytes([number; 16])
}

fn states() -> Vec<(&'static str, PluginState)> {
    let failures = Failures { count: 3, recent: Vec::new() };
    let (later, past) = (NOW + Duration::from_secs(1), NOW - Duration::from_secs(1));
    let stopped = Rest::Stopped("no key".to_owned());
    vec![
        ("discovered", PluginState::Discovered),
        ("starting", PluginState::Starting { deadline: later, failures: failures.clone() }),
        ("starting, deadline passed", PluginState::Starting { deadline: past, failures: failures.clone() }),
        ("running", PluginState::Running { instance: instance(1), health: Health::Ok, since: past, failures: failures.clone() }),
        ("paused", PluginState::Paused { instance: instance(1), since: past, failures: failures.clone() }),
        ("draining to disabled", PluginState::Draining { deadline: later, then: AfterDrain::Rest(Rest::Disabled) }),
        ("draining to start", PluginState::Draining { deadline: later, then: AfterDrain::Start }),
        ("draining, deadline passed", PluginState::Draining { deadline: past, then: AfterDrain::Start }),
        ("backoff", PluginState::Backoff { failures: failures.clone(), restart_at: later, cause: "gone".to_owned() }),
        ("backoff, due", PluginState::Backoff { failures, restart_at: past, cause: "gone".to_owned() }),
        ("failed", PluginState::Failed { cause: "no licence".to_owned() }),
        ("disabled", PluginState::Resting(Rest::Disabled)),
        ("stopped", PluginState::Resting(stopped)),
        ("incompatible", PluginState::Resting(Rest::Incompatible("protocol 2".to_owned()))),
    ]
}

fn signals() -> Vec<Signal> {
    let text = |text: &str| text.to_owned();
    vec![
        Signal::Enable,
        Signal::Tick,
        Signal::Ready(instance(2)),
        Signal::NotReady(text("no network")),
        Signal::Exited(text("signal 9")),
        Signal::NeedsConfiguration(text("no url")),
        Signal::Permanent(text("no licence")),
        Signal::Pause,
        Signal::Resume,
        Signal::Health(Health::Degraded(text("slow"))),
        Signal::Restart,
        Signal::Rest(Rest::Disabled),
    ]
}

fn shown(state: &PluginState) -> String {
    match state {
        PluginState::Draining { then: AfterDrain::Start, .. } => "draining to start".to_owned(),
        PluginState::Draining { then: AfterDrain::Rest(rest), .. } => format!("draining to {}", PluginState::Resting(rest.clone()).name()),
        PluginState::Backoff { failures, .. } | PluginState::Starting { failures, .. } => {
            format!("{} (failures {})", state.name(), failures.count)
        }
        state => state.name().to_owned(),
    }
}

fn table() -> String {
    let mut text = String::from("state | signal | next | actions\n");
    for (name, state) in states() {
        for signal in signals() {
            let row = match state.clone().on(signal.clone(), NOW, &LIMITS, &mut Random::new(1)) {
                Ok(step) => {
                    let actions: Vec<String> = step
                        .actions
                        .iter()
                        .map(|action| format!("{action:?}").split('(').next().unwrap_or_default().to_lowercase())
                        .collect();
                    format!("{} | {}", shown(&step.state), actions.join(", "))
                }
                Err(_) => "refused | ".to_owned(),
            };
            text.push_str(format!("{name} | {} | {row}", signal.name()).trim_end());
            text.push('\n');
        }
    }
    text
}

#[test]
fn rule_15_the_table_of_every_state_and_every_signal_is_as_committed() {
    let committed = include_str!("lifecycle_table.txt");
    let table = table();
    assert!(table == committed, "the table changed; if that is meant, put this into crates/core/src/lifecycle_table.txt:\n{table}");
}

#[test]
fn rule_15_an_illegal_transition_names_exactly_what_would_have_been_legal() {
    for (name, state) in states() {
        for signal in signals().into_iter().filter(|signal| *signal != Signal::Tick) {
            let legal = state.legal().contains(&signal.name());
            let result = state.clone().on(signal.clone(), NOW, &LIMITS, &mut Random::new(1));
            assert_eq!(result.is_ok(), legal, "{name} on {}", signal.name());
        }
    }
    let error = PluginState::Resting(Rest::Disabled).on(Signal::Pause, NOW, &LIMITS, &mut Random::new(1)).unwrap_err();
    assert_eq!(error.to_string(), "a plugin that is disabled cannot pause; it can enable, rest");
}

fn crash(state: PluginState, now: Timestamp) -> Step {
    state.on(Signal::Exited("exit code 1".to_owned()), now, &LIMITS, &mut Random::new(7)).unwrap()
}

#[test]
fn rule_16_one_immediate_restart_then_one_second_doubling_to_five_minutes_for_ever() {
    let mut now = NOW;
    let mut failures = Failures::default();
    for whole_ms in [0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000, 300_000] {
        let step = crash(PluginState::Starting { deadline: now, failures }, now);
        let PluginState::Backoff { failures: next, restart_at, .. } = step.state else { panic!("backs off") };
        let delay_ms = restart_at.as_ms() - now.as_ms();
        assert!((whole_ms / 2..=whole_ms).contains(&delay_ms), "{delay_ms} of {whole_ms}");
        (now, failures) = (restart_at, next);
    }
}

#[test]
fn rule_16_ten_healthy_minutes_bring_the_counter_back_to_zero() {
    let failures = Failures { count: 9, recent: Vec::new() };
    let running =
        |failures: &Failures| PluginState::Running { instance: instance(1), health: Health::Ok, since: NOW, failures: failures.clone() };

    let early = crash(running(&failures), NOW + HEALTHY_AFTER - Duration::from_millis(1));
    let late = crash(running(&failures), NOW + HEALTHY_AFTER);

    assert!(matches!(early.state, PluginState::Backoff { failures: Failures { count: 10, .. }, .. }));
    assert!(
        matches!(late.state, PluginState::Backoff { failures: Failures { count: 1, .. }, restart_at, .. } if restart_at == NOW + HEALTHY_AFTER)
    );
}

#[test]
fn rule_16_five_crashes_within_60_seconds_are_told_once_and_slower_ones_are_not() {
    let told = |gap: Duration| {
        let mut failures = Failures::default();
        let mut told = Vec::new();
        for number in 1..=8_u32 {
            let now = NOW + gap * number;
            let step = crash(PluginState::Starting { deadline: now, failures }, now);
            if step.actions.contains(&Action::CrashLoop) {
                told.push(number);
            }
            let PluginState::Backoff { failures: next, .. } = step.state else { panic!("backs off") };
            failures = next;
        }
        told
    };

    assert_eq!(told(Duration::from_secs(14)), [5]);
    assert_eq!(told(Duration::from_secs(15)), [0_u32; 0]);
}
