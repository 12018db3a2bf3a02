//! What becomes of a delivery: its states, the causes of its death, the record of its attempts (semantics sections 2 and 8).

use serde::{Deserialize, Serialize};

use crate::id::{DeliveryId, EventId, ReplayId};
use crate::time::Timestamp;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant = $number,)+
        }

        impl $name {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The number in the store. Never reused.
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// Reads a number back from the store.
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| *known as u8 == number)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|known| known.as_str() == text).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|known| known.as_str()).collect();
                    format!("`{text}` is none of {}", known.join(", "))
                })
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where a delivery stands (semantics section 2).
    DeliveryState {
        /// Owed, and will be handed out as soon as there is room.
        Pending = 1 "pending",
        /// Owed to a plugin that is disabled.
        Held = 2 "held",
        /// Its ordering key waits for an earlier delivery.
        Blocked = 3 "blocked",
        /// Handed out under a lease.
        Leased = 4 "leased",
        /// Waits for its next attempt.
        Waiting = 5 "waiting",
        /// Handled.
        Done = 6 "done",
        /// Ended without success: a dead letter.
        Dead = 7 "dead",
        /// Crashed its plugin three times: never retried by itself.
        Quarantined = 8 "quarantined",
        /// Not owed: its subscription skips what arrives while disabled.
        Skipped = 9 "skipped",
        /// Given up on purpose.
        Cancelled = 10 "cancelled",
        /// Was dead, and a replay of it succeeded.
        Recovered = 11 "recovered",
    }
}

impl DeliveryState {
    /// Whether nothing more happens to it by itself.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Done | Self::Dead | Self::Quarantined | Self::Skipped | Self::Cancelled | Self::Recovered)
    }

    /// What `--failed` means.
    pub const fn is_failed(self) -> bool {
        matches!(self, Self::Dead | Self::Quarantined)
    }
}

words! {
    /// Why a delivery died: the cause of its last attempt (semantics rule 8).
    Cause {
        /// The handler raised an error or asked for a retry once too often.
        HandlerError = 1 "handler_error",
        /// The handler took longer than its `timeout`, or its lease ran out.
        Timeout = 2 "timeout",
        /// The plugin ended while it had the delivery.
        Crash = 3 "crash",
        /// What it emitted does not fit its schema.
        Schema = 4 "schema",
        /// It did what it has no permission for.
        Permission = 5 "permission",
        /// The event's `expires` passed.
        Expired = 6 "expired",
        /// The event does not read back as it was written, or its payload could not be opened.
        Decrypt = 7 "decrypt",
        /// The handler refused it for good.
        Rejected = 8 "rejected",
    }
}

words! {
    /// How one attempt ended.
    AttemptOutcome {
        /// Handled.
        Done = 1 "done",
        /// A handler error, or the handler asked to try again.
        Retry = 2 "retry",
        /// The handler refused the event for good.
        Reject = 3 "reject",
        /// The handler asked for it later; no attempt used.
        Defer = 4 "defer",
        /// Took too long.
        Timeout = 5 "timeout",
        /// The plugin ended meanwhile.
        Crash = 6 "crash",
        /// Nobody waited for it any more: the event expired.
        Expired = 7 "expired",
        /// Discarded by a person.
        Discarded = 8 "discarded",
        /// Never sent: the event does not read back as it was written.
        Unreadable = 9 "unreadable",
    }
}

words! {
    /// Where a replay job stands.
    ReplayState {
        /// Makes and follows deliveries.
        Running = 1 "running",
        /// Every item succeeded.
        Done = 2 "done",
        /// Some items succeeded, some failed.
        Partial = 3 "partial",
        /// No item succeeded.
        Failed = 4 "failed",
        /// Ended by a person before its last item.
        Cancelled = 5 "cancelled",
        /// Begins nothing new until a person resumes it, also after a restart.
        Paused = 6 "paused",
    }
}

/// An error as a handler raised it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttemptError {
    /// Its class, for example `TimeoutError`.
    pub class: String,
    /// What it said.
    pub message: String,
    /// Where: `plugin.py:31 in count`. Absent where the language does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// One try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attempt {
    /// 1 for the first.
    pub attempt: u32,
    /// When it was handed out.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Whether it used up one of the attempts (semantics rule 6).
    pub counted: bool,
    /// What went wrong, where something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    /// The end of what the plugin logged meanwhile. Empty where it logged nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log_tail: String,
    /// Version of the plugin that tried.
    pub plugin_version: String,
    /// SHA-256 of the plugin's folder, in hexadecimal.
    pub plugin_digest: String,
    /// Ids of the events it emitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emitted: Vec<EventId>,
}

/// Marks a delivery that a replay made, so that a handler can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayMark {
    /// The replay job.
    pub id: ReplayId,
    /// The name given to it. Absent when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The delivery it repeats.
    pub attempt_of: DeliveryId,
}
