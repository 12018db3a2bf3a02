//! Filters: a guarded subset of CEL over an event, the same everywhere. The syntax is read by the `cel` crate; the meaning is ours, because
//! a filter must never fail on an event and never cost more than it may (docs/decisions/0010-filters-have-their-own-evaluator.md).
//!
//! A comparison with a missing field is false, `!=` too; `!` negates that; `has()` asks. The same goes for a value of another type than
//! what it is compared with. Each such evaluation says so, and is no error.
//!
//! - `scan`: a first look at the text: length, nesting, what the subset leaves out
//! - `compile`: from the parser's tree to `tree`
//! - `evaluate`: judges an event, every step counted
//! - `explain`: why an event does not match

mod compile;
mod evaluate;
mod explain;
mod problem;
mod scan;
mod tree;

use std::fmt;

pub use problem::FilterProblem;

use self::compile::Compiler;
use self::evaluate::Run;
use self::tree::{Attribute, Condition, Operand, Path, Root};
use crate::limits::{EVALUATION_STEPS_MAX, LIST_ITEMS_EXPECTED, PARSER_STACK_BYTES};
use crate::view::EventView;

/// A compiled filter. Compile once, evaluate often.
#[derive(Debug, Clone)]
pub struct Filter {
    text: String,
    condition: Condition,
}

/// What an evaluation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evaluation {
    /// Whether the event matches.
    pub matched: bool,
    /// Whether a comparison was asked of a missing field, or of one of another type.
    pub missing: bool,
    /// Whether it took more than [`EVALUATION_STEPS_MAX`] steps. Then the event does not match.
    pub gave_up: bool,
}

/// Why an event does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The first clause that fails, in its plain form.
    pub clause: String,
    /// What it expects.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

impl Filter {
    /// Compiles a filter.
    ///
    /// # Errors
    /// The first problem, with its place. Limits are in [`crate::limits`].
    pub fn compile(text: &str) -> Result<Self, FilterProblem> {
        scan::check(text)?;
        let condition = parse(text)?;
        let steps = steps(&condition);
        if steps > EVALUATION_STEPS_MAX {
            let what =
                format!("on lists of {LIST_ITEMS_EXPECTED} items the filter takes {steps} steps, the limit is {EVALUATION_STEPS_MAX}");
            return Err(FilterProblem::new(1, what, "ask less of each item, or use a list inside a list only once"));
        }
        Ok(Self { text: text.to_owned(), condition })
    }

    /// The filter as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Judges an event.
    pub fn evaluate(&self, event: &EventView<'_>) -> Evaluation {
        let mut run = Run::new(event, EVALUATION_STEPS_MAX);
        match run.judge(&self.condition) {
            Ok(matched) => Evaluation { matched, missing: run.missing, gave_up: false },
            Err(evaluate::GaveUp) => Evaluation { matched: false, missing: run.missing, gave_up: true },
        }
    }

    /// Why an event does not match: the first clause that fails. `None` where it matches.
    pub fn explain(&self, event: &EventView<'_>) -> Option<Explanation> {
        match self.evaluate(event) {
            Evaluation { matched: true, .. } => return None,
            Evaluation { gave_up: true, .. } => return Some(explain::gave_up(&self.condition)),
            Evaluation { .. } => {}
        }
        // Twice the steps: what fails is judged again on the way down to it.
        let mut run = Run::new(event, EVALUATION_STEPS_MAX * 2);
        Some(run.why_not(&self.condition).unwrap_or_else(|evaluate::GaveUp| explain::gave_up(&self.condition)))
    }

    /// Whether the filter looks into the payload.
    pub fn reads_data(&self) -> bool {
        looks_at(&self.condition, &|root| matches!(root, Root::Data))
    }

    /// Whether the filter asks for `eventid`, which no event has yet when its subscriptions are decided.
    pub fn asks_for_eventid(&self) -> bool {
        looks_at(&self.condition, &|root| matches!(root, Root::Attribute(Attribute::EventId)))
    }
}

impl fmt::Display for Filter {
    /// The filter in its plain form, which compiles to the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

/// Parses and compiles on a stack of its own: the parser takes some 200 KiB for each pair of brackets in a debug build, more than a
/// usual thread has for the brackets that are allowed. Where it panics on a text, that text is refused.
fn parse(text: &str) -> Result<Condition, FilterProblem> {
    let compile = || {
        // Without macros: what CEL expands, such as `has` and `exists`, stays as it is written.
        let parser = cel::Env::default().with_optional_support(false).parser();
        let (expression, source) = parser.parse_with_source_info(text).map_err(|errors| syntax(text, &errors))?;
        Compiler::new(text, &source).condition(&expression)
    };
    let compiled = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("panotti-filter".to_owned()).stack_size(PARSER_STACK_BYTES);
        builder.spawn_scoped(scope, compile).ok().and_then(|thread| thread.join().ok())
    });
    compiled.unwrap_or_else(|| Err(FilterProblem::new(1, "the parser could not read this", "write it more simply; and please report it")))
}

/// The steps of an evaluation on lists of [`LIST_ITEMS_EXPECTED`] items, texts left aside.
fn steps(condition: &Condition) -> u64 {
    let path = |path: &Path| 1 + path.steps.len() as u64;
    let operand = |operand: &Operand| match operand {
        Operand::Constant(serde_json::Value::Array(values)) => values.len() as u64,
        Operand::Constant(_) | Operand::Instant(_) => 0,
        Operand::Path(of) | Operand::Size(of) => path(of),
    };
    1 + match condition {
        Condition::All(conditions) | Condition::Any(conditions) => conditions.iter().map(steps).sum(),
        Condition::Not(condition) => steps(condition),
        Condition::Constant(_) => 0,
        Condition::Holds(of) | Condition::Has(of) => path(of),
        Condition::Compare { left, right, .. } => operand(left) + operand(right),
        Condition::In { item, list: Operand::Path(list) } => operand(item) + path(list) + LIST_ITEMS_EXPECTED,
        Condition::In { item, list } => operand(item) + operand(list),
        Condition::Text { operand: text, argument, .. } => operand(text) + operand(argument),
        Condition::Fits { operand: text, .. } => operand(text),
        Condition::Each { list, condition, .. } => path(list) + LIST_ITEMS_EXPECTED * steps(condition),
    }
}

/// Whether one of its paths begins at such a place.
fn looks_at(condition: &Condition, wanted: &dyn Fn(&Root) -> bool) -> bool {
    let path = |path: &Path| wanted(&path.root);
    let operand = |operand: &Operand| match operand {
        Operand::Constant(_) | Operand::Instant(_) => false,
        Operand::Path(of) | Operand::Size(of) => path(of),
    };
    match condition {
        Condition::All(conditions) | Condition::Any(conditions) => conditions.iter().any(|condition| looks_at(condition, wanted)),
        Condition::Not(condition) => looks_at(condition, wanted),
        Condition::Constant(_) => false,
        Condition::Holds(of) | Condition::Has(of) => path(of),
        Condition::Compare { left, right, .. } => operand(left) || operand(right),
        Condition::In { item, list } => operand(item) || operand(list),
        Condition::Text { operand: text, argument, .. } => operand(text) || operand(argument),
        Condition::Fits { operand: text, .. } => operand(text),
        Condition::Each { list, condition, .. } => path(list) || looks_at(condition, wanted),
    }
}

/// What the parser did not understand, in our words.
fn syntax(text: &str, errors: &cel::ParseErrors) -> FilterProblem {
    let (line, column) = errors.errors.first().map_or((1, 1), |error| error.pos);
    let place = |number: isize| usize::try_from(number).unwrap_or(1).max(1);
    let before: usize = text.split_inclusive('\n').take(place(line) - 1).map(|line| line.chars().count()).sum();
    let characters = text.chars().count();
    let column = (before + place(column)).min(characters + 1);
    let found: String = text.chars().skip(column - 1).take_while(|c| !c.is_whitespace()).take(20).collect();
    let said = errors.errors.first().map_or("", |error| error.msg.as_str());
    if found.is_empty() {
        return FilterProblem::new(column, "the filter ends too early", "write what is to follow, for example a value to compare with");
    }
    if let Some(word) = said.strip_prefix("reserved identifier: ") {
        return FilterProblem::new(
            column,
            format!("`{word}` is a word that CEL keeps for itself"),
            format!("write `data[\"{word}\"]` for a field"),
        );
    }
    if said.starts_with("invalid string literal") {
        return FilterProblem::new(column, "this text in quotes does not hold", "write a backslash twice, or put `r` before the quotes");
    }
    if said.starts_with("invalid int") || said.starts_with("invalid double") || said.starts_with("invalid uint") {
        return FilterProblem::new(column, "this number is too large", "write a smaller one, or one with a point");
    }
    FilterProblem::new(
        column,
        format!("this is not expected here: `{found}`"),
        "conditions look like `data.duration > 5 && type == \"a.b\"`",
    )
}

#[cfg(test)]
mod tests;
