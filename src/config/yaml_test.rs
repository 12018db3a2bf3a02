//! What the YAML reader accepts, refuses, and where it says a problem is.

use super::*;

fn read(text: &str) -> (Option<Node>, Vec<String>) {
    let mut problems = Problems::new("f.yaml");
    let node = parse(text, 4_096, &mut problems);
    let told = problems.into_parts().into_iter().map(|part| format!("{} {}", part.pointer, part.detail)).collect();
    (node, told)
}

#[test]
fn keys_and_values_know_their_line_and_column() {
    let (node, told) = read("name: word-count\non:\n  - topic: a.b\n    key: é x\n");
    assert_eq!(told, Vec::<String>::new());
    let Content::Table(entries) = node.unwrap().content else { panic!("a table") };
    assert_eq!(entries[1].place, Place { line: 2, column: 1 });
    let Content::List(items) = &entries[1].value.content else { panic!("a list") };
    let Content::Table(inner) = &items[0].content else { panic!("a table") };
    assert_eq!(items[0].place, Place { line: 3, column: 5 });
    assert_eq!(inner[1].value.place, Place { line: 4, column: 10 });
}

#[test]
fn plain_words_mean_what_yaml_1_2_says_and_quoted_ones_are_text() {
    let (node, _) = read("[1, -2, +3, 0x1F, 0o17, 1.5, 1e3, true, no, ~, '1', 1.2.3, .inf, 18446744073709551615, 2024-01-01, 1-2]");
    let expected = serde_json::json!([
        1,
        -2,
        3,
        31,
        15,
        1.5,
        1000.0,
        true,
        "no",
        null,
        "1",
        "1.2.3",
        ".inf",
        18_446_744_073_709_551_615_u64,
        "2024-01-01",
        "1-2"
    ]);
    assert_eq!(node.unwrap().to_json(), expected);
}

#[test]
fn a_key_that_is_there_twice_is_told_with_both_places() {
    let (node, told) = read("a: 1\nb: 2\na: 3\n");
    assert_eq!(told, ["f.yaml:3:1 the key `a` is there twice, first in line 1"]);
    assert_eq!(node.unwrap().to_json(), serde_json::json!({"a": 1, "b": 2}), "the rest is still read");
}

#[test]
fn anchors_aliases_and_tags_are_refused_all_at_once() {
    let (_, told) = read("a: &x 1\nb: *x\nc: !!str 3\n");
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("anchors") && told[1].contains("aliases") && told[2].contains("tags"), "{told:?}");
}

#[test]
fn a_second_document_bad_syntax_and_what_is_over_a_budget_give_no_tree() {
    for (text, why) in [
        ("a: 1\n---\nb: 2\n".to_owned(), "second document"),
        ("a: [1\n".to_owned(), "not YAML"),
        ("a: b: c\n".to_owned(), "not YAML"),
        ("[".repeat(40) + &"]".repeat(40), "nested deeper than 32"),
        ("#".repeat(5_000), "the limit is 4096"),
    ] {
        let (node, told) = read(&text);
        assert_eq!(node, None, "{text}");
        assert!(told.iter().any(|line| line.contains(why)), "{why}: {told:?}");
    }
}

#[test]
fn an_empty_file_is_null_at_its_start() {
    let (node, told) = read("# nothing\n");
    assert_eq!(told, Vec::<String>::new());
    assert!(node.as_ref().unwrap().is_null());
    assert_eq!(node.unwrap().place, Place::START);
}

/// Documents made to cost as much as they can, each within or just over the size of a file.
fn bombs() -> Vec<(&'static str, String)> {
    const SIZE: usize = 256 * 1024;
    let fill = |part: &str| part.repeat(SIZE / part.len());
    let numbered = |line: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        let mut number = 0;
        while text.len() < SIZE - 64 {
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
        ("laughs to the brim", laughs(3_000)),
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
        ("a key as long as the file", format!("{}: 1\n", "k".repeat(SIZE - 10))),
        ("a quoted text without an end", format!("a: \"{}", "x\n".repeat(SIZE / 2 - 4))),
        ("escapes", format!("a: \"{}", "\\U0010FFFF".repeat(SIZE / 10 - 2))),
        ("a folded text", format!("a: >\n{}", fill("  x\n\n"))),
        ("only line ends", fill("\n")),
        ("only remarks", fill("#\n")),
        ("documents", fill("---\n")),
        ("flow with commas", format!("a: [{}]", fill(",x"))),
        ("colons", fill(": ")),
        ("tabs", fill("\t")),
        ("control characters", fill("\u{1}")),
        ("wide characters", fill("\u{10ffff}")),
        ("larger than a file may be", "a".repeat(SIZE + 1)),
    ]
}

/// By hand with `PANOTTI_YAML_MS=50`: no document takes longer than that.
#[test]
fn n6_no_document_within_the_size_of_a_file_costs_more_than_a_moment_or_gets_an_alias_through() {
    let most_ms: Option<u128> = std::env::var("PANOTTI_YAML_MS").ok().and_then(|text| text.parse().ok());
    for (name, text) in bombs() {
        let begun = std::time::Instant::now();
        let mut problems = Problems::new("x");
        let root = parse(&text, 256 * 1024, &mut problems);
        let took = begun.elapsed();
        println!("{:>6} us  {name}", took.as_micros());
        assert!(most_ms.is_none_or(|most| took.as_millis() < most), "{name}: {took:?}");
        // Large, and ordinary: what reads the tree refuses a text where it wants sections.
        let harmless = [
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
        assert!(!problems.is_empty() || root.is_none() || harmless.contains(&name), "{name} is taken");
    }
}
