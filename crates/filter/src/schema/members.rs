//! Comparing what schemas say of objects and arrays: whatever member may be there, the new schema must allow what the old one allowed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::build;
use super::compatible::{Comparison, Old};
use super::expand::pointer;

static FREE: Value = Value::Bool(true);

/// What one part says of members: by name, by pattern, and of all others.
struct Part<'v> {
    named: Option<&'v serde_json::Map<String, Value>>,
    patterns: Vec<(&'v str, &'v Value)>,
    others: &'v Value,
}

impl<'v> Part<'v> {
    fn of(schema: &'v Value) -> Self {
        let patterns = schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
        Self {
            named: schema.get("properties").and_then(Value::as_object),
            patterns: patterns.map(|(pattern, schema)| (pattern.as_str(), schema)).collect(),
            others: schema.get("additionalProperties").unwrap_or(&FREE),
        }
    }

    /// All that applies to a member of this name.
    fn of_name(&self, name: &str) -> Vec<&'v Value> {
        let named = self.named.and_then(|named| named.get(name));
        let mut found: Vec<&Value> = named.into_iter().collect();
        found.extend(self.patterns.iter().filter(|(pattern, _)| fits(pattern, name)).map(|(_, schema)| *schema));
        if found.is_empty() {
            found.push(self.others);
        }
        found
    }
}

/// Whether a name fits a pattern. A pattern that does not compile stands in no schema that did.
fn fits(pattern: &str, name: &str) -> bool {
    build(&json!({ "pattern": pattern })).is_ok_and(|judge| judge.is_valid(&Value::from(name)))
}

/// What the old schema allows for members.
struct OldMembers<'v> {
    parts: Vec<Part<'v>>,
}

impl<'v> OldMembers<'v> {
    fn of(old: &Old<'v>) -> Self {
        Self { parts: old.parts.iter().map(|part| Part::of(part)).collect() }
    }

    fn of_name(&self, name: &str) -> Old<'v> {
        Old::of(self.parts.iter().flat_map(|part| part.of_name(name)))
    }

    fn names(&self) -> BTreeSet<&'v str> {
        self.parts.iter().filter_map(|part| part.named).flat_map(|named| named.keys().map(String::as_str)).collect()
    }

    fn patterns(&self) -> impl Iterator<Item = (&'v str, &'v Value)> + '_ {
        self.parts.iter().flat_map(|part| part.patterns.iter().copied())
    }

    /// What applies to a member whose name is neither listed nor fits a pattern.
    fn others(&self) -> Old<'v> {
        Old::of(self.parts.iter().map(|part| part.others))
    }
}

impl Comparison {
    /// Members of objects.
    pub(super) fn members(&mut self, old: &Old<'_>, new: &Value, at: &str) {
        let before = OldMembers::of(old);
        self.required(old, &before, new, at);
        let now = Part::of(new);
        for (name, schema) in now.named.into_iter().flatten() {
            self.implies(&before.of_name(name), schema, &format!("{at}{}", pointer(&["properties".to_owned(), name.clone()])));
        }
        for (pattern, schema) in &now.patterns {
            self.of_pattern(
                &before,
                pattern,
                schema,
                &format!("{at}{}", pointer(&["patternProperties".to_owned(), (*pattern).to_owned()])),
            );
        }
        if now.others != &FREE {
            self.of_others(&before, &now, &format!("{at}/additionalProperties"));
        }
        self.names(old, &before, new, at);
        self.dependent(old, &before, new, at);
    }

    fn required(&mut self, old: &Old<'_>, before: &OldMembers<'_>, new: &Value, at: &str) {
        for name in texts(new.get("required")) {
            let was = old.all("required").any(|names| texts(Some(names)).any(|known| known == name));
            if was {
                continue;
            }
            let detail = match before.names().contains(name) {
                true => format!("`{name}` is required now"),
                false => format!("`{name}` is new and required"),
            };
            self.broke(format!("{at}/required"), detail);
        }
    }

    fn of_pattern(&mut self, before: &OldMembers<'_>, pattern: &str, schema: &Value, at: &str) {
        let same: Vec<&Value> = before.patterns().filter(|(known, _)| *known == pattern).map(|(_, schema)| schema).collect();
        // Whatever fits the pattern now fitted the same one before.
        if !same.is_empty() && self.proves(&Old::of(same), schema, at) {
            return;
        }
        for name in before.names().into_iter().filter(|name| fits(pattern, name)) {
            self.implies(&before.of_name(name), schema, at);
        }
        for (_, known) in before.patterns() {
            self.implies(&Old::of([known]), schema, at);
        }
        self.implies(&before.others(), schema, at);
    }

    fn of_others(&mut self, before: &OldMembers<'_>, now: &Part<'_>, at: &str) {
        let others = now.others;
        let listed = |name: &str| now.named.is_some_and(|named| named.contains_key(name));
        for name in before.names() {
            if listed(name) || now.patterns.iter().any(|(pattern, _)| fits(pattern, name)) {
                continue;
            }
            let was = before.of_name(name);
            match others.as_bool() {
                Some(false) if !self.proves(&was, others, at) => self.broke(at, format!("`{name}` may not be there any more")),
                _ => self.implies(&was, others, at),
            }
        }
        for (pattern, known) in before.patterns() {
            if !now.patterns.iter().any(|(same, _)| *same == pattern) {
                self.implies(&Old::of([known]), others, at);
            }
        }
        let was = before.others();
        match others.as_bool() {
            Some(false) if !self.proves(&was, others, at) => {
                self.broke(at, "closed: the old version allows properties that it does not list")
            }
            _ => self.implies(&was, others, at),
        }
    }

    fn names(&mut self, old: &Old<'_>, before: &OldMembers<'_>, new: &Value, at: &str) {
        let Some(schema) = new.get("propertyNames") else { return };
        let at = format!("{at}/propertyNames");
        let text = json!({ "type": "string" });
        if self.proves(&Old::of(old.all("propertyNames").chain([&text])), schema, &at) {
            return;
        }
        let closed = before.others().parts.iter().any(|part| part.as_bool() == Some(false)) && before.patterns().next().is_none();
        let judge = build(schema).ok();
        let all_hold = judge.is_some_and(|judge| before.names().into_iter().all(|name| judge.is_valid(&Value::from(name))));
        if !(closed && all_hold) {
            self.broke(at, "the old version allows names that this one does not");
        }
    }

    /// Members that ask for others.
    fn dependent(&mut self, old: &Old<'_>, before: &OldMembers<'_>, new: &Value, at: &str) {
        for (name, needed) in new.get("dependentRequired").and_then(Value::as_object).into_iter().flatten() {
            let asked = old.all("dependentRequired").filter_map(|map| map.get(name));
            let known: BTreeSet<&str> = old.all("required").chain(asked).flat_map(|names| texts(Some(names))).collect();
            let never = before.of_name(name).parts.iter().any(|part| part.as_bool() == Some(false));
            for missing in texts(Some(needed)).filter(|needed| !never && !known.contains(needed)) {
                self.broke(format!("{at}/dependentRequired"), format!("`{name}` asks for `{missing}` now"));
            }
        }
        for (name, schema) in new.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten() {
            let place = format!("{at}{}", pointer(&["dependentSchemas".to_owned(), name.clone()]));
            let same = old.all("dependentSchemas").any(|map| map.get(name) == Some(schema));
            if !same && !self.proves(old, schema, &place) {
                self.unknown(place, "what depends on a property is new or changed");
            }
        }
    }

    /// Items of arrays.
    pub(super) fn items(&mut self, old: &Old<'_>, new: &Value, at: &str) {
        let first = |part: &'_ Value| part.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
        let places = old.parts.iter().map(|part| first(part)).chain([first(new)]).max().unwrap_or(0);
        for place in 0..places {
            let at = match place < first(new) {
                true => format!("{at}/prefixItems/{place}"),
                false => format!("{at}/items"),
            };
            self.implies(&Old::of(old.parts.iter().map(|part| item(part, place))), item(new, place), &at);
        }
        self.implies(&Old::of(old.parts.iter().map(|part| item(part, places))), item(new, places), &format!("{at}/items"));
        let unique = |schema: &Value| schema.get("uniqueItems").is_some();
        if unique(new) && !old.parts.iter().any(|part| unique(part)) {
            self.broke(format!("{at}/uniqueItems"), "items must differ now");
        }
        let group = ["contains", "minContains", "maxContains"];
        let same = |part: &&Value| group.iter().all(|keyword| part.get(keyword) == new.get(keyword));
        if new.get("contains").is_some() && !old.parts.iter().any(same) {
            self.unknown(format!("{at}/contains"), "`contains` is new or changed");
        }
    }
}

/// What a schema says of the item at a place.
fn item(schema: &Value, place: usize) -> &Value {
    let first = schema.get("prefixItems").and_then(Value::as_array).and_then(|items| items.get(place));
    first.or_else(|| schema.get("items")).unwrap_or(&FREE)
}

fn texts(names: Option<&Value>) -> impl Iterator<Item = &str> {
    names.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
