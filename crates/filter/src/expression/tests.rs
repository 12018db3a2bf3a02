//! What filters mean, sentence by sentence.

use super::*;
use crate::view::Attributes;
use panotti_protocol::event::Priority;

fn attributes() -> Attributes<'static> {
    Attributes {
        topic: "recording.ended",
        source: "/studio/3",
        subject: None,
        time: "2026-11-22T10:00:00Z".parse().unwrap(),
        priority: Priority::High,
        correlationid: Some("story-7"),
        id: Some("take-12"),
        eventid: None,
        orderingkey: None,
        datacontenttype: "application/json",
        dataschema: None,
        actor: "user:ada",
    }
}

const PAYLOAD: &str = r#"{"duration": 7, "ratio": 0.5, "private": true, "nothing": null, "title": "Grüße aus Köln", "tags": ["a", "b"],
    "sender": {"type": "User"}, "big": 9007199254740993, "with space": 1,
    "commits": [{"added": ["x.rs"], "n": 1}, {"added": [], "n": 2}]}"#;

fn judge(text: &str) -> Evaluation {
    let filter = Filter::compile(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
    filter.evaluate(&EventView::new(attributes(), Some(PAYLOAD.as_bytes())))
}

fn refused(text: &str) -> FilterProblem {
    Filter::compile(text).map(|filter| panic!("{text} compiles to {filter}")).unwrap_err()
}

/// Matches, and every question could be asked.
fn matches(text: &str) -> bool {
    let found = judge(text);
    assert!(!found.missing && !found.gave_up, "{text}: {found:?}");
    found.matched
}

#[test]
fn filters_look_at_attributes_and_into_the_payload() {
    for text in [
        "type == 'recording.ended'",
        "source.startsWith(\"/studio/\") && data.duration > 5",
        "time > timestamp(\"2026-11-22T09:59:59.999Z\")",
        "timestamp(\"2026-11-22T11:00:00+01:00\") == time",
        "priority in [\"critical\", \"high\"]",
        "correlationid == 'story-7' && id != 'take-13' && actor.endsWith('ada')",
        "data.sender.type == \"User\" && data[\"with space\"] == 1 && data['sender']['type'] in ['User']",
        "data.private && !(data.duration < 5)",
        "data.tags[1] == \"b\" && \"a\" in data.tags && \"type\" in data.sender",
        "size(data.tags) == 2 && data.title.size() == 14 && size(data) == 10 && size(type) > 3",
        "data.title.matches(r'K.ln$') && data.title.matches(\"^Gr\\\\S+ aus\") && data.title.contains(\"ß\")",
        "data.tags == ['a', 'b'] && data.tags != ['a'] && data.ratio == 0.5 && data.duration == 7.0 && -1 < data.duration",
        "data.commits.exists(c, c.added.exists(f, f.endsWith('.rs')) && c.n == 1)",
        "data.commits.all(c, c.n > 0) && data.commits.exists_one(c, c.n == 2) && !data.commits.exists(c, c.n > data.duration)",
        "data.nothing == null && data.duration != null",
        "true || false",
        "data.duration > 5\n  && data.duration < 10",
    ] {
        assert!(matches(text), "{text}");
    }
}

#[test]
fn a_comparison_with_a_missing_field_is_false_and_so_is_unequal_and_not_negates_that() {
    for text in [
        "data.nobody == 1",
        "data.nobody != 1",
        "data.nobody < 1",
        "data.nobody",
        "data.nobody in [1]",
        "1 in data.nobody",
        "data.nobody.startsWith('a')",
        "data.nobody.matches('a')",
        "data.nobody.all(x, x > 1)",
        "size(data.nobody) == 0",
        "data.sender.type.deeper == 1",
        "data.tags[2] == 'c'",
        "subject != 'x'",
        "eventid != 'evt_1'",
    ] {
        assert_eq!(judge(text), Evaluation { matched: false, missing: true, gave_up: false }, "{text}");
        assert_eq!(judge(&format!("!({text})")), Evaluation { matched: true, missing: true, gave_up: false }, "!({text})");
    }
}

#[test]
fn a_value_of_another_type_is_as_good_as_missing() {
    for text in [
        "data.duration == '7'",
        "data.duration != '7'",
        "data.title > 5",
        "data.private == 1",
        "data.duration",
        "data.tags.startsWith('a')",
        "data.sender.exists(x, x == 'type')",
        "data.title in data.duration",
        "data.nothing > 1",
        "1 in data.sender",
        "data.duration == [7]",
    ] {
        assert_eq!(judge(text), Evaluation { matched: false, missing: true, gave_up: false }, "{text}");
    }
}

#[test]
fn has_asks_and_is_never_noted() {
    assert!(matches("has(data.nothing) && has(data.sender.type) && has(data['with space']) && has(correlationid) && has(data)"));
    assert!(
        !matches("has(data.nobody)") && !matches("has(data.nobody.deeper)") && !matches("has(subject)") && !matches("has(data.tags[2])")
    );
    assert!(matches("!has(data.nobody) || data.nobody > 5"), "what is not asked is not missing");
}

#[test]
fn whole_numbers_beyond_those_of_floating_point_are_still_told_apart() {
    assert!(matches("data.big == 9007199254740993 && data.big != 9007199254740992 && data.big > 9007199254740992.0"));
    assert!(matches("data.big < 9007199254740994.5 && data.ratio < 1 && data.ratio > 0 && 1 > data.ratio"));
}

#[test]
fn the_payload_is_read_only_where_a_filter_looks_into_it_and_then_once() {
    let event = EventView::new(attributes(), Some(PAYLOAD.as_bytes()));
    assert!(Filter::compile("type == 'recording.ended' || data.duration > 1").unwrap().evaluate(&event).matched);
    assert!(!event.was_read());
    assert!(Filter::compile("data.duration > 1").unwrap().evaluate(&event).matched && event.was_read());
    let first = std::ptr::from_ref(event.data().unwrap());
    assert!(Filter::compile("data.private").unwrap().evaluate(&event).matched);
    assert_eq!(first, std::ptr::from_ref(event.data().unwrap()), "the same tree, not another one");

    let binary = EventView::new(attributes(), None);
    assert!(!Filter::compile("has(data)").unwrap().evaluate(&binary).matched);
    let broken = EventView::new(attributes(), Some(b"{\"half\":"));
    assert!(!Filter::compile("has(data)").unwrap().evaluate(&broken).matched);
    assert!(!Filter::compile("type == 'a'").unwrap().reads_data() && Filter::compile("data.a.exists(x, x)").unwrap().reads_data());
}

#[test]
fn what_is_wrong_is_told_with_its_column_and_what_to_write() {
    for (text, column, what, next) in [
        ("data.n > 5 && tpye == 'a'", 15, "there is no `tpye`", "did you mean `type`?"),
        ("payload.n > 5", 1, "there is no `payload`", "did you mean `data`?"),
        ("data.title == \"Köln\" && zzz == 1", 25, "there is no `zzz`", "begin with `data.`"),
        ("data.title == 'Köln' zzz", 22, "not expected here: `zzz`", ""),
        ("data.title == 'Köln' &&\n  data.n > 1 zzz", 38, "not expected here: `zzz`", ""),
        ("", 1, "empty", "write a condition"),
        ("data.n >", 9, "ends too early", "to follow"),
        ("data.n > 5 5", 12, "not expected here: `5`", ""),
        ("data.n = 5", 8, "single `=`", "write `==`"),
        ("data.n + 1 > 5", 8, "do not calculate", "compare"),
        ("data.n -1 > 5", 8, "do not calculate", "compare"),
        ("data.n > 5 ? true : false", 12, "no `?:`", "`&&`"),
        ("(data.n > 5", 12, "not closed", "close it"),
        ("data.n > 5)", 11, "closes nothing", "leave it out"),
        ("data.n == \"x", 11, "quote is not closed", "end the text"),
        ("1 < data.n < 5", 12, "do not follow one another", "&&"),
        ("data.n.startWith('a')", 8, "no function `startWith`", "did you mean `startsWith`?"),
        ("data.items.map(x, x.n) == [1]", 12, "no function `map`", "there are"),
        ("type", 1, "alone is no condition", "compare it"),
        ("data.a.b.exists(type, type > 1)", 17, "means something else", "another name"),
        ("priority == 'hgih'", 10, "no priority", "did you mean \"high\"?"),
        ("priority > 'normal'", 10, "words", "name them"),
        ("time > '2026-11-22'", 6, "point in time", "timestamp("),
        ("time > timestamp('yesterday')", 18, "no point in time", "2026"),
        ("data.a.matches('(')", 16, "no regular expression", "mend it"),
        ("data.a.matches('(a{1000}){1000}')", 16, "memory", "fewer"),
        ("data.a == {'b': 1}", 11, "no maps", "one by one"),
        ("data.a[data.b] == 1", 8, "written, not looked up", "number"),
        ("data.größe == 1", 8, "no place outside of quotes", "data[\"name\"]"),
        ("'5'", 1, "alone is no condition", "compare"),
        ("size(data.a)", 1, "alone is no condition", "compare"),
        ("type.word == 'a'", 1, "has no fields", "`data`"),
        ("data.a == 99999999999999999999", 11, "too large", "smaller"),
        ("data.for == 1 && for == 2", 18, "keeps for itself", "data[\"for\"]"),
    ] {
        let problem = refused(text);
        assert_eq!(problem.column, column, "{text}: {problem}");
        assert!(problem.what.contains(what) && problem.suggestion.contains(next), "{text}: {problem}");
    }
}

#[test]
fn what_would_cost_too_much_is_refused_before_it_is_parsed() {
    assert!(refused(&format!("data.a == '{}'", "x".repeat(5_000))).what.contains("the limit is 4096"));
    assert!(refused(&format!("{}data.a{}", "(".repeat(17), ")".repeat(17))).what.contains("deeper than 16"));
    assert!(refused(&format!("data{} == 1", ".a".repeat(17))).what.contains("more than 16 steps"));
    assert!(refused(&format!("data.a in [{}]", vec!["1"; 257].join(","))).what.contains("the limit is 256"));
    assert!(refused("data.a.all(a, a.b.all(b, b.c.all(c, c > 1)))").what.contains("2 deep at most"));
    let many = ["a.b.exists(b, b.c == b.d)"; 9].join(" || ");
    assert!(refused(&format!("data.a.all(a, {many})")).what.contains("the limit is 100000"));
}

#[test]
fn the_longest_and_deepest_filters_that_are_allowed_need_no_more_than_a_threads_usual_stack() {
    let deep = (0..15).fold("data.a".to_owned(), |inner, _| format!("!({inner})"));
    let steps = format!("data{} == 1", ".a".repeat(16));
    let long = vec!["data.a == 1"; 273].join(" || ");
    let alternating = (0..15).fold("data.a".to_owned(), |inner, n| format!("({inner} {} data.b)", if n % 2 == 0 { "&&" } else { "||" }));
    for text in [deep, steps, long, alternating] {
        Filter::compile(&text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
    }
}

#[test]
fn an_evaluation_that_takes_too_many_steps_is_given_up_and_says_so() {
    let payload = format!("{{\"a\":[{}],\"b\":[{}]}}", vec!["1"; 1_000].join(","), vec!["2"; 1_000].join(","));
    let filter = Filter::compile("data.a.exists(x, data.b.exists(y, x == y))").unwrap();
    let event = EventView::new(attributes(), Some(payload.as_bytes()));

    assert_eq!(filter.evaluate(&event), Evaluation { matched: false, missing: false, gave_up: true });
    assert!(filter.explain(&event).unwrap().actual.contains("it takes more"));
}

#[test]
fn text_from_anywhere_is_refused_or_compiles_and_never_panics() {
    let pieces = [
        "data",
        ".",
        "a",
        "(",
        ")",
        "[",
        "]",
        "==",
        "!",
        "&&",
        "||",
        "'",
        "\"",
        "r'",
        "\\",
        "in",
        "exists",
        ",",
        "1",
        "-",
        "0x",
        "1e999",
        "ü",
        "\n",
        "\u{0}",
        "has",
        "size",
        "timestamp",
        "//",
        "`",
        "b'x'",
        "'''",
        "true",
        "null",
        "for",
        ".?",
        "all",
        "matches",
        " ",
        "9u",
        "\\u12",
    ];
    let mut state = 7_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..3_000 {
        let text: String = (0..next(14)).map(|_| pieces[next(pieces.len())]).collect();
        if let Err(problem) = Filter::compile(&text) {
            assert!(problem.column >= 1 && problem.column <= text.chars().count() + 1, "{text:?}: {problem}");
            assert!(!problem.what.is_empty() && !problem.suggestion.is_empty(), "{text:?}: {problem}");
        }
    }
}

#[test]
fn why_an_event_does_not_match_is_its_first_failing_clause() {
    let event = EventView::new(attributes(), Some(PAYLOAD.as_bytes()));
    let why = |text: &str| Filter::compile(text).unwrap().explain(&event);
    let told = |text: &str| {
        let found = why(text).unwrap_or_else(|| panic!("{text} matches"));
        [found.clause, found.expected, found.actual]
    };
    assert_eq!(why("data.duration > 5"), None);
    assert_eq!(told("type == 'recording.ended' && data.duration > 10 && data.nobody == 1"), ["data.duration > 10", "> 10", "7"]);
    assert_eq!(told("data.nobody != 1"), ["data.nobody != 1", "!= 1", "missing"]);
    assert_eq!(told("priority in ['low']"), ["priority in [\"low\"]", "in [\"low\"]", "\"high\""]);
    assert_eq!(told("!data.private")[1..], ["`data.private` not to hold", "it holds"]);
    assert_eq!(told("data.duration == data.ratio")[2], "7, where data.ratio is 0.5");
    assert_eq!(told("data.duration > 8 || data.ratio > 1")[2], "data.duration > 8: 7; data.ratio > 1: 0.5");
    assert_eq!(told("data.commits.all(c, c.n > 1)")[1..], ["`c.n > 1` to hold for every item c", "a list of 2"]);
    assert_eq!(told("time < timestamp('2020-01-01T00:00:00Z')")[2], "2026-11-22T10:00:00.000Z");
}

#[test]
fn a_filters_plain_form_compiles_to_the_same() {
    for text in [
        "!(data.a == 1 && (data.b || !data.c)) && data['x y'][0].in_ != -1.5",
        "data.a.exists(x, x.b in ['it\\'s', \"\\u00fc\"] || x['in'] <= 3)",
        "time >= timestamp('2026-11-22T10:00:00.5Z') && size(data.a) > 1 && data.t.matches(r'\\d+')",
        "data.a < 1e300 && data.b in [18446744073709551615u, -9223372036854775808]",
        "!(data.a in data.b) && !(data.a.contains('x')) && has(data.a) && true",
    ] {
        let plain = Filter::compile(text).unwrap().to_string();
        let again = Filter::compile(&plain).unwrap_or_else(|problem| panic!("{plain}: {problem}"));
        assert_eq!(again.to_string(), plain);
    }
}
