//! Why an event does not match: the first clause that fails, what it expects and what is there.

use super::Explanation;
use super::evaluate::{GaveUp, Number, Run, Seen};
use super::tree::{Condition, Operand, Path, Quantifier};
use crate::limits::EVALUATION_STEPS_MAX;

/// Most characters of a value that are shown.
const SHOWN_MAX: usize = 80;

impl<'v> Run<'v> {
    /// The first clause of a condition that does not hold, which makes the whole not hold.
    pub(super) fn why_not(&mut self, condition: &'v Condition) -> Result<Explanation, GaveUp> {
        match condition {
            Condition::All(conditions) => {
                for condition in conditions {
                    if !self.judge(condition)? {
                        return self.why_not(condition);
                    }
                }
                Ok(explanation(condition, "every part to hold", "they do"))
            }
            Condition::Any(conditions) => {
                let mut actual = Vec::new();
                for condition in conditions {
                    let inner = self.why_not(condition)?;
                    actual.push(format!("{}: {}", inner.clause, inner.actual));
                }
                Ok(explanation(condition, "one of the parts to hold", actual.join("; ")))
            }
            Condition::Not(inner) => Ok(explanation(condition, format!("`{inner}` not to hold"), "it holds")),
            Condition::Constant(_) => Ok(explanation(condition, "true", "false")),
            Condition::Holds(path) => Ok(explanation(condition, format!("{path} to be true"), self.shown(path)?)),
            Condition::Has(path) => Ok(explanation(condition, format!("{path} to be there"), "missing")),
            Condition::Compare { left, relation, right } => {
                let expected = format!("{} {}", relation.word(), right);
                let actual = self.both(left, right)?;
                Ok(explanation(condition, expected, actual))
            }
            Condition::In { item, list } => {
                let actual = self.both(item, list)?;
                Ok(explanation(condition, format!("in {list}"), actual))
            }
            Condition::Text { operand, test, argument } => {
                let actual = self.both(operand, argument)?;
                Ok(explanation(condition, format!("{}({argument})", test.word()), actual))
            }
            Condition::Fits { operand, pattern } => {
                let actual = self.operand(operand)?;
                Ok(explanation(condition, format!("a text that fits {}", pattern.as_str()), value(actual)))
            }
            Condition::Each { quantifier, list, condition: inner, name } => {
                let expected = match quantifier {
                    Quantifier::Exists => format!("`{inner}` to hold for an item {name}"),
                    Quantifier::All => format!("`{inner}` to hold for every item {name}"),
                    Quantifier::ExistsOne => format!("`{inner}` to hold for exactly one item {name}"),
                };
                let actual = self.shown(list)?;
                Ok(explanation(condition, expected, actual))
            }
        }
    }

    fn shown(&mut self, path: &'v Path) -> Result<String, GaveUp> {
        Ok(value(self.path(path)?))
    }

    /// The value that is judged, and the other one where the filter does not say it.
    fn both(&mut self, judged: &'v Operand, other: &'v Operand) -> Result<String, GaveUp> {
        let (left, right) = (self.operand(judged)?, self.operand(other)?);
        Ok(match other {
            Operand::Constant(_) | Operand::Instant(_) => value(left),
            Operand::Path(_) | Operand::Size(_) => format!("{}, where {other} is {}", value(left), value(right)),
        })
    }
}

fn explanation(clause: &Condition, expected: impl Into<String>, actual: impl Into<String>) -> Explanation {
    Explanation { clause: clause.to_string(), expected: expected.into(), actual: actual.into() }
}

/// Of a filter that took too many steps.
pub(super) fn gave_up(clause: &Condition) -> Explanation {
    explanation(clause, format!("an answer within {EVALUATION_STEPS_MAX} steps"), "it takes more")
}

/// A value as people see it, cut where it is long.
fn value(seen: Seen<'_>) -> String {
    let text = match seen {
        Seen::Missing => return "missing".to_owned(),
        Seen::Null => "null".to_owned(),
        Seen::Bool(value) => value.to_string(),
        Seen::Number(Number::Whole(number)) => number.to_string(),
        Seen::Number(Number::Real(number)) => number.to_string(),
        Seen::Text(text) => serde_json::Value::from(text).to_string(),
        Seen::Instant(time) => time.to_string(),
        Seen::List(items) => format!("a list of {}", items.len()),
        Seen::Map(fields) => format!("a map of {}", fields.len()),
    };
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
