//! The comparison of schemas against the validator: where it says that a new version may take the old one's place, no payload that was
//! valid under the old one may be invalid under the new one. Schemas and payloads are random, small, and from few words, so that they meet.

use panotti_filter::schema::Schema;
use panotti_filter::schema::compatible::breaks;
use panotti_protocol::api::Compatibility;
use serde_json::{Map, Value, json};

/// Pairs of schemas; `SCHEMA_PAIRS` asks for more by hand.
const PAIRS: u64 = 4_000;
/// Payloads that each pair is tried on.
const PAYLOADS: usize = 120;

/// A small generator of numbers: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let place = self.below(from.len() as u64) as usize;
        from[place].clone()
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }
}

const NAMES: [&str; 4] = ["a", "b", "ab", "c"];
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

fn payload(random: &mut Random, depth: u32) -> Value {
    let scalars =
        [json!(null), json!(true), json!(0), json!(1), json!(2), json!(6), json!(1.5), json!(-1), json!("a"), json!("ab"), json!("")];
    match random.below(if depth == 0 { 3 } else { 6 }) {
        0..=2 => random.pick(&scalars),
        3 => {
            let items = random.below(4);
            Value::Array((0..items).map(|_| payload(random, depth - 1)).collect())
        }
        _ => {
            let members = random.below(4);
            Value::Object((0..members).map(|_| (random.pick(&NAMES).to_owned(), payload(random, depth - 1))).collect())
        }
    }
}

fn schema(random: &mut Random, depth: u32) -> Value {
    if random.one_in(12) {
        return json!(!random.one_in(3));
    }
    let mut keywords = Map::new();
    let number = 1 + random.below(3);
    for _ in 0..number {
        keyword(random, depth, &mut keywords);
    }
    Value::Object(keywords)
}

fn schemas(random: &mut Random, depth: u32) -> Value {
    let number = 1 + random.below(2);
    Value::Array((0..number).map(|_| schema(random, depth)).collect())
}

fn named(random: &mut Random, names: &[&str], depth: u32) -> Value {
    let number = 1 + random.below(2);
    Value::Object((0..number).map(|_| (random.pick(names).to_owned(), schema(random, depth))).collect())
}

fn keyword(random: &mut Random, depth: u32, into: &mut Map<String, Value>) {
    let small = json!(random.below(3));
    let plain = random.below(18);
    let choice = if depth == 0 { plain } else { random.below(45) };
    let (name, value) = match choice {
        0..=2 => ("type", json!(random.pick(&TYPES))),
        3 => ("type", json!([TYPES[(random.below(3)) as usize], TYPES[3 + (random.below(4)) as usize]])),
        4 => ("enum", Value::Array((0..1 + random.below(3)).map(|_| payload(random, 1)).collect())),
        5 => ("const", payload(random, 1)),
        6 => ("minimum", small),
        7 => ("maximum", small),
        8 => ("exclusiveMinimum", small),
        9 => ("exclusiveMaximum", small),
        10 => ("multipleOf", random.pick(&[json!(1), json!(2), json!(3), json!(0.5), json!(6)])),
        11 => ("minLength", small),
        12 => ("maxLength", small),
        13 => ("pattern", random.pick(&[json!("^a"), json!("b"), json!("^ab?$")])),
        14 => random.pick(&[("minItems", small.clone()), ("maxItems", small)]),
        15 => random.pick(&[("minProperties", small.clone()), ("maxProperties", small)]),
        16 => ("required", random.pick(&[json!(["a"]), json!(["b"]), json!(["a", "b"]), json!([])])),
        17 => ("uniqueItems", json!(true)),
        18..=22 => ("properties", named(random, &NAMES, depth - 1)),
        23 | 24 => ("patternProperties", named(random, &["^a", "b"], depth - 1)),
        25 | 26 => ("additionalProperties", schema(random, depth - 1)),
        27 | 28 => ("items", schema(random, depth - 1)),
        29 => ("prefixItems", schemas(random, depth - 1)),
        30 => ("allOf", schemas(random, depth - 1)),
        31 | 32 => ("anyOf", schemas(random, depth - 1)),
        33 => ("oneOf", schemas(random, depth - 1)),
        34 => ("not", schema(random, depth - 1)),
        35 => ("contains", schema(random, depth - 1)),
        36 => ("minContains", small),
        37 => ("if", schema(random, 0)),
        38 => ("then", schema(random, depth - 1)),
        39 => ("else", schema(random, depth - 1)),
        40 => ("dependentRequired", json!({ "a": ["b"] })),
        41 => ("dependentSchemas", named(random, &["a"], depth - 1)),
        42 => ("propertyNames", schema(random, 0)),
        43 => ("unevaluatedProperties", schema(random, 0)),
        _ => ("unevaluatedItems", json!(false)),
    };
    into.insert(name.to_owned(), value);
}

/// Another version: the same with something taken away, added or put elsewhere, so that many pairs are close to each other.
fn changed(random: &mut Random, old: &Value, depth: u32) -> Value {
    let Value::Object(keywords) = old else { return schema(random, depth) };
    let mut new = keywords.clone();
    let names: Vec<String> = new.keys().cloned().collect();
    match random.below(6) {
        0 if !names.is_empty() => {
            new.remove(&random.pick(&names));
        }
        1 => keyword(random, depth, &mut new),
        2 => return json!({ "anyOf": [old, schema(random, depth)] }),
        3 => return json!({ "allOf": [old, schema(random, depth)] }),
        _ => {
            let inner = names.into_iter().find(|name| new[name].is_object());
            match inner {
                Some(name) if matches!(name.as_str(), "properties" | "patternProperties") => {
                    if let Some((key, value)) =
                        new[&name].as_object().and_then(|map| map.iter().next()).map(|(k, v)| (k.clone(), v.clone()))
                    {
                        new[&name][&key] = changed(random, &value, depth.saturating_sub(1));
                    }
                }
                Some(name) if !matches!(name.as_str(), "dependentRequired" | "const") => {
                    new[&name] = changed(random, &keywords[&name], depth.saturating_sub(1));
                }
                _ => keyword(random, depth, &mut new),
            }
        }
    }
    Value::Object(new)
}

#[test]
fn no_version_is_called_compatible_under_which_a_valid_payload_becomes_invalid() {
    let pairs = std::env::var("SCHEMA_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(PAIRS);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut compatible, mut tried, mut told) = (0_u64, 0_u64, 0_u64);
    for _ in 0..pairs {
        let old = schema(&mut random, 2);
        let new = if random.one_in(3) { schema(&mut random, 2) } else { changed(&mut random, &old, 2) };
        let (Ok(before), Ok(after)) = (Schema::of(&old), Schema::of(&new)) else { continue };
        let found = breaks(&before, &after, Compatibility::Backward);
        let payloads: Vec<Value> = (0..PAYLOADS).map(|_| payload(&mut random, 2)).collect();
        let lost = payloads.iter().find(|payload| before.holds(payload) && !after.holds(payload));
        if found.is_empty() {
            compatible += 1;
            tried += payloads.iter().filter(|payload| before.holds(payload)).count() as u64;
            assert!(lost.is_none(), "called compatible, but it breaks {}\nold {old}\nnew {new}", lost.unwrap());
        } else {
            told += u64::from(lost.is_some());
            assert!(found.iter().all(|found| !found.detail.is_empty()));
        }
    }
    assert!(
        compatible > pairs / 10 && tried > 20 * compatible,
        "too few pairs are compatible to mean anything: {compatible} of {pairs}, {tried} payloads"
    );
    assert!(told > pairs / 10, "too few pairs break to mean anything: {told} of {pairs}");
}

#[test]
fn every_schema_takes_its_own_place() {
    let mut random = Random(0x51_7cc1_b727_220a);
    for _ in 0..1_000 {
        let text = schema(&mut random, 3);
        let Ok(compiled) = Schema::of(&text) else { continue };
        assert_eq!(breaks(&compiled, &compiled, Compatibility::Full), [], "{text}");
    }
}
