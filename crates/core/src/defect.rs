//! Mistakes that a test can switch on, one at a time, to prove that the simulation would see them. Without the test-only feature
//! `defects` none of this exists: [`Defects::has`] is a constant `false`.

/// One mistake. Its name says what goes wrong; the simulation names the rule that catches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// An outcome with an old token is taken (rule 5).
    TokenUnchecked,
    /// A failed attempt is not counted (rule 6).
    AttemptNotCounted,
    /// A crash uses up no attempt (rule 6).
    CrashNotCounted,
    /// Stopping uses up an attempt (rule 6).
    StopCounted,
    /// After a restart nobody looks for waiting deliveries (rule 7).
    TimerLostAtRestart,
    /// A retry comes at once (rule 7).
    RetryWithoutBackoff,
    /// Emits take effect with a retry (rule 5).
    EmitWithoutDone,
    /// Emits and state take effect and the delivery is not acknowledged (rule 5).
    EmitWithoutAcknowledgement,
    /// A replay's place is stored before its items have rows (rule 10).
    ReplayMovesOnEarly,
    /// A dead letter is recovered when its replay fails (rule 10).
    RecoveredWithoutSuccess,
    /// A full window forgets what did not fit (rule 1).
    FullWindowForgets,
    /// The stored floor ignores what is in flight (rule 1).
    FloorAhead,
    /// A duplicate takes a sequence (rule 13).
    DuplicateTakesSequence,
    /// A delivery dies without a record of its last attempt (rule 8).
    DeathForgetsAttempt,
    /// A lease that ran out is not taken back (rule 5).
    LeaseNeverEnds,
    /// A replay releases items as fast as it reads them (rule 10).
    ReplayUnpaced,
    /// After a restart what was published under a key is forgotten (rule 13).
    PublisherKeysForgottenAtRestart,
    /// A paused replay goes on releasing items (rule 10).
    PauseForgotten,
    /// More deliveries are in flight than the subscription allows (rule 12).
    ConcurrencyIgnored,
    /// A third crash within 72 hours is like any other (rule 9).
    QuarantineForgotten,
    /// A quarantined delivery that is tried again has company (rule 9).
    PoisonInCompany,
    /// An event that is to be delivered later is delivered now (rule 7).
    DelayForgotten,
    /// An event is removed while a delivery of it is unresolved (rule 14).
    TrimsUnresolved,
    /// A retry lets the next of its key go first (rule 11).
    RetryFreesKey,
    /// The next of a key goes as soon as the one before is handed out (rule 11).
    HandingOutFreesKey,
    /// After a restart nobody knows which keys are busy (rule 11).
    KeysForgottenAtRestart,
    /// Deliveries behind a blocked key take the places of others in the window (rule 11).
    BlockedKeyFillsWindow,
    /// A dead letter that should block its key does not (rule 11).
    DeadLetterFreesKey,
    /// A replay's item goes although its key is busy (rule 11).
    ReplayIgnoresKeys,
    /// Lower priorities wait as long as there is a higher one, although turns are weighted (rule 12).
    StarvedLane,
    /// The place that is kept for critical deliveries goes to any (rule 12).
    KeptSlotGivenAway,
    /// What has waited for long stays in its lane (rule 12).
    AgeingForgotten,
    /// A key stays in its lane when a higher priority comes to wait in it (rule 12).
    RaisedKeyLeft,
    /// That a subscription stands still is not stored, so that it is told again after a restart (rule 14).
    StallForgotten,
}

/// The defects that are switched on.
#[derive(Debug, Clone, Default)]
pub struct Defects {
    #[cfg(feature = "defects")]
    on: Option<Defect>,
    #[cfg(feature = "defects")]
    little_memory: bool,
}

impl Defects {
    /// Switches one on.
    #[cfg(feature = "defects")]
    pub fn with(defect: Defect) -> Self {
        Self { on: Some(defect), ..Self::default() }
    }

    /// No mistake, but bounds so tight that what overflows them is seen often: of lanes and ordering keys memory keeps nearly nothing.
    #[cfg(feature = "defects")]
    #[must_use]
    pub fn with_little_memory(self) -> Self {
        Self { little_memory: true, ..self }
    }

    /// A bound as it is, or a much tighter one.
    #[cfg(feature = "defects")]
    pub(crate) fn bound(&self, bound: usize) -> usize {
        if self.little_memory { (bound / 64).max(2) } else { bound }
    }

    /// A bound as it is.
    #[cfg(not(feature = "defects"))]
    pub(crate) const fn bound(&self, bound: usize) -> usize {
        bound
    }

    /// Whether this one is on.
    #[cfg(feature = "defects")]
    pub fn has(&self, defect: Defect) -> bool {
        self.on == Some(defect)
    }

    /// Whether this one is on: never, in a program that ships.
    #[cfg(not(feature = "defects"))]
    pub const fn has(&self, _defect: Defect) -> bool {
        false
    }
}
