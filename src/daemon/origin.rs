//! The request that is being answered, for the audit. It goes with the task that answers, so that no route can forget to pass it on;
//! what a task of its own does later has none.

use std::sync::Arc;

use panotti_core::origin::Origin;

tokio::task_local! {
    static ORIGIN: Arc<Origin>;
}

/// Answers a request.
pub async fn within<T>(origin: Arc<Origin>, answering: impl Future<Output = T>) -> T {
    ORIGIN.scope(origin, answering).await
}

/// Does what a request has asked for, in a task that answers many; or what nobody has.
pub async fn maybe_within<T>(origin: Option<Arc<Origin>>, doing: impl Future<Output = T>) -> T {
    match origin {
        Some(origin) => within(origin, doing).await,
        None => doing.await,
    }
}

/// The request that this task answers, if it answers one.
pub fn current() -> Option<Arc<Origin>> {
    ORIGIN.try_with(Arc::clone).ok()
}
