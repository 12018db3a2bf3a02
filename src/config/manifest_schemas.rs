//! `schemas:` of a manifest: files of the plugin's folder that describe what it emits, by topic.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path};

use panotti_filter::limits::SCHEMA_BYTES_MAX;
use panotti_filter::schema::Schema;
use panotti_protocol::topic::Topic;

use super::decode::text;
use super::limits::PLUGIN_SCHEMAS_MAX;
use super::yaml::{Content, Entry, Node, Place, Problems};

/// Files by topic, with their places in the manifest.
pub type Written = BTreeMap<String, (String, Place)>;

/// Reads the key: topics with a file each.
pub fn written(node: &Node, problems: &mut Problems) -> Written {
    let mut found = Written::new();
    let Content::Table(entries) = &node.content else {
        problems.add_with(node.place, "`schemas` is not a table", "write it like `schemas: { words.counted: schemas/words.counted.json }`");
        return found;
    };
    if entries.len() > PLUGIN_SCHEMAS_MAX {
        problems.add_with(node.place, format!("`schemas` has more than {PLUGIN_SCHEMAS_MAX} entries"), "split the plugin");
        return found;
    }
    for Entry { key, place, value } in entries {
        match key.parse::<Topic>() {
            Ok(topic) if topic.is_reserved() => {
                problems.add_with(*place, format!("the events of `{topic}` are the daemon's own"), "leave it out");
            }
            Ok(topic) => {
                if let Some(file) = text(value, problems) {
                    found.insert(topic.to_string(), (file, value.place));
                }
            }
            Err(why) => problems.add_with(*place, format!("`{key}` is not a topic: {why}"), "name the topic that is emitted"),
        }
    }
    found
}

/// Checks that every file is there and holds a schema.
pub fn check(folder: &Path, written: &Written, problems: &mut Problems) {
    for (file, place) in written.values() {
        match read(folder, file) {
            Err(why) => problems.add_with(*place, why, "name a file of the plugin's folder"),
            Ok(text) => {
                for problem in Schema::compile(&text).err().into_iter().flatten() {
                    let at = if problem.pointer.is_empty() { String::new() } else { format!(" at {}", problem.pointer) };
                    problems.add_with(*place, format!("the schema in {file} does not hold{at}: {}", problem.detail), "correct the file");
                }
            }
        }
    }
}

/// Reads a file of a plugin's folder.
///
/// # Errors
/// Why it cannot be read: it is outside, missing, too large, or not UTF-8.
pub fn read(folder: &Path, file: &str) -> Result<String, String> {
    let path = Path::new(file);
    if path.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) || file.is_empty() {
        return Err(format!("`{file}` leads out of the plugin's folder"));
    }
    let unreadable = |error: std::io::Error| format!("{file} cannot be read: {error}");
    let opened = std::fs::File::open(folder.join(path)).map_err(unreadable)?;
    let mut text = String::new();
    opened.take(SCHEMA_BYTES_MAX as u64 + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() > SCHEMA_BYTES_MAX {
        return Err(format!("{file} is over {SCHEMA_BYTES_MAX} bytes"));
    }
    Ok(text)
}
