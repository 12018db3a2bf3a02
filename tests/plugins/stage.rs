//! A folder with plugins and a daemon, and what the tests ask of it. Plugins get 30 s to start, so that a slow machine is no reason to fail.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;

use serde_json::Value;

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// A Python plugin without `on:`; `METHODS` are its methods.
pub fn python(methods: &str) -> String {
    format!("import os, sys, time\nfrom panotti import *\n\nclass P(PluginBase):\n{methods}\n\nP.main()\n")
}

/// Speaks the protocol in lines of shell: `READY` and then whatever follows. Descriptor 3 is both ways.
pub const READY: &str = r#"#!/bin/sh
read -r hello <&3
ready() { echo '{"type":"ready","protocol":1,"handlers":[{"name":"t.x","topic":"t.x"}]}' >&3; }
"#;

/// The folder.
#[derive(Debug)]
pub struct Stage {
    pub scratch: Scratch,
}

impl Stage {
    pub fn new() -> Self {
        let scratch = Scratch::new();
        std::fs::DirBuilder::new().mode(0o700).create(scratch.data()).unwrap();
        Self { scratch }
    }

    /// One with a single plugin `p`.
    pub fn with(lines: &str, files: &[(&str, &str)]) -> Self {
        let stage = Self::new();
        stage.plugin("p", lines, files);
        stage
    }

    pub fn folder(&self, plugin: &str) -> PathBuf {
        self.scratch.data().join("plugins").join(plugin)
    }

    /// Writes a plugin of these further lines of its manifest and these files.
    pub fn plugin(&self, name: &str, lines: &str, files: &[(&str, &str)]) {
        let limits = if lines.contains("limits:") { "" } else { "limits: {start: 30s}\n" };
        let manifest = format!("name: {name}\nversion: 0.1.0\n{limits}{lines}\n");
        self.write(name, &[("plugin.yaml", manifest.as_str())]);
        self.write(name, files);
    }

    /// Writes files of a plugin as they are.
    pub fn write(&self, name: &str, files: &[(&str, &str)]) {
        let folder = self.folder(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (file, content) in files {
            std::fs::write(folder.join(file), content).unwrap();
            std::fs::set_permissions(folder.join(file), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    pub fn start(&self) -> Daemon {
        Daemon::start(&self.scratch)
    }

    /// What a command prints as JSON; it has to end well.
    pub fn ask(&self, arguments: &[&str]) -> Value {
        let output = self.scratch.run(&[arguments, &["-o", "json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Exit code and failure of a command that ends badly.
    pub fn refused(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.scratch.run(&[arguments, &["-o", "json"]].concat());
        let failure = serde_json::from_slice(&output.stderr).unwrap_or_else(|error| panic!("{error}: {}", told(&output)));
        (output.status.code().unwrap(), failure)
    }

    /// Publishes, and gives the event's id.
    pub fn publish(&self, topic: &str, payload: &str) -> String {
        self.ask(&["event", "publish", topic, payload])["eventid"].as_str().unwrap().to_owned()
    }

    /// One plugin, as `plugin list -o json` shows it.
    pub fn listed(&self, plugin: &str) -> Value {
        let all = self.ask(&["plugin", "list"]);
        all.as_array().unwrap().iter().find(|one| one["name"] == plugin).unwrap_or_else(|| panic!("{plugin} in {all:#}")).clone()
    }

    /// Waits until a plugin is in a state, and gives it as listed.
    pub fn until_state(&self, daemon: &Daemon, plugin: &str, state: &str) -> Value {
        self.until_plugin(daemon, plugin, |found| found["state"] == state)
    }

    /// Waits until a plugin is as wanted.
    pub fn until_plugin(&self, daemon: &Daemon, plugin: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let _told = Told(self, plugin);
        until(&format!("`{plugin}` is as wanted"), || {
            last = daemon.get(&format!("/plugins/{plugin}/status")).json();
            wanted(&last).then(|| last.clone())
        })
    }

    /// Waits until the only delivery of an event is as wanted, and gives it.
    pub fn until_delivery(&self, daemon: &Daemon, event: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let _told = Told(self, "p");
        until("the delivery is as wanted", || {
            let shown = daemon.get(&format!("/events/{event}")).json();
            let delivery = &shown["deliveries"][0];
            wanted(delivery).then(|| delivery.clone())
        })
    }

    /// The only event of a topic, once it is there.
    pub fn until_event(&self, daemon: &Daemon, topic: &str) -> Value {
        until(&format!("an event {topic}"), || {
            let found = daemon.get(&format!("/events?topic={topic}")).json();
            let id = found["items"][0]["eventid"].as_str()?.to_owned();
            Some(daemon.get(&format!("/events/{id}")).json())
        })
    }

    /// The messages of a plugin's log.
    pub fn log(&self, plugin: &str) -> Vec<String> {
        let lines = self.ask(&["plugin", "logs", plugin]);
        lines.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }
}

/// Where a test panics while this is held, the plugin's log is printed.
struct Told<'a>(&'a Stage, &'a str);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", told(&self.0.scratch.run(&["plugin", "logs", self.1])));
        }
    }
}
