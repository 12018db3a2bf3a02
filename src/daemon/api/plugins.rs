//! plugins temp
use super::Api;
use super::problem::Problem;
use axum::Json;
use axum::extract::State;
use panotti_protocol::api::*;
use panotti_protocol::failure::*;
pub async fn list(State(api): State<Api>) -> Json<Page<Plugin>> {
    Json(Page { items: api.host.list(), next_cursor: None })
}
async fn no() -> Problem {
    Problem(Failure::new(ErrorCode::PLUGIN_NOT_FOUND, "temp"))
}
pub async fn show() -> Problem {
    no().await
}
pub async fn status() -> Problem {
    no().await
}
pub async fn enable() -> Problem {
    no().await
}
pub async fn disable() -> Problem {
    no().await
}
pub async fn config() -> Problem {
    no().await
}
pub async fn set_config() -> Problem {
    no().await
}
pub async fn logs() -> Problem {
    no().await
}
