//! `plugin.yaml`, read strictly: all problems at once, each with line, column and what to do.
//!
//! It refuses what it does not know and what this version does not act on, so that nothing is ignored unnoticed. The original
//! server's five keys (`name, version, enabled, dependencies, config`) load unchanged.

use std::collections::BTreeMap;
use std::path::Path;

use panotti_core::limits as core_limits;
use panotti_core::manifest::START;
use panotti_core::order::KeyPath;
use panotti_core::routing::is_made_by_a_filter;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{OnDead, OnDisabled, Turns};
use panotti_protocol::failure::FailurePart;
use panotti_protocol::frame::PROTOCOLS;
use panotti_protocol::limits::{
    BATCH_DELIVERIES_MAX, BATCHED_IN_FLIGHT_MAX, CONCURRENCY_MAX, MANIFEST_BYTES_MAX, PLUGIN_NAME_BYTES_MAX, RETRIES_MAX,
    SUBSCRIPTIONS_PER_PLUGIN_MAX,
};
use panotti_protocol::manifest::{Dependency, Limits, MANIFEST, Manifest, On, Retry, Runtime, Start};
use panotti_protocol::topic::{Topic, TopicPattern};
use semver::{Version, VersionReq};
use serde_json::Value;

use super::decode::{Table, boolean, duration, integer, later, list, parsed, text, text_as_written, texts, word};
use super::limits::{COMMAND_WORDS_MAX, MANIFEST_NAMES_MAX};
use super::yaml::{Content, Node, Place, Problems, parse};
use super::{manifest_schemas, manifest_secrets};

/// The file's name in a plugin's folder.
pub const FILE: &str = "plugin.yaml";

/// Keys of the root that the design has and this version does not act on.
const LATER: [&str; 4] = ["after", "config_schema", "migrations", "routes"];
/// Files that are taken for the entry where the manifest names none, with how they are run.
const ENTRIES: [(&str, Runtime); 4] =
    [("plugin.py", Runtime::Python), ("plugin.js", Runtime::Node), ("plugin.mjs", Runtime::Node), ("plugin.sh", Runtime::Exec)];

/// A manifest as far as its text alone tells: what is run may still have to be looked up in the folder.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    manifest: Manifest,
    start: Option<(Start, Place)>,
    runtime: Option<Runtime>,
    name_place: Place,
    schemas: manifest_schemas::Written,
}

/// Reads a manifest's text and looks into its folder: what it names has to be there, and its name is the folder's.
///
/// # Errors
/// Every problem found, in the order of the file.
pub fn validate_folder(folder: &Path) -> Result<Manifest, Vec<FailurePart>> {
    let mut problems = Problems::new(FILE);
    let text = match read(&folder.join(FILE)) {
        Ok(text) => text,
        Err(detail) => {
            problems.add_with(Place::START, detail, "a plugin is a folder with a plugin.yaml in it");
            return Err(problems.into_parts());
        }
    };
    let written = read_text(&text, &mut problems);
    let manifest = written.map(|written| look_into(folder, written, &mut problems));
    match manifest {
        Some(manifest) if problems.is_empty() => Ok(manifest),
        _ => Err(problems.into_parts()),
    }
}

/// Why a plugin that needs these protocol versions cannot run here; `None` where it can.
pub fn incompatible(manifest: &Manifest) -> Option<String> {
    let api = manifest.api.as_deref()?;
    let range = version_range(api).ok()?;
    let fits = PROTOCOLS.iter().any(|version| range.matches(&Version::new(u64::from(*version), 0, 0)));
    (!fits).then(|| format!("it needs plugin protocol `{api}`; this daemon speaks {}", PROTOCOLS.map(|v| v.to_string()).join(", ")))
}

/// Whether a version will do for a dependency.
pub fn satisfies(dependency: &Dependency, version: &str) -> bool {
    let Some(wanted) = &dependency.version else { return true };
    match (version_range(wanted), Version::parse(version)) {
        (Ok(range), Ok(version)) => range.matches(&version),
        _ => false,
    }
}

fn read(file: &Path) -> Result<String, String> {
    use std::io::Read;
    let opened = std::fs::File::open(file).map_err(|error| format!("cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    // One byte more than allowed, so that the parser can say that the file is too large without all of it being read.
    opened.take(MANIFEST_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    String::from_utf8(bytes).map_err(|error| format!("is not UTF-8 after byte {}", error.utf8_error().valid_up_to()))
}

fn read_text(source: &str, problems: &mut Problems) -> Option<Written> {
    let root = parse(source, MANIFEST_BYTES_MAX, problems)?;
    let mut table = Table::open(&root, "", problems)?;
    later(&mut table, &LATER, problems);
    if let Some(form) = table.get("manifest").and_then(|node| integer(node, 1, u64::MAX, problems).map(|form| (form, node.place)))
        && form.0 > MANIFEST
    {
        problems.add_with(
            form.1,
            format!("`manifest: {}` is newer than this version reads", form.0),
            "update Panotti, or write `manifest: 1`",
        );
    }
    let name_node = table.required("name", problems);
    let name = name_node.and_then(|node| plugin_name(node, problems));
    let version = table.required("version", problems).and_then(|node| version(node, problems));
    let enabled = table.get("enabled").and_then(|node| boolean(node, problems)).unwrap_or(true);
    let dependencies = table.get("dependencies").map(|node| dependencies(node, problems)).unwrap_or_default();
    let api = table.get("api").and_then(|node| parsed_range(node, problems));
    let description = table.get("description").and_then(|node| text(node, problems)).unwrap_or_default();
    let runtime = table.get("runtime").and_then(|node| runtime(node, problems));
    let start = start(&mut table, problems);
    let on = table.get("on").and_then(|node| subscriptions(node, problems));
    let emits = table.get("emits").map(|node| topics(node, problems)).unwrap_or_default();
    let schemas = table.get("schemas").map(|node| manifest_schemas::written(node, problems)).unwrap_or_default();
    let retry = retry(table.get("retry"), problems);
    let limits = limits(table.get("limits"), problems);
    let secrets = table.get("permissions").map(|node| manifest_secrets::written(node, problems)).unwrap_or_default();
    let config = table.get("config").map(|node| configuration(node, problems)).unwrap_or_default();
    table.close(problems);
    let chosen = start.as_ref().map_or_else(|| Start::Command(Vec::new()), |(start, _)| start.clone());
    let manifest = Manifest {
        name: name.unwrap_or_default(),
        version: version.unwrap_or_default(),
        enabled,
        dependencies,
        api,
        description,
        runtime: runtime.unwrap_or(Runtime::Native),
        start: chosen,
        on,
        emits,
        schemas: schemas.iter().map(|(topic, (file, _))| (topic.clone(), file.clone())).collect(),
        retry,
        limits,
        secrets,
        config,
    };
    Some(Written { manifest, start, runtime, name_place: name_node.map_or(Place::START, |node| node.place), schemas })
}

fn plugin_name(node: &Node, problems: &mut Problems) -> Option<String> {
    let name = text(node, problems)?;
    if is_plugin_name(&name) {
        return Some(name);
    }
    let next = format!("use lower-case letters, digits, `-` and `_`, at most {PLUGIN_NAME_BYTES_MAX}, beginning with a letter or digit");
    problems.add_with(node.place, format!("`{name}` is not a plugin's name"), next);
    None
}

/// Whether a text can be a plugin's name.
pub fn is_plugin_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    name.len() <= PLUGIN_NAME_BYTES_MAX
        && name.bytes().all(allowed)
        && name.bytes().next().is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit())
}

fn version(node: &Node, problems: &mut Problems) -> Option<String> {
    let written = text_as_written(node, problems)?;
    if Version::parse(&written).is_ok() {
        return Some(written);
    }
    let mended = [format!("{written}.0"), format!("{written}.0.0")].into_iter().find(|text| Version::parse(text).is_ok());
    let next = mended.map_or_else(|| "write three numbers, like 0.1.0".to_owned(), |mended| format!("write `version: {mended}`"));
    problems.add_with(node.place, format!("`{written}` is not a version"), next);
    None
}

/// A range such as `>=1 <2`: as semver writes it, with spaces or commas between.
fn version_range(written: &str) -> Result<VersionReq, semver::Error> {
    let mut parts: Vec<String> = Vec::new();
    for part in written.split([' ', ',']).filter(|part| !part.is_empty()) {
        match parts.last_mut() {
            // `>= 1.2`: the operator stands alone, its number follows.
            Some(last) if !last.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '*') => last.push_str(part),
            _ => parts.push(part.to_owned()),
        }
    }
    VersionReq::parse(&parts.join(", "))
}

fn parsed_range(node: &Node, problems: &mut Problems) -> Option<String> {
    let written = text_as_written(node, problems)?;
    match version_range(&written) {
        Ok(_) => Some(written),
        Err(error) => {
            problems.add_with(node.place, format!("`{written}` is not a range of versions: {error}"), "write it like \">=1 <2\"");
            None
        }
    }
}

fn dependencies(node: &Node, problems: &mut Problems) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    for item in list(node, MANIFEST_NAMES_MAX, problems).unwrap_or_default() {
        let Some(written) = text(item, problems) else { continue };
        let end = written.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(written.len());
        let (name, range) = (&written[..end], written[end..].trim());
        if !is_plugin_name(name) || (!range.is_empty() && version_range(range).is_err()) {
            let next = "write `name` or `name >=1.2`";
            problems.add_with(item.place, format!("`{written}` is not a dependency"), next);
        } else if found.iter().any(|other| other.name == name) {
            problems.add_with(item.place, format!("`{name}` is there twice"), "leave one of the two out");
        } else {
            found.push(Dependency { name: name.to_owned(), version: (!range.is_empty()).then(|| range.to_owned()) });
        }
    }
    found
}

fn runtime(node: &Node, problems: &mut Problems) -> Option<Runtime> {
    if let Some(later) = text(node, &mut Problems::new(FILE)).filter(|word| word == "wasm" || word == "builtin") {
        problems.add_with(node.place, format!("this version does not do `runtime: {later}` yet"), "use python, node, native or exec");
        return None;
    }
    word(node, &Runtime::WORDS, problems).and_then(Runtime::from_word)
}

fn start(table: &mut Table<'_>, problems: &mut Problems) -> Option<(Start, Place)> {
    let (entry, command) = (table.get("entry"), table.get("command"));
    match (entry, command) {
        (Some(_), Some(command)) => {
            problems.add_with(command.place, "`entry` and `command` are both there", "leave one of the two out");
            None
        }
        (Some(node), None) => text(node, problems).map(|entry| (Start::Entry(entry), node.place)),
        (None, Some(node)) => {
            let words = texts(node, COMMAND_WORDS_MAX, problems)?;
            if words.first().is_none_or(String::is_empty) {
                problems.add_with(node.place, "`command` is empty", "write it like [\"node\", \"plugin.js\"]");
                return None;
            }
            Some((Start::Command(words), node.place))
        }
        (None, None) => None,
    }
}

fn subscriptions(node: &Node, problems: &mut Problems) -> Option<Vec<On>> {
    let items = list(node, SUBSCRIPTIONS_PER_PLUGIN_MAX, problems)?;
    let mut found: Vec<(On, Place)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(on) = subscription(item, index, problems) else { continue };
        match found.iter().find(|(other, _)| other.name == on.name) {
            Some((_, first)) => {
                let detail = format!("two entries of `on` are named `{}`, the first in line {}", on.name, first.line);
                problems.add_with(item.place, detail, "give one of them another `name:`");
            }
            None => found.push((on, item.place)),
        }
    }
    Some(found.into_iter().map(|(on, _)| on).collect())
}

fn subscription(item: &Node, index: usize, problems: &mut Problems) -> Option<On> {
    let mut table = Table::open(item, format!("on[{index}]"), problems)?;
    let topic = table.required("topic", problems).and_then(|node| parsed(node, str::parse::<TopicPattern>, problems));
    let filter = table.get("where").and_then(|node| filter(node, problems));
    let name = table.get("name").and_then(|node| subscription_name(node, problems));
    let concurrency = table.get("concurrency").and_then(|node| integer(node, 1, u64::from(CONCURRENCY_MAX), problems));
    let batch = table.get("batch").and_then(|node| batch(node, concurrency, problems));
    let on_disabled = table.get("on_disabled").and_then(|node| word(node, &["hold", "skip"], problems));
    let key = table.get("key").and_then(|node| parsed(node, str::parse::<KeyPath>, problems));
    let on_dead = table.get("on_dead").and_then(|node| word(node, &["continue", "block"], problems));
    let turns = table.get("priority").and_then(|node| word(node, &["weighted", "strict"], problems));
    table.close(problems);
    let topic = topic?;
    Some(On {
        name: name.unwrap_or_else(|| topic.as_str().to_owned()),
        topic: topic.as_str().to_owned(),
        filter,
        concurrency: concurrency.and_then(|number| u32::try_from(number).ok()).unwrap_or(core_limits::CONCURRENCY),
        batch,
        on_disabled: if on_disabled == Some("skip") { OnDisabled::Skip } else { OnDisabled::Hold },
        key: key.map(|path| path.to_string()),
        on_dead: if on_dead == Some("block") { OnDead::Block } else { OnDead::Continue },
        turns: if turns == Some("strict") { Turns::Strict } else { Turns::Weighted },
    })
}

/// Deliveries in one call of the handler: with its calls at once, no more than may be in flight.
fn batch(node: &Node, concurrency: Option<u64>, problems: &mut Problems) -> Option<u32> {
    let batch = integer(node, 1, u64::from(BATCH_DELIVERIES_MAX), problems)?;
    let concurrency = concurrency.unwrap_or(u64::from(core_limits::CONCURRENCY));
    if batch > 1 && batch * concurrency > u64::from(BATCHED_IN_FLIGHT_MAX) {
        let most = u64::from(BATCHED_IN_FLIGHT_MAX);
        let detail = format!("batches of {batch} in {concurrency} calls at once are more than {most} deliveries in flight");
        problems.add_with(node.place, detail, format!("write `concurrency: {}` beside it, or a smaller batch", most / batch));
        return None;
    }
    u32::try_from(batch).ok()
}

/// Names that begin with `filter:` are those of stored filters.
fn subscription_name(node: &Node, problems: &mut Problems) -> Option<String> {
    let name = text(node, problems)?;
    if is_made_by_a_filter(&name) {
        problems.add_with(node.place, "names that begin with `filter:` belong to stored filters", "choose another name");
        return None;
    }
    Some(name)
}

/// A filter, which must compile. It is kept as written.
fn filter(node: &Node, problems: &mut Problems) -> Option<String> {
    let written = text(node, problems)?;
    match Filter::compile(&written) {
        Ok(filter) if filter.asks_for_eventid() => {
            let next = "use `id`, which the publisher gives";
            problems.add_with(node.place, "an event has no `eventid` yet when its subscriptions are decided", next);
            None
        }
        Ok(_) => Some(written),
        Err(problem) => {
            let detail = format!("the filter does not hold at its column {}: {}", problem.column, problem.what);
            problems.add_with(node.place, detail, problem.suggestion);
            None
        }
    }
}

fn topics(node: &Node, problems: &mut Problems) -> Vec<String> {
    let items = list(node, MANIFEST_NAMES_MAX, problems).unwrap_or_default();
    items.iter().filter_map(|item| parsed(item, str::parse::<Topic>, problems)).map(|topic| topic.as_str().to_owned()).collect()
}

fn retry(node: Option<&Node>, problems: &mut Problems) -> Retry {
    let mut retry = Retry {
        max: core_limits::RETRIES,
        first_ms: milliseconds(core_limits::BACKOFF_FIRST),
        factor: core_limits::BACKOFF_FACTOR,
        cap_ms: milliseconds(core_limits::BACKOFF_CAP),
    };
    let Some(mut table) = node.and_then(|node| Table::open(node, "retry", problems)) else { return retry };
    let whole = |node: &Node, most: u32, least: u64, problems: &mut Problems| {
        integer(node, least, u64::from(most), problems).and_then(|number| u32::try_from(number).ok())
    };
    retry.max = table.get("max").and_then(|node| whole(node, RETRIES_MAX, 0, problems)).unwrap_or(retry.max);
    retry.first_ms = table.get("first").and_then(|node| duration(node, problems)).map_or(retry.first_ms, milliseconds);
    retry.factor = table.get("factor").and_then(|node| whole(node, 100, 1, problems)).unwrap_or(retry.factor);
    retry.cap_ms = table.get("cap").and_then(|node| duration(node, problems)).map_or(retry.cap_ms, milliseconds);
    table.close(problems);
    retry
}

fn limits(node: Option<&Node>, problems: &mut Problems) -> Limits {
    let mut limits = Limits { timeout_ms: milliseconds(core_limits::HANDLER_TIMEOUT), start_ms: milliseconds(START) };
    let Some(mut table) = node.and_then(|node| Table::open(node, "limits", problems)) else { return limits };
    later(&mut table, &["memory"], problems);
    limits.timeout_ms = table.get("timeout").and_then(|node| positive(node, problems)).unwrap_or(limits.timeout_ms);
    limits.start_ms = table.get("start").and_then(|node| positive(node, problems)).unwrap_or(limits.start_ms);
    table.close(problems);
    limits
}

fn positive(node: &Node, problems: &mut Problems) -> Option<u64> {
    let found = duration(node, problems)?;
    if found.is_zero() {
        problems.add_with(node.place, "0 is no time at all", "write a duration such as \"30s\"");
        return None;
    }
    Some(milliseconds(found))
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn configuration(node: &Node, problems: &mut Problems) -> BTreeMap<String, Value> {
    match &node.content {
        Content::Table(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
        _ => {
            // Null is an empty table; anything else is told.
            let _ = Table::open(node, "config", problems);
            BTreeMap::new()
        }
    }
}

/// What only the folder can tell: its name, what is run, and whether that is there.
fn look_into(folder: &Path, written: Written, problems: &mut Problems) -> Manifest {
    let Written { mut manifest, start, runtime, name_place, schemas } = written;
    manifest_schemas::check(folder, &schemas, problems);
    let folder_name = folder.canonicalize().ok().and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()));
    if let Some(folder_name) = folder_name.filter(|name| !manifest.name.is_empty() && *name != manifest.name) {
        let detail = format!("the name is `{}`, the folder's is `{folder_name}`", manifest.name);
        problems.add_with(name_place, detail, "give both the same name");
    }
    let found = start.or_else(|| {
        let found = ENTRIES.iter().find(|(file, _)| folder.join(file).is_file());
        found.map(|(file, _)| (Start::Entry((*file).to_owned()), Place::START))
    });
    let Some((start, place)) = found else {
        problems.add_with(Place::START, "`entry` is missing", "name the file that is run, for example `entry: plugin.py`");
        return manifest;
    };
    manifest.runtime = runtime.unwrap_or_else(|| guess(&start));
    check_start(folder, &start, manifest.runtime, place, problems);
    if manifest.runtime == Runtime::Exec && manifest.on.is_none() {
        problems.add_with(
            Place::START,
            "`on` is missing: a command for each event cannot say itself what it handles",
            "add `on: [{topic: ...}]`",
        );
    }
    if let Some(on) = manifest.on.iter().flatten().find(|on| manifest.runtime == Runtime::Exec && on.batch.is_some_and(|batch| batch > 1)) {
        let detail = format!("`on` gives `{}` batches, and a command is run for each event", on.name);
        problems.add_with(Place::START, detail, "leave `batch` out, or write a plugin that stays: `runtime: python`, `node` or `native`");
    }
    manifest.start = start;
    manifest_secrets::check(&manifest, problems);
    manifest
}

fn guess(start: &Start) -> Runtime {
    let program = match start {
        Start::Entry(file) => file.as_str(),
        Start::Command(_) => return Runtime::Native,
    };
    match program.rsplit_once('.').map(|(_, extension)| extension) {
        Some("py") => Runtime::Python,
        Some("js" | "mjs" | "cjs") => Runtime::Node,
        Some("sh") => Runtime::Exec,
        _ => Runtime::Native,
    }
}

fn check_start(folder: &Path, start: &Start, runtime: Runtime, place: Place, problems: &mut Problems) {
    let file = match start {
        Start::Entry(file) => file,
        // A program with a slash in it is one of the folder; any other is looked up on PATH when it is run.
        Start::Command(words) if words[0].contains('/') && !words[0].starts_with('/') => &words[0],
        Start::Command(_) => return,
    };
    let relative = Path::new(file);
    if relative.is_absolute() || relative.components().any(|part| matches!(part, std::path::Component::ParentDir)) {
        problems.add_with(place, format!("`{file}` leads out of the plugin's folder"), "name a file inside it");
        return;
    }
    let path = folder.join(relative);
    if !path.is_file() {
        problems.add_with(place, format!("there is no file `{file}` in the plugin's folder"), "correct the name, or add the file");
        return;
    }
    let run_itself = matches!(runtime, Runtime::Native | Runtime::Exec) || matches!(start, Start::Command(_));
    if run_itself && rustix::fs::access(&path, rustix::fs::Access::EXEC_OK).is_err() {
        problems.add_with(place, format!("`{file}` is not executable"), format!("run `chmod +x {}`", path.display()));
    }
}

#[cfg(test)]
#[path = "manifest_test.rs"]
mod tests;
