//! A schema that describes payloads that were seen: their types, what was always there, few texts as an enumeration, forms that are hardly
//! so by accident. The same payloads give the same schema, and every one of them is valid under it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::formats::Recogniser;
use crate::limits::{
    INFERRED_DEPTH_MAX, INFERRED_ENUM_BYTES_MAX, INFERRED_ENUM_MAX, INFERRED_ENUM_SEEN_MIN, INFERRED_FORMAT_SEEN_MIN,
    INFERRED_PROPERTIES_MAX, SUBSCHEMAS_MAX,
};

/// Schemas past which members are no longer described one by one: room is left for those who mend the result by hand.
const DESCRIBED_MAX: usize = SUBSCHEMAS_MAX / 2;

/// Takes payloads one by one; keeps what it needs of them and no more.
#[derive(Debug)]
pub struct Inference {
    recogniser: Recogniser,
    root: Shape,
    seen: u64,
    room: usize,
}

/// What was seen at one place.
#[derive(Debug, Default)]
struct Shape {
    null: bool,
    boolean: bool,
    whole: bool,
    fraction: bool,
    texts: Texts,
    array: Option<Box<Shape>>,
    objects: u64,
    members: BTreeMap<String, (u64, Shape)>,
    /// Too many different names: the members are described together.
    map: Option<Box<Shape>>,
    /// Nothing is said of what is here.
    anything: bool,
}

#[derive(Debug, Default)]
struct Texts {
    seen: u64,
    /// How often each was seen; `None` where they were too many or too long.
    counts: Option<BTreeMap<String, u64>>,
    /// The format of all of them.
    format: Option<&'static str>,
}

impl Default for Inference {
    fn default() -> Self {
        Self { recogniser: Recogniser::new(), root: Shape::default(), seen: 0, room: DESCRIBED_MAX }
    }
}

impl Inference {
    /// Looks at one payload.
    pub fn add(&mut self, payload: &Value) {
        self.seen += 1;
        self.root.add(payload, 0, &mut self.room, &self.recogniser);
    }

    /// How many were looked at.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The schema. `true`, which allows everything, where nothing was seen.
    pub fn schema(&self) -> Value {
        match self.root.schema() {
            Value::Object(described) => {
                let mut schema = Map::new();
                schema.insert("$schema".to_owned(), Value::from("https://json-schema.org/draft/2020-12/schema"));
                schema.extend(described);
                Value::Object(schema)
            }
            other => other,
        }
    }
}

impl Shape {
    fn add(&mut self, value: &Value, depth: usize, room: &mut usize, recogniser: &Recogniser) {
        if depth >= INFERRED_DEPTH_MAX {
            self.anything = true;
            return;
        }
        match value {
            Value::Null => self.null = true,
            Value::Bool(_) => self.boolean = true,
            Value::Number(number) => match number.as_f64() {
                Some(float) if !number.is_i64() && !number.is_u64() && float.fract() != 0.0 => self.fraction = true,
                _ => self.whole = true,
            },
            Value::String(text) => self.texts.add(text, value, recogniser),
            Value::Array(_) if self.array.is_none() && *room == 0 => self.anything = true,
            Value::Array(items) => {
                if self.array.is_none() {
                    *room -= 1;
                }
                let shape = self.array.get_or_insert_default();
                items.iter().for_each(|item| shape.add(item, depth + 1, room, recogniser));
            }
            Value::Object(members) => {
                self.objects += 1;
                members.iter().for_each(|(name, member)| self.add_member(name, member, depth, room, recogniser));
            }
        }
    }

    fn add_member(&mut self, name: &str, member: &Value, depth: usize, room: &mut usize, recogniser: &Recogniser) {
        if let Some(map) = &mut self.map {
            return map.add(member, depth + 1, room, recogniser);
        }
        if !self.members.contains_key(name) {
            if self.members.len() >= INFERRED_PROPERTIES_MAX || *room == 0 {
                return self.become_map(member, depth, room, recogniser);
            }
            *room -= 1;
        }
        let (seen, shape) = self.members.entry(name.to_owned()).or_default();
        *seen += 1;
        shape.add(member, depth + 1, room, recogniser);
    }

    /// The names are data, not a structure: what stands under them is described as one.
    fn become_map(&mut self, member: &Value, depth: usize, room: &mut usize, recogniser: &Recogniser) {
        *room += self.members.len();
        let mut all = Shape::default();
        for (_, (_, shape)) in std::mem::take(&mut self.members) {
            all.merge(shape, room);
        }
        all.add(member, depth + 1, room, recogniser);
        self.map = Some(Box::new(all));
    }

    fn merge(&mut self, other: Shape, room: &mut usize) {
        self.null |= other.null;
        self.boolean |= other.boolean;
        self.whole |= other.whole;
        self.fraction |= other.fraction;
        self.anything |= other.anything;
        self.texts.merge(other.texts);
        if let Some(items) = other.array {
            self.array.get_or_insert_default().merge(*items, room);
        }
        self.objects += other.objects;
        if let Some(map) = other.map {
            self.map.get_or_insert_default().merge(*map, room);
        }
        for (name, (seen, shape)) in other.members {
            let has_room = self.members.len() < INFERRED_PROPERTIES_MAX && self.map.is_none();
            if let Some((known, into)) = self.members.get_mut(&name) {
                *known += seen;
                *room += 1;
                into.merge(shape, room);
            } else if has_room {
                self.members.insert(name, (seen, shape));
            } else {
                *room += 1;
                self.map.get_or_insert_default().merge(shape, room);
            }
        }
        if let Some(mut map) = self.map.take() {
            *room += self.members.len();
            for (_, (_, shape)) in std::mem::take(&mut self.members) {
                map.merge(shape, room);
            }
            self.map = Some(map);
        }
    }

    fn schema(&self) -> Value {
        let mut types = Vec::new();
        let mut schema = Map::new();
        if self.array.is_some() {
            types.push("array");
        }
        if self.boolean {
            types.push("boolean");
        }
        match (self.whole, self.fraction) {
            (_, true) => types.push("number"),
            (true, false) => types.push("integer"),
            (false, false) => {}
        }
        if self.null {
            types.push("null");
        }
        if self.objects > 0 {
            types.push("object");
        }
        if self.texts.seen > 0 {
            types.push("string");
        }
        if self.anything || types.is_empty() {
            return Value::Bool(true);
        }
        // An enumeration would exclude what is there beside the texts.
        if types == ["string"]
            && let Some(values) = self.texts.enumeration()
        {
            return json!({ "enum": values });
        }
        schema.insert("type".to_owned(), if let [only] = types.as_slice() { Value::from(*only) } else { Value::from(types) });
        if let Some(format) = self.texts.format.filter(|_| self.texts.seen >= INFERRED_FORMAT_SEEN_MIN) {
            schema.insert("format".to_owned(), Value::from(format));
        }
        if let Some(items) = self.array.as_ref().map(|items| items.schema()).filter(|items| items != &Value::Bool(true)) {
            schema.insert("items".to_owned(), items);
        }
        self.describe_members(&mut schema);
        Value::Object(schema)
    }

    fn describe_members(&self, schema: &mut Map<String, Value>) {
        if let Some(map) = self.map.as_ref().map(|map| map.schema()).filter(|map| map != &Value::Bool(true)) {
            schema.insert("additionalProperties".to_owned(), map);
        }
        if self.members.is_empty() {
            return;
        }
        let properties: Map<String, Value> = self.members.iter().map(|(name, (_, shape))| (name.clone(), shape.schema())).collect();
        schema.insert("properties".to_owned(), Value::Object(properties));
        let always = self.members.iter().filter(|(_, (seen, _))| *seen == self.objects).map(|(name, _)| name.as_str());
        let required: Vec<&str> = always.collect();
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::from(required));
        }
    }
}

impl Texts {
    fn add(&mut self, text: &str, value: &Value, recogniser: &Recogniser) {
        let format = recogniser.format_of(value);
        let one = BTreeMap::from([(text.to_owned(), 1)]);
        let counts = (text.len() <= INFERRED_ENUM_BYTES_MAX).then_some(one);
        self.merge(Texts { seen: 1, counts, format });
    }

    fn merge(&mut self, other: Texts) {
        if other.seen == 0 {
            return;
        }
        if self.seen == 0 {
            *self = other;
            return;
        }
        self.seen += other.seen;
        self.format = self.format.filter(|format| Some(*format) == other.format);
        self.counts = match (self.counts.take(), other.counts) {
            (Some(mut counts), Some(others)) => {
                others.into_iter().for_each(|(text, seen)| *counts.entry(text).or_default() += seen);
                (counts.len() <= INFERRED_ENUM_MAX).then_some(counts)
            }
            _ => None,
        };
    }

    /// The texts, where they are few and each was seen often.
    fn enumeration(&self) -> Option<Vec<&String>> {
        let counts = self.counts.as_ref().filter(|_| self.format.is_none())?;
        counts.values().all(|seen| *seen >= INFERRED_ENUM_SEEN_MIN).then(|| counts.keys().collect())
    }
}
