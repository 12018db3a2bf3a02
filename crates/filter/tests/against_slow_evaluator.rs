//! Filters against an independent slow evaluator: random expression trees over random events. The slow one walks its own tree over
//! `serde_json` and shares no code with the crate: the filter gets the tree as text only. `FILTER_CASES=100000` for more cases.

use panotti_filter::expression::Filter;
use panotti_filter::view::{Attributes, EventView};
use panotti_protocol::event::Priority;
use serde_json::{Map, Value, json};

const CASES: usize = 10_000;
const NAMES: [&str; 6] = ["a", "b", "c", "list", "map", "two words"];
const TEXTS: [&str; 8] = ["", "a", "ab", "b", "ü\"'\\", "a\nb", "9", "User"];
const VARIABLES: [&str; 6] = ["type", "source", "subject", "priority", "correlationid", "id"];
const RELATIONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % below
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

/// A random tree, as this file understands it.
enum Tree {
    Both(Vec<Tree>),
    Either(Vec<Tree>),
    Not(Box<Tree>),
    Is(Place),
    Has(Place),
    Relation(Term, &'static str, Term),
    In(Term, Term),
    Text(Place, &'static str, Term),
    Matches(Place, &'static str),
    Each(&'static str, Place, usize, Box<Tree>),
}

enum Term {
    Written(Value),
    Found(Place),
    Size(Place),
}

/// `root` is `data`, a variable's name, or the number of an item.
struct Place {
    root: String,
    steps: Vec<Value>,
}

fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.roll(if depth == 0 { 7 } else { 10 }) {
        0 => Value::Null,
        1 => json!(dice.roll(2) == 0),
        2 => json!(dice.roll(5) as i64 - 2),
        3 => [json!(0.5), json!(1.0), json!(-2.5), json!(1e300)][dice.roll(4)].clone(),
        4 => [json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), json!(9_007_199_254_740_992.0), json!(u64::MAX)]
            [dice.roll(4)]
        .clone(),
        5 | 6 => json!(dice.pick(&TEXTS)),
        7 => Value::Array((0..dice.roll(4)).map(|_| value(dice, depth - 1)).collect()),
        _ => Value::Object((0..dice.roll(5)).map(|_| (dice.pick(&NAMES).to_owned(), value(dice, depth - 1))).collect::<Map<_, _>>()),
    }
}

fn place(dice: &mut Dice, items: usize) -> Place {
    let root = match dice.roll(6) {
        0 => return Place { root: dice.pick(&VARIABLES).to_owned(), steps: Vec::new() },
        1..=3 if items > 0 => format!("i{}", dice.roll(items)),
        _ => "data".to_owned(),
    };
    inside(dice, root)
}

fn inside(dice: &mut Dice, root: String) -> Place {
    let step = |dice: &mut Dice| if dice.roll(5) == 0 { json!(dice.roll(3)) } else { json!(dice.pick(&NAMES)) };
    let steps = if root == "data" { 1 + dice.roll(2) } else { dice.roll(2) };
    Place { root, steps: (0..steps).map(|_| step(dice)).collect() }
}

fn term(dice: &mut Dice, items: usize) -> Term {
    match dice.roll(5) {
        0 | 1 => Term::Written(value(dice, 0)),
        2 => Term::Size(place(dice, items)),
        _ => Term::Found(place(dice, items)),
    }
}

fn tree(dice: &mut Dice, depth: usize, items: usize) -> Tree {
    let data = |dice: &mut Dice| {
        let root = if items > 0 && dice.roll(2) == 0 { format!("i{}", dice.roll(items)) } else { "data".to_owned() };
        inside(dice, root)
    };
    match dice.roll(if depth == 0 { 7 } else { 12 }) {
        0 => Tree::Is(data(dice)),
        1 => Tree::Has(place(dice, items)),
        2 | 3 => Tree::Relation(term(dice, items), dice.pick(&RELATIONS), term(dice, items)),
        4 => {
            let list = if dice.roll(2) == 0 {
                Term::Written(Value::Array((0..dice.roll(4)).map(|_| value(dice, 0)).collect()))
            } else {
                Term::Found(data(dice))
            };
            Tree::In(term(dice, items), list)
        }
        5 => {
            let argument = if dice.roll(3) == 0 { Term::Found(place(dice, items)) } else { Term::Written(json!(dice.pick(&TEXTS))) };
            Tree::Text(place(dice, items), dice.pick(&["startsWith", "endsWith", "contains"]), argument)
        }
        6 => Tree::Matches(place(dice, items), dice.pick(&["^a", "b$", "a.b", "^[0-9]+$"])),
        7 | 8 => Tree::Both((0..2 + dice.roll(3)).map(|_| tree(dice, depth - 1, items)).collect()),
        9 => Tree::Either((0..2 + dice.roll(3)).map(|_| tree(dice, depth - 1, items)).collect()),
        10 => Tree::Not(Box::new(tree(dice, depth - 1, items))),
        _ if items < 2 => {
            let quantifier = dice.pick(&["exists", "all", "exists_one"]);
            let list = data(dice);
            Tree::Each(quantifier, list, items, Box::new(tree(dice, depth - 1, items + 1)))
        }
        _ => Tree::Is(data(dice)),
    }
}

/// Whether the language has it: what is refused by its types is not asked here.
fn is_asked(tree: &Tree) -> bool {
    let variable = |place: &Place, name: &str| place.root == name;
    match tree {
        Tree::Both(parts) | Tree::Either(parts) => parts.iter().all(is_asked),
        Tree::Not(inner) | Tree::Each(_, _, _, inner) => is_asked(inner),
        Tree::Relation(left, relation, right) => {
            let ordered = !matches!(*relation, "==" | "!=");
            let unordered = |term: &Term| matches!(term, Term::Written(Value::Null | Value::Bool(_)));
            let priority = |term: &Term| matches!(term, Term::Found(place) if variable(place, "priority"));
            let word = |term: &Term| matches!(term, Term::Written(Value::String(_)));
            !(ordered && (unordered(left) || unordered(right) || priority(left) || priority(right)))
                && !(priority(left) && word(right) || priority(right) && word(left))
        }
        Tree::In(Term::Found(place), Term::Written(Value::Array(values))) => {
            !(variable(place, "priority") && values.iter().any(Value::is_string))
        }
        _ => true,
    }
}

// --- as text

fn written(value: &Value) -> String {
    match value {
        // A whole number that only `u64` has is written as CEL's unsigned.
        Value::Number(number) if number.as_i64().is_none() && number.is_u64() => format!("{number}u"),
        Value::Array(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.root)?;
        for step in &self.steps {
            match step {
                Value::String(name) if !name.contains(' ') => write!(f, ".{name}")?,
                step => write!(f, "[{step}]")?,
            }
        }
        Ok(())
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Term::Written(value) => f.write_str(&written(value)),
            Term::Found(place) => write!(f, "{place}"),
            Term::Size(place) => write!(f, "size({place})"),
        }
    }
}

impl std::fmt::Display for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let joined = |parts: &[Tree], operator: &str| parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(operator);
        match self {
            Tree::Both(parts) => f.write_str(&joined(parts, " && ")),
            Tree::Either(parts) => f.write_str(&joined(parts, " || ")),
            Tree::Not(inner) => write!(f, "!({inner})"),
            Tree::Is(place) => write!(f, "{place}"),
            Tree::Has(place) => write!(f, "has({place})"),
            Tree::Relation(left, relation, right) => write!(f, "{left} {relation} {right}"),
            Tree::In(item, list) => write!(f, "{item} in {list}"),
            Tree::Text(place, test, argument) => write!(f, "{place}.{test}({argument})"),
            Tree::Matches(place, pattern) => write!(f, "{place}.matches({})", json!(pattern)),
            Tree::Each(quantifier, list, depth, inner) => write!(f, "{list}.{quantifier}(i{depth}, {inner})"),
        }
    }
}

// --- the slow evaluator

struct Slow<'a> {
    variables: &'a Map<String, Value>,
    missing: bool,
}

impl Slow<'_> {
    fn find(&self, place: &Place, items: &[Value]) -> Option<Value> {
        let mut found = match place.root.strip_prefix('i').and_then(|number| number.parse::<usize>().ok()) {
            Some(number) => items.get(number)?.clone(),
            None => self.variables.get(&place.root)?.clone(),
        };
        for step in &place.steps {
            found = match step {
                Value::String(name) => found.as_object()?.get(name)?.clone(),
                step => found.as_array()?.get(usize::try_from(step.as_u64()?).ok()?)?.clone(),
            };
        }
        Some(found)
    }

    fn term(&self, term: &Term, items: &[Value]) -> Option<Value> {
        match term {
            Term::Written(value) => Some(value.clone()),
            Term::Found(place) => self.find(place, items),
            Term::Size(place) => match self.find(place, items)? {
                Value::Array(list) => Some(json!(list.len())),
                Value::Object(map) => Some(json!(map.len())),
                Value::String(text) => Some(json!(text.chars().count())),
                _ => None,
            },
        }
    }

    /// `None` is a question that cannot be asked: false, and noted.
    fn noted(&mut self, answer: Option<bool>) -> bool {
        self.missing |= answer.is_none();
        answer.unwrap_or(false)
    }

    fn holds(&mut self, tree: &Tree, items: &[Value]) -> bool {
        match tree {
            Tree::Both(parts) => parts.iter().all(|part| self.holds(part, items)),
            Tree::Either(parts) => parts.iter().any(|part| self.holds(part, items)),
            Tree::Not(inner) => !self.holds(inner, items),
            Tree::Is(place) => {
                let answer = self.find(place, items).and_then(|found| found.as_bool());
                self.noted(answer)
            }
            Tree::Has(place) => self.find(place, items).is_some(),
            Tree::Relation(left, relation, right) => {
                let (left, right) = (self.term(left, items), self.term(right, items));
                let answer = left.zip(right).and_then(|(left, right)| compare(&left, relation, &right));
                self.noted(answer)
            }
            Tree::In(item, list) => {
                let answer = match (self.term(item, items), self.term(list, items)) {
                    (Some(item), Some(Value::Array(list))) => Some(list.iter().any(|one| same(&item, one) == Some(true))),
                    (Some(Value::String(name)), Some(Value::Object(map))) => Some(map.contains_key(&name)),
                    _ => None,
                };
                self.noted(answer)
            }
            Tree::Text(place, test, argument) => {
                let answer = match (self.find(place, items), self.term(argument, items)) {
                    (Some(Value::String(text)), Some(Value::String(other))) => Some(match *test {
                        "startsWith" => text.get(..other.len()) == Some(&other),
                        "endsWith" => text.len() >= other.len() && text.as_bytes()[text.len() - other.len()..] == *other.as_bytes(),
                        _ => text.find(&other).is_some(),
                    }),
                    _ => None,
                };
                self.noted(answer)
            }
            Tree::Matches(place, pattern) => {
                let answer = match self.find(place, items) {
                    Some(Value::String(text)) => Some(match *pattern {
                        "^a" => text.starts_with('a'),
                        "b$" => text.ends_with('b'),
                        // The point stands for anything but a line break.
                        "a.b" => text.as_bytes().windows(3).any(|three| three[0] == b'a' && three[1] != b'\n' && three[2] == b'b'),
                        _ => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
                    }),
                    _ => None,
                };
                self.noted(answer)
            }
            Tree::Each(quantifier, list, _, inner) => {
                let Some(Value::Array(list)) = self.find(list, items) else { return self.noted(None) };
                let mut holding = 0;
                for item in &list {
                    let mut deeper = items.to_vec();
                    deeper.push(item.clone());
                    let holds = self.holds(inner, &deeper);
                    match (*quantifier, holds) {
                        ("exists", true) => return true,
                        ("all", false) => return false,
                        _ => holding += usize::from(holds),
                    }
                }
                match *quantifier {
                    "exists" => false,
                    "all" => true,
                    _ => holding == 1,
                }
            }
        }
    }
}

/// Digits of a number, sign apart, as whole part and fraction of fixed length: compared as text, without floating point.
fn digits(number: &serde_json::Number) -> (bool, String) {
    let text = match number.as_f64() {
        Some(real) if number.is_f64() => format!("{real:.20}"),
        _ => format!("{number}.{}", "0".repeat(20)),
    };
    let negative = text.starts_with('-') && text.contains(|c: char| c.is_ascii_digit() && c != '0');
    let padded = format!("{:0>400}", text.trim_start_matches('-').replace('.', ""));
    (negative, padded)
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            let (left, right) = (digits(left), digits(right));
            Some(match (left.0, right.0) {
                (false, false) => left.1.cmp(&right.1),
                (true, true) => right.1.cmp(&left.1),
                (negative, _) => {
                    if negative {
                        std::cmp::Ordering::Less
                    } else {
                        std::cmp::Ordering::Greater
                    }
                }
            })
        }
        (Value::String(left), Value::String(right)) => Some(left.chars().cmp(right.chars())),
        _ => None,
    }
}

fn same(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Some(left.is_null() && right.is_null()),
        (Value::Bool(left), Value::Bool(right)) => Some(left == right),
        (Value::Number(_), Value::Number(_)) | (Value::String(_), Value::String(_)) => order(left, right).map(|order| order.is_eq()),
        (Value::Array(left), Value::Array(right)) => {
            Some(left.len() == right.len() && (0..left.len()).all(|place| same(&left[place], &right[place]) == Some(true)))
        }
        (Value::Object(left), Value::Object(right)) => Some(
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other) == Some(true))),
        ),
        _ => None,
    }
}

fn compare(left: &Value, relation: &str, right: &Value) -> Option<bool> {
    Some(match relation {
        "==" => same(left, right)?,
        "!=" => !same(left, right)?,
        "<" => order(left, right)?.is_lt(),
        "<=" => order(left, right)?.is_le(),
        ">" => order(left, right)?.is_gt(),
        _ => order(left, right)?.is_ge(),
    })
}

#[test]
fn filters_agree_with_an_evaluator_that_shares_no_code_with_them() {
    let cases = std::env::var("FILTER_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(CASES);
    let mut dice = Dice(0x5eed_0010);
    let (mut done, mut matched, mut missing) = (0, 0, 0);
    while done < cases {
        let tree = tree(&mut dice, 3, 0);
        let text = tree.to_string();
        if !is_asked(&tree) || text.len() > 4_096 {
            continue;
        }
        let filter = match Filter::compile(&text) {
            Ok(filter) => filter,
            Err(problem) if problem.what.contains("steps, the limit is") => continue,
            Err(problem) => panic!("{text}\n{problem}"),
        };
        // Compiling costs more than evaluating: each filter judges a few events.
        for _ in 0..8 {
            done += 1;
            let present: Vec<&str> = NAMES.into_iter().filter(|_| dice.roll(8) > 0).collect();
            let data: Value = present.into_iter().map(|name| (name.to_owned(), value(&mut dice, 2))).collect::<Map<_, _>>().into();
            let (subject, id) = ((dice.roll(2) == 0).then_some("a"), (dice.roll(2) == 0).then_some("ab"));
            let attributes = Attributes {
                topic: "a.b",
                source: "/x",
                subject,
                time: Default::default(),
                priority: Priority::Normal,
                correlationid: Some("User"),
                id,
                eventid: None,
                orderingkey: None,
                datacontenttype: "application/json",
                dataschema: None,
                actor: "user:x",
            };
            let mut variables = json!({"type": "a.b", "source": "/x", "priority": "normal", "correlationid": "User", "data": data});
            for (name, value) in [("subject", subject), ("id", id)] {
                if let Some(value) = value {
                    variables[name] = json!(value);
                }
            }
            let payload = data.to_string();
            let found = filter.evaluate(&EventView::new(attributes, Some(payload.as_bytes())));
            let mut slow = Slow { variables: variables.as_object().unwrap(), missing: false };
            let expected = slow.holds(&tree, &[]);
            assert_eq!((found.matched, found.missing, found.gave_up), (expected, slow.missing, false), "{text}\n{variables}");
            matched += usize::from(found.matched);
            missing += usize::from(found.missing);
        }
    }
    assert!(
        matched > cases / 20 && missing > cases / 20 && missing < cases * 19 / 20,
        "{matched} matched, {missing} had something missing"
    );
}
