//! What a schema may be, what is said of payloads, what breaks between two versions, and what is inferred.

use panotti_protocol::api::Compatibility;
use serde_json::{Value, json};

use super::compatible::breaks;
use super::infer::Inference;
use super::*;
use crate::limits::{SCHEMA_DEPTH_MAX, SUBSCHEMAS_MAX};

fn schema(value: Value) -> Schema {
    Schema::of(&value).unwrap_or_else(|problems| panic!("{value}: {problems:?}"))
}

fn refused(text: &str) -> (String, String) {
    let problem = Schema::compile(text).err().unwrap_or_else(|| panic!("{text} was taken")).remove(0);
    (problem.pointer, problem.detail)
}

#[test]
fn what_is_no_schema_is_refused_with_the_place() {
    for (text, pointer, detail) in [
        ("{", "", "not JSON"),
        ("[]", "", "an object, `true` or `false`"),
        (r#"{"type":"text"}"#, "/type", "`text`|anyOf"),
        (r#"{"properties":{"a":{"minLength":-1}}}"#, "/properties/a/minLength", "at least 0"),
        (r#"{"properties":{"a":{"minlength":1}}}"#, "/properties/a/minlength", "not a keyword"),
        (r#"{"$ref":"https://example.com/a.json"}"#, "/$ref", "leads out of the schema"),
        (r#"{"$ref":"file:///etc/passwd"}"#, "/$ref", "leads out of the schema"),
        (r##"{"properties":{"a":{"$ref":"#"}}}"##, "/properties/a/$ref", "back to itself"),
        (r##"{"$defs":{"a":{"items":{"$ref":"#/$defs/a"}}},"$ref":"#/$defs/a"}"##, "/$ref/items/$ref", "back to itself"),
        (r##"{"$ref":"#/$defs/b"}"##, "/$ref", "leads to nothing"),
        (r#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, "/$schema", "written in"),
        (r#"{"items":{"$dynamicRef":"x"}}"#, "/items/$dynamicRef", "not supported"),
        (r#"{"format":"colour"}"#, "/format", "not a format that is checked"),
        (r#"{"pattern":"("}"#, "/pattern", "format `regex`"),
        (r#"{"pattern":"(?=a)b"}"#, "/pattern", "format `regex`"),
        (r#"{"items":[{}]}"#, "/items", "object or boolean|boolean or object|object, boolean|anyOf"),
    ] {
        let (found, said) = refused(text);
        assert!(pointer.is_empty() || found == pointer, "{text}: {found} {said}");
        assert!(
            detail.split('|').any(|detail| said.contains(detail)) || (pointer == found && detail.contains('|')),
            "{text}: {found}: {said}"
        );
    }
}

#[test]
fn a_schema_over_a_limit_is_refused_and_never_makes_a_check_slow() {
    let long = format!("{{\"title\":\"{}\"}}", "x".repeat(SCHEMA_BYTES_MAX));
    assert!(refused(&long).1.contains("the limit is 65536"));
    let deep = (0..40).fold(json!({}), |inner, _| json!({ "items": inner }));
    assert!(Schema::of(&deep).is_ok(), "forty lists in one another are fine");
    let deep = (0..80).fold(json!({}), |inner, _| json!({ "items": inner }));
    assert!(Schema::of(&deep).unwrap_err()[0].detail.contains("nested deeper"));
    let nested = |levels: usize| (0..levels).fold(json!({}), |inner, _| json!({ "properties": { "a": inner } }));
    let beside = |number: usize| json!({ "allOf": vec![json!({}); number - 1] });
    for (what, limit, schema) in [("deep", SCHEMA_DEPTH_MAX, &nested as &dyn Fn(usize) -> Value), ("many", SUBSCHEMAS_MAX, &beside)] {
        for (number, expected) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            assert_eq!(Schema::of(&schema(number)).is_ok(), expected, "{what}: {number}");
        }
    }
    let mut doubling = serde_json::Map::new();
    for level in 0..20 {
        let next = json!({ "$ref": format!("#/$defs/{}", level + 1) });
        doubling.insert(level.to_string(), json!({ "anyOf": [next, next] }));
    }
    doubling.insert("20".to_owned(), json!({}));
    let problems = Schema::of(&json!({ "$defs": doubling, "$ref": "#/$defs/0" })).unwrap_err();
    assert!(problems.iter().any(|problem| problem.detail.contains("more than 2000 schemas")), "{problems:?}");
}

#[test]
fn a_payload_that_does_not_fit_is_told_by_pointers_and_never_repeated() {
    let order = schema(json!({
        "type": "object",
        "required": ["id", "lines"],
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "state": { "enum": ["new", "paid"] },
            "lines": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/line" } },
        },
        "additionalProperties": false,
        "$defs": { "line": { "type": "object", "required": ["sku"], "properties": { "count": { "type": "integer", "minimum": 1 } } } },
    }));
    let good = json!({ "id": "0191d5f0-8a3c-7cc4-b6a2-3b7d6f3f0c11", "lines": [{ "sku": "a", "count": 2 }], "state": "new" });
    assert!(order.holds(&good) && order.violations(&good).is_empty());

    let bad = json!({ "id": "hunter2", "state": "hunter2", "lines": [{ "sku": "a", "count": 0 }, {}], "pass/word": "hunter2" });
    let told: Vec<String> = order.violations(&bad).items.iter().map(|part| format!("{} {}", part.pointer, part.detail)).collect();
    assert_eq!(
        told,
        [
            " `pass/word` may not be there",
            "/id expected the format `uuid`",
            "/lines/0/count expected at least 1",
            "/lines/1 `\"sku\"` is missing",
            "/state expected one of `\"new\"`, `\"paid\"`",
        ]
    );
    let many = order.violations(&json!({ "id": 1, "lines": vec![json!({}); 50] }));
    assert!(many.items.len() == SCHEMA_PROBLEMS_MAX && many.more);
}

/// The breaks between two versions, as `pointer detail`.
fn broken(old: Value, new: Value, wanted: Compatibility) -> Vec<String> {
    let found = breaks(&schema(old), &schema(new), wanted);
    found.into_iter().map(|found| format!("{} {}", found.pointer, found.detail)).collect()
}

fn first() -> Value {
    json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": { "type": "integer", "minimum": 0 },
            "kind": { "type": "string", "maxLength": 10 },
            "state": { "enum": ["new", "paid", "sent"] },
            "tags": { "type": "array", "items": { "type": ["string", "null"] } },
        },
    })
}

#[test]
fn a_new_version_that_breaks_the_old_one_is_told_what_broke() {
    let with = |pointer: &str, value: Value| {
        let mut changed = first();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value;
        changed
    };
    for (new, expected) in [
        (with("/required", json!(["id", "kind"])), "/required `kind` is required now"),
        (with("/required", json!(["id", "owner"])), "/required `owner` is new and required"),
        (with("/properties/state", json!({ "enum": ["new", "paid"] })), "/properties/state/enum no longer allowed: `\"sent\"`"),
        (with("/properties/id/minimum", json!(1)), "/properties/id/minimum tightened from 0 to 1"),
        (with("/properties/id/maximum", json!(9)), "/properties/id/maximum 9 is a new bound"),
        (with("/properties/kind/type", json!("null")), "/properties/kind/type no longer allowed: string"),
        (with("/properties/kind/maxLength", json!(5)), "/properties/kind/maxLength tightened from 10 to 5"),
        (with("/properties/tags/items", json!({ "type": "string" })), "/properties/tags/items/type no longer allowed: null"),
        (
            with("/additionalProperties", json!(false)),
            "/additionalProperties closed: the old version allows properties that it does not list",
        ),
        (
            with("/properties/size", json!({ "type": "integer" })),
            "/properties/size the old version allows anything there, this one does not",
        ),
        (with("/properties/kind/pattern", json!("^a")), "/properties/kind/pattern `\"^a\"` is a new condition"),
        (with("/not", json!({ "required": ["x"] })), "/not cannot be compared: `not` is new or changed"),
    ] {
        assert_eq!(broken(first(), new, Compatibility::Backward), [expected]);
    }
    let certain = breaks(&schema(first()), &schema(with("/not", json!({}))), Compatibility::Backward);
    assert!(!certain[0].certain, "what cannot be compared is not said to have broken");
}

#[test]
fn a_new_version_that_only_allows_more_is_backward_compatible_and_full_asks_for_both_ways() {
    let mut wider = first();
    wider["properties"]["state"]["enum"] = json!(["new", "paid", "sent", "lost"]);
    wider["properties"]["id"] = json!({ "$ref": "#/$defs/id" });
    wider["$defs"] = json!({ "id": { "anyOf": [{ "type": "number" }, { "type": "string" }], "title": "an id" } });
    wider["required"] = json!([]);

    assert_eq!(broken(first(), wider.clone(), Compatibility::Backward), Vec::<String>::new());
    let both = breaks(&schema(first()), &schema(wider.clone()), Compatibility::Full);
    assert!(both.len() == 4 && both.iter().all(|found| found.forward), "{both:?}");
    assert_eq!(broken(wider, first(), Compatibility::None), Vec::<String>::new());
    assert!(schema(first()).says_the_same(&schema(first())));
}

#[test]
fn an_optional_property_may_be_added_where_nothing_else_was_allowed() {
    let closed = |names: &[&str]| {
        let properties: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": false })
    };
    assert_eq!(broken(closed(&["a"]), closed(&["a", "b"]), Compatibility::Backward), Vec::<String>::new());
    assert_eq!(
        broken(closed(&["a", "b"]), closed(&["a"]), Compatibility::Backward),
        ["/additionalProperties `b` may not be there any more"]
    );
}

#[test]
fn a_schema_is_inferred_from_payloads_and_every_one_of_them_fits_it() {
    let payloads: Vec<Value> = (0..40)
        .map(|number| {
            json!({
                "id": format!("0191d5f0-8a3c-7cc4-b6a2-3b7d6f3f0c{number:02}"),
                "at": "2026-11-22T10:00:00Z",
                "state": if number % 3 == 0 { "new" } else { "paid" },
                "note": format!("note {number}"),
                "amount": if number == 7 { json!(1.5) } else { json!(number) },
                "customer": if number % 2 == 0 { json!(null) } else { json!({ "name": "x", "vip": true }) },
                "tags": if number == 3 { json!([]) } else { json!(["a", 1]) },
                "by_user": { format!("user{number}"): number },
            })
        })
        .collect();
    let mut inference = Inference::default();
    payloads.iter().for_each(|payload| inference.add(payload));
    let inferred = inference.schema();

    assert_eq!(inferred["properties"]["id"], json!({ "type": "string", "format": "uuid" }));
    assert_eq!(inferred["properties"]["at"], json!({ "type": "string", "format": "date-time" }));
    assert_eq!(inferred["properties"]["state"], json!({ "enum": ["new", "paid"] }));
    assert_eq!(inferred["properties"]["note"], json!({ "type": "string" }), "many different texts are no enumeration");
    assert_eq!(inferred["properties"]["amount"], json!({ "type": "number" }));
    assert_eq!(inferred["properties"]["customer"]["type"], json!(["null", "object"]));
    assert_eq!(inferred["properties"]["tags"]["items"], json!({ "type": ["integer", "string"] }));
    assert_eq!(inferred["required"].as_array().map(Vec::len), Some(8));
    let compiled = schema(inferred.clone());
    assert!(payloads.iter().all(|payload| compiled.holds(payload)));

    let mut again = Inference::default();
    payloads.iter().rev().for_each(|payload| again.add(payload));
    assert_eq!(again.schema(), inferred, "the order of the payloads does not matter");
}

#[test]
fn an_object_with_a_thousand_names_is_taken_for_a_map_and_what_is_very_deep_for_anything() {
    let wide: serde_json::Map<String, Value> = (0..1_000).map(|number| (format!("k{number}"), json!({ "n": number }))).collect();
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let payload = json!({ "wide": wide, "deep": deep });
    let mut inference = Inference::default();
    inference.add(&payload);
    let inferred = inference.schema();

    let map = &inferred["properties"]["wide"];
    assert!(map.get("properties").is_none() && map["additionalProperties"]["properties"]["n"]["type"] == "integer", "{map}");
    assert!(schema(inferred).holds(&payload));
}
