//! `docs/limits.md`, made of the table, and the table itself: every test that it names exists, and no bound is left out of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use panotti::config::settings::TABLE;

use super::table::{Beyond, Figure, Row, sections};

/// Every module of limits, by what its constants are called in the table.
const AREAS: [(&str, &str); 10] = [
    ("protocol", "crates/protocol/src/limits.rs"),
    ("delivery", "crates/core/src/limits.rs"),
    ("filter", "crates/filter/src/limits.rs"),
    ("http", "src/daemon/api/http/limits.rs"),
    ("api", "src/daemon/api/limits.rs"),
    ("bus", "src/daemon/bus/limits.rs"),
    ("host", "src/daemon/host/limits.rs"),
    ("access", "src/daemon/access/limits.rs"),
    ("config", "src/config/limits.rs"),
    ("set", "src/cli/commands/plugin/config/set.rs"),
];

/// Bounds of work and memory inside, which nobody outside meets as a refusal: parts, windows, caches, waits; lengths of what is cut and shown.
const INSIDE: &[(&str, &[&str])] = &[
    (
        "protocol",
        &[
            // The default of a setting, and what is cut or paged.
            "PAYLOAD_BYTES_MAX",
            "STATE_PAGE_BYTES_MAX",
            "ERROR_CLASS_BYTES_MAX",
            "ERROR_MESSAGE_BYTES_MAX",
            "LOG_TAIL_BYTES_MAX",
            "AUDIT_TEXT_BYTES_MAX",
            "RECEIPTS_UNREAD_MAX",
            // A name is that of a folder, and checked as one.
            "PLUGIN_NAME_BYTES_MAX",
        ],
    ),
    (
        "delivery",
        &[
            "WINDOW_MAX",
            "WAITING_MAX",
            "REPLAY_WINDOW_MAX",
            "REPLAY_WINDOWS_MAX",
            "KEYS_MAX",
            "KEYS_HELD_MAX",
            "KEY_FRONT_MAX",
            "KEYS_PARKED_MAX",
            "KEY_PATH_BYTES_MAX",
            "KEY_PATH_WORDS_MAX",
            "REPLAY_KEYS_PASSED_MAX",
            "MATCHES_MAX",
            "RETRY_DELAY_MIN",
            "RETRY_DELAY_MAX",
            "STALL_MIN",
            "FAILURE_GROUPS_MAX",
            "TOPIC_AGES_MAX",
            "DISTINCT_AGES_MAX",
            "SCHEMA_TOPICS_MAX",
            "SCHEMA_VERSIONS_MAX",
            "SCHEMAS_BYTES_MAX",
        ],
    ),
    (
        "filter",
        &[
            "SCHEMA_VALUES_MAX",
            "SCHEMA_PROBLEMS_MAX",
            "SCHEMA_VALUES_SHOWN_MAX",
            "COMPARISON_STEPS_MAX",
            "COMPARISON_SPLITS_MAX",
            "INFERRED_PROPERTIES_MAX",
            "INFERRED_DEPTH_MAX",
            "INFERRED_ENUM_MAX",
            "INFERRED_ENUM_BYTES_MAX",
            "INFERRED_ENUM_SEEN_MIN",
            "INFERRED_FORMAT_SEEN_MIN",
        ],
    ),
    (
        "api",
        &[
            "BATCH_DEPTH_MAX",
            "LINE_ANSWERS_MAX",
            "SUMMARY_ERRORS_MAX",
            "PIECE_BYTES_MIN",
            "EXPORT_PAGE_BYTES_MAX",
            "CHECKPOINTS_SHOWN_MAX",
            "REFUSALS_OF_PRINCIPAL_MAX",
            "REFUSALS_OF_STRANGERS_MAX",
            "REFUSALS_OF_SOURCE_MAX",
            "REFUSALS_WITHOUT_KEY_MAX",
            "REFUSAL_SHARES_MAX",
            "REFUSAL_BYTES_MAX",
            "STATE_PAGE_BYTES_MAX",
            "HISTORY_SHOWN_MAX",
            "TLS_FILE_BYTES_MAX",
            "PLAN_SCAN_MAX",
            "SUFFIX_CHARACTERS_MIN",
        ],
    ),
    ("bus", &["REQUESTS_MAX", "BATCH_REQUESTS_MAX", "BATCH_BYTES_MAX", "CACHE_BYTES_MAX", "KEYS_FORGOTTEN_MAX", "MATCH_AGAIN_MAX"]),
    ("host", &["HEARD_MAX", "LOG_RING_BYTES_MAX", "LOG_READ_AGAIN_BYTES_MAX", "LOG_FILE_BYTES_MAX"]),
    ("access", &["SOURCES_MAX"]),
    (
        "config",
        &[
            "PROBLEMS_MAX",
            "SOCKET_PATH_BYTES_MAX",
            "DURATION_MAX_MS",
            "LOCAL_NAME_BYTES_MAX",
            "TOPICS_SET_MAX",
            "HOST_BYTES_MAX",
            "PLUGIN_SCHEMAS_MAX",
        ],
    ),
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn bytes(number: u64) -> String {
    let whole = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        .into_iter()
        .find(|(unit, _)| number >= *unit && number.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{number} B"), |(unit, name)| format!("{} {name}", number / unit))
}

fn number(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    let whole =
        [(86_400, "days"), (3_600, "h"), (60, "min")].into_iter().find(|(unit, _)| seconds >= 2 * unit && seconds.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{seconds} s"), |(unit, name)| format!("{} {name}", seconds / unit))
}

fn line(row: &Row) -> String {
    let (figure, change) = match row.figure {
        Figure::Bytes(figure) => (bytes(figure), String::new()),
        Figure::Number(figure) => (number(figure), String::new()),
        Figure::Time(figure) => (time(figure), String::new()),
        Figure::Setting(key) => {
            let setting = TABLE.iter().find(|setting| setting.key == key).unwrap_or_else(|| panic!("there is no setting {key}"));
            (setting.default.to_owned(), format!("[`{key}`](settings.md): {}", setting.form.describe()))
        }
    };
    let beyond = match row.beyond {
        Beyond::Otherwise(sentence) => sentence.to_owned(),
        Beyond::Refused(code) => {
            let status = if code.row().status == 0 { String::new() } else { format!("{} ", code.row().status) };
            format!("{status}[`{code}`](errors/{code}.md)")
        }
    };
    let constant = if row.constant.is_empty() { String::new() } else { format!("`{}`", row.constant) };
    format!("| {} | {figure} | {beyond} | {change} | {constant} |\n", row.what)
}

/// The page.
fn page() -> String {
    let mut text = "# Limits\n\n\
        Everything that comes from outside has a limit, and so has everything that is kept in memory for somebody. What is within a limit is \
        taken, what is one byte or one item beyond it is not. Most limits are fixed; where a setting changes one, it is named. A status is \
        that of HTTP; the command line shows the same code.\n\n\
        HTTP/1.1 is spoken: a connection has one request at a time, and HTTP/2 is not offered.\n"
        .to_owned();
    for (heading, rows) in sections() {
        text.push_str(&format!(
            "\n## {heading}\n\n| what | limit | beyond it | setting | in the code |\n| --- | --- | --- | --- | --- |\n"
        ));
        rows.iter().for_each(|row| text.push_str(&line(row)));
    }
    let areas = AREAS.map(|(area, path)| format!("`{area}` is `{path}`")).join(", ");
    text.push_str(&format!("\nWhere the constants are: {areas}.\n"));
    text.push_str("\nGenerated from the table in `tests/limits/table.rs`, which names the test that holds each.\n");
    text
}

#[test]
fn generated_the_page_of_the_limits_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/limits.md");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let present = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(present == page(), "docs/limits.md is not current: run the tests with UPDATE_GENERATED=1");
}

/// The source of all tests: every function that stands under an attribute that makes it one.
fn tests() -> BTreeSet<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if entry.file_type().unwrap().is_dir() {
                let ours = !name.starts_with('.') && !["target", "node_modules", "sdk", "docs", "man"].contains(&name.as_str());
                folders.extend(ours.then_some(path));
            } else if name.ends_with(".rs") {
                found.extend(tests_of(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

fn tests_of(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_test = |place: usize| {
        let above = lines[..place].iter().rev().take_while(|line| line.starts_with("#["));
        above.into_iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    };
    let name = |line: &&str| line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?.split('(').next().map(str::to_owned);
    lines.iter().enumerate().filter(|(place, _)| is_test(*place)).filter_map(|(_, line)| name(line)).collect()
}

#[test]
fn every_limit_is_held_by_a_test_that_there_is() {
    let tests = tests();
    for row in sections().into_iter().flat_map(|(_, rows)| rows) {
        assert!(!row.tests.is_empty(), "nothing holds: {}", row.what);
        for name in row.tests {
            assert!(tests.contains(*name), "{}: there is no test `{name}`", row.what);
        }
    }
    assert!(tests.len() > 500, "{} tests were found", tests.len());
}

/// Names of the constants of a module that bound something.
fn bounds(source: &str) -> BTreeSet<&str> {
    let constants = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(": "));
    constants.map(|(name, _)| name).filter(|name| name.contains("_MAX") || name.contains("_MIN")).collect()
}

#[test]
fn no_bound_is_left_out_of_the_table_unless_it_is_one_inside() {
    let named: BTreeSet<&str> = sections().into_iter().flat_map(|(_, rows)| rows).map(|row| row.constant).collect();
    for (area, path) in AREAS {
        let source = read(path);
        let inside = INSIDE.iter().find(|(of, _)| *of == area).map_or(&[][..], |(_, names)| names);
        let there = bounds(&source);
        for name in &there {
            let told = named.contains(format!("{area}::{name}").as_str());
            assert!(told != inside.contains(name), "{area}::{name} is in the table, or among those inside");
        }
        for name in inside {
            assert!(there.contains(name), "{area}::{name} is no more");
        }
    }
    let areas: BTreeSet<&str> = AREAS.iter().map(|(area, _)| *area).collect();
    for constant in named.into_iter().filter(|constant| !constant.is_empty()) {
        assert!(areas.contains(constant.split("::").next().unwrap()), "{constant}");
    }
}

/// Areas whose private bounds would be bounds on what comes from outside.
#[test]
fn what_bounds_the_api_the_plugins_the_keys_and_the_settings_stands_in_a_module_of_limits() {
    let folders = ["src/daemon/api", "src/daemon/host", "src/daemon/access", "src/config"];
    let mut checked = 0;
    let mut folders: Vec<_> = folders.iter().map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") && entry.file_name().unwrap() != "limits.rs" {
                checked += 1;
                let source = std::fs::read_to_string(&entry).unwrap();
                for line in source.lines().filter_map(|line| line.strip_prefix("pub ").unwrap_or(line).strip_prefix("const ")) {
                    let name = line.split(':').next().unwrap();
                    let allowed = ALONE.contains(&name);
                    assert!(allowed || !(name.ends_with("_MAX") || name.ends_with("_MIN")), "{}: {name}", entry.display());
                }
            }
        }
    }
    assert!(checked > 80, "{checked} files");
}

/// Bounds that belong to one file's own working and to nothing else.
const ALONE: [&str; 4] = [
    // The largest number of the store, not a bound.
    "STORED_MAX",
    // What waits to be written down of keys.
    "NOTES_MAX",
    // What the init of a plugin's processes reads of its daemon.
    "LINE_BYTES_MAX",
    // Words that are compared for "did you mean".
    "WORD_CHARACTERS_MAX",
];
