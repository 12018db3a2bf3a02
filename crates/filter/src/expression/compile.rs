//! From the parser's tree to ours: names are looked up, types of what is written are checked, and whatever is not in the subset is refused
//! by its place.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, SourceInfo, operators};
use panotti_protocol::time::Timestamp;
use serde_json::Value;

use super::problem::{FilterProblem, nearest};
use super::tree::{Attribute, Condition, Operand, Path, Quantifier, Relation, Root, Step, TextTest};
use crate::limits::{LIST_VALUES_MAX, PATTERN_BYTES_MAX, QUANTIFIERS_NESTED_MAX};

/// Functions of the subset that are written after a value.
const METHODS: [&str; 8] = ["startsWith", "endsWith", "contains", "matches", "exists", "all", "exists_one", "size"];
/// Functions that are written before it.
const FUNCTIONS: [&str; 3] = ["has", "size", "timestamp"];
/// What people write who know the SDKs' words, and the word here.
const OTHER_WORDS: [(&str, &str); 5] =
    [("payload", "data"), ("name", "type"), ("topic", "type"), ("correlation_id", "correlationid"), ("event_id", "eventid")];
/// Priorities as they are written.
const PRIORITIES: [&str; 4] = ["critical", "high", "normal", "low"];

type Compiled<T> = Result<T, FilterProblem>;

/// Compiles the parser's tree.
pub(super) struct Compiler<'a> {
    text: &'a str,
    source: &'a SourceInfo,
    /// Names of the items that are gone through, outermost first.
    items: Vec<String>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(text: &'a str, source: &'a SourceInfo) -> Self {
        Self { text, source, items: Vec::new() }
    }

    fn problem(&self, at: &IdedExpr, what: impl Into<String>, suggestion: impl Into<String>) -> FilterProblem {
        let begins = self.begins(at);
        // The parser counts bytes, people count characters.
        let characters = self.text.char_indices().take_while(|(byte, _)| *byte < begins).count();
        FilterProblem::new(characters + 1, what, suggestion)
    }

    /// The byte where an expression begins: for a path its first word, for a function its name, for anything else its operator or value.
    fn begins(&self, at: &IdedExpr) -> usize {
        let token = self.source.offset_for(at.id).map_or(0, |(begins, _)| begins as usize);
        match &at.expr {
            Expr::Select(select) => self.begins(&select.operand),
            Expr::Call(CallExpr { func_name, target: None, args }) if func_name == operators::INDEX => {
                args.first().map_or(token, |operand| self.begins(operand))
            }
            Expr::Call(call) if self.text.get(..token).is_some_and(|before| before.ends_with(&call.func_name)) => {
                token - call.func_name.len()
            }
            _ => token,
        }
    }

    pub(super) fn condition(&mut self, expr: &IdedExpr) -> Compiled<Condition> {
        match &expr.expr {
            Expr::Call(call) => match (&call.target, call.func_name.as_str()) {
                (None, operators::INDEX) => self.holds(expr),
                (None, name) => self.called(expr, call, name),
                (Some(target), name) => self.method(expr, target, call, name),
            },
            Expr::Ident(_) | Expr::Select(_) => self.holds(expr),
            Expr::Literal(LiteralValue::Boolean(value)) => Ok(Condition::Constant(*value.inner())),
            Expr::Literal(_) | Expr::List(_) => Err(self.problem(expr, "a value alone is no condition", "compare something with it")),
            _ => Err(self.problem(expr, "this is not in the subset of CEL that filters have", "see `panotti help filters`")),
        }
    }

    /// A bare field: it must be `true`.
    fn holds(&mut self, expr: &IdedExpr) -> Compiled<Condition> {
        let path = self.path(expr)?;
        match path.root {
            Root::Attribute(attribute) => {
                let what = format!("`{}` alone is no condition: it is never true or false", attribute.word());
                Err(self.problem(expr, what, format!("compare it: `{} == \"...\"`", attribute.word())))
            }
            Root::Data | Root::Item(..) => Ok(Condition::Holds(path)),
        }
    }

    /// An operator, or a function before its value.
    fn called(&mut self, expr: &IdedExpr, call: &CallExpr, name: &str) -> Compiled<Condition> {
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, _) => {
                let mut conditions = Vec::new();
                self.flatten(expr, name, &mut conditions)?;
                Ok(if name == operators::LOGICAL_AND { Condition::All(conditions) } else { Condition::Any(conditions) })
            }
            (operators::LOGICAL_NOT, [condition]) => Ok(Condition::Not(Box::new(self.condition(condition)?))),
            (operators::IN, [item, list]) => self.contained(expr, item, list),
            ("has", [field]) => Ok(Condition::Has(self.path(field)?)),
            ("has", _) => Err(self.problem(expr, "`has` asks for one field", "write `has(data.name)`")),
            ("size" | "timestamp", _) => {
                Err(self.problem(expr, format!("`{name}(...)` alone is no condition"), "compare it with something"))
            }
            (operator, [left, right]) => match relation(operator) {
                Some(relation) => self.compare(expr, left, relation, right),
                None => Err(self.unknown_function(expr, operator, &FUNCTIONS)),
            },
            _ => Err(self.unknown_function(expr, name, &FUNCTIONS)),
        }
    }

    /// The parser balances long chains into a tree; here they are a list again, in the order in which they are written.
    fn flatten(&mut self, expr: &IdedExpr, operator: &str, into: &mut Vec<Condition>) -> Compiled<()> {
        match &expr.expr {
            Expr::Call(call) if call.target.is_none() && call.func_name == operator => {
                call.args.iter().try_for_each(|part| self.flatten(part, operator, into))
            }
            _ => {
                into.push(self.condition(expr)?);
                Ok(())
            }
        }
    }

    fn unknown_function(&self, expr: &IdedExpr, name: &str, known: &[&str]) -> FilterProblem {
        if let "_+_" | "_-_" | "_*_" | "_/_" | "_%_" | "-_" = name {
            return self.problem(expr, "filters do not calculate", "compare with the result instead");
        }
        let next = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        self.problem(expr, format!("there is no function `{name}` here"), next)
    }

    /// A function after its value.
    fn method(&mut self, expr: &IdedExpr, target: &IdedExpr, call: &CallExpr, name: &str) -> Compiled<Condition> {
        let quantifier = Quantifier::from_word(if name == "existsOne" { "exists_one" } else { name });
        match (quantifier, TextTest::from_word(name), call.args.as_slice()) {
            (Some(quantifier), _, [item, condition]) => self.each(expr, quantifier, target, item, condition),
            (Some(quantifier), ..) => {
                let word = quantifier.word();
                Err(self.problem(
                    expr,
                    format!("`{word}` takes a name and a condition"),
                    format!("write `data.items.{word}(item, item.n > 1)`"),
                ))
            }
            (_, Some(test), [argument]) => {
                let operand = self.text_operand(target)?;
                let argument = self.text_operand(argument)?;
                Ok(Condition::Text { operand, test, argument })
            }
            (_, None, [pattern]) if name == "matches" => self.fits(target, pattern),
            (_, Some(_), _) => Err(self.problem(expr, format!("`{name}` takes one text"), format!("write `data.name.{name}(\"...\")`"))),
            _ if name == "size" => Err(self.problem(expr, "`size()` alone is no condition", "compare it with something")),
            _ => Err(self.unknown_function(expr, name, &METHODS)),
        }
    }

    fn each(
        &mut self,
        expr: &IdedExpr,
        quantifier: Quantifier,
        list: &IdedExpr,
        item: &IdedExpr,
        condition: &IdedExpr,
    ) -> Compiled<Condition> {
        let list = self.path(list)?;
        let Expr::Ident(name) = &item.expr else {
            return Err(self.problem(item, "this is no name for an item", format!("write `{}(item, ...)`", quantifier.word())));
        };
        if variable(name).is_some() || self.items.contains(name) {
            let what = format!("`{name}` means something else already");
            return Err(self.problem(item, what, "give the item another name"));
        }
        if self.items.len() == QUANTIFIERS_NESTED_MAX {
            let what = format!("lists are gone through inside one another {QUANTIFIERS_NESTED_MAX} deep at most");
            return Err(self.problem(expr, what, "ask about the inner list in a filter of its own"));
        }
        self.items.push(name.clone());
        let condition = self.condition(condition);
        self.items.pop();
        Ok(Condition::Each { quantifier, list, name: name.clone(), condition: Box::new(condition?) })
    }

    fn fits(&mut self, target: &IdedExpr, pattern: &IdedExpr) -> Compiled<Condition> {
        let operand = self.text_operand(target)?;
        let Operand::Constant(Value::String(text)) = self.operand(pattern)? else {
            return Err(self.problem(pattern, "a pattern is written, not looked up", "write it in quotes"));
        };
        let built = regex::RegexBuilder::new(&text).size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX).build();
        match built {
            Ok(pattern) => Ok(Condition::Fits { operand, pattern }),
            Err(regex::Error::CompiledTooBig(_)) => {
                let what = format!("the pattern takes more than {PATTERN_BYTES_MAX} bytes of memory");
                Err(self.problem(pattern, what, "repeat fewer things fewer times"))
            }
            Err(error) => {
                let what = error.to_string();
                let last = what.lines().last().unwrap_or("it does not hold").trim_start_matches("error: ").to_owned();
                Err(self.problem(pattern, format!("this is no regular expression: {last}"), "mend it, or use `contains`"))
            }
        }
    }

    fn contained(&mut self, expr: &IdedExpr, item: &IdedExpr, list: &IdedExpr) -> Compiled<Condition> {
        let item = self.operand(item)?;
        let written = list;
        let list = self.operand(list)?;
        match &list {
            Operand::Constant(Value::Array(_)) => {}
            Operand::Path(Path { root: Root::Data | Root::Item(..), .. }) => {}
            _ => return Err(self.problem(written, "`in` looks into a list", "write a list, or a field that has one")),
        }
        if let Operand::Constant(Value::Array(values)) = &list {
            for value in values {
                self.check_priority(expr, &item, &Operand::Constant(value.clone()))?;
            }
            if matches!(item, Operand::Instant(_)) || is_attribute(&item, Attribute::Time) {
                return Err(self.problem(expr, "`time` is in no list", "compare it: `time > timestamp(\"...\")`"));
            }
        }
        Ok(Condition::In { item, list })
    }

    fn compare(&mut self, expr: &IdedExpr, left: &IdedExpr, relation: Relation, right: &IdedExpr) -> Compiled<Condition> {
        let (left, right) = (self.operand(left)?, self.operand(right)?);
        let ordered = !matches!(relation, Relation::Equal | Relation::Unequal);
        for (one, other) in [(&left, &right), (&right, &left)] {
            if is_attribute(one, Attribute::Priority) && ordered {
                let next = "name them: `priority in [\"critical\", \"high\"]`";
                return Err(self.problem(expr, "priorities are words, whose order is not that of the alphabet", next));
            }
            self.check_priority(expr, one, other)?;
            if is_attribute(one, Attribute::Time) && matches!(other, Operand::Constant(_)) {
                let next = "write `timestamp(\"2026-11-22T10:00:00Z\")`";
                return Err(self.problem(expr, "`time` is compared with a point in time", next));
            }
            if ordered && matches!(one, Operand::Constant(Value::Bool(_) | Value::Null | Value::Array(_))) {
                return Err(self.problem(expr, "only numbers, texts and times have an order", "use `==` or `!=`"));
            }
        }
        Ok(Condition::Compare { left, relation, right })
    }

    fn check_priority(&self, expr: &IdedExpr, one: &Operand, other: &Operand) -> Compiled<()> {
        match other {
            Operand::Constant(Value::String(word)) if is_attribute(one, Attribute::Priority) && !PRIORITIES.contains(&word.as_str()) => {
                let next = match nearest(word, PRIORITIES) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("there are {}", PRIORITIES.join(", ")),
                };
                Err(self.problem(expr, format!("\"{word}\" is no priority"), next))
            }
            _ => Ok(()),
        }
    }

    /// A value of which a text is expected: what can never be one is refused.
    fn text_operand(&mut self, expr: &IdedExpr) -> Compiled<Operand> {
        let operand = self.operand(expr)?;
        match &operand {
            Operand::Constant(Value::String(_)) | Operand::Path(_) if !is_attribute(&operand, Attribute::Time) => Ok(operand),
            _ => Err(self.problem(expr, "this is no text", "use a field that has a text, or write one in quotes")),
        }
    }

    fn operand(&mut self, expr: &IdedExpr) -> Compiled<Operand> {
        match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal).map(Operand::Constant),
            Expr::List(list) => {
                if list.elements.len() > LIST_VALUES_MAX {
                    let what = format!("the list has {} values, the limit is {LIST_VALUES_MAX}", list.elements.len());
                    return Err(self.problem(expr, what, "ask with `startsWith` or `matches`, or divide the filter"));
                }
                let values: Compiled<Vec<Value>> = list.elements.iter().map(|item| self.written(item)).collect();
                Ok(Operand::Constant(Value::Array(values?)))
            }
            Expr::Ident(_) | Expr::Select(_) => self.path(expr).map(Operand::Path),
            Expr::Call(call) => match (call.func_name.as_str(), &call.target, call.args.as_slice()) {
                (operators::INDEX, None, _) => self.path(expr).map(Operand::Path),
                (operators::NEGATE, None, _) => self.written(expr).map(Operand::Constant),
                ("size", None, [of]) => self.size(of),
                ("size", Some(of), []) => self.size(of),
                ("timestamp", None, [time]) => self.instant(time),
                (name, ..) if is_condition(name) => {
                    Err(self.problem(expr, "this is a condition, not a value to compare", "join conditions with `&&` and `||`"))
                }
                (name, target, _) => {
                    let known: &[&str] = if target.is_some() { &METHODS } else { &FUNCTIONS };
                    Err(self.unknown_function(expr, name, known))
                }
            },
            _ => Err(self.problem(expr, "this is not in the subset of CEL that filters have", "see `panotti help filters`")),
        }
    }

    fn size(&mut self, of: &IdedExpr) -> Compiled<Operand> {
        let path = self.path(of)?;
        match path.root {
            Root::Attribute(Attribute::Time) => Err(self.problem(of, "`time` has no size", "compare it with a point in time")),
            _ => Ok(Operand::Size(path)),
        }
    }

    fn instant(&mut self, time: &IdedExpr) -> Compiled<Operand> {
        let written = match &time.expr {
            Expr::Literal(LiteralValue::String(text)) => text.inner().parse::<Timestamp>().ok(),
            _ => None,
        };
        match written {
            Some(time) => Ok(Operand::Instant(time)),
            None => Err(self.problem(time, "this is no point in time", "write it like \"2026-11-22T10:00:00Z\"")),
        }
    }

    /// A value as written: also a number with a sign.
    fn written(&self, expr: &IdedExpr) -> Compiled<Value> {
        match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal),
            Expr::Call(call) if call.func_name == operators::NEGATE => match call.args.first().map(|number| &number.expr) {
                Some(Expr::Literal(LiteralValue::Int(number))) => Ok(Value::from(number.inner().wrapping_neg())),
                Some(Expr::Literal(LiteralValue::Double(number))) => Ok(Value::from(-*number.inner())),
                _ => Err(self.problem(expr, "filters do not calculate", "compare with the result instead")),
            },
            _ => Err(self.problem(expr, "lists in a filter have values as written", "write texts, numbers, true, false or null")),
        }
    }

    fn literal(&self, expr: &IdedExpr, literal: &LiteralValue) -> Compiled<Value> {
        Ok(match literal {
            LiteralValue::Null => Value::Null,
            LiteralValue::Boolean(value) => Value::from(*value.inner()),
            LiteralValue::Int(value) => Value::from(*value.inner()),
            LiteralValue::UInt(value) => Value::from(*value.inner()),
            LiteralValue::Double(value) => Value::from(*value.inner()),
            LiteralValue::String(value) => Value::from(value.inner()),
            LiteralValue::Bytes(_) => return Err(self.problem(expr, "JSON has no bytes", "leave the `b` before the quotes out")),
        })
    }

    fn path(&mut self, expr: &IdedExpr) -> Compiled<Path> {
        match &expr.expr {
            Expr::Ident(name) => self.root(expr, name),
            Expr::Select(select) => {
                let path = self.path(&select.operand)?;
                self.extended(expr, path, Step::Field(select.field.clone()))
            }
            Expr::Call(call) if call.func_name == operators::INDEX && call.target.is_none() => {
                let [operand, index] = call.args.as_slice() else {
                    return Err(self.problem(expr, "this is no field", "write `data.name` or `data[0]`"));
                };
                let step = match &index.expr {
                    Expr::Literal(LiteralValue::String(name)) => Step::Field(name.inner().to_owned()),
                    Expr::Literal(LiteralValue::Int(number)) => match usize::try_from(*number.inner()) {
                        Ok(number) => Step::Index(number),
                        Err(_) => return Err(self.problem(index, "lists are counted from 0", "write `[0]` for the first item")),
                    },
                    _ => return Err(self.problem(index, "a step is written, not looked up", "write a text or a number in the brackets")),
                };
                let path = self.path(operand)?;
                self.extended(expr, path, step)
            }
            _ => Err(self.problem(expr, "this is no field of the event", "write it like `data.name`, `data[\"name\"]` or `data.list[0]`")),
        }
    }

    fn root(&self, expr: &IdedExpr, name: &str) -> Compiled<Path> {
        let path = |root| Ok(Path { root, steps: Vec::new() });
        if let Some(depth) = self.items.iter().position(|item| item == name) {
            return path(Root::Item(depth, name.to_owned()));
        }
        if let Some(root) = variable(name) {
            return path(root);
        }
        let other = OTHER_WORDS.iter().find(|(word, _)| *word == name).map(|(_, here)| *here);
        let known = || variables().chain(self.items.iter().map(String::as_str));
        let next = match other.or_else(|| nearest(name, known())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("fields of the payload begin with `data.`; beside it there are {}", variables().collect::<Vec<_>>().join(", ")),
        };
        Err(self.problem(expr, format!("there is no `{name}`"), next))
    }

    fn extended(&self, expr: &IdedExpr, mut path: Path, step: Step) -> Compiled<Path> {
        if let Root::Attribute(attribute) = path.root {
            let what = format!("`{}` has no fields", attribute.word());
            return Err(self.problem(expr, what, "fields are in `data`"));
        }
        path.steps.push(step);
        Ok(path)
    }
}

fn is_attribute(operand: &Operand, wanted: Attribute) -> bool {
    matches!(operand, Operand::Path(Path { root: Root::Attribute(attribute), .. }) if *attribute == wanted)
}

/// Whether what is called is true or false.
fn is_condition(name: &str) -> bool {
    relation(name).is_some()
        || matches!(name, operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT | operators::IN | "has" | "matches")
        || TextTest::from_word(name).is_some()
        || Quantifier::from_word(name).is_some()
}

fn relation(operator: &str) -> Option<Relation> {
    Relation::from_word(operator.strip_prefix('_')?.strip_suffix('_')?)
}

/// What a name stands for where no item has it.
fn variable(name: &str) -> Option<Root> {
    if name == "data" { Some(Root::Data) } else { Attribute::from_word(name).map(Root::Attribute) }
}

fn variables<'a>() -> impl Iterator<Item = &'a str> {
    std::iter::once("data").chain(Attribute::ALL.iter().map(|(word, _)| *word))
}
