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

/// The request that this task answers, if it answers one.
pub fn current() -> Option<Arc<Origin>> {
    ORIGIN.try_with(Arc::clone).ok()
}
