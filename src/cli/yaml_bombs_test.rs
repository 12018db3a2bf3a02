//! Documents made to cost as much as they can, and everything that reads YAML: each refuses each of them (safety.md N6).

use panotti_protocol::failure::ErrorCode;
use panotti_protocol::limits::{CONFIGURATION_BYTES_MAX, MANIFEST_BYTES_MAX};

use super::commands::plugin::config::set::{VALUE_BYTES_MAX, read_value};
use crate::config::limits::{YAML_DEPTH_MAX, YAML_NODES_MAX};
use crate::config::load::validate_file;
use crate::config::manifest::validate_folder;
use crate::config::overlay::from_text;
use crate::config::yaml::{Problems, parse};

/// Bytes of one line of the laughs, at most.
const LAUGHS_LINE_BYTES: usize = 100;
/// What is long and otherwise a document like any other. Whether it is taken is for the reader to say; it must only be read in a moment.
const HARMLESS: [&str; 9] = [
    "unknown keys",
    "short keys in one table",
    "only line ends",
    "only remarks",
    "a folded text",
    "tag handles",
    "tabs",
    "control characters",
    "wide characters",
];

/// Documents made to cost as much as they can, each within or just over a size in bytes.
fn bombs(size: usize) -> Vec<(&'static str, String)> {
    let fill = |part: &str| part.repeat(size / part.len());
    let numbered = |line: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        let mut number = 0;
        while text.len() < size - 64 {
            text.push_str(&line(number));
            number += 1;
        }
        text
    };
    let laughs = |levels: usize| {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..levels {
            let before = format!("*a{}, ", level - 1).repeat(9);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
        }
        text
    };
    vec![
        ("a billion laughs", laughs(10)),
        ("laughs to the brim", laughs(size / LAUGHS_LINE_BYTES)),
        ("an anchor in every line", numbered(&|number| format!("k{number}: &a{number} 1\n"))),
        ("an alias in every line", format!("k: &a 1\n{}", numbered(&|number| format!("k{number}: *a\n")))),
        ("an anchor that holds itself", "a: &a [*a, *a]\n".to_owned()),
        ("merge keys", numbered(&|number| format!("k{number}: {{<<: *b}}\n"))),
        ("a tag in every line", numbered(&|number| format!("k{number}: !!binary aGk=\n"))),
        ("tag handles", fill("%TAG !e! tag:example.com,2000:\n")),
        ("unknown keys", numbered(&|number| format!("k{number}: 1\n"))),
        ("the same key", fill("key: 1\n")),
        ("short keys in one table", format!("{{{}}}", numbered(&|number| format!("{number:x}: 1,")))),
        ("lists in lists", fill("[")),
        ("tables in tables", fill("{a: ")),
        ("dashes", fill("- ")),
        ("deep by indentation", numbered(&|number| format!("{}a:\n", " ".repeat(number.min(200))))),
        ("question marks", fill("? ")),
        ("a key as long as the file", format!("{}: 1\n", "k".repeat(size - 10))),
        ("a quoted text without an end", format!("a: \"{}", "x\n".repeat(size / 2 - 4))),
        ("escapes", format!("a: \"{}", "\\U0010FFFF".repeat(size / 10 - 2))),
        ("a folded text", format!("a: >\n{}", fill("  x\n\n"))),
        ("only line ends", fill("\n")),
        ("only remarks", fill("#\n")),
        ("documents", fill("---\n")),
        ("flow with commas", format!("a: [{}]", fill(",x"))),
        ("colons", fill(": ")),
        ("tabs", fill("\t")),
        ("control characters", fill("\u{1}")),
        ("wide characters", fill("\u{10ffff}")),
        ("larger than a file may be", "a".repeat(size + 1)),
    ]
}

/// A reader of YAML: whether it takes a text.
type Takes = fn(&str) -> bool;

/// Everything that reads YAML from outside, with the most bytes that it takes.
const READERS: [(&str, usize, Takes); 4] = [
    ("panotti.yaml", CONFIGURATION_BYTES_MAX, |text| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("panotti.yaml");
        std::fs::write(&file, text).unwrap();
        validate_file(&file).is_ok()
    }),
    ("what `config edit` gives back", CONFIGURATION_BYTES_MAX, |text| from_text(text, "your text").is_ok()),
    ("the value of `config set` and `plugin config set`", VALUE_BYTES_MAX, |text| read_value(text, ErrorCode::CONFIG_INVALID).is_ok()),
    ("plugin.yaml", MANIFEST_BYTES_MAX, |text| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("plugin.yaml"), text).unwrap();
        validate_folder(folder.path()).is_ok()
    }),
];

/// By hand with `PANOTTI_YAML_MS=50`: none takes longer than that.
#[test]
fn n6_everything_that_reads_yaml_refuses_every_bomb() {
    let most_ms: Option<u128> = std::env::var("PANOTTI_YAML_MS").ok().and_then(|text| text.parse().ok());
    for (reader, bytes_max, takes) in READERS {
        for (name, text) in bombs(bytes_max) {
            let begun = std::time::Instant::now();
            let taken = takes(&text);
            let took = begun.elapsed();
            println!("{:>6} us  {reader}: {name}", took.as_micros());
            assert!(!taken || HARMLESS.contains(&name), "{reader} takes {name}");
            assert!(most_ms.is_none_or(|most| took.as_millis() < most), "{reader}, {name}: {took:?}");
        }
    }
}

#[test]
fn n6_everything_that_reads_yaml_takes_what_is_as_large_and_as_deep_as_allowed_and_nothing_beyond() {
    for (reader, bytes_max, takes) in READERS.into_iter().filter(|(reader, ..)| *reader != "plugin.yaml") {
        for (bytes, expected) in [(0, true), (bytes_max - 1, true), (bytes_max, true), (bytes_max + 1, false)] {
            assert_eq!(takes(&"#".repeat(bytes)), expected, "{reader}: {bytes} bytes");
        }
    }
    let (.., value) = READERS[2];
    for (depth, expected) in [(YAML_DEPTH_MAX - 1, true), (YAML_DEPTH_MAX, true), (YAML_DEPTH_MAX + 1, false)] {
        assert_eq!(value(&format!("{}{}", "[".repeat(depth), "]".repeat(depth))), expected, "{depth} levels");
    }
    // A list is a key or value too.
    for (items, expected) in [(YAML_NODES_MAX - 2, true), (YAML_NODES_MAX - 1, true), (YAML_NODES_MAX, false)] {
        let text = format!("[{}]", "1,".repeat(items));
        let mut problems = Problems::new("x");
        assert_eq!(parse(&text, text.len(), &mut problems).is_some(), expected, "{items} items");
    }
}
