//! Which transitions the seeds have taken: a table, and the ones that must not be missing from it.

use std::collections::BTreeMap;
use std::fmt;

/// How often each transition was taken.
#[derive(Debug, Clone, Default)]
pub struct Coverage(BTreeMap<[&'static str; 4], u64>);

impl Coverage {
    pub fn take(&mut self, table: &'static str, from: &'static str, what: &'static str, to: &'static str) {
        *self.0.entry([table, from, what, to]).or_default() += 1;
    }

    pub fn add(&mut self, other: &Coverage) {
        for (transition, number) in &other.0 {
            *self.0.entry(*transition).or_default() += number;
        }
    }

    /// Transitions that are expected and were never taken.
    pub fn missing(&self) -> Vec<[&'static str; 4]> {
        EXPECTED.iter().filter(|transition| !self.0.contains_key(*transition)).copied().collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ([table, from, what, to], number) in &self.0 {
            writeln!(f, "{table:<9} {from:<13} {what:<20} {to:<12} {number:>10}")?;
        }
        Ok(())
    }
}

/// The tables of semantics rules 5 to 10: every state with everything that can happen to it.
const EXPECTED: &[[&str; 4]] = &[
    ["delivery", "pending", "handed out", "leased"],
    ["delivery", "pending", "done", "done"],
    ["delivery", "pending", "retry", "waiting"],
    ["delivery", "pending", "retry", "dead"],
    ["delivery", "pending", "retry after", "waiting"],
    ["delivery", "pending", "reject", "dead"],
    ["delivery", "pending", "defer", "waiting"],
    ["delivery", "pending", "timeout", "waiting"],
    ["delivery", "pending", "timeout", "dead"],
    ["delivery", "pending", "crash", "waiting"],
    ["delivery", "pending", "crash", "dead"],
    ["delivery", "pending", "expired", "dead"],
    ["delivery", "pending", "unreadable", "dead"],
    ["delivery", "pending", "skipped", "skipped"],
    ["delivery", "pending", "delayed", "waiting"],
    ["delivery", "waiting", "handed out", "leased"],
    ["delivery", "waiting", "done", "done"],
    ["delivery", "waiting", "retry", "waiting"],
    ["delivery", "waiting", "retry", "dead"],
    ["delivery", "waiting", "retry after", "waiting"],
    ["delivery", "waiting", "retry after", "dead"],
    ["delivery", "waiting", "reject", "dead"],
    ["delivery", "waiting", "defer", "waiting"],
    ["delivery", "waiting", "timeout", "waiting"],
    ["delivery", "waiting", "timeout", "dead"],
    ["delivery", "waiting", "crash", "waiting"],
    ["delivery", "waiting", "crash", "dead"],
    ["delivery", "waiting", "crash", "quarantined"],
    ["delivery", "quarantined", "retry by hand", "waiting"],
    ["delivery", "waiting", "expired", "dead"],
    ["delivery", "waiting", "unreadable", "dead"],
    ["delivery", "waiting", "retry by hand", "waiting"],
    ["delivery", "dead", "retry by hand", "waiting"],
    ["delivery", "dead", "discard", "cancelled"],
    ["delivery", "dead", "cancel", "cancelled"],
    ["delivery", "pending", "cancel", "cancelled"],
    ["delivery", "waiting", "cancel", "cancelled"],
    ["delivery", "leased", "returned", "as before"],
    ["delivery", "leased", "not sent", "as before"],
    ["delivery", "repeat", "handed out", "leased"],
    ["delivery", "repeat", "done", "done"],
    ["delivery", "repeat", "retry", "waiting"],
    ["delivery", "repeat", "reject", "dead"],
    ["delivery", "repeat", "defer", "waiting"],
    ["delivery", "repeat", "timeout", "waiting"],
    ["delivery", "repeat", "crash", "waiting"],
    ["delivery", "repeat", "expired", "dead"],
    ["delivery", "repeat", "unreadable", "dead"],
    ["delivery", "repeat", "skipped", "skipped"],
    ["original", "dead", "its replay is done", "recovered"],
    ["original", "done", "its replay is done", "done"],
    ["original", "waiting", "its replay is done", "waiting"],
    ["original", "pending", "its replay is done", "pending"],
    ["replay", "running", "ends", "done"],
    ["replay", "running", "ends", "partial"],
    ["replay", "running", "ends", "failed"],
    ["replay", "running", "ends", "cancelled"],
    ["command", "publish", "new", "receipt"],
    ["command", "publish", "new", "duplicate"],
    ["command", "publish", "known", "duplicate"],
    ["command", "publish", "new", "match again"],
    ["command", "publish", "new", "refused"],
    ["command", "publish once", "new", "receipts"],
    ["command", "publish once", "in force", "receipts"],
    ["command", "publish once", "in force", "refused"],
    ["command", "publish once", "over", "receipts"],
    ["command", "matched", "", "done"],
    ["command", "matched", "", "match again"],
    ["command", "hand out", "batch", "many"],
    ["command", "hand out", "batch", "one"],
    ["command", "outcome", "held", "taken"],
    ["command", "outcome", "held", "match again"],
    ["command", "outcome", "over", "stale"],
    ["command", "heartbeat", "held", "taken"],
    ["command", "heartbeat", "over", "stale"],
    ["command", "start replay", "failed", "replay"],
    ["command", "start replay", "topic", "replay"],
    ["command", "start replay", "topic", "refused"],
    ["command", "pause replay", "", "replay"],
    ["command", "pause replay", "", "already"],
    ["command", "resume replay", "", "replay"],
    ["command", "resume replay", "", "already"],
    ["command", "cancel replay", "", "replay"],
    ["command", "cancel replay", "", "already"],
    ["command", "cancel replay", "", "refused"],
    ["command", "trim", "age", "removed"],
    ["command", "trim", "room", "removed"],
    ["command", "trim", "room", "nothing"],
    ["command", "trim", "purge", "removed"],
    ["command", "register", "", "rules"],
    ["command", "switch", "on", "changed"],
    ["command", "switch", "off", "changed"],
    ["command", "switch", "off", "as before"],
    ["page", "pending", "read", "filled"],
    ["page", "pending", "read", "empty"],
    ["page", "waiting", "read", "last"],
    ["page", "waiting", "read", "more"],
    ["page", "heads", "read", "filled"],
    ["page", "heads", "read", "empty"],
    ["page", "key", "read", "last"],
    ["page", "key", "read", "more"],
    ["page", "replay", "read", "last"],
    ["page", "replay", "read", "more"],
    ["daemon", "running", "dies before commit", "started"],
    ["daemon", "running", "dies after commit", "started"],
    ["daemon", "running", "disk refuses", "reloaded"],
    ["daemon", "running", "stops", "started"],
];
