//! Numbers of schemas compared exactly, or not at all.

use std::cmp::Ordering;

use serde_json::Value;

/// Whole numbers up to here are exact as floating-point numbers.
const EXACT_MAX: i128 = 1 << 53;

fn whole(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

/// How two numbers compare. `None` where one is not a number, or floating point would decide it inexactly.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        (left_whole, right_whole) => {
            let exact = |number: Option<i128>| number.is_none_or(|number| number.abs() <= EXACT_MAX);
            if !exact(left_whole) || !exact(right_whole) {
                return None;
            }
            left.as_f64()?.partial_cmp(&right.as_f64()?)
        }
    }
}

/// Whether every multiple of `old` is one of `new`.
pub fn is_multiple(old: &Value, new: &Value) -> bool {
    if old == new {
        return true;
    }
    matches!((whole(old), whole(new)), (Some(old), Some(new)) if new != 0 && old % new == 0)
}
