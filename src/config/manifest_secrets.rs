//! `permissions:` of `plugin.yaml`, as far as this version acts on it: the secrets that a plugin may have. What its `config:` refers to must
//! be among them.

use std::collections::BTreeSet;

use panotti_protocol::limits::SECRETS_MAX;
use panotti_protocol::manifest::{Manifest, Runtime, secrets_of};

use super::decode::{Table, later, texts};
use super::yaml::{Node, Place, Problems};

/// Keys of `permissions` that the design has and this version does not act on.
const LATER: [&str; 3] = ["files", "limits", "net"];

/// The secrets that `permissions:` names.
pub fn written(node: &Node, problems: &mut Problems) -> Vec<String> {
    let Some(mut table) = Table::open(node, "permissions", problems) else { return Vec::new() };
    later(&mut table, &LATER, problems);
    let secrets = table.get("secrets").and_then(|node| texts(node, SECRETS_MAX, problems)).unwrap_or_default();
    table.close(problems);
    secrets
}

/// Tells of every reference that is not allowed.
pub fn check(manifest: &Manifest, problems: &mut Problems) {
    for (detail, next) in wrong(manifest, &secrets_of(manifest.config.values())) {
        problems.add_with(Place::START, detail, next);
    }
}

/// What is wrong with the secrets that a configuration refers to, and what to do.
pub fn wrong(manifest: &Manifest, referred: &BTreeSet<String>) -> Vec<(String, String)> {
    if manifest.runtime == Runtime::Exec && !referred.is_empty() {
        let detail = "an `exec` plugin gets its configuration as a variable, where other programs would see a secret".to_owned();
        return vec![(detail, "use another runtime, such as `python` or `native`".to_owned())];
    }
    let missing = referred.iter().filter(|name| !manifest.secrets.contains(name));
    missing
        .map(|name| {
            (format!("`permissions.secrets` does not name the secret `{name}`"), format!("add it: `permissions: {{ secrets: [{name}] }}`"))
        })
        .collect()
}
