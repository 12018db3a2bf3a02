//! What is wrong with a filter: where, what, and what to write instead.

use std::fmt;

use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};

/// Longest word that is compared with others.
const WORD_CHARACTERS_MAX: usize = 40;

/// One problem. A filter is refused at the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterProblem {
    /// The character where it begins, counted from 1 over the whole text.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
    /// What to write instead.
    pub suggestion: String,
}

impl FilterProblem {
    /// One at a place.
    pub fn new(column: usize, what: impl Into<String>, suggestion: impl Into<String>) -> Self {
        Self { column, what: what.into(), suggestion: suggestion.into() }
    }

    /// As it crosses the wire: `filter.invalid`, with the place as its part.
    pub fn failure(&self) -> Failure {
        let part = FailurePart { pointer: format!("column {}", self.column), detail: self.what.clone(), next: self.suggestion.clone() };
        Failure::new(ErrorCode::FILTER_INVALID, format!("the filter does not hold at column {}: {}", self.column, self.what))
            .next(self.suggestion.clone())
            .errors(vec![part])
    }
}

impl fmt::Display for FilterProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}; {}", self.column, self.what, self.suggestion)
    }
}

impl std::error::Error for FilterProblem {}

/// The word of a list that is nearest to a misspelt one: at most a third of its letters differ (one, for short words).
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > WORD_CHARACTERS_MAX {
        return None;
    }
    let near = |candidate: &'a str| (distance(&word.to_lowercase(), &candidate.to_lowercase()), candidate);
    let best = known.into_iter().map(near).min_by_key(|(distance, _)| *distance)?;
    (best.0 <= (length / 3).max(1)).then_some(best.1)
}

/// Counts the letters to insert, delete, replace or swap with their neighbour that turn one word into the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, wanted) in other.iter().enumerate() {
            let mut least = (row[j] + usize::from(letter != wanted)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && one[i - 1] == *wanted {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[other.len()]
}
