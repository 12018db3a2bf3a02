//! host (temporary while merging)
use super::bus::{dispatch::HostAction, handle::BusHandle};
use super::clock::Clock;
use super::store::sqlite::{plugins::PluginRow, readers::Readers};
use panotti_protocol::api::*;
use panotti_protocol::failure::*;
/// s
pub struct Setup {
    pub places: crate::config::places::Places,
    pub settings: crate::config::settings::Settings,
    pub store_id: panotti_protocol::id::StoreId,
    pub bus: BusHandle,
    pub readers: Readers,
    pub rows: Vec<PluginRow>,
    pub clock: Clock,
}
/// h
#[derive(Debug, Clone)]
pub struct HostHandle;
/// s
pub async fn start(_setup: Setup, mut actions: tokio::sync::mpsc::UnboundedReceiver<HostAction>) -> Result<HostHandle, Failure> {
    tokio::spawn(async move { while actions.recv().await.is_some() {} });
    Ok(HostHandle)
}
impl HostHandle {
    pub fn list(&self) -> Vec<Plugin> {
        Vec::new()
    }
    pub async fn drain_and_stop(&self, _d: std::time::Duration) {}
}
