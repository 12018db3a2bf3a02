//! The schemas that a plugin brings for what it emits: `schemas:` of its manifest. Each comes into force once, when the plugin is first
//! wanted on with it; what people decide about it afterwards stays, over restarts too.

use panotti_protocol::api::{Compatibility, SchemaMode};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::topic::Topic;

use super::discovery::Found;
use crate::config::manifest_schemas;
use crate::daemon::schemas::{Registry, Wanted};

/// How often a schema is brought anew where another version has come into force meanwhile.
const TRIES: usize = 3;

/// Brings the schemas of a plugin's manifest into force. A topic's first one warns: other publishers may be there already.
///
/// # Errors
/// `schema.invalid`, `schema.incompatible`, `plugin.manifest_invalid` where a file has gone; what to do is said.
pub async fn bring(registry: &Registry, found: &Found) -> Result<(), Failure> {
    let Ok(manifest) = &found.manifest else { return Ok(()) };
    let by = format!("plugin:{}", found.name);
    for (topic, file) in &manifest.schemas {
        let text = manifest_schemas::read(&found.folder, file).map_err(|why| Failure::new(ErrorCode::PLUGIN_MANIFEST_INVALID, why))?;
        let topic: Topic = topic.parse().map_err(|why: panotti_protocol::topic::TopicInvalid| {
            Failure::new(ErrorCode::PLUGIN_MANIFEST_INVALID, format!("`{topic}` is not a topic")).why(why.to_string())
        })?;
        if registry.was_brought(&topic, &by, &text).await? {
            continue;
        }
        let wanted = Wanted {
            topic,
            text,
            mode: None,
            fresh_mode: SchemaMode::Warn,
            compatibility: Compatibility::Backward,
            by: by.clone(),
            reason: format!("`schemas` of {} {}", manifest.name, manifest.version),
            dry_run: false,
        };
        bring_one(registry, &wanted, &found.name, file).await?;
    }
    Ok(())
}

async fn bring_one(registry: &Registry, wanted: &Wanted, plugin: &str, file: &str) -> Result<(), Failure> {
    let mut tries = 0;
    loop {
        tries += 1;
        match registry.bring(wanted.clone()).await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.is(ErrorCode::SCHEMA_CHANGED) && tries < TRIES => {}
            Err(failure) => {
                let topic = &wanted.topic;
                let next = format!(
                    "mend {file} of the plugin, or put it in force by hand: `panotti schema create {topic} {file} --compat none`; then `panotti plugin enable {plugin}`"
                );
                let detail = format!("`{plugin}` brings a schema of `{topic}` that cannot come into force: {}", failure.detail);
                return Err(Failure { detail, ..failure }.next(next));
            }
        }
    }
}
