//! Fields that a schema marks as sensitive with `x-sensitive`, and payloads in which their values are masked.
//!
//! Whatever a schema says of a value, also under a condition or in one of several alternatives, marks it: a value that is masked without need
//! does less harm than one that is shown.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::build;
use super::expand::{self, MARK};

/// What stands in the place of a value that is marked with `true`.
pub const MASKED: &str = "[masked]";

/// Keywords whose schemas are about the same value.
const OF_THE_SAME: [&str; 7] = ["allOf", "anyOf", "else", "if", "not", "oneOf", "then"];

/// What a schema marks. Only the parts that lead to a mark.
#[derive(Debug)]
pub struct Sensitive {
    root: Node,
}

/// What is said of one value and what is in it.
#[derive(Debug, Default)]
struct Node {
    /// What stands in its place.
    mask: Option<String>,
    /// What else is said of the same value.
    also: Vec<Node>,
    named: BTreeMap<String, Node>,
    patterns: Vec<(Validator, Node)>,
    /// Members that are neither named nor fit a pattern.
    others: Option<Box<Node>>,
    /// Every member or item, whatever else is said of it.
    every: Vec<Node>,
    first: Vec<Node>,
    /// Items after the first ones.
    items: Option<Box<Node>>,
}

impl Sensitive {
    /// What a schema marks, by its text. `None` where it marks nothing, or is no schema.
    pub fn of(text: &str) -> Option<Self> {
        // The keyword may be written with escapes.
        if !text.contains(MARK) && !text.contains("\\u") {
            return None;
        }
        let tree = expand::marked(&serde_json::from_str(text).ok()?).ok()?;
        let root = Node::of(&tree);
        (!root.is_empty()).then_some(Self { root })
    }
}

/// Masks what any of these mark. How many values that were.
pub fn mask<'s>(payload: &mut Value, marked: impl IntoIterator<Item = &'s Sensitive>) -> u64 {
    mask_value(payload, marked.into_iter().map(|sensitive| &sensitive.root).collect())
}

fn mask_value(value: &mut Value, nodes: Vec<&Node>) -> u64 {
    let nodes = with_all_of_the_same(nodes);
    if nodes.is_empty() {
        return 0;
    }
    if let Some(mask) = nodes.iter().find_map(|node| node.mask.as_deref()) {
        *value = Value::from(mask);
        return 1;
    }
    match value {
        Value::Object(members) => {
            members.iter_mut().map(|(name, member)| mask_value(member, nodes.iter().flat_map(|node| node.of_name(name)).collect())).sum()
        }
        Value::Array(items) => {
            let items = items.iter_mut().enumerate();
            items.map(|(place, item)| mask_value(item, nodes.iter().flat_map(|node| node.of_place(place)).collect())).sum()
        }
        _ => 0,
    }
}

fn with_all_of_the_same(mut nodes: Vec<&Node>) -> Vec<&Node> {
    let mut at = 0;
    while let Some(node) = nodes.get(at).copied() {
        nodes.extend(&node.also);
        at += 1;
    }
    nodes
}

impl Node {
    fn of(schema: &Value) -> Self {
        let Value::Object(keywords) = schema else { return Self::default() };
        let one = |keyword: &str| keywords.get(keyword).map(Self::of).filter(|node| !node.is_empty());
        let several = |keyword: &str| keywords.get(keyword).into_iter().flat_map(list).map(Self::of);
        let mut also: Vec<Self> = OF_THE_SAME.iter().flat_map(|keyword| several(keyword)).collect();
        also.extend(members(keywords, "dependentSchemas").map(|(_, schema)| Self::of(schema)));
        also.retain(|node| !node.is_empty());
        let mut patterns = Vec::new();
        for (pattern, schema) in members(keywords, "patternProperties") {
            // A pattern that does not compile stands in no schema that did.
            patterns.extend(build(&json!({ "pattern": pattern })).ok().map(|names| (names, Self::of(schema))));
        }
        Self {
            mask: keywords.get(MARK).map(mask_of),
            also,
            named: members(keywords, "properties").map(|(name, schema)| (name.clone(), Self::of(schema))).collect(),
            patterns,
            others: one("additionalProperties").map(Box::new),
            every: ["contains", "unevaluatedItems", "unevaluatedProperties"].into_iter().filter_map(one).collect(),
            first: several("prefixItems").collect(),
            items: one("items").map(Box::new),
        }
    }

    /// Whether nothing is marked here or further down.
    fn is_empty(&self) -> bool {
        let inner = self.named.values().chain(self.patterns.iter().map(|(_, node)| node)).chain(&self.first);
        self.mask.is_none()
            && self.also.is_empty()
            && self.every.is_empty()
            && self.others.is_none()
            && self.items.is_none()
            && inner.into_iter().all(Self::is_empty)
    }

    fn of_name(&self, name: &str) -> Vec<&Self> {
        let fits = self.patterns.iter().filter(|(names, _)| names.is_valid(&Value::from(name))).map(|(_, node)| node);
        let mut found: Vec<&Self> = self.named.get(name).into_iter().chain(fits).collect();
        if found.is_empty() {
            found.extend(self.others.as_deref());
        }
        found.extend(&self.every);
        found
    }

    fn of_place(&self, place: usize) -> Vec<&Self> {
        let own = self.first.get(place).or(self.items.as_deref());
        own.into_iter().chain(&self.every).collect()
    }
}

fn mask_of(mark: &Value) -> String {
    match mark.as_str() {
        Some(label) => format!("[masked: {label}]"),
        None => MASKED.to_owned(),
    }
}

fn list(schemas: &Value) -> &[Value] {
    match schemas {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn members<'v>(keywords: &'v Map<String, Value>, keyword: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    keywords.get(keyword).and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(schema: Value, mut payload: Value) -> Value {
        let sensitive = Sensitive::of(&schema.to_string()).expect("it marks something");
        mask(&mut payload, [&sensitive]);
        payload
    }

    #[test]
    fn rule_19_a_marked_field_is_masked_wherever_the_schema_says_it() {
        let mark = json!({ "x-sensitive": true });
        let payload = json!({"a": 1, "b": {"c": [1, {"d": "x"}]}});
        for (schema, expected) in [
            (json!({"properties": {"a": mark}}), json!({"a": MASKED, "b": {"c": [1, {"d": "x"}]}})),
            (json!({"patternProperties": {"^a$": mark}}), json!({"a": MASKED, "b": {"c": [1, {"d": "x"}]}})),
            (json!({"properties": {"b": true}, "additionalProperties": mark}), json!({"a": MASKED, "b": {"c": [1, {"d": "x"}]}})),
            (json!({"properties": {"b": {"properties": {"c": {"items": mark}}}}}), json!({"a": 1, "b": {"c": [MASKED, MASKED]}})),
            (
                json!({"properties": {"b": {"properties": {"c": {"prefixItems": [mark]}}}}}),
                json!({"a": 1, "b": {"c": [MASKED, {"d": "x"}]}}),
            ),
            (
                json!({"properties": {"b": {"properties": {"c": {"items": {"properties": {"d": mark}}}}}}}),
                json!({"a": 1, "b": {"c": [1, {"d": MASKED}]}}),
            ),
            (json!({"$defs": {"secret": mark}, "properties": {"a": {"$ref": "#/$defs/secret"}}}), json!({"a": MASKED, "b": payload["b"]})),
            (json!({"anyOf": [{"properties": {"a": mark}}, {"type": "object"}]}), json!({"a": MASKED, "b": payload["b"]})),
            (json!({"if": {"required": ["x"]}, "then": {"properties": {"a": mark}}}), json!({"a": MASKED, "b": payload["b"]})),
            (json!({"dependentSchemas": {"x": {"properties": {"b": mark}}}}), json!({"a": 1, "b": MASKED})),
            (json!({"unevaluatedProperties": mark}), json!({"a": MASKED, "b": MASKED})),
            (mark.clone(), json!(MASKED)),
        ] {
            assert_eq!(masked(schema.clone(), payload.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn rule_19_a_label_says_what_was_masked_and_what_is_not_marked_stays_as_it_is() {
        let schema = json!({"properties": {"phone": {"x-sensitive": "pii"}, "name": {"x-sensitive": false}}});

        assert_eq!(masked(schema, json!({"phone": null, "name": "x"})), json!({"phone": "[masked: pii]", "name": "x"}));
    }

    #[test]
    fn a_schema_without_a_mark_has_nothing_to_mask() {
        for schema in [
            json!({"properties": {"a": {"type": "string"}}}),
            json!({"properties": {"x-sensitive": {"type": "boolean"}}}),
            json!({"const": {"x-sensitive": true}}),
            json!({"properties": {"a": {"x-sensitive": false}}}),
            json!(true),
        ] {
            assert!(Sensitive::of(&schema.to_string()).is_none(), "{schema}");
        }
    }

    #[test]
    fn two_schemas_mask_what_either_marks_and_each_value_once() {
        let of =
            |name: &str| Sensitive::of(&json!({"properties": {name: {"x-sensitive": true}, "both": {"x-sensitive": true}}}).to_string());
        let (left, right) = (of("a").unwrap(), of("b").unwrap());
        let mut payload = json!({"a": 1, "b": 2, "both": 3, "c": 4});

        assert_eq!(mask(&mut payload, [&left, &right]), 3);
        assert_eq!(payload, json!({"a": MASKED, "b": MASKED, "both": MASKED, "c": 4}));
    }
}
