//! The life of one plugin. Pure: the supervisor feeds signals in and carries actions out. States: semantics rule 15; back-off: rule 16.
//!
//! It refuses every signal that has no meaning in a state, and says what would have had one.

use std::time::Duration;

use panotti_protocol::id::InstanceId;
use panotti_protocol::time::Timestamp;

use crate::random::Random;
use crate::retry::step;

/// First delay after the immediate restart (semantics rule 16).
pub const RESTART_FIRST: Duration = Duration::from_secs(1);
/// No delay is longer.
pub const RESTART_CAP: Duration = Duration::from_secs(300);
/// After running this long the count of failures begins anew.
pub const HEALTHY_AFTER: Duration = Duration::from_secs(600);
/// So many failures ...
pub const CRASH_LOOP_FAILURES: usize = 5;
/// ... within this time are a crash loop.
pub const CRASH_LOOP_WINDOW: Duration = Duration::from_secs(60);

/// Where a plugin stands now. Persisted on every change, for its history; processes don't outlive the daemon, so at
/// start whatever was wanted on is started anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginState {
    /// Manifest read and valid; never started.
    Discovered,
    /// Process launched; its `ready` must arrive before `deadline`.
    Starting {
        /// Killed when this passes.
        deadline: Timestamp,
        /// What went wrong before.
        failures: Failures,
    },
    /// Accepts deliveries. What is wrong with it, if anything, is its health, not another state.
    Running {
        /// The copy that runs.
        instance: InstanceId,
        /// How it does.
        health: Health,
        /// Since when.
        since: Timestamp,
        /// What went wrong before.
        failures: Failures,
    },
    /// Keeps its process, takes nothing new until resumed.
    Paused {
        /// The copy that waits.
        instance: InstanceId,
        /// Since when it has been up.
        since: Timestamp,
        /// What went wrong before.
        failures: Failures,
    },
    /// Finishes what it holds, takes nothing new, is killed at `deadline`, and then goes on to `then`.
    Draining {
        /// Killed when this passes.
        deadline: Timestamp,
        /// What comes after it.
        then: AfterDrain,
    },
    /// Will be started again at `restart_at`, for ever.
    Backoff {
        /// What went wrong.
        failures: Failures,
        /// When it is started.
        restart_at: Timestamp,
        /// Why the last copy went.
        cause: String,
    },
    /// The plugin said that starting again cannot help.
    Failed {
        /// What it said.
        cause: String,
    },
    /// Not running, on purpose.
    Resting(Rest),
}

/// Not running, on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rest {
    /// Switched off by an operator.
    Disabled,
    /// Wanted on, but something has to change first: its configuration, its manifest, a dependency; or the daemon stops.
    Stopped(String),
    /// Needs another version of the plugin protocol.
    Incompatible(String),
}

/// What comes after draining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterDrain {
    /// It rests.
    Rest(Rest),
    /// It is started again, because its configuration asks for that.
    Start,
}

/// How a running plugin does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Nothing is wrong.
    Ok,
    /// It runs, but.
    Degraded(String),
}

/// What went wrong since the plugin was last healthy for ten minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    /// How often it failed.
    pub count: u32,
    /// When, newest last; at most [`CRASH_LOOP_FAILURES`], emptied when a crash loop was told.
    pub recent: Vec<Timestamp>,
}

/// What happens to a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// It is wanted to run.
    Enable,
    /// Time has passed.
    Tick,
    /// It said `ready`.
    Ready(InstanceId),
    /// It said that it cannot start yet.
    NotReady(String),
    /// Its process tree is gone, without anybody having asked for that.
    Exited(String),
    /// It said that its configuration does not let it start, or its handlers are not those of its manifest.
    NeedsConfiguration(String),
    /// It said that starting again cannot help.
    Permanent(String),
    /// Take nothing new.
    Pause,
    /// Go on.
    Resume,
    /// Its health changed.
    Health(Health),
    /// A change of its configuration needs a new copy.
    Restart,
    /// It is not wanted to run.
    Rest(Rest),
}

/// What the supervisor has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Launch a copy, once the tree of the one before is gone.
    Start,
    /// Give this copy deliveries.
    Open(InstanceId),
    /// Give it nothing new.
    Close,
    /// Let it finish what it holds and ask it to end.
    Drain,
    /// Kill its tree.
    Kill,
    /// Tell people: it fails again and again.
    CrashLoop,
}

/// The state after a signal, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The state from now on.
    pub state: PluginState,
    /// What to do, in order.
    pub actions: Vec<Action>,
}

/// Times that the manifest and the daemon's settings decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From launch to `ready`.
    pub start: Duration,
    /// From the beginning of draining to SIGKILL.
    pub drain: Duration,
}

/// The signal has no meaning in this state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a plugin that is {from} cannot {signal}; it can {}", .legal.join(", "))]
pub struct IllegalTransition {
    /// The state's name.
    pub from: &'static str,
    /// The signal's name.
    pub signal: &'static str,
    /// Names of the signals that it takes.
    pub legal: Vec<&'static str>,
}

impl Step {
    fn stay(state: PluginState) -> Self {
        Self { state, actions: Vec::new() }
    }

    fn go(state: PluginState, action: Action) -> Self {
        Self { state, actions: vec![action] }
    }
}

impl Signal {
    /// Its name, as messages show it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Tick => "tick",
            Self::Ready(_) => "ready",
            Self::NotReady(_) => "not_ready",
            Self::Exited(_) => "exited",
            Self::NeedsConfiguration(_) => "needs_configuration",
            Self::Permanent(_) => "permanent",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Health(_) => "health",
            Self::Restart => "restart",
            Self::Rest(_) => "rest",
        }
    }
}

impl PluginState {
    /// Its name (semantics rule 15).
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Discovered => "discovered",
            Self::Starting { .. } => "starting",
            Self::Running { .. } => "running",
            Self::Paused { .. } => "paused",
            Self::Draining { .. } => "draining",
            Self::Backoff { .. } => "backoff",
            Self::Failed { .. } => "failed",
            Self::Resting(Rest::Disabled) => "disabled",
            Self::Resting(Rest::Stopped(_)) => "stopped",
            Self::Resting(Rest::Incompatible(_)) => "incompatible",
        }
    }

    /// Why it is in this state; empty where there is nothing to say.
    pub fn reason(&self) -> &str {
        match self {
            Self::Backoff { cause, .. } | Self::Failed { cause } => cause,
            Self::Resting(Rest::Stopped(why) | Rest::Incompatible(why)) => why,
            Self::Draining { then: AfterDrain::Rest(Rest::Stopped(why)), .. } => why,
            Self::Running { health: Health::Degraded(why), .. } => why,
            _ => "",
        }
    }

    /// When the state changes by itself.
    pub const fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Starting { deadline, .. } | Self::Draining { deadline, .. } => Some(*deadline),
            Self::Backoff { restart_at, .. } => Some(*restart_at),
            _ => None,
        }
    }

    /// The copy that runs, which is the proof that deliveries may be sent.
    pub const fn running(&self) -> Option<InstanceId> {
        match self {
            Self::Running { instance, .. } => Some(*instance),
            _ => None,
        }
    }

    /// Names of the signals that have a meaning in this state, `tick` aside, which always has.
    pub fn legal(&self) -> Vec<&'static str> {
        match self {
            Self::Discovered | Self::Failed { .. } | Self::Resting(Rest::Disabled | Rest::Stopped(_)) => vec!["enable", "rest"],
            Self::Resting(Rest::Incompatible(_)) => vec!["rest"],
            Self::Starting { .. } => vec!["ready", "not_ready", "exited", "needs_configuration", "permanent", "restart", "rest"],
            Self::Running { .. } => vec!["exited", "permanent", "pause", "health", "restart", "rest"],
            Self::Paused { .. } => vec!["exited", "permanent", "resume", "restart", "rest"],
            Self::Draining { .. } => vec!["enable", "exited", "restart", "rest"],
            Self::Backoff { .. } => vec!["restart", "rest"],
        }
    }

    /// Applies one signal and returns the next state with the actions it asks for.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the signal has no meaning in this state. The caller keeps the state it had and shows the error,
    /// because it names what would have been allowed.
    pub fn on(self, signal: Signal, now: Timestamp, limits: &Limits, random: &mut Random) -> Result<Step, IllegalTransition> {
        use PluginState::*;
        match (self, signal) {
            (Discovered | Failed { .. } | Resting(Rest::Disabled | Rest::Stopped(_)), Signal::Enable) => {
                Ok(start(Failures::default(), now, limits))
            }
            (Backoff { failures, restart_at, .. }, Signal::Tick) if restart_at <= now => Ok(start(failures, now, limits)),
            (Backoff { failures, .. }, Signal::Restart) => Ok(start(failures, now, limits)),
            (Starting { failures, .. }, Signal::Ready(instance)) => Ok(Step::go(run(instance, failures, now), Action::Open(instance))),
            (Starting { failures, .. }, Signal::NotReady(cause)) => Ok(back_off(failures, cause, now, random).before(Action::Kill)),
            (Starting { failures, .. }, Signal::Exited(cause)) => Ok(back_off(failures, cause, now, random)),
            (state @ (Starting { deadline, .. } | Draining { deadline, .. }), Signal::Tick) if deadline <= now => {
                Ok(Step::go(state, Action::Kill))
            }
            (Starting { .. }, Signal::NeedsConfiguration(why)) => Ok(drain(AfterDrain::Rest(Rest::Stopped(why)), now, limits)),
            (Starting { .. } | Running { .. } | Paused { .. }, Signal::Permanent(cause)) => Ok(Step::go(Failed { cause }, Action::Kill)),
            (Running { instance, since, failures, .. }, Signal::Pause) => Ok(Step::go(Paused { instance, since, failures }, Action::Close)),
            (Paused { instance, since, failures }, Signal::Resume) => {
                Ok(Step::go(Running { instance, health: Health::Ok, since, failures }, Action::Open(instance)))
            }
            (Running { instance, since, failures, .. }, Signal::Health(health)) => {
                Ok(Step::stay(Running { instance, health, since, failures }))
            }
            // One more failure, or the first again after ten healthy minutes (rule 16).
            (Running { since, failures, .. } | Paused { since, failures, .. }, Signal::Exited(cause)) => {
                Ok(back_off(failures.after_running(since, now), cause, now, random))
            }
            (Starting { .. } | Running { .. } | Paused { .. }, Signal::Restart) => Ok(drain(AfterDrain::Start, now, limits)),
            (Starting { .. } | Running { .. } | Paused { .. }, Signal::Rest(rest)) => Ok(drain(AfterDrain::Rest(rest), now, limits)),
            // Already draining: the deadline stands, only what comes after it changes.
            (Draining { deadline, .. }, Signal::Rest(rest)) => Ok(Step::stay(Draining { deadline, then: AfterDrain::Rest(rest) })),
            (Draining { deadline, .. }, Signal::Enable | Signal::Restart) => Ok(Step::stay(Draining { deadline, then: AfterDrain::Start })),
            (Draining { then: AfterDrain::Rest(rest), .. }, Signal::Exited(_)) => Ok(Step::stay(Resting(rest))),
            (Draining { then: AfterDrain::Start, .. }, Signal::Exited(_)) => Ok(start(Failures::default(), now, limits)),
            (Discovered | Backoff { .. } | Failed { .. } | Resting(_), Signal::Rest(rest)) => Ok(Step::stay(Resting(rest))),
            (state, Signal::Tick) => Ok(Step::stay(state)),
            (state, signal) => Err(IllegalTransition { from: state.name(), signal: signal.name(), legal: state.legal() }),
        }
    }
}

impl Step {
    fn before(mut self, action: Action) -> Self {
        self.actions.insert(0, action);
        self
    }
}

impl Failures {
    /// Forgets what went wrong if the copy was up for ten minutes.
    fn after_running(self, since: Timestamp, now: Timestamp) -> Self {
        if now.since(since) >= HEALTHY_AFTER { Self::default() } else { self }
    }

    /// One more. Tells whether that makes a crash loop.
    fn one_more(&mut self, now: Timestamp) -> bool {
        self.count = self.count.saturating_add(1);
        self.recent.retain(|at| now.since(*at) < CRASH_LOOP_WINDOW);
        self.recent.push(now);
        let looping = self.recent.len() >= CRASH_LOOP_FAILURES;
        if looping {
            self.recent.clear();
        }
        looping
    }
}

fn start(failures: Failures, now: Timestamp, limits: &Limits) -> Step {
    Step::go(PluginState::Starting { deadline: now + limits.start, failures }, Action::Start)
}

fn run(instance: InstanceId, failures: Failures, now: Timestamp) -> PluginState {
    PluginState::Running { instance, health: Health::Ok, since: now, failures }
}

fn drain(then: AfterDrain, now: Timestamp, limits: &Limits) -> Step {
    Step::go(PluginState::Draining { deadline: now + limits.drain, then }, Action::Drain)
}

/// The first failure is followed by an immediate restart; then the delay is between half and all of 1 s, 2 s, 4 s ... 5 min.
fn back_off(mut failures: Failures, cause: String, now: Timestamp, random: &mut Random) -> Step {
    let looping = failures.one_more(now);
    let delay = match failures.count {
        0 | 1 => Duration::ZERO,
        count => {
            let whole = step(RESTART_FIRST, 2, count - 2, RESTART_CAP);
            whole / 2 + random.up_to(whole - whole / 2)
        }
    };
    let state = PluginState::Backoff { failures, restart_at: now + delay, cause };
    if looping { Step::go(state, Action::CrashLoop) } else { Step::stay(state) }
}

#[cfg(test)]
#[path = "lifecycle_test.rs"]
mod tests;
