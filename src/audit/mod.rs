//! The audit's chain: how a record is hashed, how a checkpoint is signed, how both are verified. Pure, and shared by the daemon, which
//! writes the chain, and the command line, which verifies an export without any daemon. `docs/audit.md` describes the form for those who
//! write a verifier of their own.
//!
//! - [`chain`]: the canonical form of a record, its hash, the head of a chain
//! - [`note`]: checkpoints as signed notes, and the keys for them
//! - [`verify`]: record after record, and the checkpoints that speak of them

pub mod chain;
pub mod note;
pub mod verify;
