//! Checks a plugin's folder without a daemon.

use std::path::Path;

use panotti_protocol::failure::FailurePart;

/// Checks the manifest of a plugin's folder and returns every problem; none means that it holds.
pub fn validate_folder(path: &Path) -> Vec<FailurePart> {
    let manifest = path.join("plugin.yaml");
    match std::fs::metadata(&manifest) {
        Ok(found) if found.is_file() => Vec::new(),
        _ => {
            let detail = "there is no `plugin.yaml` in this folder".to_owned();
            vec![FailurePart { pointer: manifest.display().to_string(), detail, next: "name a plugin's folder".to_owned() }]
        }
    }
}
