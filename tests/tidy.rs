//! Holds the order of the house: who may import whom (the table of design.md), how long files are, that each says what it is, and that
//! nothing unfinished and no path of one machine is in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the modules of `src/` may import. The longest name that fits a file counts; what is within the module itself is always allowed.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("config", &["panotti_protocol", "panotti_core", "panotti_filter"]),
    ("client", &["panotti_protocol", "panotti_core", "panotti_filter"]),
    // Pure: what a verifier without a daemon needs too.
    ("audit", &["panotti_protocol"]),
    ("cli", &["panotti_protocol", "panotti_core", "panotti_filter", "audit", "config", "client"]),
    // The wiring, and what serves it.
    ("daemon", &["panotti_protocol", "panotti_core", "panotti_filter", "audit", "config", "daemon"]),
    // Leaves that every part of the daemon may use.
    ("daemon::clock", &["panotti_protocol", "panotti_core"]),
    ("daemon::defect", &[]),
    ("daemon::meters", &["panotti_core"]),
    (
        "daemon::secrets",
        &["panotti_protocol", "panotti_core", "daemon::bus", "daemon::clock", "daemon::redact", READING, FAILURE, "daemon::store::folder"],
    ),
    ("daemon::redact", &[]),
    ("daemon::ring", &[]),
    ("daemon::log", &["config", "daemon::redact"]),
    ("daemon::access_log", &["panotti_protocol", "config", "daemon::log"]),
    ("daemon::origin", &["panotti_core"]),
    ("daemon::event_json", &["panotti_protocol", "panotti_core"]),
    ("daemon::event_view", &["panotti_protocol", "panotti_core", "panotti_filter", "daemon::event_json"]),
    ("daemon::event_schema", &["panotti_protocol", "panotti_core", "panotti_filter", "daemon::event_json"]),
    ("daemon::drafts", &["panotti_protocol", "panotti_core", "daemon::event_json"]),
    (
        "daemon::rules",
        &["panotti_protocol", "panotti_core", "panotti_filter", "daemon::event_schema", "daemon::event_view", "daemon::clock"],
    ),
    ("daemon::seal", &["panotti_protocol", "panotti_core", "daemon::clock"]),
    ("daemon::sealing", &["panotti_protocol", "panotti_core", "daemon::bus", "daemon::seal", READING, FAILURE, "daemon::store::key_file"]),
    (
        "daemon::store",
        &[
            "panotti_protocol",
            "panotti_core",
            "panotti_filter",
            "audit",
            "config::above",
            "daemon::event_json",
            "daemon::event_view",
            "daemon::redact",
            "daemon::seal",
            "daemon::clock",
        ],
    ),
    (
        "daemon::bus",
        &[
            "panotti_protocol",
            "panotti_core",
            "daemon::store",
            "daemon::seal",
            "daemon::clock",
            "daemon::defect",
            "daemon::event_json",
            "daemon::meters",
            "daemon::origin",
            "daemon::ring",
        ],
    ),
    ("daemon::checkpoints", &["panotti_protocol", "panotti_core", "audit", "daemon::clock", FAILURE, "daemon::store::folder"]),
    ("daemon::schemas", &["panotti_protocol", "panotti_core", "panotti_filter", "daemon::rules", "daemon::bus", READING, FAILURE]),
    ("daemon::access", &["panotti_protocol", "panotti_core", "daemon::bus", "daemon::clock", FAILURE, "daemon::store::folder"]),
    (
        "daemon::host",
        &[
            "panotti_protocol",
            "panotti_core",
            "config",
            "daemon::rules",
            "daemon::schemas",
            "daemon::secrets",
            "daemon::origin",
            "daemon::redact",
            "daemon::ring",
            "daemon::bus",
            "daemon::clock",
            "daemon::event_json",
            "daemon::drafts",
            READING,
            FAILURE,
            "daemon::store::folder",
        ],
    ),
    (
        "daemon::api",
        &[
            "panotti_protocol",
            "panotti_core",
            "panotti_filter",
            "config",
            "daemon::access",
            "daemon::rules",
            "daemon::schemas",
            "daemon::sealing",
            "daemon::bus",
            "daemon::host",
            "audit",
            "daemon::access_log",
            "daemon::secrets",
            "daemon::redact",
            "daemon::ring",
            "daemon::checkpoints",
            "daemon::configuration",
            "daemon::meters",
            "daemon::origin",
            "daemon::clock",
            "daemon::event_json",
            "daemon::event_schema",
            "daemon::event_view",
            "daemon::drafts",
            READING,
            FAILURE,
            "daemon::store::folder",
        ],
    ),
];
/// The store, to read. Only the bus writes.
const READING: &str = "daemon::store::sqlite";
const FAILURE: &str = "daemon::store::failure";
/// What writes, wherever [`READING`] is allowed.
const WRITING: [&str; 2] = ["daemon::store::sqlite::writer", "daemon::store::sqlite::checkpoint"];
/// Who writes.
const WRITERS: [&str; 3] = ["daemon", "daemon::bus", "daemon::store"];

const LINES_MAX: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the project with one of these endings: what git knows and what is new.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let listed = Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root()).output();
    let names: Vec<PathBuf> = match listed {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).unwrap().lines().map(PathBuf::from).collect(),
        _ => walk(&root()),
    };
    let wanted = |path: &PathBuf| path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending));
    names.into_iter().filter(wanted).filter(|path| root().join(path).is_file()).collect()
}

/// Where there is no git, as in an unpacked archive.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if name.starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path.strip_prefix(root()).unwrap().to_owned());
        }
    }
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The module of a file of `src/`: `daemon::api::events`.
fn module(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = path.with_extension("").iter().skip(1).map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// The code without its comments and without its tests, which stand at the end.
fn code(text: &str) -> String {
    let shipped = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    shipped.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Everything that a file's paths lead to, from the crate's root: `daemon::store::failure::StoreError`, `panotti_core::bus::Bus`.
fn imports(path: &Path, text: &str) -> BTreeSet<String> {
    let code = code(text);
    let (uses, code) = split_uses(&code);
    let mut found = BTreeSet::new();
    for used in uses {
        let at = used.find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(used.len());
        expand(base(path, &used[..at]).unwrap_or_default(), &used[at..], &mut found);
    }
    for (at, word) in words(&code) {
        let begins_a_path = !code[..at].ends_with("::") && code[at + word.len()..].starts_with("::");
        if let Some(base) = base(path, word).filter(|_| begins_a_path) {
            expand(base, &code[at + word.len()..], &mut found);
        }
    }
    found
}

/// The `use` statements that lead into the project, each from its first word on, and the code without any of them.
fn split_uses(code: &str) -> (Vec<String>, String) {
    let (mut uses, mut rest) = (Vec::new(), String::new());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let Some((_, begun)) = line.split_once("use ").filter(|(before, _)| before.trim().is_empty() || before.trim().starts_with("pub"))
        else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut statement = begun.to_owned();
        while !statement.contains(';') {
            let Some(next) = lines.next() else { break };
            statement.push_str(next);
        }
        uses.push(statement.split(';').next().unwrap_or("").to_owned());
    }
    uses.retain(|used| ["crate", "super", "panotti_"].iter().any(|start| used.starts_with(start)));
    (uses, rest)
}

/// Where a path begins.
fn base(path: &Path, word: &str) -> Option<Vec<String>> {
    match word {
        "crate" => Some(Vec::new()),
        "super" => Some(module(path).split_last().map(|(_, parents)| parents.to_vec()).unwrap_or_default()),
        name if name.starts_with("panotti_") => Some(vec![name.to_owned()]),
        _ => None,
    }
}

fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    code.split(move |character| !is_part(character))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

/// Follows `::name::{a, b::c}`; braces open every path in them.
fn expand(mut base: Vec<String>, rest: &str, found: &mut BTreeSet<String>) {
    let mut rest = rest;
    while let Some(after) = rest.strip_prefix("::") {
        if let Some(inside) = after.strip_prefix('{') {
            for part in split_braces(inside) {
                expand(base.clone(), &format!("::{}", part.trim()), found);
            }
            return;
        }
        let name: String = after.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
        match name.as_str() {
            "" => break,
            "super" => drop(base.pop()),
            "self" => {}
            _ => base.push(name.clone()),
        }
        rest = &after[name.len()..];
    }
    found.insert(base.join("::"));
}

/// The parts between commas up to the closing brace.
fn split_braces(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0);
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(character);
    }
    parts.push(part);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn within(path: &str, module: &str) -> bool {
    path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

/// Why a file of a module may not have a path; `None` where it may.
fn judge(own: &str, target: &str) -> Option<String> {
    let row = MAY_IMPORT.iter().filter(|(name, _)| within(own, name)).max_by_key(|(name, _)| name.len());
    let Some((name, allowed)) = row else { return Some(format!("`{own}` is not in the table")) };
    let writes = WRITING.iter().any(|writing| within(target, writing)) && !WRITERS.contains(name);
    let fits = within(target, name) || allowed.iter().any(|allowed| within(target, allowed));
    // A path that ends above a module names nothing in it: `super::{api, host}` has been opened before.
    (writes || !fits).then(|| format!("`{own}` may not import `{target}`"))
}

#[test]
fn every_module_imports_only_what_the_table_allows() {
    let mut problems = Vec::new();
    let (mut checked, mut seen) = (0, 0);
    for path in files(&["rs"]).into_iter().filter(|path| path.starts_with("src") && !path.starts_with("src/bin")) {
        let own = module(&path).join("::");
        if own.is_empty() || own.ends_with("_test") {
            continue;
        }
        checked += 1;
        for target in imports(&path, &read(&path)) {
            seen += 1;
            problems.extend(judge(&own, &target).map(|why| format!("{}: {why}", path.display())));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(checked > 50 && seen > 300, "the table was held against {checked} files and {seen} paths");
}

#[test]
fn the_table_would_see_a_wrong_import() {
    let file = Path::new("src/daemon/store/seal.rs");
    let found = imports(
        file,
        "use super::{failure::StoreError, super::bus::{handle, watch::Feed}};\nfn f() { crate::cli::run(); } // crate::x::y\n",
    );
    let expected = ["cli::run", "daemon::bus::handle", "daemon::bus::watch::Feed", "daemon::store::failure::StoreError"];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    for (own, target, may) in [
        ("daemon::store::seal", "daemon::store::failure::StoreError", true),
        ("daemon::store::seal", "daemon::bus::handle", false),
        ("cli::context", "daemon::start", false),
        ("cli::context", "client::Client", true),
        ("client::routes", "config::places", false),
        ("daemon::api::events", "daemon::store::sqlite::views", true),
        ("daemon::api::events", "daemon::store::sqlite::writer::Writer", false),
        ("daemon::bus::thread", "daemon::host::HostHandle", false),
        ("daemon::start", "daemon::api::Api", true),
    ] {
        assert_eq!(judge(own, target).is_none(), may, "{own} and {target}");
    }
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let long: Vec<String> = files(&["rs", "py"])
        .iter()
        .map(|path| (path, read(path).lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_file_begins_by_saying_what_it_is() {
    let silent: Vec<String> =
        files(&["rs"]).iter().filter(|path| !read(path).starts_with("//! ")).map(|path| path.display().to_string()).collect();
    assert!(silent.is_empty(), "without a first line that says what it is: {}", silent.join(", "));
}

#[test]
fn nothing_is_left_for_later_and_no_path_of_one_machine_is_written_down() {
    // Put together here, so that this file does not hold what it looks for.
    let unwanted = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["todo", "!("], ["unimplemented", "!("], ["/wor", "k/"], ["/root", "/"]]
        .map(|parts| parts.concat());
    let mut problems = Vec::new();
    for path in files(&["rs", "py", "md", "toml", "yaml", "yml", "sh", "sql", "mjs", "js", "json"]) {
        for (number, line) in read(&path).lines().enumerate() {
            if let Some(word) = unwanted.iter().find(|word| line.contains(word.as_str())) {
                problems.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
