//! Judges one event. What is missing, or is of another type than what it is compared with, makes a comparison false and is noted; every
//! step is counted.

use std::cmp::Ordering;

use panotti_protocol::time::Timestamp;
use serde_json::{Map, Value};

use super::tree::{Attribute, Condition, Operand, Path, Quantifier, Relation, Root, Step, TextTest};
use crate::limits::TEXT_BYTES_PER_STEP;
use crate::view::EventView;

/// The evaluation took all the steps it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct GaveUp;

/// A value as it is found in the event or in the filter.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seen<'v> {
    Missing,
    Null,
    Bool(bool),
    Number(Number),
    Text(&'v str),
    Instant(Timestamp),
    List(&'v [Value]),
    Map(&'v Map<String, Value>),
}

/// A number as JSON has it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Whole(i128),
    Real(f64),
}

impl Number {
    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(&other),
            (Self::Real(one), Self::Real(other)) => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
            (Self::Whole(whole), Self::Real(real)) => compare_exactly(whole, real),
            (Self::Real(real), Self::Whole(whole)) => compare_exactly(whole, real).reverse(),
        }
    }
}

/// Without rounding the whole number: beyond 2^53 two of them would look alike.
fn compare_exactly(whole: i128, real: f64) -> Ordering {
    let truncated = real.trunc();
    // The cast keeps to the range of `i128`, which is far beyond that of any whole number in JSON.
    #[allow(clippy::cast_possible_truncation)]
    match whole.cmp(&(truncated as i128)) {
        Ordering::Equal => truncated.partial_cmp(&real).unwrap_or(Ordering::Equal),
        different => different,
    }
}

impl<'v> From<&'v Value> for Seen<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => Number::Whole(i128::from(whole)),
                (None, Some(whole)) => Number::Whole(i128::from(whole)),
                (None, None) => Number::Real(number.as_f64().unwrap_or(f64::NAN)),
            }),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items),
            Value::Object(fields) => Self::Map(fields),
        }
    }
}

/// One evaluation under way.
pub(super) struct Run<'v> {
    view: &'v EventView<'v>,
    /// The items that are gone through, outermost first.
    items: Vec<&'v Value>,
    /// Something was missing or of another type.
    pub(super) missing: bool,
    steps_left: u64,
}

impl<'v> Run<'v> {
    pub(super) fn new(view: &'v EventView<'v>, steps_max: u64) -> Self {
        Self { view, items: Vec::new(), missing: false, steps_left: steps_max }
    }

    fn spend(&mut self, steps: u64) -> Result<(), GaveUp> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(GaveUp)?;
        Ok(())
    }

    fn spend_text(&mut self, bytes: usize) -> Result<(), GaveUp> {
        self.spend(bytes as u64 / TEXT_BYTES_PER_STEP)
    }

    /// False, and noted: the question could not be asked.
    fn unasked(&mut self) -> Result<bool, GaveUp> {
        self.missing = true;
        Ok(false)
    }

    pub(super) fn judge(&mut self, condition: &'v Condition) -> Result<bool, GaveUp> {
        self.spend(1)?;
        match condition {
            Condition::All(conditions) => {
                for condition in conditions {
                    if !self.judge(condition)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Any(conditions) => {
                for condition in conditions {
                    if self.judge(condition)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::Not(condition) => Ok(!self.judge(condition)?),
            Condition::Constant(value) => Ok(*value),
            Condition::Holds(path) => match self.path(path)? {
                Seen::Bool(value) => Ok(value),
                _ => self.unasked(),
            },
            Condition::Has(path) => Ok(!matches!(self.path(path)?, Seen::Missing)),
            Condition::Compare { left, relation, right } => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                self.compare(left, *relation, right)
            }
            Condition::In { item, list } => {
                let (item, list) = (self.operand(item)?, self.operand(list)?);
                self.contained(item, list)
            }
            Condition::Text { operand, test, argument } => match (self.operand(operand)?, self.operand(argument)?) {
                (Seen::Text(text), Seen::Text(argument)) => {
                    self.spend_text(text.len())?;
                    Ok(match test {
                        TextTest::StartsWith => text.starts_with(argument),
                        TextTest::EndsWith => text.ends_with(argument),
                        TextTest::Contains => text.contains(argument),
                    })
                }
                _ => self.unasked(),
            },
            Condition::Fits { operand, pattern } => match self.operand(operand)? {
                Seen::Text(text) => {
                    self.spend(text.len() as u64)?;
                    Ok(pattern.is_match(text))
                }
                _ => self.unasked(),
            },
            Condition::Each { quantifier, list, condition, .. } => match self.path(list)? {
                Seen::List(items) => self.each(*quantifier, items, condition),
                _ => self.unasked(),
            },
        }
    }

    fn each(&mut self, quantifier: Quantifier, items: &'v [Value], condition: &'v Condition) -> Result<bool, GaveUp> {
        let mut holding = 0_usize;
        for item in items {
            self.items.push(item);
            let holds = self.judge(condition);
            self.items.pop();
            match (quantifier, holds?) {
                (Quantifier::Exists, true) => return Ok(true),
                (Quantifier::All, false) => return Ok(false),
                (_, holds) => holding += usize::from(holds),
            }
        }
        Ok(match quantifier {
            Quantifier::Exists => false,
            Quantifier::All => true,
            Quantifier::ExistsOne => holding == 1,
        })
    }

    fn compare(&mut self, left: Seen<'v>, relation: Relation, right: Seen<'v>) -> Result<bool, GaveUp> {
        match relation {
            Relation::Equal | Relation::Unequal => match self.equal(left, right)? {
                Some(equal) => Ok(equal == (relation == Relation::Equal)),
                None => self.unasked(),
            },
            _ => {
                let order = match (left, right) {
                    (Seen::Number(left), Seen::Number(right)) => left.compare(right),
                    (Seen::Text(left), Seen::Text(right)) => {
                        self.spend_text(left.len().min(right.len()))?;
                        left.cmp(right)
                    }
                    (Seen::Instant(left), Seen::Instant(right)) => left.cmp(&right),
                    _ => return self.unasked(),
                };
                Ok(match relation {
                    Relation::Less => order == Ordering::Less,
                    Relation::LessOrEqual => order != Ordering::Greater,
                    Relation::Greater => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                })
            }
        }
    }

    /// Whether two values are the same; `None` where they cannot be compared. `null` is another value than any that is not `null`.
    fn equal(&mut self, left: Seen<'v>, right: Seen<'v>) -> Result<Option<bool>, GaveUp> {
        Ok(match (left, right) {
            (Seen::Missing, _) | (_, Seen::Missing) => None,
            (Seen::Null, other) | (other, Seen::Null) => Some(matches!(other, Seen::Null)),
            (Seen::Bool(left), Seen::Bool(right)) => Some(left == right),
            (Seen::Number(left), Seen::Number(right)) => Some(left.compare(right) == Ordering::Equal),
            (Seen::Instant(left), Seen::Instant(right)) => Some(left == right),
            (Seen::Text(left), Seen::Text(right)) => {
                self.spend_text(left.len().min(right.len()))?;
                Some(left == right)
            }
            (Seen::List(left), Seen::List(right)) => Some(left.len() == right.len() && self.all_same(left.iter().zip(right))?),
            (Seen::Map(left), Seen::Map(right)) => {
                let pairs: Option<Vec<_>> = left.iter().map(|(name, value)| Some((value, right.get(name)?))).collect();
                Some(match pairs {
                    Some(pairs) if left.len() == right.len() => self.all_same(pairs.into_iter())?,
                    _ => false,
                })
            }
            _ => None,
        })
    }

    /// Whether values inside lists and maps are the same: there, values of different types simply are not.
    fn all_same(&mut self, mut pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Result<bool, GaveUp> {
        pairs.try_fold(true, |same, (left, right)| {
            self.spend(1)?;
            Ok(same && self.equal(left.into(), right.into())?.unwrap_or(false))
        })
    }

    fn contained(&mut self, item: Seen<'v>, list: Seen<'v>) -> Result<bool, GaveUp> {
        match (item, list) {
            (Seen::Missing, _) => self.unasked(),
            (item, Seen::List(values)) => {
                for value in values {
                    self.spend(1)?;
                    if self.equal(item, value.into())? == Some(true) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            (Seen::Text(name), Seen::Map(fields)) => Ok(fields.contains_key(name)),
            _ => self.unasked(),
        }
    }

    pub(super) fn operand(&mut self, operand: &'v Operand) -> Result<Seen<'v>, GaveUp> {
        match operand {
            Operand::Constant(value) => Ok(value.into()),
            Operand::Instant(time) => Ok(Seen::Instant(*time)),
            Operand::Path(path) => self.path(path),
            Operand::Size(path) => {
                let size = match self.path(path)? {
                    Seen::List(items) => items.len(),
                    Seen::Map(fields) => fields.len(),
                    Seen::Text(text) => {
                        self.spend_text(text.len())?;
                        text.chars().count()
                    }
                    _ => return Ok(Seen::Missing),
                };
                Ok(Seen::Number(Number::Whole(size as i128)))
            }
        }
    }

    pub(super) fn path(&mut self, path: &'v Path) -> Result<Seen<'v>, GaveUp> {
        self.spend(1 + path.steps.len() as u64)?;
        let mut value = match &path.root {
            Root::Attribute(attribute) => return Ok(self.attribute(*attribute)),
            Root::Data => self.view.data(),
            Root::Item(depth, _) => self.items.get(*depth).copied(),
        };
        for step in &path.steps {
            value = match (step, value) {
                (Step::Field(name), Some(Value::Object(fields))) => fields.get(name),
                (Step::Index(index), Some(Value::Array(items))) => items.get(*index),
                _ => None,
            };
        }
        Ok(value.map_or(Seen::Missing, Seen::from))
    }

    fn attribute(&self, attribute: Attribute) -> Seen<'v> {
        let known = &self.view.attributes;
        let text = match attribute {
            Attribute::Time => return Seen::Instant(known.time),
            Attribute::Type => Some(known.topic),
            Attribute::Source => Some(known.source),
            Attribute::Subject => known.subject,
            Attribute::Priority => Some(known.priority.as_str()),
            Attribute::CorrelationId => known.correlationid,
            Attribute::Id => known.id,
            Attribute::EventId => known.eventid,
            Attribute::OrderingKey => known.orderingkey,
            Attribute::DataContentType => Some(known.datacontenttype),
            Attribute::DataSchema => known.dataschema,
            Attribute::Actor => Some(known.actor),
        };
        text.map_or(Seen::Missing, Seen::Text)
    }
}
