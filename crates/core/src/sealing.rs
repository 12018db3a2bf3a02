//! Changes of who can open sealed payloads, as they are written down. The bus itself acts on none of them.

use panotti_protocol::api::RecipientKind;

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealChange {
    /// Keys are wrapped to others from now on, and those that there are will be.
    Recipients {
        /// Everybody, as written: `age1...`.
        recipients: Vec<(String, RecipientKind)>,
        /// What was done, for the audit: `seal.rotate`.
        action: &'static str,
        /// Who.
        actor: String,
        /// Why.
        reason: String,
    },
    /// Data keys that were wrapped anew.
    Rewrapped {
        /// Each with its number.
        keys: Vec<(i64, Vec<u8>)>,
        /// To whom.
        generation: u64,
    },
    /// Every key is wrapped anew.
    Finished {
        /// The key of the tags, wrapped too.
        tag_key: Vec<u8>,
        /// To whom. Nothing happens where there is a newer one.
        generation: u64,
    },
}
