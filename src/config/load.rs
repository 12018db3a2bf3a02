//! Loads the settings: defaults, then the machine's file, then the user's (or the one named), then what was set while the daemon ran, then
//! the environment; each value keeps where it came from. Every problem of every source is told at once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use panotti_protocol::api::Setting;
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart, exit};
use panotti_protocol::limits::CONFIGURATION_BYTES_MAX;

use super::environment::Environment;
use super::http::read_names;
use super::local_users::read_roles;
use super::places::{Places, SYSTEM_FILE};
use super::sealed::read_topics;
use super::settings::{Form, SettingRow, SettingValue, Settings, TABLE, read_ages, read_text};
use super::suggest::did_you_mean;
use super::yaml::{self, Content, Entry, Node, Place, Problems, shortened};

/// The newest form of `panotti.yaml` that is understood.
pub const CONFIG_VERSION: u64 = 1;

/// The settings of all sources and where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Typed, for the daemon.
    pub settings: Settings,
    values: BTreeMap<&'static str, (SettingValue, String)>,
}

impl Loaded {
    /// Every setting with value and origin, sorted by key.
    pub fn rows(&self) -> Vec<Setting> {
        let row = |row: &SettingRow| {
            let (value, origin) = self.values.get(row.key)?;
            Some(Setting {
                key: row.key.to_owned(),
                value: value.to_json(),
                origin: origin.clone(),
                description: row.description.to_owned(),
                live: row.is_live(),
                after_restart: None,
            })
        };
        TABLE.iter().filter_map(row).collect()
    }

    /// The same with the values of another for everything that only a start changes: what is in force after a reload.
    #[must_use]
    pub fn live_over(&self, started: &Self) -> Self {
        let mut values = self.values.clone();
        for row in TABLE.iter().filter(|row| !row.is_live()) {
            if let Some(value) = started.values.get(row.key) {
                values.insert(row.key, value.clone());
            }
        }
        Self::new(values)
    }

    fn new(values: BTreeMap<&'static str, (SettingValue, String)>) -> Self {
        let settings = Settings::from_values(|key| values.get(key).map(|(value, _)| value.clone()));
        Self { settings, values }
    }
}

/// What is set over the files, where that is not what the overlay's file says.
#[derive(Debug, Clone, Copy)]
pub enum OverlaySource<'a> {
    /// The overlay's file as it is.
    File,
    /// This text in its place.
    Text(&'a str),
}

/// Loads from all sources.
///
/// # Errors
/// `config.unreadable` where a file is there and cannot be read, `config.invalid` with every problem where something does not hold.
pub fn load(places: &Places, environment: &Environment) -> Result<Loaded, Failure> {
    load_with(places, environment, OverlaySource::File)
}

/// The same for `daemon run`, whose exit code for anything wrong here is 78.
///
/// # Errors
/// As [`load`].
pub fn load_for_daemon(places: &Places, environment: &Environment) -> Result<Loaded, Failure> {
    load(places, environment).map_err(|failure| Failure { exit: exit::CONFIGURATION, ..failure })
}

/// The same with an overlay that is not written yet: what a change would come to.
///
/// # Errors
/// As [`load`].
pub fn load_with(places: &Places, environment: &Environment, overlay: OverlaySource<'_>) -> Result<Loaded, Failure> {
    load_from(places, environment, Path::new(SYSTEM_FILE), overlay)
}

fn load_from(places: &Places, environment: &Environment, system: &Path, overlay: OverlaySource<'_>) -> Result<Loaded, Failure> {
    let mut values = defaults(places);
    let mut parts = Vec::new();
    let mut files = vec![(system, false)];
    if places.config_file.path != system {
        files.push((&places.config_file.path, places.config_named));
    }
    for (path, must_exist) in files {
        if let Some(text) = read_file(path, must_exist)? {
            parts.extend(apply_file(path, &text, &mut values));
        }
    }
    let overlay_file = places.overlay_file();
    let overlay = match overlay {
        OverlaySource::File => read_file(&overlay_file, false)?,
        OverlaySource::Text(text) => Some(text.to_owned()),
    };
    if let Some(text) = overlay {
        parts.extend(apply_file(&overlay_file, &text, &mut values));
    }
    parts.extend(apply_environment(environment, &mut values));
    if parts.is_empty() { Ok(Loaded::new(values)) } else { Err(invalid(parts)) }
}

/// Checks one file alone: what `config validate FILE` does.
///
/// # Errors
/// `input.unreadable`, or `config.invalid` with every problem.
pub fn validate_file(path: &Path) -> Result<(), Failure> {
    let text = read_file(path, true).map_err(|failure| Failure::new(ErrorCode::INPUT_UNREADABLE, failure.detail))?;
    let parts = apply_file(path, &text.unwrap_or_default(), &mut BTreeMap::new());
    if parts.is_empty() { Ok(()) } else { Err(invalid(parts)) }
}

fn invalid(parts: Vec<FailurePart>) -> Failure {
    let detail = match parts.len() {
        1 => "the configuration has a problem".to_owned(),
        count => format!("the configuration has {count} problems"),
    };
    Failure::new(ErrorCode::CONFIG_INVALID, detail).errors(parts)
}

fn defaults(places: &Places) -> BTreeMap<&'static str, (SettingValue, String)> {
    let value = |row: &SettingRow| match row.form {
        Form::Folders if row.key == "audit.checkpoint_dirs" => SettingValue::Folders(vec![places.keys_dir.path.clone()]),
        Form::Folders => SettingValue::Folders(places.default_plugin_dirs()),
        form => read_text(form, row.default, Path::new("/")).expect("a test reads every default of the table by its form"),
    };
    TABLE.iter().map(|row| (row.key, (value(row), "default".to_owned()))).collect()
}

fn read_file(path: &Path, must_exist: bool) -> Result<Option<String>, Failure> {
    let unreadable = |why: String| Failure::new(ErrorCode::CONFIG_UNREADABLE, format!("{} cannot be read: {why}", path.display()));
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    if !file.metadata().map_err(|error| unreadable(error.to_string()))?.is_file() {
        return Err(unreadable("it is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    // One byte over the limit is enough for the reader to refuse it.
    file.take(CONFIGURATION_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map(Some).map_err(|_| unreadable("it is not UTF-8 text".to_owned()))
}

fn apply_file(path: &Path, text: &str, values: &mut BTreeMap<&'static str, (SettingValue, String)>) -> Vec<FailurePart> {
    let mut problems = Problems::new(path.display().to_string());
    if let Some(root) = yaml::parse(text, CONFIGURATION_BYTES_MAX, &mut problems) {
        FileReader { path, values, problems: &mut problems }.root(&root);
    }
    problems.into_parts()
}

struct FileReader<'a> {
    path: &'a Path,
    values: &'a mut BTreeMap<&'static str, (SettingValue, String)>,
    problems: &'a mut Problems,
}

impl FileReader<'_> {
    fn root(&mut self, root: &Node) {
        let Content::Table(entries) = &root.content else {
            if !root.is_null() {
                self.problems.add(root.place, format!("expected sections such as `store:`, found {}", root.kind()));
            }
            return;
        };
        for entry in entries {
            match entry.key.as_str() {
                "config_version" => self.version(&entry.value),
                key if key.starts_with("x-") => {}
                section if TABLE.iter().any(|row| section_of(row) == section) => self.section(section, &entry.value),
                _ if self.problems.is_full() => self.problems.add(entry.place, "unknown key"),
                section => {
                    let known = TABLE.iter().map(section_of).chain(["config_version"]);
                    self.problems.add_with(entry.place, format!("unknown key `{}`", shortened(section)), did_you_mean(section, known));
                }
            }
        }
    }

    fn version(&mut self, node: &Node) {
        match node.to_json().as_u64() {
            Some(1..=CONFIG_VERSION) => {}
            Some(newer) if newer > CONFIG_VERSION => {
                let detail = format!("config_version is {newer}; this panotti understands {CONFIG_VERSION}");
                self.problems.add_with(node.place, detail, "use the panotti that wrote it, or write the file anew for this one");
            }
            _ => self.problems.add(node.place, format!("config_version should be {CONFIG_VERSION}")),
        }
    }

    fn section(&mut self, section: &str, node: &Node) {
        let Content::Table(entries) = &node.content else {
            if !node.is_null() {
                self.problems.add(node.place, format!("`{section}` should be keys with values, not {}", node.kind()));
            }
            return;
        };
        for entry in entries {
            let key = format!("{section}.{}", entry.key);
            match TABLE.iter().find(|row| row.key == key) {
                Some(row) => self.setting(row, &entry.value),
                None if entry.key.starts_with("x-") => {}
                None if self.problems.is_full() => self.problems.add(entry.place, "unknown key"),
                None => {
                    let next = did_you_mean(&key, TABLE.iter().map(|row| row.key).filter(|known| known.starts_with(section)));
                    self.problems.add_with(entry.place, format!("unknown key `{}`", shortened(&key)), next);
                }
            }
        }
    }

    fn setting(&mut self, row: &SettingRow, node: &Node) {
        let base = self.path.parent().unwrap_or(Path::new("/"));
        let read = match (&node.content, row.form) {
            (Content::Scalar(scalar), form) if form != Form::Folders && !node.is_null() => read_text(form, &scalar.text, base),
            (Content::List(items), Form::Folders) => folders(items, base),
            (Content::List(items), Form::Names) => read_names(texts(items).iter().map(String::as_str)),
            (Content::List(items), Form::Topics) => read_topics(texts(items).into_iter()),
            (Content::List(items), Form::LocalRoles) => read_roles(texts(items).iter().map(String::as_str)),
            (Content::Table(entries), form @ Form::Ages { .. }) => ages(entries, form),
            (_, form) => Err(format!("expected {}, got {}", form.describe(), node.kind())),
        };
        match read {
            Ok(value) => {
                let Place { line, column } = node.place;
                self.values.insert(row.key, (value, format!("{}:{line}:{column}", self.path.display())));
            }
            Err(why) => self.problems.add(node.place, format!("{}: {why}", row.key)),
        }
    }
}

fn folders(items: &[Node], base: &Path) -> Result<SettingValue, String> {
    let folder = |item: &Node| match &item.content {
        Content::Scalar(scalar) if !scalar.text.is_empty() => Ok(base.join(&scalar.text)),
        _ => Err(format!("expected a list of folders, got {} in it", item.kind())),
    };
    items.iter().map(folder).collect::<Result<_, _>>().map(SettingValue::Folders)
}

fn texts(items: &[Node]) -> Vec<String> {
    let text = |item: &'_ Node| match &item.content {
        Content::Scalar(scalar) => scalar.text.clone(),
        _ => item.kind().to_owned(),
    };
    items.iter().map(text).collect()
}

fn ages(entries: &[Entry], form: Form) -> Result<SettingValue, String> {
    let pair = |entry: &Entry| match &entry.value.content {
        Content::Scalar(scalar) => (entry.key.clone(), scalar.text.clone()),
        _ => (entry.key.clone(), entry.value.kind().to_owned()),
    };
    read_ages(form, entries.iter().map(pair))
}

fn section_of(row: &'static SettingRow) -> &'static str {
    row.parts().0
}

/// Variables with `__` in them are settings, so an unknown one is an error; those without belong to a fixed list and others are ignored.
fn apply_environment(environment: &Environment, values: &mut BTreeMap<&'static str, (SettingValue, String)>) -> Vec<FailurePart> {
    let mut parts = Vec::new();
    let variables: Vec<String> = TABLE.iter().map(SettingRow::variable).collect();
    let base = std::env::current_dir().unwrap_or_else(|_| "/".into());
    for (name, text) in environment.iter().filter(|(name, _)| name.starts_with("PANOTTI_") && name.contains("__")) {
        let part = |detail: String, next: String| FailurePart { pointer: name.to_owned(), detail, next };
        match TABLE.iter().zip(&variables).find(|(_, variable)| *variable == name) {
            None => {
                parts.push(part("no setting goes by this variable".to_owned(), did_you_mean(name, variables.iter().map(String::as_str))))
            }
            Some((row, _)) => match read_text(row.form, text, &base) {
                Ok(value) => {
                    values.insert(row.key, (value, name.to_owned()));
                }
                Err(why) => parts.push(part(why, String::new())),
            },
        }
    }
    parts
}

#[cfg(test)]
#[path = "load_test.rs"]
mod tests;
