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
