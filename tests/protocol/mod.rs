//! The golden frames of every version of the plugin protocol: each is read as what its name says, and written again as it was. A frame that
//! was valid once stays so.

use std::collections::BTreeSet;
use std::path::PathBuf;

use panotti_protocol::frame::{FromPlugin, ToPlugin};
use serde_json::Value;

fn golden(version: &str, prefix: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/protocol").join(version);
    let mut frames: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_prefix(prefix)?.strip_suffix(".json")?.to_owned();
            Some((name, std::fs::read_to_string(&path).unwrap()))
        })
        .collect();
    frames.sort();
    frames
}

/// The type stands first in the name; what comes after a dash says which of its kind it is.
fn kind(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// What the frame says is written back, and what is added for what it left out reads back the same.
fn holds(name: &str, text: &str, write_again: impl Fn(&[u8]) -> Value) -> String {
    let golden: Value = serde_json::from_str(text).unwrap();
    let written = write_again(text.as_bytes());
    for (field, value) in golden.as_object().unwrap() {
        assert_eq!(&written[field], value, "`{field}` of {name} is written as it was read");
    }
    assert_eq!(write_again(written.to_string().as_bytes()), written, "{name} stays as it is");
    assert_eq!(golden["type"], kind(name), "{name} is what its name says");
    kind(name).to_owned()
}

fn to_plugin(text: &[u8]) -> Value {
    serde_json::to_value(ToPlugin::read(text).unwrap_or_else(|error| panic!("{error:?}"))).unwrap()
}

fn from_plugin(text: &[u8]) -> Value {
    serde_json::to_value(FromPlugin::read(text).unwrap_or_else(|error| panic!("{error:?}"))).unwrap()
}

#[test]
fn every_golden_frame_to_a_plugin_reads_back_as_it_was_written() {
    let kinds: BTreeSet<String> = golden("v1", "to-plugin.").iter().map(|(name, text)| holds(name, text, to_plugin)).collect();
    assert!(kinds.len() >= 10, "{kinds:?}");
}

#[test]
fn every_golden_frame_from_a_plugin_reads_back_as_it_was_written() {
    let kinds: BTreeSet<String> = golden("v1", "from-plugin.").iter().map(|(name, text)| holds(name, text, from_plugin)).collect();
    assert!(kinds.len() >= 9, "{kinds:?}");
}
