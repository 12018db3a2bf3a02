//! Whether everything that is valid under an old schema is valid under a new one. Sound rather than complete: what is not proven part by
//! part is told, either as what broke or as what cannot be compared, and never passes. The tests try it on random schemas and payloads.
//!
//! The old schema is a list of parts that all hold: the schema itself and what its `allOf`s have. To prove a keyword of the new schema,
//! one part that implies it is enough; what is not looked at in the old schema only makes the proof harder.

use panotti_protocol::api::Compatibility;
use serde_json::{Value, json};

use super::violation::shown;
use super::{Schema, build, numbers};
use crate::limits::{COMPARISON_SPLITS_MAX, COMPARISON_STEPS_MAX, SCHEMA_PROBLEMS_MAX};

/// One thing that keeps a new version from taking the old one's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Where: a JSON pointer into the new schema; where `forward` is set, into the old one.
    pub pointer: String,
    /// What.
    pub detail: String,
    /// Whether it is certain. Where it is not, the two cannot be compared there.
    pub certain: bool,
    /// What is valid under the new schema would not be under the old one: only asked for full compatibility.
    pub forward: bool,
}

/// What keeps `new` from taking the place of `old`. Nothing where it may. Each [`Break`] is of one place, [`SCHEMA_PROBLEMS_MAX`] at most.
pub fn breaks(old: &Schema, new: &Schema, wanted: Compatibility) -> Vec<Break> {
    let mut found = Vec::new();
    if wanted != Compatibility::None {
        found.extend(Comparison::run(&old.plain, &new.plain, false));
    }
    if wanted == Compatibility::Full {
        found.extend(Comparison::run(&new.plain, &old.plain, true));
    }
    found.truncate(SCHEMA_PROBLEMS_MAX);
    found
}

/// Kinds of values as bits. Whole numbers and others are told apart, as `integer` does.
pub(super) type Types = u8;
const WHOLE: Types = 1;
const FRACTION: Types = 2;
pub(super) const STRING: Types = 4;
pub(super) const ARRAY: Types = 8;
pub(super) const OBJECT: Types = 16;
const BOOLEAN: Types = 32;
const NULL: Types = 64;
pub(super) const NUMBER: Types = WHOLE | FRACTION;
const ALL: Types = 127;
const NAMES: [(&str, Types); 7] = [
    ("array", ARRAY),
    ("boolean", BOOLEAN),
    ("null", NULL),
    ("number", NUMBER),
    ("integer", WHOLE),
    ("object", OBJECT),
    ("string", STRING),
];

/// The old schema's parts, all of which hold. A list of alternatives that was told apart is named in `split`.
#[derive(Clone)]
pub(super) struct Old<'v> {
    pub(super) parts: Vec<&'v Value>,
    split: Vec<&'v Value>,
}

impl<'v> Old<'v> {
    pub(super) fn of(schemas: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut old = Self { parts: Vec::new(), split: Vec::new() };
        schemas.into_iter().for_each(|schema| old.add(schema));
        old
    }

    fn add(&mut self, schema: &'v Value) {
        self.parts.push(schema);
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.add(part);
        }
    }

    fn and(&self, schema: &'v Value) -> Self {
        let mut both = self.clone();
        both.add(schema);
        both
    }

    /// What the parts have under a keyword.
    pub(super) fn all<'k>(&'k self, keyword: &'k str) -> impl Iterator<Item = &'v Value> + 'k {
        self.parts.iter().filter_map(move |part| part.get(keyword))
    }

    /// Whether it says nothing at all.
    fn says_nothing(&self) -> bool {
        self.parts.iter().all(|part| says_nothing(part))
    }

    fn types(&self) -> Types {
        let of_values = |values: &[Value]| values.iter().map(type_of).fold(0, |all, one| all | one);
        let mut types = ALL;
        for part in &self.parts {
            if part.as_bool() == Some(false) {
                return 0;
            }
            types &= part.get("type").map_or(ALL, types_named);
            types &= part.get("const").map_or(ALL, type_of);
            types &= part.get("enum").and_then(Value::as_array).map_or(ALL, |values| of_values(values));
        }
        types
    }

    /// Alternatives that have not been told apart yet.
    fn alternatives(&self) -> Option<(&'v Value, &'v [Value])> {
        let found = self.all("anyOf").chain(self.all("oneOf")).find(|list| !self.split.iter().any(|known| std::ptr::eq(*known, *list)))?;
        Some((found, found.as_array()?))
    }
}

fn says_nothing(schema: &Value) -> bool {
    schema.as_bool() == Some(true) || schema.as_object().is_some_and(serde_json::Map::is_empty)
}

fn types_named(names: &Value) -> Types {
    let bits = |name: &Value| NAMES.iter().find(|(known, _)| name.as_str() == Some(known)).map_or(0, |(_, bits)| *bits);
    match names {
        Value::Array(names) => names.iter().map(bits).fold(0, |all, one| all | one),
        name => bits(name),
    }
}

fn type_of(value: &Value) -> Types {
    match value {
        Value::Null => NULL,
        Value::Bool(_) => BOOLEAN,
        Value::Number(number) => match number.as_f64() {
            Some(float) if !number.is_i64() && !number.is_u64() && float.fract() != 0.0 => FRACTION,
            _ => WHOLE,
        },
        Value::String(_) => STRING,
        Value::Array(_) => ARRAY,
        Value::Object(_) => OBJECT,
    }
}

fn names_of(types: Types) -> String {
    let mut rest = types;
    let mut names = Vec::new();
    for (name, bits) in NAMES {
        if rest & bits == bits {
            names.push(name);
            rest &= !bits;
        }
    }
    if rest & FRACTION != 0 {
        names.push("numbers that are not whole");
    }
    names.join(", ")
}

/// One comparison in one direction.
pub(super) struct Comparison {
    steps: u32,
    splits: usize,
    forward: bool,
    found: Vec<Break>,
}

impl Comparison {
    fn run(old: &Value, new: &Value, forward: bool) -> Vec<Break> {
        let mut comparison = Self { steps: COMPARISON_STEPS_MAX, splits: 0, forward, found: Vec::new() };
        comparison.implies(&Old::of([old]), new, "");
        comparison.found
    }

    fn add(&mut self, pointer: String, detail: String, certain: bool) {
        let found = Break { pointer, detail, certain, forward: self.forward };
        if self.found.len() < SCHEMA_PROBLEMS_MAX && !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    pub(super) fn broke(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.add(pointer.into(), detail.into(), true);
    }

    pub(super) fn unknown(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.add(pointer.into(), format!("cannot be compared: {}", detail.into()), false);
    }

    /// Whether the old parts imply the new schema, with nothing told.
    pub(super) fn proves(&mut self, old: &Old<'_>, new: &Value, at: &str) -> bool {
        let told = std::mem::take(&mut self.found);
        self.implies(old, new, at);
        std::mem::replace(&mut self.found, told).is_empty()
    }

    /// Proves that whatever the old parts allow, the new schema allows. Tells what is not proven.
    pub(super) fn implies(&mut self, old: &Old<'_>, new: &Value, at: &str) {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            return self.unknown("", "the two are too large");
        }
        if says_nothing(new) || old.parts.contains(&new) || old.types() == 0 {
            return;
        }
        let told = std::mem::take(&mut self.found);
        self.implies_at_once(old, new, at);
        if !self.found.is_empty() && self.proves_by_alternatives(old, new, at) {
            self.found.clear();
        }
        let news = std::mem::replace(&mut self.found, told);
        news.into_iter().for_each(|found| self.add(found.pointer, found.detail, found.certain));
    }

    /// Tries each of the old schema's alternatives by itself.
    fn proves_by_alternatives(&mut self, old: &Old<'_>, new: &Value, at: &str) -> bool {
        let Some((list, alternatives)) = old.alternatives().filter(|_| self.splits < COMPARISON_SPLITS_MAX) else { return false };
        self.splits += 1;
        let proven = alternatives.iter().all(|alternative| {
            let mut one = old.and(alternative);
            one.split.push(list);
            self.proves(&one, new, at)
        });
        self.splits -= 1;
        proven
    }

    fn implies_at_once(&mut self, old: &Old<'_>, new: &Value, at: &str) {
        let Value::Object(keywords) = new else {
            return self.broke(at, "nothing may be there any more");
        };
        if old.says_nothing() {
            return self.broke(at, "the old version allows anything there, this one does not");
        }
        if let Some(values) = finite(old) {
            return self.values_hold(old, values, new, at);
        }
        let mut types = old.types();
        if let Some(named) = keywords.get("type") {
            let gone = types & !types_named(named);
            if gone != 0 {
                self.broke(format!("{at}/type"), format!("no longer allowed: {}", names_of(gone)));
            }
            types &= !gone;
        }
        for keyword in ["enum", "const"] {
            if keywords.contains_key(keyword) && types != 0 {
                self.broke(format!("{at}/{keyword}"), "the old version allows other values too");
            }
        }
        self.combined(old, new, types, at);
        if types & NUMBER != 0 {
            self.numbers(old, new, at);
        }
        if types & STRING != 0 {
            self.bounds(old, new, [("minLength", true), ("maxLength", false)], at);
            for keyword in ["pattern", "format"] {
                self.same_text(old, new, keyword, at);
            }
        }
        if types & ARRAY != 0 {
            self.bounds(old, new, [("minItems", true), ("maxItems", false)], at);
            self.items(old, new, at);
        }
        if types & OBJECT != 0 {
            self.bounds(old, new, [("minProperties", true), ("maxProperties", false)], at);
            self.members(old, new, at);
        }
    }

    /// The old schema allows only these values: each is tried.
    fn values_hold(&mut self, old: &Old<'_>, values: &[Value], new: &Value, at: &str) {
        let built: Result<Vec<_>, _> = old.parts.iter().map(|part| build(part)).collect();
        let (Ok(old), Ok(judge)) = (built, build(new)) else {
            return self.unknown(at, "a part of it does not stand by itself");
        };
        let place = if new.get("enum").is_some() { format!("{at}/enum") } else { at.to_owned() };
        for value in values {
            if old.iter().all(|part| part.is_valid(value)) && !judge.is_valid(value) {
                self.broke(place.clone(), format!("no longer allowed: {}", shown(value)));
            }
        }
    }

    /// Keywords that are made of whole schemas.
    fn combined(&mut self, old: &Old<'_>, new: &Value, types: Types, at: &str) {
        let lists = |keyword: &str| new.get(keyword).and_then(Value::as_array).map(Vec::as_slice);
        for (place, part) in lists("allOf").unwrap_or_default().iter().enumerate() {
            self.implies(old, part, &format!("{at}/allOf/{place}"));
        }
        if let Some(alternatives) = lists("anyOf") {
            self.one_of_them(old, alternatives, types, &format!("{at}/anyOf"));
        }
        if let Some(alternatives) = lists("oneOf")
            && !old.all("oneOf").any(|list| Some(list) == new.get("oneOf"))
        {
            let place = format!("{at}/oneOf");
            if exclude_each_other(alternatives) {
                self.one_of_them(old, alternatives, types, &place);
            } else {
                self.unknown(place, "alternatives of `oneOf` that may hold together");
            }
        }
        for (keyword, group) in [("not", ["not"].as_slice()), ("if", ["if", "then", "else"].as_slice())] {
            let same = |part: &&Value| group.iter().all(|keyword| part.get(keyword) == new.get(keyword));
            if new.get(keyword).is_some() && !old.parts.iter().any(same) {
                self.unknown(format!("{at}/{keyword}"), format!("`{keyword}` is new or changed"));
            }
        }
        for keyword in ["unevaluatedItems", "unevaluatedProperties"] {
            // A part that is the same as a whole has been seen before.
            if new.get(keyword).is_some_and(|value| !says_nothing(value)) {
                self.unknown(format!("{at}/{keyword}"), format!("a schema with `{keyword}` has changed"));
            }
        }
    }

    /// Alternatives of which one must hold.
    fn one_of_them(&mut self, old: &Old<'_>, alternatives: &[Value], types: Types, at: &str) {
        let one = |this: &mut Self, old: &Old<'_>| {
            let mut places = alternatives.iter().enumerate();
            places.any(|(place, alternative)| this.proves(old, alternative, &format!("{at}/{place}")))
        };
        if one(self, old) {
            return;
        }
        // Type by type: another alternative may hold for each.
        let names = NAMES.iter().filter(|(name, bits)| types & bits != 0 && *name != "integer").map(|(name, _)| json!({ "type": name }));
        let narrowed: Vec<Value> = names.collect();
        if narrowed.len() < 2 || !narrowed.iter().all(|only| one(self, &old.and(only))) {
            self.unknown(at, "no alternative is known to take all that was valid");
        }
    }

    fn numbers(&mut self, old: &Old<'_>, new: &Value, at: &str) {
        for (closed, open, least) in [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)] {
            for (keyword, is_open) in [(closed, false), (open, true)] {
                let Some(limit) = new.get(keyword) else { continue };
                let proves = |bound: &Value, bound_is_open: bool| match numbers::compare(bound, limit) {
                    Some(std::cmp::Ordering::Equal) => bound_is_open || !is_open,
                    Some(order) => order.is_gt() == least,
                    None => false,
                };
                if !old.all(closed).any(|bound| proves(bound, false)) && !old.all(open).any(|bound| proves(bound, true)) {
                    self.tightened(old.all(closed).chain(old.all(open)).next(), limit, format!("{at}/{keyword}"));
                }
            }
        }
        if let Some(step) = new.get("multipleOf")
            && !old.all("multipleOf").any(|known| numbers::is_multiple(known, step))
        {
            self.broke(format!("{at}/multipleOf"), format!("multiples of {step} only; the old version allows others"));
        }
    }

    fn bounds(&mut self, old: &Old<'_>, new: &Value, keywords: [(&str, bool); 2], at: &str) {
        for (keyword, least) in keywords {
            let Some(limit) = new.get(keyword).filter(|limit| !least || limit.as_f64() != Some(0.0)) else { continue };
            let proves = |bound: &Value| numbers::compare(bound, limit).is_some_and(|order| order.is_eq() || order.is_gt() == least);
            if !old.all(keyword).any(proves) {
                self.tightened(old.all(keyword).next(), limit, format!("{at}/{keyword}"));
            }
        }
    }

    fn tightened(&mut self, old: Option<&Value>, limit: &Value, pointer: String) {
        match old {
            Some(old) => self.broke(pointer, format!("tightened from {old} to {limit}")),
            None => self.broke(pointer, format!("{limit} is a new bound")),
        }
    }

    fn same_text(&mut self, old: &Old<'_>, new: &Value, keyword: &str, at: &str) {
        let Some(text) = new.get(keyword) else { return };
        if old.all(keyword).any(|known| known == text) {
            return;
        }
        match old.all(keyword).next() {
            Some(known) => self.unknown(format!("{at}/{keyword}"), format!("{} has become {}", shown(known), shown(text))),
            None => self.broke(format!("{at}/{keyword}"), format!("{} is a new condition", shown(text))),
        }
    }
}

/// The only values that the old parts can allow, where one of them lists them.
fn finite<'v>(old: &Old<'v>) -> Option<&'v [Value]> {
    let one = old.all("const").next().map(std::slice::from_ref);
    one.or_else(|| old.all("enum").find_map(Value::as_array).map(Vec::as_slice))
}

/// Whether no two alternatives can hold together, by their types alone.
fn exclude_each_other(alternatives: &[Value]) -> bool {
    let types: Vec<Types> = alternatives.iter().map(|alternative| Old::of([alternative]).types()).collect();
    let mut seen = 0;
    types.iter().all(|types| {
        let apart = seen & types == 0;
        seen |= types;
        apart
    })
}
