//! The plugin of the endurance test: counts its calls in a file of its own, fails one event in fifty on its first two attempts and one in
//! five hundred always, until it is mended.

use std::collections::BTreeMap;
use std::os::unix::fs::DirBuilderExt;

use crate::support::scratch::Scratch;

/// Numbers that fail on their first two attempts.
pub const FAILS_TWICE_EVERY: u64 = 50;
/// Numbers that fail on every attempt, until the plugin is mended.
pub const ALWAYS_FAILS_EVERY: u64 = 500;

const MANIFEST: &str = "
name: counter
version: 0.1.0
enabled: true
runtime: python
entry: plugin.py
on:
  - topic: load.unit
    name: unit
    concurrency: 16
retry: { max: 3, first: 200ms, factor: 2, cap: 1s }
limits: { start: 60s }
config: { mended: false }
";

const CODE: &str = r#"
import os

from panotti import Event, PluginBase, on


class Counter(PluginBase):
    async def initialize(self) -> None:
        self.calls = open(os.path.join(self.data_dir, "calls"), "a", buffering=1)

    @on("load.unit")
    async def unit(self, event: Event) -> None:
        number = event.payload["n"]
        self.calls.write(f"{event.id}\n")
        if self.config["mended"]:
            return
        if number % ALWAYS_FAILS_EVERY == 0:
            raise RuntimeError(f"number {number} never works")
        if number % FAILS_TWICE_EVERY == 0 and event.attempt <= 2:
            raise RuntimeError(f"number {number} does not work yet")


Counter.main()
"#;

/// Puts the plugin where the daemon finds it.
pub fn install(scratch: &Scratch) {
    let folder = scratch.data().join("plugins/counter");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).unwrap();
    let code =
        CODE.replace("ALWAYS_FAILS_EVERY", &ALWAYS_FAILS_EVERY.to_string()).replace("FAILS_TWICE_EVERY", &FAILS_TWICE_EVERY.to_string());
    std::fs::write(folder.join("plugin.yaml"), MANIFEST).unwrap();
    std::fs::write(folder.join("plugin.py"), code).unwrap();
}

/// How often the plugin was called for each event, by its own count.
pub fn calls(scratch: &Scratch) -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(scratch.data().join("plugin-data/counter/calls")).unwrap_or_default();
    let mut calls = BTreeMap::new();
    for eventid in text.lines() {
        *calls.entry(eventid.to_owned()).or_default() += 1;
    }
    calls
}
