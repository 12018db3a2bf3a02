//! A first look at a filter's text, before the parser: whatever could cost the parser time or stack is refused here by its place, and so
//! is what the subset leaves out altogether. What passes is plain ASCII outside of quotes, and its nesting and paths are short.

use super::problem::FilterProblem;
use crate::limits::{NESTING_MAX, PATH_STEPS_MAX, TEXT_BYTES_MAX};

/// What stands between two brackets, as far as it was read.
#[derive(Default)]
struct Level {
    /// Steps of the path that is under way.
    steps: usize,
    /// Comparisons since the last `&&`, `||` or comma.
    comparisons: usize,
}

/// Checks the text.
///
/// # Errors
/// The first place that does not hold.
pub fn check(text: &str) -> Result<(), FilterProblem> {
    if text.len() > TEXT_BYTES_MAX {
        let what = format!("the filter has {} bytes, the limit is {TEXT_BYTES_MAX}", text.len());
        return Err(FilterProblem::new(1, what, "make it shorter, or divide it"));
    }
    if text.trim().is_empty() {
        return Err(FilterProblem::new(1, "the filter is empty", "write a condition such as `data.duration > 5`"));
    }
    let characters: Vec<char> = text.chars().collect();
    let mut levels = vec![Level::default()];
    let mut at = 0;
    while at < characters.len() {
        at += match characters[at] {
            quote @ ('"' | '\'') => quoted(&characters[at..], quote, is_raw(&characters[..at]), at + 1)?,
            '(' | '[' => {
                step(&mut levels, at + 1)?;
                if levels.len() > NESTING_MAX {
                    let what = format!("brackets are nested deeper than {NESTING_MAX}");
                    return Err(FilterProblem::new(at + 1, what, "take some of them apart"));
                }
                levels.push(Level::default());
                1
            }
            ')' | ']' => {
                if levels.len() == 1 {
                    let what = format!("this `{}` closes nothing", characters[at]);
                    return Err(FilterProblem::new(at + 1, what, "leave it out, or open the bracket before"));
                }
                levels.pop();
                1
            }
            '.' => {
                step(&mut levels, at + 1)?;
                1
            }
            character if character.is_ascii_alphanumeric() || character == '_' => word(&characters[at..], &mut levels, at + 1)?,
            character if character.is_whitespace() => 1,
            _ => operator(&characters[at..], &mut levels, at + 1)?,
        };
    }
    if levels.len() > 1 {
        return Err(FilterProblem::new(characters.len() + 1, "a bracket is not closed", "close it"));
    }
    Ok(())
}

/// Whether the quote after these characters begins a raw text: `r"\d+"`.
fn is_raw(before: &[char]) -> bool {
    let marks = before.iter().rev().take_while(|character| matches!(character, 'r' | 'R' | 'b' | 'B')).count();
    let begins_a_word = before.len() == marks || !is_word(before[before.len() - marks - 1]);
    begins_a_word && before[before.len() - marks..].iter().any(|mark| matches!(mark, 'r' | 'R'))
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// How many characters a quoted text has, its quotes included.
fn quoted(text: &[char], quote: char, raw: bool, column: usize) -> Result<usize, FilterProblem> {
    let length = if text.starts_with(&[quote; 3]) { 3 } else { 1 };
    let mut at = length;
    while at < text.len() {
        match text[at] {
            '\\' if !raw => at += 2,
            '\n' | '\r' if length == 1 => break,
            _ if text[at..].starts_with(&[quote; 3][..length]) => return Ok(at + length),
            _ => at += 1,
        }
    }
    Err(FilterProblem::new(column, "this quote is not closed", format!("end the text with {}", String::from(quote).repeat(length))))
}

fn step(levels: &mut [Level], column: usize) -> Result<(), FilterProblem> {
    let Some(level) = levels.last_mut() else { return Ok(()) };
    level.steps += 1;
    if level.steps > PATH_STEPS_MAX {
        let what = format!("this path has more than {PATH_STEPS_MAX} steps");
        return Err(FilterProblem::new(column, what, "look into the event less deeply"));
    }
    Ok(())
}

/// A word or a number; `in` is an operator.
fn word(text: &[char], levels: &mut [Level], column: usize) -> Result<usize, FilterProblem> {
    let length = text.iter().take_while(|character| is_word(**character)).count();
    if text[..length] == ['i', 'n'] {
        comparison(levels, column)?;
    }
    Ok(if text[0].is_ascii_digit() { number(text) } else { length })
}

/// How many characters a number has: its point is no step of a path, and the sign of its exponent no operator.
fn number(text: &[char]) -> usize {
    let is_digit = |at: usize| text.get(at).is_some_and(char::is_ascii_digit);
    let mut at = 0;
    while let Some(character) = text.get(at) {
        let exponent = at > 0 && matches!(text[at - 1], 'e' | 'E') && !text.starts_with(&['0', 'x']);
        match character {
            '.' if is_digit(at + 1) => at += 1,
            '+' | '-' if exponent && is_digit(at + 1) => at += 1,
            character if is_word(*character) => at += 1,
            _ => break,
        }
    }
    at
}

fn comparison(levels: &mut [Level], column: usize) -> Result<(), FilterProblem> {
    let Some(level) = levels.last_mut() else { return Ok(()) };
    level.steps = 0;
    level.comparisons += 1;
    if level.comparisons > 1 {
        return Err(FilterProblem::new(column, "comparisons do not follow one another", "join them: `1 < data.n && data.n < 5`"));
    }
    Ok(())
}

/// An operator of the subset.
fn operator(text: &[char], levels: &mut [Level], column: usize) -> Result<usize, FilterProblem> {
    let pair: String = text.iter().take(2).collect();
    match pair.as_str() {
        "&&" | "||" => {
            if let Some(level) = levels.last_mut() {
                *level = Level::default();
            }
            return Ok(2);
        }
        "==" | "!=" | "<=" | ">=" => {
            comparison(levels, column)?;
            return Ok(2);
        }
        _ => {}
    }
    match text[0] {
        '<' | '>' => comparison(levels, column)?,
        ',' => {
            if let Some(level) = levels.last_mut() {
                *level = Level::default();
            }
        }
        '!' => {}
        '-' if text.get(1).is_some_and(char::is_ascii_digit) => {}
        other => return Err(left_out(other, column)),
    }
    Ok(1)
}

/// What is CEL, or looks like it, and is not in the subset.
fn left_out(character: char, column: usize) -> FilterProblem {
    let (what, next) = match character {
        '=' => ("a single `=` compares nothing", "write `==`"),
        '&' => ("a single `&` joins nothing", "write `&&`"),
        '|' => ("a single `|` joins nothing", "write `||`"),
        '+' | '-' | '*' | '/' | '%' => ("filters do not calculate", "compare with the result instead"),
        '?' | ':' => ("filters have no `?:`", "write it with `&&` and `||`"),
        '{' | '}' => ("filters have no maps", "compare the fields one by one"),
        other if other.is_alphanumeric() => ("this letter has no place outside of quotes", "write names of fields as data[\"name\"]"),
        _ => ("this character has no meaning in a filter", "leave it out, or put text into quotes"),
    };
    FilterProblem::new(column, format!("{what}: `{}`", character.escape_debug()), next)
}
