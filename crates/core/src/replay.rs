//! Replay jobs
use std::collections::VecDeque;
use crate::delivery::{DeliveryKey, Pending};
/// A replay in the store: counts up from 1; 0 stands for the deliveries that publishing made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ReplayNumber(pub u32);
/// A place in a replay's selection: everything up to this delivery was looked at.
pub type ReplayCursor = DeliveryKey;
/// One delivery to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayItem {
    /// The delivery that is repeated.
    pub original: DeliveryKey,
    /// Its event.
    pub pending: Pending,
}
