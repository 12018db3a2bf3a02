//! Bodies of what people ask about the bus: stories, subscriptions, topics, numbers, explanations.

mod explain;
mod numbers;
mod subscriptions;
mod topics;
mod trace;

pub use explain::*;
pub use numbers::*;
pub use subscriptions::*;
pub use topics::*;
pub use trace::*;
